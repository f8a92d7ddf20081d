"""实时提醒: what live events have raised for a viewer, in the words and behind the masks of the list."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from yinke.access.viewer import Viewer
from yinke.care.live_schemas import LiveAlertOut, LiveAlertsOut
from yinke.care.models import OPEN, Reason
from yinke.care.queries.day import Today, today
from yinke.care.reasons import event_name, sentence
from yinke.customers.shown import shown_name

SHOWN = 5
"""At once; the list has them all."""


def _raised(viewer: Viewer) -> QuerySet[Reason]:
    return Reason.objects.filter(
        task__assignee_id__in=viewer.looks_after, task__status__in=OPEN, made_at__isnull=False, made_by=None
    )


def newest(viewer: Viewer) -> int:
    """The id of the newest live reason on the viewer's list; 0: there is none."""
    return int(_raised(viewer).aggregate(newest=Max("id"))["newest"] or 0)


def live_alerts(viewer: Viewer, after: int) -> LiveAlertsOut:
    """The newest live reasons on the viewer's list.

    Args:
        after: only those with a larger id.
    """
    day = today()
    found = list(
        _raised(viewer).filter(id__gt=after, expire_on__gte=day.workday).select_related("customer").order_by("-id")[:SHOWN]
    )  # fmt: skip
    return LiveAlertsOut(
        newest=max((one.id for one in found), default=after),
        alerts=[_told(viewer, one, day) for one in found],
    )


def _told(viewer: Viewer, reason: Reason, day: Today) -> LiveAlertOut:
    name = event_name(reason.type, viewer.language)
    said = sentence(reason.type, reason.payload, reason.amount, viewer.language, today=day.workday)
    return LiveAlertOut(
        id=reason.id, task_id=reason.task_id, customer_id=reason.customer_id, name=shown_name(viewer, reason.customer),
        event=name, text="" if viewer.masked else said,  # the sentence speaks exact amounts
    )  # fmt: skip
