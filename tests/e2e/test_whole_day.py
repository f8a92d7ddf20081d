"""A night and a day at the demo bank: the files of one more date become tasks; a call is recorded and comes back on its day; a segment's
journey writes a letter that is answered by "no more"; money leaves, and the manager's open page says so."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, yinke
from tests.e2e.test_journeys import call, letters, until
from tests.e2e.test_live_events import tell
from yinke.demo.bank import SEED
from yinke.demo.mailbox import Letter, Mailbox

pytestmark = pytest.mark.browser

MANAGER, OPERATIONS, COMPLIANCE = "0001001", "9900001", "9900002"
Visit = Callable[..., Visitor]


def a_night(home: Path, folder: Path) -> date:
    """The bank delivers one more business date, and its night is run by the command line. That date."""
    plan = json.loads((home / "demo.json").read_text("utf-8"))
    newest = max(one.name for one in (home / "inbox").glob("2*"))
    day = date.fromisoformat(newest) + timedelta(days=1)
    made = yinke(
        home, "generate", "--customers", f"{plan['customers']}", "--start", plan["start"], "--end", f"{day}", "--daily-from",
        plan["daily_from"], "--seed", f"{SEED}", "--out", f"{folder}",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    shutil.move(folder / f"{day:%Y%m%d}", home / "inbox")
    night = yinke(home, "nightly", "--date", f"{day}")
    assert night.returncode == 0, night.stdout + night.stderr
    return day


def a_journey(writer: Page, checker: Page, stamp: str) -> int:
    """A letter to everybody in a small segment, drawn and approved. The number of its text."""
    text = call(writer, "POST", "/templates", {
        "name": f"理财回顾{stamp}", "channel": "EMAIL", "kind": "SERVICE", "subject": f"本月回顾{stamp}", "text": "{称呼}，您的回顾已生成。",
    })  # fmt: skip
    call(checker, "POST", f"/templates/versions/{text['versions'][0]['id']}/approve")
    sized = [one for one in call(writer, "GET", "/journeys/choices")["conditions"] if one["size"] >= 20]
    small = min(sized, key=lambda one: int(one["size"]))
    call(checker, "POST", f"/segments/{small['code']}/outreach", {"allowed": True})
    steps = [{"id": "m1", "type": "MESSAGE", "template": text["id"], "next": None}]
    drawn = call(writer, "POST", "/journeys", {
        "name": f"回顾旅程{stamp}",
        "definition": {"trigger": {"type": "SEGMENT", "segment": small["code"], "members": True}, "start": "m1", "steps": steps},
    })  # fmt: skip
    call(writer, "POST", f"/journeys/{drawn['id']}/submit")
    call(checker, "POST", f"/journeys/{drawn['id']}/approve")
    return int(text["id"])


def test_a_night_and_a_day(visit: Visit, demo_home: Path, address: str, tmp_path: Path) -> None:
    day = a_night(demo_home, tmp_path / "files")
    stamp = f"{time.time_ns() % 100_000}"
    manager, writer, checker = visit(MANAGER), visit(OPERATIONS), visit(COMPLIANCE)

    # a deposit matures: a task, a call, and the day on which it is called again
    page = manager.open("/workbench")
    expect(page.get_by_text(re.compile(rf"{day.month}月{day.day}日.*日终")).first).to_be_visible()
    tasks = call(page, "GET", "/workbench")["tasks"]
    due = next(one for one in tasks if any(reason["type"] == "E01" for reason in one["reasons"]))
    page.locator(f"button[data-task='{due['id']}']").click()
    expect(page.locator(f"button[data-task='{due['id']}']")).to_have_attribute("aria-current", "true")
    expect(page.get_by_text("先报到期日和金额，再问这笔钱近期有没有用处。").first).to_be_visible()
    page.get_by_text("3 天后", exact=True).first.click()
    page.get_by_placeholder("选填，不写证件号、手机号、卡号").fill(f"想续一年，等利率{stamp}")
    page.get_by_role("button", name="考虑中").click()
    expect(page.locator(f"button[data-task='{due['id']}']")).to_have_count(0)

    def recorded() -> Any:
        """What was clicked is sent once it can't be taken back any more."""
        mine = call(page, "GET", f"/customers/{due['customer']['id']}/tasks")
        mine = [one for one in mine if one["id"] == due["id"]]
        return next((one for one in mine if one["next_on"] not in (None, due["next_on"])), None)

    put_off = until(recorded)
    assert put_off["status"] == "IN_PROGRESS"
    page = manager.open(f"/customers/{due['customer']['id']}")
    expect(page.get_by_text(re.compile("改约")).first).to_be_visible()
    expect(page.get_by_text(f"想续一年，等利率{stamp}").first).to_be_visible()

    # a segment's journey writes a letter, which really arrives; the answer is "no more"
    text = a_journey(writer.open("/journeys"), checker.open("/journeys"), stamp)
    letter = until(lambda: letters(demo_home, f"本月回顾{stamp}"))[0]
    number = int(re.findall(r"m(\d+)-", str(letter["Reply-To"]))[0])
    rows = call(writer.page, "GET", f"/messages?template={text}")["rows"]
    customer = next(row["customer_id"] for row in rows if row["id"] == number)
    returns = yaml.safe_load((demo_home / "demo-channels.yaml").read_text())["email_returns"]["port"]
    answer = Letter("", str(letter["To"]), letter)
    until(
        lambda: Mailbox(returns=returns).answer(answer, "退订", message_id=f"<{stamp}@day.example>") is None
    )
    other = writer.open(f"/customers/{customer}")
    expect(other.get_by_text("客户已退订邮件").first).to_be_visible()

    # money leaves while the manager's page is open
    page = manager.open("/customers")
    people = call(page, "GET", "/customers?sort=-aum")["rows"]
    for one in people[12:20]:  # somebody among them may be approached; of the first ones other tests tell
        assert tell(demo_home, address, one["cust_no"])["taken"] == 1
    notice = page.locator(".ant-notification-notice").filter(has_text="大额转出").first
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="去处理").click()
    expect(page).to_have_url(re.compile(r"/workbench\?task=\d+"))
    expect(page.get_by_text("转出 9,000 万").first).to_be_visible()

    # the nights go by; on the day that was promised the call is back, and what was said of it
    again = 0
    while a_night(demo_home, tmp_path / f"again{again}") + timedelta(days=1) < date.fromisoformat(
        put_off["next_on"]
    ):
        again += 1
    page = manager.open("/workbench")
    page.locator(f"button[data-task='{due['id']}']").click()
    expect(page.get_by_text(f"想续一年，等利率{stamp}").first).to_be_visible()
    back = next(one for one in call(page, "GET", "/workbench")["tasks"] if one["id"] == due["id"])
    assert back["status"] == "IN_PROGRESS"
    assert back["next_on"] <= put_off["next_on"]  # sooner, if money that is not put on again makes it urgent
    assert not [line for visitor in (manager, writer, checker) for line in visitor.complaints]
