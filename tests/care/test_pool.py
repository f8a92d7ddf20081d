"""公海: claims, assignments, returns; of two who claim at once exactly one wins."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.care.models import ContactRecord, IdleWarning, Task
from yinke.care.services.ownership_day import idle, turn
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Assignment, Claim, Customer
from yinke.customers.queries import visible
from yinke.customers.services.pool import Candidate, Waiting, plan

JSON = "application/json"


def a_small_bank() -> Bank:
    bank = a_bank().with_branch("静安").with_head("赵").with_manager("钱").with_customer("欧阳晓晓", of=None)
    bank.with_branch("徐汇").with_head("陈").with_manager("王").with_manager("李")
    for name in ("张三丰", "陆小凤"):
        bank.with_customer(name, of=None)
    return bank


def post(bank: Bank, who: str, what: str, **body: Any) -> Any:
    return bank.client(who).post(f"/api/pool/{what}", body, content_type=JSON)


def claim(bank: Bank, who: str, customer: str = "张三丰") -> Any:
    return post(bank, who, "claims", customer_id=bank.customers[customer].id)


def owner(bank: Bank, customer: str = "张三丰") -> str | None:
    found = Assignment.objects.filter(customer=bank.customers[customer], rel_type="MAIN", end_date=None)
    return found.values_list("user__name", flat=True).first()


def contact(
    bank: Bank, who: str, customer: str = "张三丰", result: str = "CONSIDER", **more: Any
) -> ContactRecord:
    return ContactRecord.objects.create(
        customer=bank.customers[customer], user=bank.staff[who], channel="PHONE", result=result,
        **{"at": timezone.now(), "biz_date": TODAY, "request_key": f"k{ContactRecord.objects.count()}", **more},
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", [("李", "王"), ("李", "李")])
def test_of_two_claims_at_once_exactly_one_wins(people: tuple[str, str]) -> None:
    bank = a_small_bank()
    for _ in range(3):
        start = Barrier(2)
        clients = [bank.client(name) for name in people]

        def go(number: int, start: Barrier = start, clients: list[Any] = clients) -> int:
            try:
                start.wait()
                body = {"customer_id": bank.customers["张三丰"].id}
                return int(clients[number].post("/api/pool/claims", body, content_type=JSON).status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(go, range(2)))
        assert answers == [204, 409]
        assert Assignment.objects.filter(rel_type="MAIN", end_date=None).count() == 1
        assert Claim.objects.filter(ended_at=None).count() == 1
        Claim.objects.all().delete()
        Assignment.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_claims_at_once_do_not_slip_past_the_days_cap() -> None:
    bank = a_small_bank()
    for number in range(24):
        bank.with_customer(f"客户{number}", of=None, at="徐汇")
    clients = [bank.client("李") for _ in range(4)]

    def go(number: int) -> int:
        try:
            body = {"customer_id": bank.customers[f"客户{number}"].id}
            return int(clients[number % 4].post("/api/pool/claims", body, content_type=JSON).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(go, range(24)))
    assert (answers.count(204), answers.count(400)) == (20, 4)
    assert Claim.objects.count() == 20


@pytest.mark.django_db
class TestClaims:
    @pytest.fixture
    def bank(self) -> Bank:
        return a_small_bank()

    def test_a_claimed_customer_and_the_open_task_are_the_claimers_at_once(self, bank: Bank) -> None:
        row = bank.customers["张三丰"]
        task = Task.objects.create(
            customer=row,
            biz_date=TODAY,
            org=row.org,
            priority=2,
            score=1,
            due_on=TODAY,
            expire_on=TODAY + timedelta(9),
        )
        assert bank.client("李").get(f"/api/customers/{row.id}").status_code == 404
        assert claim(bank, "李").status_code == 204
        assert bank.client("李").get(f"/api/customers/{row.id}").status_code == 200
        task.refresh_from_db()
        assert task.assignee == bank.staff["李"]
        assert AuditEntry.objects.get(action="pool.claim").object_id == f"{row.id}"

    def test_the_pool_is_that_of_the_own_sub_branch_and_tells_no_names(self, bank: Bank) -> None:
        page = bank.client("李").get("/api/pool").json()
        assert sorted(row["name"] for row in page["rows"]) == ["张*丰", "陆*凤"]
        assert {row["aum"] for row in page["rows"]} == {"500000"}
        assert (page["total"], page["banded"], page["claims_left"]) == (2, True, 20)
        head = bank.client("陈").get("/api/pool").json()
        assert sorted(row["name"] for row in head["rows"]) == ["张三丰", "陆小凤"]
        assert (claim(bank, "李", "欧阳晓晓").status_code, claim(bank, "陈").status_code) == (404, 403)

    def test_a_remote_manager_sees_the_banks_long_tail_only(self, bank: Bank) -> None:
        bank.with_staff("远", "REMOTE_RM", at="总行").with_customer(
            "小丽", of=None, at="静安", tier=1, aum=20_000
        )
        page = bank.client("远").get("/api/pool").json()
        assert [row["name"] for row in page["rows"]] == ["小*"]
        assert claim(bank, "远").status_code == 404

    def test_a_customer_of_somebody_elses_branch_is_not_told_of(self, bank: Bank) -> None:
        bank.with_customer("西门吹雪", of="钱")
        assert claim(bank, "李", "西门吹雪").status_code == 404
        bank.with_customer("花满楼", of="王")
        assert claim(bank, "李", "花满楼").status_code == 409

    def test_who_does_not_call_within_three_days_loses_the_customer_and_may_not_claim_again(
        self, bank: Bank
    ) -> None:
        claim(bank, "李")
        due = Claim.objects.get().contact_by
        assert due == timezone.localdate() + timedelta(days=3)
        assert turn(due).returned == 0
        assert turn(due + timedelta(days=1)).returned == 1
        assert turn(due + timedelta(days=1)).returned == 0
        assert (owner(bank), Claim.objects.get().end) == (None, "UNSERVED")
        assert claim(bank, "李").json()["code"] == "reclaim_too_soon"
        assert claim(bank, "王").status_code == 204

    def test_one_call_keeps_the_customer_but_a_withdrawn_one_does_not(self, bank: Bank) -> None:
        claim(bank, "李")
        claim(bank, "李", "陆小凤")
        contact(bank, "李", result="NO_ANSWER")
        contact(bank, "李", "陆小凤", withdrawn_at=timezone.now())
        turn(timezone.localdate() + timedelta(days=4))
        assert (owner(bank), owner(bank, "陆小凤")) == ("李", None)
        assert Claim.objects.get(customer=bank.customers["张三丰"]).end == "SERVED"

    def test_somebody_elses_call_does_not_count(self, bank: Bank) -> None:
        claim(bank, "李")
        contact(bank, "王")
        assert turn(timezone.localdate() + timedelta(days=4)).returned == 1

    def test_a_claim_goes_back_with_a_reason_and_not_what_was_never_claimed(self, bank: Bank) -> None:
        claim(bank, "李")
        own = bank.with_customer("花满楼", of="李").customers["花满楼"].id
        wanted = {"customer_id": bank.customers["张三丰"].id}
        assert post(bank, "李", "returns", **wanted, note="").json()["code"] == "reason_missing"
        assert post(bank, "王", "returns", **wanted, note="不是我的").status_code == 404
        assert post(bank, "李", "returns", **wanted, note="已在他行办理").status_code == 204
        assert owner(bank) is None
        assert post(bank, "李", "returns", customer_id=own, note="太忙").status_code == 404
        assert post(bank, "陈", "returns", customer_id=own, note="重新分配").status_code == 204
        assert owner(bank, "花满楼") is None

    def test_for_seven_days_a_head_cannot_hand_a_claimed_customer_on(self, bank: Bank) -> None:
        claim(bank, "李")
        body = {"giver": bank.staff["李"].id, "receiver": bank.staff["王"].id, "reason": "CAPACITY"}
        answer = bank.client("陈").post("/api/handovers", body, content_type=JSON)
        assert answer.json()["code"] == "nothing_left"
        Claim.objects.update(protected_until=timezone.localdate() - timedelta(days=1))
        assert bank.client("陈").post("/api/handovers", body, content_type=JSON).status_code == 200


@pytest.mark.django_db
class TestAssign:
    @pytest.fixture
    def bank(self) -> Bank:
        return a_small_bank()

    def _pairs(self, bank: Bank, **who: str) -> list[dict[str, int]]:
        return [{"customer_id": bank.customers[c].id, "user_id": bank.staff[u].id} for c, u in who.items()]

    def test_a_head_gives_customers_to_the_team(self, bank: Bank) -> None:
        answer = post(bank, "陈", "assignments", pairs=self._pairs(bank, 张三丰="李", 陆小凤="王"))
        assert answer.json() == {"done": 2, "taken": []}
        assert (owner(bank), owner(bank, "陆小凤")) == ("李", "王")

    def test_whom_somebody_else_took_meanwhile_is_named_and_left_alone(self, bank: Bank) -> None:
        claim(bank, "王")
        answer = post(bank, "陈", "assignments", pairs=self._pairs(bank, 张三丰="李", 陆小凤="李")).json()
        assert answer == {"done": 1, "taken": [bank.customers["张三丰"].id]}
        assert (owner(bank), owner(bank, "陆小凤")) == ("王", "李")

    @pytest.mark.parametrize(("customer", "user"), [("欧阳晓晓", "李"), ("张三丰", "钱"), ("张三丰", "赵")])
    def test_nothing_beyond_the_own_sub_branch(self, bank: Bank, customer: str, user: str) -> None:
        assert post(bank, "陈", "assignments", pairs=self._pairs(bank, **{customer: user})).status_code == 404
        assert not Assignment.objects.exists()

    def test_managers_do_not_assign(self, bank: Bank) -> None:
        assert post(bank, "李", "assignments", pairs=self._pairs(bank, 张三丰="李")).status_code == 403

    def test_the_preview_changes_nothing_and_its_pairs_are_what_assign_takes(self, bank: Bank) -> None:
        bank.with_customer("花满楼", of="李")
        found = post(bank, "陈", "plan").json()
        assert not Assignment.objects.exclude(customer=bank.customers["花满楼"]).exists()
        assert {line["person"]["user"]["name"]: line["gets"] for line in found["people"]} == {
            "王": 1,
            "李": 1,
        }
        assert found["left_over"] == 0
        assert post(bank, "陈", "assignments", pairs=found["pairs"]).json()["done"] == 2


people = st.lists(
    st.builds(
        Candidate, st.integers(1, 6), st.sampled_from(["RM", "WM"]), st.integers(1, 3), st.integers(1, 2),
        st.integers(0, 5), st.integers(0, 6),
    ),
    max_size=6, unique_by=lambda p: p.user_id,
)  # fmt: skip
waiting = st.lists(
    st.builds(Waiting, st.integers(1, 40), st.integers(1, 3), st.integers(1, 2), st.integers(0, 5)),
    max_size=20, unique_by=lambda w: w.customer_id,
)  # fmt: skip


@given(waiting, people)
def test_automatic_assignment_keeps_to_capacity_and_nearness_and_evens_the_load(
    customers: list[Waiting], managers: list[Candidate]
) -> None:
    load = {p.user_id: p.load for p in managers}
    given_to = dict(plan(customers, managers, 4, ["WM"]))
    for customer in customers:
        near = [p for p in managers if p.unit_id == customer.unit_id and load[p.user_id] < p.capacity]
        here = [p for p in near if p.org_id == customer.org_id] or near
        if customer.customer_id not in given_to:
            assert not near
            continue
        chosen = next(p for p in managers if p.user_id == given_to[customer.customer_id])
        assert chosen in here
        assert load[chosen.user_id] == min(load[p.user_id] for p in here)
        equal = [p for p in here if load[p.user_id] == load[chosen.user_id]]
        if customer.tier >= 4 and any(p.role == "WM" for p in equal):
            assert chosen.role == "WM"
        load[chosen.user_id] += 1


@pytest.mark.django_db
class TestIdle:
    @pytest.fixture
    def bank(self) -> Iterator[Bank]:
        bank = a_small_bank().with_customer("花满楼", of="李", tier=3).with_customer("小丽", of="李", tier=0)
        yield bank

    def _values(self, **changed: Any) -> dict[str, Any]:
        return {**load_thresholds(django_settings.YINKE.thresholds).at(TODAY), "idle.on": True, **changed}

    def test_it_is_off_unless_the_bank_switches_it_on(self, bank: Bank) -> None:
        assert idle(TODAY, load_thresholds(django_settings.YINKE.thresholds).at(TODAY)) == (0, 0)

    def test_a_warning_ten_days_before_then_the_pool(self, bank: Bank) -> None:
        assert idle(TODAY, self._values()) == (1, 0)
        assert IdleWarning.objects.get().returns_on == TODAY + timedelta(days=10)
        (row,) = bank.client("李").get("/api/pool").json()["idle"]
        assert (row["name"], row["returns_on"]) == ("花满楼", f"{TODAY + timedelta(days=10)}")
        assert idle(TODAY + timedelta(days=9), self._values()) == (0, 0)
        assert idle(TODAY + timedelta(days=10), self._values()) == (0, 1)
        assert (owner(bank, "花满楼"), owner(bank, "小丽")) == (None, "李")
        assert bank.customers["花满楼"].id not in visible(bank.viewer("李")).values_list("id", flat=True)

    def test_an_effective_contact_lifts_it_and_a_call_in_vain_does_not(self, bank: Bank) -> None:
        idle(TODAY, self._values())
        contact(bank, "李", "花满楼", "NO_ANSWER")
        assert idle(TODAY + timedelta(days=1), self._values()) == (0, 0)
        assert IdleWarning.objects.exists()
        contact(bank, "王", "花满楼", "CONSIDER")
        idle(TODAY + timedelta(days=2), self._values())
        assert not IdleWarning.objects.exists()
        assert idle(TODAY + timedelta(days=10), self._values()) == (0, 0)
        assert owner(bank, "花满楼") == "李"

    def test_a_new_manager_gets_the_whole_time(self, bank: Bank) -> None:
        Assignment.objects.filter(customer=bank.customers["花满楼"]).update(
            start_date=TODAY - timedelta(days=49)
        )
        assert idle(TODAY, self._values()) == (0, 0)
        assert idle(TODAY + timedelta(days=1), self._values()) == (1, 0)

    def test_the_same_night_twice_changes_nothing(self, bank: Bank) -> None:
        idle(TODAY, self._values())
        idle(TODAY + timedelta(days=10), self._values())
        rows = list(Assignment.objects.values())
        assert idle(TODAY + timedelta(days=10), self._values()) == (0, 0)
        assert list(Assignment.objects.values()) == rows


@pytest.mark.django_db
def test_nobody_has_two_main_managers_after_any_of_it() -> None:
    bank = a_small_bank()
    for who in ("李", "王", "李"):
        claim(bank, who)
        turn(timezone.localdate() + timedelta(days=4))
    mains = Assignment.objects.filter(rel_type="MAIN", end_date=None).values_list("customer_id", flat=True)
    assert len(mains) == len(set(mains))
    assert Customer.objects.count() == 3
