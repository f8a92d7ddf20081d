"""客户归并 in the pages: the steward's queue, decisions that hold at once, un-merging with two pairs of eyes."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.bank import TODAY, Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.common.identity import MERGE, SAME, Edge, resolve
from yinke.customers.models import (
    Assignment,
    Frontier,
    IdentityDecision,
    IdentityPair,
    PersonLead,
    PersonMember,
)
from yinke.customers.services.identity import decide
from yinke.customers.services.lend import lend
from yinke.customers.services.persons import settle

ID = "11010519491231002X"


def pair(a: int, b: int, rule: str = "K3", verdict: str = "REVIEW", score: float = 1.0) -> IdentityPair:
    return IdentityPair.objects.create(
        a_id=min(a, b), b_id=max(a, b), rule=rule, verdict=verdict, score=score, found_on=TODAY
    )


class Twins:
    """One branch of two outlets; 1 and 2 are merged by certificate, 3 may be the same, 4 is of another branch."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        bank.with_staff("运营", "HQ_OPS").with_staff("运营二", "HQ_OPS").with_staff("合规", "COMPLIANCE")
        bank.with_branch("徐汇").with_head("张行长").with_manager("李")
        bank.with_customer("王芳", id=1, mobile="13900000001", aum=100_000)
        bank.with_manager("赵").with_customer("王 芳", id=2, mobile="13900000002", aum=50_000)
        bank.with_customer("王芳", id=3, cert_no="E1234567", cert_type="10300", mobile="13900000001", aum=7)
        bank.with_branch("静安").with_head("陈行长").with_manager("孙")
        bank.with_customer("王芳", id=4, mobile="13900000004", aum=300_000)
        pair(1, 2, "K1", MERGE)
        self.review = pair(1, 3)
        settle(None, TODAY)

    def ask(self, who: str, method: str, path: str, **body: Any) -> Any:
        client = self.bank.client(who)
        if method == "GET":
            return client.get(f"/api/{path}", body)
        return client.post(f"/api/{path}", body, content_type="application/json")

    def decide(self, who: str, verdict: str, of: IdentityPair | None = None, **more: Any) -> Any:
        return self.ask(who, "POST", f"oneid/pairs/{(of or self.review).id}/decide", verdict=verdict, **more)


@pytest.fixture
def twins(db: None) -> Twins:
    return Twins(a_bank())


def persons() -> dict[int, int]:
    return dict(PersonMember.objects.values_list("customer_id", "one_id"))


def test_the_queue_shows_two_side_by_side_and_tells_what_agrees_without_telling_it(twins: Twins) -> None:
    page = twins.ask("张行长", "GET", "oneid/pairs").json()
    assert page["total"] == 1
    (row,) = page["rows"]
    assert {c["field"]: c["agrees"] for c in row["compared"]} == {
        "name": "SAME", "cert_type": "DIFFERENT", "cert": "DIFFERENT", "mobile": "SAME", "birth": "SAME", "gender": "SAME",
    }  # fmt: skip
    assert (row["a"]["numbers"], row["b"]["numbers"]) == (2, 1)
    text = str(twins.ask("运营", "GET", "oneid/pairs").json())
    assert not any(secret in text for secret in ("王芳", "13900000001", "E1234567", ID, "1980-05-17"))
    assert "王*" in text


def test_only_a_steward_who_sees_both_sees_a_pair(twins: Twins) -> None:
    far = pair(3, 4)
    assert twins.ask("张行长", "GET", "oneid/pairs").json()["total"] == 1
    assert twins.ask("陈行长", "GET", "oneid/pairs").json()["total"] == 0
    assert twins.ask("运营", "GET", "oneid/pairs").json()["total"] == 2
    for who in ("张行长", "陈行长"):
        assert twins.decide(who, "SAME", far).status_code == 404
    for who in ("李", "合规"):
        assert twins.ask(who, "GET", "oneid/pairs").status_code == 403
        assert twins.decide(who, "SAME").status_code == 403
    assert persons() == {1: 1, 2: 1}


def test_same_joins_the_two_persons_at_once_and_is_accounted_for(twins: Twins) -> None:
    assert twins.decide("张行长", "SAME", note="柜面核实本人").status_code == 204
    assert persons() == {1: 1, 2: 1, 3: 1}
    assert PersonMember.objects.get(customer_id=3).rule == SAME
    entry = AuditEntry.objects.get(action="oneid.decide")
    assert (entry.object_id, entry.reason) == ("1-3", "SAME 柜面核实本人")
    assert twins.ask("张行长", "GET", "oneid/pairs").json()["total"] == 0
    (row,) = twins.ask("张行长", "GET", "oneid/decisions").json()["rows"]
    assert (row["verdict"], row["by"], row["a_id"], row["b_id"], row["ended_at"]) == (
        "SAME",
        "张行长",
        1,
        3,
        None,
    )
    again = twins.decide("运营", "DIFFERENT")
    assert (again.status_code, again.json()["code"]) == (409, "decided_meanwhile")


