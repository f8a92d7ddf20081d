"""Who did one thing and then, within so many days, another or not: found by places in sorted days, not by joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yinke.lake.engine import Slice
from yinke.segments.members.columns import days_since_1970
from yinke.segments.members.leaves import Followed
from yinke.segments.rules.gather import doings
from yinke.segments.rules.language import Doing
from yinke.segments.rules.timing import span_days, start_of
from yinke.segments.rules.world import World

_DAY = 1 << 24
"""A customer's days stand this far from the next customer's: no span of days reaches across."""

Places: TypeAlias = npt.NDArray[np.int64]
"""Customers' numbers, counted from a slice's first."""


def followed(world: World, leaves: Collection[Followed], part: Slice) -> dict[Followed, Places]:
    """Of whom each sequence is true, among the customers of a slice. Each journal is read once for all of them."""
    doing: dict[tuple[date, str], dict[str, Doing]] = defaultdict(dict)
    since: dict[date, date] = {}
    for leaf in leaves:
        for one in (leaf.asked.first, leaf.asked.then):
            doing[leaf.day, one.table].setdefault(one.model_dump_json(), one)
        start = start_of(leaf.asked.last, leaf.day)
        since[leaf.day] = min(start, since.get(leaf.day, start))
    moments: dict[tuple[date, str], Places] = {}
    for (today, _), wanted in doing.items():
        names = {f"d{n}": one for n, one in enumerate(wanted.values())}
        rows = world.engine.to_arrow(doings(world, today, names, since[today], part))
        when = rows["cust_id"].to_numpy().astype(np.int64) - (part.low or 0)
        when = when * _DAY + rows["day"].cast(pa.int32()).to_numpy()
        for name, said in zip(names, wanted, strict=True):
            moments[today, said] = np.sort(when[rows[name].to_numpy()])
    return {leaf: _found(leaf, *(_of(moments, leaf, one) for one in ("first", "then"))) for leaf in leaves}


def _of(moments: dict[tuple[date, str], Places], leaf: Followed, which: str) -> Places:
    """When one of the two was done in the sequence's own days: ``place * _DAY + day``, ascending."""
    found = moments[leaf.day, getattr(leaf.asked, which).model_dump_json()]
    return found[found % _DAY > days_since_1970(start_of(leaf.asked.last, leaf.day))]


def _found(leaf: Followed, first: Places, then: Places) -> Places:
    within = span_days(leaf.asked.within)
    if not leaf.asked.happens:  # known only once these days are over
        first = first[first % _DAY <= days_since_1970(leaf.day - timedelta(days=within))]
    at = np.searchsorted(then, first)  # the same day counts
    follows = np.append(then, np.iinfo(np.int64).max)[at] - first <= within
    return first[follows if leaf.asked.happens else ~follows] // _DAY
