"""记录联络: one append-only slip per contact, and what follows from its result at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, BadNumber, ContactRecord, DoNotDisturb, Task
from yinke.care.queries.day import SHANGHAI, Today, today
from yinke.care.services.rank import move_up
from yinke.common.errors import NotFound, YinkeError
from yinke.common.personal import find_personal
from yinke.common.thresholds import load_thresholds
from yinke.customers.hooks import marked
from yinke.customers.models import Customer
from yinke.customers.queries import visible
from yinke.customers.queries_identity import together
from yinke.lake.store import Lake
from yinke.scoring.text.reading import reader

Result = ContactRecord.Result
NOTE_LENGTH = 500


@dataclass(frozen=True)
class Account:
    """What the manager says came of a contact. ``close`` None: as the result suggests (see ``aftermath``)."""

    channel: str
    result: str
    request_key: str
    next_on: date | None = None
    note: str = ""
    close: bool | None = None


def aftermath(account: Account, tomorrow: date, stop: bool = False) -> tuple[str, date | None]:
    """Status and next date of the task after a contact.

    Reached without a next date: done. Not reached: again ``tomorrow``, or on the date that was named.
    Closed without having been reached, or out of reach too often (``stop``): cancelled, never done.

    >>> aftermath(Account("PHONE", "CONSIDER", "k"), date(2026, 11, 2))
    ('DONE', None)
    >>> aftermath(Account("PHONE", "NO_ANSWER", "k"), date(2026, 11, 2))
    ('IN_PROGRESS', datetime.date(2026, 11, 2))
    """
    reached = account.result not in ContactRecord.NOT_REACHED
    close = account.close if account.close is not None else reached and account.next_on is None
    if close or stop or account.result == Result.DND_REQUEST:
        return (Task.Status.DONE if reached else Task.Status.CANCELLED).value, None
    return Task.Status.IN_PROGRESS.value, account.next_on or tomorrow


def check(account: Account, day: Today, days_ahead: int) -> None:
    """Refuse what can't be recorded.

    Raises:
        YinkeError: unknown channel or result, a date that is over or too far, a contradiction, or a note
            that is too long or holds an ID, mobile, card or account number (JR/T 0171: C2 data has its
            own, encrypted fields).
    """
    if account.channel not in ContactRecord.Channel.values:
        raise YinkeError(
            f"No such channel: {account.channel[:10]}",
            place="channel",
            code="no_such_choice",
            remedy="Choose one of the list",
        )
    if account.result not in Result.values:
        raise YinkeError(
            f"No such result: {account.result[:20]}",
            place="result",
            code="no_such_choice",
            remedy="Choose one of the list",
        )
    if not 8 <= len(account.request_key) <= 40:
        raise YinkeError(
            "The key has not 8 to 40 characters",
            place="request_key",
            code="old_page",
            remedy="Reload the page",
        )
    if len(account.note) > NOTE_LENGTH:
        raise YinkeError(
            f"The note has {len(account.note)} characters",
            code="note_too_long",
            place="note",
            remedy=f"Shorten it to {NOTE_LENGTH}",
        )
    what = find_personal(account.note)
    if what:
        raise YinkeError(
            f"The note holds {what}",
            code="note_personal",
            place="note",
            remedy="Leave it out: the customer's page has it, protected",
        )
    if account.next_on is None:
        return
    if account.close or account.result == Result.DND_REQUEST:
        raise YinkeError(
            "A task that is closed has no next date",
            code="closed_with_date",
            place="next_on",
            remedy="Leave the date out, or the closing",
        )
    if not day.promises < account.next_on <= day.promises + timedelta(days=days_ahead):
        raise YinkeError(
            "The next date is over or too far away", place="next_on", code="bad_next_date",
            remedy=f"Choose a day within the next {days_ahead} days",
        )  # fmt: skip


def record_contact(
    viewer: Viewer, customer_id: int, account: Account, task: Task | None = None
) -> ContactRecord:
    """Write one contact down and draw its consequences.

    Without ``task`` it counts for the customer's open task, if there is one. DND_REQUEST puts
    do-not-disturb in force at once and cancels open marketing tasks, of the same person's other numbers too; EMPTY_NUMBER marks the number;
    NOT_CONNECTED on three different days running stops all calls for 30 days (thresholds ``contact.*``).

    Raises:
        NotFound: the customer is outside the viewer's scope and not on his list.
        YinkeError: see ``check``; or the key belongs to another contact.
    """
    day = today()
    values = load_thresholds(settings.YINKE.thresholds).at(day.workday)
    check(account, day, int(values["contact.next_days"]))
    mine = task is not None and task.assignee_id in viewer.looks_after
    if not mine and not visible(viewer).filter(id=customer_id).exists():
        raise NotFound(
            "No such customer within your scope", place="customer", remedy="Ask your branch manager"
        )
    with transaction.atomic():
        # One contact of a customer at a time: the same click sent twice waits here and finds the first.
        customer = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
        known = ContactRecord.objects.filter(request_key=account.request_key).first()
        if known is not None:
            if (known.customer_id, known.user_id, known.result) != (
                customer_id,
                viewer.user_id,
                account.result,
            ):
                raise YinkeError(
                    "This key was used before", place="request_key", code="old_page", remedy="Reload the page"
                )
            return known
        open_task = Task.objects.select_for_update().filter(customer=customer, status__in=OPEN).first()
        if task is None or (open_task is not None and task.id == open_task.id):
            task = open_task
        undo: dict[str, Any] = {}
        stop = account.result in ContactRecord.NOT_CONNECTED and _out_of_reach(customer, values)
        if stop:
            undo["calls"] = _stop_calls(
                customer, day.promises + timedelta(days=int(values["contact.pause_days"]))
            )
        if account.result == Result.EMPTY_NUMBER and customer.mobile_index:
            mark, new = BadNumber.objects.get_or_create(customer=customer, mobile_index=customer.mobile_index)
            undo["bad_number"] = mark.id if new else None
        if account.result == Result.DND_REQUEST:
            wish, new = DoNotDisturb.objects.get_or_create(
                customer=customer, scope="ALL_MARKETING", lifted_at=None, defaults={"source": "RM"}
            )
            undo["dnd"] = wish.id if new else None
            undo["others"] = _silence_others(customer, day, values)
        if open_task is not None and task is not None and task.id == open_task.id:
            undo["task"] = _state(open_task)
            tomorrow = day.promises + timedelta(days=int(values["contact.retry_days"]))
            open_task.status, open_task.next_on = aftermath(account, tomorrow, stop)
            open_task.result = account.result
            open_task.done_at = timezone.now() if open_task.status == Task.Status.DONE else None
        elif open_task is not None and "dnd" in undo and not _serves(open_task, values):
            undo["cancelled"] = _state(open_task)
            open_task.status = Task.Status.CANCELLED
        if "calls" in undo or "dnd" in undo:
            marked("do_not_disturb", [customer.id])
        if "task" in undo or "cancelled" in undo:
            assert open_task is not None  # noqa: S101
            open_task.is_overflow = False
            open_task.save()
            move_up(open_task.assignee_id, day.workday, int(values["task.cap"]))
        record = ContactRecord.objects.create(
            customer=customer, task=task, user_id=viewer.user_id, channel=account.channel, result=account.result,
            at=timezone.now(), biz_date=day.workday, next_on=account.next_on, note=account.note.strip(), **_heard(account.note),
            request_key=account.request_key, undo=undo,
        )  # fmt: skip
        marked("contact", [customer.id])
        return record


def _heard(note: str) -> dict[str, str]:
    """What a note is about and in which tone, if a model of texts is in use."""
    used = reader(Lake(settings.YINKE.lake)) if note.strip() else None
    if used is None:
        return {}
    found = used.read(note)
    return {"topic": found.topic, "tone": found.tone}


def _state(task: Task) -> dict[str, Any]:
    return {
        "id": task.id, "status": task.status, "result": task.result, "is_overflow": task.is_overflow,
        "next_on": task.next_on.isoformat() if task.next_on else None,
    }  # fmt: skip


def _out_of_reach(customer: Customer, values: Any) -> bool:
    """Whether the contact being recorded makes the tries in vain stand on enough different days."""
    now = timezone.now()
    days = {now.astimezone(SHANGHAI).date()}
    since = now - timedelta(days=int(values["contact.unreachable_window_days"]))
    tries = ContactRecord.objects.filter(customer=customer, at__gte=since, withdrawn_at=None).order_by("-at")
    for at, result in tries.values_list("at", "result"):
        if result not in ContactRecord.NOT_CONNECTED:
            break
        days.add(at.astimezone(SHANGHAI).date())
    return len(days) >= int(values["contact.unreachable_days"])


def _stop_calls(customer: Customer, until: date) -> dict[str, Any]:
    pause, new = DoNotDisturb.objects.get_or_create(
        customer=customer, scope="CALLS", lifted_at=None, defaults={"source": "UNREACHABLE", "until": until}
    )
    before = None if new or pause.until is None else pause.until.isoformat()
    if not new:
        pause.until = until
        pause.save(update_fields=["until"])
    return {"id": pause.id, "until": before}


def _silence_others(customer: Customer, day: Today, values: Any) -> list[dict[str, Any]]:
    """Cancel the marketing tasks of the same person's other numbers; what they were, for a withdrawal.

    A task that a colleague is recording at this moment is left to him: he is told of the wish by its mark.
    """
    numbers = together([customer.id])[customer.id] - {customer.id}
    done = []
    for task in Task.objects.select_for_update(skip_locked=True).filter(
        customer__in=numbers, status__in=OPEN
    ):
        if _serves(task, values):
            continue
        done.append(_state(task))
        task.status, task.is_overflow = Task.Status.CANCELLED, False
        task.save(update_fields=["status", "is_overflow"])
        move_up(task.assignee_id, day.workday, int(values["task.cap"]))
    return done


def _serves(task: Task, values: Any) -> bool:
    return task.reasons.filter(type__in=list(values["task.service_events"])).exists()
