"""手工待办: a manager plans a contact for a customer, or a head for a manager's; it joins the customer's open task, if there is one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.models import Org, User
from yinke.access.services.audit import audit
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, ContactRecord, Reason, Task
from yinke.care.queries.day import Today, today
from yinke.care.queries.shape import active_dnd
from yinke.care.services.order import recount
from yinke.care.services.rank import move_up
from yinke.care.services.record_contact import NOTE_LENGTH
from yinke.common.errors import NotFound, YinkeError
from yinke.common.personal import find_personal
from yinke.common.thresholds import load_thresholds
from yinke.common.workdays import is_workday
from yinke.customers.models import Assignment, Customer
from yinke.customers.queries import visible
from yinke.privacy.models import Restriction

KINDS = ("H01", "H02", "H03", "H04")
"""Follow-up call, visit, talk about a plan, and what the customer asked for."""
ASKED_FOR = "H04"
"""Owed to the customer: neither an experiment nor a wish not to be approached stands in its way."""
MOST = 200
"""Customers of one request."""
SOON = 2
"""Days to the due date up to which a task by hand is of the second priority; never of the first, which the night's urgent events have."""

HELD_OUT: list[Callable[[Collection[int], date], dict[int, str]]] = []
"""Asked who of some customers is held out on a date, and by the experiment of which name; see ``effect/services/held_out.py``."""


@dataclass(frozen=True)
class Wish:
    """What is asked for. ``kind``: one of ``KINDS``; ``due_on``: a working day; the note names no numbers of persons."""

    kind: str
    due_on: date
    note: str
    request_key: str


@dataclass(frozen=True)
class Line:
    """What may be done for one customer.

    ``refusal``: why nothing may (a code of the refusals below), empty if it may; ``experiment``: which one holds the customer out.
    ``assignee``: who gets the task; null: the pool.
    """

    customer: Customer
    refusal: str
    experiment: str
    assignee: User | None
    task_id: int | None = None


def held_out(customer_ids: Collection[int], on: date) -> dict[int, str]:
    """Those of the customers whom a running experiment holds out on a business date, with the experiment's name."""
    found: dict[int, str] = {}
    for ask in HELD_OUT:
        found |= ask(customer_ids, on)
    return found


def lines(viewer: Viewer, customer_ids: Sequence[int], kind: str) -> list[Line]:
    """For whom of the customers such a task may be made, and whose it would be; in the order of the ids.

    Raises:
        NotFound: one of them is outside the viewer's scope. YinkeError: unknown kind, nobody, or too many.
    """
    if kind not in KINDS:
        raise YinkeError(
            f"No such kind: {kind[:4]}", place="kind", code="no_such_choice", remedy="Choose one of the list"
        )
    ids = list(dict.fromkeys(customer_ids))
    if not 1 <= len(ids) <= MOST:
        raise YinkeError(
            f"1 to {MOST} customers are possible", place="customer_ids", code="task_too_many",
            remedy="Choose fewer",
        )  # fmt: skip
    people = visible(viewer).select_related("org").in_bulk(ids)
    if len(people) < len(ids):
        raise NotFound(
            "No such customer within your scope", place="customer", remedy="Ask your branch manager"
        )
    day = today()
    values = load_thresholds(settings.YINKE.thresholds).at(day.workday)
    held = held_out(ids, _night(day))
    quiet = active_dnd(ids, day.workday)
    restricted = set(Restriction.objects.filter(customer__in=ids).values_list("customer_id", flat=True))
    gone = {*values["task.mute_statuses"], "ERASED"}
    open_ones = Reason.objects.filter(
        customer__in=ids, type=kind, made_by__isnull=False, task__status__in=OPEN
    )
    planned = set(open_ones.values_list("customer_id", flat=True))

    def refusal(customer: Customer) -> str:
        if customer.status in gone:
            return "task_customer_gone"
        if customer.id in planned:
            return "task_planned_already"
        if kind == ASKED_FOR:
            return ""
        if customer.id in quiet or customer.id in restricted or customer.status == "FROZEN":
            return "task_not_approachable"
        return "task_held_out" if customer.id in held else ""

    mine = _assignees(viewer, ids)
    return [
        Line(people[number], why := refusal(people[number]), held[number] if why == "task_held_out" else "", mine[number])
        for number in ids
    ]  # fmt: skip


