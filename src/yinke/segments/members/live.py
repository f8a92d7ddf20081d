"""Live counts: a rule counted over the columns in memory while it is being typed.

What a rule asks of the snapshot is kept in memory from the first question on; what it counts over journals or looks
up on other dates is found once and kept beside it, so that another threshold is only another comparison.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

from yinke.lake.engine import open_engine
from yinke.segments.members.columns import Bits
from yinke.segments.members.gathered import SPAN, Places, gather, slices, sources_of, whole
from yinke.segments.members.leaves import (
    Compared,
    Computed,
    Followed,
    Leaf,
    Marked,
    Paired,
    Planner,
    Ranked,
    Source,
    Stored,
    joined,
    leaves_of,
)
from yinke.segments.members.marks import KeptMarks
from yinke.segments.members.sequences import followed
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World

ASKED = ("org_no", "tier", "stage", "aum", "mda", "last_login", "last_txn", "categories", "maturing_30d", "aum_30d_ago",
         "birth_date", "is_payroll", "risk_level")  # fmt: skip
"""Columns that are there from the start: those that rules ask for most."""
BY = ("org_no", "tier", "stage")
KEPT = 200
"""Conditions whose customers are kept, a bit for each: 1.25 MB of ten million."""
COLUMNS = 40
"""Columns that are kept: of ten million customers up to 80 MB each."""
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """How many, of how many; and how many by org, tier and stage (null values left out)."""

    customers: int
    of: int
    by: dict[str, dict[Any, int]]


class Live:
    """One day's columns in memory. Questions may come from several threads at once."""

    def __init__(self, world: World, *, threads: int, memory: str, scratch: Path) -> None:
        self.version = world.day.version
        self._today = world.day.biz_date
        self._engine = open_engine("duckdb", threads=threads, memory=memory, scratch=scratch)
        self._lock = threading.Lock()
        self._found: OrderedDict[Leaf, Bits] = OrderedDict()
        inside = replace(world, engine=self._engine)
        self._places = Places(0, gather(inside, (), ()))
        self._marks = KeptMarks(lambda ids: self._places.bits(self._inside(ids)))
        there = set(pq.read_schema(world.day.path("snapshot")).names)
        self._load(inside, [self._stored(name) for name in ASKED if name in there], ())
        self._groups = _Groups(self._places, [self._stored(name) for name in BY if name in there])

    def count(self, world: World, rule: Rule, within: pa.Table | None = None) -> Counted:
        """Count a checked rule.

        Args:
            world: of the same day. People change its marks any moment: what holds at this moment is counted.
            within: ``cust_id`` of those whom the viewer may see; None: the whole bank.
        """
        found, scope = self._holding(world, rule, within)
        return Counted(_many(found), _many(scope), self._groups.counts(found))

    def spread(
        self, world: World, rule: Rule, columns: Sequence[str], within: pa.Table | None = None
    ) -> pa.Table:
        """How many customers a checked rule holds of, by the values of columns of the snapshot (null values left out).

        Returns:
            The columns, and ``customers``; only combinations that there are.
        """
        found, _ = self._holding(world, rule, within)
        with self._lock:
            self._load(replace(world, engine=self._engine), [self._stored(name) for name in columns], ())
            of = [self._places.column(self._stored(name)) for name in columns]
        for column in of:
            found = found & column.valid
        who = np.flatnonzero(_unpacked(found))
        table = pa.table({name: column.at(who) for name, column in zip(columns, of, strict=True)})
        return (
            table.group_by(list(columns))
            .aggregate([([], "count_all")])
            .rename_columns([*columns, "customers"])
        )

    def some(self, world: World, rule: Rule, many: int, within: pa.Table | None = None) -> list[int]:
        """A sample: the numbers of so many whom the rule holds of, the same ones each time, spread over the bank."""
        who = np.flatnonzero(_unpacked(self._holding(world, rule, within)[0]))
        mixed = (who * 2_654_435_761) % 4_294_967_296
        return [int(one) for one in who[np.lexsort((who, mixed))[:many]]]

    def all(self, world: World, rule: Rule) -> BitMap:
        """The numbers of all whom a checked rule holds of at this moment, in the whole bank."""
        who = np.flatnonzero(_unpacked(self._holding(world, rule, None)[0]))
        return BitMap(who.astype(np.uint32))

    def first(self, world: World, by: str, found: BitMap, many: int, skip: int, *, down: bool) -> list[int]:
        """A page of customers by an amount of the snapshot; who has no value there comes last.

        Args:
            found: those to choose from.
        """
        with self._lock:
            self._load(replace(world, engine=self._engine), [self._stored(by)], ())
            column = self._places.column(self._stored(by))
        who = np.flatnonzero(_unpacked(self._places.within(found) & self._places.there))
        values = column.numbers(who)
        keys = np.where(column.known(who), -values if down else values, np.iinfo(np.int64).max)
        page = skip + many
        if page < len(who):  # only those up to the last of the page are put in order
            last = np.partition(keys, page)[page]
            before, ties = np.flatnonzero(keys < last), np.flatnonzero(keys == last)
            chosen = np.concatenate([before, ties[: page - len(before)]])
            who, keys = who[chosen], keys[chosen]
        return [int(one) for one in who[np.lexsort((who, keys))[skip:page]]]

    def _stored(self, name: str) -> Stored:
        return Stored(self._today, "snapshot", name)

    def _holding(self, world: World, rule: Rule, within: pa.Table | None) -> tuple[Bits, Bits]:
        """Whom a rule holds of, and of whom it was asked."""
        inside = replace(world, engine=self._engine)
        node = Planner(inside).node(rule.where, self._today)
        leaves = set(leaves_of(node))
        marks: dict[Leaf, Bits] = {
            one: self._marked(inside, one) for one in leaves if isinstance(one, Marked)
        }
        with self._lock:
            answers = self._answers(inside, leaves - set(marks)) | marks
        scope = self._places.there
        if within is not None:
            scope = scope & self._places.bits(self._inside(within["cust_id"].to_numpy()))
        return joined(node, answers.__getitem__, self._places.there) & scope, scope

    def _marked(self, world: World, leaf: Marked) -> Bits:
        """Whom a mark holds of."""
        if world.following is not None:
            return self._marks.holding(leaf.mark, world.following)
        return self._places.within(whole(world, [leaf])[leaf])

    def read(self, world: World, mark: str) -> None:
        """Read whom a mark holds of, so that the first who asks for it does not wait."""
        self._marked(world, Marked(mark))

    def _inside(self, ids: npt.NDArray[np.integer]) -> Ids:
        """Customers whom the day knows, as places."""
        places: Ids = ids.astype(np.int64)
        return places[places < self._places.size]

    def _answers(self, world: World, leaves: Collection[Leaf]) -> dict[Leaf, Bits]:
        """The conditions' bits; what is not there yet is found, all of it at once, and kept."""
        new = [one for one in leaves if one not in self._found]
        self._load(world, sources_of(new), [one for one in new if isinstance(one, Computed)])
        found: dict[Leaf, Bits] = {one: self._found[one] for one in leaves if one in self._found}
        found |= {
            one: self._places.within(bits)
            for one, bits in whole(world, [r for r in new if isinstance(r, Ranked)]).items()
        }
        found |= self._followed(world, [one for one in new if isinstance(one, Followed)])
        found |= {
            one: self._places.holds(one) for one in new if isinstance(one, Compared | Paired | Computed)
        }
        for one in leaves:
            self._found[one] = found[one]
            self._found.move_to_end(one)
        while len(self._found) > KEPT:
            self._found.popitem(last=False)
        self._forget(sources_of(leaves))
        return found

    def _forget(self, asked: Collection[Source]) -> None:
        """Let go of the columns that were not asked for the longest."""
        columns = self._places.columns
        for one in asked:
            if one in columns:
                columns[one] = columns.pop(one)
        for one in list(columns)[: max(0, len(columns) - COLUMNS)]:
            del columns[one]

    def _followed(self, world: World, leaves: Collection[Followed]) -> dict[Leaf, Bits]:
        if not leaves:
            return {}
        found: dict[Leaf, list[Ids]] = {one: [] for one in leaves}
        for part in slices(world.day):
            for one, places in followed(world, leaves, part).items():
                found[one].append(places + (part.low or 0))
        every = {one: np.concatenate(places) for one, places in found.items()}
        return {one: self._places.bits(places[places < self._places.size]) for one, places in every.items()}

    def _load(self, world: World, sources: Collection[Any], computed: Collection[Computed]) -> None:
        """Columns that are not there yet; some at a time, so that they are not all in memory twice."""
        missing = [one for one in dict.fromkeys(sources) if one not in self._places.columns]
        for n in range(0, len(missing), 4):
            self._places.add(gather(world, missing[n : n + 4], ()))
            for one in missing[n : n + 4]:
                self._places.column(one)
        if computed:
            self._places.add(gather(world, (), computed))


