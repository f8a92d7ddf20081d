"""Money leaves at ten in the morning: the manager's open page says so, and a click is on the task."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from yinke.common.signing import SIGNATURE, TIME, signed

pytestmark = pytest.mark.browser

MANAGER, FEW = "0001001", 5
Visit = Callable[..., Visitor]


def tell(home: Path, address: str, cust_no: str) -> dict[str, Any]:
    """The core bank tells of a large transfer."""
    event = {
        "id": f"e2e-{time.time_ns()}", "kind": "TRANSACTION", "cust_no": cust_no, "at": datetime.now(UTC).isoformat(),
        "facts": {"direction": "OUT", "amount": "90000000.00", "kind": "TRANSFER"},
    }  # fmt: skip
    content, moment = json.dumps({"events": [event]}).encode(), int(time.time())
    key = (home / "demo-events.key").read_bytes().strip()
    headers = {
        "Content-Type": "application/json", "X-Yinke-Source": "core", TIME: f"{moment}",
        SIGNATURE: signed(key, moment, content),
    }  # fmt: skip
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/events", content, headers)) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_page_says_that_money_has_left_and_leads_to_the_task(
    visit: Visit, demo_home: Path, address: str, width: int
) -> None:
    manager = visit(MANAGER, width=width)
    page = manager.open("/customers")
    rows = page.evaluate("async () => (await (await fetch('/api/customers')).json()).rows")
    first = 0 if width > 600 else FEW
    for row in rows[first : first + FEW]:  # somebody among them may be approached
        assert tell(demo_home, address, row["cust_no"])["taken"] == 1
    notice = page.locator(".ant-notification-notice").filter(has_text="大额转出").first
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("转出 9,000 万")
    manager.settle()  # what was told together has come
    notice.get_by_role("button", name="去处理").click()
    expect(page).to_have_url(re.compile(r"/workbench\?task=\d+"))
    expect(page.get_by_text("转出 9,000 万").first).to_be_visible()
    assert manager.complaints == []