def test_different_holds_against_whatever_the_night_finds_later(twins: Twins) -> None:
    twins.decide("张行长", "DIFFERENT")
    IdentityPair.objects.filter(id=twins.review.id).update(rule="K1", verdict=MERGE)
    pair(2, 3, "K1", MERGE)
    settle(None, TODAY)
    assert persons() == {1: 1, 2: 1}
    # who would merge but is kept apart by a decision about another is shown
    (row,) = twins.ask("张行长", "GET", "oneid/pairs").json()["rows"]
    assert (row["a"]["customer_id"], row["b"]["customer_id"], row["verdict"]) == (2, 3, "MERGE")
    refused = twins.ask("张行长", "POST", f"oneid/pairs/{row['id']}/decide", verdict="SAME")
    assert (refused.status_code, refused.json()["code"]) == (409, "kept_apart")
    assert IdentityDecision.objects.count() == 1  # the refusal left nothing


def test_taking_different_back_brings_the_pair_back(twins: Twins) -> None:
    twins.decide("张行长", "DIFFERENT")
    decision = IdentityDecision.objects.get()
    assert twins.ask("陈行长", "POST", f"oneid/decisions/{decision.id}/revoke").status_code == 404
    assert twins.ask("运营", "POST", f"oneid/decisions/{decision.id}/revoke").status_code == 204
    assert twins.ask("张行长", "GET", "oneid/pairs").json()["total"] == 1
    assert twins.ask("运营", "POST", f"oneid/decisions/{decision.id}/revoke").status_code == 409


def test_later_comes_back_after_its_days(twins: Twins) -> None:
    twins.decide("张行长", "LATER")
    assert twins.ask("张行长", "GET", "oneid/queues").json() == {
        "open": 0,
        "later": 1,
        "splits": 0,
        "owners": 1,
    }
    (row,) = twins.ask("张行长", "GET", "oneid/pairs", later=True).json()["rows"]
    until = date.fromisoformat(row["until"])
    assert until > TODAY
    Frontier.objects.update(biz_date=until)
    assert twins.ask("张行长", "GET", "oneid/queues").json()["open"] == 1
    Frontier.objects.update(biz_date=until - timedelta(days=1))
    assert twins.decide("张行长", "SAME").status_code == 204
    assert persons() == {1: 1, 2: 1, 3: 1}


def test_a_steward_reveals_a_field_of_the_pair_only_and_on_the_record(twins: Twins) -> None:
    path = f"oneid/pairs/{twins.review.id}/reveal"
    shown = twins.ask("运营", "POST", path, customer_id=3, field="cert")
    assert shown.json() == {"value": "E1234567"}
    entry = AuditEntry.objects.get(action="customer.reveal")
    assert (entry.user, entry.object_id, entry.reason) == (twins.bank.staff["运营"], "3.cert", "VERIFY")
    assert twins.ask("运营", "POST", path, customer_id=4, field="cert").status_code == 404
    assert twins.ask("陈行长", "POST", path, customer_id=3, field="cert").status_code == 404
    assert AuditEntry.objects.filter(action="customer.reveal").count() == 1


# ---- un-merging ----


def split(twins: Twins, who: str = "张行长", customer: int = 2, note: str = "两个人，证件录错") -> Any:
    return twins.ask(who, "POST", "oneid/splits", customer_id=customer, note=note)


def check(twins: Twins, who: str, approve: bool = True, **more: Any) -> Any:
    (row,) = twins.ask("运营", "GET", "oneid/splits").json()
    return twins.ask(who, "POST", f"oneid/splits/{row['id']}/check", approve=approve, **more)


def test_one_asks_and_another_checks_before_a_number_is_taken_out(twins: Twins) -> None:
    assert split(twins).status_code == 204
    assert persons() == {1: 1, 2: 1}
    (asked,) = twins.ask("运营", "GET", "oneid/splits").json()
    assert (asked["mine"], [other["customer_id"] for other in asked["others"]]) == (False, [1])
    own = check(twins, "张行长")
    assert (own.status_code, own.json()["code"]) == (403, "own_request")
    assert persons() == {1: 1, 2: 1}
    assert check(twins, "运营").status_code == 204
    assert persons() == {}
    settle(None, TODAY)  # the night agrees
    assert persons() == {}
    (row,) = twins.ask("运营", "GET", "oneid/decisions").json()["rows"]
    assert (row["verdict"], row["by"], row["checked_by"]) == ("DIFFERENT", "张行长", "运营")
    assert twins.ask("运营", "POST", f"oneid/decisions/{row['id']}/revoke").status_code == 204
    assert persons() == {1: 1, 2: 1}


