"""The rule language as its documentation tells it, row by row in plain Python; slow, obvious, and shares no code
with the compiled form but the models of the language and the reading of values."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yinke.common.lunar import lunar_birthdays
from yinke.segments.ready import ready_tags
from yinke.segments.rules.custom import Asked
from yinke.segments.rules.fields import Field, fields, tables, typed
from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    InSegment,
    Not,
    Other,
    Peer,
    Rule,
    Sequence,
    Span,
)  # fmt: skip

Row = Mapping[str, Any]


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def moved(span: Span, day: date, sign: int) -> date:
    if span.unit == "day":
        return day + timedelta(days=sign * span.n)
    if span.unit == "week":
        return day + timedelta(days=7 * sign * span.n)
    return months_later(day, sign * span.n * (12 if span.unit == "year" else 1))


def same_period(name: str, day: date, today: date) -> bool:
    if name == "week":
        return day.isocalendar()[:2] == today.isocalendar()[:2]
    if name == "month":
        return (day.year, day.month) == (today.year, today.month)
    if name == "quarter":
        return (day.year, (day.month - 1) // 3) == (today.year, (today.month - 1) // 3)
    return day.year == today.year


@dataclass
class Naive:
    """``days``: date → table → rows. ``marks``: (customer, mark). ``own``: the bank's own fields and, by name, who has what."""

    days: dict[date, dict[str, list[Row]]]
    marks: set[tuple[int, str]] = field(default_factory=set)
    segments: dict[str, Rule | None] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    own: dict[str, dict[int, Any]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return max(self.days)

    def who(self, rule: Rule) -> set[int]:
        """The customers of the newest day whom a rule holds of."""
        people = [row["cust_id"] for row in self.days[self.today]["snapshot"]]
        return {cust for cust in people if self.holds(rule.where, cust, self.today)}

    def holds(self, c: Any, cust: int, today: date) -> bool:
        match c:
            case All():
                return all(self.holds(one, cust, today) for one in c.of)
            case AnyOf():
                return any(self.holds(one, cust, today) for one in c.of)
            case Not():
                return not self.holds(c.of, cust, today)
            case At():
                wanted = moved(c.on, today, -1) if isinstance(c.on, Span) else c.on
                known = [day for day in self.days if day <= wanted]
                return self.holds(c.of, cust, max(known, default=wanted))
            case InSegment():
                rule = self.segments[c.segment]
                if rule is None:
                    return (cust, f"segment:{c.segment}") in self.marks
                return self.holds(rule.where, cust, today)
            case Compare():
                return self.compare(c, cust, today)
            case Behaviour():
                return self.behaviour(c, cust, today)
            case Sequence():
                return self.sequence(c, cust, today)
            case Peer():
                return self.peer(c, cust, today)
        raise AssertionError(c)

    def of(self, today: date, table: str) -> list[Row]:
        return self.days.get(today, {}).get(table, [])

    def row(self, today: date, table: str, cust: int) -> Row:
        return next((row for row in self.of(today, table) if row["cust_id"] == cust), {})

    def value(self, name: str, cust: int, today: date) -> Any:
        known = fields()[name]
        if name == "age":
            born = self.row(today, "snapshot", cust).get("birth_date")
            if born is None:
                return None
            return today.year - born.year - ((born.month, born.day) > (today.month, today.day))
        if name == "tenure_months":
            came = self.row(today, "snapshot", cust).get("open_date")
            if came is None:
                return None
            return (today.year - came.year) * 12 + today.month - came.month - (came.day > today.day)
        return self.row(today, known.source, cust).get(name)

    def compare(self, c: Compare, cust: int, today: date) -> bool:
        if c.field in self.fields:
            return self.of_own(self.fields[c.field], self.own[c.field].get(cust), c.op, c.value, today)
        known = fields()[c.field]
        if known.kind == "set":
            has = [self.marked(c.field, one, cust, today) for one in c.value]
            return any(has) if c.op == "has_any" else all(has)
        if known.kind == "birthday":
            return self.birthday(c, cust, today)
        scale = {"WAN": 10_000, "YI": 100_000_000}.get(c.unit or "", 1)
        value = self.value(c.field, cust, today)
        return self.test(known.kind, value, c.op, c.value, today, lambda n: self.value(n, cust, today), scale)

    def of_own(self, known: Field, value: Any, op: str, wanted: Any, today: date) -> bool:
        """A field of the bank's own: what is known now, whatever the date; lengths of time end with the date."""
        if op in ("has_any", "has_all"):
            has = [one in (value or ()) for one in wanted]
            return any(has) if op == "has_any" else all(has)
        return self.test(known.kind, value, op, wanted, today)

    def who_has(self, asked: Asked) -> list[int]:
        """The customers who have a mark of a field of the bank's own. Nobody asks it for what needs a date."""
        name = f"custom.{asked.code}"
        has = self.own[name]
        fits = lambda cust: self.of_own(self.fields[name], has[cust], asked.op, asked.value, date.min)  # noqa: E731
        return [cust for cust in has if fits(cust)]

    def marked(self, field: str, value: str, cust: int, today: date) -> bool:
        if field == "tag" and value in ready_tags():
            return self.holds(ready_tags()[value].rule.where, cust, today)
        return (cust, f"{field}:{value}") in self.marks

    def birthday(self, c: Compare, cust: int, today: date) -> bool:
        who = self.row(today, "customer", cust)
        lunar = who.get("birth_calendar") == "LUNAR" and who["lunar_month"] and who["lunar_day"]
        known = bool(lunar) or who.get("birth_date") is not None
        if c.op == "is_known":
            return known
        if c.op == "is_unknown" or not known:
            return c.op == "is_unknown" and not known
        day = today - timedelta(days=400)
        while day < today + timedelta(days=800):
            day += timedelta(days=1)
            if isinstance(c.value, Span):
                within = today < day <= moved(c.value, today, 1) and (day - today).days <= 366
            else:
                within = same_period(c.value, day, today)
            if within and self.born_on(who, bool(lunar), day):
                return True
        return False

    def born_on(self, who: Row, lunar: bool, day: date) -> bool:
        if lunar:
            born = (who["lunar_month"], who["lunar_day"], bool(who["lunar_leap"]))
            return born in {tuple(b) for b in lunar_birthdays(day)}
        born = who["birth_date"]
        if (born.month, born.day) == (2, 29) and not calendar.isleap(day.year):
            return (day.month, day.day) == (2, 28)
        return (born.month, born.day) == (day.month, day.day)

    def test(
        self, kind: str, value: Any, op: str, wanted: Any, today: date,
        other: Callable[[str], Any] = lambda _: None, scale: int = 1,
    ) -> bool:  # fmt: skip
        if op in ("is_known", "is_unknown"):
            return (value is not None) == (op == "is_known")
        if value is None:
            return False
        if isinstance(value, datetime):
            value = value.date()
        if op in ("is_true", "is_false"):
            return bool(value == (op == "is_true"))
        if op == "in_last":
            return bool(moved(wanted, today, -1) < value <= today)
        if op == "more_than_ago":
            return bool(value <= moved(wanted, today, -1))
        if op == "in_next":
            return bool(today < value <= moved(wanted, today, 1))
        if op == "in_this":
            return same_period(wanted, value, today)
        if op == "under":
            return bool(set(self.above(value, today)) & set(wanted))
        if op == "contains":
            return wanted in value
        plain = "text" if kind == "org" else kind
        if isinstance(wanted, Other):
            theirs = other(wanted.field)
            if theirs is None:
                return False
            limit = theirs * Decimal(str(wanted.times)) + Decimal(str(wanted.plus))
            return _compared(op, value, limit)
        if isinstance(wanted, list):
            values = [typed(plain, one) * scale if scale > 1 else typed(plain, one) for one in wanted]
            if op == "between":
                return bool(values[0] <= value <= values[1])
            return (value in values) == (op == "in")
        limit = typed(plain, wanted)
        return _compared(op, value, limit * scale if scale > 1 else limit)

    def above(self, org: str | None, today: date) -> list[str]:
        """An org and those above it; of today's tree."""
        parents = {row["org_no"]: row["parent_no"] for row in self.of(self.today, "org")}
        found = []
        while org in parents:
            found.append(org)
            org = parents[org]
        return found

    def rows(self, name: str, cust: int, today: date) -> list[dict[str, Any]]:
        """The rows of a customer: of a journal all up to a day, of a state those of the day; net, and in CNY."""
        table = tables()[name]
        dates = sorted(day for day in self.days if day <= today) if table.day else [today]
        found = [dict(row) for day in dates for row in self.of(day, name) if row["cust_id"] == cust]
        if name == "transaction":
            for row in found:
                for back in found:
                    if (back["reverses"], back["txn_date"]) == (row["txn_seq"], row["txn_date"]):
                        row["amount"] -= back["amount"]
            found = [row for row in found if row["reverses"] is None and row["amount"] > 0]
        for row in found:
            if name == "account":
                row["balance"] = next(
                    (b["balance"] for b in self.of(today, "balance") if b["acct_no"] == row["acct_no"]), None
                )
            for column in table.cny:
                row[column] = self.in_cny(row[column], row["ccy"], today)
            if table.day:
                day = row[table.day]
                row["_day"] = day.date() if isinstance(day, datetime) else day
        return found

    def in_cny(self, amount: Decimal | None, ccy: str, today: date) -> Decimal | None:
        rates = {row["ccy"]: row["mid_rate"] for row in self.of(today, "fx")}
        if amount is None or ccy == "CNY":
            return amount
        return (amount * rates[ccy]).quantize(Decimal("0.01"), ROUND_HALF_UP) if ccy in rates else None

    def fitting(self, table: str, filters: Any, cust: int, today: date) -> list[dict[str, Any]]:
        columns = tables()[table].columns
        return [
            row
            for row in self.rows(table, cust, today)
            if all(
                self.test(columns[f.field].kind, row[f.field], f.op, f.value, today, row.get) for f in filters
            )
        ]

    def behaviour(self, c: Behaviour, cust: int, today: date) -> bool:
        rows = self.fitting(c.table, c.filters, cust, today)
        if c.last is not None:
            rows = [row for row in rows if moved(c.last, today, -1) < row["_day"] <= today]
        kind = "int"
        if c.measure == "count":
            value = len({row["dedup_key"] for row in rows}) if c.table == "events" else len(rows)
        elif c.measure == "days":
            value = len({row["_day"] for row in rows})
        else:
            kind = tables()[c.table].columns[c.column].kind
            values = [row[c.column] for row in rows if row[c.column] is not None]
            if c.measure == "sum":
                value = sum(values)
            else:
                value = (max if c.measure == "max" else min)(values, default=None)
        return self.test(kind, value, c.op, c.value, today)

    def sequence(self, c: Sequence, cust: int, today: date) -> bool:
        start, within = moved(c.last, today, -1), c.within.n * (7 if c.within.unit == "week" else 1)

        def days(doing: Any) -> list[date]:
            rows = self.fitting(doing.table, doing.filters, cust, today)
            return [row["_day"] for row in rows if start < row["_day"] <= today]

        second = days(c.then)
        for day in days(c.first):
            end = day + timedelta(days=within)
            follows = any(day <= other <= end for other in second)
            if c.happens and follows:
                return True
            if not c.happens and not follows and end <= today:
                return True
        return False

    def peer(self, c: Peer, cust: int, today: date) -> bool:
        def group(row: Row) -> Any:
            if c.group == "branch":
                above = self.above(row.get("org_no"), today)
                return above[-2] if len(above) > 1 else None
            return {"outlet": row.get("org_no"), "tier": row.get("tier"), "bank": "bank"}[c.group]

        me = self.row(today, "snapshot", cust)
        if not me or me["stage"] == "CLOSED" or me[c.field] is None or group(me) is None:
            return False
        peers = [
            row[c.field]
            for row in self.of(today, "snapshot")
            if row["stage"] != "CLOSED" and row[c.field] is not None and group(row) == group(me)
        ]
        better = sum(v > me[c.field] if c.side == "top" else v < me[c.field] for v in peers)
        return better < math.ceil(Decimal(len(peers) * c.percent) / 100)


def _compared(op: str, left: Any, right: Any) -> bool:
    return bool(
        {
            "eq": left == right,
            "ne": left != right,
            "lt": left < right,
            "le": left <= right,
            "gt": left > right,
            "ge": left >= right,
        }[op]
    )
