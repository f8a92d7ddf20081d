"""One task per customer with all reasons, on the right list, within the cap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY as DAY
from tests.care.nights import ONE as NEXT
from tests.care.nights import WORKDAY, TaskBank, event
from yinke.care.models import OPEN, DoNotDisturb, Reason, Task
from yinke.customers.models import Customer
from yinke.privacy.models import Policy
from yinke.privacy.services.record_consent import Said, record_consent


def everything() -> tuple[list[Any], list[Any]]:
    """All tasks and reasons, without their numbers."""
    tasks = list(Task.objects.order_by("id").values())
    return tasks, list(Reason.objects.order_by("dedup_key").values())


def test_reasons_of_one_customer_become_one_task_of_the_best_priority(bank: TaskBank) -> None:
    made = bank.night(
        event("E01", bank.zhao, priority=1, stands=3, amount=500_000),
        event("E08", bank.zhao, priority=3, stands=9),
        event("E11", bank.qian, priority=3, stands=4),
    )
    assert (made.tasks, made.reasons) == (2, 3)
    task = Task.objects.get(customer=bank.zhao)
    assert (task.assignee, task.priority, task.biz_date, task.org) == (bank.li, 1, DAY, bank.outlet)
    assert (task.due_on, task.expire_on) == (DAY + NEXT, DAY + 9 * NEXT)
    assert {r.type for r in task.reasons.all()} == {"E01", "E08"}
    assert task.score > Task.objects.get(customer=bank.qian).score


def test_the_same_night_twice_changes_nothing(bank: TaskBank) -> None:
    rows = [event("E01", bank.zhao), event("E05", bank.qian, priority=1)]
    bank.night(*rows)
    before = everything()
    again = bank.night(*rows, on=DAY)
    assert (again.tasks, again.reasons, again.joined, again.moved, again.expired) == (0, 0, 0, 0, 0)
    assert everything() == before


def test_a_later_reason_joins_the_open_task(bank: TaskBank) -> None:
    bank.night(event("E11", bank.zhao, priority=3, stands=6))
    made = bank.night(event("E04", bank.zhao, priority=1, stands=2, on=DAY + NEXT))
    assert (made.tasks, made.joined) == (0, 1)
    task = Task.objects.get()
    assert (task.priority, task.biz_date, task.expire_on) == (1, DAY, DAY + 6 * NEXT)
    assert task.due_on == DAY + 2 * NEXT
    assert task.reasons.count() == 2


def test_a_task_falls_back_when_its_urgent_reason_has_expired(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao, priority=1, stands=2), event("E11", bank.zhao, priority=3, stands=9))
    bank.night()
    assert Task.objects.get().priority == 1
    bank.night()
    task = Task.objects.get()
    assert (task.status, task.priority, task.due_on) == ("NEW", 3, DAY + 7 * NEXT)


def test_a_task_expires_with_its_last_reason(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao, stands=2))
    bank.night()
    assert Task.objects.get().status == "NEW"  # its last day is the work day after this night
    assert bank.night().expired == 1
    assert Task.objects.get().status == "EXPIRED"


def test_a_reason_that_ends_before_the_work_day_is_not_raised(bank: TaskBank) -> None:
    made = bank.night(event("E21", bank.zhao, stands=0))
    assert (made.tasks, made.muted) == (0, 1)


def test_a_customer_without_active_manager_goes_to_the_pool_of_the_sub_branch(bank: TaskBank) -> None:
    bank.with_staff("离职", "RM", is_active=False).with_staff("柜员", "TELLER")
    customers = [bank.customer("孙三", of=None), bank.customer("李四", of="离职"),
                 bank.customer("周五", of="柜员")]  # fmt: skip
    bank.night(*(event("E03", c) for c in customers))
    assert {(t.assignee, t.org) for t in Task.objects.all()} == {(None, bank.branch)}


def test_the_pool_of_an_outlet_without_sub_branch_is_its_own(bank: TaskBank) -> None:
    bank.with_org("直属网点", level=5).with_customer("孙三", of=None)
    bank.night(event("E03", bank.customers["孙三"]))
    assert Task.objects.get().org == bank.orgs["直属网点"]


def test_open_tasks_follow_a_new_main_manager(bank: TaskBank) -> None:
    bank.night(event("E01", bank.zhao))
    bank.give(bank.zhao, bank.wang)
    made = bank.night()
    assert made.moved == 1
    assert Task.objects.get().assignee == bank.wang
    bank.wang.is_active = False
    bank.wang.save()
    bank.night()
    assert (Task.objects.get().assignee, Task.objects.get().org) == (None, bank.branch)


def test_do_not_disturb_lets_only_service_events_pass(bank: TaskBank) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, source="RM")
    made = bank.night(event("E08", bank.zhao), event("E05", bank.zhao), event("E16", bank.zhao))
    assert (made.reasons, made.muted) == (1, 2)
    assert Reason.objects.get().type == "E16"


def test_what_is_drawn_from_a_profile_needs_the_consent_to_it(bank: TaskBank) -> None:
    text = Policy.objects.filter(purpose="PROFILING").latest("version")
    agreed = Said("PROFILING", "GRANTED", "COUNTER", "yes", text.id, "授权书 2026-0007")
    record_consent(bank.viewer("李"), bank.zhao.id, agreed)
    record_consent(bank.viewer("王"), bank.qian.id, Said("PROFILING", "REFUSED", "COUNTER", "no"))
    never = bank.customer("孙三")
    made = bank.night(*(event("E23", who) for who in (bank.zhao, bank.qian, never)), event("E08", never))
    assert (made.tasks, made.muted) == (2, 2)
    assert {(r.type, r.customer_id) for r in Reason.objects.all()} == {
        ("E23", bank.zhao.id),
        ("E08", never.id),
    }


def test_a_stop_of_calls_ends_by_itself(bank: TaskBank) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, scope="CALLS", source="UNREACHABLE", until=DAY + NEXT)
    assert bank.night(event("E08", bank.zhao)).tasks == 0
    assert bank.night(event("E08", bank.zhao, on=DAY + NEXT)).tasks == 1


@pytest.mark.parametrize("status", ["DECEASED", "CLOSED"])
def test_who_died_or_left_gets_no_task_at_all(bank: TaskBank, status: str) -> None:
    bank.night(event("E08", bank.zhao))
    Customer.objects.filter(id=bank.zhao.id).update(status=status)
    made = bank.night(event("E16", bank.zhao, on=DAY + NEXT))
    assert (made.tasks, made.muted) == (0, 1)
    assert Task.objects.get().status == "CANCELLED"


def test_a_frozen_customer_gets_service_only(bank: TaskBank) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(status="FROZEN")
    bank.night(event("E08", bank.zhao), event("E21", bank.zhao))
    assert [r.type for r in Reason.objects.all()] == ["E21"]


def test_events_of_unknown_customers_are_counted_and_left_out(bank: TaskBank) -> None:
    made = bank.night(event("E08", 9_999_999))
    assert (made.tasks, made.muted) == (0, 1)


def test_an_urgent_reason_brings_a_put_off_task_back(bank: TaskBank) -> None:
    bank.night(event("E11", bank.zhao, priority=3, stands=9))
    Task.objects.update(status="IN_PROGRESS", next_on=DAY + 6 * NEXT)
    bank.night(event("E14", bank.zhao, priority=3, on=DAY + NEXT))
    assert Task.objects.get().next_on == DAY + 6 * NEXT
    bank.night(event("E04", bank.zhao, priority=1, on=DAY + 2 * NEXT))
    assert Task.objects.get().next_on == DAY + 3 * NEXT


def test_a_promise_outlives_the_reasons_by_a_week(bank: TaskBank) -> None:
    bank.night(event("E11", bank.zhao, stands=1))
    Task.objects.update(status="IN_PROGRESS", next_on=DAY + 3 * NEXT)
    for _ in range(9):
        bank.night()
        assert Task.objects.get().status == "IN_PROGRESS"
    bank.night()
    assert Task.objects.get().status == "EXPIRED"


class TestCorrectedNight:
    """A date that is made again after the bank corrected its files."""

    def test_a_reason_that_is_gone_is_taken_back_with_its_task(self, bank: TaskBank) -> None:
        bank.night(event("E04", bank.zhao), event("E01", bank.qian), event("E08", bank.qian))
        bank.night(event("E08", bank.qian), on=DAY)
        assert Task.objects.get(customer=bank.zhao).status == "CANCELLED"
        assert [r.type for r in Reason.objects.all()] == ["E08"]
        assert Task.objects.get(customer=bank.qian).status == "NEW"

    def test_what_a_manager_worked_on_is_not_taken_from_under_him(self, bank: TaskBank) -> None:
        bank.night(event("E04", bank.zhao))
        Task.objects.update(status="IN_PROGRESS")
        bank.night(on=DAY)
        assert (Task.objects.get().status, Reason.objects.count()) == ("IN_PROGRESS", 1)

    def test_a_new_reason_opens_the_days_closed_task_again(self, bank: TaskBank) -> None:
        bank.night(event("E04", bank.zhao))
        Task.objects.update(status="DONE")
        bank.night(event("E04", bank.zhao), event("E06", bank.zhao, priority=1), on=DAY)
        task = Task.objects.get()
        assert (task.status, task.priority, task.reasons.count()) == ("NEW", 1, 2)

    def test_a_reason_found_on_an_earlier_day_survives_the_later_one(self, bank: TaskBank) -> None:
        bank.night()
        bank.night(event("E04", bank.zhao, on=DAY + NEXT, key="k"))
        bank.night(event("E04", bank.zhao, key="k"), on=DAY)
        bank.night(on=DAY + NEXT)
        assert Reason.objects.get().biz_date == DAY
        assert Task.objects.get().status == "NEW"


class TestCap:
    """Past the cap a task is overflow: kept, marked, first to move up."""

    def test_the_best_stay_and_the_rest_overflows(self, bank: TaskBank) -> None:
        more = [bank.customer(f"客户{n}") for n in range(6)]
        made = bank.night(*(event("E08", c, priority=1 + n % 3) for n, c in enumerate(more)), task__cap=4)
        assert made.overflow == 2
        assert set(Task.objects.filter(is_overflow=True).values_list("priority", flat=True)) == {3}

    def test_the_next_night_makes_room(self, bank: TaskBank) -> None:
        more = [bank.customer(f"客户{n}") for n in range(3)]
        bank.night(*(event("E08", c) for c in more), task__cap=2)
        first = Task.objects.filter(is_overflow=False).first()
        assert first is not None
        first.status = "DONE"
        first.save()
        made = bank.night(task__cap=2)
        assert made.overflow == 0

    def test_the_pool_has_no_cap(self, bank: TaskBank) -> None:
        made = bank.night(*(event("E08", bank.customer(f"公海{n}", of=None)) for n in range(4)), task__cap=1)
        assert (made.tasks, made.overflow) == (4, 0)


kinds = st.sampled_from(["E01", "E04", "E08", "E11", "E16"])
nights = st.lists(
    st.lists(st.tuples(st.integers(0, 4), kinds, st.integers(1, 3), st.integers(0, 6)), max_size=8),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=40)
@given(nights=nights, quiet=st.sets(st.integers(0, 4), max_size=2), cap=st.integers(1, 4))
def test_any_nights_agree_with_a_naive_merge(
    bank: TaskBank, nights: list[list[tuple[int, str, int, int]]], quiet: set[int], cap: int
) -> None:
    """Night after night: the same open tasks, reasons, priorities and overflow as a plain Python account."""
    Task.objects.all().delete()
    if "客户0" not in bank.customers:
        for n in range(5):
            bank.customer(f"客户{n}", of="李" if n != 4 else None)
    first = bank.customers["客户0"].id
    DoNotDisturb.objects.all().delete()
    for n in quiet:
        DoNotDisturb.objects.create(customer=bank.customers[f"客户{n}"], source="RM")
    open_tasks: dict[int, dict[str, Any]] = {}
    seen: set[str] = set()
    for offset, rows in enumerate(nights):
        on = DAY + offset * NEXT
        workday = on + NEXT
        events = {}
        for n, kind, priority, days in rows:
            row = event(kind, bank.customers[f"客户{n}"], priority=priority, stands=days, on=on)
            events.setdefault(row["dedup_key"], row)
        bank.night(*events.values(), on=on, task__cap=cap)

        open_tasks = {c: t for c, t in open_tasks.items() if max(r["expire_on"] for r in t["why"]) >= workday}
        for key, row in events.items():
            n = row["cust_id"] - first
            if key in seen or row["expire_on"] < workday or (n in quiet and row["type"] != "E16"):
                continue
            seen.add(key)
            open_tasks.setdefault(n, {"biz_date": on, "why": []})["why"].append(row)
        expected = {}
        for n, task in open_tasks.items():
            standing = [r for r in task["why"] if r["expire_on"] >= workday]
            due = min(
                min(r["expire_on"], r["biz_date"] + timedelta(days=(1, 2, 7)[r["priority"] - 1]))
                for r in standing
            )
            expected[n] = (task["biz_date"], min(r["priority"] for r in standing), due, len(task["why"]))
        found = {
            t.customer_id - first: (t.biz_date, t.priority, t.due_on, t.reasons.count())
            for t in Task.objects.filter(status__in=OPEN)
        }
        assert found == expected
        mine = Task.objects.filter(status__in=OPEN, assignee__isnull=False)
        assert mine.filter(is_overflow=True).count() == max(len([n for n in expected if n != 4]) - cap, 0)
        worst_kept = mine.filter(is_overflow=False).order_by("score").first()
        best_over = mine.filter(is_overflow=True).order_by("-score").first()
        if worst_kept and best_over:
            assert worst_kept.score >= best_over.score


def test_the_score_prefers_priority_then_tier_then_the_sooner_date(bank: TaskBank) -> None:
    rich = bank.customer("富豪", tier=5)
    poor = bank.customer("平民", tier=0)
    soon = bank.customer("急客", tier=0)
    bank.night(
        event("E08", rich, priority=3, stands=9), event("E08", poor, priority=3, stands=9),
        event("E08", soon, priority=3, stands=2), event("E04", bank.qian, priority=1, stands=9),
    )  # fmt: skip
    order = list(Task.objects.order_by("-score").values_list("customer__pinyin", flat=True))
    assert order == ["qe", "fh", "jk", "pm"]
    assert Task.objects.get(customer=bank.qian).due_on == WORKDAY
