"""Ready care is taken, approved and asked for; the contact policy says what the gate does and asks it of one customer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser

MANAGER, OPERATIONS, COMPLIANCE = "0001001", "9900001", "9900002"
Visit = Callable[..., Visitor]


def test_a_ready_plan_is_taken_its_text_approved_and_the_plan_asked_for(visit: Visit) -> None:
    writer = visit(OPERATIONS)
    page = writer.open("/care-plans")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="风险测评到期提醒"))
    expect(card.get_by_text("未取用")).to_be_visible()
    card.get_by_text("看客户会收到的 1 段话").click()
    expect(card.get_by_text("【银客银行】{称呼}，您的风险承受能力测评即将到期")).to_be_visible()
    card.get_by_role("button", name="取用 风险测评到期提醒").click()
    expect(card.get_by_text("内容待审批", exact=True)).to_be_visible()

    checker = visit(COMPLIANCE)
    page = checker.open("/templates?show=waiting")
    page.get_by_role("button", name="审批 风险测评到期提醒").click()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已通过，可以发送了。")).to_be_visible()

    page = writer.open("/care-plans")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="风险测评到期提醒"))
    card.get_by_role("button", name="提交计划 风险测评到期提醒").click()
    expect(card.get_by_text("待审批", exact=True)).to_be_visible()
    page = checker.open("/care-plans")
    page.get_by_role("button", name="通过 风险测评到期提醒").click()
    expect(page.get_by_text("已通过，从下一个日终开始运行。")).to_be_visible()


def test_a_ready_journey_is_taken_as_a_draft(visit: Visit) -> None:
    page = visit(OPERATIONS).open("/journeys")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="新客户90天"))
    card.get_by_role("button", name="取用 新客户90天").click()
    card.get_by_role("link", name="打开旅程").click()
    expect(page.get_by_text("这是草稿，还没有生效。")).to_be_visible()
    expect(page.get_by_text("帮新客户开通手机银行").first).to_be_visible()


def test_a_manager_asks_whether_a_customer_may_be_contacted(visit: Visit) -> None:
    manager = visit(MANAGER)
    page = manager.open("/customers")
    row = page.evaluate("async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0]")
    page = manager.open(f"/customers/{row['id']}")
    page.get_by_role("link", name="现在能否联系").first.click()
    expect(page.get_by_text(row["cust_no"]).first).to_be_visible()
    expect(page.get_by_role("heading", name="频次上限")).to_be_visible()
    expect(page.get_by_text("非服务短信：7天上限")).to_be_visible()
    expect(
        page.get_by_text("不能发：客户没有同意接收").first.or_(page.get_by_text("可以发送").first).first
    ).to_be_visible()
    page.get_by_role("combobox", name="客户", exact=True).fill(row["name"])
    page.locator(".ant-select-item-option").filter(has_text=row["cust_no"]).click()
    expect(page.get_by_role("link", name="打开客户页")).to_be_visible()
