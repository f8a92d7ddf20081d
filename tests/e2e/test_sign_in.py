"""Signing in under a production bank's rules, in a real browser: second step, passkey, devices, the session's end."""

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
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.test_second_factor import totp
from tests.e2e.conftest import ROOT, a_home, environment

pytestmark = pytest.mark.browser
MANAGER, HEAD, SYSTEM, GIVEN = "E0001", "E0002", "E0003", "E0004"
PASSWORD = "Correct-Horse-9-Battery"
STAFF = f"""
import django; django.setup()
from django.utils import timezone
from yinke.access.models import Org, User
org = Org.objects.create(org_no="1", name="总行", level=1, path="/1/")
roles = {{"{MANAGER}": "RM", "{HEAD}": "BR_MGR", "{SYSTEM}": "SYS_ADMIN", "{GIVEN}": "RM"}}
for number, (emp_no, role) in enumerate(roles.items()):
    user = User(emp_no=emp_no, name="甲乙丙丁"[number], role=role, org=org, password_set_at=timezone.now())
    user.set_password("{PASSWORD}")
    user.password_is_given = emp_no == "{GIVEN}"
    user.save()
"""
RULES = {
    "signin.second_factor_roles": "[BR_MGR]",
    "session.idle_minutes_admin": "0.35",
    "session.warning_seconds": "8",
    "session.concurrent": "1",
    "password.max_age_days": "90",
}


