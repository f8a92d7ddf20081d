"""流失预警随办: alerts follow what is done: a contact is an action, an objection ends them (PIPL art. 24)."""

from __future__ import annotations

from collections.abc import Collection

from yinke.care.models import OPEN, ContactRecord, Reason, Task
from yinke.common.row_security import whole_bank
from yinke.privacy.consents import objects_to_profiling
from yinke.scoring.services.alerts import drop_alerts, note_actions

SCORED = "E25"
"""The event that a score raises."""


def follow_alerts(field: str, customer_ids: Collection[int]) -> None:
    """Told by ``customers.hooks.marked``, in the transaction of the change."""
    if field == "contact":
        for customer_id in customer_ids:
            newest = ContactRecord.objects.filter(customer_id=customer_id, withdrawn_at=None)
            note_actions(customer_id, newest.order_by("-at").values_list("at", flat=True).first())
    elif field == "consent":
        with whole_bank():  # an agent takes objections in who sees no lists; nothing is told
            _stop(list(objects_to_profiling().filter(id__in=customer_ids).values_list("id", flat=True)))


def _stop(ids: Collection[int]) -> None:
    """No score speaks of these customers any longer: no alert, and no open task for that reason alone."""
    if not ids:
        return
    drop_alerts(ids)
    told = Reason.objects.filter(customer_id__in=ids, type=SCORED, task__status__in=OPEN)
    tasks = list(told.values_list("task_id", flat=True))
    told.delete()
    bare = Task.objects.filter(id__in=tasks, status=Task.Status.NEW, reasons=None)
    bare.update(status=Task.Status.CANCELLED, is_overflow=False)
