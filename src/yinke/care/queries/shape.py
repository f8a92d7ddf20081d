"""Tasks as the pages show them: a bounded number of statements for any number of tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from yinke.access.viewer import Viewer
from yinke.care import reasons
from yinke.care.models import OPEN, BadNumber, ContactRecord, DoNotDisturb, Reason, Task
from yinke.care.queries.day import Today
from yinke.care.schemas import ContactOut, ReasonOut, TaskCustomer, TaskOut
from yinke.common.row_security import whole_bank
from yinke.customers.averages import averages
from yinke.customers.models import Customer
from yinke.customers.queries_identity import together
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount, shown_mobile, shown_name


def overdue(task: Task, day: Today) -> bool:
    """Untouched past its due date, or a promise past its day.

    A task in progress has met its due date; from then on the promised day counts.
    """
    if task.status == Task.Status.NEW:
        return task.due_on < day.workday
    return task.status == Task.Status.IN_PROGRESS and task.next_on is not None and task.next_on < day.workday


def later(task: Task, day: Today) -> bool:
    """Put off to a day that has not come."""
    return task.status in OPEN and task.next_on is not None and task.next_on > day.promises


def contact_out(contact: ContactRecord) -> ContactOut:
    """One contact record."""
    return ContactOut(
        id=contact.id, at=contact.at, by=contact.user.name, channel=contact.channel, result=contact.result,
        next_on=contact.next_on, note=contact.note, withdrawn=contact.withdrawn_at is not None,
    )  # fmt: skip


def task_outs(
    viewer: Viewer, tasks: Sequence[Task], day: Today, wishes: Mapping[int, list[DoNotDisturb]] | None = None
) -> list[TaskOut]:
    """Tasks (with customer, metrics and assignee joined) with everything the page shows of them.

    Args:
        wishes: what ``silences`` has told already of an earlier day, if it has been asked.
    """
    if not tasks:
        return []
    customers = [task.customer for task in tasks]
    ids = [customer.id for customer in customers]
    by_task: dict[int, list[Reason]] = defaultdict(list)
    for reason in Reason.objects.filter(task__in=[t.id for t in tasks]).order_by(
        "priority", "expire_on", "id"
    ):
        by_task[reason.task_id].append(reason)
    quiet = active_dnd(ids, day.workday) if wishes is None else {
        number for number in ids if hold_back(w for w in wishes[number] if w.until is None or w.until >= day.workday)
    }  # fmt: skip
    bad = {
        (mark.customer_id, bytes(mark.mobile_index)) for mark in BadNumber.objects.filter(customer__in=ids)
    }
    last = last_contacts(ids)
    shown = {c.id: _customer(viewer, c, day, c.id in quiet, bad) for c in customers}
    return [_task(viewer, task, by_task[task.id], shown[task.customer_id], last, day) for task in tasks]


def active_dnd(customer_ids: Iterable[int], workday: date) -> set[int]:
    """Those of the customers whom nobody may approach."""
    return {number for number, wishes in silences(customer_ids, workday).items() if hold_back(wishes)}


def hold_back(wishes: Iterable[DoNotDisturb]) -> bool:
    """Whether one of the wishes is that nobody approaches the customer; one about texts alone is none such."""
    return any(wish.scope in DoNotDisturb.QUIET for wish in wishes)


def silences(customer_ids: Iterable[int], workday: date) -> dict[int, list[DoNotDisturb]]:
    """The wishes not to be disturbed that hold for each customer: those of every number of the same person."""
    with whole_bank():  # another manager's number of the person counts; of it only the wish is told
        numbers = together(list(customer_ids))
        everyone = frozenset[int]().union(*numbers.values())
        found = list(
            DoNotDisturb.objects.filter(
                Q(until=None) | Q(until__gte=workday), customer__in=everyone, lifted_at=None
            )
        )
    return {
        number: [wish for wish in found if wish.customer_id in person] for number, person in numbers.items()
    }


def last_contacts(customer_ids: Sequence[int]) -> dict[int, ContactOut]:
    """The newest contact of each customer that was not taken back."""
    found = (
        ContactRecord.objects.filter(customer__in=customer_ids, withdrawn_at=None)
        .select_related("user").order_by("customer_id", "-at", "-id").distinct("customer_id")
    )  # fmt: skip
    return {contact.customer_id: contact_out(contact) for contact in found}


def _customer(
    viewer: Viewer, customer: Customer, day: Today, quiet: bool, bad: set[tuple[int, bytes]]
) -> TaskCustomer:
    metrics = customer.metrics
    means = averages(metrics, max(day.biz_date or metrics.as_of, metrics.as_of))
    number = bytes(customer.mobile_index) if customer.mobile_index else b""
    return TaskCustomer(
        id=customer.id, name=shown_name(viewer, customer), gender=customer.gender, tier=metrics.tier,
        stage=metrics.stage, aum=shown_amount(viewer, metrics.aum), mda=shown_amount(viewer, means.mda),
        months=[shown_amount(viewer, month) for month in means.months], mobile_masked=shown_mobile(customer),
        mobile_invalid=(customer.id, number) in bad, do_not_disturb=quiet,
    )  # fmt: skip


def _task(
    viewer: Viewer,
    task: Task,
    why: list[Reason],
    customer: TaskCustomer,
    last: dict[int, ContactOut],
    day: Today,
) -> TaskOut:
    read_on = day.workday if task.status in OPEN else None
    if read_on:  # what has expired no longer speaks for the contact, unless nothing else does
        why = [reason for reason in why if reason.expire_on >= day.workday] or why
        why = _last_word(why)
    types = list(dict.fromkeys(reason.type for reason in why))
    return TaskOut(
        id=task.id, customer=customer, biz_date=task.biz_date, priority=task.priority, status=task.status,
        due_on=task.due_on, expire_on=task.expire_on, next_on=task.next_on, result=task.result,
        is_overdue=overdue(task, day), is_later=later(task, day), is_overflow=task.is_overflow,
        assignee=person(task.assignee) if task.assignee else None, reasons=[_reason(viewer, reason, day) for reason in why],
        talk=reasons.talk(types, viewer.language), last_contact=last.get(task.customer_id),
    )  # fmt: skip


def _last_word(why: list[Reason]) -> list[Reason]:
    """Of several windows of one maturity (seven days, three days ahead, arrived) only the newest speaks."""
    newest: dict[Any, Reason] = {}
    for reason in why:
        windows = (
            (reason.dedup_key.rpartition("|")[0], reason.payload["due"])
            if "due" in reason.payload
            else reason.id
        )
        if windows not in newest or newest[windows].biz_date < reason.biz_date:
            newest[windows] = reason
    kept = {reason.id for reason in newest.values()}
    return [reason for reason in why if reason.id in kept]


def _reason(viewer: Viewer, reason: Reason, day: Today) -> ReasonOut:
    name = reasons.event_name(reason.type, viewer.language)
    # The sentence speaks exact amounts, which masked roles see only in totals.
    text = (
        name
        if viewer.masked
        else reasons.sentence(reason.type, reason.payload, reason.amount, viewer.language, today=day.workday)
    )
    return ReasonOut(
        type=reason.type, name=name, family=reasons.family(reason.type), text=text, priority=reason.priority,
        expire_on=reason.expire_on, amount=shown_amount(viewer, reason.amount),
        by=reason.payload.get("by") if reason.made_by_id else None, due_on=reason.due_on,
    )  # fmt: skip
