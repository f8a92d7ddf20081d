"""The columns that rules need, gathered from the lake: each table scanned once, for all that is asked of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import ibis
import pyarrow as pa

from yinke.lake.engine import Files, Slice, Table
from yinke.lake.features import net_of_reversals
from yinke.lake.features.money import MONEY, at_rates
from yinke.lake.store import Day
from yinke.segments.rules.compile import Needs, answer, comparison, day_of
from yinke.segments.rules.fields import Rows, fields, tables
from yinke.segments.rules.language import Behaviour, Doing, Filter, Rule
from yinke.segments.rules.language import Sequence as Then
from yinke.segments.rules.timing import span_days, start_of
from yinke.segments.rules.world import World, rows_of

Part: TypeAlias = Slice | Collection[int] | ibis.Table | None
"""Whom to ask of: a range of customers, some named ones (also as a table of ``cust_id``), or everybody."""


def evaluate(world: World, rules: Sequence[Rule], part: Part = None) -> Table:
    """Whom each rule holds of: ``cust_id`` and a boolean ``r0``, ``r1``, ... for each rule, of every customer.

    The rules were checked (``check``) against the same day and segments. ``part``: of these customers only.
    """
    needs = Needs()
    answers = [answer(world, needs, rule) for rule in rules]
    rows = gather(world, needs, part)
    return rows.select("cust_id", **{f"r{n}": one(rows) == 1 for n, one in enumerate(answers)})


def gather(world: World, needs: Needs, part: Part = None) -> Table:
    """``cust_id`` and all needed columns of every customer, or of some."""
    pieces = apart(world, needs, part)
    return joined(pieces)


@dataclass(frozen=True)
class Piece:
    """Some of the needed columns, each by its name, and ``cust_id``: of some customers, in any order.

    Whom it does not name has null in ``names``, but 0 in ``zero``: nothing happened there.
    """

    rows: Table
    names: tuple[str, ...]
    zero: frozenset[str] = frozenset()


def apart(world: World, needs: Needs, part: Part = None) -> list[Piece]:
    """All needed columns as they are found, one table after another; the first names every customer once."""
    return list(_Gatherer(world, needs, part).pieces())


def doings(world: World, today: date, wanted: Mapping[str, Doing], after: date, part: Part = None) -> Table:
    """Rows of one journal in which somebody did one of the things, after a day and up to ``today``.

    Returns:
        ``cust_id``, ``day``, and for each of ``wanted`` whether the row is one.
    """
    return _Gatherer(world, Needs(), part).doings(today, wanted, after)


def peers(world: World, today: date, names: Sequence[str], groups: Sequence[str]) -> Table:
    """Those who are compared with their peers: ``cust_id``, the fields, and ``by_`` each group, the one they are in."""
    return _Gatherer(world, Needs(), None).peers(today, names, groups)


def joined(pieces: Sequence[Piece]) -> Table:
    """The pieces side by side, for the customers of the first."""
    first, *others = pieces
    base = rows = first.rows
    for n, piece in enumerate(others):  # a key of its own for each keeps them one flat chain of joins
        part = piece.rows.rename({f"key_{n}": "cust_id"})
        rows = rows.left_join(part, base.cust_id == part[f"key_{n}"])
    columns = {
        name: rows[name].fill_null(0) if name in piece.zero else rows[name]
        for piece in pieces for name in piece.names
    }  # fmt: skip
    return rows.select("cust_id", **columns)


class _Gatherer:
    """Joins what is needed to the customers of the day. Each table is one plan input, scanned once."""

    def __init__(self, world: World, needs: Needs, part: Part) -> None:
        self.world, self.needs, self.part = world, needs, part

    def _read(self, files: Files | ibis.Table, *, whole: bool = False) -> Table:
        engine = self.world.engine
        if isinstance(files, pa.Schema):
            return engine.memtable(files.empty_table())
        if isinstance(files, ibis.Table):
            rows = files
        else:
            rows = engine.memtable(files) if isinstance(files, pa.Table) else engine.tables(files)
        if self.part is None or whole or "cust_id" not in rows.columns:
            return rows
        if isinstance(self.part, ibis.Table):
            return rows.filter(rows.cust_id.isin(self.part.cust_id))
        if not isinstance(self.part, Slice):
            return rows.filter(rows.cust_id.isin(list(self.part)))
        low, high = self.part.scalars().values()
        return rows.filter((rows.cust_id >= low) & (rows.cust_id < high))

    def pieces(self) -> Iterator[Piece]:
        of_today = self._of_today()
        yield Piece(self._columns(self.world.day.biz_date, "snapshot", of_today), tuple(of_today))
        by_table: dict[tuple[date, str], dict[str, str]] = defaultdict(dict)
        for (day, table, column), name in self.needs.columns.items():
            by_table[day, table][name] = column
        by_table.pop((self.world.day.biz_date, "snapshot"), None)
        for (day, table), columns in by_table.items():
            yield Piece(self._columns(day, table, columns), tuple(columns))
        counted: dict[tuple[date, str], list[tuple[str, Behaviour]]] = defaultdict(list)
        for (day, _), (name, asked) in self.needs.rows.items():
            counted[day, asked.table].append((name, asked))
        for (day, table), behaviours in counted.items():
            names = tuple(name for name, _ in behaviours)
            # of counts and sums nothing is 0; of a greatest or least value nothing is not known
            zero = frozenset(name for name, asked in behaviours if asked.measure not in ("max", "min"))
            yield Piece(self._counted(day, tables()[table], behaviours), names, zero)
        for (day, _), (name, then) in self.needs.then.items():
            yield Piece(self._followed(day, then).mutate(**{name: True}), (name,))
        ranked: dict[date, list[tuple[Any, str]]] = defaultdict(list)
        for key, name in self.needs.peers.items():
            ranked[key[0]].append((key, name))
        for day, wanted in ranked.items():
            names = tuple(found for _, name in wanted for found in (name, f"{name}_n"))
            yield Piece(self._ranked(day, wanted), names)
        if self.needs.marks:
            yield Piece(self._marked(), tuple(self.needs.marks.values()))

    def _of_today(self) -> dict[str, str]:
        """The columns that stand in the very rows that all else is joined to."""
        today = self.world.day.biz_date
        return {
            name: column
            for (day, table, column), name in self.needs.columns.items()
            if (day, table) == (today, "snapshot")
        }

    def _columns(self, day: date, table: str, columns: Mapping[str, str]) -> Table:
        rows = self._read(self.world.files(self._day(day), table))
        there = {name: column for name, column in columns.items() if column in rows.columns}
        rows = rows.select("cust_id", **there)
        missing = {name: _nothing(columns[name]) for name in columns if name not in there}
        return rows.mutate(**missing) if missing else rows

    def _day(self, wanted: date) -> Day | None:
        return self.world.on(wanted)

    def rows(self, today: date, table: Rows, after: date | None) -> Table:
        """A table's rows in CNY, with ``_day``, the day on which each happened; a journal's up to ``today``."""
        world, day = self.world, self._day(today)
        if not table.day:
            rows = self._read(world.files(day, table.name))
            if table.name == "account":
                held = self._read(world.files(day, "balance")).select(held_no="acct_no", balance="balance")
                rows = rows.left_join(held, rows.acct_no == held.held_no).drop("held_no")
        else:
            start = after or today
            files = world.journal(day, table.name, start) if day else world.files(None, table.name)
            rows = self._read(files)
            if table.name == "transaction":
                rows = net_of_reversals(rows, of_many_days=True)
            rows = rows.mutate(_day=day_of(rows[table.day]))
            rows = rows.filter((rows._day > start) & (rows._day <= today))
        rates = world.rates(day) if day and table.cny else {}
        exact = {ccy: ibis.literal(rate, "decimal(18, 6)") for ccy, rate in rates.items()}
        if exact:
            rows = rows.mutate(**{name: at_rates(rows[name], rows.ccy, exact) for name in table.cny})
        return rows

    def _fits(self, rows: Table, table: Rows, filters: Iterable[Filter], today: date) -> Any:
        found = ibis.literal(True)
        for one in filters:
            test = comparison(table.columns[one.field], one, today, self.world)
            found = found & test(rows[one.field], lambda name: rows[name]).fill_null(False)
        return found

    def _counted(self, today: date, table: Rows, wanted: list[tuple[str, Behaviour]]) -> Table:
        """All that is counted over one table on one date: one scan of the longest window, a condition for each."""
        starts = {name: start_of(asked.last, today) for name, asked in wanted if asked.last is not None}
        rows = self.rows(today, table, min(starts.values(), default=None))
        tests, measures = {}, {}
        for name, asked in wanted:
            test = self._fits(rows, table, asked.filters, today)
            tests[f"fits_{name}"] = test & (rows["_day"] > starts[name]) if name in starts else test
        rows = rows.mutate(**tests)
        rows = rows.filter(ibis.or_(*(rows[name] for name in tests)))
        for name, asked in wanted:
            measures[name] = _measure(rows, asked, rows[f"fits_{name}"])
        return rows.group_by("cust_id").agg(**measures)

    def _followed(self, today: date, then: Then) -> Table:
        """``cust_id`` of those who did one thing, and within so many days did another or did not."""
        after, within = start_of(then.last, today), span_days(then.within)

        def days(doing: Any) -> Table:
            table = tables()[doing.table]
            rows = self.rows(today, table, after)
            rows = rows.filter(self._fits(rows, table, doing.filters, today))
            return rows.select("cust_id", day=rows._day).distinct()

        first, second = days(then.first), days(then.then).select(who="cust_id", on="day")
        if not then.happens:
            first = first.filter(first.day <= today - timedelta(days=within))
        follows = [
            first.cust_id == second.who,
            second.on >= first.day,
            second.on <= first.day + ibis.interval(days=within),
        ]
        found = first.semi_join(second, follows) if then.happens else first.anti_join(second, follows)
        return found.select("cust_id").distinct()

    def doings(self, today: date, wanted: Mapping[str, Doing], after: date) -> Table:
        table = tables()[next(iter(wanted.values())).table]
        rows = self.rows(today, table, after)
        fits = {name: self._fits(rows, table, doing.filters, today) for name, doing in wanted.items()}
        found = rows.select("cust_id", day=rows["_day"], **fits)
        return found.filter(ibis.or_(*(found[name] for name in wanted)))

    def peers(self, today: date, names: Iterable[str], groups: Iterable[str]) -> Table:
        rows = self._read(self.world.files(self._day(today), "snapshot"), whole=True)
        rows = rows.filter((rows.stage != "CLOSED").fill_null(True))
        keys = {"outlet": "org_no", "branch": "branch", "tier": "tier"}
        if "branch" in groups:
            tree = {org: path[-2] for org, path in self.world.orgs.items() if len(path) > 1}
            lines = pa.table(
                {"of_org": pa.array(list(tree), pa.string()), "branch": pa.array(list(tree.values()), pa.string())}
            )  # fmt: skip
            orgs = self._read(lines)
            rows = rows.left_join(orgs, rows.org_no == orgs.of_org)
        return rows.select(
            "cust_id", *names, **{f"by_{group}": rows[keys[group]] for group in groups if group != "bank"}
        )

    def _ranked(self, today: date, wanted: list[tuple[Any, str]]) -> Table:
        names, groups = {key[1] for key, _ in wanted}, {key[2] for key, _ in wanted}
        rows = self.peers(today, sorted(names), sorted(groups))
        places = {}
        for (_, name, group, side), alias in wanted:
            value = rows[name]
            order = (
                ibis.desc(value, nulls_first=False) if side == "top" else ibis.asc(value, nulls_first=False)
            )
            key = None if group == "bank" else f"by_{group}"
            known = value.notnull() if key is None else value.notnull() & rows[key].notnull()
            by = {} if key is None else {"group_by": key}
            rank = ibis.rank().over(ibis.window(order_by=order, **by))
            size = value.count().over(ibis.window(**by))
            places[alias] = ibis.ifelse(known, rank, ibis.null("int64"))
            places[f"{alias}_n"] = size
        return rows.select("cust_id", **places)

    def _marked(self) -> Table:
        wanted = self.needs.marks
        rows = self.world.marked
        if rows is None:
            rows = self._read(rows_of(self.world.marks(frozenset(wanted))))
        return rows.group_by("cust_id").agg(
            **{name: (rows.mark == mark).any() for mark, name in wanted.items()}
        )


def _nothing(column: str) -> Any:
    kinds = {"money": MONEY, "int": "int32", "date": "date", "bool": "bool"}
    known = fields().get(column)
    return ibis.null(kinds.get(known.kind if known else "date", "string"))


def _measure(rows: Table, asked: Behaviour, fits: Any) -> Any:
    if asked.measure == "count":
        if asked.table == "events":
            return rows.dedup_key.nunique(where=fits)  # what stands is written each night anew
        return fits.cast("int32").sum().cast("int64")
    if asked.measure == "days":
        return rows["_day"].nunique(where=fits)
    column = rows[asked.column]
    if asked.measure == "sum":
        return column.sum(where=fits).cast("decimal(28, 6)" if column.type().is_decimal() else "int64")
    return column.max(where=fits) if asked.measure == "max" else column.min(where=fits)
