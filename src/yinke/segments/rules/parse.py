"""A sentence as a rule: a deterministic grammar, no guessing. What is not understood is said, part by part.

It reads what ``sentence`` writes in Chinese, and the short forms that people type: "AUM 50万以上且30天未登录的客户",
"近7天到期的定期", "金葵花客户 且 上海分行", with and/or/not, signs (>=) and English or internal names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from yinke.segments.rules import sentence as words_of
from yinke.segments.rules.fields import Field, Rows, fields, tables, words
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
from yinke.segments.rules.sentence import Names, normal, sentence

LONGEST = 4_000
"""Characters that are read; a longer text is refused."""
DEEPEST = 60
_AND = re.compile(r"\s*(?:[，,；;]\s*(?:并且|而且|同时|且|and\b)?|并且|而且|同时|且|and\b|&&?)\s*", re.I)
_OR = re.compile(r"\s*(?:[，,；;]\s*)?(?:或者|或|or\b|\|\|?)\s*", re.I)
_NOISE = re.compile(r"\s*(?:的)?(?:所有|全部)?(?:客户|customers?|人)?(?:的)?\s*[。.]?\s*", re.I)
_LEAD = re.compile(r"\s*(?:请|帮我|找出|找|查询|查|筛选|圈选|所有|给我)+\s*")
_NUMBER = re.compile(r"[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_SPAN = re.compile(r"(\d{1,4})\s*(个月|天|日|周|月|年|days?|weeks?|months?|years?)", re.I)
_SPAN_UNITS = {"天": "day", "日": "day", "周": "week", "个月": "month", "月": "month", "年": "year"}
_SCALE = {
    "亿": 100_000_000,
    "千万": 10_000_000,
    "百万": 1_000_000,
    "万": 10_000,
    "w": 10_000,
    "千": 1_000,
    "k": 1_000,
}
_OPS: tuple[tuple[str, str], ...] = (
    (r">=|≥|不低于|不少于|不小于|大于等于|至少|at least", "ge"), (r"<=|≤|不高于|不超过|不多于|不大于|小于等于|至多|最多|at most", "le"),
    (r"!=|≠|<>|不等于|不为|other than|is not", "ne"), (r">|高于|大于|超过|多于|above|over", "gt"),
    (r"<|低于|小于|少于|不足|不到|不满|below|under", "lt"), (r"=|等于|为|是|equal to|is", "eq"),
)  # fmt: skip
_DATE_OPS: tuple[tuple[str, str], ...] = (
    (r"不早于|>=|≥|not before", "ge"), (r"不晚于|<=|≤|not after", "le"), (r"不等于|!=|not on", "ne"),
    (r"早于|<|before", "lt"), (r"晚于|>|after", "gt"), (r"等于|为|=|on", "eq"),
)  # fmt: skip
_HELD = {"定期": ("account", "TIME"), "大额存单": ("account", "TIME"), "存款": ("account", "TIME"), "理财": ("holding", "WEALTH"),
         "保险": ("holding", "INSURANCE"), "国债": ("holding", "BOND"), "信托": ("holding", "BOND"), "基金": ("holding", "FUND")}  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """A piece of the text: what was understood by it, or None."""

    text: str
    start: int
    end: int
    condition: Condition | None


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
    reader = _Reader(text, names or Names())
    reader.take(_LEAD)
    found = reader.expression(0)
    reader.skip()
    if reader.pos < len(text):
        reader.note(reader.pos, len(text), None)
    if found is None or any(part.condition is None for part in reader.parts):
        return Parsed(None, tuple(reader.parts))
    return Parsed(normal(Rule(where=found)), tuple(reader.parts))


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


@lru_cache(maxsize=16)
def _columns(table: str) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for column in tables()[table].columns.values():
        for name in (column.zh, column.name):
            found.setdefault(name.lower(), column)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@dataclass
class _Reader:
    text: str
    names: Names
    pos: int = 0
    parts: list[Part] = field(default_factory=list)

    # --- the text -------------------------------------------------------------------------------------------

    def skip(self) -> None:
        while self.pos < len(self.text) and self.text[self.pos].isspace():
            self.pos += 1

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        found = re.compile(pattern, re.I).match(self.text, self.pos) if isinstance(pattern, str) else pattern.match(
            self.text, self.pos
        )  # fmt: skip
        if found:
            self.pos = found.end()
        return found

    def longest(self, names: Mapping[str, T]) -> T | None:
        """The longest of these names (sorted longest first) that stands here."""
        self.skip()
        rest = self.text[self.pos : self.pos + 60].lower()
        for name, meaning in names.items():
            if rest.startswith(name):
                after = rest[len(name) : len(name) + 1]
                if name[-1].isascii() and name[-1].isalpha() and after.isascii() and after.isalpha():
                    continue
                self.pos += len(name)
                return meaning
        return None

    def attempt(self, read: Callable[[], T]) -> T:
        """What a reading finds, or nothing, and then nothing was read."""
        start, noted = self.pos, len(self.parts)
        found = read()
        if found is None:
            self.pos = start
            del self.parts[noted:]
        return found

    def note(self, start: int, end: int, condition: Condition | None) -> None:
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip(" 　，,；;。")
        if piece:
            self.parts.append(Part(piece, start, start + len(piece), condition))

    # --- the grammar ----------------------------------------------------------------------------------------

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
            self.truth, self.maturing, self.class_, self.org,
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

    def done(self) -> Condition | None:
        """30天未登录."""
        self.take(r"最近|近|过去")
        span = self.span()
        if span is None:
            return None
        self.take(r"内")
        how = self.take(r"没有|从未|未|没|有")
        does = {known.does[0]: known for known in fields().values() if known.does}
        known = self.longest(does) if how else None
        if known is None or how is None:
            return None
        self.take(r"过?(?:手机银行|APP|网银)?")
        test = Compare(field=known.name, op="in_last", value=span)
        return test if how[0] == "有" else Not(of=test)

    def segment(self) -> Condition | None:
        if not self.take(r"属于客群|in segment"):
            return None
        name = self.quoted()
        return None if name is None else InSegment(segment=_id(self.names.segments, name))

    def maturing(self) -> Condition | None:
        """近7天到期的定期."""
        self.take(r"未来|最近|近")
        span = self.span()
        if span is None or not self.take(r"内?\s*(?:将|要|会)?到期(?:的)?"):
            return None
        held = self.longest(_HELD)
        if held is None:
            return Compare(field="maturing_30d", op="gt", value=0) if span == Span(n=30) else None
        table, category = held
        filters = [
            Filter(field="category", op="eq", value=category),
            Filter(field="maturity", op="in_next", value=span),
        ]
        if table == "account":
            filters.append(Filter(field="status", op="ne", value="CLOSED"))
        return Behaviour(table=table, filters=filters)

    def peer(self) -> Condition | None:
        known = self.longest(_vocabulary())
        if known is None:
            return None
        self.take(r"居|在|排|排名")
        group = self.longest({zh: code for code, (zh, _) in words_of.PEERS.items()})
        side = self.take(r"前|后")
        number = self.take(_NUMBER) if side else None
        if number is None or side is None or not self.take(r"%|％"):
            return None
        percent = number[0]
        if not percent.isdigit() or not 1 <= int(percent) <= 100:
            return None
        told = {"field": known.name, "group": group or "outlet", "percent": int(percent)}
        return Peer.model_validate({**told, "side": "top" if side[0] == "前" else "bottom"})

    def truth(self) -> Condition | None:
        """持有理财, 未持有基金, 是代发客户."""
        test = self.flag(_flags())
        return None if test is None else Compare(field=test.field, op=test.op)

    def flag(self, flags: Iterable[Field]) -> Filter | None:
        for known in flags:
            for holds in (False, True):
                start = self.pos
                told = words_of.truth(known.zh, holds, 0)
                if self.take(re.escape(told)) or (holds and self.take(re.escape(known.zh))):
                    if not self.take(r"已知|未知"):
                        return Filter(field=known.name, op="is_true" if holds else "is_false")
                    self.pos = start
        return None

    def field(self) -> Condition | None:
        test = self.tested(_vocabulary())
        return None if test is None else Compare(field=test.field, op=test.op, value=test.value)

    def class_(self) -> Condition | None:
        """金葵花客户, 金卡及以上, 流失预警."""
        tiers = {one["zh"]: int(rank) for rank, one in words()["tier"].items()}
        rank = self.longest(_sorted(tiers))
        if rank is not None:
            self.take(r"客户")
            op = "ge" if self.take(r"及?以上") else "le" if self.take(r"及?以下") else "eq"
            return Compare(field="tier", op=op, value=rank)  # type: ignore[arg-type]
        stages = {one["zh"]: code for code, one in words()["stage"].items()}
        stage = self.longest(_sorted(stages))
        return None if stage is None else Compare(field="stage", op="eq", value=stage)

    def org(self) -> Condition | None:
        found = self.longest(_sorted({name.lower(): org for org, name in self.names.orgs.items() if name}))
        return None if found is None else Compare(field="org_no", op="under", value=[found])

    # --- rows -----------------------------------------------------------------------------------------------

    def rows(self) -> tuple[Rows, list[Filter]] | None:
        table = self.longest(_sorted({table.zh: table for table in tables().values()}))
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
        if self.attempt(lambda: self.take(r"在") or self.take(r"between")) or _NUMBER.match(
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
            number = self.take(_NUMBER)
            if number is None or not self.take(r"倍"):
                return None
            times = _number(number[0])
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

    def operator(self, ops: Iterable[tuple[str, str]]) -> str | None:
        return next((op for pattern, op in ops if self.take(pattern)), None)

    def value(self, known: Field) -> Any:
        """A value of a field: an amount, a number, a word, a quoted text."""
        told = words().get(known.words, {})
        if known.codes or told:
            by_word = {one["zh"].lower(): code for code, one in told.items()}
            by_word |= {str(code).lower(): str(code) for code in known.codes}
            found = self.longest(_sorted(by_word))
            text = found if found is not None else self.quoted()
            if text is None:
                return None
            return int(text) if known.kind == "int" and text.lstrip("-").isdigit() else text
        if known.kind in ("money", "int", "number"):
            number = self.take(_NUMBER)
            if number is None:
                return None
            value = Decimal(str(_number(number[0])))
            if unit := self.take(r"亿|千万|百万|万|千|[wk](?![a-z])"):
                value *= _SCALE[unit[0].lower()]
            self.take(r"元|块|岁|个月|次|笔|类|个|天" if known.kind != "money" else r"元|块")
            return int(value) if value == value.to_integral_value() else float(value)
        name = self.quoted()
        kind = "org" if known.kind == "org" else known.name
        return None if name is None else _id(self.names.of(kind), name)

    def quoted(self) -> str | None:
        found = self.take(r"“((?:[^”]|””)*)”(?!”)") or self.take(r'"([^"]*)"')
        return None if found is None else found[1].replace("””", "”")

    def date(self) -> str | None:
        found = self.take(_DATE)
        if found is None:
            return None
        year, month, day = map(int, found[0].split("-"))
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return None

    def span(self) -> Span | None:
        found = self.take(_SPAN)
        if found is None or not int(found[1]):
            return None
        unit = _SPAN_UNITS.get(found[2]) or found[2].lower().rstrip("s")
        return Span(n=int(found[1]), unit=unit)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _flags() -> list[Field]:
    return sorted((f for f in fields().values() if f.kind == "bool"), key=lambda f: -len(f.zh))


def _sorted(names: Mapping[str, T]) -> dict[str, T]:
    return dict(sorted(((name.lower(), one) for name, one in names.items()), key=lambda item: -len(item[0])))


def _id(names: Mapping[str, str], name: str) -> str:
    """The id of what is called so; a name that nothing has stands for itself."""
    return next((one for one, known in names.items() if known == name), name)


def _number(text: str) -> Any:
    exact = Decimal(text.replace(",", "").replace("−", "-"))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


__all__ = ["Parsed", "Part", "parse", "sentence"]
