"""The checker: whether a rule makes sense, and if not, where and why.

Whatever JSON comes in, the answer is a rule that can be evaluated, or problems each with a JSON pointer (RFC 6901)
to its place, a code, and a sentence in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from yinke.common.yaml_files import read_yaml
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.fields import CUSTOM, Field, Rows, fields, known_field, tables, typed
from yinke.segments.rules.language import (
    VERSION,
    At,
    Behaviour,
    Compare,
    Condition,
    Doing,
    Filter,
    InSegment,
    Leaf,
    Other,
    Peer,
    Rule,
    Sequence,
    Span,
    Value,
    children,
    leaves,
    measure,
)  # fmt: skip
from yinke.segments.rules.timing import span_days, start_of

NO_VALUE = ("is_true", "is_false", "is_known", "is_unknown")
SPANS = ("in_last", "more_than_ago", "in_next")
LISTS = ("in", "not_in", "has_any", "has_all", "under")
PERIODS = ("week", "month", "quarter", "year")
LONGEST_SPAN = 36_500
ONLY_NOW = ("tag", "consent", "do_not_disturb", "contact", "churn", "next_product")
NUMBERS = ("money", "int", "number")


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a rule."""

    place: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence for a reader."""
        zh, en = texts()[self.code]
        if language != "en":
            return zh.format_map(self.facts)
        return en.format_map({**self.facts, "name": self.facts.get("name_en", "")})


@dataclass(frozen=True)
class Around:
    """What a rule is checked against.

    ``segments``: the rule of each segment there is, None for one whose members are kept as a list. ``own``: the
    segment that is being drawn. ``delivered``: the columns of the newest snapshot and the tables of its day, None to
    take all for granted. ``compliance``: whether fields that marketing must not see may be used. ``custom``: the bank's
    own fields by their names in rules, retired ones included.
    """

    limits: Mapping[str, Any]
    today: date
    segments: Mapping[str, Rule | None] = field(default_factory=dict)
    own: str | None = None
    oldest: date | None = None
    delivered: frozenset[str] | None = None
    orgs: frozenset[str] | None = None
    compliance: bool = False
    custom: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """A rule that can be evaluated, or why not."""

    rule: Rule | None
    problems: tuple[Problem, ...]


@lru_cache(maxsize=1)
def texts() -> dict[str, tuple[str, str]]:
    """Sentence of each code, (zh, en)."""
    raw = read_yaml(Path(__file__).parent / "texts.yaml")
    return {code: (zh, en) for code, (zh, en) in raw.items()}


def check(raw: Any, around: Around) -> Checked:
    """Check any JSON as a rule.

    Returns:
        The rule if there is no problem, else all problems in the order of their places; where the form is wrong,
        only those of the form.
    """
    depth, count = measure(raw)
    limits = {"too_deep": (depth, "rule.max_depth"), "too_many": (count, "rule.max_conditions")}
    for code, (found, limit) in limits.items():
        if found > int(around.limits[limit]):
            return _refuse(Problem("/where", code, {"found": str(found), "limit": str(around.limits[limit])}))
    if isinstance(raw, dict) and raw.get("version", VERSION) != VERSION:
        return _refuse(
            Problem("/version", "version", {"found": str(raw["version"])[:20], "known": str(VERSION)})
        )
    try:
        rule = Rule.model_validate(raw)
    except ValidationError as error:
        return _refuse(*(_of_form(raw, found) for found in error.errors()))
    problems = tuple(_Checker(around).rule(rule))
    return Checked(None if problems else rule, problems)


def delivered(rule: Rule, around: Around) -> bool:
    """Whether the bank's files bring all that a right rule asks for."""
    checker = _Checker(replace(around, compliance=True))
    codes = {
        problem.code for place, leaf in leaves(rule) for problem in checker._condition(place, leaf, False)
    }
    return "not_delivered" not in codes


def _refuse(*problems: Problem) -> Checked:
    return Checked(None, tuple({(p.place, p.code): p for p in problems[:20]}.values()))


def _of_form(raw: Any, error: Any) -> Problem:
    """Pydantic's places name the branch of each union; a JSON pointer does not."""
    place, value = "", raw
    for part in error["loc"]:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]
        elif not (error["type"] == "missing" and part == error["loc"][-1]):
            continue
        place += "/" + str(part).replace("~", "~0").replace("/", "~1")
    return Problem(place, "shape", {"detail": error["msg"][:200]})


