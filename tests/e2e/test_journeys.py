"""A journey from an empty page to a customer's "no more": drawn, tried, approved, a letter received, answered, not written to again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from yinke.demo.mailbox import Letter, Mailbox

pytestmark = pytest.mark.browser

MANAGER, OPERATIONS, COMPLIANCE = "0001001", "9900001", "9900002"
Visit = Callable[..., Visitor]
PATIENCE = 120


def call(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Ask the API as the page does."""
    return page.evaluate(
        """async ([method, path, body]) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const answer = await fetch('/api' + path, {method, body: body === null ? undefined : JSON.stringify(body),
                headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
            if (!answer.ok) throw new Error(path + ' ' + answer.status + ' ' + await answer.text());
            return await answer.json();
        }""",
        [method, path, body],
    )


def letters(home: Path, subject: str) -> list[EmailMessage]:
    """What the demo bank's relay was given under a subject."""
    found = [
        cast(EmailMessage, message_from_bytes(one.read_bytes(), policy=cast(Any, policy)))
        for one in sorted((home / "demo-mail").glob("*.eml"))
    ]
    return [letter for letter in found if subject in str(letter["Subject"])]


def until(what: Callable[[], Any]) -> Any:
    """Ask until there is something."""
    for _ in range(PATIENCE):
        if found := what():
            return found
        time.sleep(1)
    raise AssertionError("it did not come")


def sure(page: Page, button: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^{button[0]}\s?{button[1:]}$")).click()
    page.get_by_role("tooltip").get_by_role("button", name=re.compile("确.?定")).click()


def pick(page: Page, field: str, choice: str) -> None:
    box = page.get_by_role("dialog").get_by_role("combobox", name=field, exact=True)
    box.click()
    box.fill(choice)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=choice).first.click()


def test_a_journey_is_drawn_approved_and_writes_a_letter_that_is_answered_by_no_more(
    visit: Visit, demo_home: Path
) -> None:
    writer, checker = visit(OPERATIONS), visit(COMPLIANCE)
    page, other = writer.open("/journeys"), checker.open("/journeys")
    expect(page.get_by_text("还没有客户旅程")).to_be_visible()
    stamp = f"{time.time_ns() % 100_000}"
    text = call(page, "POST", "/templates", {
        "name": f"对账邮件{stamp}", "channel": "EMAIL", "kind": "SERVICE", "subject": f"本季对账{stamp}", "text": "{称呼}，您的对账单已生成。",
    })  # fmt: skip
    call(other, "POST", f"/templates/versions/{text['versions'][0]['id']}/approve")
    small = sorted(
        (one for one in call(page, "GET", "/journeys/choices")["conditions"] if one["size"] >= 20),
        key=lambda one: int(one["size"]),
    )[0]
    call(other, "POST", f"/segments/{small['code']}/outreach", {"allowed": True})

    page = writer.open("/journeys/new")
    page.get_by_label("名称").fill(f"对账旅程{stamp}")
    page.get_by_role("button", name=re.compile("触发 还没有选谁进入")).click()
    pick(page, "客群", small["name"])
    page.get_by_role("dialog").get_by_role("button", name=re.compile("关闭|Close")).click()
    page.get_by_role("button", name="加第一步").click()
    page.get_by_role("menuitem", name="发消息").click()
    pick(page, "内容模板", f"对账邮件{stamp}")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("关闭|Close")).click()
    page.get_by_role("button", name=re.compile("^在“发送：.*之后加一步$")).click()
    page.get_by_role("menuitem", name=re.compile("等待$")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("关闭|Close")).click()
    expect(page.get_by_text("没有问题，可以提交审批。")).to_be_visible()
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_text(re.compile("现在可进入 .* 位客户"))).to_be_visible()
    expect(page.get_by_text("走完旅程").first).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("关闭|Close")).click()
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url(re.compile(r"/journeys/\d+"))
    page.get_by_role("button", name="退出编辑").click()
    sure(page, "提交审批")
    expect(page.get_by_text("已提交，等合规审批。")).to_be_visible()

    journey = int(re.findall(r"/journeys/(\d+)", page.url)[0])
    other = checker.open(f"/journeys/{journey}")
    sure(other, "通过")
    expect(other.get_by_text("运行中").first).to_be_visible()

    letter = until(lambda: letters(demo_home, f"本季对账{stamp}"))[0]
    assert "您的对账单已生成。" in letter.get_content()
    page = writer.open(f"/journeys/{journey}")
    expect(page.get_by_role("button", name=re.compile("看停留在这一步的")).first).to_be_visible()
    page.get_by_role("tab", name="客户").click()
    expect(page.get_by_role("table").get_by_text("在途").first).to_be_visible()

    number = int(re.findall(r"m(\d+)-", str(letter["Reply-To"]))[0])
    rows = call(page, "GET", f"/messages?template={text['id']}")["rows"]
    customer = next(row["customer_id"] for row in rows if row["id"] == number)
    returns = yaml.safe_load((demo_home / "demo-channels.yaml").read_text())["email_returns"]["port"]
    mailbox = Mailbox(returns=returns)
    until(
        lambda: (
            mailbox.answer(
                Letter("", str(letter["To"]), letter), "退订", message_id=f"<{stamp}@mail.example>"
            )
            is None
        )
    )
    page = writer.open(f"/customers/{customer}")
    expect(page.get_by_text("客户已退订邮件").first).to_be_visible()
    assert not [line for visitor in (writer, checker) for line in visitor.complaints]
