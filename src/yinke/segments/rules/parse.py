"""A sentence as a rule: a deterministic grammar, no guessing. What is not understood is said, part by part.

It reads what ``sentence`` writes in Chinese, and the short forms that people type: "AUM 50万以上且30天未登录的客户",
"近7天到期的定期", "金葵花客户 且 上海分行", with and/or/not, signs (>=) and English or internal names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from yinke.segments.rules import sentence as words_of
from yinke.segments.rules.fields import Field, Rows, fields, tables
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
)  # fmt: skip
from yinke.segments.rules.phrases import Phrases
from yinke.segments.rules.reading import NUMBER, Part, id_of, longest_first, number_of
from yinke.segments.rules.sentence import Names, normal, sentence

LONGEST = 4_000
"""Characters that are read; a longer text is refused."""
DEEPEST = 60
_AND = re.compile(r"\s*(?:[，,；;]\s*(?:并且|而且|同时|且|and\b)?|并且|而且|同时|且|and\b|&&?)\s*", re.I)
_OR = re.compile(r"\s*(?:[，,；;]\s*)?(?:或者|或|or\b|\|\|?)\s*", re.I)
_NOISE = re.compile(r"\s*(?:的)?(?:所有|全部)?(?:客户|customers?|人)?(?:的)?\s*[。.]?\s*", re.I)
_LEAD = re.compile(r"\s*(?:请|帮我|找出|找|查询|查|筛选|圈选|所有|给我)+\s*")
_OPS: tuple[tuple[str, str], ...] = (
    (r">=|≥|不低于|不少于|不小于|大于等于|至少|at least", "ge"), (r"<=|≤|不高于|不超过|不多于|不大于|小于等于|至多|最多|at most", "le"),
    (r"!=|≠|<>|不等于|不为|other than|is not", "ne"), (r">|高于|大于|超过|多于|above|over", "gt"),
    (r"<|低于|小于|少于|不足|不到|不满|below|under", "lt"), (r"=|等于|为|是|equal to|is", "eq"),
)  # fmt: skip
_DATE_OPS: tuple[tuple[str, str], ...] = (
    (r"不早于|>=|≥|not before", "ge"), (r"不晚于|<=|≤|not after", "le"), (r"不等于|!=|not on", "ne"),
    (r"早于|<|before", "lt"), (r"晚于|>|after", "gt"), (r"等于|为|=|on", "eq"),
)  # fmt: skip


@dataclass(frozen=True)
class Parsed:
    """``rule`` only if all of the text was understood and there is something."""

    rule: Rule | None
    parts: tuple[Part, ...]

    @property
    def not_understood(self) -> list[str]:
        """The pieces that mean nothing to the grammar."""
        return [part.text for part in self.parts if part.condition is None]


def parse(text: str, names: Names | None = None) -> Parsed:
    """Read a text as a rule.

    >>> parsed = parse("AUM 50万以上且30天未登录的客户")
    >>> [(part.text, part.condition is not None) for part in parsed.parts]
    [('AUM 50万以上', True), ('30天未登录', True)]
    >>> sentence(parsed.rule, "zh")
    'AUM不低于 50 万元，且 最近 30 天没有登录'
    """
    if len(text) > LONGEST:
        return Parsed(None, (Part(text[:40] + "…", 0, len(text), None),))
    reader = _Grammar(text, names or Names())
    reader.take(_LEAD)
    found = reader.expression(0)
    reader.skip()
    if reader.pos < len(text):
        reader.note(reader.pos, len(text), None)
    if found is None or any(part.condition is None for part in reader.parts):
        return Parsed(None, tuple(reader.parts))
    return Parsed(normal(Rule(where=found), reader.names), tuple(reader.parts))


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Field]:
    """Every name by which a field is called, longest first."""
    found: dict[str, Field] = {}
    for known in fields().values():
        for name in (known.zh, known.en, known.name, known.name.replace("_", " ")):
            found.setdefault(name.lower(), known)
    found |= {"资产": fields()["aum"], "总资产": fields()["aum"], "月日均": fields()["mda"], "贷款": fields()["lum"],
              "等级": fields()["tier"], "客户等级": fields()["tier"], "岁数": fields()["age"]}  # fmt: skip
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def field_names() -> frozenset[str]:
    """What means a field or rows already, in lower case: no field of the bank's own can be called so."""
    return frozenset(_vocabulary()) | {
        name.lower() for table in tables().values() for name in (table.zh, table.en)
    }


