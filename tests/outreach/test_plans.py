"""关怀计划: a night's events become messages by themselves, once each, and only as another person approved."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bank import TODAY
from tests.care.nights import ONE, TaskBank, event
from yinke.care.models import DoNotDisturb, Task
from yinke.common.errors import NotAllowed, YinkeError
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.models import CarePlan, Message
from yinke.outreach.services import plans
from yinke.outreach.services.plans import Asked, PlanMoved
from yinke.outreach.services.templates import Draft, decide, retire, submit

BIRTHDAY = TODAY + 4 * ONE


@pytest.fixture
def bank(db: None, tmp_path: Path) -> TaskBank:
    """赵一 is of tier 3, 钱二 of tier 2; head office has an approved text."""
    made = TaskBank(tmp_path)
    made.with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
    return made


@pytest.fixture
def text(bank: TaskBank) -> int:
    version = submit(bank.viewer("运营"), Draft("生日祝福", "GREETING", "{称呼}，生日快乐！"))
    return decide(bank.viewer("合规"), version.id, fit=True).template_id


def a_plan(bank: TaskBank, text: int, **more: Any) -> CarePlan:
    asked = {
        "name": "生日",
        "event": "E11",
        "tier_from": 0,
        "tier_to": 2,
        "on_due": True,
        "instead": True,
        **more,
    }
    plan = plans.propose(bank.viewer("运营"), Asked(template_id=text, **asked))
    return plans.decide(bank.viewer("合规"), plan.id, fit=True)


def birthdays(bank: TaskBank) -> list[dict[str, Any]]:
    return [event("E11", one, due=str(BIRTHDAY), case="AHEAD") for one in (bank.zhao, bank.qian)]


def test_who_is_of_the_tiers_gets_a_message_on_the_day_and_the_others_a_task(
    bank: TaskBank, text: int
) -> None:
    plan = a_plan(bank, text)
    made = bank.night(*birthdays(bank))
    message = Message.objects.get()
    assert (made.messages, message.customer, message.plan, message.by) == (1, bank.qian, plan, None)
    assert message.next_at == datetime(BIRTHDAY.year, BIRTHDAY.month, BIRTHDAY.day, 9, tzinfo=SHANGHAI)
    assert message.expires_at - message.next_at == timedelta(hours=48)
    assert Task.objects.get().customer == bank.zhao


def test_the_same_night_twice_and_the_day_s_own_event_ask_for_nothing_more(bank: TaskBank, text: int) -> None:
    a_plan(bank, text)
    bank.night(*birthdays(bank))
    assert bank.night(*birthdays(bank), on=TODAY).messages == 0
    today = event("E11", bank.qian, on=BIRTHDAY - ONE, key="E11|the day", due=str(BIRTHDAY), case="TODAY")
    assert bank.night(today, on=BIRTHDAY - ONE).messages == 0
    assert Message.objects.count() == 1


def test_beside_the_task_on_the_morning_after_the_night(bank: TaskBank, text: int) -> None:
    a_plan(bank, text, on_due=False, instead=False, tier_to=5)
    bank.night(*birthdays(bank))
    assert Message.objects.count() == Task.objects.count() == 2
    assert {m.next_at.astimezone(SHANGHAI).date() for m in Message.objects.all()} == {TODAY + ONE}


def test_who_may_not_be_approached_gets_none(bank: TaskBank, text: int) -> None:
    a_plan(bank, text, tier_to=5)
    DoNotDisturb.objects.create(customer=bank.qian, scope="ALL_MARKETING", source="RM")
    assert bank.night(*birthdays(bank)).messages == 1


@pytest.mark.parametrize("state", ["waits", "refused", "stopped"])
def test_only_a_plan_that_runs_asks_for_messages(bank: TaskBank, text: int, state: str) -> None:
    plan = plans.propose(bank.viewer("运营"), Asked("生日", "E11", 0, 5, text, True, True))
    with pytest.raises(NotAllowed):
        plans.decide(bank.viewer("运营"), plan.id, fit=True)
    if state != "waits":
        plans.decide(bank.viewer("合规"), plan.id, fit=state == "stopped", reason="语气不妥")
    if state == "stopped":
        plans.end(bank.viewer("运营"), plan.id)
    assert bank.night(*birthdays(bank)).messages == 0
    assert Task.objects.count() == 2


def test_with_its_text_retired_the_manager_s_task_stands(bank: TaskBank, text: int) -> None:
    a_plan(bank, text)
    retire(bank.viewer("运营"), text)
    assert bank.night(*birthdays(bank)).messages == 0
    assert Task.objects.count() == 2


def test_stopping_cancels_what_waits_and_is_done_once(bank: TaskBank, text: int) -> None:
    plan = a_plan(bank, text)
    bank.night(*birthdays(bank))
    plans.end(bank.viewer("运营"), plan.id)
    assert Message.objects.get().state == "CANCELLED"
    with pytest.raises(PlanMoved):
        plans.end(bank.viewer("运营"), plan.id)


def test_a_simulation_counts_the_reasons_of_the_last_days_by_tier(bank: TaskBank) -> None:
    for n in range(3):
        bank.night(
            event("E11", bank.zhao, on=TODAY + n * ONE, key=f"a{n}"),
            event("E11", bank.qian, on=TODAY + n * ONE, key=f"b{n}"),
        )
    bank.night(event("E11", bank.zhao, on=TODAY + 3 * ONE, key="a3"))
    found = plans.simulate("E11", 0, 5)
    assert (found.messages, found.customers, found.dates, found.most) == (7, 2, 4, 2)
    assert plans.simulate("E11", 0, 2).messages == 3
    assert plans.simulate("E12", 0, 5).messages == 0


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"event": "E99"}, "event"),
        ({"tier_from": 4}, "tier_from"),
        ({"event": "E03"}, "on_due"),
        ({"name": "  "}, "name"),
    ],
)
def test_a_plan_that_can_not_be_is_refused_by_its_place(
    bank: TaskBank, text: int, more: dict[str, Any], place: str
) -> None:
    with pytest.raises(YinkeError) as refused:
        a_plan(bank, text, **more)
    assert refused.value.place == place


def test_plans_are_the_whole_bank_s(bank: TaskBank, text: int) -> None:
    bank.with_staff("分行", "RETAIL_MGR", at="徐汇")
    body = {
        "name": "生日",
        "event": "E11",
        "tier_from": 0,
        "tier_to": 2,
        "template_id": text,
        "on_due": True,
        "instead": False,
    }
    answer = bank.client("分行").post("/api/care-plans", data=body, content_type="application/json")
    assert answer.status_code == 403
    made = bank.client("运营").post("/api/care-plans", data=body, content_type="application/json").json()
    assert (made["state"], made["may_end"], made["may_decide"]) == ("PENDING", True, False)
    shown = bank.client("合规").get("/api/care-plans").json()
    assert [(row["event_name"], row["may_decide"]) for row in shown] == [("生日", True)]
    assert bank.client("合规").post(f"/api/care-plans/{made['id']}/approve").json()["state"] == "RUNNING"
