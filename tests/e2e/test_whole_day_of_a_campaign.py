"""营销活动 from its approval to its end: decided by compliance, started by head office, watched by both and by a branch.

After the other pages' tests: its messages count against the customers' caps.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.browser
BRANCH, OPERATIONS, COMPLIANCE = "9801001", "9900001", "9900002"
Visit = Callable[..., Visitor]


def sure(page: Page, button: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^{button[0]}\s?{button[1:]}$")).click()
    page.get_by_role("tooltip").get_by_role("button", name=re.compile("确.?定")).click()


def figure(page: Page, step: str) -> int:
    """A number of the funnel."""
    row = page.locator("dl > div").filter(has=page.get_by_text(step, exact=True))
    return int(row.locator("strong").inner_text().replace(",", ""))


def test_a_campaign_is_approved_started_watched_paused_and_ended(visit: Visit) -> None:
    checker, office, branch = visit(COMPLIANCE), visit(OPERATIONS), visit(BRANCH)
    page = checker.open("/campaigns")
    page.get_by_role("link", name="风险测评到期回访").click()
    expect(page.get_by_text("请客户经理约来重新测评")).to_be_visible()
    sure(page, "通过")
    expect(page.get_by_text("已批准").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^启.?动$"))).to_have_count(0)  # head office's

    page = office.open("/campaigns")
    page.get_by_role("link", name="新代发客户问候").click()
    expect(page.get_by_text("工资卡怎么打理更省心")).to_be_visible()  # the second text, word for word
    sure(page, "启动")
    for _ in range(90):
        office.settle()
        if page.get_by_text("进行中", exact=True).count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text("进行中", exact=True).first).to_be_visible()
    targeted, takes_part = figure(page, "目标客户"), figure(page, "参加活动")
    assert targeted >= takes_part > 0
    assert 0 < figure(page, "安排发送") <= takes_part
    expect(page.get_by_text("A · 50%").first).to_be_visible()  # the two texts beside each other
    expect(page.get_by_text("B · 50%").first).to_be_visible()
    page.get_by_role("tab", name="客户").click()
    expect(page.get_by_text(re.compile(r"共 \d+ 人"))).to_be_visible()
    page.get_by_role("tab", name="成效").click()

    sure(page, "暂停")
    expect(page.get_by_text("已暂停", exact=True).first).to_be_visible()
    sure(page, "恢复")
    expect(page.get_by_text("进行中", exact=True).first).to_be_visible()

    mine = branch.open(page.url.removeprefix(office.address))
    expect(mine.get_by_text("漏斗只含您可见范围内的客户")).to_be_visible()
    assert 0 < figure(mine, "参加活动") <= takes_part
    expect(mine.get_by_role("button", name=re.compile("^结.?束$"))).to_have_count(0)

    sure(page, "结束")
    expect(page.get_by_text("已结束", exact=True).first).to_be_visible()
    phone = visit(OPERATIONS, width=390, language="en")
    page = phone.open(page.url.removeprefix(office.address))
    expect(page.get_by_text("Ended", exact=True).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not [line for one in (checker, office, branch, phone) for line in one.complaints]
