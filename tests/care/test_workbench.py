"""工作台: the right list, in order, with reasons in plain words; nobody sees another's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, statements
from tests.care.nights import ONE, WORKDAY, TaskBank, event
from yinke.access.models import Org, User
from yinke.access.queries import viewer_of
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb, Task
from yinke.care.queries import customer_tasks, task, workbench
from yinke.care.queries import tasks as module
from yinke.care.queries.day import Today
from yinke.care.queries.tasks import Wanted
from yinke.common.errors import NotAllowed, NotFound
from yinke.customers.models import Customer


@pytest.fixture(autouse=True)
def on_the_work_day() -> Any:
    """The wall's calendar shows the work day that follows the test bank's business date."""
    with patch.object(module, "today", lambda: Today(TODAY, WORKDAY)):
        yield


def names(bank: TaskBank, who: str, **wanted: Any) -> list[str]:
    """Names on that person's list."""
    return [t.customer.name for t in workbench(bank.viewer(who), Wanted(**wanted)).tasks]


def test_a_task_says_who_why_and_what_to_say(bank: TaskBank) -> None:
    facts = {"case": "AHEAD", "days": 7, "due": "2026-11-06", "tail": "1234"}
    bank.night(
        event("E01", bank.zhao, amount=500_000, priority=1, **facts), event("E11", bank.zhao, priority=3)
    )
    DoNotDisturb.objects.create(customer=bank.zhao, source="RM")
    BadNumber.objects.create(customer=bank.zhao, mobile_index=bank.zhao.mobile_index)
    out = workbench(bank.viewer("李"), Wanted()).tasks[0]
    assert (out.customer.name, out.customer.tier, out.customer.aum) == ("赵一", 3, Decimal(600_000))
    assert len(out.customer.months) == 13
    assert out.customer.mobile_masked == "138****5678"
    assert out.customer.do_not_disturb and out.customer.mobile_invalid
    assert [r.type for r in out.reasons] == ["E01", "E11"]
    assert out.reasons[0].text == "定存 50 万 6 天后（11月6日）到期，尾号 1234"  # counted from the work day
    assert out.reasons[0].family == "MATURITY"
    assert out.talk
    assert (out.priority, out.due_on, out.is_overdue, out.assignee.name if out.assignee else "") == (
        1,
        WORKDAY,
        False,
        "李",
    )


def test_of_several_windows_of_one_maturity_the_newest_speaks(bank: TaskBank) -> None:
    def window(stage: str, on: date, due: str, **facts: Any) -> dict[str, Any]:
        key = f"E02|{bank.zhao.id}|CL1|{stage} {due}"
        return event("E02", bank.zhao, key=key, on=on, amount=60_000, due=due, product="稳享固收", **facts)

    bank.night(window("T-3", TODAY - 3 * ONE, f"{TODAY}", case="AHEAD", days=3), on=TODAY - 3 * ONE)
    bank.night(
        window("T+3", TODAY, f"{TODAY}", case="ARRIVED", days=0),
        window("T-7", TODAY, f"{TODAY + 7 * ONE}", case="AHEAD", days=7),
        on=TODAY,
    )
    shown = [r.text for r in workbench(bank.viewer("李"), Wanted()).tasks[0].reasons]
    assert len(shown) == 2  # another maturity of the same product stands beside it
    assert sum("到账" in text for text in shown) == 1


def test_the_reasons_speak_the_viewers_language(bank: TaskBank) -> None:
    bank.night(event("E11", bank.zhao))
    User.objects.filter(id=bank.li.id).update(language="en")
    reason = workbench(bank.viewer("李"), Wanted()).tasks[0].reasons[0]
    assert (reason.name + reason.text).isascii()


def test_the_list_is_in_order_of_score_with_put_off_ones_last(bank: TaskBank) -> None:
    sun, zhou = bank.customer("孙三"), bank.customer("周五")
    bank.night(
        event("E08", bank.zhao, priority=3), event("E04", sun, priority=1), event("E03", zhou, priority=1)
    )
    Task.objects.filter(customer=zhou).update(status="IN_PROGRESS", next_on=WORKDAY + ONE)
    page = workbench(bank.viewer("李"), Wanted())
    assert [t.customer.name for t in page.tasks] == ["孙三", "赵一", "周五"]
    assert [t.is_later for t in page.tasks] == [False, False, True]
    assert (page.counts.left, page.counts.later) == (2, 1)
    assert page.counts.by_type == {"E03": 1, "E04": 1, "E08": 1}
    assert page.counts.by_tier == {"3": 3}


