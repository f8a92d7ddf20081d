"""One slip per contact, its consequences at once, and ten minutes to take it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import TODAY
from tests.care.nights import ONE, WORKDAY, TaskBank, event
from yinke.access.models import AuditEntry
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb, Task
from yinke.care.queries.day import Today
from yinke.care.services import record_contact as module
from yinke.care.services.record_contact import Account, aftermath, record_contact
from yinke.care.services.withdraw import withdraw
from yinke.common.errors import NotFound, YinkeError
from yinke.customers.models import Customer

keys = iter(f"key-{n:08}" for n in range(10**6))


def slip(result: str, **more: Any) -> Account:
    """A phone call with this result."""
    return Account(**{"channel": "PHONE", "result": result, "request_key": next(keys), **more})


@pytest.fixture(autouse=True)
def on_the_work_day() -> Any:
    """The wall's calendar shows the work day that follows the test bank's business date."""
    from yinke.care.services import assign, withdraw

    modules = (module, withdraw, assign)
    patches = [patch.object(m, "today", lambda: Today(TODAY, WORKDAY)) for m in modules]
    for p in patches:
        p.start()
    yield
    for p in patches:
        p.stop()


@pytest.fixture
def task(bank: TaskBank) -> Task:
    """An open task of 李 for 赵一."""
    bank.night(event("E08", bank.zhao), event("E11", bank.zhao, priority=3))
    return Task.objects.get()


def now(task: Task) -> Task:
    task.refresh_from_db()
    return task


def test_reaching_the_customer_closes_the_task(bank: TaskBank, task: Task) -> None:
    contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("DEAL", note="存了 20 万大额存单"), task)
    assert (now(task).status, task.result, task.next_on) == ("DONE", "DEAL", None)
    assert task.done_at is not None
    assert (contact.task, contact.user, contact.biz_date) == (task, bank.li, WORKDAY)


def test_a_next_date_keeps_the_task_going(bank: TaskBank, task: Task) -> None:
    when = WORKDAY + 4 * ONE
    record_contact(bank.viewer("李"), bank.zhao.id, slip("APPOINT", next_on=when), task)
    assert (now(task).status, task.next_on) == ("IN_PROGRESS", when)


def test_no_answer_comes_back_the_next_day(bank: TaskBank, task: Task) -> None:
    record_contact(bank.viewer("李"), bank.zhao.id, slip("NO_ANSWER"), task)
    assert (now(task).status, task.next_on) == ("IN_PROGRESS", WORKDAY + ONE)


def test_closing_without_having_reached_anybody_is_no_success(bank: TaskBank, task: Task) -> None:
    record_contact(bank.viewer("李"), bank.zhao.id, slip("NO_ANSWER", close=True), task)
    assert (now(task).status, task.done_at) == ("CANCELLED", None)


def test_a_contact_from_the_customers_page_counts_for_the_open_task(bank: TaskBank, task: Task) -> None:
    contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("CONSIDER"))
    assert contact.task == task
    assert now(task).status == "DONE"


def test_a_contact_without_any_task_is_recorded(bank: TaskBank) -> None:
    assert record_contact(bank.viewer("李"), bank.zhao.id, slip("CONSIDER")).task is None


def test_the_same_click_twice_is_recorded_once(bank: TaskBank, task: Task) -> None:
    click = slip("REFUSED")
    first = record_contact(bank.viewer("李"), bank.zhao.id, click, task)
    assert record_contact(bank.viewer("李"), bank.zhao.id, click, task) == first
    assert ContactRecord.objects.count() == 1
    with pytest.raises(YinkeError, match="used before"):
        record_contact(bank.viewer("王"), bank.qian.id, click)


def test_do_not_disturb_holds_at_once(bank: TaskBank, task: Task) -> None:
    record_contact(bank.viewer("李"), bank.zhao.id, slip("DND_REQUEST"), task)
    assert DoNotDisturb.objects.get().customer == bank.zhao
    assert now(task).status == "DONE"
    assert bank.night(event("E05", bank.zhao, on=TODAY + ONE)).tasks == 0


def test_do_not_disturb_cancels_marketing_but_no_service_task(bank: TaskBank, task: Task) -> None:
    old = Task.objects.create(
        customer=bank.zhao, biz_date=TODAY - ONE, org=bank.outlet, priority=2, score=0, due_on=TODAY,
        expire_on=TODAY, status="EXPIRED", assignee=bank.li,
    )  # fmt: skip
    record_contact(bank.viewer("李"), bank.zhao.id, slip("DND_REQUEST"), old)
    assert now(task).status == "CANCELLED"
    bank.night(event("E16", bank.qian, on=TODAY + ONE))
    old.pk, old.customer = None, bank.qian
    old.save()
    record_contact(bank.viewer("王"), bank.qian.id, slip("DND_REQUEST"), old)
    assert Task.objects.get(customer=bank.qian, biz_date=TODAY + ONE).status == "NEW"


def test_an_empty_number_is_marked_until_the_customer_has_another(bank: TaskBank, task: Task) -> None:
    record_contact(bank.viewer("李"), bank.zhao.id, slip("EMPTY_NUMBER"), task)
    mark = BadNumber.objects.get()
    assert bytes(mark.mobile_index) == bytes(Customer.objects.get(id=bank.zhao.id).mobile_index or b"")


def tries(bank: TaskBank, *days: int, result: str = "NO_ANSWER") -> None:
    """Calls in vain so many days ago."""
    for n in days:
        ContactRecord.objects.create(
            customer=bank.zhao, user=bank.li, channel="PHONE", result=result, biz_date=TODAY,
            at=timezone.now() - n * ONE, request_key=next(keys),
        )  # fmt: skip


class TestOutOfReach:
    """Three tries on different days without an answer stop the calls for 30 days."""

    def test_the_third_day_stops_the_calls(self, bank: TaskBank, task: Task) -> None:
        tries(bank, 2, 1)
        record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        pause = DoNotDisturb.objects.get()
        assert (pause.scope, pause.until) == ("CALLS", WORKDAY + 30 * ONE)
        assert (now(task).status, task.next_on) == ("CANCELLED", None)
        assert bank.night(event("E08", bank.zhao, on=TODAY + ONE)).tasks == 0

    def test_three_tries_on_one_day_do_not(self, bank: TaskBank, task: Task) -> None:
        tries(bank, 1, 1)
        record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        assert not DoNotDisturb.objects.exists()
        assert now(task).status == "IN_PROGRESS"

    def test_an_answer_in_between_starts_the_count_anew(self, bank: TaskBank, task: Task) -> None:
        tries(bank, 4, 3)
        tries(bank, 2, result="CONSIDER")
        tries(bank, 1)
        record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        assert not DoNotDisturb.objects.exists()

    def test_tries_of_long_ago_do_not_count(self, bank: TaskBank, task: Task) -> None:
        tries(bank, 60, 1)
        record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        assert not DoNotDisturb.objects.exists()

    def test_a_stop_that_ended_starts_again(self, bank: TaskBank, task: Task) -> None:
        DoNotDisturb.objects.create(
            customer=bank.zhao, scope="CALLS", source="UNREACHABLE", until=TODAY - ONE
        )
        tries(bank, 2, 1)
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        assert DoNotDisturb.objects.get().until == WORKDAY + 30 * ONE
        withdraw(bank.viewer("李"), contact.id)
        assert DoNotDisturb.objects.get().until == TODAY - ONE


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("身份证 11010519491231002X 已核", "an ID number"),
        ("新号 13812345678", "a mobile number"),
        ("打 138 1234 5678 找他", "a mobile number"),
        ("新号１３８１２３４５６７８", "a mobile number"),
        ("卡 6222 0212 3456 7890 123 挂失", "a card or account number"),
        ("卡号6222021234567890", "a card or account number"),
    ],
)
def test_a_note_holds_no_personal_number(bank: TaskBank, note: str, what: str) -> None:
    with pytest.raises(YinkeError, match=what) as refused:
        record_contact(bank.viewer("李"), bank.zhao.id, slip("CONSIDER", note=note))
    assert refused.value.place == "note"
    assert not any(digits in refused.value.message for digits in ("138", "6222", "1101"))


@pytest.mark.parametrize(
    "note", ["存 500000 元, 2026-11-05 到期", "利率 1.65%, 20261105 再谈", "预约 10:30-11:00", "客" * 500]
)
def test_a_note_may_hold_amounts_and_dates(bank: TaskBank, note: str) -> None:
    assert record_contact(bank.viewer("李"), bank.zhao.id, slip("CONSIDER", note=note)).note == note


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"note": "长" * 501}, "note"),
        ({"channel": "FAX"}, "channel"),
        ({"result": "HAPPY"}, "result"),
        ({"request_key": "short"}, "request_key"),
        ({"next_on": WORKDAY}, "next_on"),
        ({"next_on": WORKDAY + 93 * ONE}, "next_on"),
        ({"next_on": WORKDAY + ONE, "close": True}, "next_on"),
        ({"next_on": WORKDAY + ONE, "result": "DND_REQUEST"}, "next_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(bank: TaskBank, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(YinkeError) as refused:
        record_contact(bank.viewer("李"), bank.zhao.id, slip(wrong.pop("result", "CONSIDER"), **wrong))
    assert refused.value.place == place
    assert refused.value.remedy
    assert not ContactRecord.objects.exists()


class TestWhoMayRecord:
    """The assignee, the customer's managers, the head of the branch above; nobody else."""

    def test_a_colleague_may_not(self, bank: TaskBank, task: Task) -> None:
        with pytest.raises(NotFound):
            record_contact(bank.viewer("王"), bank.zhao.id, slip("CONSIDER"), task)

    def test_the_branch_manager_may(self, bank: TaskBank, task: Task) -> None:
        assert record_contact(bank.viewer("张行长"), bank.zhao.id, slip("CONSIDER"), task).user == bank.head

    def test_a_co_manager_may(self, bank: TaskBank, task: Task) -> None:
        joint = bank.customer("孙三", of="李", co=["王"])
        assert record_contact(bank.viewer("王"), joint.id, slip("CONSIDER")).user == bank.wang

    def test_another_branchs_head_may_not(self, bank: TaskBank, task: Task) -> None:
        bank.with_branch("静安").with_head("李行长")
        with pytest.raises(NotFound):
            record_contact(bank.viewer("李行长"), bank.zhao.id, slip("CONSIDER"))


