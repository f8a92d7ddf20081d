"""Whoever asks sees own ∪ co-managed ∪ the orgs their role oversees: no more by any door, and no less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank, statements
from yinke.access.viewer import OWN_ONLY, SUBTREE
from yinke.customers.models import Assignment
from yinke.customers.queries import visible

pytestmark = pytest.mark.django_db

ROLES = ("RM", "WM", "BR_MGR", "RETAIL_MGR", "HQ_OPS", "COMPLIANCE", "AUDITOR", "SYS_ADMIN", "TELLER")
DETAILS = ("", "/timeline", "/aum", "/holdings", "/transactions", "/tasks")
"""What hangs below ``/api/customers/{id}``."""

trees = st.lists(st.integers(0, 7), min_size=1, max_size=7)
"""Parent of each org by position: an earlier org, or the head office."""
people = st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 7)), min_size=1, max_size=5)
owned = st.lists(
    st.tuples(st.integers(0, 7), st.none() | st.integers(0, 4), st.lists(st.integers(0, 4), max_size=2), st.booleans()),
    min_size=1, max_size=8,
)  # fmt: skip
"""Customers: org, main manager, co-managers, whether the assignments have ended."""


def build(
    tree: list[int], staff: list[tuple[str, int]], customers: list[tuple[int, int | None, list[int], bool]]
) -> Bank:
    bank = a_bank()
    names = ["总行"]
    for number, parent in enumerate(tree):
        bank.with_org(f"机构{number}", under=names[parent % len(names)])
        names.append(f"机构{number}")
    for number, (role, org) in enumerate(staff):
        bank.with_staff(f"员工{number}", role, at=names[org % len(names)])
    for number, (org, main, co, ended) in enumerate(customers):
        main = None if main is None else main % len(staff)
        others = {person % len(staff) for person in co} - {main}
        bank.with_customer(
            f"客户{number}", at=names[org % len(names)], of=None if main is None else f"员工{main}",
            co=[f"员工{person}" for person in sorted(others)],
        )  # fmt: skip
        if ended:
            Assignment.objects.filter(customer=bank.customers[f"客户{number}"]).update(
                end_date=date(2026, 1, 1)
            )
    return bank


def naive(bank: Bank, name: str) -> set[int]:
    """The scope in plain words, customer by customer and org by org."""
    user = bank.staff[name]
    seen = set()
    for customer in bank.customers.values():
        mine = any(a.user_id == user.id and a.end_date is None for a in customer.assignments.all())
        above = set()
        at = customer.org
        while at is not None:
            above.add(at.id)
            at = at.parent
        oversees = user.role in SUBTREE and user.org_id in above
        if user.role in (*OWN_ONLY, *SUBTREE) and user.role != "AUDITOR" and (mine or oversees):
            seen.add(customer.id)
    return seen


@settings(max_examples=20)
@given(trees, people, owned)
def test_list_and_every_detail_show_exactly_the_scope(
    tree: list[int], staff: list[tuple[str, int]], customers: list[tuple[int, int | None, list[int], bool]]
) -> None:
    with transaction.atomic():
        bank = build(tree, staff, customers)
        for name in bank.staff:
            expected = naive(bank, name)
            assert set(visible(bank.viewer(name)).values_list("id", flat=True)) == expected
            client = bank.client(name)
            listed = client.get("/api/customers")
            if not bank.viewer(name).may("customer.read"):
                assert listed.status_code == 403
                continue
            body = listed.json()
            assert {row["id"] for row in body["rows"]} == expected
            assert body["total"] == len(expected)
            for customer in bank.customers.values():
                answer = client.get(f"/api/customers/{customer.id}")
                assert answer.status_code == (200 if customer.id in expected else 404)
        transaction.set_rollback(True)


@pytest.fixture
def two_branches() -> Iterator[Bank]:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_head("陈").with_customer("张三丰")
    yield bank.with_branch("静安").with_manager("王").with_head("赵").with_customer("欧阳晓晓")


@pytest.mark.parametrize("part", DETAILS)
def test_a_guessed_id_gives_the_same_answer_as_one_that_does_not_exist(two_branches: Bank, part: str) -> None:
    other = two_branches.customers["欧阳晓晓"].id
    for name in ("李", "陈"):
        client = two_branches.client(name)
        guessed, missing = (
            client.get(f"/api/customers/{other}{part}"),
            client.get(f"/api/customers/987654{part}"),
        )
        assert guessed.status_code == missing.status_code == 404
        assert guessed.content.replace(str(other).encode(), b"") == missing.content.replace(b"987654", b"")


@pytest.mark.parametrize("q", ["欧阳晓晓", "oyxx", "13912345678", "C00000002", "o"])
def test_no_search_finds_a_customer_of_another_branch(two_branches: Bank, q: str) -> None:
    assert two_branches.client("李").get("/api/customers", {"q": q}).json()["rows"] == []


def test_filters_narrow_the_scope_and_never_widen_it(two_branches: Bank) -> None:
    bank = two_branches
    client = bank.client("陈")
    for wanted in ({"manager": bank.staff["王"].id}, {"org": bank.orgs["静安"].id}, {"pool": True}):
        assert client.get("/api/customers", wanted).json()["rows"] == []
    inside = client.get("/api/customers", {"org": bank.orgs["总行"].id}).json()["rows"]
    assert [row["name"] for row in inside] == ["张三丰"]


def test_a_branch_manager_sees_those_of_other_branches_that_are_their_own(two_branches: Bank) -> None:
    bank = two_branches.with_customer("陆小凤", at="静安", of="陈")
    names = {row["name"] for row in bank.client("陈").get("/api/customers").json()["rows"]}
    assert names == {"张三丰", "陆小凤"}


def test_a_customer_handed_over_is_out_of_sight_at_once(two_branches: Bank) -> None:
    bank = two_branches
    client, customer = bank.client("李"), bank.customers["张三丰"].id
    assert client.get(f"/api/customers/{customer}").status_code == 200
    Assignment.objects.filter(customer_id=customer).update(end_date=TODAY)
    assert client.get(f"/api/customers/{customer}").status_code == 404
    assert client.get("/api/customers").json()["total"] == 0


@pytest.mark.parametrize(("name", "budget"), [("李", 18), ("陈", 20), ("运营", 18)])
def test_the_list_asks_a_fixed_number_of_questions(two_branches: Bank, name: str, budget: int) -> None:
    bank = two_branches.with_staff("运营", "HQ_OPS", at="总行")
    for number in range(60):
        bank.with_customer(f"客户{number}", of="李", at="徐汇")
    client = bank.client(name)
    assert len(client.get("/api/customers", {"sort": "-mda"}).json()["rows"]) == 50
    assert statements(lambda: client.get("/api/customers", {"sort": "-mda"})) <= budget


@pytest.mark.parametrize(("part", "budget"), [("", 18), ("/timeline", 12)])
def test_a_customer_asks_a_fixed_number_of_questions(two_branches: Bank, part: str, budget: int) -> None:
    client = two_branches.client("李")
    page = f"/api/customers/{two_branches.customers['张三丰'].id}{part}"
    assert client.get(page).status_code == 200
    assert statements(lambda: client.get(page)) <= budget
