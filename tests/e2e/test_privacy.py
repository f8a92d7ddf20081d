"""个人信息保护 in a real browser: consents on the customer's page, a request from the counter to the copy."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser

MANAGER, COMPLIANCE, AGENT = "0001001", "9900002", "9900007"
Visit = Callable[..., Visitor]


def customer_page(visit: Visit, width: int = 1440) -> Page:
    manager = visit(MANAGER, width)
    page = manager.open("/customers")
    page.locator("main a[href*='/customers/']").first.click()
    manager.settle()
    expect(page.get_by_role("heading", name="授权与偏好")).to_be_visible()
    return page


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list, again if it swallowed the click: one that just opens in a dialog may still move."""
    box = page.get_by_label(label, exact=True)
    entry = page.locator(".ant-select-item-option").filter(has_text=re.compile(f"^{option}$"))
    chosen = page.locator(".ant-select").filter(has=box).get_by_text(option)
    for _ in range(3):
        if not entry.is_visible():
            box.click()
        entry.click()
        try:
            expect(chosen).to_be_visible(timeout=3_000)
        except AssertionError:
            continue
        return
    expect(chosen).to_be_visible()


def ask_for(page: Page, button: str) -> None:
    """Open a dialog, again if the click was swallowed: a card that just came may still push the button down."""
    for _ in range(3):
        page.get_by_role("button", name=button).first.click()
        try:
            expect(page.get_by_role("dialog")).to_be_visible(timeout=5_000)
        except AssertionError:
            continue
        return
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_yes_needs_its_text_and_proof_a_no_is_one_click(visit: Visit) -> None:
    page = customer_page(visit)
    line = page.get_by_role("listitem").filter(has_text="电话营销").first
    expect(line).to_contain_text("未征询")
    page.get_by_role("button", name="记录同意 电话营销").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("不同意不影响您使用任何服务")
    expect(dialog.get_by_role("checkbox")).not_to_be_checked()
    send = dialog.get_by_role("button", name="记录同意")
    expect(send).to_be_disabled()
    dialog.get_by_label("凭证编号").fill("13812345678")
    dialog.get_by_role("checkbox").check()
    send.click()
    expect(dialog.get_by_role("alert")).to_contain_text("凭证里有")
    dialog.get_by_label("凭证编号").fill("表单 2026-07")
    send.click()
    expect(line).to_contain_text("已同意")
    page.get_by_role("button", name="撤回 电话营销").click()
    page.get_by_role("button", name=re.compile("确.?定")).click()
    expect(line).to_contain_text("已撤回")


def test_a_request_goes_from_the_counter_to_the_encrypted_copy(visit: Visit) -> None:
    page = customer_page(visit)
    ask_for(page, "登记请求")
    choose(page, "请求", "复制")
    page.get_by_role("dialog").get_by_role("button", name="登记请求").click()
    expect(page.get_by_role("listitem").filter(has_text="复制 · 已受理")).to_be_visible()

    page = visit(COMPLIANCE).open("/rights-cases")
    page.get_by_role("button", name=re.compile("^复制")).first.click()
    drawer = page.get_by_role("dialog")
    choose(page, "怎么核实的身份？", "查验身份证件")
    drawer.get_by_role("button", name="已核实").click()
    drawer.get_by_role("button", name="生成副本").click()
    expect(drawer.get_by_text(re.compile("^[A-Z2-9]{5}(-[A-Z2-9]{5}){3}$"))).to_be_visible()
    with page.expect_download() as download:
        drawer.get_by_role("button", name=re.compile("^下载")).click()
    content = download.value.path().read_bytes()
    assert content[:2] == b"PK"
    expect(drawer.get_by_role("button", name="下载（剩 2 次）")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("^办.?结$")).click()
    page.get_by_role("button", name=re.compile("确.?定")).click()
    expect(drawer).to_contain_text("已办结")


def test_the_agent_sees_requests_and_nothing_else(visit: Visit) -> None:
    page = visit(AGENT).open("/")
    expect(page).to_have_url(re.compile("/rights-cases"))
    expect(page.get_by_role("heading", name="谁在等我们答复？")).to_be_visible()


@pytest.mark.parametrize("path", ["/rights-cases", "/catalogue", "/policies"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_fit_a_phone(visit: Visit, path: str, language: str) -> None:
    visitor = visit(COMPLIANCE, 390, language)
    page = visitor.open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not visitor.complaints


def test_the_catalogue_finds_a_field_and_its_table(visit: Visit) -> None:
    page = visit(COMPLIANCE).open("/catalogue")
    page.get_by_label("搜表名、字段、用途").fill("手机号")
    page.get_by_role("button", name=re.compile("^客户档案")).click()
    expect(page.get_by_role("dialog")).to_contain_text("mobile_sealed")
    expect(page.get_by_role("dialog")).to_contain_text("反洗钱法")
