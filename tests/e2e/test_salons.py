"""沙龙 from its plan to the door: planned, approved, invited to, answered on the guest's own phone, checked in by the code."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from yinke.outreach.gate import SHANGHAI

pytestmark = pytest.mark.browser

MANAGER, HEAD, COMPLIANCE = "0001001", "0001900", "9900002"
Visit = Callable[..., Visitor]


def moment(page: Page, field: str, at: datetime) -> None:
    """Type a day and an hour as a person does."""
    box = page.get_by_label(field, exact=True)
    box.click()
    box.fill(f"{at:%Y-%m-%d %H:%M}")
    box.press("Enter")
    expect(box).to_have_value(f"{at:%Y-%m-%d %H:%M}")


def sure(page: Page, button: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^{button[0]}\s?{button[1:]}$")).click()
    page.get_by_role("tooltip").get_by_role("button", name=re.compile("确.?定")).click()


def test_a_salon_is_planned_approved_answered_by_phone_and_checked_in(visit: Visit, address: str) -> None:
    name = f"新春茶会{time.time_ns() % 100_000}"
    begins = datetime.now(SHANGHAI).replace(second=0, microsecond=0) + timedelta(minutes=100)
    begins -= timedelta(minutes=begins.minute % 5)
    head, checker, manager = visit(HEAD), visit(COMPLIANCE), visit(MANAGER)
    page = head.open("/salons")
    page.get_by_role("button", name="新建沙龙").click()
    page.get_by_label("沙龙名称").fill(name)
    page.get_by_label("主题").fill("退休前十年的钱怎么安排")
    for field, at in (
        ("结束", begins + timedelta(hours=1)),
        ("开始", begins),
        ("报名截止", begins - timedelta(minutes=10)),
    ):
        moment(page, field, at)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("还没有地点")).to_be_visible()
    expect(page.get_by_role("button", name="提交审批")).to_be_disabled()
    page.get_by_role("button", name=re.compile(r"^修\s?改$")).click()
    page.get_by_label("地点").fill("二楼活动室")
    page.get_by_role("button", name="保存草稿").click()
    sure(page, "提交审批")
    expect(page.get_by_text("待审批").first).to_be_visible()
    salon = int(re.findall(r"/salons/(\d+)", page.url)[0])

    other = checker.open(f"/salons/{salon}")
    sure(other, "通过")
    expect(other.get_by_text("已批准").first).to_be_visible()

    page = manager.open(f"/salons/{salon}")
    expect(page.get_by_text("还没有邀请客户")).to_be_visible()
    customer = page.evaluate("async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0]")
    page.get_by_role("button", name="邀请客户").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name=re.compile("^客户")).fill(customer["cust_no"])
    page.locator(".ant-select-item-option").filter(has_text=customer["cust_no"]).click()
    dialog.get_by_role("button", name=re.compile(r"^邀\s?请$")).click()
    expect(page.get_by_role("table").get_by_text(customer["name"])).to_be_visible()
    page.get_by_role("button", name="报名码").click()
    link = page.get_by_role("dialog").get_by_text(re.compile(r"/api/salons/i/g\d+-")).inner_text()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(r"^关\s?闭$")).last.click()

    guest = visit(None, width=390)
    phone = guest.open(link.removeprefix(address))
    expect(phone.get_by_role("heading", name=name)).to_be_visible()
    assert customer["name"] not in phone.content()
    phone.get_by_label(re.compile("人数")).select_option("2")
    phone.get_by_role("button", name=re.compile("我要参加")).click()
    expect(phone.get_by_text("报名成功，共 2 位")).to_be_visible()
    code = phone.locator(".code").inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    page = manager.open(f"/salons/{salon}")
    expect(page.get_by_text(re.compile("客户自己填的")).first).to_be_visible()
    page.get_by_label("客户的签到码").fill("1-000000")
    page.get_by_label("客户的签到码").press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_label("客户的签到码").fill(code)
    page.get_by_label("客户的签到码").press("Enter")  # as a hand-held scanner does
    expect(page.get_by_text(f"{customer['name']}已签到，2 人")).to_be_visible()
    expect(page.get_by_role("table").get_by_text("已到场")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("您已签到")).to_be_visible()
    page = manager.open(f"/customers/{customer['id']}")
    expect(page.get_by_text("到场参加沙龙").first).to_be_visible()
    assert not [line for one in (head, checker) for line in one.complaints]
    assert all("404" in line for line in manager.complaints)  # the code that is none
