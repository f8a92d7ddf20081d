"""What a system of the bank tells stands on the manager's list at once, once, and only if the night would say so too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.care.live.telling import MINUTE, NOW, Teller, arrived, moved
from tests.care.nights import WORKDAY, TaskBank, event
from yinke.care.live import take as taking
from yinke.care.live.lapse import lapse
from yinke.care.models import DoNotDisturb, LiveEvent, Reason, Task
from yinke.care.services import make_tasks as night
from yinke.privacy.models import Restriction, RightsCase

TAKEN, KNOWN = ("TAKEN", ""), ("KNOWN", "")


def test_money_that_leaves_is_on_the_managers_list_at_once(live: TaskBank, core: Teller) -> None:
    assert core.tell(moved(live.zhao, "150000.00", opp_bank="他行", own_name=True)) == [TAKEN]
    (task,) = live.client("李").get("/api/workbench").json()["tasks"]
    (reason,) = task["reasons"]
    assert (reason["type"], reason["amount"], task["priority"]) == ("E04", "150000.00", 1)
    assert reason["text"] == "10月31日转出 15 万，转到本人他行账户（他行）"
    assert live.client("王").get("/api/workbench").json()["tasks"] == []


def test_the_same_batch_sent_again_changes_nothing(live: TaskBank, core: Teller) -> None:
    batch = [moved(live.zhao, "150000"), moved(live.qian, "1")]
    assert core.tell(*batch) == [TAKEN, TAKEN]
    assert core.tell(*batch, batch[0]) == [KNOWN, KNOWN, KNOWN]
    assert (LiveEvent.objects.count(), Task.objects.count(), Reason.objects.count()) == (2, 1, 1)


def test_one_id_twice_in_a_batch_counts_once(live: TaskBank, core: Teller) -> None:
    twice = moved(live.zhao, "70000")
    assert core.tell(twice, twice) == [TAKEN, KNOWN]
    assert not Task.objects.exists()


def test_what_moves_in_parts_counts_as_a_sum_and_the_reason_follows_it(live: TaskBank, core: Teller) -> None:
    parts = [moved(live.zhao, "50000") for _ in range(2)]  # T3, 60 万 on average: 12 万 is large
    core.tell(*parts)
    assert not Task.objects.exists()
    core.tell(moved(live.zhao, "19999.99"))
    assert not Task.objects.exists()
    core.tell(moved(live.zhao, "0.01"))
    assert Reason.objects.get().amount == Decimal("120000.00")
    core.tell(moved(live.zhao, "10000"))
    reason = Reason.objects.get()
    assert (reason.amount, reason.payload["amount"]) == (Decimal("130000.00"), "130000.00")


def test_from_t4_up_a_flat_amount_counts(live: TaskBank, core: Teller) -> None:
    rich = live.customer("孙三", tier=4)
    core.tell(moved(rich, "499999.99"))
    assert not Task.objects.exists()
    core.tell(moved(rich, "0.01"))
    assert Reason.objects.get().customer_id == rich.id


@pytest.mark.parametrize(("direction", "kind"), [("OUT", "PURCHASE"), ("OUT", "TAX"), ("IN", "REDEMPTION")])
def test_kinds_that_are_no_flow_do_not_count(live: TaskBank, core: Teller, direction: str, kind: str) -> None:
    assert core.tell(moved(live.zhao, "900000", direction, kind=kind)) == [TAKEN]
    assert not Task.objects.exists()


def test_what_was_taken_back_does_not_count(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.zhao, "100000", id="T-back"))
    core.tell(moved(live.zhao, "100000", "IN", reverses="T-back"))
    core.tell(moved(live.zhao, "100000"))
    assert not Task.objects.exists()


def test_days_are_summed_by_themselves(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.zhao, "70000", at=NOW - timedelta(hours=13)), moved(live.zhao, "70000"))
    assert not Task.objects.exists()


def test_the_night_finds_known_what_was_told_by_day(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.zhao, "150000"))
    made = live.night(event("E04", live.zhao, priority=1, on=WORKDAY, amount="150000"), on=WORKDAY)
    assert (made.tasks, made.joined, made.reasons) == (0, 0, 0)
    assert Reason.objects.get().dedup_key == f"E04|{live.zhao.id}||{WORKDAY}"


def test_a_date_made_anew_does_not_take_back_what_was_told_live(live: TaskBank, core: Teller) -> None:
    live.night(event("E01", live.zhao))
    core.tell(moved(live.zhao, "150000"))
    live.night(event("E01", live.zhao), on=WORKDAY - timedelta(days=1))
    assert sorted(Reason.objects.values_list("type", flat=True)) == ["E01", "E04"]


def test_a_customer_who_has_a_task_keeps_the_one_and_it_comes_back_to_today(
    live: TaskBank, core: Teller
) -> None:
    live.night(event("E10", live.zhao, priority=3))
    Task.objects.update(status="IN_PROGRESS", next_on=WORKDAY + timedelta(days=3), is_overflow=True)
    core.tell(moved(live.zhao, "150000"))
    task = Task.objects.get()
    assert (task.priority, task.next_on, task.is_overflow, task.reasons.count()) == (1, WORKDAY, False, 2)


def test_nobodys_customer_goes_to_the_pool(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.customer("周四", of=None), "150000"))
    task = Task.objects.get()
    assert (task.assignee, task.org_id) == (None, live.branch.id)


def _closed(bank: TaskBank) -> None:
    type(bank.zhao).objects.update(status="CLOSED")


def _frozen(bank: TaskBank) -> None:
    type(bank.zhao).objects.update(status="FROZEN")


def _quiet(bank: TaskBank) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, source="RM")


def _restricted(bank: TaskBank) -> None:
    case = RightsCase.objects.create(
        customer=bank.zhao,
        kind="DELETE",
        channel="PHONE",
        received_on=WORKDAY,
        due_on=WORKDAY,
        opened_by=bank.head,
    )
    Restriction.objects.create(customer=bank.zhao, case=case, since=NOW - MINUTE, ground="AML")


@pytest.mark.parametrize("stand", [_closed, _frozen, _quiet, _restricted])
def test_who_must_not_be_approached_gets_no_task(live: TaskBank, core: Teller, stand: Any) -> None:
    stand(live)
    assert core.tell(moved(live.zhao, "150000")) == [TAKEN]
    assert not Task.objects.exists()


def test_experiments_and_plans_of_care_are_asked_as_in_the_night(
    live: TaskBank, core: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.night()
    asked = []

    def hold(cursor: Any, day: Any, biz_date: Any) -> int:
        asked.append((day.biz_date, biz_date))
        cursor.execute("DELETE FROM fresh WHERE customer_id = %s", [live.zhao.id])
        return int(cursor.rowcount)

    monkeypatch.setattr(night, "HOLDERS", [hold])
    core.tell(moved(live.zhao, "150000"), moved(live.qian, "150000"))
    yesterday = WORKDAY - timedelta(days=1)
    assert asked == [(yesterday, yesterday)]
    assert Reason.objects.get().customer_id == live.qian.id


def test_a_bad_event_is_refused_with_its_field_and_stops_no_other(live: TaskBank, core: Teller) -> None:
    good = moved(live.zhao, "150000")
    bad: list[tuple[Any, str, str]] = [
        (moved("C-nobody", "1"), "event_customer_unknown", "cust_no"),
        (moved(live.zhao, "1", at=NOW - timedelta(hours=25)), "event_too_old", "at"),
        (moved(live.zhao, "1", at=NOW + timedelta(minutes=6)), "event_in_future", "at"),
        (moved(live.zhao, "-1"), "event_invalid", "facts.amount"),
        (moved(live.zhao, "1", ccy="USD"), "event_invalid", "facts.ccy"),
        (moved(live.zhao, "1", kind="LOTTERY"), "event_invalid", "facts.kind"),
        (moved(live.zhao, "1", opp_name="某某"), "event_invalid", "facts.opp_name"),
        ({**good, "id": ""}, "event_invalid", "id"),
        ({**good, "id": "\ud800"}, "event_invalid", "id"),
        ({**good, "id": "x", "at": "2026-10-31T12:00:00"}, "event_invalid", "at"),
        ({**good, "id": "y", "kind": "LIGHTNING"}, "event_invalid", ""),
        (arrived(live.zhao, "9999"), "event_outlet_unknown", "facts.outlet"),
    ]
    answer = core.post({"events": [*(raw for raw, _, _ in bad), good]}).json()
    told = [(one["outcome"], one["why"], one["place"]) for one in answer["verdicts"]]
    assert told == [*(("REFUSED", why, place) for _, why, place in bad), ("TAKEN", "", "")]
    assert (answer["taken"], LiveEvent.objects.count(), Task.objects.count()) == (1, 1, 1)


def test_only_a_source_that_signs_is_heard(live: TaskBank, core: Teller) -> None:
    body = {"events": [moved(live.zhao, "150000")]}
    for answer in (
        core.post(body, secret=b"k" * 32),
        core.post(body, source="nobody"),
        core.post(body, at=NOW - timedelta(minutes=6)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not LiveEvent.objects.exists()


def test_a_batch_has_a_limit(live: TaskBank, core: Teller) -> None:
    many = [moved(live.zhao, "1") for _ in range(1_001)]
    assert core.post({"events": many}).status_code == 422
    assert core.post({"events": []}).status_code == 422
    assert core.post({"events": many[:1_000]}).json()["taken"] == 1_000


def test_who_comes_to_the_branch_is_a_reason_for_two_hours(
    live: TaskBank, core: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet = live.outlet.org_no
    assert core.tell(arrived(live.zhao, outlet), arrived(live.qian, outlet)) == [TAKEN, TAKEN]
    core.tell(arrived(live.zhao, outlet))  # another ticket
    (task,) = live.client("李").get("/api/workbench").json()["tasks"]  # 钱二 is T2
    assert [one["text"] for one in task["reasons"]] == ["11:59 到店（徐汇网点），宜趁客户还在时接待"]
    assert lapse() == 0
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=2))
    assert (lapse(), lapse()) == (1, 0)
    assert Task.objects.get().status == "EXPIRED"


def test_a_visit_that_lapses_leaves_the_other_reasons(
    live: TaskBank, core: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.night(event("E10", live.zhao, priority=3))
    core.tell(arrived(live.zhao, live.outlet.org_no))
    assert Task.objects.get().priority == 1
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=2))
    lapse()
    assert (Task.objects.get().status, Task.objects.get().priority) == ("NEW", 3)


def test_a_visit_told_too_late_is_no_reason(live: TaskBank, core: Teller) -> None:
    assert core.tell(arrived(live.zhao, live.outlet.org_no, at=NOW - timedelta(minutes=121))) == [TAKEN]
    assert not Task.objects.exists()


def test_a_customer_about_whom_another_writes_is_put_off_and_the_rest_is_taken(
    live: TaskBank, core: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_alone", lambda customers: {live.qian.id})
    busy, free = moved(live.zhao, "150000"), moved(live.qian, "150000")
    assert core.tell(busy, free) == [("BUSY", "event_busy"), TAKEN]
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert core.tell(busy, free) == [TAKEN, KNOWN]
    assert Task.objects.count() == 2


def test_the_event_keeps_no_name_and_no_account(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.zhao, "150000", opp_bank="他行", own_name=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM care_liveevent")
        ((facts,),) = cursor.fetchall()
    assert set(LiveEvent.objects.get().facts) == {"direction", "ccy", "kind", "opp_bank", "own_name"}, facts
