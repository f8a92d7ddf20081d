"""手工待办: planned by those who may, for whom it may, once; on the list at once, in the order of what is at stake."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.bank import TODAY
from tests.care.nights import ONE, WORKDAY, TaskBank, event
from yinke.access.models import AuditEntry, Org
from yinke.care.models import DoNotDisturb, Reason, Task
from yinke.care.services.record_contact import Account, record_contact
from yinke.common.workdays import next_workday
from yinke.customers.models import Customer
from yinke.scoring.models import ChurnAlert

pytestmark = pytest.mark.django_db
DUE = next_workday(WORKDAY)
"""TODAY is a Friday: the list of Saturday is made, and Monday is the first working day."""


class Planner:
    """One member of staff who plans by the API."""

    def __init__(self, bank: TaskBank, who: str) -> None:
        self.client = bank.client(who)

    def post(self, path: str, *customers: Customer, status: int = 200, **more: Any) -> Any:
        body = {"customer_ids": [c.id for c in customers], "kind": "H01", **more}
        answer = self.client.post(f"/api/tasks/by-hand{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def plan(self, *customers: Customer, due: date = DUE, key: str = "request-1", **more: Any) -> Any:
        return self.post("", *customers, due_on=str(due), request_key=key, **more)

    def list(self) -> list[Any]:
        return self.client.get("/api/workbench").json()["tasks"]  # type: ignore[no-any-return]


def test_a_manager_plans_and_takes_back(bank: TaskBank) -> None:
    bank.night(event("E11", bank.qian, priority=3, stands=9))
    li = Planner(bank, "李")
    check = li.post("/check", bank.zhao)
    assert check["lines"][0]["assignee"]["name"] == "李" and check["workdays"][0] == str(DUE)
    for _ in range(2):  # the same click sent twice
        (line,) = li.plan(bank.zhao, note="谈养老规划")["lines"]
    task = Task.objects.get(customer=bank.zhao)
    assert (line["task_id"], task.assignee, task.due_on, task.by_hand) == (task.id, bank.li, DUE, True)
    (shown,) = li.list()
    (reason,) = shown["reasons"]
    assert reason["text"] == "李安排：回访电话，谈养老规划" and (reason["by"], reason["due_on"]) == (
        "李",
        str(DUE),
    )
    assert li.plan(bank.zhao, key="request-2", status=400)["code"] == "task_planned_already"
    assert (
        li.plan(bank.zhao, kind="H02", due=date(2026, 11, 1), status=400)["code"] == "bad_due_date"
    )  # a Sunday
    assert li.plan(bank.zhao, kind="H02", note="回电 13812345678", status=400)["code"] == "note_personal"
    assert li.plan(bank.qian, status=404)["code"] == "not_found"
    assert li.post("/withdraw", bank.zhao, request_key="request-1")["tasks"] == 1
    assert li.post("/withdraw", bank.zhao, request_key="request-1")["tasks"] == 0
    task.refresh_from_db()
    assert task.status == "CANCELLED" and li.list() == []
    deeds = (
        AuditEntry.objects.filter(action__startswith="task.").order_by("id").values_list("action", "reason")
    )
    assert list(deeds) == [("task.make", "H01"), ("task.take_back", "H01")]


def test_a_head_plans_for_the_managers_and_an_open_task_takes_it_up(bank: TaskBank) -> None:
    nobodys = bank.customer("孙三", of=None)
    bank.night(event("E11", bank.zhao, priority=3, stands=9))
    task = Task.objects.get()
    Task.objects.update(status="IN_PROGRESS", next_on=WORKDAY + 20 * ONE, is_overflow=True)
    head = Planner(bank, "张行长")
    lines = head.plan(bank.zhao, bank.qian, nobodys, kind="H02")["lines"]
    assert [line["assignee"] and line["assignee"]["name"] for line in lines] == ["李", "王", None]
    assert Task.objects.get(customer=nobodys).org == Org.objects.get(id=bank.branch.id)
    task.refresh_from_db()
    assert (task.priority, task.due_on, task.next_on, task.is_overflow) == (2, DUE, DUE, False)
    assert {reason.type for reason in task.reasons.all()} == {"E11", "H02"}
    bank.night(
        on=TODAY
    )  # a correction without the birthday takes back what the lake raised, not what people asked for
    assert {reason.type for reason in Reason.objects.filter(made_by=bank.head)} == {"H02"}
    record_contact(bank.viewer("李"), bank.zhao.id, Account("PHONE", "NO_ANSWER", "contact-by-li"))
    assert head.post("/withdraw", bank.zhao, bank.qian, kind="H02", request_key="request-1")["tasks"] == 1
    assert Task.objects.get(customer=bank.zhao).reasons.filter(type="H02").exists()  # contacted meanwhile


def test_who_may_not_be_approached_is_left_out_unless_they_asked(bank: TaskBank) -> None:
    frozen = bank.customer("周四", status="FROZEN")
    dead = bank.customer("吴五", status="DECEASED")
    DoNotDisturb.objects.create(customer=bank.zhao, source="RM")
    li = Planner(bank, "李")
    lines = li.post("/check", bank.zhao, frozen, dead)["lines"]
    refusals = ["task_not_approachable", "task_not_approachable", "task_customer_gone"]
    assert [line["refusal"] for line in lines] == refusals
    lines = li.plan(bank.zhao, frozen, dead, kind="H04")["lines"]
    assert [line["task_id"] is None for line in lines] == [False, False, True]


def test_what_is_done_by_hand_leaves_the_nights_own_task_room(bank: TaskBank) -> None:
    bank.night()
    li = Planner(bank, "李")
    li.plan(bank.zhao)
    record_contact(bank.viewer("李"), bank.zhao.id, Account("PHONE", "CONSIDER", "contact-done"))
    assert Task.objects.get().status == "DONE"
    bank.night(event("E04", bank.zhao, priority=1), on=TODAY)  # that date, corrected
    li.plan(bank.zhao, kind="H03", key="request-3")
    assert sorted(Task.objects.values_list("by_hand", "status")) == [(False, "NEW"), (True, "DONE")]
    for on, status in ((DUE + 13 * ONE, "NEW"), (DUE + 14 * ONE, "EXPIRED")):
        bank.night(on=on)
        assert Task.objects.get(by_hand=False).status == status


def alert(customer: Customer, band: str, at_risk: int, **more: Any) -> ChurnAlert:
    return ChurnAlert.objects.create(
        customer=customer, org=customer.org, tier=3, entered_on=TODAY, model=1, band=band, probability=0.5,
        aum=at_risk * 2, aum_at_risk=at_risk, base=at_risk * 2, **more,
    )  # fmt: skip


def test_the_list_stands_by_urgency_first_and_then_by_what_is_at_risk(bank: TaskBank) -> None:
    people = [bank.customer(f"客{n}", tier=tier) for n, tier in enumerate((0, 5, 3, 3, 3, 3, 3))]
    urgent, private, calm, medium, high, rich, ended = people
    bank.night(*(event("E08", c, priority=1 if c == urgent else 2, stands=20) for c in people))
    alert(private, "HIGH", 50_000_000)
    alert(medium, "MEDIUM", 90_000)
    alert(high, "HIGH", 90_000)
    alert(rich, "HIGH", 2_000_000)
    gone = alert(ended, "HIGH", 90_000_000)
    bank.night()
    order = list(Task.objects.order_by("-score", "id").values_list("customer_id", flat=True))
    assert order == [c.id for c in (urgent, private, rich, ended, high, medium, calm)]
    before = Task.objects.get(customer=high).score
    gone.ended_on = TODAY + 2 * ONE
    gone.save()
    bank.night()
    assert Task.objects.get(customer=ended).score == Task.objects.get(customer=calm).score
    assert Task.objects.get(customer=high).score == before
    bank.night(on=TODAY + 2 * ONE)
    assert Task.objects.get(customer=high).score == before
