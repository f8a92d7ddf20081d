"""Rules as Ibis expressions: many rules, one scan.

A rule says which columns it needs (``Needs``) and how its answer follows from them. Rules that ask the same thing
share the column: one join for each table and date, however many conditions look at it. Texts and numbers of users
become Ibis literals, never SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from yinke.common.lunar import lunar_birthdays, solar_birthdays
from yinke.lake.dates import add_months
from yinke.lake.engine import Files, Slice, Table
from yinke.lake.features import net_of_reversals
from yinke.lake.features.money import MONEY, at_rates
from yinke.lake.store import Day
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.fields import Field, Rows, fields, tables, typed
from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    Condition,
    Filter,
    InSegment,
    Not,
    Other,
    Peer,
    Rule,
    Span,
)  # fmt: skip
from yinke.segments.rules.language import (
    Sequence as Then,
)
from yinke.segments.rules.timing import end_of, period, span_days, start_of
from yinke.segments.rules.world import World

Answer: TypeAlias = Callable[[Any], Any]
"""From a table with the needed columns to a bit, 1 or 0 (``int8``): bits are twice as fast as branches."""

FEW = 2
"""Up to so many sequences each read their journals by themselves."""
Part: TypeAlias = Slice | Collection[int] | None
"""Whom to ask of: a range of customers, some named ones, or everybody."""

LUNAR = 2000
"""Added to month × 100 + day of a leap month's birthday."""
_SCALES = {None: 1, "CNY": 1, "WAN": 10_000, "YI": 100_000_000}


