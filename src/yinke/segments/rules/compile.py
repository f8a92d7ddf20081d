"""Rules as Ibis expressions: what each needs, and how its answer follows (``gather.py`` gathers for many at once).

A rule says which columns it needs (``Needs``) and how its answer follows from them. Rules that ask the same thing
share the column: one join for each table and date, however many conditions look at it. Texts and numbers of users
become Ibis literals, never SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import ibis
import ibis.expr.operations as ops

from yinke.common.lunar import lunar_birthdays, solar_birthdays
from yinke.lake.dates import add_months
from yinke.lake.features.money import MONEY
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.custom import is_custom, mark_of
from yinke.segments.rules.fields import Field, fields, tables, typed
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
from yinke.segments.rules.timing import end_of, period, start_of
from yinke.segments.rules.world import World

Answer: TypeAlias = Callable[[Any], Any]
"""From a table with the needed columns to a bit, 1 or 0 (``int8``): bits are twice as fast as branches."""

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


def answer(world: World, needs: Needs, rule: Rule) -> Answer:
    """What one rule needs, and how its answer follows."""
    return Compiler(world, needs).condition(rule.where, world.day.biz_date)


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
        if isinstance(asked, Compare) and is_custom(asked.field):
            mark, has = mark_of(asked, today)
            name = self.needs.mark(mark)
            if has:
                return lambda t: _bit(t[name])
            return lambda t: (ibis.literal(1, "int8") - _bit(t[name])).cast("int8")
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
            turns = turned if asked.field == "age" else months_ago
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
            return lambda c, _: (day_of(c) > today) & (day_of(c) <= end_of(value, today))
        start = start_of(value, today)
        if op == "more_than_ago":
            return lambda c, _: day_of(c) <= start
        return lambda c, _: (day_of(c) > start) & (day_of(c) <= today)
    if op == "in_this":
        first, last = period(str(value), today)
        return lambda c, _: day_of(c).between(first, last)
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


def day_of(column: Any) -> Any:
    """The day of a date or a moment."""
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


def turned(today: date, years: int) -> date | None:
    """Who was born up to this day is at least so many years old; None: nobody is."""
    return _same_day(today, today.year - years) if years < today.year else None


def _same_day(today: date, year: int) -> date:
    if year > 9999:
        return date.max
    leap = today.month == 2 and today.day == 29
    return date(year, 2, 28) if leap and not _is_leap(year) else today.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def months_ago(today: date, months: int) -> date | None:
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