class _Groups:
    """Everybody's org, tier and stage as one number, so that all three are counted at once."""

    def __init__(self, places: Places, sources: Sequence[Stored]) -> None:
        self._names = [one.name for one in sources]
        self._values: list[list[Any]] = []
        self._codes = np.zeros(places.size, np.int32)
        for source in sources:
            codes, values = places.column(source).coded()
            self._codes = self._codes * (len(values) + 1) + codes
            self._values.append(values)
        self._most = int(self._codes.max())

    def counts(self, found: Bits) -> dict[str, dict[Any, int]]:
        """How many of some customers are in each."""
        counted = np.zeros(self._most + 1, np.int64)
        for start in range(0, len(self._codes), SPAN):  # so many at a time stay near the processor
            who = _unpacked(found[start // 8 : (start + SPAN) // 8])
            counted += np.bincount(self._codes[start : start + SPAN][who], minlength=len(counted))
        there = np.flatnonzero(counted)
        counted, by = counted[there], {name: dict[Any, int]() for name in BY}
        for name, values in zip(self._names[::-1], self._values[::-1], strict=True):
            there, code = np.divmod(there, len(values) + 1)
            sums = np.bincount(code, weights=counted, minlength=len(values) + 1)
            by[name] = {value: int(n) for value, n in zip(values, sums, strict=False) if n}
        return by


def _unpacked(found: Bits) -> npt.NDArray[np.bool_]:
    return np.unpackbits(found, bitorder="little").view(np.bool_)


def _many(found: Bits) -> int:
    return int(np.bitwise_count(found.view(np.uint64)).sum(dtype=np.int64))


def ids(found: Sequence[int] | npt.NDArray[np.int32]) -> pa.Table:
    """Customers as ``within`` takes them."""
    return pa.table({"cust_id": pa.array(found, pa.int32())})