def test_the_cursor_leads_through_the_whole_list_once(bank: TaskBank) -> None:
    others = [bank.customer(f"客户{n:02}", tier=n % 6) for n in range(60)]
    bank.night(*(event("E08", c, priority=1 + n % 2) for n, c in enumerate(others)), task__cap=100)
    Task.objects.filter(id__in=Task.objects.order_by("id").values("id")[:7]).update(
        status="IN_PROGRESS", next_on=WORKDAY + ONE
    )
    first = workbench(bank.viewer("李"), Wanted())
    assert len(first.tasks) == 50
    Task.objects.filter(id=first.tasks[0].id).update(status="DONE", done_at=timezone.now())  # meanwhile
    second = workbench(bank.viewer("李"), Wanted(cursor=first.next_cursor))
    assert second.next_cursor is None
    seen = [t.customer.id for t in (*first.tasks, *second.tasks)]
    assert sorted(seen) == sorted(c.id for c in others)


def test_filters_by_type_tier_and_name(bank: TaskBank) -> None:
    bank.customer("孙三", tier=5)
    bank.night(
        event("E08", bank.zhao), event("E11", bank.customers["孙三"]), event("E16", bank.customers["孙三"])
    )
    assert names(bank, "李", type="E16") == ["孙三"]
    assert names(bank, "李", tier=3) == ["赵一"]
    assert names(bank, "李", q="ss") == ["孙三"]
    assert names(bank, "李", q="赵一") == ["赵一"]
    assert names(bank, "李", q="钱二") == []


def test_done_and_overflow_stand_apart(bank: TaskBank) -> None:
    sun, zhou = bank.customer("孙三"), bank.customer("周五")
    bank.night(
        event("E04", bank.zhao, priority=1), event("E08", sun), event("E14", zhou, priority=3), task__cap=2
    )
    Task.objects.filter(customer=bank.zhao).update(
        status="DONE", done_at=Today(TODAY, WORKDAY).morning + ONE / 2
    )
    assert names(bank, "李") == ["孙三"]
    assert names(bank, "李", status="OVERFLOW") == ["周五"]
    assert names(bank, "李", status="DONE") == ["赵一"]
    counts = workbench(bank.viewer("李"), Wanted()).counts
    assert (counts.left, counts.done, counts.overflow, counts.overdue) == (1, 1, 1, 0)


def test_what_was_done_yesterday_is_not_todays_work(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao))
    Task.objects.update(status="DONE", done_at=Today(TODAY, WORKDAY).morning - ONE / 24)
    assert names(bank, "李", status="DONE") == []


def test_overdue_is_untouched_past_its_day_or_a_broken_promise(bank: TaskBank) -> None:
    sun = bank.customer("孙三")
    bank.night(event("E04", bank.zhao, priority=1, stands=9), event("E08", sun, priority=3, stands=9))
    Task.objects.filter(customer=sun).update(status="IN_PROGRESS", next_on=WORKDAY)
    with patch.object(module, "today", lambda: Today(TODAY + ONE, WORKDAY + ONE)):
        page = workbench(bank.viewer("李"), Wanted())
    assert [t.is_overdue for t in page.tasks] == [True, True]
    assert page.counts.overdue == 2
    assert workbench(bank.viewer("李"), Wanted()).counts.overdue == 0


def test_a_late_night_does_not_hide_todays_appointment(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao))
    Task.objects.update(status="IN_PROGRESS", next_on=WORKDAY + ONE)
    with patch.object(module, "today", lambda: Today(TODAY, WORKDAY + ONE)):
        assert workbench(bank.viewer("李"), Wanted()).counts.left == 1


def test_the_last_contact_is_shown_unless_taken_back(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao))
    for n, (result, back) in enumerate([("BUSY", None), ("CONSIDER", None), ("REFUSED", timezone.now())]):
        ContactRecord.objects.create(
            customer=bank.zhao, user=bank.li, channel="PHONE", result=result, at=timezone.now() + n * ONE,
            biz_date=TODAY, request_key=f"request-{n}", withdrawn_at=back,
        )  # fmt: skip
    last = workbench(bank.viewer("李"), Wanted()).tasks[0].last_contact
    assert last is not None
    assert (last.result, last.by) == ("CONSIDER", "李")


class TestOthersLists:
    """A branch manager sees the lists of his people and the pool; a manager only his own."""

    def test_the_head_of_the_branch(self, bank: TaskBank) -> None:
        sun = bank.customer("孙三", of=None)
        bank.night(event("E04", bank.zhao), event("E04", bank.qian), event("E08", sun))
        assert names(bank, "张行长", assignee=bank.li.id) == ["赵一"]
        assert names(bank, "张行长", pool=True) == ["孙三"]
        assert names(bank, "张行长") == []

    def test_a_manager_may_not(self, bank: TaskBank) -> None:
        for wanted in ({"assignee": bank.wang.id}, {"pool": True}):
            with pytest.raises(NotAllowed):
                names(bank, "李", **wanted)

    def test_another_branch_is_out_of_sight(self, bank: TaskBank) -> None:
        bank.with_branch("静安").with_head("陈行长").with_customer("吴六", of=None)
        bank.night(event("E04", bank.zhao), event("E08", bank.customers["吴六"]))
        with pytest.raises(NotFound):
            names(bank, "陈行长", assignee=bank.li.id)
        assert names(bank, "陈行长", pool=True) == ["吴六"]
        assert names(bank, "张行长", pool=True) == []


