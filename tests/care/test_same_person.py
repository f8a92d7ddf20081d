"""同一人: a wish not to be disturbed, said to one manager, holds for the numbers that others manage."""

from __future__ import annotations

import pytest

from tests.bank import TODAY
from tests.care.nights import ONE, TaskBank, event
from tests.care.test_record_contact import on_the_work_day, slip  # noqa: F401  (a fixture that acts by itself)
from yinke.care.models import DoNotDisturb, Task
from yinke.care.services.record_contact import record_contact
from yinke.care.services.withdraw import withdraw
from yinke.customers.models import PersonMember


@pytest.fixture
def one(bank: TaskBank) -> TaskBank:
    """赵一 (李's) and 钱二 (王's) are one person, each with an open task; 孙三 is somebody else."""
    for customer in (bank.zhao, bank.qian):
        PersonMember.objects.create(customer=customer, one_id=bank.zhao.id, rule="K1", score=1, since=TODAY)
    bank.customer("孙三")
    bank.night(*(event("E08", bank.customers[name]) for name in ("赵一", "钱二", "孙三")))
    return bank


def open_tasks() -> set[str]:
    names = {1: "赵一", 2: "钱二", 3: "孙三"}
    return {names[t.customer_id] for t in Task.objects.filter(status__in=Task.OPEN)}


def test_a_wish_recorded_for_one_number_cancels_the_tasks_of_the_others(one: TaskBank) -> None:
    assert open_tasks() == {"赵一", "钱二", "孙三"}
    contact = record_contact(one.viewer("李"), one.zhao.id, slip("DND_REQUEST"))
    assert open_tasks() == {"孙三"}
    assert Task.objects.get(customer=one.qian).status == "CANCELLED"
    withdraw(one.viewer("李"), contact.id)
    assert open_tasks() == {"赵一", "钱二", "孙三"}


def test_a_service_task_of_another_number_stays(one: TaskBank) -> None:
    one.night(event("E16", one.qian, on=TODAY + ONE))
    assert Task.objects.filter(customer=one.qian, reasons__type="E16").exists()
    record_contact(one.viewer("李"), one.zhao.id, slip("DND_REQUEST"))
    assert open_tasks() == {"钱二", "孙三"}


def test_the_nights_raise_nothing_for_any_number_until_it_ends(one: TaskBank) -> None:
    Task.objects.all().delete()
    wish = DoNotDisturb.objects.create(customer=one.qian, source="RM", until=TODAY + 2 * ONE)
    made = one.night(
        *(event("E08", one.customers[name], on=TODAY + ONE) for name in ("赵一", "钱二", "孙三"))
    )
    assert (made.tasks, made.muted) == (1, 2)
    assert open_tasks() == {"孙三"}
    one.night(event("E08", one.zhao, on=TODAY + 2 * ONE))
    assert open_tasks() == {"孙三", "赵一"}  # the list of the day after the wish's last
    wish.delete()
