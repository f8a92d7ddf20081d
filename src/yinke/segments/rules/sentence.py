"""A rule read back as a sentence. The Chinese one is what ``parse`` reads: nothing is lost on the way and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yinke.segments.rules.fields import Field, Rows, fields, known_field, tables, typed, word
from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    Condition,
    Doing,
    Filter,
    InSegment,
    Not,
    Other,
    Peer,
    Rule,
    Sequence,
    Span,
)  # fmt: skip

SCALES = {None: 1, "CNY": 1, "WAN": 10_000, "YI": 100_000_000}
ORDER = {
    "lt": ("低于", "below"), "le": ("不高于", "at most"), "gt": ("高于", "above"), "ge": ("不低于", "at least"),
    "eq": ("等于", "equal to"), "ne": ("不等于", "other than"),
}  # fmt: skip
DATES = {
    "lt": ("早于", "before"), "le": ("不晚于", "not after"), "gt": ("晚于", "after"), "ge": ("不早于", "not before"),
    "eq": ("等于", "on"), "ne": ("不等于", "not on"),
}  # fmt: skip
UNITS = {"day": ("天", "day"), "week": ("周", "week"), "month": ("个月", "month"), "year": ("年", "year")}
PERIODS = {"week": ("本周", "this week"), "month": ("本月", "this month"), "quarter": ("本季", "this quarter"),
           "year": ("本年", "this year")}  # fmt: skip
PEERS = {"outlet": ("本网点", "the own outlet"), "branch": ("本分行", "the own branch"),
         "tier": ("本等级", "the own tier"), "bank": ("全行", "the bank")}  # fmt: skip
MEASURES = {
    "days": ("天数", "days of"),
    "sum": ("合计", "sum of"),
    "max": ("最高", "greatest"),
    "min": ("最低", "least"),
}
EVERYBODY, NOBODY = ("全部客户", "all customers"), ("没有客户", "no customers")


@dataclass(frozen=True)
class Names:
    """What tags, segments and orgs are called, by id; and the bank's own fields by their names in rules."""

    tags: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    orgs: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Field] = field(default_factory=dict)

    def field(self, name: str) -> Field:
        """The field that rules mean by a name.

        Raises:
            KeyError: there is none.
        """
        found = known_field(name, self.custom)
        if found is None:
            raise KeyError(name)
        return found

    def of(self, kind: str) -> Mapping[str, str]:
        """The names of one kind: ``tag``, ``segment``, ``org``."""
        return {"tag": self.tags, "segment": self.segments, "org": self.orgs}.get(kind, {})


def sentence(rule: Rule, language: str, names: Names | None = None) -> str:
    """The rule in words, ``zh`` or ``en``."""
    teller = _Teller(1 if language == "en" else 0, names or Names())
    return teller.condition(normal(rule, teller.names).where)


def normal(rule: Rule, names: Names | None = None) -> Rule:
    """The same rule in its plainest form, that of its sentence: all within all is one, and so on."""
    return Rule(where=_normal(rule.where, names or Names()))


def _normal(c: Condition, names: Names) -> Condition:
    if isinstance(c, All | AnyOf):
        parts: list[Condition] = []
        for one in (_normal(each, names) for each in c.of):
            parts += one.of if isinstance(one, type(c)) and isinstance(one, All | AnyOf) else [one]
        return parts[0] if len(parts) == 1 else c.model_copy(update={"of": parts})
    if isinstance(c, Not | At):
        return c.model_copy(update={"of": _normal(c.of, names)})
    if isinstance(c, Compare):
        known = names.field(c.field)
        value, op = _value(known, c.value, SCALES[c.unit]), c.op
        if op == "has_all" and isinstance(value, list) and len(value) == 1:
            op = "has_any"
        return Compare(field=c.field, op=op, value=value)
    if isinstance(c, Behaviour):
        filters = [_filter(tables()[c.table], f) for f in c.filters]
        return c.model_copy(update={"filters": filters, "value": _value(measured(c), c.value, 1)})
    if isinstance(c, Sequence):
        first, then = (
            Doing(table=d.table, filters=[_filter(tables()[d.table], f) for f in d.filters])
            for d in (c.first, c.then)
        )
        return c.model_copy(update={"first": first, "then": then})
    return c


def _filter(table: Rows, one: Filter) -> Filter:
    return one.model_copy(update={"value": _value(table.columns[one.field], one.value, 1)})


def _value(known: Field, value: Any, scale: int) -> Any:
    if isinstance(value, list):
        return [_value(known, one, scale) for one in value]
    if isinstance(value, Other):
        return Other(field=value.field, times=_plain(value.times), plus=_plain(value.plus))
    if known.kind in ("money", "int", "number") and value is not None and not isinstance(value, Span):
        return _plain(typed(known.kind, value) * scale)
    return value


