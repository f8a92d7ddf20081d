"""关系: written down by hand or followed from the data, read from both ends, never telling of the hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.bank import TODAY, Bank, a_bank, statements
from tests.customers.test_write_back import FRIDAY, Night, customer, snapshot
from yinke.access.models import AuditEntry
from yinke.customers.models import Customer, Relationship

pytestmark = pytest.mark.django_db


def a_town() -> Bank:
    return (
        a_bank().with_branch("徐汇").with_manager("李").with_head("陈").with_staff("运营", "HQ_OPS", at="总行")
        .with_staff("合规", "COMPLIANCE", at="总行")
        .with_customer("张三丰", aum="1234567.89", metrics={"lum": 200_000, "categories": 4})
        .with_customer("赵敏", aum="500000", metrics={"lum": 100_000, "categories": 3})
        .with_branch("静安").with_manager("王").with_customer("周芷若", aum=777_777)
    )  # fmt: skip


@pytest.fixture
def bank() -> Bank:
    return a_town()


def post(bank: Bank, who: str, path: str, **body: Any) -> Any:
    return bank.client(who).post(f"/api/{path}", json.dumps(body), content_type="application/json")


def add(bank: Bank, who: str, name: str, second: str, kind: str = "HOUSEHOLD", **body: Any) -> Any:
    told = {"kind": kind, "other": bank.customers[second].cust_no, "evidence": "客户十月来行时说的", **body}
    return post(bank, who, f"customers/{bank.customers[name].id}/relationships", **told)


def graph(bank: Bank, who: str, name: str) -> dict[str, Any]:
    answer = bank.client(who).get(f"/api/customers/{bank.customers[name].id}/relationships")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def feed(bank: Bank, kind: str, name: str, other: str | None = None, **fields: Any) -> Relationship:
    return Relationship.objects.create(
        kind=kind, customer=bank.customers[name], other=bank.customers[other] if other else None, source="FEED",
        valid_from=TODAY, **{"confidence": 60, **fields},
    )  # fmt: skip


def test_a_guarantee_is_read_from_both_ends_with_its_direction(bank: Bank) -> None:
    assert add(bank, "李", "张三丰", "赵敏", "GUARANTOR").status_code == 200
    here, there = (graph(bank, "李", name) for name in ("张三丰", "赵敏"))
    (edge,), (same,) = here["edges"], there["edges"]
    assert (edge["begin"], edge["end"]) == (here["center"], there["center"])
    assert (same["begin"], same["end"]) == (here["center"], there["center"])
    assert (edge["source"], edge["evidence"], edge["made_by"]) == ("HAND", "客户十月来行时说的", "李")


def test_the_other_way_round_the_other_guarantees(bank: Bank) -> None:
    add(bank, "李", "张三丰", "赵敏", "GUARANTOR", outward=False)
    relation = Relationship.objects.get()
    assert (relation.customer, relation.other) == (bank.customers["赵敏"], bank.customers["张三丰"])


def test_of_another_managers_customer_only_that_there_is_one(bank: Bank) -> None:
    assert add(bank, "李", "张三丰", "周芷若").status_code == 200
    feed(bank, "TRANSFERS", "周芷若", "张三丰", evidence="months=4,txns=9,amount=23000.00")
    answer = bank.client("李").get(f"/api/customers/{bank.customers['张三丰'].id}/relationships")
    hidden = [node for node in answer.json()["nodes"] if node["kind"] == "HIDDEN"]
    assert hidden == [
        {"key": "hidden:1", "kind": "HIDDEN", "id": None, "name": "", "tier": None, "stage": None, "aum": None, "manager": None}
    ]  # fmt: skip
    stranger = bank.customers["周芷若"]
    text = answer.content.decode()
    assert not [
        word
        for word in ("周芷若", stranger.cust_no, "777777", "王", f"customer:{stranger.id}")
        if word in text
    ]
    assert {node["kind"] for node in graph(bank, "陈", "张三丰")["nodes"]} == {"CUSTOMER", "HIDDEN"}
    assert {node["kind"] for node in graph(bank, "运营", "张三丰")["nodes"]} == {"CUSTOMER"}


@pytest.mark.parametrize("who", ["运营", "合规"])
def test_masked_roles_see_masked_names_and_bands(bank: Bank, who: str) -> None:
    add(bank, "李", "张三丰", "赵敏")
    feed(bank, "TRANSFERS", "张三丰", "赵敏", evidence="months=4,txns=9,amount=23456.00")
    found = graph(bank, who, "张三丰")
    assert found["banded"]
    assert {node["name"] for node in found["nodes"]} == {"张*丰", "赵*"}
    assert (found["household"]["aum"], found["household"]["lum"]) == ("1000000", "200000")
    assert [edge["amount"] for edge in found["edges"] if edge["kind"] == "TRANSFERS"] == ["10000"]
    assert "23456" not in str(found)


def test_a_household_sums_the_members_whom_one_sees(bank: Bank) -> None:
    add(bank, "李", "张三丰", "赵敏")
    feed(bank, "HOUSEHOLD", "张三丰", "赵敏")
    add(bank, "李", "张三丰", "周芷若")
    assert graph(bank, "李", "张三丰")["household"] == {
        "members": 2, "hidden": 1, "aum": "1734567.89", "lum": "300000.00", "categories": 7,
    }  # fmt: skip


def test_an_employer_shows_ones_own_customers_there_and_how_many_more(bank: Bank) -> None:
    for name in ("张三丰", "赵敏", "周芷若"):
        feed(bank, "EMPLOYER", name, party="500005")
    found = bank.client("李").get("/api/relationships/party", {"party": "500005"}).json()
    assert [node["name"] for node in found["nodes"]] == ["张三丰", "赵敏", "500005"]
    assert found["more"] == 1
    assert bank.client("李").get("/api/relationships/party", {"party": "500006"}).status_code == 404
    Relationship.objects.filter(customer__in=[bank.customers[n].id for n in ("张三丰", "赵敏")]).delete()
    assert bank.client("李").get("/api/relationships/party", {"party": "500005"}).status_code == 404


def test_ending_keeps_the_row_says_who_and_why_and_is_accounted_for(bank: Bank) -> None:
    made = add(bank, "李", "张三丰", "赵敏").json()["id"]
    assert post(bank, "陈", f"relationships/{made}/end", reason="客户来电说已离婚").status_code == 200
    row = Relationship.objects.get()
    assert (row.ended_by, row.end_reason) == (bank.staff["陈"], "客户来电说已离婚")
    assert graph(bank, "李", "张三丰")["edges"] == []
    assert post(bank, "李", f"relationships/{made}/end", reason="再来一次").status_code == 404
    assert add(bank, "李", "张三丰", "赵敏").status_code == 200
    entries = AuditEntry.objects.order_by("id").values_list("action", "user__name", "object_id")
    customer_id = str(bank.customers["张三丰"].id)
    assert list(entries) == [
        ("relationship.begin", "李", customer_id), ("relationship.end", "陈", customer_id),
        ("relationship.begin", "李", customer_id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"evidence": " "}, 400, "evidence_wanted"), ({"evidence": "电话 138 1234 5678 里说的"}, 400, "evidence_wanted"),
        ({"other": "C99999999"}, 404, "not_found"), ({"kind": "TRANSFERS"}, 422, "invalid"),
        ({"party": "江城机械"}, 400, "no_such_choice"), ({"other": "C00000001"}, 400, "relation_to_self"),
    ],
)  # fmt: skip
def test_what_makes_no_relationship_is_refused_and_leaves_no_trace(
    bank: Bank, change: dict[str, str], status: int, code: str
) -> None:
    answer = add(bank, "李", "张三丰", "赵敏", **change) if "kind" not in change else add(
        bank, "李", "张三丰", "赵敏", change["kind"]
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Relationship.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_same_twice_is_known_already(bank: Bank) -> None:
    assert add(bank, "李", "张三丰", "赵敏").status_code == 200
    answer = add(bank, "李", "赵敏", "张三丰")
    assert (answer.status_code, answer.json()["code"]) == (400, "relation_known")


def test_nobody_writes_about_a_customer_whom_he_does_not_see(bank: Bank) -> None:
    assert add(bank, "王", "张三丰", "周芷若").status_code == 404
    made = add(bank, "李", "张三丰", "赵敏").json()["id"]
    assert post(bank, "王", f"relationships/{made}/end", reason="不对").status_code == 404
    assert add(bank, "运营", "张三丰", "赵敏").status_code == 403
    assert Relationship.objects.get().valid_to is None


def test_the_database_keeps_out_what_is_no_relationship(bank: Bank) -> None:
    with pytest.raises(IntegrityError):
        feed(bank, "HOUSEHOLD", "张三丰", "张三丰")


def test_a_company_has_no_other_customer(bank: Bank) -> None:
    answer = add(bank, "李", "张三丰", "赵敏", "COMPANY_OWNER", other="", party="江城机械有限公司")
    assert answer.status_code == 200
    (edge,) = graph(bank, "李", "张三丰")["edges"]
    assert edge["end"] == "party:江城机械有限公司"


class Scope(TestCase):
    """Whatever stands between whom: no graph tells of a customer beyond the viewer's scope."""

    @settings(max_examples=12)
    @given(
        ties=st.lists(
            st.tuples(
                st.integers(0, 4), st.integers(0, 4), st.sampled_from(["HOUSEHOLD", "GUARANTOR", "TRANSFERS"])
            ),
            max_size=8,
        ),
        mine=st.sets(st.integers(0, 4), min_size=1),
    )
    def test_only_those_in_scope_have_a_name(self, ties: list[tuple[int, int, str]], mine: set[int]) -> None:
        bank = a_bank().with_branch("徐汇").with_manager("李").with_manager("王")
        for n in range(5):
            bank.with_customer(f"客户{n}", of="李" if n in mine else "王", aum=1_000_000 + n)
        people = [bank.customers[f"客户{n}"] for n in range(5)]
        for a, b, kind in {tie for tie in ties if tie[0] != tie[1]}:
            Relationship.objects.create(
                kind=kind, customer=people[a], other=people[b], source="FEED", valid_from=TODAY
            )
        for n in mine:
            text = bank.client("李").get(f"/api/customers/{people[n].id}/relationships").content.decode()
            for other in set(range(5)) - mine:
                assert f"客户{other}" not in text
                assert f"100000{other}" not in text
                assert f'"id":{people[other].id},"name"' not in text
            drawn = {node["id"] for node in json.loads(text)["nodes"] if node["id"]}
            near = {b for a, b, _ in ties if a == n} | {a for a, b, _ in ties if b == n} | {n}
            assert drawn == {people[one].id for one in near & mine}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    yield Night(tmp_path)


