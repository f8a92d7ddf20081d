"""客群 in the browser: an operator types whom they look for, draws on, saves; a second person approves; both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser
RETAIL, COMPLIANCE = "9801001", "9900002"


def counted(page: Page) -> str:
    """The number once it is that of the rule."""
    expect(page.locator("[role=status][aria-busy=false]").first).to_be_visible()
    return page.get_by_test_id("count").inner_text()


def test_an_operators_day(visit: Callable[..., Visitor]) -> None:
    operator = visit(RETAIL)
    page = operator.open("/segments/new")
    page.get_by_role("button", name="AUM 50万以上且30天未登录的客户").click()
    page.get_by_label("一句话描述客户").fill("AUM 5万以上且会飞的客户")
    page.get_by_role("button", name="理解").click()
    parts = page.get_by_role("list", name="理解的内容")
    expect(parts.get_by_role("listitem").filter(has_text="会飞")).to_contain_text("没有理解")
    expect(page.get_by_role("button", name="应用")).to_be_disabled()

    page.get_by_label("一句话描述客户").fill("AUM 5万以上的客户")
    page.keyboard.press("Enter")
    expect(parts).to_contain_text("AUM不低于 5 万元")
    page.get_by_role("button", name="应用").click()
    expect(page.get_by_test_id("sentence")).to_have_text("AUM不低于 5 万元")
    many = int(counted(page).replace(",", ""))

    page.get_by_label("AUM的值", exact=True).fill("20")
    expect(page.get_by_test_id("sentence")).to_have_text("AUM不低于 20 万元")
    fewer = int(counted(page).replace(",", ""))
    assert 0 < fewer < many

    page.get_by_role("button", name="看一些客户").click()
    sample = page.get_by_test_id("sample").get_by_role("listitem")
    expect(sample).to_have_count(min(fewer, 20))
    sample.first.get_by_role("button").click()
    expect(page.get_by_test_id("why")).to_contain_text("在客群里")

    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_test_id("sentence")).not_to_have_text("AUM不低于 20 万元")
    page.get_by_role("button", name="重做").click()
    page.get_by_role("link", name="客户", exact=True).click()
    page.get_by_role("button", name="留下").click()
    expect(page.get_by_test_id("sentence")).to_have_text("AUM不低于 20 万元")

    page.get_by_role("button", name="保存为客群").click()
    page.get_by_label("名称", exact=True).fill("二十万客户")
    page.get_by_role("dialog").get_by_text(re.compile("分行$")).click()
    page.get_by_role("dialog").get_by_role("button", name="保存为客群").click()
    expect(page.get_by_role("alert").filter(has_text="版等待审批")).to_be_visible()
    expect(page.get_by_role("button", name="批准")).to_have_count(0)  # nobody approves their own

    checker = visit(COMPLIANCE)
    theirs = checker.open("/segments?waiting=1")
    theirs.get_by_role("link", name="二十万客户").click()
    theirs.get_by_role("button", name="批准").click()
    expect(theirs.get_by_text("使用中")).to_be_visible()

    page = operator.open("/segments")
    row = page.get_by_role("row").filter(has_text="二十万客户")
    expect(row).to_contain_text("使用中")
    expect(row.get_by_role("cell", name=str(fewer), exact=True)).to_be_visible()
    row.get_by_role("link").click()
    page.get_by_role("tab", name="成员").click()
    expect(page.get_by_text(f"可见 {fewer} 人")).to_be_visible()
    assert not operator.complaints and not checker.complaints


def test_two_editors_at_once_and_in_english(visit: Callable[..., Visitor]) -> None:
    one, other = visit(RETAIL, language="en"), visit(RETAIL, language="en")
    page = one.open("/segments/new")
    page.get_by_role("button", name="AUM >= 500k and logins").click()
    page.get_by_role("button", name="Read", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_test_id("sentence")).to_have_text(
        "AUM at least CNY 500,000 and Logins this month equal to 0"
    )
    page.get_by_role("button", name="Save as a segment").click()
    page.get_by_label("Name", exact=True).fill("Silent rich")
    page.get_by_role("dialog").get_by_role("button", name="Save as a segment").click()
    expect(page.get_by_role("heading", name="Silent rich")).to_be_visible()
    address = page.url.removeprefix(one.address)

    theirs = other.open(f"{address}/edit")
    for window, amount in ((page, "600000"), (theirs, "700000")):
        if window is page:
            window = one.open(f"{address}/edit")
        window.get_by_label("Value of AUM", exact=True).fill(amount)
        window.get_by_role("button", name="Save a new version").click()
        window.get_by_role("dialog").get_by_role("button", name="Save a new version").click()
    clash = theirs.get_by_role("dialog").filter(has_text="Somebody else changed this segment")
    expect(clash).to_contain_text("CNY 600,000")
    expect(clash).to_contain_text("CNY 700,000")
    clash.get_by_role("button", name="Save mine").click()
    expect(theirs.get_by_role("heading", name="Silent rich")).to_be_visible()
    theirs.get_by_role("tab", name="Versions").click()
    expect(theirs.get_by_text("Version 3")).to_be_visible()
    assert not one.complaints
