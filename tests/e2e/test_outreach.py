"""A text from its first word to the customer's answer: written, approved, sent, delivered, opted out of."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from yinke.common.signing import SIGNATURE, TIME, signed

pytestmark = pytest.mark.browser

MANAGER, OPERATIONS, COMPLIANCE = "0001001", "9900001", "9900002"
Visit = Callable[..., Visitor]


def reply(home: Path, address: str, mobile: str, text: str) -> int:
    """The customer answers; the demo bank's gateway would tell it so."""
    body = {
        "replies": [
            {
                "ref": f"e2e-{time.time_ns()}",
                "sender": mobile,
                "text": text,
                "at": datetime.now(UTC).isoformat(),
            }
        ]
    }
    content, moment = json.dumps(body).encode(), int(time.time())
    key = (home / "demo-gateway.key").read_bytes().strip()
    headers = {"Content-Type": "application/json", TIME: f"{moment}", SIGNATURE: signed(key, moment, content)}
    call = urllib.request.Request(f"{address}/api/providers/loopback/replies", content, headers)
    with urllib.request.urlopen(call) as answer:
        return int(json.load(answer)["noted"])


def test_a_text_is_written_approved_sent_delivered_and_opted_out_of(
    visit: Visit, demo_home: Path, address: str
) -> None:
    name = f"年费通知{time.time_ns() % 100_000}"
    writer = visit(OPERATIONS)
    page = writer.open("/templates")
    page.get_by_role("button", name="新建模板").click()
    page.get_by_label("名称").fill(name)
    page.get_by_text("服务通知", exact=True).last.click()
    text = page.get_by_label("内容", exact=True)
    text.fill("{称呼}，本月有优惠")
    expect(page.get_by_text("服务通知里不能有营销词语“优惠”。")).to_be_visible()
    expect(page.get_by_role("button", name="提交审批")).to_be_disabled()
    text.fill("{称呼}，您的年费将于下月扣收，{网点}。")
    expect(page.get_by_text("【银客银行】{称呼}，您的年费将于下月扣收，{网点}。")).to_be_visible()
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text(name)).to_be_visible()

    checker = visit(COMPLIANCE)
    page = checker.open("/templates?show=waiting")
    page.get_by_role("button", name=f"审批 {name}").click()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已通过，可以发送了。")).to_be_visible()

    manager = visit(MANAGER)
    page = manager.open("/customers")
    row = page.evaluate("async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0]")
    page = manager.open(f"/customers/{row['id']}")
    page.get_by_role("button", name="发消息").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    dialog.get_by_role("combobox").fill(name)
    page.locator(".ant-select-item-option").filter(has_text=name).click()
    expect(dialog.get_by_text(f"【银客银行】{row['name']}")).to_be_visible()
    dialog.get_by_role("button", name="发 送").or_(dialog.get_by_role("button", name="发送")).click()
    messages = page.locator("li").filter(has_text=name)
    expect(messages.get_by_text("已送达").first).to_be_visible(
        timeout=90_000
    )  # the worker, the gateway, its receipt

    mobile = page.evaluate(
        """async (id) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const answer = await fetch(`/api/customers/${id}/reveal`, {method: 'POST', body: JSON.stringify({field: 'mobile', reason: 'CALL'}),
                headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
            return (await answer.json()).value;
        }""",
        row["id"],
    )
    assert reply(demo_home, address, mobile, "退订") == 1
    page = manager.open(f"/customers/{row['id']}")
    expect(page.get_by_text("客户已退订短信").first).to_be_visible()
    expect(page.get_by_text("客户回复退订").first).to_be_visible()
    page.get_by_role("button", name="发消息").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    page.locator(".ant-select-item-option").filter(has_text="营销").first.click()
    expect(dialog.get_by_text("这条消息不能发给这位客户。")).to_be_visible()
    assert not [line for visitor in (writer, checker, manager) for line in visitor.complaints]
