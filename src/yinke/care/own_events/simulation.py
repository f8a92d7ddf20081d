"""试算: what an own event would have raised, had it been in force in the nights that the lake holds.

The segment's rule as it is now is asked on each of these dates by the night's own evaluator; who holds on a date and did not on the
one before has entered. What people keep by hand (tags, consents) is taken as it stands today, and so is who looks after whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from pyroaring import BitMap

from yinke.access.models import User
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.care.own_events.firing import fired
from yinke.care.own_events.night import usable
from yinke.care.own_events.schemas import OwnEventSimulation, SimulatedNight
from yinke.care.own_events.services import OwnEventSegment, limits
from yinke.care.queries.shape import active_dnd
from yinke.common.errors import NotAllowed
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer
from yinke.lake.store import Day, Lake
from yinke.privacy.models import Restriction
from yinke.segments.asking import ENGINE_LOCK, world_of_bank
from yinke.segments.definitions import around_of, rules_by_code
from yinke.segments.members.refresh import holding

_OF_WHOM = """
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT FROM care_task t WHERE t.customer_id = w.customer_id AND t.biz_date <= w.on_day AND t.expire_on > w.on_day
      AND (t.done_at IS NULL OR t.done_at > (w.on_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')))
FROM unnest(%(customers)s::int[], %(dates)s::date[]) w (customer_id, on_day)
"""
# A task of that very night too: its reasons would have stood in one task.

_MOST = """
SELECT max(n) FROM (
    SELECT count(*) AS n FROM unnest(%(customers)s::int[], %(dates)s::date[]) w (customer_id, on_day)
    JOIN customers_assignment m ON m.customer_id = w.customer_id AND m.rel_type = 'MAIN' AND m.end_date IS NULL
    JOIN access_user u ON u.id = m.user_id AND u.is_active AND u.role = ANY(%(workers)s)
    WHERE w.on_day = ANY(%(daily)s) GROUP BY m.user_id, w.on_day) lists
"""


@dataclass(frozen=True)
class Entered:
    """Who of a tier entered in the night of a date, with their tiers. ``gap``: days since the date before it."""

    biz_date: date
    gap: int
    tiers: dict[int, int]


@whole_bank()  # numbers only: nobody is named
def simulate(viewer: Viewer, segment: str, tier_from: int, quiet_days: int) -> OwnEventSimulation:
    """Count what an event on a segment would have raised.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. OwnEventSegment: the segment can't be followed.
    """
    if viewer.org_ids is not None:
        raise NotAllowed("Own events are the whole bank's", remedy="Ask retail operations at head office")
    if "\x00" in segment or not usable().filter(code=segment).exists():
        raise OwnEventSegment("The segment can't be followed", place=segment[:40], remedy="Take a listed one")
    bounds = limits()
    nights = list(_entered(segment, tier_from, bounds.look_back))
    silent = _silent({customer for night in nights for customer in night.tiers})
    told = dict(fired(((night.biz_date, BitMap(night.tiers) - silent) for night in nights), quiet_days))
    held_back = fired(((night.biz_date, BitMap(night.tiers) & silent) for night in nights), quiet_days)
    tiers = Counter(night.tiers[customer] for night in nights for customer in told[night.biz_date])
    days = sum(night.gap for night in nights)
    managers = _managers()
    reasons = sum(map(len, told.values()))
    customers: BitMap = BitMap().union(*told.values())
    joined, most = _lists(told, [night.biz_date for night in nights if night.gap == 1])
    return OwnEventSimulation(
        look_back=bounds.look_back, since=nights[0].biz_date if nights else None, until=nights[-1].biz_date if nights else None,
        days=days, few=len(nights) < bounds.few_nights, reasons=reasons, customers=len(customers), joined=joined,
        muted=sum(len(found) for _, found in held_back), managers=managers, per_day=reasons / days if days else 0,
        per_manager_day=reasons / days / managers if days and managers else 0, most=most,
        nights=[SimulatedNight(biz_date=n.biz_date, reasons=len(told[n.biz_date]), gap=n.gap) for n in nights],
        by_tier={f"{tier}": number for tier, number in sorted(tiers.items())},
    )  # fmt: skip


def _entered(segment: str, tier_from: int, look_back: int) -> Iterator[Entered]:
    """Each night of the last days that has one before it in the lake, oldest first."""
    lake = Lake(settings.YINKE.lake)
    dates = lake.dates()
    since = dates[-1] - timedelta(days=look_back) if dates else date.max
    older = [one for one in dates if one <= since][-1:]
    held: list[tuple[Day, BitMap]] = []
    for on in [*older, *(one for one in dates if one > since)]:
        day = lake.day(on)
        found = _holds(lake, day, segment) if day is not None and day.has("snapshot") else None
        if day is not None and found is not None:
            held.append((day, found))
    for (before, were), (day, are) in pairwise(held):
        tiers = _tiers(day, are - were, tier_from)
        yield Entered(day.biz_date, (day.biz_date - before.biz_date).days, tiers)


def _holds(lake: Lake, day: Day, segment: str) -> BitMap | None:
    """Of whom the segment's rule holds on a day; null if it can't be evaluated on it."""
    values = load_thresholds(settings.YINKE.thresholds).at(day.biz_date)
    rules = rules_by_code(around_of(lake, day, values))
    rule = rules.get(segment)
    if rule is None:
        return None
    with ENGINE_LOCK:
        world = replace(world_of_bank(day), segments=rules, following=None)
        return holding(world, {segment: rule})[segment]


def _tiers(day: Day, some: BitMap, tier_from: int) -> dict[int, int]:
    """The tiers of that very day, of those from ``tier_from`` on."""
    these = pc.field("cust_id").isin(list(some))
    rows = pq.read_table(day.path("snapshot"), columns=["cust_id", "tier"], filters=these)
    pairs = zip(rows["cust_id"].to_pylist(), rows["tier"].to_pylist(), strict=True)
    return {customer: tier or 0 for customer, tier in pairs if (tier or 0) >= tier_from}


def _silent(customers: set[int]) -> BitMap:
    """Those whom the night would not have a manager approach, as it stands today."""
    day = max(Lake(settings.YINKE.lake).dates(), default=date.min)
    values = load_thresholds(settings.YINKE.thresholds).at(day)
    gone = [*values["task.mute_statuses"], "ERASED", "FROZEN"]
    open_ones = (
        Customer.objects.filter(id__in=customers).exclude(status__in=gone).values_list("id", flat=True)
    )
    restricted = Restriction.objects.filter(customer__in=customers).values_list("customer_id", flat=True)
    wished = active_dnd(customers, day + timedelta(days=1))
    return (BitMap(customers) - BitMap(open_ones)) | BitMap(restricted) | BitMap(wished)


def _managers() -> int:
    return (
        User.objects.filter(is_active=True, role__in=roles_with("workbench"), assignments__rel_type="MAIN", assignments__end_date=None)
        .distinct().count()
    )  # fmt: skip


def _lists(told: dict[date, BitMap], daily: list[date]) -> tuple[int, int | None]:
    """How many would have joined an open task, and the most of one manager in one night (null without such a night)."""
    pairs = [(customer, on) for on, found in told.items() for customer in found]
    given: dict[str, Any] = {
        "customers": [customer for customer, _ in pairs], "dates": [on for _, on in pairs], "daily": daily,
        "workers": roles_with("workbench"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OF_WHOM, given)
        joined = int(cursor.fetchone()[0])
        cursor.execute(_MOST, given)
        most = cursor.fetchone()[0] or 0
    return joined, int(most) if daily else None