class TestWithdraw:
    """撤回 within ten minutes puts everything back; the record stays."""

    def test_the_task_reopens(self, bank: TaskBank, task: Task) -> None:
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("REFUSED"), task)
        assert withdraw(bank.viewer("李"), contact.id) == task.id
        assert (now(task).status, task.done_at, task.result) == ("NEW", None, "")
        assert ContactRecord.objects.get().withdrawn_at is not None
        assert AuditEntry.objects.get().action == "contact.withdraw"
        assert withdraw(bank.viewer("李"), contact.id) == task.id  # twice is once

    @pytest.mark.parametrize("result", ["DND_REQUEST", "EMPTY_NUMBER", "BUSY"])
    def test_its_consequences_are_undone(self, bank: TaskBank, task: Task, result: str) -> None:
        tries(bank, 2, 1)
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip(result), task)
        assert DoNotDisturb.objects.filter(lifted_at=None).exists()
        withdraw(bank.viewer("李"), contact.id)
        assert not DoNotDisturb.objects.filter(lifted_at=None).exists()
        assert not BadNumber.objects.exists()
        assert now(task).status == "NEW"

    def test_after_ten_minutes_it_stands(self, bank: TaskBank, task: Task) -> None:
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("REFUSED"), task)
        later = patch.object(timezone, "now", return_value=contact.at + timedelta(minutes=11))
        with later, pytest.raises(YinkeError, match="10 minutes"):
            withdraw(bank.viewer("李"), contact.id)
        assert now(task).status == "DONE"

    def test_only_its_recorder_takes_it_back(self, bank: TaskBank, task: Task) -> None:
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("REFUSED"), task)
        with pytest.raises(NotFound):
            withdraw(bank.viewer("张行长"), contact.id)

    def test_a_later_contact_comes_first(self, bank: TaskBank, task: Task) -> None:
        first = record_contact(bank.viewer("李"), bank.zhao.id, slip("BUSY"), task)
        second = record_contact(bank.viewer("李"), bank.zhao.id, slip("REFUSED"), task)
        with pytest.raises(YinkeError, match="later"):
            withdraw(bank.viewer("李"), first.id)
        withdraw(bank.viewer("李"), second.id)
        assert (now(task).status, task.result) == ("IN_PROGRESS", "BUSY")
        withdraw(bank.viewer("李"), first.id)
        assert now(task).status == "NEW"

    def test_a_wish_of_earlier_is_not_lifted(self, bank: TaskBank, task: Task) -> None:
        DoNotDisturb.objects.create(customer=bank.zhao, source="RM")
        contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("DND_REQUEST"), task)
        withdraw(bank.viewer("李"), contact.id)
        assert DoNotDisturb.objects.get().lifted_at is None


