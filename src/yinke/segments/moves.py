"""进出事件: who entered and left segments since one last looked, out of the nights and of the day, with one cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Func
from pyroaring import BitMap

from yinke.segments.members.store import Members, NotKept, Size
from yinke.segments.models import SegmentFinding, SegmentMove


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: the newest night's date, the newest move of a day, the newest finding by day."""

    night: date
    move: int = 0
    finding: int = 0


@dataclass(frozen=True)
class Change:
    """Who entered and who left a key. ``cause``: ``night``, what was changed by day, or ``found``: approved or refreshed."""

    key: str
    biz_date: date
    entered: BitMap
    left: BitMap
    cause: str
    version: int = 0
    """Of the rule; of a night's change, another than the one before may be why."""


def now(members: Members, key: str, some: BitMap | None = None) -> BitMap:
    """Who is in at this moment: as the newest night found, changed by what came after.

    Args:
        some: ask of these customers only; null: of all.

    Raises:
        NotKept: nothing is kept of the key.
    """
    found = members.members(key) if some is None else BitMap(c for c in some if members.holds(key, c))
    entered, left = final(key, members.as_of(key), some)
    return (found | entered) - left


def final(key: str, biz_date: date, some: BitMap | None = None) -> tuple[BitMap, BitMap]:
    """Who entered and who left after the night of a date and stayed so, as far as the reader's rows reach."""
    rows = SegmentMove.objects.filter(key=key, biz_date=biz_date)
    if some is not None:
        rows = rows.filter(customer_id__in=list(some))
    last = dict(rows.order_by("id").values_list("customer_id", "entered"))
    return (BitMap(c for c, entered in last.items() if entered), BitMap(c for c, e in last.items() if not e))


def keys_of(members: Members, cust_id: int) -> list[str]:
    """The keys that a customer is in at this moment."""
    found, kept = set(members.of_customer(cust_id)), set(members.keys())
    moved = SegmentMove.objects.filter(customer_id=cust_id).order_by("id")
    last = {(key, on): entered for key, on, entered in moved.values_list("key", "biz_date", "entered")}
    for (key, on), entered in last.items():
        if key in kept and members.as_of(key) == on:
            found = found | {key} if entered else found - {key}
    return sorted(found)


def newest(members: Members) -> Cursor:
    """Where to begin for who wants to hear of changes from now on; before the first night, the first date there is."""
    last, finding = (
        model.objects.order_by("-id").values_list("id", flat=True).first() or 0 for model in (SegmentMove, SegmentFinding)
    )  # fmt: skip
    dates = members.dates()
    return Cursor(dates[-1] if dates else date.min, last, finding)


def forget(customer_id: int) -> None:
    """Take a customer who is deleted out of what was found by day; their moves go with their other rows."""
    for field in ("entered", "left"):
        found = SegmentFinding.objects.filter(**{f"{field}__contains": [customer_id]})
        found.update(**{field: Func(field, customer_id, function="array_remove")})


def moves_since(
    members: Members, cursor: Cursor, keys: Collection[str] | None = None
) -> tuple[list[Change], Cursor]:
    """What has changed since, oldest night first, each change once: what a day already told its night does not tell again.

    A correction of a night that was read already is not told; ``Members`` has it right.

    Args:
        keys: of these only; null: of all.

    Returns:
        The changes, and the cursor for the next time.
    """
    wanted = members.keys() if keys is None else [key for key in members.keys() if key in set(keys)]  # noqa: SIM118
    until = newest(members)
    found = _by_day(cursor, until, wanted) + _found_by_day(cursor, until, wanted)
    if until.night > cursor.night:
        for key in wanted:
            found += _by_night(members, key, cursor.night, until.night)
    return sorted(found, key=lambda change: (change.biz_date, change.cause != "night", change.key)), until


def take_turn() -> None:
    """In a transaction that tells of changes: their numbers grow in the order in which such transactions end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('segment moves', 0))")


def found_anew(members: Members, key: str, version: int, biz_date: date, found: BitMap) -> Size:
    """Keep a key's members as they were found between two nights, and who enters and leaves with it.

    They are looked for after ``take_turn``: whoever changes a tag meanwhile is told after it.
    """
    try:
        before = now(members, key)
    except NotKept:
        before = BitMap()
    entered, left = found - before, before - found
    if entered or left:
        SegmentFinding.objects.create(
            key=key, biz_date=biz_date, version=version, entered=list(entered), left=list(left)
        )
    return members.put(key, version, biz_date, found)


def _by_day(cursor: Cursor, until: Cursor, keys: Collection[str]) -> list[Change]:
    rows = SegmentMove.objects.filter(id__gt=cursor.move, id__lte=until.move, key__in=keys)
    last: dict[tuple[str, date, str], dict[int, bool]] = defaultdict(dict)
    for row in rows.order_by("id"):
        last[row.key, row.biz_date, row.cause][row.customer_id] = row.entered
    return [
        Change(
            key, on, BitMap(c for c, entered in who.items() if entered),
            BitMap(c for c, entered in who.items() if not entered), cause,
        )
        for (key, on, cause), who in last.items()
    ]  # fmt: skip


def _found_by_day(cursor: Cursor, until: Cursor, keys: Collection[str]) -> list[Change]:
    """Of nights that were read already; who reads a night later finds it in the night's members."""
    rows = SegmentFinding.objects.filter(
        id__gt=cursor.finding, id__lte=until.finding, key__in=keys, biz_date__lte=cursor.night
    )
    return [
        Change(row.key, row.biz_date, BitMap(row.entered), BitMap(row.left), "found", row.version)
        for row in rows.order_by("id")
    ]  # fmt: skip


def _by_night(members: Members, key: str, since: date, until: date) -> list[Change]:
    found = []
    nights = [size.biz_date for size in members.sizes(key)]
    for moved in members.moved(key, since, until):
        before = max((on for on in nights if on < moved.biz_date), default=None)
        came, went = final(key, before) if before else (BitMap(), BitMap())
        were = members.members(key, before) if before and (came or went) else BitMap()
        now = members.members(key, moved.biz_date) if came or went else BitMap()
        entered = (moved.entered - came) | ((went & were) & now)
        left = (moved.left - went) | ((came - were) - now)
        told, gone = final(key, moved.biz_date)  # the same day, if it was found anew since
        entered, left = entered - told, left - gone
        if entered or left:
            found.append(Change(key, moved.biz_date, entered, left, "night", moved.version))
    return found
