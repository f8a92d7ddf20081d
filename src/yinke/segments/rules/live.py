"""Live counts: a rule counted over the columns in memory while it is being typed.

What a rule asks of the snapshot is kept in memory from the first question on; what it counts over journals or looks
up on other dates is computed once and kept beside it, so that another threshold is only another comparison.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from yinke.lake.engine.hot import HotSnapshot
from yinke.segments.rules.compile import Needs, answer
from yinke.segments.rules.gather import gather
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World

ASKED = ("cust_id", "org_no", "tier", "stage", "aum", "mda", "last_login", "last_txn", "categories", "maturing_30d",
         "aum_30d_ago", "birth_date", "is_payroll", "risk_level")  # fmt: skip
"""Columns that are there from the start: those that rules ask for most."""
BY = ("org_no", "tier", "stage")


@dataclass(frozen=True)
class Counted:
    """How many, of how many; and how many by org, tier and stage (null values left out)."""

    customers: int
    of: int
    by: dict[str, dict[Any, int]]


class Live:
    """One day's columns in memory. Questions may come from several threads at once."""

    def __init__(self, world: World, *, threads: int, memory: str, scratch: Path) -> None:
        self._hot = HotSnapshot(world.day.path("snapshot"), threads=threads, memory=memory, scratch=scratch)
        self.version = world.day.version
        self._lock = threading.Lock()
        self._kept: dict[object, str] = {}
        self._there = frozenset(self._hot.schema)
        rows = self._hot.table(*(name for name in ASKED if name in self._there))
        self._of = int(self._hot.ask(rows.agg(n=rows.count()), {})["n"][0].as_py())

    def count(self, world: World, rule: Rule, within: pa.Table | None = None) -> Counted:
        """Count a checked rule.

        Args:
            world: of the same day; its marks are asked anew each time, for people change them any moment.
            within: ``cust_id`` of those whom the viewer may see; None: the whole bank.
        """
        rows, holds, beside = self._asked(world, rule, within)
        found = rows.filter(holds == 1).group_by(*BY).agg(customers=lambda t: t.count())
        table = self._hot.ask(found, beside)
        by: dict[str, dict[Any, int]] = {}
        for name in BY:
            sums = table.group_by(name).aggregate([("customers", "sum")]).to_pylist()
            by[name] = {row[name]: int(row["customers_sum"]) for row in sums if row[name] is not None}
        of = self._of
        if within is not None:
            mine = {"within": within}
            inside = self._hot.table("cust_id").semi_join(self._hot.beside("within", within), "cust_id")
            of = int(self._hot.ask(inside.agg(n=inside.count()), mine)["n"][0].as_py())
        return Counted(int(sum(table["customers"].to_pylist())), of, by)

    def some(self, world: World, rule: Rule, many: int, within: pa.Table | None = None) -> list[int]:
        """A sample: the numbers of so many whom the rule holds of, the same ones each time, spread over the bank."""
        rows, holds, beside = self._asked(world, rule, within)
        mixed = (rows.cust_id.cast("int64") * 2_654_435_761) % 4_294_967_296
        found = (
            rows.filter(holds == 1).select("cust_id", mixed=mixed).order_by("mixed", "cust_id").limit(many)
        )
        return [int(one) for one in self._hot.ask(found, beside)["cust_id"].to_pylist()]

    def all(self, world: World, rule: Rule) -> pa.Array:
        """The numbers of all whom a checked rule holds of, in the whole bank, in no order."""
        rows, holds, beside = self._asked(world, rule, None)
        return self._hot.ask(rows.filter(holds == 1).select("cust_id"), beside)["cust_id"].combine_chunks()

    def first(self, by: str, found: pa.Table, many: int, skip: int, *, down: bool) -> list[int]:
        """A page of customers by a column of the snapshot; who has no value there comes last.

        Args:
            found: ``cust_id`` of those to choose from.
        """
        rows = self._hot.table("cust_id", by).semi_join(self._hot.beside("within", found), "cust_id")
        order = ibis.desc(by, nulls_first=False) if down else ibis.asc(by, nulls_first=False)
        page = rows.order_by(order, "cust_id").select("cust_id").limit(many, offset=skip)
        return [int(one) for one in self._hot.ask(page, {"within": found})["cust_id"].to_pylist()]

    def _asked(
        self, world: World, rule: Rule, within: pa.Table | None
    ) -> tuple[Any, Any, dict[str, pa.Table]]:
        inside = replace(world, engine=self._hot.engine)
        needs = Needs()
        holds = answer(inside, needs, rule)
        with self._lock:
            names = self._keep(inside, needs)
            rows = self._hot.table(*self._named(needs, world))
        beside: dict[str, pa.Table] = {}
        if needs.marks:
            beside["marks"] = world.marks(frozenset(needs.marks))
            marks = self._hot.beside("marks", beside["marks"])
            flags = {name: (marks.mark == mark).any() for mark, name in needs.marks.items()}
            marked = marks.group_by(mark_id=marks.cust_id).agg(**flags)
            rows = rows.left_join(marked, rows.cust_id == marked.mark_id)
        if within is not None:
            beside["within"] = within
            rows = rows.semi_join(self._hot.beside("within", within), "cust_id")
        asked = _Renamed(rows, names)
        return rows, holds(asked), beside

    def _named(self, needs: Needs, world: World) -> Sequence[str]:
        today = world.day.biz_date
        return [
            column for day, table, column in needs.columns
            if day == today and table == "snapshot" and column in self._there
        ]  # fmt: skip

    def _keep(self, world: World, needs: Needs) -> dict[str, str]:
        """Each needed column's name in memory; what is not there yet is computed, all of it at once."""
        today, names, missing = world.day.biz_date, {}, Needs()
        for key, name in needs.columns.items():
            if key[:2] == (today, "snapshot") and key[2] in self._there:
                names[name] = key[2]
            else:
                names[name] = self._slot(("column", key), missing.columns, key)
        for spot, (name, asked) in needs.rows.items():
            names[name] = self._slot(("rows", spot), missing.rows, spot, asked)
        for spot, (name, then) in needs.then.items():
            names[name] = self._slot(("then", spot), missing.then, spot, then)
        for place, name in needs.peers.items():
            names[name] = self._slot(("peers", place), missing.peers, place)
            names[f"{name}_n"] = f"{names[name]}_n"
        if missing != Needs():
            self._hot.add(gather(world, missing))
        return names

    def _slot(self, key: object, found: dict[Any, Any], spot: Any, asked: Any = None) -> str:
        name = self._kept.get(key)
        if name is None:
            name = self._kept[key] = f"kept_{len(self._kept)}"
            found[spot] = name if asked is None else (name, asked)
        return name


class _Renamed:
    """A table whose columns answer to the names that a rule calls them by."""

    def __init__(self, rows: Any, names: dict[str, str]) -> None:
        self._rows, self._names = rows, names

    def __getitem__(self, name: str) -> Any:
        return self._rows[self._names.get(name, name)]


def ids(found: Sequence[int]) -> pa.Table:
    """Customers as ``within`` takes them."""
    return pa.table({"cust_id": pa.array(found, pa.int32())})
