"""旅程推进: who enters, where they stand after each minute, what was asked for of them, once each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from tests.care.nights import ONE, event
from tests.outreach.journeys import JourneyBank
from yinke.care.models import Reason, Task
from yinke.common.errors import NotAllowed, YinkeError
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.customers.models import Customer
from yinke.outreach.gate import judge
from yinke.outreach.journeys import services
from yinke.outreach.journeys import tick as ticking
from yinke.outreach.journeys.models import Journey, JourneyTask, JourneyVersion, Traveller
from yinke.outreach.journeys.services import JourneyFaulty, JourneyMoved
from yinke.outreach.models import Message, Reply
from yinke.outreach.services.templates import in_force, retire
from yinke.segments.models import Segment
from yinke.segments.queries_store import where_used
from yinke.segments.services.close import close

WAIT = {"id": "w", "type": "WAIT", "days": 1, "next": None}


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> Iterator[JourneyBank]:
    yield JourneyBank(tmp_path, settings)


def message(bank: JourneyBank, id: str = "m", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "MESSAGE", "template": bank.text, "next": None, **more}


def test_who_enters_the_segment_enters_once_and_is_written_to_once(bank: JourneyBank) -> None:
    bank.members("rich", [bank.zhao.id])
    journey = bank.drawn(message(bank, next="w"), WAIT)
    assert (bank.tick().entered, bank.places(journey)) == (0, {})  # 赵一 was in it before
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    done = bank.tick()
    assert (done.entered, done.moved) == (1, 1)
    assert bank.places(journey) == {bank.qian.id: ("INSIDE", "w", ["m:next"])}
    sent = Message.objects.get()
    assert (sent.customer_id, sent.version.template_id, sent.kind, sent.channel, sent.state) == (
        bank.qian.id, bank.text, "SERVICE", "SMS", "QUEUED"
    )  # fmt: skip
    assert (sent.journey, sent.journey_step, sent.made_at, sent.next_at) == (
        journey.in_force,
        "m",
        bank.now,
        bank.now,
    )
    assert sent.expires_at == bank.now + timedelta(hours=int(in_force()["outreach.lives_hours"]))
    due = Traveller.objects.get().due_at
    assert due == bank.now + timedelta(days=1)
    assert (bank.tick().moved, bank.tick(hours=23).moved) == (0, 0)
    bank.members("rich", [])
    bank.members("rich", [bank.qian.id])  # out and in again: once only
    done = bank.tick(hours=1)
    assert (done.entered, done.moved) == (0, 1)
    assert bank.places(journey) == {bank.qian.id: ("DONE", "", ["m:next", "w:next"])}
    assert Message.objects.count() == 1


def test_members_at_the_start_enter_if_the_trigger_says_so_but_nobody_who_has_gone(bank: JourneyBank) -> None:
    gone = bank.customer("孙三", status="DECEASED")
    bank.members("rich", [bank.zhao.id, gone.id])
    journey = bank.drawn(WAIT, trigger={"type": "SEGMENT", "segment": "rich", "members": True})
    assert (bank.tick().entered, set(bank.places(journey))) == (1, {bank.zhao.id})
    assert bank.tick().entered == 0


def test_at_its_date_those_enter_who_are_in_the_segment_then(bank: JourneyBank) -> None:
    journey = bank.drawn(WAIT, trigger={"type": "DATE", "segment": "rich", "at": "2026-11-04 09:00"})
    bank.members("rich", [bank.zhao.id])
    assert bank.tick(hours=20).entered == 0
    bank.members("rich", [bank.qian.id])
    assert (bank.tick(hours=1).entered, set(bank.places(journey))) == (1, {bank.qian.id})
    bank.members("rich", [bank.qian.id, bank.zhao.id])
    assert bank.tick().entered == 0


def test_by_hand_the_members_enter_whenever_an_operator_says_so(bank: JourneyBank) -> None:
    bank.members("rich", [bank.zhao.id])
    journey = bank.drawn(WAIT, trigger={"type": "MANUAL", "segment": "rich", "again_days": 2})
    assert bank.tick().entered == 0
    assert services.let_in(bank.viewer("运营"), journey.id) == 1
    assert bank.tick().entered == 1
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    services.let_in(bank.viewer("运营"), journey.id)
    assert (bank.tick().entered, bank.tick().entered) == (1, 0)  # 赵一 is inside
    bank.tick(days=1)
    services.let_in(bank.viewer("运营"), journey.id)
    assert bank.tick(days=1).entered == 0  # he may again two days after it ended
    services.let_in(bank.viewer("运营"), journey.id)
    assert bank.tick(days=1).entered == 2
    assert sorted(Traveller.objects.values_list("customer_id", "entry")) == sorted(
        [(one.id, n) for one in (bank.zhao, bank.qian) for n in (1, 2)]
    )
    with pytest.raises(JourneyMoved):
        services.let_in(bank.viewer("运营"), bank.drawn(WAIT).id)


def test_a_segment_that_is_not_for_outreach_any_more_lets_nobody_in(bank: JourneyBank) -> None:
    journey = bank.drawn(WAIT, trigger={"type": "SEGMENT", "segment": "rich", "members": True})
    bank.members("rich", [bank.zhao.id])
    Segment.objects.filter(code="rich").update(outreach=False)
    assert (bank.tick().entered, bank.places(journey)) == (0, {})


def test_who_reaches_the_goal_leaves_with_what_still_waits_for_him(bank: JourneyBank) -> None:
    journey = bank.drawn(message(bank, next="w"), WAIT, goal={"segment": "bought", "days": 2})
    third = bank.customer("孙三")
    bank.members("bought", [third.id])
    bank.members("rich", [bank.zhao.id, bank.qian.id, third.id])
    assert bank.tick().entered == 2  # 孙三 is there already
    bank.members("bought", [third.id, bank.zhao.id])
    done = bank.tick()
    assert (done.reached, done.moved) == (1, 0)
    assert bank.places(journey)[bank.zhao.id] == ("GOAL", "", ["m:next"])
    assert dict(Message.objects.values_list("customer_id", "state")) == {
        bank.zhao.id: "CANCELLED",
        bank.qian.id: "QUEUED",
    }
    bank.tick(days=1)
    assert bank.places(journey)[bank.qian.id][0] == "DONE"
    bank.members("bought", [third.id, bank.zhao.id, bank.qian.id])
    assert bank.tick().reached == 1  # within the days, though he has walked it to its end
    assert bank.places(journey)[bank.qian.id][0] == "DONE"
    rows = dict(Traveller.objects.values_list("customer_id", "reached_at"))
    assert rows[bank.zhao.id] and rows[bank.qian.id] == bank.now


def test_a_goal_reached_too_late_does_not_count(bank: JourneyBank) -> None:
    bank.drawn(WAIT, goal={"segment": "bought", "days": 1})
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    bank.members("bought", [bank.zhao.id])
    assert bank.tick(days=1, seconds=1).reached == 0


def test_who_is_held_out_is_watched_for_the_goal(bank: JourneyBank) -> None:
    held = {"id": "h", "type": "HOLDOUT", "share": 50, "next": "m"}
    journey = bank.drawn(held, message(bank), goal={"segment": "bought", "days": 9})
    people = [bank.customer(f"客{n}").id for n in range(40)]
    bank.members("rich", people)
    bank.tick()
    arms = {True: set[int](), False: set[int]()}
    for row in Traveller.objects.filter(journey=journey):
        assert row.state == ("HELD_OUT" if row.held_out else "DONE")
        arms[bool(row.held_out)].add(row.customer_id)
    assert 8 <= len(arms[True]) <= 32
    assert set(Message.objects.values_list("customer_id", flat=True)) == arms[False]
    bank.members("bought", [*sorted(arms[True])[:3], *sorted(arms[False])[:5]])
    assert bank.tick().reached == 8
    assert Traveller.objects.filter(state="HELD_OUT", reached_at__isnull=False).count() == 3


def test_what_is_awaited_sends_them_on_by_yes_and_its_time_by_no(bank: JourneyBank) -> None:
    wait = {"id": "a", "type": "AWAIT", "segment": "bought", "days": 3, "yes": "w", "no": "m"}
    journey = bank.drawn(wait, message(bank), WAIT)
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    bank.tick()
    bank.members("bought", [bank.zhao.id])
    bank.tick()
    assert bank.places(journey) == {
        bank.zhao.id: ("INSIDE", "w", ["a:yes"]),
        bank.qian.id: ("INSIDE", "a", []),
    }
    assert bank.tick(days=2).moved == 1
    assert bank.tick(days=1).moved == 1
    assert bank.places(journey)[bank.qian.id] == ("DONE", "", ["a:no", "m:next"])
    assert Message.objects.get().customer == bank.qian


@pytest.mark.parametrize(("came", "out"), [("SENT", "yes"), ("DELIVERED", "no"), ("REPLIED", "no")])
def test_a_condition_asks_what_came_of_a_message(bank: JourneyBank, came: str, out: str) -> None:
    condition = {"id": "c", "type": "CONDITION", "message": "m", "came": came, "yes": None, "no": None}
    journey = bank.drawn(message(bank, next="w"), {**WAIT, "next": "c"}, condition)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    Message.objects.update(state="SENT", gone_at=bank.now)
    Reply.objects.create(
        provider="p",
        provider_ref="1",
        customer=bank.zhao,
        at=bank.now - timedelta(seconds=1),
        meaning="OTHER",
    )
    bank.tick(days=1)
    assert bank.places(journey)[bank.zhao.id][2] == ["m:next", "w:next", f"c:{out}"]


@pytest.mark.parametrize(("came", "state"), [("DELIVERED", "DELIVERED"), ("REPLIED", "SENT")])
def test_a_receipt_or_an_answer_turns_the_condition(bank: JourneyBank, came: str, state: str) -> None:
    condition = {"id": "c", "type": "CONDITION", "message": "m", "came": came, "yes": None, "no": None}
    journey = bank.drawn(message(bank, next="w"), {**WAIT, "next": "c"}, condition)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    Message.objects.update(state=state, gone_at=bank.now)
    if came == "REPLIED":
        Reply.objects.create(provider="p", provider_ref="1", customer=bank.zhao, at=bank.now, meaning="OTHER")
    bank.tick(days=1)
    assert bank.places(journey)[bank.zhao.id][2][-1] == "c:yes"


def test_a_way_round_asks_again_each_time(bank: JourneyBank) -> None:
    journey = bank.drawn(message(bank, next="w"), {**WAIT, "next": "m"})
    bank.members("rich", [bank.zhao.id])
    for _ in range(3):
        bank.tick(days=1)
    assert Message.objects.count() == 3
    assert bank.places(journey)[bank.zhao.id] == (
        "INSIDE",
        "w",
        ["m:next", "w:next", "m:next", "w:next", "m:next"],
    )


def test_a_retired_text_is_passed_over(bank: JourneyBank) -> None:
    journey = bank.drawn(message(bank))
    retire(bank.viewer("运营"), bank.text)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    assert bank.places(journey)[bank.zhao.id] == ("DONE", "", ["m:none"]) and not Message.objects.exists()


def test_a_tag_is_given_and_taken_in_the_name_of_who_drew_it(bank: JourneyBank) -> None:
    tag = Tag.objects.create(org=bank.orgs["总行"], name="旅程中", made_by=bank.staff["运营"], expire_days=30)
    give = {"id": "g", "type": "TAG", "tag": tag.id, "next": "w"}
    bank.drawn(
        give, {**WAIT, "next": "t"}, {"id": "t", "type": "TAG", "tag": tag.id, "add": False, "next": None}
    )
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    old = BulkAction.objects.create(user=bank.li, kind="TAG_ADD", tag=tag, count=2)
    CustomerTag.objects.create(customer=bank.zhao, tag=tag, by=bank.li, added_in=old)  # holds already
    CustomerTag.objects.create(
        customer=bank.qian, tag=tag, by=bank.li, added_in=old, expires_on=bank.biz_date - ONE
    )
    bank.tick()
    active = CustomerTag.objects.filter(removed_at=None)
    assert set(active.values_list("customer_id", "by__name", "expires_on")) == {
        (bank.zhao.id, "李", None), (bank.qian.id, "运营", bank.biz_date + 30 * ONE)
    }  # fmt: skip
    bank.tick(days=1)
    assert not CustomerTag.objects.filter(removed_at=None).exists()
    counts = BulkAction.objects.exclude(id=old.id).values("kind").annotate(Sum("count")).order_by("kind")
    assert list(counts.values_list("kind", "count__sum")) == [("TAG_ADD", 1), ("TAG_REMOVE", 2)]


def test_a_managers_task_joins_the_next_nights_list_once(bank: JourneyBank) -> None:
    task = {
        "id": "t",
        "type": "TASK",
        "title": "邀约沙龙",
        "script": "周六上午",
        "days": 7,
        "priority": 2,
        "next": None,
    }
    bank.drawn(task, name="沙龙")
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    asked = JourneyTask.objects.get()
    assert (asked.customer, asked.step, asked.priority, asked.expire_on - asked.asked_on) == (
        bank.zhao,
        "t",
        2,
        7 * ONE,
    )
    night = asked.asked_on
    assert bank.night(on=night - 3 * ONE).tasks == 0  # a night before it was asked for
    made = bank.night(on=night)
    assert (made.tasks, made.reasons) == (1, 1)
    reason = Reason.objects.get()
    assert (reason.type, reason.customer, reason.expire_on) == ("J01", bank.zhao, asked.expire_on)
    assert Task.objects.get().assignee == bank.li
    assert bank.night(on=night).reasons == 0 and bank.night(on=night + ONE).reasons == 0
    page = bank.client("李").get("/api/workbench", headers={"accept-language": "zh-hans"}).json()
    assert "邀约沙龙：周六上午（旅程「沙龙」）" in str(page)


def test_tasks_of_a_paused_journey_wait_and_expired_ones_do_not_come(bank: JourneyBank) -> None:
    journey = bank.drawn({"id": "t", "type": "TASK", "title": "回访", "days": 2, "next": None})
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    night = JourneyTask.objects.get().asked_on
    services.pause(bank.viewer("运营"), journey.id)
    assert bank.night(on=night).tasks == 0
    services.resume(bank.viewer("运营"), journey.id)
    assert bank.night(on=night + 2 * ONE).tasks == 0
    assert bank.night(on=night).tasks == 1


def test_an_event_of_the_night_lets_in_and_is_awaited(bank: JourneyBank) -> None:
    wait = {"id": "a", "type": "AWAIT", "event": "E04", "days": 30, "yes": "m", "no": None}
    journey = bank.drawn(wait, message(bank), trigger={"type": "EVENT", "event": "E01"})
    with (
        patch.object(timezone, "now", lambda: bank.now),
        patch.object(timezone, "localdate", lambda *_: bank.biz_date + ONE),
    ):
        bank.night(event("E01", bank.zhao), event("E03", bank.qian), event("E01", 999_999))
        bank.night(event("E01", bank.zhao), on=bank.biz_date)  # made anew: no second entry
        bank.tick()
        assert bank.places(journey)[bank.zhao.id] == ("INSIDE", "a", [])
        bank.night(
            event("E04", bank.zhao, on=bank.biz_date + ONE), event("E04", bank.qian, on=bank.biz_date + ONE)
        )
    bank.tick()
    assert bank.places(journey) == {bank.zhao.id: ("DONE", "", ["a:yes", "m:next"])}
    assert Message.objects.get().customer == bank.zhao


def test_a_night_made_up_for_lets_nobody_in_for_what_is_over(bank: JourneyBank) -> None:
    journey = bank.drawn(WAIT, trigger={"type": "EVENT", "event": "E01"})
    with patch.object(timezone, "localdate", lambda *_: bank.biz_date + 9 * ONE):
        assert bank.night(event("E01", bank.zhao)).reasons == 1
    assert bank.places(journey) == {}


def test_paused_nobody_moves_enters_or_is_written_to_and_nothing_is_lost(bank: JourneyBank) -> None:
    journey = bank.drawn(message(bank, next="w"), WAIT)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    services.pause(bank.viewer("运营"), journey.id)
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    assert bank.tick(days=2).moved == 0
    waiting = Message.objects.select_related("version__template").get()
    verdict = judge([waiting], waiting.made_at, in_force())[0]
    assert verdict.why == "PAUSED" and verdict.until is not None
    services.resume(bank.viewer("运营"), journey.id)
    assert judge([waiting], waiting.made_at, in_force())[0].why == ""
    bank.tick()
    assert bank.places(journey) == {
        bank.zhao.id: ("DONE", "", ["m:next", "w:next"]),
        bank.qian.id: ("INSIDE", "w", ["m:next"]),
    }


def test_stopped_it_is_over_for_all_with_what_waits(bank: JourneyBank) -> None:
    journey = bank.drawn(message(bank, next="w"), WAIT)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    services.stop(bank.viewer("运营"), journey.id)
    row = Traveller.objects.get()
    assert (row.state, row.step, row.due_at, row.ended_at is None) == ("STOPPED", "", None, False)
    assert Message.objects.get().state == "CANCELLED"
    for deed in (services.stop, services.resume, services.pause):
        with pytest.raises(JourneyMoved):
            deed(bank.viewer("运营"), journey.id)
    with pytest.raises(JourneyMoved):
        services.save(bank.viewer("运营"), journey.id, "新", bank.definition(WAIT))
    bank.members("rich", [bank.qian.id])
    assert bank.tick().entered == 0


def test_a_segment_stays_open_as_long_as_a_journey_uses_it(bank: JourneyBank) -> None:
    ask = {"id": "c", "type": "CONDITION", "segment": "poor", "yes": None, "no": "w"}
    journey = bank.drawn(ask, WAIT, goal={"segment": "bought", "days": 9}, name="到期")
    drawer = bank.viewer("运营")
    uses = {
        code: [(one.kind, one.code, one.name) for one in where_used(drawer, code)]
        for code in ("rich", "poor", "bought")
    }
    assert all(found == [("journey", f"{journey.id}", "到期")] for found in uses.values())
    hidden = where_used(bank.viewer("李"), "poor")
    assert [(one.kind, one.code, one.name) for one in hidden] == [("journey", "", "")]
    with pytest.raises(YinkeError) as said:
        close(drawer, "poor")
    assert said.value.code == "segment_used"
    bank.members("rich", [bank.zhao.id])
    bank.tick()  # stands in the first version
    services.save(drawer, journey.id, "到期", bank.definition(WAIT))
    services.submit(drawer, journey.id)
    services.decide(bank.viewer("合规"), journey.id, fit=True)
    assert where_used(drawer, "poor")
    bank.tick(days=1)  # nobody is inside any more by the version that asks for it
    assert not where_used(drawer, "poor")
    assert where_used(drawer, "rich")
    services.stop(drawer, journey.id)
    assert not where_used(drawer, "rich")


def test_the_customers_timeline_tells_of_entering_and_of_the_goal_but_not_of_being_held_out(
    bank: JourneyBank,
) -> None:
    journey = bank.drawn(WAIT, name="到期承接", goal={"segment": "bought", "days": 9})
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    bank.tick()
    page = f"/api/customers/{bank.zhao.id}/timeline"
    manager = bank.client("李")
    marks = [manager.get(page).json()["mark"]]
    bank.members("bought", [bank.zhao.id])
    bank.tick()
    told = manager.get(f"{page}?kind=JOURNEY").json()
    assert [(one["code"], one["detail"]) for one in told["rows"]] == [
        ("REACHED", "到期承接"),
        ("ENTERED", "到期承接"),
    ]
    assert told["mark"] not in marks
    Traveller.objects.filter(journey=journey).update(held_out=True)
    assert manager.get(f"{page}?kind=JOURNEY").json()["rows"] == []


def test_a_new_version_is_for_who_enters_from_then_on(bank: JourneyBank) -> None:
    journey = bank.drawn({**WAIT, "next": "m"}, message(bank))
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    services.save(bank.viewer("运营"), journey.id, "旅程二", bank.definition({**WAIT, "days": 5}))
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    bank.tick()  # the draft is in force for nobody
    services.submit(bank.viewer("运营"), journey.id)
    services.decide(bank.viewer("合规"), journey.id, fit=True)
    third = bank.customer("孙三")
    bank.members("rich", [bank.zhao.id, bank.qian.id, third.id])
    bank.tick()
    numbers = dict(Traveller.objects.values_list("customer_id", "version__number"))
    assert numbers == {bank.zhao.id: 1, bank.qian.id: 1, third.id: 2}
    bank.tick(days=1, hours=1)
    assert set(Message.objects.values_list("customer_id", flat=True)) == {bank.zhao.id, bank.qian.id}
    assert bank.places(journey)[third.id] == ("INSIDE", "w", [])
    assert Journey.objects.get().name == "旅程二"


def test_maker_and_checker_are_two_and_what_was_submitted_does_not_change(bank: JourneyBank) -> None:
    writer, checker = bank.viewer("运营"), bank.viewer("合规")
    version = services.save(writer, None, " 新客 ", bank.definition(WAIT))
    with pytest.raises(NotAllowed):
        services.save(bank.viewer("张行长"), None, "支行的", bank.definition(WAIT))
    journey = version.journey_id
    with pytest.raises(JourneyMoved):
        services.decide(checker, journey, fit=True)
    services.submit(writer, journey)
    with pytest.raises(JourneyMoved):
        services.save(writer, journey, "新客", bank.definition(WAIT))
    with pytest.raises(NotAllowed):
        services.decide(writer, journey, fit=True)
    with pytest.raises(NotAllowed):
        services.withdraw(checker, journey)
    with pytest.raises(YinkeError):
        services.decide(checker, journey, fit=False, reason=" ")
    for change in ({"definition": {}}, {"number": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            JourneyVersion.objects.filter(id=version.id).update(**change)
    refused = services.decide(checker, journey, fit=False, reason="等一等")
    assert (refused.state, refused.reason, refused.decided_by_id) == ("REFUSED", "等一等", checker.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        JourneyVersion.objects.filter(id=version.id).update(state="APPROVED")
    again = services.save(writer, journey, "新客", bank.definition(WAIT))
    assert (again.number, again.state, again.journey.name) == (2, "DRAFT", "新客")
    services.submit(writer, journey)
    assert services.withdraw(writer, journey).state == "WITHDRAWN"
    assert Journey.objects.get().state == "DRAFT" and not Traveller.objects.exists()


def test_what_has_faults_is_kept_as_a_draft_and_goes_no_further(bank: JourneyBank) -> None:
    version = services.save(bank.viewer("运营"), None, "空", bank.definition())
    with pytest.raises(JourneyFaulty):
        services.submit(bank.viewer("运营"), version.journey_id)
    good = services.save(bank.viewer("运营"), version.journey_id, "空", bank.definition(WAIT))
    assert good.id == version.id
    services.submit(bank.viewer("运营"), version.journey_id)
    Segment.objects.filter(code="rich").update(status="CLOSED")
    with pytest.raises(JourneyFaulty):
        services.decide(bank.viewer("合规"), version.journey_id, fit=True)
    for name in ("", " ", "长" * 61):
        with pytest.raises(YinkeError):
            services.save(bank.viewer("运营"), None, name, bank.definition(WAIT))


def test_more_than_a_chunk_go_on_in_several_transactions(bank: JourneyBank) -> None:
    people = [bank.customer(f"客{n}").id for n in range(7)]
    journey = bank.drawn(message(bank))
    bank.members("rich", people)
    with patch.object(ticking, "CHUNK", 3):
        done = bank.tick()
    assert (done.entered, done.moved, Message.objects.count()) == (7, 7, 7)
    assert {state for state, _, _ in bank.places(journey).values()} == {"DONE"}


def test_another_worker_is_told_once_and_before_many_are_moved(bank: JourneyBank) -> None:
    people = [bank.customer(f"客{n}").id for n in range(6)]
    journey = bank.drawn({**WAIT, "next": "m"}, message(bank))
    told: list[int] = []

    def many() -> None:
        told.append(Message.objects.count() * 10 + len(set(bank.places(journey))))

    def tick(after: timedelta) -> None:
        bank.now += after
        with patch.object(timezone, "now", lambda: bank.now):
            ticking.tick(many=many)

    with patch.object(ticking, "MANY", 6), patch.object(ticking, "CHUNK", 2):
        bank.members("rich", people[:5])
        tick(timedelta(minutes=1))
        assert told == []
        bank.members("rich", people)
        tick(timedelta(minutes=1))
        assert told == []  # one only has come since
        tick(timedelta(days=2))
        assert told == [6] and Message.objects.count() == 6  # nobody had moved yet
        other = bank.drawn(
            message(bank), name="另一个", trigger={"type": "SEGMENT", "segment": "rich", "members": True}
        )
        tick(timedelta(minutes=1))
        assert told == [6, 66] and len(bank.places(other)) == 6


def test_a_journey_that_cannot_go_on_stops_no_other_and_is_told_of(bank: JourneyBank) -> None:
    broken, whole = bank.drawn(WAIT, name="坏"), bank.drawn(WAIT)
    Journey.objects.filter(id=broken.id).update(cursor={"night": "never"})
    bank.members("rich", [bank.zhao.id])
    with pytest.raises(ExceptionGroup) as told:
        bank.tick()
    assert len(told.value.exceptions) == 1
    assert (bank.places(broken), set(bank.places(whole))) == ({}, {bank.zhao.id})


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_moves_a_lane_another_moves_the_other(tmp_path: Path, settings: Any) -> None:
    bank = JourneyBank(tmp_path, settings)
    people = [bank.customer(f"客{n}").id for n in range(12)]
    journey = bank.drawn(message(bank))
    bank.members("rich", people)
    bank.now += timedelta(minutes=1)
    both, moved = threading.Barrier(2), list[int]()
    write = ticking._written

    def work() -> None:
        try:
            moved.append(ticking.tick().moved)
        finally:
            connection.close()

    other = threading.Thread(target=work)

    def meet(*given: Any) -> int:
        if threading.current_thread() is not other:
            other.start()
        both.wait(300)  # each is within its transaction
        return write(*given)

    with patch.object(ticking, "_written", meet), patch.object(timezone, "now", lambda: bank.now):
        moved.append(ticking.tick().moved)
        other.join()
    assert moved == [6, 6]
    assert Message.objects.count() == 12
    assert {state for state, _, _ in bank.places(journey).values()} == {"DONE"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_move_everybody_once(tmp_path: Path, settings: Any) -> None:
    bank = JourneyBank(tmp_path, settings)
    people = [bank.customer(f"客{n}").id for n in range(30)]
    journey = bank.drawn(message(bank))
    bank.members("rich", people)
    moved: list[int] = []

    def work() -> None:
        try:
            moved.append(ticking.tick().moved)
        finally:
            connection.close()

    with patch.object(ticking, "CHUNK", 4):
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        bank.tick()
    assert Message.objects.count() == 30
    assert {state for state, _, _ in bank.places(journey).values()} == {"DONE"}


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_has_done_whole_chunks_or_nothing_and_the_next_does_the_rest(
    tmp_path: Path, settings: Any
) -> None:
    bank = JourneyBank(tmp_path, settings)
    people = [bank.customer(f"客{n}").id for n in range(10)]
    tag = Tag.objects.create(org=bank.orgs["总行"], name="走过", made_by=bank.staff["运营"])
    CustomField.objects.create(code="care", name_zh="关怀", kind="YES_NO", owner=bank.staff["运营"])
    task = {"id": "t", "type": "TASK", "title": "回访", "next": "g"}
    journey = bank.drawn(
        message(bank, next="t"), task, {"id": "g", "type": "TAG", "tag": tag.id, "next": "f"},
        {"id": "f", "type": "FIELD", "field": "care", "value": True, "next": None},
    )  # fmt: skip
    bank.members("rich", people)
    place = {
        **os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "TEST_LAKE": str(tmp_path),
        "TEST_NOW": (bank.now + timedelta(minutes=1)).isoformat(),
    }  # fmt: skip

    def run(places: int) -> int:
        command = [sys.executable, "-m", "tests.outreach.die", f"{places}"]
        return subprocess.run(command, env=place, timeout=300, check=False).returncode

    def done() -> tuple[int, int, int, int, int]:
        through = Traveller.objects.filter(journey=journey, state="DONE")
        return (
            through.count(),
            Message.objects.count(),
            JourneyTask.objects.count(),
            CustomerTag.objects.count(),
            CustomValue.objects.count(),
        )

    assert run(1) == -signal.SIGKILL and done() == (0, 0, 0, 0, 0)
    assert run(2) == -signal.SIGKILL and done() == (4, 4, 4, 4, 4)
    assert run(0) == 0 and done() == (10, 10, 10, 10, 10)
    assert run(0) == 0 and done() == (10, 10, 10, 10, 10)


def test_a_customer_who_is_deleted_leaves_his_journeys(bank: JourneyBank) -> None:
    bank.drawn(WAIT)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    Customer.objects.filter(id=bank.zhao.id).update(status="ERASED")
    bank.tick(days=1)
    assert Traveller.objects.get().state == "DONE"
