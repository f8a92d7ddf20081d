"""客群 in the browser: an operator types whom they look for, draws on, saves; a second person approves; both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.test_pages import HEAD, MANAGER

pytestmark = pytest.mark.browser
RETAIL, COMPLIANCE, HEAD_OFFICE = "9801001", "9900002", "9900001"


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


def a_list(cust_nos: list[str]) -> dict[str, str | bytes]:
    """A workbook of customer numbers, one of them twice, one that is nobody's and one that is missing."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [("客户号", "备注"), *((no, "") for no in (*cust_nos, cust_nos[0], "X404", ""))]
        ):
            sheet.write_row(row, 0, (*cells[:1], "x"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "名单.xlsx", "mimeType": kind, "buffer": content.getvalue()}


def test_a_list_is_uploaded_withdrawn_uploaded_anew_and_refused_with_a_reason(
    visit: Callable[..., Visitor],
) -> None:
    operator = visit(RETAIL)
    page = operator.open("/segments")
    found = page.request.get(f"{operator.address}/api/customers", params={"page": 1}).json()["rows"]
    file = a_list([row["cust_no"] for row in found[:3]])
    page.get_by_role("button", name="上传名单").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称", exact=True).fill("回访名单")
    dialog.get_by_text(re.compile("分行$")).click()
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("button", name="上传", exact=True).click()
    waits = page.get_by_role("alert").filter(has_text="版等待审批")
    expect(waits).to_be_visible()
    page.get_by_role("tab", name="版本").click()
    expect(page.get_by_text("6 行，匹配 3 位客户。")).to_be_visible()
    page.get_by_role("button", name="看未导入的行").click()
    report = page.get_by_role("dialog", name="导入结果")
    for row, why in ((5, "与前面的行重复"), (6, "不是您可见的客户"), (7, "没有内容")):
        expect(report.get_by_role("row").filter(has_text=why)).to_contain_text(str(row))
    page.keyboard.press("Escape")

    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="撤回待审批版本").click()
    expect(page.get_by_text("已撤回").first).to_be_visible()
    expect(waits).to_have_count(0)
    page.get_by_role("button", name="上传新名单").click()
    again = page.get_by_role("dialog", name="上传新名单")
    again.locator("input[type=file]").set_input_files(file)
    again.get_by_role("button", name="上传", exact=True).click()
    expect(waits).to_contain_text("第 2 版")

    checker = visit(COMPLIANCE)
    theirs = checker.open(page.url.removeprefix(operator.address).split("?")[0])
    theirs.get_by_role("button", name="退回").click()
    asked = theirs.get_by_role("tooltip")
    expect(asked.get_by_role("button", name="退回")).to_be_disabled()
    asked.get_by_label("退回的原因").fill("名单没有写明用途")
    asked.get_by_role("button", name="退回").click()
    expect(theirs.get_by_role("alert").filter(has_text="版等待审批")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("原因：名单没有写明用途")).to_be_visible()
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="关闭").click()
    page.get_by_role("dialog").get_by_role("button", name="关闭", exact=True).last.click()
    expect(page.get_by_text("已关闭").first).to_be_visible()
    assert not operator.complaints and not checker.complaints


