"""The builder in a browser: from the last key to the new count on the page, over so many customers.

    ./run bench builder --customers 10000000        # a demo bank of 600 is made, its last day's snapshot replaced

An operator of the head office types other figures into the conditions of a rule; the page itself notes when a key is
let go and when the number beside it is that of the rule.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright
from snapshot import make_snapshot

from yinke.lake.store import Lake

SENTENCE = "AUM 5万以上且90天未主动交易且产品覆盖度不少于2的客户"
OPERATOR = "9900001"
NOTE_TIMES = """() => {
    const busy = document.querySelector('[role=status][aria-busy]');
    window.told = [];
    let key = 0;
    document.addEventListener('input', () => { key = performance.now(); }, true);
    new MutationObserver(() => {
        if (key && busy.getAttribute('aria-busy') === 'false') {
            const from = key; key = 0;
            requestAnimationFrame(() => window.told.push(performance.now() - from));
        }
    }).observe(busy, {attributes: true, childList: true, characterData: true, subtree: true});
}"""
SIGN_IN = """async (emp_no) => {
    const token = () => document.cookie.match(/csrftoken=([^;]+)/)[1];
    const logins = await (await fetch('/api/demo-logins')).json();
    const {password} = logins.find((login) => login.emp_no === emp_no);
    const answer = await fetch('/api/session', {method: 'POST', body: JSON.stringify({emp_no, password}),
        headers: {'Content-Type': 'application/json', 'X-CSRFToken': token()}});
    return answer.status;
}"""


def yinke(home: Path, *arguments: str) -> list[str]:
    """The command line on a home; its environment is this process's."""
    os.environ["YINKE_HOME"] = str(home)
    return [sys.executable, "-m", "yinke.cli", *arguments]


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The bank, served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(yinke(home, "serve", "--port", str(port))) as server:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api/demo-logins", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
        server.terminate()


def typed(page: Page, rounds: int) -> list[float]:
    """Milliseconds from the last key to the new number, for so many figures."""
    rng, box = random.Random(1), page.get_by_label("AUM的值", exact=True)
    for _ in range(rounds):
        before = page.evaluate("window.told.length")
        box.fill(f"{rng.uniform(0.5, 90):.2f}")
        page.wait_for_function("(before) => window.told.length > before", arg=before)
    found: list[float] = page.evaluate("window.told")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bank = ("demo", "--customers", "600", "--months", "1", "--no-serve")
        subprocess.run(yinke(home, *bank), check=True, stdout=subprocess.DEVNULL)
        day = Lake(home / "lake").latest()
        assert day is not None
        make_snapshot(day.path("snapshot"), args.customers)
        names = ("chromium", "chromium-browser", "google-chrome")
        path = next((found for found in map(shutil.which, names) if found), None)
        with served(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            page.set_default_timeout(60_000)
            page.goto(f"{address}/sign-in")
            page.wait_for_selector("form")
            assert page.evaluate(SIGN_IN, OPERATOR) == 200
            page.goto(f"{address}/segments/new")
            page.get_by_label("一句话描述客户").fill(SENTENCE)
            page.get_by_role("button", name="理解").click()
            page.get_by_role("button", name="应用").click()
            page.wait_for_selector("[role=status][aria-busy=false]")  # the columns are in memory
            shown = page.get_by_test_id("count").inner_text()
            page.evaluate(NOTE_TIMES)
            times = typed(page, args.rounds)[5:]
            browser.close()
    p50, p95 = np.percentile(times, [50, 95])
    print(
        f"{args.customers:,} customers ({shown} found at first): from the last key to the number, {len(times)} times:"
    )
    print(f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most {max(times):.0f} ms")


if __name__ == "__main__":
    main()
