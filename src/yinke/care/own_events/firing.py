"""When an own event fires: one rule for the night and for its simulation. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pyroaring import BitMap

from yinke.segments.members.store import Members, NotKept


def window(biz_date: date, quiet_days: int) -> tuple[date, date]:
    """The first and last date on which the event must not have fired for a customer, if it is to fire on ``biz_date``.

    Both ways, for a corrected date may lie before others.

    >>> window(date(2026, 10, 30), 7)
    (datetime.date(2026, 10, 24), datetime.date(2026, 11, 5))
    """
    reach = timedelta(days=quiet_days - 1)
    return biz_date - reach, biz_date + reach


def fired(entered: Iterable[tuple[date, BitMap]], quiet_days: int) -> Iterator[tuple[date, BitMap]]:
    """Who is told of on each date, of those who entered on it: none twice within ``quiet_days``.

    Args:
        entered: oldest date first, each once.
        quiet_days: at least 1, which tells of everybody who enters.
    """
    told: list[tuple[date, BitMap]] = []
    for on, came in entered:
        since, _ = window(on, quiet_days)
        told = [(before, who) for before, who in told if before >= since]
        now = came.copy()
        for _, who in told:
            now -= who
        told.append((on, now))
        yield on, now


def entered_on(members: Members, key: str, biz_date: date) -> BitMap | None:
    """Who entered a segment in the night of a date.

    Returns:
        Null where that can't be told: its members were not found that night, or by another version of the rule than before,
        so that who is in now has not changed, but the rule has.
    """
    try:
        sizes = members.sizes(key)
    except NotKept:
        return None
    before = [one for one in sizes if one.biz_date < biz_date]
    here = [one for one in sizes if one.biz_date == biz_date]
    if not here or not before or here[0].version != before[-1].version:
        return None
    moved = members.moved(key, before[-1].biz_date, biz_date)
    return moved[-1].entered if moved else None