def test_a_group_found_and_a_tile_of_rfm_become_segments_that_are_copied_and_closed(
    visit: Callable[..., Visitor],
) -> None:
    operator = visit(HEAD_OFFICE, language="en")
    page = operator.open("/segments")
    page.get_by_role("button", name="Groups").click()
    groups = page.get_by_role("list", name="Groups found").locator("> li")
    expect(groups.first).to_contain_text("customers")
    page.get_by_label("How many groups").click()
    page.get_by_title("3 groups").last.click()
    expect(groups).to_have_count(3)
    title = groups.first.get_by_role("heading").inner_text()
    groups.first.get_by_role("button", name="Save as a segment").click()
    expect(page.get_by_role("heading").filter(has_text=f"group 1/3: {title}")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Version 1 waits for approval")).to_be_visible()
    expect(page.get_by_text("Found by k-means")).to_be_visible()
    checker = visit(COMPLIANCE, language="en")
    theirs = checker.open(page.url.removeprefix(operator.address))
    theirs.get_by_role("button", name="Approve").click()
    expect(theirs.get_by_text("In use", exact=True).first).to_be_visible()
    assert not checker.complaints

    page = operator.open("/segments/groups?by=rfm")
    tile = page.get_by_role("link", name="R3, F5")
    many = tile.locator("strong").inner_text()
    tile.click()
    expect(page.get_by_test_id("count")).to_have_text(many)
    page.get_by_role("button", name="Save as a segment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Frequent")
    dialog.get_by_text("Weekly").click()
    dialog.get_by_role("button", name="Save as a segment").click()
    expect(page.get_by_role("heading", name="Frequent")).to_be_visible()
    frequent = page.url.removeprefix(operator.address)
    expect(page.get_by_text("found anew in Sunday's night")).to_be_visible()
    page.get_by_label("Schedule").click()
    page.get_by_title("By hand").last.click()
    expect(page.get_by_text("found anew only when you refresh")).to_be_visible()

    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Copy as a new segment").click()
    copying = page.get_by_role("dialog")
    copying.get_by_label("Name", exact=True).fill("Frequent too")
    copying.get_by_role("button", name="Copy as a new segment").click()
    expect(page.get_by_role("heading", name="Frequent too")).to_be_visible()
    expect(page.get_by_role("strong").filter(has_text="R")).to_be_visible()

    page = operator.open(f"/segments/new?among={frequent.split('/')[-1]}&r=3")
    page.get_by_role("button", name="Save as a segment").click()
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Of the frequent")
    page.get_by_role("dialog").get_by_role("button", name="Save as a segment").click()
    expect(page.get_by_role("heading", name="Of the frequent")).to_be_visible()
    using = page.url.removeprefix(operator.address)

    def close(path: str) -> None:
        operator.open(path).get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Close").click()
        page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()

    operator.complaints.clear()
    close(frequent)
    expect(page.get_by_text("The segment is still used elsewhere")).to_be_visible()
    expect(page.get_by_role("link", name="Of the frequent")).to_be_visible()
    operator.complaints.clear()  # the refusal is one
    for path in (using, frequent):
        close(path)
        expect(page.get_by_text("Closed", exact=True).first).to_be_visible()
    assert not operator.complaints


def test_a_field_of_the_banks_own_is_defined_filled_in_and_drawn_with(visit: Callable[..., Visitor]) -> None:
    keeper = visit(HEAD_OFFICE)
    page = keeper.open("/custom-fields")
    page.get_by_role("button", name="新建字段").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("中文名", exact=True).fill("宠物（猫）")
    dialog.get_by_label("英文名").fill("Pet")
    dialog.get_by_label("类型").click()
    page.get_by_title("单选").click()
    dialog.get_by_label("选项1中文名").fill("猫")
    dialog.get_by_label("选项1英文名").fill("Cat")
    dialog.get_by_label("选项2中文名").fill("狗")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert")).to_contain_text("去掉括号")
    keeper.complaints.clear()  # the refusal is one
    dialog.get_by_label("中文名", exact=True).fill("宠物")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row").filter(has_text="宠物")).to_contain_text("猫、狗")

    manager = visit(MANAGER, width=390)
    page = manager.open("/customers")
    one = page.evaluate("async () => (await (await fetch('/api/customers')).json()).rows[0].id")
    page = manager.open(f"/customers/{one}")
    page.get_by_role("button", name="填写宠物").click()
    page.get_by_role("combobox", name="宠物").click()
    page.get_by_title("猫").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="填写宠物").locator("..")).to_contain_text("猫")

    page = manager.open("/customers")
    page.get_by_role("button", name="更多条件").click()
    page.get_by_role("dialog").get_by_label("宠物").click()
    page.get_by_title("猫").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="看 1 位客户")).to_be_visible()
    assert "custom=pet" in page.url or "custom=f" in page.url
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button", name="看 1 位客户").click()
    expect(page.get_by_text("宠物：猫")).to_be_visible()

    head = visit(HEAD, language="en")
    page = head.open("/segments/new")
    page.get_by_role("button", name="Add a condition").first.click()
    page.get_by_role("combobox", name="Search fields").fill("the bank's own")
    page.get_by_role("option").filter(has_text="Pet").click()
    page.get_by_label("Value of Pet", exact=True).click()
    page.get_by_title("Cat").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("sentence")).to_have_text("Pet one of Cat")
    assert counted(page) == "1"
    assert not keeper.complaints and not manager.complaints and not head.complaints