@lru_cache(maxsize=16)
def _columns(table: str) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for column in tables()[table].columns.values():
        for name in (column.zh, column.name):
            found.setdefault(name.lower(), column)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


class _Grammar(Phrases):
    @cached_property
    def vocabulary(self) -> Mapping[str, Field]:
        """Every name of a field, the bank's own ones included, longest first."""
        own = {
            name: known for known in self.names.custom.values() if not known.retired
            for name in (known.zh, known.en, known.name)
        }  # fmt: skip
        return longest_first({**own, **_vocabulary()}) if own else _vocabulary()

    # --- joining ----------------------------------------------------------------------------------------

    def expression(self, depth: int) -> Condition | None:
        """Parts joined by 或, each of parts joined by 且."""
        return self.joined(_OR, lambda: self.joined(_AND, lambda: self.term(depth), All), AnyOf)

    def joined(
        self, link: re.Pattern[str], read: Callable[[], Condition | None], kind: type[All] | type[AnyOf]
    ) -> Condition | None:
        parts = [read()]
        while True:
            start = self.pos
            if link is _AND and _OR.match(self.text, start):
                break
            if not self.take(link) or self.ends():
                self.pos = start
                break
            parts.append(read())
        known = [part for part in parts if part is not None]
        if len(known) < 2:
            return known[0] if known else None
        return kind(of=known)

    def ends(self) -> bool:
        self.skip()
        return self.pos >= len(self.text) or self.text[self.pos] in "）)"

    def term(self, depth: int) -> Condition | None:
        start = self.pos
        if depth > DEEPEST:
            self.note(start, len(self.text), None)
            self.pos = len(self.text)
            return None
        found: Condition | None = (
            self.attempt(lambda: self.bracketed(depth))
            or self.attempt(lambda: self.negated(depth))
            or self.attempt(lambda: self.then(depth))
        )
        if found is not None:
            return found
        found = self.attempt(self.leaf)
        end = self.pos
        if found is not None:
            self.noise()
            self.note(start, end, found)
            if not (self.ends() or _AND.match(self.text, self.pos) or _OR.match(self.text, self.pos)):
                return All(of=[one for one in (found, self.term(depth + 1)) if one is not None])
            return found
        self.to_link()
        self.note(start, self.pos, None)
        return None

    def noise(self) -> None:
        found = _NOISE.match(self.text, self.pos)
        if found:
            self.pos = found.end()

    def to_link(self) -> None:
        """On to the next connector outside brackets and quotes, or the end."""
        level, quoted = 0, False
        while self.pos < len(self.text):
            sign = self.text[self.pos]
            quoted = (quoted or sign == "“") and sign != "”"
            if not quoted:
                level += sign in "（("
                level -= sign in "）)"
                if level < 0 or (
                    level == 0 and (_AND.match(self.text, self.pos) or _OR.match(self.text, self.pos))
                ):
                    return
            self.pos += 1

    def bracketed(self, depth: int) -> Condition | None:
        if not self.take(r"[（(]"):
            return None
        found = self.expression(depth + 1)
        return found if self.take(r"[）)]") else None

    def negated(self, depth: int) -> Condition | None:
        if not self.take(r"非|not\b"):
            return None
        found: Condition | None = self.attempt(lambda: self.bracketed(depth)) or self.attempt(self.leaf)
        return None if found is None else Not(of=found)

    def then(self, depth: int) -> Condition | None:
        on: Any = None
        if self.take(r"在"):
            on = self.date()
        elif span := self.span():
            on = span if self.take(r"前") else None
        if on is None:
            return None
        found = self.bracketed(depth)
        return None if found is None else At(on=on, of=found)

    def leaf(self) -> Condition | None:
        readings: tuple[Callable[[], Condition | None], ...] = (
            self.everybody, self.sequence, self.behaviour, self.done, self.segment, self.peer, self.field,
            self.truth, self.held, self.maturing, self.aged, self.class_, self.org,
        )  # fmt: skip
        for read in readings:
            found = self.attempt(read)
            if found is not None:
                return found
        return None

    def everybody(self) -> Condition | None:
        if self.take(words_of.EVERYBODY[0]):
            return All(of=[])
        return AnyOf(of=[]) if self.take(words_of.NOBODY[0]) else None

    def segment(self) -> Condition | None:
        if not self.take(r"属于客群|in segment"):
            return None
        name = self.quoted()
        return None if name is None else InSegment(segment=id_of(self.names.segments, name))

    def peer(self) -> Condition | None:
        known = self.longest(self.vocabulary)
        if known is None:
            return None
        self.take(r"居|在|排|排名")
        group = self.longest({zh: code for code, (zh, _) in words_of.PEERS.items()})
        side = self.take(r"前|后")
        number = self.take(NUMBER) if side else None
        if number is None or side is None or not self.take(r"%|％"):
            return None
        percent = number[0]
        if not percent.isdigit() or not 1 <= int(percent) <= 100:
            return None
        told = {"field": known.name, "group": group or "outlet", "percent": int(percent)}
        return Peer.model_validate({**told, "side": "top" if side[0] == "前" else "bottom"})

    def field(self) -> Condition | None:
        test = self.tested(self.vocabulary)
        return None if test is None else Compare(field=test.field, op=test.op, value=test.value)

    # --- rows -----------------------------------------------------------------------------------------------

    def rows(self) -> tuple[Rows, list[Filter]] | None:
        table = self.longest(longest_first({table.zh: table for table in tables().values()}))
        if table is None:
            return None
        filters: list[Filter] = []
        if self.take(r"[（(]"):
            while True:
                test = self.attempt(lambda: self.tested(_columns(table.name)))
                test = test or self.flag(c for c in table.columns.values() if c.kind == "bool")
                if test is None:
                    return None
                filters.append(test)
                if not self.take(r"；|;"):
                    break
            if not self.take(r"[）)]"):
                return None
        return table, filters

    def behaviour(self) -> Condition | None:
        last = None
        if self.take(r"最近|近|过去"):
            last = self.span()
            self.take(r"内")
            if last is None:
                return None
        found = self.rows()
        if found is None:
            return None
        table, filters = found
        column, measure, known = None, "", Field("", "int", "", "", "")
        if self.take(re.escape(f"{table.counter}数")):
            measure = "count"
        elif self.take(r"天数"):
            measure = "days"
        else:
            measured = self.longest(_columns(table.name))
            ends = {zh: code for code, (zh, _) in words_of.MEASURES.items() if code != "days"}
            measure = self.longest(ends) or ""
            if measured is None:
                return None
            column, known = measured.name, Field("", measured.kind, "", "", "")
        test = self.test(known, {}) if measure else None
        if test is None or test.op not in ("eq", "ne", "lt", "le", "gt", "ge", "between"):
            return None
        told = {"table": table.name, "filters": filters, "measure": measure, "column": column, "last": last}
        return Behaviour.model_validate({**told, "op": test.op, "value": test.value})

    def sequence(self) -> Condition | None:
        last = self.span() if self.take(r"最近") else None
        if last is None or not self.take(r"内先有"):
            return None
        first = self.rows()
        within = self.span() if first and self.take(r"，之后") else None
        how = self.take(r"内(没有|有)") if within else None
        then = self.rows() if how else None
        if first is None or then is None or within is None or how is None:
            return None
        return Sequence(
            first=Doing(table=first[0].name, filters=first[1]), then=Doing(table=then[0].name, filters=then[1]),
            happens=how[1] == "有", within=within, last=last,
        )  # fmt: skip

    # --- comparisons ----------------------------------------------------------------------------------------

    def tested(self, names: Mapping[str, Field]) -> Filter | None:
        """A field's name and what stands behind it."""
        known = self.longest(names)
        return None if known is None else self.test(known, names)

    def test(self, known: Field, others: Mapping[str, Field]) -> Filter | None:
        """What stands behind a field's name."""
        name = known.name
        if found := self.take(r"已知|未知|known\b|unknown\b"):
            op = "is_known" if found[0].lower() in ("已知", "known") else "is_unknown"
            return Filter(field=name, op=op)  # type: ignore[arg-type]
        if known.kind in ("money", "int", "number") or (known.kind == "date"):
            return (
                self.attempt(lambda: self.measured(known, others))
                if known.kind != "date"
                else self.dated(known)
            )
        if known.kind == "birthday":
            return self.dated(known)
        if known.kind == "bool":
            return None
        return self.worded(known)

    def measured(self, known: Field, others: Mapping[str, Field]) -> Filter | None:
        name = known.name
        if self.take(r"不属于"):
            return self.listed(known, "not_in")
        if self.take(r"属于"):
            return self.listed(known, "in")
        if self.attempt(lambda: self.take(r"在") or self.take(r"between")) or NUMBER.match(
            self.text, self.pos
        ):
            low = self.attempt(lambda: self.value(known))
            if low is not None and self.take(r"到|至|~|and"):
                high = self.value(known)
                self.take(r"之间|间")
                return None if high is None else Filter(field=name, op="between", value=[low, high])
            if low is None:
                return None
            op = (
                "ge"
                if self.take(r"(?:及|或)?以上|起")
                else "le"
                if self.take(r"(?:及|或)?(?:以下|以内)")
                else None
            )
            return None if op is None else Filter(field=name, op=op, value=low)  # type: ignore[arg-type]
        op = self.operator(_OPS)
        if op is None:
            start = self.pos
            low = self.value(known)
            after = self.take(r"(及|或)?(以上|以下|以内)") if low is not None else None
            if after is None:
                self.pos = start
                return None
            return Filter(field=name, op="ge" if after[2] == "以上" else "le", value=low)
        if other := self.attempt(lambda: self.other(known, others)):
            return Filter(field=name, op=op, value=other)  # type: ignore[arg-type]
        value = self.value(known)
        return None if value is None else Filter(field=name, op=op, value=value)  # type: ignore[arg-type]

    def other(self, known: Field, others: Mapping[str, Field]) -> Other | None:
        name = self.quoted()
        other = None if name is None else others.get(name.lower())
        if other is None:
            return None
        times, plus = 1, 0
        if self.take(r"的"):
            number = self.take(NUMBER)
            if number is None or not self.take(r"倍"):
                return None
            times = number_of(number[0])
        if sign := self.take(r"加|减"):
            amount = self.value(known)
            if amount is None:
                return None
            plus = amount if sign[0] == "加" else -amount
        return Other(field=other.name, times=times, plus=plus)

    def dated(self, known: Field) -> Filter | None:
        name = known.name

        def spanned() -> Filter | None:
            self.take(r"在|是")
            lead = self.take(r"最近|未来|近|过去")
            span = self.span()
            if span is None:
                return None
            if self.take(r"前或更早|以前|之前"):
                return None if lead else Filter(field=name, op="more_than_ago", value=span)
            op = (
                "in_next"
                if lead and lead[0] == "未来"
                else "in_last"
                if lead and known.kind == "date"
                else None
            )
            self.take(r"内|以内|之内")
            return None if op is None else Filter(field=name, op=op, value=span)  # type: ignore[arg-type]

        def periodic() -> Filter | None:
            self.take(r"在|是")
            found = self.longest({zh: code for code, (zh, _) in words_of.PERIODS.items()})
            return None if found is None else Filter(field=name, op="in_this", value=found)

        def between() -> Filter | None:
            self.take(r"在")
            low = self.date()
            high = self.date() if low and self.take(r"到|至") else None
            self.take(r"之间")
            return None if not (low and high) else Filter(field=name, op="between", value=[low, high])

        def compared() -> Filter | None:
            op = self.operator(_DATE_OPS)
            day = self.date() if op else None
            return None if day is None else Filter(field=name, op=op, value=day)  # type: ignore[arg-type]

        found = self.attempt(spanned) or self.attempt(periodic)
        return found if found or known.kind == "birthday" else self.attempt(between) or self.attempt(compared)

    def worded(self, known: Field) -> Filter | None:
        name = known.name
        if known.kind == "set":
            return self.having(known) if self.take(r"有|含") else None
        if self.take(r"包含|contains"):
            text = self.quoted()
            return None if text is None else Filter(field=name, op="contains", value=text)
        if self.take(r"不属于"):
            return self.listed(known, "not_in")
        if self.take(r"属于"):
            return self.listed(known, "in")
        if known.kind == "org" and self.take(r"在"):
            found = self.listed(known, "under")
            return found if self.take(r"及下级") else None
        op = self.operator(_OPS)
        value = self.value(known) if op in ("eq", "ne") else None
        return None if value is None else Filter(field=name, op=op, value=value)  # type: ignore[arg-type]

    def having(self, known: Field) -> Filter | None:
        values, op = [self.value(known)], "has_any"
        while sign := self.take(r"或(?=\s*“)|和(?=\s*“)") if not known.codes else self.take(r"或(?!者)|和"):
            value = self.value(known)
            if value is None:
                self.pos = sign.start()
                break
            values.append(value)
            op = "has_all" if sign[0] == "和" else "has_any"
        return None if None in values else Filter(field=known.name, op=op, value=values)  # type: ignore[arg-type]

    def listed(self, known: Field, op: str) -> Filter | None:
        values = [self.value(known)]
        while self.take(r"、"):
            values.append(self.value(known))
        return None if None in values else Filter(field=known.name, op=op, value=values)  # type: ignore[arg-type]


__all__ = ["Parsed", "Part", "parse", "sentence"]
