"""What conditions need, gathered from the lake into columns and bits, a place for each customer's number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

from yinke.lake.engine import Slice
from yinke.lake.store import Day
from yinke.segments.members.columns import Bits, Column, Test
from yinke.segments.members.leaves import (
    Compared,
    Computed,
    Leaf,
    Marked,
    Paired,
    Ranked,
    Source,
    Stored,
)
from yinke.segments.members.marks import bitmap
from yinke.segments.members.peers import ranked
from yinke.segments.rules.compile import Answer, Compiler, Needs
from yinke.segments.rules.gather import Piece, apart, joined
from yinke.segments.rules.world import World

SPAN = 1 << 20
"""Numbers of customers taken at a time; a multiple of the 65,536 that a roaring bitmap keeps together."""
BLOCK = 1 << 13
"""Bytes of 65,536 bits."""
_NOBODY = np.zeros(0, np.int32)
_TRUE = Test("bool", among=frozenset([True]))


def newest_number(day: Day) -> int:
    """The highest number of a customer in a day's snapshot."""
    with pq.ParquetFile(day.path("snapshot")) as file:
        meta, at = file.metadata, file.schema_arrow.names.index("cust_id")
        groups = [meta.row_group(n).column(at).statistics for n in range(meta.num_row_groups)]
    return max((one.max for one in groups if one is not None and one.has_min_max), default=0)


def slices(day: Day) -> list[Slice]:
    """Ranges of ``SPAN`` numbers up to the newest customer's."""
    return [Slice(low, low + SPAN) for low in range(0, newest_number(day) + 1, SPAN)]


@dataclass(frozen=True)
class Rows:
    """Columns of some customers, by what they say; whom it does not name has 0 in ``zero``, and null elsewhere."""

    table: pa.Table
    names: Mapping[Source | Computed, str]
    zero: frozenset[str]


def gather(
    world: World, sources: Iterable[Source], computed: Iterable[Computed], part: Slice | None = None
) -> list[Rows]:
    """Columns, and what the engine answers, of a slice's customers; the first table names all of them.

    What one table says is not joined to the others: a place for each customer does that for nothing.
    """
    needs = Needs()
    named: dict[str, Source] = {}
    for source in sources:
        if isinstance(source, Stored):
            named[needs.column(source.day, source.table, source.name)] = source
        else:
            named[needs.counted(source.day, source.asked)] = source
    compiler = Compiler(world, needs)
    answers = {one: compiler.condition(one.asked, one.day) for one in dict.fromkeys(computed)}
    pieces = apart(world, needs, part)
    home = {name: n for n, piece in enumerate(pieces) for name in piece.names}
    over: dict[tuple[int, ...], dict[Computed, Answer]] = defaultdict(dict)
    for one, answer in answers.items():
        row = _Row(pieces, home)
        answer(row)
        over[tuple(sorted(row.used - {0}))][one] = answer
    found = []
    for n, piece in enumerate(pieces):
        columns: dict[Source | Computed, str] = {named[name]: name for name in piece.names if name in named}
        if columns or n == 0:
            found.append(_rows(world, piece.rows, columns, over.pop((), {}) if n == 0 else {}, piece.zero))
    for used, some in over.items():
        rows = joined([pieces[0], *(pieces[n] for n in used)])
        found.append(_rows(world, rows, {}, some, frozenset()))
    return found


def _rows(
    world: World,
    rows: Any,
    columns: Mapping[Source | Computed, str],
    answers: Mapping[Computed, Answer],
    zero: frozenset[str],
) -> Rows:
    asked = {name: rows[name].fill_null(0) if name in zero else rows[name] for name in columns.values()}
    names = dict(columns)
    for n, (one, answer) in enumerate(answers.items()):
        names[one] = f"r{n}"
        asked[f"r{n}"] = answer(rows) == 1
    return Rows(world.engine.to_arrow(rows.select("cust_id", **asked)), names, zero)