@dataclass
class Needs:
    """Columns that rules need, each by the name that it gets. A key stands for the same thing wherever it is asked.

    ``day``: of the snapshot or ``customer`` of a date; ``rows``: something counted over a table; ``then``: who did
    one thing after another; ``peers``: places among peers; ``marks``: what stands in PostgreSQL.
    """

    columns: dict[tuple[date, str, str], str] = field(default_factory=dict)
    rows: dict[tuple[date, str], tuple[str, Behaviour]] = field(default_factory=dict)
    then: dict[tuple[date, str], tuple[str, Then]] = field(default_factory=dict)
    peers: dict[tuple[date, str, str, str], str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def _name(self, found: dict[Any, str], key: Any, letter: str) -> str:
        return found.setdefault(key, f"{letter}{len(found)}")

    def column(self, day: date, table: str, name: str) -> str:
        """A column of the snapshot or of ``customer``."""
        return self._name(self.columns, (day, table, name), "c")

    def counted(self, day: date, asked: Behaviour) -> str:
        """What a behaviour counts, whatever it is compared with."""
        key = (day, asked.model_dump_json(exclude={"op", "value"}))
        return self.rows.setdefault(key, (f"b{len(self.rows)}", asked))[0]

    def followed(self, day: date, asked: Then) -> str:
        """Whether a sequence took place."""
        return self.then.setdefault((day, asked.model_dump_json()), (f"s{len(self.then)}", asked))[0]

    def place(self, day: date, asked: Peer) -> str:
        """Rank from 0; the size of the group has ``_n`` behind its name."""
        return self._name(self.peers, (day, asked.field, asked.group, asked.side), "p")

    def mark(self, mark: str) -> str:
        """Whether the customer has a mark."""
        return self._name(self.marks, mark, "m")


def evaluate(world: World, rules: Sequence[Rule], part: Part = None) -> Table:
    """Whom each rule holds of: ``cust_id`` and a boolean ``r0``, ``r1``, ... for each rule, of every customer.

    The rules were checked (``check``) against the same day and segments. ``part``: of these customers only.
    """
    needs = Needs()
    answers = [answer(world, needs, rule) for rule in rules]
    rows = gather(world, needs, part)
    return rows.select("cust_id", **{f"r{n}": one(rows) == 1 for n, one in enumerate(answers)})


def answer(world: World, needs: Needs, rule: Rule) -> Answer:
    """What one rule needs, and how its answer follows."""
    return Compiler(world, needs).condition(rule.where, world.day.biz_date)


def gather(world: World, needs: Needs, part: Part = None) -> Table:
    """``cust_id`` and all needed columns of every customer, or of some."""
    return _Gatherer(world, needs, part).table()


@dataclass
class Compiler:
    """Turns conditions into answers, noting what they need."""

    world: World
    needs: Needs

    def condition(self, asked: Condition, today: date) -> Answer:
        """The answer of a condition as it stands on a date."""
        if isinstance(asked, All):
            return _joined([self.condition(c, today) for c in asked.of], 1, lambda a, b: a & b)
        if isinstance(asked, AnyOf):
            return _joined([self.condition(c, today) for c in asked.of], 0, lambda a, b: a | b)
        if isinstance(asked, Not):
            inner = self.condition(asked.of, today)
            return lambda t: (ibis.literal(1, "int8") - inner(t)).cast("int8")
        if isinstance(asked, At):
            return self.condition(asked.of, self.then(asked.on, today))
        if isinstance(asked, InSegment):
            rule = self.world.segments[asked.segment]
            if rule is not None:
                return self.condition(rule.where, today)
            name = self.needs.mark(f"segment:{asked.segment}")
            return lambda t: _bit(t[name])
        return self._leaf(asked, today)

    def then(self, on: date | Span, today: date) -> date:
        """The lake's newest date up to an earlier one."""
        wanted = start_of(on, today) if isinstance(on, Span) else on
        day = self.world.on(wanted)
        return day.biz_date if day else wanted

    def _leaf(self, asked: Compare | Behaviour | Then | Peer, today: date) -> Answer:
        if isinstance(asked, Compare):
            known = fields()[asked.field]
            if known.source == "own":
                return self._own(asked, today)
            column = self.needs.column(today, known.source, known.name)
            others = {}
            if isinstance(asked.value, Other):
                other = fields()[asked.value.field]
                others[other.name] = self.needs.column(today, other.source, other.name)
            test = comparison(known, asked, today, self.world, scale=_SCALES[asked.unit])
            return lambda t: _bit(test(t[column], lambda name: t[others[name]]))
        if isinstance(asked, Behaviour):
            name = self.needs.counted(today, asked)
            measured = _measured(asked)
            test = comparison(measured, Filter(field="", op=asked.op, value=asked.value), today, self.world)
            return lambda t: _bit(test(t[name], lambda _: None))
        if isinstance(asked, Then):
            name = self.needs.followed(today, asked)
            return lambda t: _bit(t[name])
        name = self.needs.place(today, asked)
        return lambda t: _bit(t[name] * 100 < t[f"{name}_n"] * asked.percent)

    def _own(self, asked: Compare, today: date) -> Answer:
        if asked.field in ("age", "tenure_months"):
            of = "birth_date" if asked.field == "age" else "open_date"
            column = self.needs.column(today, "snapshot", of)
            turns = _turned if asked.field == "age" else _months_ago
            test = _full(asked, lambda n: turns(today, n))
            return lambda t: _bit(test(t[column]))
        if asked.field == "birthday":
            return self._birthday(asked, today)
        bits = [self._marked(asked.field, str(one), today) for one in _list(asked.value)]
        if asked.op == "has_all":
            return _joined(bits, 1, lambda a, b: a & b)
        return _joined(bits, 0, lambda a, b: a | b)

    def _marked(self, field: str, value: str, today: date) -> Answer:
        """A ready tag is asked as its rule, which others may have asked for already; the rest stands in PostgreSQL."""
        ready = ready_tags().get(value) if field == "tag" else None
        if ready is not None:
            return self.condition(ready.rule.where, today)
        name = self.needs.mark(f"{field}:{value}")
        return lambda t: _bit(t[name])

    def _birthday(self, asked: Compare, today: date) -> Answer:
        names = {
            name: self.needs.column(today, "customer", name)
            for name in ("birth_date", "birth_calendar", "lunar_month", "lunar_day", "lunar_leap")
        }
        if asked.op in ("is_known", "is_unknown"):
            wanted = asked.op == "is_known"

            def known(t: Any) -> Any:
                _, code = _born(t, names)
                return _bit(code.notnull() if wanted else code.isnull())

            return known
        if isinstance(asked.value, Span):
            first, last = today + timedelta(days=1), end_of(asked.value, today)
        else:
            first, last = period(str(asked.value), today)
        days = [first + timedelta(days=n) for n in range(min((last - first).days, 365) + 1)]
        solar = sorted({month * 100 + day for one in days for month, day in solar_birthdays(one)})
        lunar = sorted(
            {LUNAR * b.is_leap + b.month * 100 + b.day for one in days for b in lunar_birthdays(one)}
        )

        def test(t: Any) -> Any:
            is_lunar, code = _born(t, names)
            return _bit(ibis.ifelse(is_lunar, code.isin(lunar), code.isin(solar)))

        return test


def _born(t: Any, names: Mapping[str, str]) -> tuple[Any, Any]:
    """Whether the birthday is a lunar one, and its code: month × 100 + day, and ``LUNAR`` for a leap month."""
    month, day = t[names["lunar_month"]], t[names["lunar_day"]]
    is_lunar = (t[names["birth_calendar"]] == "LUNAR").fill_null(False) & month.notnull() & day.notnull()
    leap = t[names["lunar_leap"]].fill_null(False).cast("int32") * LUNAR
    born = t[names["birth_date"]]
    solar = born.month().cast("int32") * 100 + born.day().cast("int32")
    return is_lunar, ibis.ifelse(is_lunar, leap + month * 100 + day, solar)


def _joined(parts: list[Answer], empty: int, both: Callable[[Any, Any], Any]) -> Answer:
    """All parts joined two by two, so that a hundred of them are seven deep and not a hundred."""
    if not parts:
        return lambda t: ibis.literal(empty, "int8")

    def joined(t: Any) -> Any:
        found = [part(t) for part in parts]
        while len(found) > 1:
            pairs = zip(found[::2], found[1::2], strict=False)
            found = [both(a, b) for a, b in pairs] + (found[-1:] if len(found) % 2 else [])
        return found[0]

    return joined


def _bit(condition: Any) -> Any:
    """True as 1; false, and what is not known, as 0."""
    if any(column.dtype.nullable for column in condition.op().find(ops.Field, filter=ops.Value)):
        condition = condition.fill_null(False)
    return condition.cast("int8")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _measured(asked: Behaviour) -> Field:
    """The field that a behaviour's value is compared as."""
    if asked.column is None or asked.measure in ("count", "days"):
        return Field("", "int", "", "", "")
    return tables()[asked.table].columns[asked.column]


def comparison(
    known: Field, asked: Compare | Filter, today: date, world: World, *, scale: int = 1
) -> Callable[[Any, Callable[[str], Any]], Any]:
    """The test of one column: given the column, and others by name, a condition (null where not known)."""
    op, value = asked.op, asked.value
    if op == "is_known":
        return lambda c, _: c.notnull()
    if op == "is_unknown":
        return lambda c, _: c.isnull()
    if op in ("is_true", "is_false"):
        return lambda c, _: c == (op == "is_true")
    if isinstance(value, Span):
        if op == "in_next":
            return lambda c, _: (_day(c) > today) & (_day(c) <= end_of(value, today))
        start = start_of(value, today)
        if op == "more_than_ago":
            return lambda c, _: _day(c) <= start
        return lambda c, _: (_day(c) > start) & (_day(c) <= today)
    if op == "in_this":
        first, last = period(str(value), today)
        return lambda c, _: _day(c).between(first, last)
    if op == "under":
        below = [org for org, path in world.orgs.items() if set(path) & set(map(str, _list(value)))]
        return lambda c, _: c.isin(below)
    if op in ("in", "not_in"):
        wanted = [typed(_plain(known), one) for one in _list(value)]
        return lambda c, _: c.isin(wanted) if op == "in" else c.notin(wanted)
    if op == "contains":
        return lambda c, _: c.contains(str(value))
    if op == "between":
        low, high = (_literal(known, one, scale) for one in _list(value))
        return lambda c, _: (c >= low) & (c <= high)
    if isinstance(value, Other):
        times, plus = (ibis.literal(Decimal(str(n)), MONEY) for n in (value.times, value.plus))
        return lambda c, other: _compared(
            op, c.cast("decimal(24, 6)"), other(value.field).cast(MONEY) * times + plus
        )
    limit = _literal(known, value, scale)
    return lambda c, _: _compared(op, c, limit)


def _day(column: Any) -> Any:
    return column.date() if column.type().is_timestamp() else column


def _plain(known: Field) -> str:
    return "text" if known.kind == "org" else known.kind


def _literal(known: Field, value: Any, scale: int) -> Any:
    found = typed(_plain(known), value)
    if known.kind == "money":
        return ibis.literal(found * scale, "decimal(24, 2)")
    kinds = {"int": "int32", "number": "decimal(18, 6)", "date": "date"}
    return ibis.literal(found, kinds.get(known.kind, "string"))


def _compared(op: str, left: Any, right: Any) -> Any:
    return {
        "eq": lambda: left == right, "ne": lambda: left != right, "lt": lambda: left < right,
        "le": lambda: left <= right, "gt": lambda: left > right, "ge": lambda: left >= right,
    }[op]()  # fmt: skip


def _turned(today: date, years: int) -> date | None:
    """Who was born up to this day is at least so many years old; None: nobody is."""
    return _same_day(today, today.year - years) if years < today.year else None


def _same_day(today: date, year: int) -> date:
    if year > 9999:
        return date.max
    leap = today.month == 2 and today.day == 29
    return date(year, 2, 28) if leap and not _is_leap(year) else today.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _months_ago(today: date, months: int) -> date | None:
    """Who came up to this day came at least so many full months ago."""
    month = today.year * 12 + today.month - 1 - months
    if month < 12:
        return None
    return date.max if month >= 120_000 else add_months(today, -months)


def _full(asked: Compare, by: Callable[[int], date | None]) -> Callable[[Any], Any]:
    """A comparison of full years or months, asked of the day on which they began: no arithmetic for each row."""

    def least(c: Any, n: int) -> Any:
        day = by(n)
        return c < date.min if day is None else c <= day

    def equal(c: Any, n: int) -> Any:
        return least(c, n) & ~least(c, n + 1)

    values = [] if asked.value is None else [typed("int", one) for one in _list(asked.value)]
    tests: dict[str, Callable[[Any], Any]] = {
        "is_known": lambda c: c.notnull(),
        "is_unknown": lambda c: c.isnull(),
        "ge": lambda c: least(c, values[0]),
        "gt": lambda c: least(c, values[0] + 1),
        "lt": lambda c: ~least(c, values[0]),
        "le": lambda c: ~least(c, values[0] + 1),
        "eq": lambda c: equal(c, values[0]),
        "ne": lambda c: ~equal(c, values[0]),
        "between": lambda c: least(c, values[0]) & ~least(c, values[1] + 1),
        "in": lambda c: ibis.or_(*(equal(c, n) for n in values)),
        "not_in": lambda c: ~ibis.or_(*(equal(c, n) for n in values)),
    }
    return tests[asked.op]


class _Gatherer:
    """Joins what is needed to the customers of the day. Each table is one plan input, scanned once."""

    def __init__(self, world: World, needs: Needs, part: Part) -> None:
        self.world, self.needs, self.part = world, needs, part
        self._kept: dict[tuple[date, str], Table] = {}

    def _read(self, files: Files, *, whole: bool = False) -> Table:
        engine = self.world.engine
        if isinstance(files, pa.Schema):
            return engine.memtable(files.empty_table())
        rows = engine.memtable(files) if isinstance(files, pa.Table) else engine.tables(files)
        if self.part is None or whole or "cust_id" not in rows.columns:
            return rows
        if not isinstance(self.part, Slice):
            return rows.filter(rows.cust_id.isin(list(self.part)))
        low, high = self.part.scalars().values()
        return rows.filter((rows.cust_id >= low) & (rows.cust_id < high))

    def table(self) -> Table:
        base = rows = self._columns(self.world.day.biz_date, "snapshot", self._of_today())
        columns: dict[str, Any] = dict.fromkeys(self._of_today())
        for n, part in enumerate(
            self._parts()
        ):  # a key of its own for each keeps them one flat chain of joins
            part = part.rename({f"key_{n}": "cust_id"})
            rows = rows.left_join(part, base.cust_id == part[f"key_{n}"])
            columns |= {name: None for name in part.columns if name != f"key_{n}"}
        zero = self._counts()
        return rows.select(
            "cust_id", **{name: rows[name].fill_null(0) if zero.get(name) else rows[name] for name in columns}
        )

    def _counts(self) -> dict[str, bool]:
        """Columns of counts and sums: nothing is 0. Of a greatest or least value, nothing is not known."""
        return {name: asked.measure not in ("max", "min") for name, asked in self.needs.rows.values()}

    def _parts(self) -> Iterable[Table]:
        by_table: dict[tuple[date, str], dict[str, str]] = defaultdict(dict)
        for (day, table, column), name in self.needs.columns.items():
            by_table[day, table][name] = column
        by_table.pop((self.world.day.biz_date, "snapshot"), None)
        for (day, table), columns in by_table.items():
            yield self._columns(day, table, columns)
        counted: dict[tuple[date, str], list[tuple[str, Behaviour]]] = defaultdict(list)
        for (day, _), (name, asked) in self.needs.rows.items():
            counted[day, asked.table].append((name, asked))
        for (day, table), behaviours in counted.items():
            yield self._counted(day, tables()[table], behaviours)
        for (day, _), (name, then) in self.needs.then.items():
            yield self._followed(day, then).mutate(**{name: True})
        ranked: dict[date, list[tuple[Any, str]]] = defaultdict(list)
        for key, name in self.needs.peers.items():
            ranked[key[0]].append((key, name))
        for day, wanted in ranked.items():
            yield self._ranked(day, wanted)
        if self.needs.marks:
            yield self._marked()

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
            rows = rows.mutate(_day=_day(rows[table.day]))
            rows = rows.filter((rows._day > start) & (rows._day <= today))
        rates = world.rates(day) if day and table.cny else {}
        exact = {ccy: ibis.literal(rate, "decimal(18, 6)") for ccy, rate in rates.items()}
        if exact:
            rows = rows.mutate(**{name: at_rates(rows[name], rows.ccy, exact) for name in table.cny})
        return rows

    def _journal(self, today: date, table: Rows, after: date) -> Table:
        """A journal's rows after a day. Where many sequences ask for them they are read once and kept, on one machine."""
        thens = [then for (day, _), (_, then) in self.needs.then.items() if day == today]
        if len(thens) <= FEW or self.world.engine.kind != "duckdb":
            return self.rows(today, table, after)
        if (today, table.name) not in self._kept:
            doings = [one for then in thens for one in (then.first, then.then) if one.table == table.name]
            filters = [one for doing in doings for one in doing.filters]
            asked = {one.field for one in filters}
            asked |= {one.value.field for one in filters if isinstance(one.value, Other)}
            rows = self.rows(today, table, min(start_of(then.last, today) for then in thens))
            rows = rows.select("cust_id", "_day", *sorted(asked - {"cust_id"}))
            self._kept[today, table.name] = self._read(self.world.engine.to_arrow(rows))
        rows = self._kept[today, table.name]
        return rows.filter(rows["_day"] > after)

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
            rows = self._journal(today, table, after)
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

    def _ranked(self, today: date, wanted: list[tuple[Any, str]]) -> Table:
        day = self._day(today)
        rows = self._read(self.world.files(day, "snapshot"), whole=True)
        rows = rows.filter((rows.stage != "CLOSED").fill_null(True))
        if any(key[2] == "branch" for key, _ in wanted):
            tree = {org: path[-2] for org, path in self.world.orgs.items() if len(path) > 1}
            lines = pa.table(
                {"of_org": pa.array(list(tree), pa.string()), "branch": pa.array(list(tree.values()), pa.string())}
            )  # fmt: skip
            orgs = self._read(lines)
            rows = rows.left_join(orgs, rows.org_no == orgs.of_org)
        places = {}
        for (_, name, group, side), alias in wanted:
            value = rows[name]
            order = (
                ibis.desc(value, nulls_first=False) if side == "top" else ibis.asc(value, nulls_first=False)
            )
            key = {"outlet": "org_no", "branch": "branch", "tier": "tier", "bank": None}[group]
            known = value.notnull() if key is None else value.notnull() & rows[key].notnull()
            by = {} if key is None else {"group_by": key}
            rank = ibis.rank().over(ibis.window(order_by=order, **by))
            size = value.count().over(ibis.window(**by))
            places[alias] = ibis.ifelse(known, rank, ibis.null("int64"))
            places[f"{alias}_n"] = size
        return rows.select("cust_id", **places)

    def _marked(self) -> Table:
        wanted = self.needs.marks
        rows = self._read(self.world.marks(frozenset(wanted)))
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
