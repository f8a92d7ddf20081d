"""流失预警随办: alerts follow what is done: a contact is an action, an objection ends them (PIPL art. 24)."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from yinke.care.models import OPEN, ContactRecord, Reason, Task
from yinke.care.queries.day import today
from yinke.care.services.order import recount
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.privacy.consents import objects_to_profiling
from yinke.scoring.services.alerts import drop_alerts, note_actions, standing_among
from yinke.scoring.services.values import drop_values

SCORED = "E25"
"""The event that a score raises."""


def follow_alerts(field: str, customer_ids: Collection[int]) -> None:
    """Told by ``customers.hooks.marked``, in the transaction of the change."""
    if field == "contact":
        ids = standing_among(customer_ids)
        contacts = ContactRecord.objects.filter(customer_id__in=ids, withdrawn_at=None).order_by("at")
        newest = dict(contacts.values_list("customer_id", "at"))
        if ids:
            note_actions({number: newest.get(number) for number in ids})
    elif field == "consent":
        with whole_bank():  # an agent takes objections in who sees no lists; nothing is told
            _stop(list(objects_to_profiling().filter(id__in=customer_ids).values_list("id", flat=True)))


def _stop(ids: Collection[int]) -> None:
    """No score speaks of these customers any longer: no alert, no open task for that alone, no place on a list, no proposal."""
    if not ids:
        return
    drop_values(ids)
    drop_alerts(ids)
    told = Reason.objects.filter(customer_id__in=ids, type=SCORED, task__status__in=OPEN)
    tasks = list(told.values_list("task_id", flat=True))
    told.delete()
    bare = Task.objects.filter(id__in=tasks, status=Task.Status.NEW, reasons=None)
    bare.update(status=Task.Status.CANCELLED, is_overflow=False)
    workday = today().workday
    left = Task.objects.filter(customer_id__in=ids, status__in=OPEN).values_list("id", flat=True)
    recount(list(left), workday, load_thresholds(settings.YINKE.thresholds).at(workday))