def make_by_hand(viewer: Viewer, customer_ids: Sequence[int], wish: Wish) -> list[Line]:
    """Make the task for each customer for whom it may be; the same ``request_key`` twice is once.

    A customer's open task takes the reason up and comes back to today's list; else there is a new one, of the customer's main
    manager, of whoever asks if that is another, or of the pool. Cap or none: somebody decided so.

    Raises:
        NotFound: a customer outside the viewer's scope.
        YinkeError: no working day within ``contact.next_days``, a note that may not be, or nobody for whom it may be made;
            its code says why, its message names the experiment that holds the customer out.
    """
    day = today()
    values = load_thresholds(settings.YINKE.thresholds).at(day.workday)
    _check(wish, day, int(values["contact.next_days"]))
    with transaction.atomic():
        # One wish of a customer at a time: the same click sent twice waits here and finds the first.
        list(
            Customer.objects.select_for_update(no_key=True)
            .filter(id__in=list(customer_ids)).order_by("id").values_list("id", flat=True)
        )  # fmt: skip
        known = dict(
            _made(viewer, customer_ids, wish.kind, wish.request_key).values_list("customer_id", "task")
        )
        found = lines(viewer, customer_ids, wish.kind)
        done = [
            _with_task(line, known[line.customer.id]) if line.customer.id in known
            else line if line.refusal
            else _with_task(line, _make(viewer, line, wish, day, values))
            for line in found
        ]  # fmt: skip
        if all(line.task_id is None for line in done):
            first = done[0]
            raise YinkeError(
                f"{first.experiment} holds the customer out" if first.experiment else "Nobody could be planned for",
                place=first.experiment or "customer_ids", code=first.refusal,
                remedy="See why in the list of customers",
            )  # fmt: skip
    return done


def take_back(viewer: Viewer, customer_ids: Sequence[int], kind: str, request_key: str) -> int:
    """Take back what one's own request made, within ``contact.withdraw_minutes``; twice is once.

    What was contacted for it meanwhile stays.

    Returns:
        How many were taken back.
    """
    day = today()
    values = load_thresholds(settings.YINKE.thresholds).at(day.workday)
    since = timezone.now() - timedelta(minutes=int(values["contact.withdraw_minutes"]))
    with transaction.atomic():
        reasons = list(
            _made(viewer, customer_ids, kind, request_key)
            .filter(made_at__gt=since, task__status__in=OPEN).select_related("task").order_by("customer_id")
        )  # fmt: skip
        taken = 0
        for reason in reasons:
            task = Task.objects.select_for_update().get(id=reason.task_id)
            if ContactRecord.objects.filter(task=task, at__gt=reason.made_at, withdrawn_at=None).exists():
                continue
            before = reason.payload.get("before", {})
            reason.delete()
            if not task.reasons.exists():
                task.status = Task.Status.CANCELLED
            task.next_on = date.fromisoformat(before["next_on"]) if before.get("next_on") else task.next_on
            task.is_overflow = bool(before.get("is_overflow")) and task.status in OPEN
            task.save(update_fields=["status", "next_on", "is_overflow"])
            recount([task.id], day.workday, values)
            move_up(task.assignee_id, day.workday, int(values["task.cap"]))
            audit(viewer, "task.take_back", "customer", f"{reason.customer_id}", reason=kind)
            taken += 1
    return taken


def _made(viewer: Viewer, customer_ids: Sequence[int], kind: str, request_key: str) -> Any:
    keys = [_key(kind, number, request_key) for number in customer_ids]
    return Reason.objects.filter(dedup_key__in=keys, made_by_id=viewer.user_id)


def _key(kind: str, customer_id: int, request_key: str) -> str:
    return f"{kind}|{customer_id}|{request_key}"


def _night(day: Today) -> date:
    """The business date to which a task of today belongs."""
    return day.workday - timedelta(days=1)