def test_a_refused_un_merge_changes_nothing_and_can_be_asked_again(twins: Twins) -> None:
    split(twins)
    assert split(twins, "运营").status_code == 409
    assert check(twins, "运营", approve=False).json()["code"] == "note_missing"
    assert check(twins, "运营", approve=False, answer="联网核查为同一人").status_code == 204
    assert persons() == {1: 1, 2: 1}
    assert split(twins, "运营").status_code == 204


def test_an_un_merge_needs_a_reason_a_person_and_sight_of_all_of_it(twins: Twins) -> None:
    assert split(twins, note=" ").json()["code"] == "note_missing"
    assert split(twins, customer=3).json()["code"] == "person_alone"
    assert split(twins, "陈行长").status_code == 404
    pair(2, 4, "K1", MERGE)
    settle(None, TODAY)
    assert split(twins).status_code == 404  # 4 is of another branch
    assert split(twins, "运营").status_code == 204


def test_taking_one_out_leaves_the_others_together(twins: Twins) -> None:
    twins.decide("张行长", "SAME")
    for a, b in ((2, 4), (1, 4)):
        pair(a, b, "K1", MERGE)
    settle(None, TODAY)
    assert persons() == {1: 1, 2: 1, 3: 1, 4: 1}
    split(twins, "运营", customer=1)
    check(twins, "运营二")
    assert persons() == {2: 2, 4: 2}  # 3 hung on 1 alone, whom it is now kept apart from
    same = IdentityDecision.objects.filter(verdict="SAME", ended_at=None)
    assert not same.exists()


def test_two_numbers_that_a_person_joined_come_apart_only_with_a_check(twins: Twins) -> None:
    twins.decide("张行长", "SAME")
    refused = twins.ask("张行长", "POST", f"oneid/decisions/{IdentityDecision.objects.get().id}/revoke")
    assert refused.json()["code"] == "needs_split"
    assert persons() == {1: 1, 2: 1, 3: 1}


# ---- what a person of several numbers means ----


def test_the_customers_page_tells_of_the_numbers_that_the_viewer_sees(twins: Twins) -> None:
    pair(2, 4, "K1", MERGE)
    settle(None, TODAY)

    def told(who: str, of: int) -> Any:
        return twins.ask(who, "GET", f"customers/{of}/person").json()["person"]

    head = told("张行长", 1)
    assert [member["customer_id"] for member in head["members"]] == [1, 2]
    assert (Decimal(head["aum"]), head["whole"]) == (150_000, False)
    assert {manager["name"] for manager in head["managers"]} == {"李", "赵"}
    assert told("李", 1) is None  # 2 is a colleague's
    assert told("孙", 4) is None
    assert told("张行长", 3) is None
    lend(4, twins.bank.staff["赵"].id, TODAY)
    mine = told("赵", 4)
    assert ([m["customer_id"] for m in mine["members"]], mine["whole"]) == ([2, 4], True)  # 1 is not told of
    whole = told("运营", 4)
    assert (len(whole["members"]), whole["whole"], Decimal(whole["aum"])) == (
        3,
        True,
        200_000,
    )  # the band of 450,000
    assert twins.ask("李", "GET", "customers/4/person").status_code == 404


def test_merged_persons_are_listed_and_found_by_name(twins: Twins) -> None:
    page = twins.ask("张行长", "GET", "oneid/persons").json()
    assert [row["one_id"] for row in page["rows"]] == [1]
    assert twins.ask("张行长", "GET", "oneid/persons", q="王芳").json()["total"] == 1
    assert twins.ask("张行长", "GET", "oneid/persons", q="李四").json()["total"] == 0
    assert twins.ask("陈行长", "GET", "oneid/persons").json()["total"] == 0


def lead(twins: Twins, who: str, manager: str | None) -> Any:
    chosen = twins.bank.staff[manager].id if manager else None
    return twins.ask(who, "POST", "oneid/persons/1/lead", manager_id=chosen, note="一家人由李统一联系")


def conflicts(twins: Twins, who: str = "张行长") -> list[int]:
    return [row["one_id"] for row in twins.ask(who, "GET", "oneid/persons", owners=True).json()["rows"]]


