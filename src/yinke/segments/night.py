"""日终: find who is in each segment and has each ready tag, of the newest date and of those that a history is told by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from yinke.lake.engine import Engine
from yinke.lake.store import Day, Lake
from yinke.segments.definitions import around_of, every, rules_by_code, rules_in_use
from yinke.segments.marks import marks_of_bank
from yinke.segments.members.refresh import refresh
from yinke.segments.members.store import Members, Size
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.check import Around, delivered
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World
from yinke.segments.schedule import NIGHTLY, due

MONTH_ENDS = 3
"""Month ends of a past that was loaded at once for which members are found: what a first chart needs."""


def members_of_lake(lake: Lake) -> Members:
    """The memberships beside a lake's days."""
    return Members(lake.root / "members")


def due_on(members: Members, biz_date: date) -> Callable[[str, str], bool]:
    """Which segments the night of a date finds anew."""

    def takes(key: str, schedule: str) -> bool:
        if schedule == NIGHTLY:
            return True
        found = [size.biz_date for size in members.sizes(key) if size.biz_date <= biz_date]
        return due(schedule, biz_date, max(found, default=None))

    return takes


def all_rules(around: Around, takes: Callable[[str, str], bool] = every) -> dict[str, tuple[int, Rule]]:
    """All that members are kept of on a day, by key, with the version: segments in use, and ready tags.

    A tag of which the bank delivers nothing is left out.

    Args:
        takes: whether a segment's key with its schedule is wanted; all of them if not given.
    """
    tags = {tag.key: (1, tag.rule) for tag in ready_tags().values() if delivered(tag.rule, around)}
    return {**rules_in_use(around, takes), **tags}


def world_of(engine: Engine, lake: Lake, day: Day, values: Mapping[str, Any]) -> World:
    """What the bank's rules are evaluated on: everybody, with the tags of every catalogue."""
    around = around_of(lake, day, values)
    return World(engine, lake, day, values, rules_by_code(around), marks_of_bank(day.biz_date))


def refresh_members(engine: Engine, lake: Lake, day: Day, values: Mapping[str, Any]) -> dict[str, Size]:
    """Find the members of all rules that are due on a published day and keep them; others stay as they were found."""
    members = members_of_lake(lake)
    rules = all_rules(around_of(lake, day, values), due_on(members, day.biz_date))
    return refresh(world_of(engine, lake, day, values), rules, members) if rules else {}


def wanted_days(lake: Lake, fresh: Sequence[Day]) -> list[Day]:
    """Days whose members are to be found, oldest first.

    The newest; of a corrected past those that members are kept of; of a past that is new here its last month ends.

    Args:
        fresh: days that were published since the last night.
    """
    dates = lake.dates()
    if not dates:
        return []
    known = set(members_of_lake(lake).dates())
    corrected = {day.biz_date for day in fresh} & known
    ends = [one for one, after in pairwise(dates) if (one.year, one.month) != (after.year, after.month)]
    missing = {end for end in ends[-MONTH_ENDS:] if not known or end > max(known)}
    found = (lake.day(one) for one in sorted({dates[-1]} | corrected | missing))
    return [day for day in found if day is not None and day.has("snapshot")]


def refresh_night(
    engine: Engine, lake: Lake, fresh: Sequence[Day], values_at: Callable[[date], Mapping[str, Any]]
) -> dict[str, int]:
    """The night's step. Returns counts for its record: rules, and who entered and left on the newest date."""
    sizes: dict[str, Size] = {}
    for day in wanted_days(lake, fresh):
        sizes = refresh_members(engine, lake, day, values_at(day.biz_date))
    return {
        "rules": len(sizes), "entered": sum(one.entered for one in sizes.values()),
        "left": sum(one.left for one in sizes.values()),
    }  # fmt: skip
