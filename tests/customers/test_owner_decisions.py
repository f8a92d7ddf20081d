"""What Yinke decides about ownership survives the nights, until the core bank's file itself names somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.customers.test_write_back import FRIDAY, ORGS, STAFF, Night, customer, snapshot
from yinke.access.models import AuditEntry, Org, User
from yinke.customers.models import Assignment, Customer, Metrics, OwnerDecision
from yinke.customers.services.owning import HANDOVER, RETURN, give, lock
from yinke.customers.services.write_back import write_back

pytestmark = pytest.mark.django_db
PEOPLE = [*STAFF, {**STAFF[0], "emp_no": "E3", "name": "赵经理"}]


def day(number: int) -> date:
    return FRIDAY + timedelta(days=number)


class Bank(Night):
    """Nights of one customer, and what Yinke does between them."""

    def sleep(
        self, number: int, manager: str | None, staff: list[dict[str, Any]] = PEOPLE, **fields: Any
    ) -> None:
        on = day(number)
        self.run(on, [customer(1, manager_no=manager, **fields)], [snapshot(1, on=on)], staff=staff)

    def decide(self, number: int, emp_no: str | None, org: str | None = None) -> None:
        user = User.objects.get(emp_no=emp_no).id if emp_no else None
        with transaction.atomic():
            lock([1])
            give(
                [1],
                user,
                day(number),
                HANDOVER if emp_no else RETURN,
                org_id=Org.objects.get(org_no=org).id if org else None,
            )


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    bank = Bank(tmp_path)
    bank.sleep(0, "E1")
    return bank


def owner() -> str | None:
    return (
        Assignment.objects.filter(end_date=None, rel_type="MAIN")
        .values_list("user__emp_no", flat=True)
        .first()
    )


@pytest.mark.parametrize("decided", ["E2", None])
def test_a_decision_survives_the_nights_in_which_the_file_names_the_old_manager(
    bank: Bank, decided: str | None
) -> None:
    bank.decide(0, decided)
    for number in (1, 2):
        bank.sleep(number, "E1", occupation=f"第{number}种")
        assert owner() == decided
    bank.since = None  # nothing known of what PostgreSQL holds: every row is looked at
    bank.sleep(3, "E1")
    assert owner() == decided


def test_the_file_wins_once_it_names_another_manager_and_that_is_noted(bank: Bank) -> None:
    bank.decide(0, "E2")
    bank.sleep(1, "E3")
    assert owner() == "E3"
    assert not OwnerDecision.objects.exists()
    entry = AuditEntry.objects.get(action="ownership.core")
    assert (entry.object_id, entry.user) == ("1", None)
    bank.sleep(2, "E1")
    assert owner() == "E1"


def test_a_file_that_comes_to_name_whom_yinke_chose_is_followed_from_then_on(bank: Bank) -> None:
    bank.decide(0, "E2")
    bank.sleep(1, "E2")
    assert (owner(), OwnerDecision.objects.count()) == ("E2", 0)
    assert not AuditEntry.objects.filter(action="ownership.core").exists()
    bank.sleep(2, "E3")
    assert owner() == "E3"


def test_a_file_that_names_nobody_or_a_stranger_takes_nothing_away(bank: Bank) -> None:
    bank.decide(0, "E2")
    bank.sleep(1, None)
    assert owner() == "E2"
    bank.sleep(2, "E9")
    assert owner() == "E2"
    bank.sleep(3, "E1")
    assert owner() == "E1"


def test_customers_of_one_who_left_stay_with_whom_they_were_handed_to(bank: Bank) -> None:
    gone = [{**PEOPLE[0], "status": "LEFT"}, *PEOPLE[1:]]
    bank.sleep(1, "E1", gone)
    assert owner() == "E1"
    bank.decide(1, "E2")
    bank.sleep(2, "E1", gone)
    bank.sleep(3, "E1", gone[1:])
    assert owner() == "E2"
    bank.sleep(4, "E1", PEOPLE)  # the old manager comes back; the file has said nothing new
    assert owner() == "E2"


def test_a_customer_who_moved_to_another_outlet_stays_there_whatever_else_the_file_changes(
    bank: Bank,
) -> None:
    bank.decide(0, "E2", org="12")
    bank.sleep(1, "E1", occupation="医生")
    assert Customer.objects.get(id=1).org.org_no == "12"
    merged = [ORGS[0], ORGS[1], {**ORGS[2], "status": "CLOSED", "successor_no": "11"}]
    bank.run(day(2), [customer(1)], [snapshot(1, on=day(2))], staff=PEOPLE, org=merged)
    assert Customer.objects.get(id=1).org.org_no == "11"


def test_a_night_changes_no_assignment_of_those_whose_manager_the_files_leave_alone(bank: Bank) -> None:
    bank.decide(0, "E2")
    before = list(Assignment.objects.order_by("id").values())
    bank.sleep(1, "E1")
    assert list(Assignment.objects.order_by("id").values()) == before


names = st.sampled_from(["E1", "E2", "E3", "E9", None])
steps = st.lists(st.tuples(st.sampled_from(["file", "decide"]), names), min_size=1, max_size=8)


@settings(max_examples=15)
@given(steps, st.booleans())
def test_any_order_of_nights_and_decisions_gives_what_the_rule_says(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, str | None]], whole: bool
) -> None:
    """The rule in plain words beside the SQL; ``whole``: each night compares everything, not the difference."""
    for table in (OwnerDecision, Assignment, Metrics, Customer):
        table.objects.all().delete()
    bank = Bank(tmp_path_factory.mktemp("lake"))
    bank.sleep(0, "E1")
    expected: str | None = "E1"
    said: str | None = None  # what the file said when Yinke decided; None: Yinke has not decided
    for number, (what, name) in enumerate(story, 1):
        if what == "decide":
            name = None if name == "E9" else name
            if said is None:
                said = expected or ""
            if name != owner():
                bank.decide(number, name)
            expected = name
            if not OwnerDecision.objects.exists():
                said = None
        else:
            if whole:
                bank.since = None
            bank.sleep(number, name)
            known = name if name in ("E1", "E2", "E3") else None
            if said is None:
                expected = known
            elif known and known != said:
                expected, said = known, None
            elif name is None:
                said = ""
        assert owner() == expected
        assert Assignment.objects.filter(end_date=None, rel_type="MAIN").count() <= 1


def test_two_days_compared_whole_or_by_difference_heed_the_same_decisions(bank: Bank) -> None:
    bank.decide(0, "E2")
    published = bank.publish(day(1), [customer(1)], [snapshot(1, on=day(1))], staff=PEOPLE)
    bank.write(published)
    assert write_back(published, None, day(1)).assignments == 0
    assert owner() == "E2"