def _plain(number: Decimal | int | float) -> int | float:
    exact = Decimal(str(number))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def measured(c: Behaviour) -> Field:
    """The field as which a behaviour's value is told."""
    if c.column is None or c.measure in ("count", "days"):
        return Field("", "int", "", "", "")
    return tables()[c.table].columns[c.column]


@dataclass(frozen=True)
class _Teller:
    lang: int
    names: Names

    @property
    def language(self) -> str:
        return ("zh", "en")[self.lang]

    def say(self, zh: str, en: str) -> str:
        return en if self.lang else zh

    def condition(self, c: Condition) -> str:
        if isinstance(c, All | AnyOf):
            if not c.of:
                return (EVERYBODY if isinstance(c, All) else NOBODY)[self.lang]
            link = self.say("，且 ", " and ") if isinstance(c, All) else self.say("，或 ", " or ")
            return link.join(self.inner(one) for one in c.of)
        if isinstance(c, Not):
            return self.negated(c.of)
        if isinstance(c, At):
            when = c.on if not isinstance(c.on, Span) else None
            lead = (
                self.say(f"在 {when} ", f"on {when} ") if when
                else self.say(f"{self.span(c.on)}前", f"{self.span(c.on)} ago ")
            )  # fmt: skip
            return lead + self.bracket(self.condition(c.of))
        if isinstance(c, InSegment):
            name = self.quoted(self.names.segments.get(c.segment, c.segment))
            return self.say(f"属于客群{name}", f"in segment {name}")
        if isinstance(c, Peer):
            ranked, group = self.name(fields()[c.field]), PEERS[c.group][self.lang]
            side = self.say("前" if c.side == "top" else "后", "top" if c.side == "top" else "bottom")
            return self.say(
                f"{ranked} 居{group}{side} {c.percent}%", f"{ranked} in the {side} {c.percent}% of {group}"
            )
        if isinstance(c, Compare):
            known = self.names.field(c.field)
            if known.does and c.op == "in_last":
                done = known.does[self.lang]
                return self.say(
                    f"最近 {self.span(c.value)}有{done}", f"{done} in the last {self.span(c.value)}"
                )
            return self.test(known, c, fields())
        if isinstance(c, Behaviour):
            return self.behaviour(c)
        return self.sequence(c)

    def inner(self, c: Condition) -> str:
        text = self.condition(c)
        return self.bracket(text) if isinstance(c, All | AnyOf) and c.of else text

    def bracket(self, text: str) -> str:
        return self.say(f"（{text}）", f"({text})")

    def negated(self, c: Condition) -> str:
        if isinstance(c, Compare) and c.op == "in_last" and (does := self.names.field(c.field).does):
            return self.say(
                f"最近 {self.span(c.value)}没有{does[0]}", f"not {does[1]} in the last {self.span(c.value)}"
            )
        return self.say("非", "not ") + self.bracket(self.condition(c))

    def name(self, known: Field) -> str:
        return known.en if self.lang else known.zh

    def span(self, span: Any) -> str:
        unit = UNITS[span.unit][self.lang]
        return f"{span.n} {unit}" if not self.lang or span.n == 1 else f"{span.n} {unit}s"

    def quoted(self, text: str) -> str:
        return f"“{text.replace('”', '””')}”"

    def test(self, known: Field, c: Compare | Filter, others: Mapping[str, Field]) -> str:
        name, op, value = self.name(known), c.op, c.value
        if op in ("is_known", "is_unknown"):
            return name + (self.say("已知", " known") if op == "is_known" else self.say("未知", " unknown"))
        if op in ("is_true", "is_false"):
            return truth(name, op == "is_true", self.lang)
        if isinstance(value, Span):
            span = self.span(value)
            return (
                name
                + {
                    "in_last": self.say(f"在最近 {span}内", f" in the last {span}"),
                    "more_than_ago": self.say(f"在 {span}前或更早", f" {span} ago or earlier"),
                    "in_next": self.say(f"在未来 {span}内", f" in the next {span}"),
                }[op]
            )
        if op == "in_this":
            return name + self.say(f"在{PERIODS[str(value)][0]}", f" {PERIODS[str(value)][1]}")
        one: Callable[[Any], str] = lambda v: self.value(known, v)  # noqa: E731
        if isinstance(value, list):
            if op == "between":
                low, high = one(value[0]), one(value[1])
                return name + self.say(f"在 {low}到 {high}之间", f" between {low} and {high}")
            if op in ("has_any", "has_all"):
                link = self.say("或", " or ") if op == "has_any" else self.say("和", " and ")
                return name + self.say("有", " ") + link.join(map(one, value))
            listed = self.say("、", ", ").join(map(one, value))
            return (
                name
                + {
                    "in": self.say(f"属于{listed}", f" one of {listed}"),
                    "not_in": self.say(f"不属于{listed}", f" none of {listed}"),
                    "under": self.say(f"在{listed}及下级", f" within {listed}"),
                }[op]
            )
        if op == "contains":
            return name + self.say("包含", " contains ") + self.quoted(str(value))
        word_ = self.operator(known, op)
        if isinstance(value, Other):
            return f"{name}{self.say('', ' ')}{word_} {self.other(known, value, others)}"
        return f"{name}{self.say('', ' ')}{word_} {one(value)}".rstrip()

    def operator(self, known: Field, op: str) -> str:
        if op in ("eq", "ne") and (known.codes or known.kind in ("text", "org")):
            return (("为", "is") if op == "eq" else ("不为", "is not"))[self.lang]
        return (DATES if known.kind == "date" else ORDER)[op][self.lang]

    def other(self, known: Field, value: Other, others: Mapping[str, Field]) -> str:
        text = self.quoted(self.name(others[value.field]))
        if value.times != 1:
            text += self.say(f"的 {_plain(value.times)} 倍", f" times {_plain(value.times)}")
        if value.plus:
            amount = self.value(known, abs(value.plus))
            text += self.say(
                f"{'加' if value.plus > 0 else '减'} {amount}",
                f" {'plus' if value.plus > 0 else 'minus'} {amount}",
            )
        return text.rstrip()

    def value(self, known: Field, value: Any) -> str:
        if known.kind == "money":
            return self.money(_plain(typed("money", value)))
        if known.kind in ("int", "number") and not known.codes:
            return (
                f"{_plain(typed(known.kind, value))} "
                if not self.lang
                else str(_plain(typed(known.kind, value)))
            )
        if known.kind == "date":
            return f"{value} " if not self.lang else str(value)
        told = word(known, value, self.language)
        if known.codes or told != str(value):
            return told if told != str(value) else self.quoted(str(value))
        return self.quoted(
            self.names.of(known.kind if known.kind == "org" else known.name).get(value, str(value))
        )

    def money(self, amount: int | float) -> str:
        exact = Decimal(str(amount))
        if self.lang:
            return f"CNY {exact:,}"
        for scale, unit in ((100_000_000, "亿元"), (10_000, "万元")):
            if abs(exact) >= scale and (exact * 100) % scale == 0:
                return f"{_plain(exact / scale)} {unit}"
        return f"{exact} 元"

    def rows(self, doing: Doing | Behaviour) -> str:
        table = tables()[doing.table]
        name = self.say(table.zh, table.en)
        if not doing.filters:
            return name
        told = [self.test(table.columns[f.field], f, table.columns) for f in doing.filters]
        return name + self.say(f"（{'；'.join(told)}）", f" ({'; '.join(told)})")

    def behaviour(self, c: Behaviour) -> str:
        table, known = tables()[c.table], measured(c)
        lead = f"最近 {self.span(c.last)}内" if c.last else ""
        tail = f" in the last {self.span(c.last)}" if c.last else ""
        what = self.rows(c)
        if c.measure == "count":
            about = self.say(f"{what}{table.counter}数", f"number of {what}")
        elif c.measure == "days":
            about = self.say(f"{what}天数", f"days with {what}")
        else:
            about = self.say(f"{what}{known.zh}{MEASURES[c.measure][0]}",
                             f"{MEASURES[c.measure][1]} {known.en.lower()} of {what}")  # fmt: skip
        if c.op == "between" and isinstance(c.value, list):
            low, high = (self.value(known, v) for v in c.value)
            return self.say(f"{lead}{about}在 {low}到 {high}之间", f"{about}{tail} between {low} and {high}")
        how = f"{ORDER[c.op][self.lang]} {self.value(known, c.value)}".rstrip()
        return self.say(f"{lead}{about}{how}", f"{about}{tail} {how}")

    def sequence(self, c: Sequence) -> str:
        within, last = self.span(c.within), self.span(c.last)
        first, then = self.rows(c.first), self.rows(c.then)
        return self.say(
            f"最近 {last}内先有{first}，之后 {within}内{'有' if c.happens else '没有'}{then}",
            f"{first} in the last {last} and then {'' if c.happens else 'no '}{then} within {within}",
        )


def truth(name: str, holds: bool, lang: int) -> str:
    """A yes or no of a customer, in words."""
    if lang:
        return f"{name}: {'yes' if holds else 'no'}"
    if name.startswith(("持有", "曾")):
        return name if holds else f"未{name}"
    return f"{'是' if holds else '不是'}{name}"