def test_masked_roles_see_neither_name_nor_exact_amount(bank: TaskBank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行")
    bank.night(event("E03", bank.zhao, amount=123_456, case="ALL", total=123_456))
    out = customer_tasks(bank.viewer("运营"), bank.zhao.id)[0]
    assert out.customer.name != "赵一"
    assert "12" not in out.reasons[0].text
    assert out.reasons[0].amount != Decimal(123_456)


def test_a_customers_open_task_comes_before_closed_ones(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao))
    Task.objects.update(status="DONE", done_at=timezone.now())
    bank.night(event("E08", bank.zhao, on=TODAY + ONE))
    assert [t.status for t in customer_tasks(bank.viewer("李"), bank.zhao.id)] == ["NEW", "DONE"]
    with pytest.raises(NotFound):
        customer_tasks(bank.viewer("王"), bank.zhao.id)


def test_a_page_of_50_costs_as_many_statements_as_a_page_of_1(bank: TaskBank) -> None:
    bank.night(event("E04", bank.zhao))
    viewer = bank.viewer("李")
    one = statements(lambda: workbench(viewer, Wanted()))
    others = [bank.customer(f"客户{n:02}") for n in range(60)]
    bank.night(*(event("E08", c, on=TODAY + ONE) for c in others), task__cap=100)
    assert len(workbench(viewer, Wanted()).tasks) == 50
    assert statements(lambda: workbench(viewer, Wanted())) == one <= 10


orgs = st.lists(st.integers(0, 30), min_size=1, max_size=7)
people = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["RM", "BR_MGR", "HQ_OPS", "SYS_ADMIN"])),
    min_size=1,
    max_size=6,
)
clients = st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 30), st.none() | st.integers(0, 30)), min_size=1, max_size=6)  # fmt: skip


@settings(max_examples=30)
@given(tree=orgs, staff=people, customers=clients)
def test_in_any_bank_everybody_sees_exactly_the_tasks_of_the_own_scope(
    bank: TaskBank, tree: list[int], staff: list[Any], customers: list[Any]
) -> None:
    """Random trees, roles and ownership: ``task`` answers for own ∪ co-managed ∪ subtree ∪ on the own list."""
    Task.objects.all().delete()
    stamp = f"{User.objects.count()}"
    places = [bank.orgs["总行"]]
    for n, under in enumerate(tree):
        above = places[under % len(places)]
        org = Org.objects.create(
            org_no=f"{stamp}-{n}", parent=above, name="x", level=above.level + 1, path=""
        )
        org.path = f"{above.path}{org.id}/"
        org.save()
        places.append(org)
    users = [User.objects.create(emp_no=f"{stamp}-{n}", name="x", role=role, org=places[at % len(places)])
             for n, (at, role) in enumerate(staff)]  # fmt: skip
    rows = []
    for n, (at, main, co) in enumerate(customers):
        bank.staff["主"] = users[main % len(users)] if main is not None else bank.li
        bank.staff["协"] = users[co % len(users)] if co is not None else bank.li
        joint = ["协"] if co is not None and (main is None or bank.staff["协"] != bank.staff["主"]) else []
        bank.orgs["处"] = places[at % len(places)]
        bank.with_customer(
            f"{stamp}-{n}",
            of="主" if main is not None else None,
            co=joint,
            at="处",
            id=10_000 + n + 100 * int(stamp),
        )
        rows.append(bank.customers[f"{stamp}-{n}"])
    bank.night(*(event("E04", c, on=TODAY, key=f"{c.id}") for c in rows), on=TODAY)
    for user in users:
        viewer = viewer_of(user)
        for found in Task.objects.select_related("customer__org"):
            assert found.customer.org.path.startswith(places[0].path)
            own = found.customer.assignments.filter(user=user, end_date=None).exists()
            below = user.role in ("BR_MGR", "HQ_OPS") and found.customer.org.path.startswith(user.org.path)
            allowed = viewer.may("customer.read") and (own or below)
            try:
                seen = task(viewer, found.id).id == found.id
            except NotFound:
                seen = False
            assert seen == allowed
        if viewer.may("workbench"):
            mine = {t.id for t in workbench(viewer, Wanted()).tasks}
            assert mine == set(Task.objects.filter(assignee=user).values_list("id", flat=True))
    Customer.objects.filter(id__gte=10_000).update(status="CLOSED")
