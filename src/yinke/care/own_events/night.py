"""自定义事件的日终: who entered the segments in this night becomes reasons, before the tasks are made of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from psycopg.types.json import Jsonb
from pyroaring import BitMap

from yinke.care.models import Reason
from yinke.care.own_events.firing import entered_on, window
from yinke.care.own_events.models import OwnEventVersion
from yinke.customers.models import Metrics
from yinke.lake.store import Day
from yinke.segments.definitions import in_use
from yinke.segments.kept import members_store
from yinke.segments.models import Segment
from yinke.segments.schedule import NIGHTLY


def usable() -> QuerySet[Segment]:
    """Segments that an own event may follow: the whole bank's, found every night by a rule, and approved for outreach."""
    return in_use().filter(
        kind=Segment.Kind.DYNAMIC, schedule=NIGHTLY, scope=Segment.Scope.BANK, outreach=True
    )


def in_force(biz_date: date) -> list[OwnEventVersion]:
    """The version of each own event that the night of a date takes, by the event's number."""
    rows = OwnEventVersion.objects.filter(
        state=OwnEventVersion.State.APPROVED, valid_from__lte=biz_date, event__stopped_at=None
    ).select_related("event", "segment")
    return list(rows.order_by("event_id", "-number").distinct("event_id"))


def bring(cursor: Any, day: Day, biz_date: date) -> int:
    """Add the own events of a date to ``incoming``, and to ``retold`` those of which the date tells everything.

    An event whose segment is closed, or no longer approved for outreach, brings nobody; neither does a date on which the
    segment's rule was changed. What such an event has raised before stands.

    Returns:
        How many were added.
    """
    added, approved = 0, set(usable().values_list("id", flat=True))
    for version in in_force(biz_date):
        came = (
            entered_on(members_store(), version.segment.key, biz_date)
            if version.segment_id in approved
            else None
        )
        if came is None:
            continue
        code, due = version.event.code, _due(version, came, biz_date)
        cursor.execute("INSERT INTO retold VALUES (%s)", [code])
        facts = Jsonb({"version": version.number})
        expire_on = biz_date + timedelta(days=version.expire_days)
        with cursor.copy(
            "COPY incoming (dedup_key, type, customer_id, priority, expire_on, payload) FROM STDIN"
        ) as copy:
            for customer in due:
                key = f"{code}|{customer}||{biz_date}"
                copy.write_row((key, code, customer, version.priority, expire_on, facts))
                added += 1
    return added


def _due(version: OwnEventVersion, came: BitMap, biz_date: date) -> BitMap:
    """Those of the tier to whom it was not told within its quiet days."""
    ids = list(came)
    of_tier = BitMap(
        Metrics.objects.filter(customer__in=ids, tier__gte=version.tier_from).values_list(
            "customer_id", flat=True
        )
    )
    told = Reason.objects.filter(
        customer__in=ids, type=version.event.code, biz_date__range=window(biz_date, version.quiet_days)
    ).exclude(biz_date=biz_date)  # its own date: told by a run before this one
    return of_tier - BitMap(told.values_list("customer_id", flat=True))
