"""支行看板: sums of the subtree, drill-down, the team's coverage; and who may assign to whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, statements
from tests.care.nights import ONE, TaskBank, event
from yinke.access.models import Org
from yinke.care.models import ContactRecord, Task
from yinke.care.queries import branch, customer_tasks
from yinke.care.services.assign import assign
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.customers.models import Assignment, Metrics
from yinke.customers.queries import visible


@pytest.fixture
def two(bank: TaskBank) -> TaskBank:
    """徐汇 with three customers (one in the pool) and 静安 with one; 600,000 each, 60,000 up this month."""
    bank.customer("孙三", of=None, tier=1)
    bank.with_branch("静安").with_head("陈行长").with_manager("吴").with_customer("郑七", tier=5)
    bank.with_staff("运营", "HQ_OPS", at="总行")
    Metrics.objects.update(aum_month_start=540_000)
    return bank


def test_the_line_of_an_org_sums_its_subtree(two: TaskBank) -> None:
    two.night(event("E04", two.zhao, priority=1), event("E08", two.customers["孙三"]))
    page = branch(two.viewer("张行长"), None)
    assert (page.org.name, page.org.customers, page.org.managed) == ("徐汇", 3, 2)
    assert (page.org.aum, page.org.net_month) == (Decimal(1_800_000), Decimal(180_000))
    assert (page.org.tasks_left, page.pool_tasks) == (2, 1)
    assert page.tiers == {"1": 1, "2": 1, "3": 1}
    assert [c.name for c in page.children] == ["徐汇网点"]
    assert [o.name for o in page.path] == ["徐汇"]


def test_head_office_drills_down(two: TaskBank) -> None:
    two.night(event("E04", two.zhao))
    top = branch(two.viewer("运营"), None)
    assert {c.name: c.customers for c in top.children} == {"徐汇": 3, "静安": 1}
    assert (top.org.customers, top.org.aum) == (4, Decimal(2_400_000))
    assert sum(c.aum for c in top.children) == top.org.aum
    below = branch(two.viewer("运营"), two.branch.id)
    assert [o.name for o in below.path] == ["总行", "徐汇"]


def test_the_team_shows_who_needs_help(two: TaskBank) -> None:
    two.night(event("E04", two.zhao, priority=1, stands=9), event("E08", two.qian, priority=3, stands=9))
    two.night()
    Task.objects.filter(customer=two.qian).update(status="DONE", done_at=timezone.now())
    for n, (customer, result) in enumerate([(two.zhao, "BUSY"), (two.qian, "CONSIDER"), (two.qian, "DEAL")]):
        ContactRecord.objects.create(
            customer=customer, user=two.li, channel="PHONE", result=result, at=timezone.now(),
            biz_date=TODAY + 2 * ONE, request_key=f"request-{n}",
        )  # fmt: skip
    team = {line.user.name: line for line in branch(two.viewer("张行长"), None).team}
    assert set(team) == {"李", "王", "张行长"}
    li, wang, head = team["李"], team["王"], team["张行长"]
    assert (li.customers, li.aum, li.net_month, li.tasks_left, li.overdue) == (1, 600_000, 60_000, 1, 1)
    assert (wang.tasks_left, wang.tasks_done, wang.coverage) == (0, 1, 1.0)
    assert (li.coverage, head.coverage) == (0.0, None)


def test_an_unchanged_customer_has_not_moved_this_month(two: TaskBank) -> None:
    Metrics.objects.update(as_of=TODAY - 40 * ONE)
    two.night()
    assert branch(two.viewer("张行长"), None).org.net_month == 0


def test_nobody_looks_into_another_branch(two: TaskBank) -> None:
    two.night()
    for who, org in (
        ("张行长", two.orgs["静安"].id),
        ("张行长", two.orgs["总行"].id),
        ("陈行长", two.outlet.id),
    ):
        with pytest.raises(NotFound):
            branch(two.viewer(who), org)
    with pytest.raises(NotAllowed):
        branch(two.viewer("李"), None)


def test_the_page_costs_a_bounded_number_of_statements(two: TaskBank) -> None:
    two.night(event("E04", two.zhao))
    few = statements(lambda: branch(two.viewer("运营"), None))
    for n in range(12):
        two.with_branch(f"支行{n}").with_manager(f"经理{n}").with_customer(f"客户{n}")
    two.night()
    assert statements(lambda: branch(two.viewer("运营"), None)) == few <= 15


@settings(max_examples=25)
@given(
    tree=st.lists(st.integers(0, 20), min_size=1, max_size=6),
    clients=st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.integers(0, 10**9)), max_size=8),
)
def test_in_any_tree_the_lines_are_the_sums_of_what_lies_below(
    bank: TaskBank, tree: list[int], clients: list[tuple[int, bool, int]]
) -> None:
    Task.objects.all().delete()
    Metrics.objects.all().delete()
    stamp = Org.objects.count()
    root = bank.with_org(f"根{stamp}", level=2).orgs[f"根{stamp}"]
    bank.with_staff(f"头{stamp}", "RETAIL_MGR").with_manager(f"理{stamp}")
    places = [root]
    for n, under in enumerate(tree):
        bank.orgs["上"] = places[under % len(places)]
        places.append(bank.with_org(f"{stamp}-{n}", under="上").orgs[f"{stamp}-{n}"])
    rows = []
    for n, (at, managed, cents) in enumerate(clients):
        bank.orgs["处"] = places[at % len(places)]
        money = Decimal(cents) / 100
        bank.with_customer(
            f"{stamp}-{n}", of=f"理{stamp}" if managed else None, at="处", aum=money, id=stamp * 100 + n,
            metrics={"aum_month_start": Decimal(500)},
        )  # fmt: skip
        rows.append((bank.customers[f"{stamp}-{n}"], bank.orgs["处"], managed, money))
    bank.night(*(event("E08", c, key=f"{c.id}") for c, *_ in rows), on=TODAY)
    viewer = bank.viewer(f"头{stamp}")
    for place in places:
        page = branch(viewer, place.id)
        below = [row for row in rows if row[1].path.startswith(place.path)]
        line = page.org
        assert (line.customers, line.managed) == (len(below), sum(row[2] for row in below))
        assert line.aum == sum((row[3] for row in below), Decimal(0))
        assert line.net_month == sum((row[3] - 500 for row in below), Decimal(0))
        assert sum(page.tiers.values()) == len(below)
        assert page.path[0].id == root.id and page.path[-1].id == place.id
        for child in page.children:
            assert child == branch(viewer, child.id).org
    total = branch(viewer, None).org
    assert total.tasks_left == len(rows)


class TestAssign:
    """分派 within the own branch, to people who work tasks."""

    def task(self, bank: TaskBank, **more: Any) -> Task:
        bank.night(event("E08", bank.customers["孙三"], stands=9, **more))
        return Task.objects.get()

    def test_a_pool_task_goes_to_a_manager_who_then_sees_the_customer(self, two: TaskBank) -> None:
        task, sun = self.task(two), two.customers["孙三"]
        with pytest.raises(NotFound):
            customer_tasks(two.viewer("王"), sun.id)
        assign(two.viewer("张行长"), task, two.wang.id)
        assert visible(two.viewer("王")).filter(id=sun.id).exists()
        assert customer_tasks(two.viewer("王"), sun.id)[0].assignee is not None
        two.night()  # the night does not take it away again
        task.refresh_from_db()
        assert task.assignee == two.wang

    def test_the_sight_ends_with_the_task(self, two: TaskBank) -> None:
        assign(two.viewer("张行长"), self.task(two), two.wang.id)
        Task.objects.update(status="DONE", done_at=timezone.now())
        two.night()
        assert Assignment.objects.get(customer=two.customers["孙三"]).end_date is not None
        assert not visible(two.viewer("王")).filter(id=two.customers["孙三"].id).exists()

    def test_a_real_co_manager_keeps_the_customer(self, two: TaskBank) -> None:
        joint = two.customer("周五", of="李", co=["王"])
        two.night(event("E08", joint))
        assign(two.viewer("张行长"), Task.objects.get(), two.wang.id)
        Task.objects.update(status="DONE", done_at=timezone.now())
        two.night()
        assert visible(two.viewer("王")).filter(id=joint.id).exists()

    def test_it_comes_back_when_the_assignee_leaves(self, two: TaskBank) -> None:
        assign(two.viewer("张行长"), self.task(two), two.wang.id)
        two.wang.is_active = False
        two.wang.save()
        two.night()
        assert Task.objects.get().assignee is None

    def test_only_downwards(self, two: TaskBank) -> None:
        task = self.task(two)
        with pytest.raises(NotFound):
            assign(two.viewer("张行长"), task, two.staff["吴"].id)
        with pytest.raises(NotAllowed):
            assign(two.viewer("李"), task, two.wang.id)

    def test_not_to_somebody_without_a_list(self, two: TaskBank) -> None:
        two.with_staff("柜员", "TELLER", at="徐汇网点").with_staff(
            "离职", "RM", at="徐汇网点", is_active=False
        )
        task = self.task(two)
        for name in ("柜员", "离职"):
            with pytest.raises(YinkeError, match="no tasks"):
                assign(two.viewer("张行长"), task, two.staff[name].id)

    def test_not_a_closed_task(self, two: TaskBank) -> None:
        task = self.task(two)
        Task.objects.update(status="DONE")
        with pytest.raises(YinkeError, match="closed"):
            assign(two.viewer("张行长"), task, two.wang.id)