@pytest.fixture(scope="module")
def address(blank_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bank with four people, under strict rules, served under a name (passkeys know no numbers)."""
    home = a_home(blank_home, tmp_path_factory, "strict")
    rules = home / "rules.yaml"
    rules.write_text(
        "".join(
            f"- {{code: {code}, value: {value}, owner: t, source: t, valid_from: 2020-01-01}}\n"
            for code, value in RULES.items()
        )
    )
    env = environment(home) | {"YINKE_THRESHOLDS": str(rules), "DJANGO_SETTINGS_MODULE": "yinke.settings"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cli = [sys.executable, "-m", "yinke.cli"]
    subprocess.run([sys.executable, "-c", STAFF], env=env, cwd=ROOT, check=True)
    with subprocess.Popen([*cli, "serve", "--port", str(port)], env=env, cwd=ROOT) as server:
        try:
            for _ in range(1200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/sign-in-ways", timeout=5)
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Any]:
    """Open a browser window of its own: ``window(width=1440)``."""
    opened = []

    def enter(width: int = 1440) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, locale="zh-CN", base_url=address,
            reduced_motion="reduce",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.add_init_script("localStorage['yinke.preferences'] ??= JSON.stringify({language: 'zh-hans'})")
        return page

    yield enter
    for context in opened:
        context.close()


def sign_in(page: Page, emp_no: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("员工号").fill(emp_no)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_who_needs_a_second_step_sets_it_up_with_an_app_and_comes_in_with_it(window: Any) -> None:
    page = window(390)
    sign_in(page, HEAD)
    expect(page.get_by_role("heading", name="请先设置第二重验证")).to_be_visible()
    page.goto("/customers")  # no way around it
    expect(page.get_by_role("heading", name="请先设置第二重验证")).to_be_visible()
    page.get_by_role("button", name="显示二维码").click()
    secret = page.locator("code").inner_text().replace(" ", "").strip()
    page.get_by_label("验证码").fill(totp(secret, step=-1))
    page.get_by_role("button", name="确认").click()
    codes = page.get_by_role("listitem").filter(has_text=re.compile(r"^\d{4} \d{4}$"))
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    assert wide(page) <= 1
    page.get_by_role("button", name="我已保存").click()
    expect(page).to_have_url(re.compile("/customers"))

    again = window()
    sign_in(again, HEAD)
    again.get_by_label("验证码").fill("000000")
    again.get_by_role("button", name="登录", exact=True).click()
    expect(again.get_by_role("alert")).to_contain_text("验证码不对")
    again.get_by_label("验证码").fill(totp(secret))
    again.get_by_role("button", name="登录", exact=True).click()
    expect(again).to_have_url(re.compile("/workbench"))

    lost = window()
    sign_in(lost, HEAD)
    lost.get_by_role("button", name="用恢复码").click()
    lost.get_by_label("恢复码").fill(recovery)
    lost.get_by_role("button", name="登录", exact=True).click()
    expect(lost).to_have_url(re.compile("/workbench"))


def test_a_busy_button_keeps_its_name_and_is_free_again_after_a_refusal(window: Any) -> None:
    page = window()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/session", hold)
    sign_in(page, MANAGER, "Wrong-Horse-9-Battery")
    button = page.get_by_role("button", name="登录", exact=True)
    expect(button.locator("svg")).to_be_visible()  # it turns
    held[0].continue_()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(button).to_be_visible()
    expect(button.locator("svg")).to_have_count(0)


def test_a_passkey_is_added_and_opens_the_next_sign_in(window: Any) -> None:
    page = window()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    authenticator = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    sign_in(page, MANAGER)
    expect(page).to_have_url(re.compile("/workbench"))
    page.goto("/security")
    page.get_by_role("button", name="添加通行密钥").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("起个名字").fill("办公电脑")
    dialog.get_by_role("button", name="添加通行密钥").click()
    dialog.get_by_role("button", name="我已保存").click()
    expect(page.get_by_text("办公电脑")).to_be_visible()

    page.get_by_role("button", name="我的设置").click()
    page.get_by_role("menuitem", name="退出登录").click()
    sign_in(page, MANAGER)  # the passkey is the only second step: it is asked for at once
    expect(page).to_have_url(re.compile("/workbench"))

    page.get_by_role("button", name="我的设置").click()
    page.get_by_role("menuitem", name="退出登录").click()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    device.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})  # another's device
    device.send(
        "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": authenticator, "enabled": True}
    )
    sign_in(page, MANAGER)
    expect(page.get_by_role("alert")).to_contain_text("通行密钥没有通过")
    assert page.evaluate("async () => (await fetch('/api/me')).status") == 401


def test_a_given_password_is_changed_first(window: Any) -> None:
    page = window(390)
    sign_in(page, GIVEN)
    expect(page.get_by_role("heading", name="请先修改密码")).to_be_visible()
    page.get_by_label("当前密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一遍新密码").fill(PASSWORD)
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_role("alert").filter(has_text="最近用过")).to_be_visible()
    page.get_by_label("新密码", exact=True).fill("My-Very-Own-One-8")
    page.get_by_label("再输一遍新密码").fill("My-Very-Own-One-8")
    page.get_by_role("button", name="修改密码").click()
    expect(page).to_have_url(re.compile("/workbench"))


def test_signing_in_elsewhere_is_told_to_the_earlier_window(window: Any) -> None:
    first, second = window(), window()
    sign_in(first, GIVEN, "My-Very-Own-One-8")
    expect(first).to_have_url(re.compile("/workbench"))
    sign_in(second, GIVEN, "My-Very-Own-One-8")
    expect(second).to_have_url(re.compile("/workbench"))
    first.goto("/security")
    expect(first).to_have_url(re.compile("/sign-in"))
    expect(first.get_by_role("alert")).to_contain_text("在别处登录")
    second.goto("/security")
    expect(second.get_by_text("本机")).to_be_visible()
    expect(second.get_by_role("cell", name="在别处登录").first).to_be_visible()


def test_before_a_session_ends_one_is_asked_and_may_stay(window: Any) -> None:
    page = window()
    sign_in(page, SYSTEM)
    expect(page).to_have_url(re.compile("/nightly"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("您还在吗", timeout=25_000)
    page.get_by_role("button", name="继续使用").click()
    expect(dialog).to_be_hidden()
    time.sleep(9)  # past the time at which it would have ended
    assert page.evaluate("async () => (await fetch('/api/me', {headers: {'X-Idle': '99'}})).status") == 200
    expect(page).to_have_url(re.compile("/sign-in"), timeout=40_000)
    expect(page.get_by_role("alert")).to_contain_text("长时间没有操作")
