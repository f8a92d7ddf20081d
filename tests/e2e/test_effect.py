"""效果评估 in the browser: the demo's own experiment is read, another is planned, and compliance approves it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser
OPERATIONS, COMPLIANCE, HEAD = "9900001", "9900002", "0001900"


def test_an_experiment_is_read_and_another_planned_and_approved(visit: Callable[..., Visitor]) -> None:
    page = visit(OPERATIONS).open("/effect")
    page.get_by_role("link", name="临界客户一周内回访").click()
    expect(page.get_by_text("没有人因此被联系")).to_be_visible()
    expect(page.get_by_text(re.compile("还差 .* 人"))).to_be_visible()  # before it learns whom care changes
    page.get_by_role("link", name="全部实验").click()
    page.get_by_role("button", name="新建对照实验").click()
    page.get_by_text("一个客群").click()
    expect(page.get_by_text("以后进入客群的不再抽")).to_be_visible()
    page.get_by_text("一类事件", exact=True).click()
    page.get_by_label("检验的事件").fill("大额转入")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(
        page.get_by_role("main").get_by_role("status").filter(has_text=re.compile("位客户|没有客户"))
    ).to_be_visible()
    page.get_by_label("名称").fill("大额转入致谢")
    page.get_by_label("想知道什么").fill("致谢后资金是否多留下来")
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text("等待他人审批", exact=True)).to_be_visible()

    page = visit(COMPLIANCE, language="en").open("/effect")
    page.get_by_role("link", name="大额转入致谢").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("tooltip").get_by_role("button", name="OK").click()
    expect(page.get_by_text("Approved, not begun")).to_be_visible()

    visitor = visit(HEAD, width=390)
    page = visitor.open("/effect")
    expect(page.get_by_role("link", name="临界客户一周内回访")).to_be_visible()
    expect(page.get_by_role("button", name="新建对照实验")).to_have_count(0)
    assert visitor.complaints == []
