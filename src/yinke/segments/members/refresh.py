"""Who each of many rules holds of: every column read once, every condition asked once, rules put together from bits.

500 rules of ten million customers have some hundred different conditions over some dozen columns. The engine gathers the
columns, and answers what is more than a comparison; a range of customers at a time, so memory does not grow with the bank.
A rule is then AND, OR and NOT of bits, eight customers a byte.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

from yinke.lake.engine import Slice
from yinke.segments.members.columns import Bits, Column, Test, Versus, count_test, test_of, versus_of
from yinke.segments.members.marks import by_mark
from yinke.segments.members.peers import Peers
from yinke.segments.members.sequences import Moments, Sequences
from yinke.segments.members.store import Members, Size
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.compile import Answer, Compiler, Needs
from yinke.segments.rules.gather import Piece, apart, joined
from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    Condition,
    InSegment,
    Not,
    Peer,
    Rule,
)  # fmt: skip
from yinke.segments.rules.language import Sequence as Then
from yinke.segments.rules.world import World

SPAN = 1 << 20
"""Numbers of customers taken at a time; a multiple of the 65,536 that a roaring bitmap keeps together."""
BLOCK = 1 << 13
"""Bytes of 65,536 bits."""
SPARSE = 4096
"""Up to so many of a block are stored as their numbers, more as bits."""

Node: TypeAlias = tuple[Literal["all", "any"], tuple["Node", ...]] | tuple[Literal["not"], "Node"] | int
"""A rule as its conditions are joined; a number stands for a condition."""


def refresh(world: World, rules: Mapping[str, tuple[int, Rule]], members: Members) -> dict[str, Size]:
    """Find whom each rule holds of on the world's day, and write it: all of them, or nothing.

    Args:
        rules: by key, the version and the rule; checked against the same day and segments.

    Returns:
        The sizes by key.
    """
    found = holding(world, {key: rule for key, (_, rule) in rules.items()})
    keep = world.values.get("segment.keep_days")
    return members.write(
        {key: (version, found[key]) for key, (version, _) in rules.items()}, world.day.biz_date,
        keep_days=None if keep is None else int(keep),
    )  # fmt: skip


def holding(world: World, rules: Mapping[str, Rule]) -> dict[str, BitMap]:
    """Whom each rule holds of."""
    plan = _Plan(world)
    nodes = {key: plan.node(rule.where, world.day.biz_date) for key, rule in rules.items()}
    found = {key: _Blocks() for key in rules}
    wholes = plan.whole()
    parts = _slices(world)
    with ThreadPoolExecutor(1, "gather") as ahead:
        coming = ahead.submit(plan.gathered, parts[0])
        for n, part in enumerate(parts):
            tables, moments = coming.result()
            if n + 1 < len(parts):
                coming = ahead.submit(plan.gathered, parts[n + 1])
            if tables[0].rows.num_rows:
                bits = _Bits(plan, tables, moments, part, wholes)
                for key, node in nodes.items():
                    found[key].add(part.low or 0, bits.of(node) & bits.there)
    return {key: blocks.bitmap() for key, blocks in found.items()}


def _slices(world: World) -> list[Slice]:
    """Ranges of ``SPAN`` numbers up to the newest customer's."""
    with pq.ParquetFile(world.day.path("snapshot")) as file:
        meta, at = file.metadata, file.schema_arrow.names.index("cust_id")
        groups = [meta.row_group(n).column(at).statistics for n in range(meta.num_row_groups)]
        newest = max((one.max for one in groups if one is not None and one.has_min_max), default=0)
    return [Slice(low, low + SPAN) for low in range(0, newest + 1, SPAN)]


