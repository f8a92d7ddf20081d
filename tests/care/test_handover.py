"""客户移交: who may do what when, and what a handover leaves behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.access.models import AuditEntry, User
from yinke.care.models import ContactRecord, Task
from yinke.care.services.ownership_day import turn
from yinke.common.workdays import is_workday, next_workday
from yinke.customers.models import Assignment, Customer, Handover, HandoverItem, Metrics
from yinke.customers.queries import visible
from yinke.customers.services.handover import freeze_baselines
from yinke.customers.services.owning import ASSIGN, give

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def bank() -> Bank:
    """Two branches; 徐汇 and 静安 under 上海, 西湖 under 浙江; 李 of 徐汇 has three customers."""
    bank = a_bank().with_org("上海分行", level=2).with_staff("沈", "RETAIL_MGR").with_org("浙江分行", level=2)
    bank.with_staff("浙", "RETAIL_MGR")
    bank.with_branch("静安", under="上海分行").with_head("赵").with_manager("钱")
    bank.with_branch("西湖", under="浙江分行").with_head("周").with_manager("吴")
    bank.with_branch("徐汇", under="上海分行").with_head("陈").with_head("副行长").with_manager(
        "王"
    ).with_manager("李")
    for name in ("张三丰", "陆小凤", "花满楼"):
        bank.with_customer(name)
    return bank


def ids(bank: Bank, *names: str) -> list[int]:
    return [bank.customers[name].id for name in names]


def make(
    bank: Bank, by: str, to: str, customers: list[int] | None = None, *, of: str = "李", **more: Any
) -> Any:
    body = {
        "giver": bank.staff[of].id,
        "receiver": bank.staff[to].id,
        "reason": "CAPACITY",
        "customers": customers,
        **more,
    }
    return bank.client(by).post("/api/handovers", body, content_type=JSON)


def do(bank: Bank, who: str, what: str, number: int, note: str = "") -> Any:
    return bank.client(who).post(f"/api/handovers/{number}/{what}", {"note": note}, content_type=JSON)


def done(bank: Bank, *steps: tuple[str, str], number: int) -> Handover:
    for who, what in steps:
        answer = do(bank, who, what, number)
        assert answer.status_code == 200, (who, what, answer.content)
    return Handover.objects.get(id=number)


def sees(bank: Bank, who: str) -> set[str]:
    seen = set(visible(bank.viewer(who)).values_list("id", flat=True))
    return {name for name, customer in bank.customers.items() if customer.id in seen}


def a_task(bank: Bank, customer: str, of: str, **fields: Any) -> Task:
    row = bank.customers[customer]
    return Task.objects.create(
        customer=row, biz_date=TODAY, assignee=bank.staff[of], org=row.org, priority=2, score=1.0,
        due_on=TODAY + timedelta(days=3), expire_on=TODAY + timedelta(days=9), **fields,
    )  # fmt: skip


def test_a_whole_portfolio_goes_over_the_next_working_day_and_not_before(bank: Bank) -> None:
    task = a_task(bank, "张三丰", "李")
    kept = a_task(bank, "陆小凤", "陈", assigned_by=bank.staff["陈"])
    answer = make(bank, "李", "王")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["customers"]) == ("SUBMITTED", 3)
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=answer.json()["id"])
    today = timezone.localdate()
    assert (found.status, found.effective_on) == ("APPROVED", next_workday(today))
    assert found.effective_on and found.effective_on > today and is_workday(found.effective_on)
    turn(found.effective_on - timedelta(days=1))
    assert sees(bank, "李") == {"张三丰", "陆小凤", "花满楼"}
    assert turn(found.effective_on).moved == 3
    assert (sees(bank, "李"), sees(bank, "王")) == (set(), {"张三丰", "陆小凤", "花满楼"})
    task.refresh_from_db()
    kept.refresh_from_db()
    assert (task.assignee, kept.assignee) == (bank.staff["王"], bank.staff["陈"])
    old, new = Assignment.objects.filter(customer=bank.customers["张三丰"]).order_by("id")
    assert (old.end_date, new.start_date, new.reason, new.share_pct) == (
        found.effective_on,
        found.effective_on,
        "HANDOVER",
        100,
    )


def test_a_late_job_dates_the_change_as_if_it_had_been_on_time_and_does_it_once(bank: Bank) -> None:
    number = make(bank, "李", "王").json()["id"]
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
    assert found.effective_on
    late = found.effective_on + timedelta(days=5)
    assert turn(late).handovers == 1
    before = list(Assignment.objects.order_by("id").values())
    assert turn(late).handovers == 0
    assert list(Assignment.objects.order_by("id").values()) == before
    new = Assignment.objects.get(customer=bank.customers["张三丰"], end_date=None)
    assert new.start_date == found.effective_on


def test_a_turn_that_dies_half_way_leaves_nothing_and_the_next_one_does_it_all(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = make(bank, "李", "王").json()["id"]
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
    assert found.effective_on

    def killed(*_: Any) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError), transaction.atomic():
        patch.setattr("yinke.care.services.ownership_day.follow", killed)
        turn(found.effective_on)
    assert sees(bank, "李") == {"张三丰", "陆小凤", "花满楼"}
    assert Handover.objects.get(id=number).status == "APPROVED"
    assert turn(found.effective_on).moved == 3


def test_notes_stay_and_the_new_manager_reads_them(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    ContactRecord.objects.create(
        customer=customer, user=bank.staff["李"], channel="PHONE", result="CONSIDER", at=timezone.now(), biz_date=TODAY,
        note="喜欢大额存单", request_key="k1",
    )  # fmt: skip
    number = make(bank, "李", "王", ids(bank, "张三丰")).json()["id"]
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
    assert found.effective_on
    turn(found.effective_on)
    body = str(bank.client("王").get(f"/api/customers/{customer.id}/timeline").json())
    assert "喜欢大额存单" in body
    assert bank.client("李").get(f"/api/customers/{customer.id}/timeline").status_code == 404


def test_the_aum_at_the_day_before_is_frozen_and_later_figures_do_not_touch_it(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    number = make(bank, "李", "王", [customer.id]).json()["id"]
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
    assert found.effective_on
    turn(found.effective_on)
    item = HandoverItem.objects.get()
    assert item.baseline_on is None  # the night of the day before has not come yet
    eve = found.effective_on - timedelta(days=1)
    Metrics.objects.filter(customer=customer).update(aum=Decimal("700000.50"), as_of=eve)
    assert freeze_baselines(eve) == 1
    Metrics.objects.filter(customer=customer).update(aum=1)
    assert freeze_baselines(eve + timedelta(days=1)) == 0
    item.refresh_from_db()
    assert (item.aum, item.baseline_on) == (Decimal("700000.50"), eve)
    row = bank.client("王").get(f"/api/handovers/{number}/items").json()["rows"][0]
    assert (row["baseline"], row["baseline_on"]) == ("700000.50", f"{eve}")


class TestWhoApproves:
    def _accepted(self, bank: Bank, to: str, by: str = "李") -> int:
        number = int(make(bank, by, to).json()["id"])
        assert do(bank, to, "accept", number).status_code == 200
        return number

    def test_within_a_sub_branch_one_head(self, bank: Bank) -> None:
        number = self._accepted(bank, "王")
        assert done(bank, ("陈", "approve"), number=number).status == "APPROVED"

    def test_between_sub_branches_the_heads_of_both(self, bank: Bank) -> None:
        number = self._accepted(bank, "钱")
        assert done(bank, ("陈", "approve"), number=number).status == "ACCEPTED"
        assert do(bank, "副行长", "approve", number).status_code == 403
        assert done(bank, ("赵", "approve"), number=number).status == "APPROVED"

    def test_between_branches_somebody_of_a_branch_besides(self, bank: Bank) -> None:
        number = self._accepted(bank, "吴")
        assert done(bank, ("陈", "approve"), ("周", "approve"), number=number).status == "ACCEPTED"
        assert do(bank, "副行长", "approve", number).status_code == 403
        assert do(bank, "赵", "approve", number).status_code == 404
        assert done(bank, ("浙", "approve"), number=number).status == "APPROVED"

    def test_nobody_approves_for_two_sides(self, bank: Bank) -> None:
        number = self._accepted(bank, "钱")
        assert done(bank, ("沈", "approve"), number=number).status == "ACCEPTED"
        assert do(bank, "沈", "approve", number).status_code == 403

    @pytest.mark.parametrize(
        ("by", "to", "who"), [("陈", "王", "陈"), ("李", "陈", "陈"), ("李", "王", "王"), ("李", "王", "李")]
    )
    def test_not_the_maker_the_receiver_nor_the_giver(self, bank: Bank, by: str, to: str, who: str) -> None:
        number = self._accepted(bank, to, by)
        assert do(bank, who, "approve", number).status_code == 403
        assert Handover.objects.get(id=number).status == "ACCEPTED"

    def test_customers_that_go_to_another_sub_branch_are_seen_by_its_head_and_no_more_by_the_old_one(
        self, bank: Bank
    ) -> None:
        number = self._accepted(bank, "钱")
        found = done(bank, ("陈", "approve"), ("赵", "approve"), number=number)
        assert found.effective_on
        turn(found.effective_on)
        assert (sees(bank, "陈"), sees(bank, "赵")) == (set(), {"张三丰", "陆小凤", "花满楼"})


class TestConflicts:
    def test_a_customer_who_moved_before_it_took_effect_stays_and_is_named(self, bank: Bank) -> None:
        number = make(bank, "李", "王").json()["id"]
        found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
        assert found.effective_on
        (customer,) = ids(bank, "陆小凤")
        give([customer], bank.staff["陈"].id, timezone.localdate(), ASSIGN)
        assert turn(found.effective_on).moved == 2
        body = bank.client("王").get(f"/api/handovers/{number}").json()
        assert (body["status"], body["customers"], body["conflicts"]) == ("EFFECTIVE", 3, 1)
        row = bank.client("王").get(f"/api/handovers/{number}/items").json()["rows"][0]
        assert (row["customer_id"], row["status"], row["conflict"], row["is_visible"]) == (
            customer,
            "CONFLICT",
            "MOVED_MEANWHILE",
            False,
        )
        assert row["name"] == "陆*凤"

    def test_a_customer_is_in_one_handover_at_a_time(self, bank: Bank) -> None:
        make(bank, "李", "王", ids(bank, "张三丰"))
        second = make(bank, "李", "钱", ids(bank, "张三丰", "陆小凤")).json()
        assert (second["status"], second["conflicts"]) == ("SUBMITTED", 1)
        third = make(bank, "李", "钱", ids(bank, "张三丰"))
        assert (third.status_code, third.json()["code"]) == (400, "nothing_left")
        assert do(bank, "李", "withdraw", Handover.objects.order_by("id")[0].id).status_code == 200
        assert make(bank, "李", "钱", ids(bank, "张三丰")).json()["conflicts"] == 0

    def test_a_receiver_who_left_meanwhile_gets_nothing(self, bank: Bank) -> None:
        number = make(bank, "李", "王").json()["id"]
        found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
        assert found.effective_on
        User.objects.filter(id=bank.staff["王"].id).update(is_active=False)
        turn(found.effective_on)
        body = bank.client("李").get(f"/api/handovers/{number}").json()
        assert (body["status"], body["closed_note"]) == ("REJECTED", "RECEIVER_LEFT")
        assert sees(bank, "李") == {"张三丰", "陆小凤", "花满楼"}


class TestWhoMayMake:
    def test_a_manager_only_of_the_own_customers(self, bank: Bank) -> None:
        assert make(bank, "王", "钱", of="李").status_code == 404
        other = bank.with_customer("西门吹雪", of="王").customers["西门吹雪"].id
        assert make(bank, "李", "钱", [other]).status_code == 404

    def test_a_head_of_those_who_left_too(self, bank: Bank) -> None:
        User.objects.filter(id=bank.staff["李"].id).update(is_active=False)
        givers = bank.client("陈").get("/api/handovers/givers").json()
        assert [(g["user"]["name"], g["is_active"], g["customers"]) for g in givers] == [("李", False, 3)]
        assert make(bank, "陈", "王", reason="LEAVE").json()["giver_left"]
        assert make(bank, "赵", "钱", of="李").status_code == 404

    @pytest.mark.parametrize("to", ["沈", "李"])
    def test_only_to_one_who_looks_after_customers(self, bank: Bank, to: str) -> None:
        answer = make(bank, "李", to)
        assert (answer.status_code, answer.json()["code"]) == (400, "cannot_receive")

    def test_a_stranger_finds_no_handover(self, bank: Bank) -> None:
        number = make(bank, "李", "王").json()["id"]
        for who in ("钱", "赵", "周"):
            assert bank.client(who).get(f"/api/handovers/{number}").status_code == 404
            assert bank.client(who).get(f"/api/handovers/{number}/items").status_code == 404
            assert bank.client(who).get("/api/handovers").json()["rows"] == []
            assert do(bank, who, "accept", number).status_code == 404

    def test_another_persons_draft_is_not_shown(self, bank: Bank) -> None:
        number = make(bank, "李", "王", submit=False).json()["id"]
        assert bank.client("王").get(f"/api/handovers/{number}").status_code == 404
        assert bank.client("李").get("/api/handovers").json()["waiting"] == 1


def test_every_step_is_in_the_audit_trail(bank: Bank) -> None:
    number = make(bank, "李", "王").json()["id"]
    found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
    assert found.effective_on
    turn(found.effective_on)
    steps = (
        AuditEntry.objects.filter(object_type="handover").order_by("id").values_list("action", "user__name")
    )
    assert list(steps) == [
        ("handover.make", "李"), ("handover.submit", "李"), ("handover.accept", "王"), ("handover.approve", "陈"),
        ("handover.effect", None),
    ]  # fmt: skip


def test_two_thousand_customers_go_in_one_and_cost_no_more_questions_than_a_few(bank: Bank) -> None:
    def questions(extra: int) -> int:
        model = Customer.objects.get(id=bank.customers["张三丰"].id)
        figures = Metrics.objects.get(customer=model)
        start = 1000 * Customer.objects.count()
        more = [
            Customer(**{**_fields(model), "id": start + n, "cust_no": f"X{start + n}"}) for n in range(extra)
        ]
        Customer.objects.bulk_create(more)
        Metrics.objects.bulk_create([Metrics(**{**_fields(figures), "customer_id": c.id}) for c in more])
        Assignment.objects.bulk_create(
            [
                Assignment(customer=c, user=bank.staff["李"], rel_type="MAIN", start_date=date(2024, 1, 1))
                for c in more
            ]
        )
        number = make(bank, "李", "王", [c.id for c in more]).json()["id"]
        found = done(bank, ("王", "accept"), ("陈", "approve"), number=number)
        assert found.effective_on
        with CaptureQueriesContext(connection) as asked:
            assert turn(found.effective_on).moved == extra
        return len(asked)

    assert questions(2_000) <= questions(20) + 10


def _fields(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


NEXT: dict[tuple[str, str], str] = {
    ("DRAFT", "submit"): "SUBMITTED", ("SUBMITTED", "accept"): "ACCEPTED", ("ACCEPTED", "approve"): "APPROVED",
    ("SUBMITTED", "reject"): "REJECTED", ("ACCEPTED", "reject"): "REJECTED", ("DRAFT", "withdraw"): "WITHDRAWN",
    ("SUBMITTED", "withdraw"): "WITHDRAWN", ("ACCEPTED", "withdraw"): "WITHDRAWN",
}  # fmt: skip
"""The diagram: from a state by a command to a state."""
PEOPLE = ("李", "王", "陈", "副行长", "沈", "钱", "赵")
commands = st.sampled_from(["submit", "accept", "approve", "reject", "withdraw", "turn"])
plays = st.lists(st.tuples(st.sampled_from(PEOPLE), commands), max_size=14)


@settings(max_examples=25)
@given(plays, st.sampled_from(["王", "钱"]))
def test_no_order_of_commands_by_anybody_leaves_the_diagram(play: list[tuple[str, str]], to: str) -> None:
    with transaction.atomic():
        bank = a_bank().with_org("上海分行", level=2).with_staff("沈", "RETAIL_MGR")
        bank.with_branch("静安", under="上海分行").with_head("赵").with_manager("钱")
        bank.with_branch("徐汇", under="上海分行").with_head("陈").with_head("副行长").with_manager(
            "王"
        ).with_manager("李")
        bank.with_customer("张三丰", co=["陈"]).with_customer("陆小凤")
        Assignment.objects.filter(rel_type="CO").update(share_pct=30)
        Assignment.objects.filter(rel_type="MAIN", customer=bank.customers["张三丰"]).update(share_pct=70)
        number = make(bank, "李", to, submit=False).json()["id"]
        for who, what in play:
            before = Handover.objects.get(id=number)
            if what == "turn":
                turn(before.effective_on or timezone.localdate())
                after = Handover.objects.get(id=number).status
                assert after == ("EFFECTIVE" if before.status == "APPROVED" else before.status)
            else:
                answer = do(bank, who, what, number, "说明原因")
                after = Handover.objects.get(id=number).status
                if answer.status_code == 200:
                    partial = what == "approve" and after == "ACCEPTED"
                    assert partial or after == NEXT[before.status, what]
                else:
                    assert after == before.status
            approvers = set(Handover.objects.get(id=number).approvals.values_list("user__name", flat=True))
            assert not approvers & {"李", to}
            for customer in bank.customers.values():
                active = customer.assignments.filter(end_date=None)
                assert active.filter(rel_type="MAIN").count() == 1
                assert (
                    sum(active.filter(rel_type__in=("MAIN", "CO")).values_list("share_pct", flat=True)) == 100
                )
        owner = to if Handover.objects.get(id=number).status == "EFFECTIVE" else "李"
        for person in ("李", to):
            assert sees(bank, person) == ({"张三丰", "陆小凤"} if person == owner else set())
        transaction.set_rollback(True)