def test_who_leads_sees_all_numbers_until_they_come_apart(twins: Twins) -> None:
    assert conflicts(twins) == [1]
    assert lead(twins, "张行长", "孙").json()["code"] == "no_such_choice"
    assert lead(twins, "张行长", "李").status_code == 204
    assert conflicts(twins) == []
    assert twins.ask("李", "GET", "customers/2").status_code == 200
    assert twins.ask("李", "GET", "customers/2/person").json()["person"]["lead"]["name"] == "李"
    assert lead(twins, "张行长", "赵").status_code == 409
    assert (
        Assignment.objects.get(customer_id=2, rel_type="MAIN", end_date=None).user == twins.bank.staff["赵"]
    )
    split(twins)
    check(twins, "运营")
    assert twins.ask("李", "GET", "customers/2").status_code == 404
    assert not PersonLead.objects.filter(ended_at=None).exists()


def test_each_his_own_is_a_decision_too_until_another_manager_comes(twins: Twins) -> None:
    assert lead(twins, "张行长", None).status_code == 204
    assert conflicts(twins) == []
    assert twins.ask("李", "GET", "customers/2").status_code == 404
    twins.decide("张行长", "SAME")
    assert conflicts(twins) == []  # 3 is 赵's: nobody new
    pair(3, 4, "K1", MERGE)
    settle(None, TODAY)
    assert conflicts(twins, "运营") == [1]
    assert conflicts(twins) == []  # not for a head who does not see all of it
    assert lead(twins, "张行长", "李").status_code == 404


def test_a_number_that_joins_later_is_seen_by_who_leads(twins: Twins) -> None:
    lead(twins, "张行长", "李")
    assert twins.ask("李", "GET", "customers/3").status_code == 404
    twins.decide("张行长", "SAME")
    assert twins.ask("李", "GET", "customers/3").status_code == 200


# ---- at once is what the night says ----

NUMBERS = st.integers(1, 6)
PAIRS = st.tuples(NUMBERS, NUMBERS).filter(lambda p: p[0] < p[1])
STEP = st.tuples(PAIRS, st.sampled_from(["SAME", "DIFFERENT", "end"]))


class AtOnce(TestCase):
    @given(
        st.dictionaries(PAIRS, st.sampled_from(["K1", "K2", "K3"]), max_size=7), st.lists(STEP, max_size=7)
    )
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    def test_persons_after_each_decision_are_those_of_the_whole_bank(
        self, found: dict[tuple[int, int], str], steps: list[tuple[tuple[int, int], str]]
    ) -> None:
        bank = a_bank().with_branch("徐汇").with_manager("李")
        for number in range(1, 7):
            bank.with_customer("王芳", id=number)
        for (a, b), rule in found.items():
            pair(a, b, rule, "REVIEW" if rule == "K3" else MERGE)
        settle(None, TODAY)
        user = bank.staff["李"]
        for (a, b), verdict in steps:
            IdentityDecision.objects.filter(a_id=a, b_id=b, ended_at=None).update(
                ended_at="2026-10-30T00:00Z"
            )
            if verdict != "end":
                IdentityDecision.objects.create(a_id=a, b_id=b, verdict=verdict, by=user)
            settle([a, b], TODAY)
            at_once = persons()
            edges = [Edge(x, y, rule, 1.0) for (x, y), rule in found.items() if rule != "K3"]
            said = IdentityDecision.objects.filter(ended_at=None).values_list("a_id", "b_id", "verdict")
            edges += [Edge(x, y, SAME, 1.0) for x, y, v in said if v == "SAME"]
            expected = resolve(edges, [(x, y) for x, y, v in said if v == "DIFFERENT"])
            assert at_once == {n: m.one_id for n, m in expected.items()}
            assert settle(None, TODAY) == set()
            assert {m.customer_id: m.rule for m in PersonMember.objects.all()} == {
                n: m.rule for n, m in expected.items()
            }


@pytest.mark.django_db(transaction=True)
def test_of_two_stewards_at_the_same_time_one_decides() -> None:
    twins = Twins(a_bank())
    answers: list[str] = []
    gate = threading.Barrier(2)

    def say(who: str, verdict: str) -> None:
        gate.wait()
        try:
            decide(twins.bank.viewer(who), twins.review.id, verdict)
            answers.append(verdict)
        except Exception as refused:
            answers.append(getattr(refused, "code", repr(refused)))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=say, args=pair_) for pair_ in (("运营", "SAME"), ("张行长", "DIFFERENT"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stands = IdentityDecision.objects.get(ended_at=None)
    assert sorted(answers) == sorted([stands.verdict, "decided_meanwhile"])
    assert (3 in persons()) == (stands.verdict == "SAME")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
