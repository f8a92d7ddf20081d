"""Who is among the first of their peers: the value of the last of them is found, and everybody compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyroaring import BitMap

from yinke.segments.members.columns import numbers
from yinke.segments.members.marks import bitmap
from yinke.segments.rules.gather import peers
from yinke.segments.rules.language import Peer
from yinke.segments.rules.world import World


@dataclass
class Peers:
    """All comparisons with peers, by the numbers that they have among the conditions."""

    world: World
    _asked: dict[date, dict[int, Peer]] = field(default_factory=lambda: defaultdict(dict))

    def ask(self, number: int, asked: Peer, today: date) -> None:
        """Note one, asked on a date."""
        self._asked[today][number] = asked

    def found(self) -> dict[int, BitMap]:
        """Of whom each is true. It takes the whole bank at once."""
        return {
            number: members
            for today, asked in self._asked.items()
            for number, members in self._of_day(today, asked).items()
        }

    def _of_day(self, today: date, asked: Mapping[int, Peer]) -> dict[int, BitMap]:
        fields = sorted({one.field for one in asked.values()})
        groups = sorted({one.group for one in asked.values()})
        rows = self.world.engine.to_arrow(peers(self.world, today, fields, groups))
        ids = rows["cust_id"].to_numpy()
        within = {group: _Group.of(rows, group) for group in groups}
        found = {}
        for name in fields:
            column = rows[name].combine_chunks()
            known = column.is_valid().to_numpy(zero_copy_only=False)
            values = numbers(column).astype(np.int64)
            for side in sorted({one.side for one in asked.values() if one.field == name}):
                best = np.where(known, values if side == "bottom" else -values, _WORST)
                for number, one in asked.items():
                    if (one.field, one.side) == (name, side):
                        found[number] = bitmap(ids[within[one.group].first(best, known, one.percent)])
        return found


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