@dataclass
class _Row:
    """Notes of which pieces an answer asks for columns."""

    pieces: Sequence[Piece]
    home: Mapping[str, int]
    used: set[int] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        self.used.add(self.home[name])
        return self.pieces[self.home[name]].rows[name]


def whole(world: World, leaves: Collection[Leaf]) -> dict[Leaf, BitMap]:
    """What takes the whole bank at once: who is among the first of their peers, and who has a mark."""
    peers = ranked(world, [one for one in leaves if isinstance(one, Ranked)])
    found = dict[Leaf, BitMap](peers.items())
    marks = [one for one in leaves if isinstance(one, Marked)]
    if marks:
        known = world.marks(frozenset(one.mark for one in marks))
        found |= {one: bitmap(known.get(one.mark, _NOBODY)) for one in marks}
    return found


def sources_of(leaves: Iterable[Leaf]) -> set[Source]:
    """The columns that conditions are asked of."""
    found: set[Source] = set()
    for one in leaves:
        if isinstance(one, Compared):
            found.add(one.source)
        elif isinstance(one, Paired):
            found |= {one.mine, one.theirs}
    return found


class Places:
    """Columns by customers' places: the number less ``low``.

    Args:
        low: a multiple of 65,536.
        rows: as ``gather`` found them.
    """

    def __init__(self, low: int, rows: Sequence[Rows]) -> None:
        self.low = low
        self._at: dict[Source | Computed, tuple[pa.ChunkedArray, Bits, npt.NDArray[np.int64]]] = {}
        self.columns: dict[Source, Column] = {}
        places = rows[0].table["cust_id"].to_numpy().astype(np.int64) - low
        self.size = (int(places.max(initial=0)) // (8 * BLOCK) + 1) * 8 * BLOCK
        self.there = self.bits(places)
        self.add(rows)

    def add(self, rows: Sequence[Rows]) -> None:
        """More columns of the same customers."""
        for one in rows:
            table, places = self._in_order(one.table)
            named = self.there if len(places) and one is rows[0] else self.bits(places)
            for source, name in one.names.items():
                self._at[source] = (table[name], self.there if name in one.zero else named, places)

    def _in_order(self, rows: pa.Table) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """The rows by number, and each one's place; of those whom the day's customers do not name, none."""
        places = rows["cust_id"].to_numpy().astype(np.int64) - self.low
        known = (places >= 0) & (places < self.size)
        if not known.all():
            rows, places = rows.filter(pa.array(known)), places[known]
        if np.any(places[1:] < places[:-1]):
            order = np.argsort(places, kind="stable")
            rows, places = rows.take(pa.array(order)), places[order]
        return rows, places

    def bits(self, places: npt.NDArray[np.int64]) -> Bits:
        """Places as bits."""
        standing = np.zeros(self.size, bool)
        standing[places] = True
        return np.packbits(standing, bitorder="little")

    def within(self, found: BitMap) -> Bits:
        """A bitmap's bits."""
        here = found & BitMap(range(self.low, self.low + self.size))
        return self.bits(np.frombuffer(here.to_array(), np.uint32).astype(np.int64) - self.low)

    def column(self, source: Source) -> Column:
        """A column that was gathered."""
        if source not in self.columns:
            self.columns[source] = self._column(source)
        return self.columns[source]

    def _column(self, source: Source | Computed) -> Column:
        values, known, places = self._at.pop(source)
        return Column(values.combine_chunks(), places, self.size, known)

    def holds(self, leaf: Compared | Paired | Computed) -> Bits:
        """Of whom a condition is true."""
        if isinstance(leaf, Compared):
            return self.column(leaf.source).holds(leaf.test, self.there)
        if isinstance(leaf, Paired):
            return self.column(leaf.mine).versus(self.column(leaf.theirs), leaf.versus)
        return self._column(leaf).holds(_TRUE, self.there)
