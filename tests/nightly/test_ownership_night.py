"""A night lets a due handover take effect on the figures of the very day before, and the next nights leave it."""

from __future__ import annotations

import pytest

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank
from yinke.access.models import User
from yinke.care.models import Task
from yinke.customers.models import Assignment, Customer, Handover, HandoverItem, Metrics

pytestmark = pytest.mark.django_db
SECOND, THIRD = following(FIRST, 1), following(FIRST, 2)


def owner() -> str:
    return Assignment.objects.get(customer__cust_no="C1", rel_type="MAIN", end_date=None).user.emp_no


def test_a_handover_takes_effect_with_the_night_before_its_day_and_stands(bank: NightBank) -> None:
    bank.send(FIRST)
    assert bank.run(FIRST).status == "SUCCEEDED"
    giver, receiver = User.objects.get(emp_no="E1"), User.objects.get(emp_no="E2")
    made = Handover.objects.create(
        giver=giver, receiver=receiver, giver_org=giver.org, receiver_org=receiver.org, sides=["GIVING"],
        reason="CAPACITY", status="APPROVED", made_by=giver, effective_on=THIRD,
    )  # fmt: skip
    HandoverItem.objects.create(handover=made, customer=Customer.objects.get(cust_no="C1"), is_held=True)
    assert owner() == "E1"
    bank.send(SECOND)
    assert bank.run(SECOND).status == "SUCCEEDED"
    made.refresh_from_db()
    assert (made.status, owner()) == ("EFFECTIVE", "E2")
    item = HandoverItem.objects.get()
    assert (item.status, item.baseline_on, item.is_held) == ("MOVED", SECOND, False)
    assert item.aum == Metrics.objects.get(customer__cust_no="C1").aum
    task = Task.objects.get(customer__cust_no="C1", status__in=Task.OPEN)
    assert task.assignee == receiver
    frozen = (item.aum, item.mda)
    bank.send(THIRD)
    assert bank.run(THIRD).status == "SUCCEEDED"
    item.refresh_from_db()
    assert (owner(), (item.aum, item.mda), item.baseline_on) == ("E2", frozen, SECOND)
    assert bank.run(SECOND, rebuild=True).status == "SUCCEEDED"
    assert owner() == "E2"