def _check(wish: Wish, day: Today, days_ahead: int) -> None:
    last = day.promises + timedelta(days=days_ahead)
    if not (day.workday <= wish.due_on <= last and is_workday(wish.due_on)):
        raise YinkeError(
            "The due date is over, too far away, or no working day", place="due_on", code="bad_due_date",
            remedy=f"Choose a working day within the next {days_ahead} days",
        )  # fmt: skip
    if len(wish.note) > NOTE_LENGTH:
        raise YinkeError(
            f"The note has {len(wish.note)} characters",
            code="note_too_long",
            place="note",
            remedy=f"Shorten it to {NOTE_LENGTH}",
        )
    if what := find_personal(wish.note):
        raise YinkeError(
            f"The note holds {what}",
            code="note_personal",
            place="note",
            remedy="Leave it out: the customer's page has it, protected",
        )


def _assignees(viewer: Viewer, ids: Sequence[int]) -> dict[int, User | None]:
    """Whose a new task would be: the main manager's; for who heads no branch, one's own or that of whom one stands in for."""
    managers = Assignment.objects.filter(
        customer__in=ids, rel_type=Assignment.Rel.MAIN, end_date=None, user__is_active=True,
        user__role__in=roles_with("workbench"),
    ).select_related("user")  # fmt: skip
    mains = {one.customer_id: one.user for one in managers}
    if viewer.may("branch.read"):
        return {number: mains.get(number) for number in ids}
    own = User.objects.get(id=viewer.user_id)
    return {
        number: main if (main := mains.get(number)) and main.id in viewer.looks_after else own
        for number in ids
    }


def _make(viewer: Viewer, line: Line, wish: Wish, day: Today, values: Mapping[str, Any]) -> int:
    customer, night = line.customer, _night(day)
    priority = 2 if (wish.due_on - day.workday).days <= SOON else 3
    expire_on = wish.due_on + timedelta(days=int(values["task.hand_days"]))
    task = Task.objects.select_for_update().filter(customer=customer, status__in=OPEN).first()
    before: dict[str, Any] = {}
    if task is None:
        task = Task.objects.create(
            customer=customer, biz_date=night, assignee=line.assignee, by_hand=True, assigned_by_id=_taken_on(viewer, line),
            org=customer.org if line.assignee else _pool(customer.org), priority=priority, score=0, due_on=wish.due_on,
            expire_on=expire_on,
        )  # fmt: skip
    else:
        before = {"next_on": f"{task.next_on}" if task.next_on else None, "is_overflow": task.is_overflow}
        task.is_overflow = False
        task.next_on = min(task.next_on, wish.due_on) if task.next_on else None
        task.save(update_fields=["is_overflow", "next_on"])
    Reason.objects.create(
        task=task, customer=customer, type=wish.kind, biz_date=night, priority=priority, expire_on=expire_on,
        payload={"by": _name(viewer), "note": wish.note.replace("\x00", "").strip() or None, "before": before}, due_on=wish.due_on, made_by_id=viewer.user_id,
        made_at=timezone.now(), dedup_key=_key(wish.kind, customer.id, wish.request_key),
    )  # fmt: skip
    recount([task.id], day.workday, values)
    audit(viewer, "task.make", "customer", f"{customer.id}", reason=wish.kind)
    return task.id


def _name(viewer: Viewer) -> str:
    return User.objects.values_list("name", flat=True).get(id=viewer.user_id)


def _taken_on(viewer: Viewer, line: Line) -> int | None:
    """Who gave the task to its assignee by hand: whoever takes it on beside the main manager, so that the nights leave it there."""
    if line.assignee is None or line.assignee.id != viewer.user_id:
        return None
    main = Assignment.objects.filter(
        customer=line.customer, user=viewer.user_id, rel_type=Assignment.Rel.MAIN, end_date=None
    )
    return None if main.exists() else viewer.user_id


def _pool(org: Org) -> Org:
    """Where a task that is nobody's waits: the sub-branch above the outlet, as the night has it."""
    above = [int(part) for part in org.path.strip("/").split("/")]
    return Org.objects.filter(id__in=above, level=4).first() or org


def _with_task(line: Line, task_id: int) -> Line:
    return Line(line.customer, "", "", line.assignee, task_id)
