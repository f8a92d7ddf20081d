"""Signing in by SAML in a real browser, at a provider of another site: strict cookies, tokens and all."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.saml_idp import introduce, run_provider
from tests.access.test_saml import needs_provider, written
from tests.e2e.conftest import ROOT, a_home, environment
from tests.e2e.test_sign_in import STAFF

pytestmark = [pytest.mark.browser, needs_provider]


@pytest.fixture(scope="module")
def address(blank_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bank at ``localhost``; its provider is at ``127.0.0.1``, for a browser another site."""
    home, folder = a_home(blank_home, tmp_path_factory, "saml"), tmp_path_factory.mktemp("idp")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = f"http://localhost:{port}"
    rules = home / "rules.yaml"
    rules.write_text(
        "- {code: signin.second_factor_roles, value: [], owner: t, source: t, valid_from: 2020-01-01}\n"
    )
    cli = [sys.executable, "-m", "yinke.cli"]
    with run_provider(folder) as provider:
        env = environment(home) | {
            "YINKE_SIGN_IN": str(written(home, folder / "idp.xml", address=here)),
            "YINKE_THRESHOLDS": str(rules), "DJANGO_SETTINGS_MODULE": "yinke.settings",
        }  # fmt: skip
        subprocess.run([sys.executable, "-c", STAFF], env=env, cwd=ROOT, check=True)
        with subprocess.Popen([*cli, "serve", "--port", str(port)], env=env, cwd=ROOT) as server:
            try:
                introduce(provider, fetched(f"http://127.0.0.1:{port}/sso/bank/saml/metadata/"))
                yield here
            finally:
                server.terminate()
                server.wait(30)


def fetched(address: str) -> bytes:
    """What is at the address, once the server is up."""
    for _ in range(1200):
        try:
            return bytes(urllib.request.urlopen(address, timeout=5).read())
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=address, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.add_init_script("localStorage['yinke.preferences'] ??= JSON.stringify({language: 'zh-hans'})")
    yield page
    context.close()


def leave(page: Page) -> None:
    page.goto("/sign-in?return=%2Fcustomers")
    page.get_by_role("button", name="行内统一认证").click()
    expect(page).to_have_url(re.compile(r"http://127\.0\.0\.1:\d+/sso"))


def test_the_way_leads_to_the_provider_and_back_to_the_page_that_was_wanted(page: Page) -> None:
    leave(page)
    page.get_by_role("button", name="u-1").click()
    expect(page).to_have_url(re.compile("/customers"))
    assert page.evaluate("async () => (await (await fetch('/api/me')).json()).emp_no") == "E0002"
    page.goto("/security")
    expect(page.get_by_text("行内统一认证").first).to_be_visible()


def test_who_is_unknown_here_is_told_so_and_not_let_in(page: Page) -> None:
    leave(page)
    page.get_by_role("button", name="u-2").click()
    expect(page.get_by_role("alert")).to_contain_text("这里没有您的账号")
    assert page.evaluate("async () => (await fetch('/api/me')).status") == 401


def test_going_back_to_the_providers_form_does_not_sign_in_again(page: Page) -> None:
    leave(page)
    page.get_by_role("button", name="u-1").click()
    expect(page).to_have_url(re.compile("/customers"))
    page.evaluate("async () => fetch('/sso/bank/saml/finish/')")
    page.goto("/sso/bank/saml/finish/")
    expect(page.get_by_role("alert")).to_contain_text("统一认证没有成功")
