"""A small demo bank made and served by the very commands of the README, and a real browser that opens it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Request, expect, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
expect.set_options(timeout=30_000)  # a busy machine answers late; what never comes fails all the same


def environment(home: Path) -> dict[str, str]:
    own = ("YINKE_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return env | {"YINKE_HOME": str(home), "YINKE_MEMORY": "1GB"}


def yinke(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as an operator would."""
    command = [sys.executable, "-m", "yinke.cli", *arguments]
    return subprocess.run(
        command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def blank_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty database, made once: to be copied (``a_home``), never used itself."""
    home = tmp_path_factory.mktemp("blank")
    made = yinke(home, "migrate")
    assert made.returncode == 0, made.stderr
    return home


def a_home(blank: Path, factory: pytest.TempPathFactory, name: str) -> Path:
    """A home of one's own, its database migrated."""
    home = factory.mktemp(name)
    subprocess.run(["cp", "-a", f"{blank}/.", home], check=True)  # PostgreSQL's files keep their owner
    return home


@pytest.fixture(scope="session")
def demo_home(blank_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo bank of 600 customers and two months, its nights run."""
    home = a_home(blank_home, tmp_path_factory, "bank")
    made = yinke(home, "demo", "--customers", "600", "--months", "2", "--no-serve")
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture(scope="session")
def address(demo_home: Path) -> Iterator[str]:
    """The demo bank, served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "yinke.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment(demo_home), cwd=ROOT) as server:
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/demo-logins", timeout=5)
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else the one that Playwright has.

    It ends with this folder's tests: Playwright keeps an event loop in the thread, in which Django's ORM
    refuses to work for other tests.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for found in map(shutil.which, names) if found), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error:
            pytest.skip(
                "No Chromium to be had: install the package chromium, or run: playwright install chromium"
            )
        yield browser
        browser.close()


class Visitor:
    """A member of staff in front of a browser window; collects what the console complains of."""

    def __init__(self, browser: Browser, address: str, width: int, language: str) -> None:
        self.address = address
        self.context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844},
            locale="zh-CN" if language == "zh-hans" else "en-US", timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.flying: set[Request] = set()
        self.page.on("request", self._began)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type == "error" else None
        )
        chosen = json.dumps(json.dumps({"language": language}))
        self.page.add_init_script(f"localStorage['yinke.preferences'] ??= {chosen}")

    def sign_in(self, emp_no: str, language: str = "zh-hans") -> None:
        """Sign in by the door that the page uses, and keep the language on the server too."""
        self.page.goto(self.address + "/sign-in")
        self.page.wait_for_selector("form")
        status = self.page.evaluate(
            """async ([emp_no, language]) => {
                const token = () => document.cookie.match(/csrftoken=([^;]+)/)[1];
                const send = (method, path, body) => fetch(path, {method, body: JSON.stringify(body),
                    headers: {'Content-Type': 'application/json', 'X-CSRFToken': token()}});
                const logins = await (await fetch('/api/demo-logins')).json();
                const {password} = logins.find((login) => login.emp_no === emp_no);
                const answer = await send('POST', '/api/session', {emp_no, password});
                await send('PATCH', '/api/me', {language});
                return answer.status;
            }""",
            [emp_no, language],
        )
        assert status == 200
        self.complaints.clear()

    def open(self, path: str) -> Page:
        """Open a page and wait until it has fetched what it shows."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing has been asked for for half a second. The stream of live alerts is open all the time."""
        quiet = 0
        for _ in range(300):
            self.page.wait_for_timeout(100)
            quiet = 0 if self.flying else quiet + 1
            if quiet >= 5:
                return

    def _began(self, request: Request) -> None:
        if not request.url.endswith("/live-alerts/stream"):
            self.flying.add(request)

    def _ended(self, request: Request) -> None:
        self.flying.discard(request)

    def go(self, path: str) -> Page:
        """Go on to a page as its link would, within the page that is open; what it fetches may still be on its way.

        While a page's code is fetched the one before stays: its heading must go first (bar from one customer to another).
        """
        self.page.evaluate(
            """(path) => {
                document.querySelector('main :is(h1, h2, h3)')?.setAttribute('data-left', '');
                history.pushState(null, '', path);
                dispatchEvent(new PopStateEvent('popstate'));
            }""",
            path,
        )
        for _ in range(50):
            self.page.wait_for_timeout(100)
            if not self.page.locator("[data-left]").count():
                break
        return self.page


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[object]:
    """Open a window: ``visit(emp_no, width=1440, language="zh-hans")``."""
    visitors: list[Visitor] = []

    def enter(emp_no: str | None, width: int = 1440, language: str = "zh-hans") -> Visitor:
        visitor = Visitor(chromium, address, width, language)
        visitors.append(visitor)
        if emp_no:
            visitor.sign_in(emp_no, language)
        return visitor

    yield enter
    for visitor in visitors:
        visitor.context.close()
