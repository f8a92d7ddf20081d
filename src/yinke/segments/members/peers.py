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
        codes: dict[str, npt.NDArray[np.int32]] = {
            group: _codes(rows[f"by_{group}"].combine_chunks()) for group in groups if group != "bank"
        }
        codes["bank"] = np.zeros(len(ids), np.int32)
        found = {}
        for name in fields:
            column = rows[name].combine_chunks()
            known = column.is_valid().to_numpy(zero_copy_only=False)
            values = numbers(column).astype(np.int64)
            for number, one in asked.items():
                if one.field == name:
                    there = np.flatnonzero(known & (codes[one.group] >= 0))
                    best = -values[there] if one.side == "top" else values[there]
                    first = _first(best, codes[one.group][there], one.percent)
                    found[number] = bitmap(ids[there[first]])
        return found


def _codes(column: pa.Array) -> npt.NDArray[np.int32]:
    """A number for each group; -1 for who is in none."""
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return np.asarray(
        column.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32
    )


def _first(
    values: npt.NDArray[np.int64], codes: npt.NDArray[np.int32], percent: int
) -> npt.NDArray[np.bool_]:
    """Who is among the lowest ceil(n·percent/100) of the own group; who ties with the last of them is in."""
    if not len(values):
        return np.zeros(0, bool)
    sizes = np.bincount(codes)
    ends = np.cumsum(sizes)
    order = np.argsort(codes, kind="stable")
    limits = np.zeros(len(sizes), np.int64)
    for code, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        if size:
            group = values[order[end - size : end]]
            last = -(-int(size) * percent // 100) - 1
            limits[code] = np.partition(group, last)[last]
    return values <= limits[codes]