def test_the_database_itself_refuses_to_change_a_contact(bank: TaskBank) -> None:
    contact = record_contact(bank.viewer("李"), bank.zhao.id, slip("REFUSED"))
    for change in (
        lambda: ContactRecord.objects.update(result="DEAL"),
        lambda: ContactRecord.objects.update(note="x", withdrawn_at=timezone.now()),
        contact.delete,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_room_in_the_list_is_filled_from_the_overflow(bank: TaskBank) -> None:
    others = [bank.customer(f"客户{n}") for n in range(31)]
    bank.night(*(event("E08", c) for c in others))
    assert Task.objects.filter(is_overflow=True).count() == 1
    kept = Task.objects.filter(is_overflow=False).first()
    assert kept is not None
    record_contact(bank.viewer("李"), kept.customer_id, slip("NO_ANSWER"), kept)
    assert not Task.objects.filter(is_overflow=True).exists()


def test_a_finished_task_makes_no_room_on_the_same_day(bank: TaskBank) -> None:
    others = [bank.customer(f"客户{n}") for n in range(31)]
    bank.night(*(event("E08", c) for c in others))
    kept = Task.objects.filter(is_overflow=False).first()
    assert kept is not None
    morning = timezone.make_aware(timezone.datetime(2026, 10, 31, 9))  # type: ignore[attr-defined]
    with patch.object(timezone, "now", return_value=morning):
        record_contact(bank.viewer("李"), kept.customer_id, slip("DEAL"), kept)
    assert Task.objects.filter(is_overflow=True).count() == 1


results = st.sampled_from(ContactRecord.Result.values)


@given(
    result=results, close=st.sampled_from([None, True, False]), stop=st.booleans(),
    next_on=st.none() | st.dates(date(2026, 11, 1), date(2027, 1, 31)),
)  # fmt: skip
def test_every_contact_leaves_the_task_closed_or_with_a_date(
    result: str, close: bool | None, stop: bool, next_on: date | None
) -> None:
    tomorrow = WORKDAY + ONE
    status, then = aftermath(slip(result, next_on=next_on, close=close), tomorrow, stop)
    reached = result not in ContactRecord.NOT_REACHED
    if status == "IN_PROGRESS":
        assert then == (next_on or tomorrow)
        assert not close and not stop and result != "DND_REQUEST"
    else:
        assert then is None
        assert (status == "DONE") == reached
        assert close or stop or result == "DND_REQUEST" or (reached and next_on is None)
