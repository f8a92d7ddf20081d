"""口径 in the browser: the head office simulates a higher floor and asks for it; compliance reads the effect and approves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser
OPERATIONS, COMPLIANCE = "9900001", "9900002"


def test_a_floor_is_simulated_asked_for_and_approved_by_another(visit: Callable[..., Visitor]) -> None:
    page = visit(OPERATIONS).open("/segments/standards")
    page.get_by_role("button", name="调整").click()
    page.get_by_label("金葵花下限").fill("600")
    expect(page.get_by_role("alert").filter(has_text="逐级升高")).to_be_visible()  # above the next tier's
    page.get_by_label("金葵花下限").fill("300")
    page.get_by_role("button", name="试算").click()
    expect(
        page.get_by_text(re.compile("若金葵花下限改为300万元，\\d+ 位客户的测算等级将下降"))
    ).to_be_visible()
    page.get_by_label("生效日期").fill("2099-01-01")
    page.keyboard.press("Enter")
    page.get_by_label("调整理由").fill("提高金葵花门槛")
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text("须由另一位有权的同事审批。")).to_be_visible()

    page = visit(COMPLIANCE, language="en").open("/segments/standards")
    expect(page.get_by_text("提高金葵花门槛")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("tooltip").get_by_role("button", name="OK").click()
    expect(page.get_by_text(re.compile("CNY 3M")).first).to_be_visible()
    expect(page.get_by_role("columnheader", name="Will be")).to_be_visible()