@dataclass
class _Plan:
    """The different conditions of all rules: by a column and a test, as bits of the engine, or over the whole bank."""

    world: World
    needs: Needs = field(default_factory=Needs)
    tests: dict[int, tuple[str, Test]] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    pairs: dict[int, tuple[str, str, Versus]] = field(default_factory=dict)
    asked: dict[int, Answer] = field(default_factory=dict)
    sequences: Sequences = field(init=False)
    peers: Peers = field(init=False)
    _known: dict[tuple[date, str], int] = field(default_factory=dict)
    _inner: dict[tuple[date, str], Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sequences, self.peers = Sequences(self.world), Peers(self.world)

    def node(self, asked: Condition, today: date) -> Node:
        """A condition as it is put together."""
        if isinstance(asked, All):
            return ("all", tuple(self.node(one, today) for one in asked.of))
        if isinstance(asked, AnyOf):
            return ("any", tuple(self.node(one, today) for one in asked.of))
        if isinstance(asked, Not):
            return ("not", self.node(asked.of, today))
        if isinstance(asked, At):
            return self.node(asked.of, self._compiler.then(asked.on, today))
        if isinstance(asked, InSegment):
            rule, key = self.world.segments[asked.segment], (today, asked.segment)
            if rule is not None:
                if key not in self._inner:
                    self._inner[key] = self.node(rule.where, today)
                return self._inner[key]
            return self._mark(f"segment:{asked.segment}")
        if isinstance(asked, Compare) and asked.op in ("has_any", "has_all"):
            wanted = asked.value if isinstance(asked.value, list) else [asked.value]
            parts = tuple(self._has(asked.field, str(one), today) for one in wanted)
            return ("all" if asked.op == "has_all" else "any", parts)
        return self._leaf(asked, today)

    def _has(self, name: str, code: str, today: date) -> Node:
        """A ready tag is asked as its rule; the rest stands in PostgreSQL."""
        ready = ready_tags().get(code) if name == "tag" else None
        return self.node(ready.rule.where, today) if ready is not None else self._mark(f"{name}:{code}")

    def _mark(self, mark: str) -> int:
        number = self._known.setdefault((date.min, mark), len(self._known))
        self.marks[number] = mark
        return number

    def _leaf(self, asked: Condition, today: date) -> int:
        key = (today, asked.model_dump_json())
        if key not in self._known:
            self._known[key] = len(self._known)
            self._ask(self._known[key], asked, today)
        return self._known[key]

    @property
    def _compiler(self) -> Compiler:
        return Compiler(self.world, self.needs)

    def _ask(self, number: int, asked: Condition, today: date) -> None:
        if isinstance(asked, Peer):
            self.peers.ask(number, asked, today)
        elif isinstance(asked, Then):
            self.sequences.ask(number, asked, today)
        elif isinstance(asked, Compare) and (found := test_of(asked, today, self.world)):
            source, name, test = found
            self.tests[number] = (self.needs.column(today, source, name), test)
        elif isinstance(asked, Compare) and (pair := versus_of(asked)):
            mine, theirs = (self.needs.column(today, one.source, one.name) for one in pair[:2])
            self.pairs[number] = (mine, theirs, pair[2])
        elif isinstance(asked, Behaviour) and (counted := count_test(asked, today)):
            self.tests[number] = (self.needs.counted(today, asked), counted)
        else:
            self.asked[number] = self._compiler.condition(asked, today)

    def gathered(self, part: Slice) -> tuple[list[_Table], dict[str, Moments]]:
        """The columns of a slice's customers, and what the engine answers of them; the first names all of them.

        What one piece says is not joined to the others: a place for each customer does that for nothing.
        """
        pieces = apart(self.world, self.needs, part)
        home = {name: n for n, piece in enumerate(pieces) for name in piece.names}
        compared = {name for name, _ in self.tests.values()}
        compared |= {name for mine, theirs, _ in self.pairs.values() for name in (mine, theirs)}
        over: dict[tuple[int, ...], dict[str, Answer]] = defaultdict(dict)
        for number, one in self.asked.items():
            row = _Row(pieces, home)
            one(row)
            over[tuple(sorted(row.used - {0}))][f"r{number}"] = one
        found = []
        for n, piece in enumerate(pieces):
            columns = [name for name in piece.names if name in compared]
            answers = over.pop((), {}) if n == 0 else {}
            if columns or n == 0:
                found.append(self._table(piece.rows, columns, answers, piece.zero))
        for used, answers in over.items():
            rows = joined([pieces[0], *(pieces[n] for n in used)])
            found.append(self._table(rows, [], answers, frozenset()))
        return found, self.sequences.gathered(part)

    def _table(
        self, rows: Any, columns: Sequence[str], answers: Mapping[str, Answer], zero: frozenset[str]
    ) -> _Table:
        said = {name: one(rows) == 1 for name, one in answers.items()}
        said |= {name: rows[name].fill_null(0) if name in zero else rows[name] for name in columns}
        return _Table(self.world.engine.to_arrow(rows.select("cust_id", **said)), zero)

    def whole(self) -> dict[int, BitMap]:
        """What takes the whole bank at once: who is among the first of their peers, and who has a mark."""
        found = self.peers.found()
        if self.marks:
            known = by_mark(self.world.marks(frozenset(self.marks.values())))
            found |= {number: known.get(mark, BitMap()) for number, mark in self.marks.items()}
        return found


@dataclass(frozen=True)
class _Table:
    """Columns of some customers; whom it does not name has 0 in ``zero``, and null elsewhere."""

    rows: pa.Table
    zero: frozenset[str]


@dataclass
class _Row:
    """Notes of which pieces an answer asks for columns."""

    pieces: Sequence[Piece]
    home: Mapping[str, int]
    used: set[int] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        self.used.add(self.home[name])
        return self.pieces[self.home[name]].rows[name]


class _Bits:
    """The conditions of a slice's customers as bits, each found when it is first asked for."""

    def __init__(
        self,
        plan: _Plan,
        tables: Sequence[_Table],
        moments: Mapping[str, Moments],
        part: Slice,
        wholes: Mapping[int, BitMap],
    ) -> None:
        self._plan, self._moments, self._wholes, self._low = plan, moments, wholes, part.low or 0
        self._columns: dict[str, Column] = {}
        self._found: dict[int, Bits] = {}
        self._at: dict[str, tuple[pa.Table, Bits, npt.NDArray[np.int64]]] = {}
        self._size = 0
        for table in tables:
            rows, places = self._in_order(table.rows)
            self._size = self._size or (int(places[-1]) // (8 * BLOCK) + 1) * 8 * BLOCK
            named = self._named(places)
            if not self._at:
                self.there: Bits = named
            for name in rows.column_names:
                self._at[name] = (rows, self.there if name in table.zero else named, places)

    def _named(self, places: npt.NDArray[np.int64]) -> Bits:
        standing = np.zeros(self._size, bool)
        standing[places] = True
        return np.packbits(standing, bitorder="little")

    def _in_order(self, rows: pa.Table) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """The rows by number, and each one's place; of those whom the day's customers do not name, none."""
        places = rows["cust_id"].to_numpy().astype(np.int64) - self._low
        if self._size and len(places) and (places.max() >= self._size or places.min() < 0):
            known = (places >= 0) & (places < self._size)
            rows, places = rows.filter(pa.array(known)), places[known]
        if np.any(places[1:] < places[:-1]):
            order = np.argsort(places, kind="stable")
            rows, places = rows.take(pa.array(order)), places[order]
        return rows, places

    def of(self, node: Node) -> Bits:
        """Of whom a condition is true; bits of numbers that nobody has may be anything."""
        if isinstance(node, int):
            if node not in self._found:
                self._found[node] = self._condition(node)
            return self._found[node]
        if node[0] == "not":
            return ~self.of(node[1])
        if not node[1]:
            return self.there if node[0] == "all" else np.zeros_like(self.there)
        first, *rest = node[1]
        found = self.of(first)
        for one in rest:
            found = found & self.of(one) if node[0] == "all" else found | self.of(one)
        return found

    def _condition(self, number: int) -> Bits:
        if number in self._plan.tests:
            name, test = self._plan.tests[number]
            return self._column(name).holds(test, self.there)
        if number in self._plan.pairs:
            mine, theirs, versus = self._plan.pairs[number]
            return self._column(mine).versus(self._column(theirs), versus)
        if number in self._plan.asked:
            return self._column(f"r{number}").holds(Test("bool", among=frozenset([True])), self.there)
        if number in self._plan.sequences:
            places = self._plan.sequences.found(number, self._moments)
            return self._named(places[places < self._size])
        return _bits(self._wholes[number], self._low, self._size)

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            rows, known, places = self._at[name]
            self._columns[name] = Column(rows[name].combine_chunks(), places, self._size, known)
        return self._columns[name]


def _bits(found: BitMap, low: int, size: int) -> Bits:
    """A bitmap's bits from a number on."""
    there = np.zeros(size, bool)
    here = found & BitMap(range(low, low + size))
    there[np.frombuffer(here.to_array(), np.uint32).astype(np.int64) - low] = True
    return np.packbits(there, bitorder="little")


class _Blocks:
    """A bitmap in the making, in the form in which roaring bitmaps are stored: 65,536 numbers at a time."""

    def __init__(self) -> None:
        self._blocks: list[tuple[int, int, bytes]] = []

    def add(self, low: int, bits: Bits) -> None:
        """The bits from ``low`` on, a multiple of 65,536; from the lowest to the highest."""
        blocks = bits.reshape(-1, BLOCK)
        counts = np.bitwise_count(blocks.view(np.uint64)).sum(axis=1, dtype=np.int64)
        for n in np.flatnonzero(counts):
            block, many = blocks[n], int(counts[n])
            if many <= SPARSE:
                used = np.flatnonzero(block)  # most bytes of a sparse block are empty
                inner = np.flatnonzero(np.unpackbits(block[used], bitorder="little"))
                data = (used[inner >> 3] * 8 + (inner & 7)).astype("<u2").tobytes()
            else:
                data = block.tobytes()
            self._blocks.append(((low >> 16) + int(n), many, data))

    def bitmap(self) -> BitMap:
        """The bitmap."""
        count = len(self._blocks)
        head = struct.pack("<II", 12346, count)  # the format's cookie: no runs
        head += b"".join(struct.pack("<HH", high, many - 1) for high, many, _ in self._blocks)
        offsets, at = [], len(head) + 4 * count
        for _, _, data in self._blocks:
            offsets.append(at)
            at += len(data)
        found = b"".join((head, struct.pack(f"<{count}I", *offsets), *(data for *_, data in self._blocks)))
        self._blocks.clear()
        return BitMap.deserialize(found)