def relation(kind: str, cust: int, other: int | None = None, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "cust_id": cust, "other_id": other, "party": "", "confidence": 60, **fields}


def standing() -> set[tuple[Any, ...]]:
    rows = Relationship.objects.filter(valid_to=None)
    return set(rows.values_list("kind", "customer_id", "other_id", "party", "evidence"))


class Nights:
    def __init__(self, night: Night) -> None:
        self.night, self.day = night, FRIDAY

    def run(self, *relations: dict[str, Any]) -> None:
        people = [customer(n) for n in (1, 2, 3)]
        self.night.run(self.day, people, [snapshot(n) for n in (1, 2, 3)], relation=list(relations))
        self.day += timedelta(days=1)


def test_relations_of_the_data_begin_renew_and_end_with_the_nights(night: Night) -> None:
    nights = Nights(night)
    pays = relation("TRANSFERS", 1, 2, months=3, txns=4, amount=90)
    nights.run(pays, relation("EMPLOYER", 1, party="U7", since=date(2026, 2, 5)))
    assert standing() == {
        ("TRANSFERS", 1, 2, "", "months=3,txns=4,amount=90.00"),
        ("EMPLOYER", 1, None, "U7", ""),
    }
    assert Relationship.objects.get(kind="EMPLOYER").valid_from == date(2026, 2, 5)
    nights.run({**pays, "months": 4, "txns": 5, "amount": 95}, relation("HOUSEHOLD", 2, 3))
    assert standing() == {
        ("TRANSFERS", 1, 2, "", "months=4,txns=5,amount=95.00"),
        ("HOUSEHOLD", 2, 3, "", ""),
    }
    ended = Relationship.objects.get(kind="EMPLOYER")
    assert ended.valid_to == FRIDAY + timedelta(days=1)
    nights.run(relation("HOUSEHOLD", 2, 3), relation("EMPLOYER", 1, party="U7"))
    assert Relationship.objects.filter(kind="EMPLOYER").count() == 2


