"""Who is among the first of their peers: the value of the last of them is found, and everybody compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyroaring import BitMap

from yinke.segments.members.columns import numbers
from yinke.segments.members.leaves import Ranked
from yinke.segments.members.marks import bitmap
from yinke.segments.rules.gather import peers
from yinke.segments.rules.world import World


def ranked(world: World, leaves: Collection[Ranked]) -> dict[Ranked, BitMap]:
    """Of whom each is true. It takes the whole bank at once."""
    by_day: dict[date, list[Ranked]] = defaultdict(list)
    for leaf in leaves:
        by_day[leaf.day].append(leaf)
    return {leaf: found for day, some in by_day.items() for leaf, found in _of_day(world, day, some)}


def _of_day(world: World, today: date, leaves: Collection[Ranked]) -> Iterator[tuple[Ranked, BitMap]]:
    fields = sorted({one.asked.field for one in leaves})
    groups = sorted({one.asked.group for one in leaves})
    rows = world.engine.to_arrow(peers(world, today, fields, groups))
    ids = rows["cust_id"].to_numpy()
    within = {group: _Group.of(rows, group) for group in groups}
    for name, side in sorted({(one.asked.field, one.asked.side) for one in leaves}):
        column = rows[name].combine_chunks()
        known = column.is_valid().to_numpy(zero_copy_only=False)
        values = numbers(column).astype(np.int64)
        best = np.where(known, values if side == "bottom" else -values, _WORST)
        for one in leaves:
            if (one.asked.field, one.asked.side) == (name, side):
                yield one, bitmap(ids[within[one.asked.group].first(best, known, one.asked.percent)])


_WORST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class _Group:
    """Everybody in the order of their groups: ``code`` is each one's group, -1 none; ``order`` puts groups together."""

    codes: npt.NDArray[np.int32]
    order: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: pa.Table, group: str) -> _Group:
        codes = np.zeros(rows.num_rows, np.int32)
        if group != "bank":
            codes = _codes(rows[f"by_{group}"].combine_chunks())
        ends = np.cumsum(np.bincount(codes + 1))  # those of no group come first
        short = codes.astype(np.int16) if len(ends) < 2**15 else codes  # sorted by radix, ten times as fast
        return cls(codes, np.argsort(short, kind="stable"), ends)

    def first(
        self, best: npt.NDArray[np.int64], known: npt.NDArray[np.bool_], percent: int
    ) -> npt.NDArray[np.bool_]:
        """Who is among the lowest ceil(n·percent/100) of the own group; who ties with the last of them is in."""
        sorted_, many = best[self.order], np.bincount(self.codes[known] + 1, minlength=len(self.ends))
        limits = np.full(len(self.ends), -_WORST)
        for code in range(1, len(self.ends)):
            if many[code]:
                last = -(-int(many[code]) * percent // 100) - 1
                group = sorted_[self.ends[code - 1] : self.ends[code]]
                limits[code] = np.partition(group, last)[last]
        return known & (self.codes >= 0) & (best <= limits[self.codes + 1])


def _codes(column: pa.Array) -> npt.NDArray[np.int32]:
    """A number for each group; -1 for who is in none."""
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return np.asarray(
        column.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32
    )