class _Checker:
    def __init__(self, around: Around) -> None:
        self.around = around

    def rule(self, rule: Rule) -> Iterator[Problem]:
        yield from self._cycle(rule)
        waiting: list[tuple[str, Condition, bool]] = [("/where", rule.where, False)]
        found: list[Problem] = []
        while waiting:
            place, condition, then = waiting.pop()
            found += self._condition(place, condition, then)
            inner = children(condition)
            then = then or isinstance(condition, At)
            waiting += [(place + below, child, then) for below, child in reversed(inner)]
        yield from found

    def _condition(self, place: str, condition: Condition, then: bool) -> Iterator[Problem]:
        if isinstance(condition, Compare):
            yield from self._compare(place, condition, then)
        elif isinstance(condition, Behaviour):
            yield from self._behaviour(place, condition)
        elif isinstance(condition, Sequence):
            yield from self._sequence(place, condition)
        elif isinstance(condition, Peer):
            yield from self._peer(place, condition)
        elif isinstance(condition, InSegment):
            yield from self._segment(place, condition, then)
        elif isinstance(condition, At):
            yield from self._at(place, condition)

    def _compare(self, place: str, condition: Compare, then: bool) -> Iterator[Problem]:
        known = yield from self._field(place, condition.field)
        if known is None:
            return
        if then and _only_now(condition):
            yield Problem(f"{place}/field", "not_then", _names(known))
        if condition.unit and condition.unit != "CNY" and known.kind != "money":
            yield Problem(f"{place}/unit", "unit", _names(known))
        yield from self._comparison(place, known, condition.op, condition.value, fields())

    def _field(self, place: str, name: str, key: str = "field") -> Any:
        known = known_field(name, self.around.custom)
        if known is None:
            yield Problem(f"{place}/{key}", "no_field", {"field": name[:60]})
            return None
        if known.retired:
            yield Problem(f"{place}/{key}", "retired_field", _names(known))
        if known.audience == "compliance" and not self.around.compliance:
            yield Problem(f"{place}/{key}", "not_for_marketing", _names(known))
        there = self.around.delivered
        wanted = {"snapshot": f"snapshot.{name}", "customer": f"customer.{name}"}.get(known.source)
        if there is not None and wanted and wanted not in there:
            yield Problem(f"{place}/{key}", "not_delivered", _names(known))
        return known

    def _comparison(
        self, place: str, known: Field, op: str, value: Value, others: Mapping[str, Field]
    ) -> Iterator[Problem]:
        at = f"{place}/value"
        if op not in known.operators:
            allowed = ", ".join(known.operators)
            yield Problem(f"{place}/op", "operator", {**_names(known), "op": op, "allowed": allowed})
        elif op in NO_VALUE:
            if value is not None:
                yield Problem(at, "value_unwanted")
        elif value is None:
            yield Problem(at, "value_missing")
        elif op in SPANS:
            if not isinstance(value, Span):
                yield Problem(at, "span")
            elif span_days(value) > LONGEST_SPAN:
                yield Problem(at, "span_long", {"limit": str(LONGEST_SPAN)})
        elif op == "in_this":
            if value not in PERIODS:
                yield Problem(at, "period")
        elif op in LISTS:
            yield from self._list(at, known, value, op)
        elif op == "between":
            if not isinstance(value, list) or len(value) != 2:
                yield Problem(at, "between")
                return
            wrong = [*self._scalar(f"{at}/0", known, value[0]), *self._scalar(f"{at}/1", known, value[1])]
            yield from wrong
            if not wrong and typed(known.kind, value[0]) > typed(known.kind, value[1]):
                yield Problem(at, "between")
        elif isinstance(value, Other):
            yield from self._other(at, known, value, others)
        elif op == "contains" and value == "":
            yield Problem(at, "value_missing")
        else:
            yield from self._scalar(at, known, value, any_code=op == "contains")

    def _other(self, at: str, known: Field, value: Other, others: Mapping[str, Field]) -> Iterator[Problem]:
        other = others.get(value.field)
        if other is None:
            yield Problem(f"{at}/field", "no_field", {"field": value.field[:60]})
        elif known.kind not in ("money", "int") or other.kind != known.kind or other.codes != known.codes:
            facts = {**_names(known), "other": other.name}
            yield Problem(f"{at}/field", "other", facts)
        for key in ("times", "plus"):
            number = getattr(value, key)
            try:
                typed("int" if key == "plus" and known.kind == "int" else "money", number)
            except ValueError as error:
                yield Problem(f"{at}/{key}", str(error), {"found": str(number)})
            if key == "times" and abs(number) > 10_000:
                yield Problem(f"{at}/{key}", "too_large", {"found": str(number)})

    def _list(self, at: str, known: Field, value: Value, op: str) -> Iterator[Problem]:
        limit = int(self.around.limits["rule.max_list"])
        if not isinstance(value, list):
            yield Problem(at, "list")
        elif not value:
            yield Problem(at, "list_empty")
        elif len(value) > limit:
            yield Problem(at, "list_long", {"found": str(len(value)), "limit": str(limit)})
        else:
            for n, one in enumerate(value):
                yield from self._scalar(f"{at}/{n}", known, one)
                if known.name == "tag":
                    yield from self._tag(f"{at}/{n}", str(one))
                if op == "under" and self.around.orgs is not None and one not in self.around.orgs:
                    yield Problem(f"{at}/{n}", "no_org", {"found": str(one)[:40]})

    def _tag(self, at: str, code: str) -> Iterator[Problem]:
        """Numbers are tags that people put on; codes are ready tags."""
        ready = ready_tags().get(code)
        if ready is None and not code.isdigit():
            yield Problem(at, "no_tag", {"found": code[:40]})
        elif ready is not None and ready.audience == "aml" and not self.around.compliance:
            yield Problem(at, "not_for_marketing", {"name": ready.zh, "name_en": ready.en})
        elif ready is not None and not delivered(ready.rule, self.around):
            yield Problem(at, "not_delivered", {"name": ready.zh, "name_en": ready.en})

    def _scalar(self, at: str, known: Field, value: object, *, any_code: bool = False) -> Iterator[Problem]:
        kind = known.kind if known.kind not in ("org", "set") else "text"
        try:
            found = typed(kind, value)
        except ValueError as error:
            shown = value if isinstance(value, str | int | float) else type(value).__name__
            yield Problem(at, str(error), {"found": str(shown)[:40]})
            return
        if isinstance(found, str):
            limit = int(self.around.limits["rule.max_text"])
            if not found.isprintable():
                yield Problem(at, "text")
            elif len(found) > limit:
                yield Problem(at, "text_long", {"limit": str(limit)})
                return
        if known.codes and found not in known.codes and not any_code:
            allowed = ", ".join(map(str, known.codes))
            yield Problem(at, "code", {**_names(known), "found": str(found)[:40], "allowed": allowed})

    def _rows(self, place: str, name: str) -> Any:
        rows = tables().get(name)
        if rows is None:
            yield Problem(f"{place}/table", "no_table", {"found": name[:40], "allowed": ", ".join(tables())})
            return None
        if self.around.delivered is not None and name not in self.around.delivered:
            yield Problem(f"{place}/table", "not_delivered", {"name": rows.zh, "name_en": rows.en})
        return rows

    def _filters(self, place: str, rows: Rows, filters: list[Filter]) -> Iterator[Problem]:
        for n, one in enumerate(filters):
            column = rows.columns.get(one.field)
            if column is None:
                facts = {"table": rows.name, "found": one.field[:40]}
                yield Problem(f"{place}/filters/{n}/field", "no_column", facts)
            else:
                yield from self._comparison(f"{place}/filters/{n}", column, one.op, one.value, rows.columns)

    def _behaviour(self, place: str, condition: Behaviour) -> Iterator[Problem]:
        rows = yield from self._rows(place, condition.table)
        if rows is None:
            return
        if rows.day and condition.last is None:
            yield Problem(f"{place}/last", "last_missing", {"table": rows.name})
        elif not rows.day and condition.last is not None:
            yield Problem(f"{place}/last", "last_unwanted", {"table": rows.name})
        if condition.last is not None:
            yield from self._window(f"{place}/last", condition.last)
        yield from self._filters(place, rows, condition.filters)
        measured = Field("", "int", "", "", "")
        if condition.measure in ("count", "days"):
            if condition.column is not None:
                yield Problem(f"{place}/column", "column_unwanted")
            if condition.measure == "days" and not rows.day:
                yield Problem(f"{place}/measure", "last_unwanted", {"table": rows.name})
        elif condition.column is None:
            yield Problem(f"{place}/column", "column_missing")
        elif condition.column not in rows.columns:
            facts = {"table": rows.name, "found": condition.column[:40]}
            yield Problem(f"{place}/column", "no_column", facts)
        else:
            measured = rows.columns[condition.column]
            if condition.measure == "sum" and rows.name == "events":
                yield Problem(f"{place}/measure", "no_sum")
            if measured.kind not in NUMBERS:
                yield Problem(f"{place}/column", "column_kind", _names(measured))
                return
        plain = Field(measured.name, measured.kind, measured.zh, measured.en, "")
        if isinstance(condition.value, Other):
            yield Problem(f"{place}/value", "number", {"found": condition.value.field[:40]})
        else:
            yield from self._comparison(place, plain, condition.op, condition.value, {})

    def _window(self, place: str, span: Span) -> Iterator[Problem]:
        limit = int(self.around.limits["rule.max_days"])
        if span_days(span) > limit:
            yield Problem(place, "span_long", {"limit": str(limit)})

    def _sequence(self, place: str, condition: Sequence) -> Iterator[Problem]:
        doing: Doing
        for key in ("first", "then"):
            doing = getattr(condition, key)
            rows = yield from self._rows(f"{place}/{key}", doing.table)
            if rows is not None:
                if not rows.day:
                    yield Problem(f"{place}/{key}/table", "not_journal", {"table": rows.name})
                yield from self._filters(f"{place}/{key}", rows, doing.filters)
        yield from self._window(f"{place}/last", condition.last)
        if condition.within.unit not in ("day", "week"):
            yield Problem(f"{place}/within", "within_unit")
        elif span_days(condition.within) > span_days(condition.last):
            yield Problem(f"{place}/within", "within_long")

    def _peer(self, place: str, condition: Peer) -> Iterator[Problem]:
        known = yield from self._field(place, condition.field)
        if known is not None and (known.kind not in NUMBERS or known.source != "snapshot" or known.codes):
            yield Problem(f"{place}/field", "peer_field", _names(known))

    def _at(self, place: str, condition: At) -> Iterator[Problem]:
        today, oldest = self.around.today, self.around.oldest
        if isinstance(condition.on, Span) and span_days(condition.on) > LONGEST_SPAN:
            yield Problem(f"{place}/on", "span_long", {"limit": str(LONGEST_SPAN)})
            return
        on = start_of(condition.on, today) if isinstance(condition.on, Span) else condition.on
        if on >= today:
            yield Problem(f"{place}/on", "at_future", {"today": today.isoformat()})
        elif oldest is not None and on < oldest:
            yield Problem(f"{place}/on", "at_early", {"oldest": oldest.isoformat()})

    def _segment(self, place: str, condition: InSegment, then: bool) -> Iterator[Problem]:
        if condition.segment not in self.around.segments and condition.segment != self.around.own:
            yield Problem(f"{place}/segment", "no_segment", {"found": condition.segment[:40]})
        elif then and asks_the_present(condition.segment, self.around.segments):
            yield Problem(f"{place}/segment", "not_then", {"name": condition.segment, "name_en": ""})

    def _cycle(self, rule: Rule) -> Iterator[Problem]:
        """A segment that leads back to itself, or to the one that is being drawn; and the size of it all."""
        limit = int(self.around.limits["rule.max_expanded"])
        total = 0
        for place, leaf in leaves(rule):
            total += 1 + _of_tags(leaf)
            if not isinstance(leaf, InSegment):
                continue
            waiting: list[tuple[str, tuple[str, ...]]] = [(leaf.segment, ())]
            while waiting:
                name, path = waiting.pop()
                if name in path or name == self.around.own:
                    yield Problem(f"{place}/segment", "cycle", {"path": " → ".join((*path, name))})
                    return
                inner = self.around.segments.get(name)
                below = [] if inner is None else [one for _, one in leaves(inner)]
                total += sum(1 + _of_tags(one) for one in below)
                if total > limit:
                    yield Problem("/where", "too_many", {"found": f">{limit}", "limit": str(limit)})
                    return
                waiting += [(one.segment, (*path, name)) for one in below if isinstance(one, InSegment)]
        if total > limit:
            yield Problem("/where", "too_many", {"found": str(total), "limit": str(limit)})


def asks_the_present(segment: str, segments: Mapping[str, Rule | None]) -> bool:
    """Whether a segment is a list, or its rule or one within asks what is known of the present only."""
    waiting, seen = [segment], {segment}
    while waiting:
        inner = segments.get(waiting.pop())
        if inner is None:
            return True
        for _, leaf in leaves(inner):
            if _only_now(leaf):
                return True
            if isinstance(leaf, InSegment) and leaf.segment not in seen:
                seen.add(leaf.segment)
                waiting.append(leaf.segment)
    return False


def _only_now(leaf: Condition) -> bool:
    return isinstance(leaf, Compare) and (leaf.field in ONLY_NOW or leaf.field.startswith(CUSTOM))


def _of_tags(leaf: Leaf) -> int:
    """How many conditions the ready tags stand for that it asks."""
    if not isinstance(leaf, Compare) or leaf.field != "tag" or not isinstance(leaf.value, list):
        return 0
    found = (ready_tags().get(str(code)) for code in leaf.value)
    return sum(sum(1 for _ in leaves(tag.rule)) for tag in found if tag is not None)


def _names(known: Field) -> dict[str, str]:
    return {"name": known.zh, "name_en": known.en}
