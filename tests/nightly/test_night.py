"""日终: from files to tasks; held, failed, released, corrected."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank, empty, people
from yinke.access.models import AuditEntry, User
from yinke.access.queries import viewer_of
from yinke.care.models import Reason, Task
from yinke.common.errors import NotAllowed, YinkeError
from yinke.customers.models import Customer, Frontier, Metrics
from yinke.nightly import queries, services
from yinke.nightly.history import run_history
from yinke.nightly.models import Release, Run
from yinke.segments.members import Members
from yinke.segments.models import Segment

pytestmark = pytest.mark.django_db
SECOND, THIRD, FOURTH = (following(FIRST, n) for n in (1, 2, 3))


@pytest.fixture
def done(bank: NightBank) -> NightBank:
    """The first night has run."""
    bank.send(FIRST)
    assert bank.run(FIRST).status == "SUCCEEDED"
    return bank


def viewer(emp_no: str) -> Any:
    return viewer_of(User.objects.select_related("org").get(emp_no=emp_no))


def test_a_night_brings_the_banks_files_to_the_managers_list(bank: NightBank) -> None:
    bank.send(FIRST)
    out = bank.run(FIRST)
    assert (out.status, out.place, out.message) == ("SUCCEEDED", "", "")
    task = Task.objects.get(reasons__type="E01")
    assert (task.customer.cust_no, task.assignee.emp_no if task.assignee else "") == ("C1", "E1")
    run = Run.objects.get()
    steps = [
        "ingest",
        "oneid",
        "features",
        "classify",
        "scores",
        "events",
        "publish",
        "customers",
        "segments",
        "tasks",
    ]
    assert [s.name for s in run.steps.all()] == steps
    assert (run.rows, run.events["E01"], run.tasks) == (out.rows, 1, out.tasks)
    frontier = Frontier.objects.get()
    assert (frontier.biz_date, frontier.lake_version) == (FIRST, run.lake_version)
    assert frontier.written_at >= run.started_at


def test_a_night_finds_the_members_of_segments_and_remembers_them(bank: NightBank) -> None:
    held = {"where": {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}}
    segment = Segment.objects.create(
        code="held", name_zh="持有", kind="DYNAMIC", scope="BANK", status="IN_USE"
    )
    segment.versions.create(number=4, rule=held, status="APPROVED")
    bank.send(FIRST)
    assert bank.run(FIRST).status == "SUCCEEDED"
    wang = Customer.objects.get(cust_no="C1").id
    members = Members(bank.lake.root / "members")
    assert list(members.members("segment:held")) == [wang]
    detail = Run.objects.get().steps.get(name="segments").detail
    assert (detail["rules"], detail["left"]) == (len(members.keys()), 0)
    bank.rows["balance"][1][1] = "7.00"
    bank.send(following(FIRST))
    assert bank.run(following(FIRST)).status == "SUCCEEDED"
    assert [(s.version, s.customers, s.left) for s in members.sizes("segment:held")] == [(4, 1, 0), (4, 0, 1)]
    assert list(members.members("segment:held", FIRST)) == [wang]


def test_the_same_night_again_changes_nothing(done: NightBank) -> None:
    before = people()
    assert done.run(FIRST).status == "SUCCEEDED"
    assert people() == before
    assert done.run(FIRST, rebuild=True).status == "SUCCEEDED"
    after = people()
    assert after.pop("frontier") == (FIRST, f"{FIRST}-2")
    before.pop("frontier")
    assert after == before


def spoil(bank: NightBank, day: Any) -> None:
    """A date whose balance file has more rows of unknown accounts than may be."""
    bank.rows["balance"].append(["A9", "1.00", "CNY"])
    bank.send(day)
    bank.rows["balance"].pop()


def test_a_held_date_leaves_the_earlier_data_on_the_pages(done: NightBank) -> None:
    before = people()
    spoil(done, SECOND)
    out = done.run(SECOND)
    assert out.status == "HELD"
    assert out.message and out.place and out.remedy
    assert people() == before
    run = Run.objects.get(status="HELD")
    assert (run.biz_date, run.feed, run.reason) == (SECOND, "balance", "tolerance")
    assert done.lake.day(SECOND) is None


def test_an_operator_lets_it_pass_and_the_date_runs(done: NightBank) -> None:
    spoil(done, SECOND)
    done.run(SECOND)
    run = Run.objects.get(status="HELD")
    with pytest.raises(NotAllowed):
        services.release(viewer("E1"), run, "看起来没问题")
    with pytest.raises(YinkeError, match="why"):
        services.release(viewer("E9"), run, "ok")
    services.release(viewer("E9"), run, "与核心确认: 一行测试数据")
    assert AuditEntry.objects.get().action == "nightly.release"
    out = done.run(SECOND)
    assert (out.status, out.quarantined) == ("SUCCEEDED", 1)
    assert Frontier.objects.get().biz_date == SECOND
    assert not queries.waiting(viewer("E9"))


def test_a_cut_file_is_not_a_matter_of_opinion(done: NightBank) -> None:
    done.send(SECOND)
    path = done.data("balance", SECOND)
    path.write_bytes(path.read_bytes()[:-8])
    assert done.run(SECOND).status == "HELD"
    with pytest.raises(YinkeError, match="waved through"):
        services.release(viewer("E9"), Run.objects.get(status="HELD"), "请放行这一天")
    assert not Release.objects.exists()
    assert [r.biz_date for r in queries.waiting(viewer("E9"))] == [SECOND]


def test_a_gap_is_held(done: NightBank) -> None:
    done.send(THIRD)
    out = done.run(THIRD)
    assert (out.status, Run.objects.get(status="HELD").reason) == ("HELD", "gap")


def test_a_late_correction_rebuilds_the_date_and_all_later_ones(done: NightBank) -> None:
    done.rows["transaction"] = []
    for day in (SECOND, THIRD):
        done.send(day)
        assert done.run(day).status == "SUCCEEDED"
    old = Metrics.objects.get(customer__cust_no="C1")
    task = Task.objects.get(reasons__type="E01")
    done.rows["balance"][0][1] = "4001000.50"
    done.write(SECOND, "balance")
    out = done.run(SECOND, rebuild=True)
    assert out.status == "SUCCEEDED"
    new = Metrics.objects.get(customer__cust_no="C1")
    assert new.aum == old.aum  # the third day's own balance was not corrected
    assert new.sum_q - old.sum_q == 4_000_000  # but one of its days was
    assert Frontier.objects.get().lake_version == f"{THIRD}-2"
    task.refresh_from_db()
    assert task.status == "NEW"


def test_a_correction_that_stopped_half_way_is_finished_by_the_next_run(done: NightBank) -> None:
    for day in (SECOND, THIRD):
        done.send(day)
        done.run(day)
    done.rows["balance"][0][1] = "4001000.50"
    done.write(SECOND, "balance")
    from yinke.nightly import pipeline

    build = pipeline.run_lake_night

    def killed(bench: Any, day: Any, **more: Any) -> Any:
        if day == THIRD:
            raise KeyboardInterrupt
        return build(bench, day, **more)

    with patch.object(pipeline, "run_lake_night", killed), pytest.raises(KeyboardInterrupt):
        done.run(SECOND, rebuild=True)
    assert Frontier.objects.get().lake_version == f"{THIRD}-1"
    assert done.run(SECOND).status == "SUCCEEDED"
    assert Frontier.objects.get().lake_version == f"{THIRD}-2"
    assert Run.objects.get(reason="killed").status == "FAILED"


def test_the_events_of_a_correction_become_tasks_though_a_later_date_was_held(done: NightBank) -> None:
    for day in (SECOND, THIRD):
        done.send(day)
        done.run(day)
    done.rows["transaction"] = [[f"{SECOND:%Y%m%d}", "T9", "A1", "C", "600000.00", "CNY", "TRANSFER", ""]]
    done.write(SECOND, "transaction")
    spoil(done, THIRD)
    assert done.run(SECOND, rebuild=True).status == "HELD"
    assert not Reason.objects.filter(type="E03").exists()
    done.send(THIRD)
    assert done.run(THIRD).status == "SUCCEEDED"
    assert Frontier.objects.get().lake_version == f"{THIRD}-2"
    assert Reason.objects.get(type="E03").biz_date == SECOND


class TestFailure:
    """A failed night is told in words, keeps what is finished, and leaves the earlier data."""

    def test_the_disk_refuses(self, done: NightBank) -> None:
        done.send(SECOND)
        with patch(
            "yinke.nightly.lake_night.compute_features", side_effect=OSError(28, "No space left", "/lake/x")
        ):
            out = done.run(SECOND)
        assert (out.status, out.place) == ("FAILED", "/lake/x")
        assert "No space left" in out.message
        assert done.run(SECOND).status == "SUCCEEDED"

    def test_an_error_of_our_own_shows_no_traceback(self, done: NightBank) -> None:
        done.send(SECOND)
        with patch("yinke.nightly.lake_night.classify", side_effect=ZeroDivisionError("张三 13812345678")):
            out = done.run(SECOND)
        assert out.status == "FAILED"
        assert "138" not in out.message + out.remedy
        assert "ZeroDivisionError" in open(out.place, encoding="utf-8").read()  # noqa: SIM115, PTH123
        assert Run.objects.get(status="FAILED").message


def test_who_is_removed_by_the_bank_loses_the_list(done: NightBank) -> None:
    done.rows["staff"][0][4] = "LEFT"
    done.send(SECOND)
    done.run(SECOND)
    task = Task.objects.get(reasons__type="E01")
    assert (task.assignee, task.org.org_no) == (None, "11")
    assert not User.objects.get(emp_no="E1").is_active


def test_a_closed_customer_gets_no_more_tasks(done: NightBank) -> None:
    done.rows["customer"][0][7:9] = ["9", "20260131080000"]
    done.send(SECOND)
    done.run(SECOND)
    assert Customer.objects.get(cust_no="C1").status == "CLOSED"
    assert set(Task.objects.filter(customer__cust_no="C1").values_list("status", flat=True)) == {"CANCELLED"}


class TestHistory:
    """Many dates in a row, written back once."""

    def test_it_ends_as_night_after_night(self, bank: NightBank, tmp_path_factory: Any) -> None:
        for day in (FIRST, SECOND, THIRD):
            bank.send(day)
        out = run_history(bank.bench, [FIRST, SECOND, THIRD])
        assert (out.status, out.message) == ("SUCCEEDED", "")
        at_once = people()
        empty()
        other = NightBank(tmp_path_factory.mktemp("other"), bank.bench.engine)
        for day in (FIRST, SECOND, THIRD):
            other.send(day)
            assert other.run(day).status == "SUCCEEDED"
        assert people() == at_once

    def test_a_held_date_ends_it_and_what_came_before_counts(self, bank: NightBank) -> None:
        bank.send(FIRST)
        spoil(bank, SECOND)
        bank.send(THIRD)
        out = run_history(bank.bench, [FIRST, SECOND, THIRD])
        assert (out.status, out.biz_date) == ("HELD", SECOND)
        assert Frontier.objects.get().biz_date == FIRST
        run = Run.objects.get()
        assert (run.biz_date, run.status, run.feed) == (SECOND, "HELD", "balance")

    def test_it_goes_on_where_it_stopped(self, done: NightBank) -> None:
        done.send(SECOND)
        assert run_history(done.bench, [FIRST, SECOND]).status == "SUCCEEDED"
        assert done.day(FIRST).version == f"{FIRST}-1"
        assert Frontier.objects.get().biz_date == SECOND

    def test_dates_that_the_bank_does_not_hand_over_are_no_gap(self, bank: NightBank) -> None:
        for day in (FIRST, THIRD):
            bank.send(day)
        assert run_history(bank.bench, [FIRST, THIRD]).status == "SUCCEEDED"
        assert bank.bench.lake.dates() == [FIRST, THIRD]
        handed_over = Metrics.objects.get(customer__cust_no="C1")
        bank.rows["balance"][0][1] = "4001000.50"
        bank.write(FIRST, "balance")
        assert bank.run(FIRST, rebuild=True).status == "SUCCEEDED"  # the date after the gap follows
        assert bank.day(THIRD).version == f"{THIRD}-2"
        corrected = Metrics.objects.get(customer__cust_no="C1")
        days = (
            SECOND - SECOND.replace(month=1, day=1)
        ).days + 1  # the lake's first day counts back to the quarter's
        assert corrected.sum_q - handed_over.sum_q == 4_000_000 * days
        bank.send(FOURTH)
        assert bank.run(FOURTH).status == "SUCCEEDED"

    def test_a_gap_before_what_is_handed_over_is_held(self, done: NightBank) -> None:
        for day in (THIRD, FOURTH):
            done.send(day)
        out = run_history(done.bench, [THIRD, FOURTH])
        assert (out.status, out.biz_date) == ("HELD", THIRD)
        assert Run.objects.get(status="HELD").reason == "gap"
