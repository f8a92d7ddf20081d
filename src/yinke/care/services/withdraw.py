"""撤回: a slip of the finger taken back within minutes, and what it set off undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.services.audit import audit
from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, BadNumber, ContactRecord, DoNotDisturb, Task
from yinke.care.queries.day import today
from yinke.common.errors import NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.hooks import marked
from yinke.customers.models import Customer


def withdraw(viewer: Viewer, contact_id: int) -> int | None:
    """Take a contact back; the record stays, marked. Twice is once.

    Returns:
        The id of its task, None if it had none.

    Raises:
        NotFound: the viewer did not record it.
        YinkeError: the time is over (``contact.withdraw_minutes``), or a later contact builds on it.
    """
    values = load_thresholds(settings.YINKE.thresholds).at(today().workday)
    minutes = int(values["contact.withdraw_minutes"])
    with transaction.atomic():
        contact = ContactRecord.objects.filter(id=contact_id, user_id=viewer.user_id).first()
        customer = (
            contact and Customer.objects.select_for_update(no_key=True).filter(id=contact.customer_id).first()
        )
        if contact is None or customer is None:  # or the customer is another's by now, and out of sight
            raise NotFound(
                "You have recorded no such contact", place="contact", remedy="Only its recorder takes it back"
            )
        contact.refresh_from_db()
        if contact.withdrawn_at is not None:
            return contact.task_id
        now = timezone.now()
        if now - contact.at > timedelta(minutes=minutes):
            raise YinkeError(
                f"It was recorded more than {minutes} minutes ago", place="contact", code="too_late",
                remedy="Record another contact that puts it right",
            )  # fmt: skip
        later = ContactRecord.objects.filter(
            customer_id=contact.customer_id, withdrawn_at=None, id__gt=contact.id
        )
        if later.exists():
            raise YinkeError(
                "A later contact builds on it",
                place="contact",
                code="later_contact",
                remedy="Take the later one back first",
            )
        _undo(contact.undo)
        if contact.undo.get("dnd") or contact.undo.get("calls"):
            marked("do_not_disturb", [contact.customer_id])
        contact.withdrawn_at = now
        contact.save(update_fields=["withdrawn_at"])
        marked("contact", [contact.customer_id])
        audit(viewer, "contact.withdraw", "contact", str(contact.id))
        return contact.task_id


def _undo(done: dict[str, Any]) -> None:
    if done.get("dnd"):
        DoNotDisturb.objects.filter(id=done["dnd"]).update(lifted_at=timezone.now())
    if done.get("bad_number"):
        BadNumber.objects.filter(id=done["bad_number"]).delete()
    if done.get("calls"):
        pause = DoNotDisturb.objects.filter(id=done["calls"]["id"])
        if done["calls"]["until"]:
            pause.update(until=date.fromisoformat(done["calls"]["until"]))
        else:
            pause.update(lifted_at=timezone.now())
    for name in ("task", "cancelled"):
        if name in done:
            _reopen(done[name])
    for state in done.get("others", ()):
        _reopen(state)


def _reopen(state: dict[str, Any]) -> None:
    task = Task.objects.select_for_update().get(id=state["id"])
    if Task.objects.filter(customer_id=task.customer_id, status__in=OPEN).exclude(id=task.id).exists():
        return  # a night came between and made the customer a new task: that one stands
    task.status, task.result, task.done_at = state["status"], state["result"], None
    task.next_on = date.fromisoformat(state["next_on"]) if state["next_on"] else None
    task.is_overflow = state["is_overflow"]
    task.save()