def test_written_again_from_nothing_known_the_relations_are_the_same(night: Night) -> None:
    nights = Nights(night)
    nights.run(relation("HOUSEHOLD", 1, 2), relation("HOUSEHOLD", 2, 3))
    before = standing()
    night.since = None
    nights.run(relation("HOUSEHOLD", 1, 2), relation("HOUSEHOLD", 2, 3))
    assert standing() == before
    assert Relationship.objects.count() == 2
    night.since = None
    nights.run(relation("HOUSEHOLD", 1, 2))
    assert standing() == {("HOUSEHOLD", 1, 2, "", "")}


def test_what_a_person_has_ended_the_data_do_not_bring_back(night: Night) -> None:
    nights = Nights(night)
    nights.run(relation("HOUSEHOLD", 1, 2))
    by = a_bank().with_branch("徐汇二").with_manager("李").staff["李"]
    Relationship.objects.update(valid_to=FRIDAY, ended_by=by)
    night.since = None
    nights.run(relation("HOUSEHOLD", 1, 2))
    assert standing() == set()


def test_the_map_costs_the_same_few_statements_however_many_stand_on_it(bank: Bank) -> None:
    bank.with_branch("徐汇三", under="总行")
    for n in range(40):
        bank.with_customer(f"亲{n}", of="李")
        feed(bank, "HOUSEHOLD", "张三丰", f"亲{n}")
    client = bank.client("李")
    assert statements(lambda: client.get(f"/api/customers/{bank.customers['张三丰'].id}/relationships")) <= 13
    assert Customer.objects.count() > 40
