"""进出事件: who entered and left segments since one last looked, out of the nights and of the day, with one cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from yinke.segments.live import final
from yinke.segments.members.store import Members
from yinke.segments.models import SegmentMove


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: the newest night's date, and the newest move of a day."""

    night: date
    move: int = 0


@dataclass(frozen=True)
class Change:
    """Who entered and who left a key. ``cause``: ``night``, or what was changed by day."""

    key: str
    biz_date: date
    entered: BitMap
    left: BitMap
    cause: str
    version: int = 0
    """Of the rule; of a night's change, another than the one before may be why."""


def newest(members: Members) -> Cursor:
    """Where to begin for who wants to hear of changes from now on; before the first night, the first date there is."""
    last = SegmentMove.objects.order_by("-id").values_list("id", flat=True).first() or 0
    dates = members.dates()
    return Cursor(dates[-1] if dates else date.min, last)


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
    found = _by_day(cursor, until, wanted)
    if until.night > cursor.night:
        for key in wanted:
            found += _by_night(members, key, cursor.night, until.night)
    return sorted(found, key=lambda change: (change.biz_date, change.cause == "night", change.key)), until


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
        if entered or left:
            found.append(Change(key, moved.biz_date, entered, left, "night", moved.version))
    return found
