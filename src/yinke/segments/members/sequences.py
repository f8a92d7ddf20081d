"""Who did one thing and then, within so many days, another or not: found by places in sorted days, not by joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yinke.lake.engine import Slice
from yinke.segments.members.columns import days_since_1970
from yinke.segments.rules.gather import doings
from yinke.segments.rules.language import Doing, Sequence
from yinke.segments.rules.timing import span_days, start_of
from yinke.segments.rules.world import World

_DAY = 1 << 24
"""A customer's days stand this far from the next customer's: no span of days reaches across."""

Moments: TypeAlias = npt.NDArray[np.int64]
"""``place * _DAY + day`` of each doing, ascending; ``place`` counts from the slice's first number."""


@dataclass
class Sequences:
    """The different doings of all sequences, each read once."""

    world: World
    _doings: dict[tuple[date, str], tuple[str, Doing]] = field(default_factory=dict)
    _after: dict[date, date] = field(default_factory=dict)
    _asked: dict[int, tuple[str, str, Sequence, date]] = field(default_factory=dict)

    def ask(self, number: int, asked: Sequence, today: date) -> None:
        """Note a sequence, asked on a date; ``found`` tells of it by this number."""
        names = [self._doing(one, today) for one in (asked.first, asked.then)]
        after = start_of(asked.last, today)
        self._after[today] = min(after, self._after.get(today, after))
        self._asked[number] = (names[0], names[1], asked, today)

    def _doing(self, doing: Doing, today: date) -> str:
        key = (today, doing.model_dump_json())
        return self._doings.setdefault(key, (f"d{len(self._doings)}", doing))[0]

    def __contains__(self, number: int) -> bool:
        return number in self._asked

    def gathered(self, part: Slice) -> dict[str, Moments]:
        """When each doing was done, by the customers of a slice."""
        by_table: dict[tuple[date, str], dict[str, Doing]] = defaultdict(dict)
        for (today, _), (name, doing) in self._doings.items():
            by_table[today, doing.table][name] = doing
        found: dict[str, Moments] = {}
        for (today, _), wanted in by_table.items():
            rows = self.world.engine.to_arrow(doings(self.world, today, wanted, self._after[today], part))
            moments = rows["cust_id"].to_numpy().astype(np.int64) - (part.low or 0)
            moments = moments * _DAY + rows["day"].cast(pa.int32()).to_numpy()
            for name in wanted:
                found[name] = np.sort(moments[rows[name].to_numpy()])
        return found

    def found(self, number: int, moments: Mapping[str, Moments]) -> Moments:
        """Places of those of whom a sequence is true."""
        first, then, asked, today = self._asked[number]
        after, within = days_since_1970(start_of(asked.last, today)), span_days(asked.within)
        did, next_did = (one[one % _DAY > after] for one in (moments[first], moments[then]))
        if not asked.happens:  # known only once these days are over
            did = did[did % _DAY <= days_since_1970(today - timedelta(days=within))]
        at = np.searchsorted(next_did, did)  # the same day counts
        follows = np.append(next_did, np.iinfo(np.int64).max)[at] - did <= within
        return did[follows if asked.happens else ~follows] // _DAY
