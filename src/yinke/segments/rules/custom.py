"""本行字段 in rules: ``custom.<code>``. What they say of customers stands in PostgreSQL, as tags do.

A condition on one is a mark whose text holds all that is asked: ``custom:["wedding","between",["2026-10-24",
"2026-10-30"]]``. Who has the mark is one question to the database, bound; so every evaluator asks it as it asks for a
tag. Lengths of time are told as dates when a rule is evaluated, so a mark means the same on every day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yinke.segments.rules.fields import CUSTOM, Field, Kind, custom_group
from yinke.segments.rules.language import Compare, Operator, Span
from yinke.segments.rules.timing import end_of, period, start_of

MARK = CUSTOM.removesuffix(".")
_KNOWN: tuple[Operator, ...] = ("is_known", "is_unknown")
_KINDS: Mapping[str, tuple[Kind, tuple[Operator, ...]]] = {
    "TEXT": ("text", ()),
    "NUMBER": ("number", ()),
    "DATE": ("date", ()),
    "YES_NO": ("bool", ()),
    "CHOICE": ("text", ("eq", "ne", "in", "not_in", *_KNOWN)),
    "CHOICES": ("set", ("has_any", "has_all", *_KNOWN)),
}
"""Of each kind of field: what it is to rules, and what may be asked if not all that is asked of the like."""


@dataclass(frozen=True)
class Asked:
    """What a mark asks: ``op`` is none of those that need the business date, nor ``is_unknown``."""

    code: str
    op: str
    value: Any


def custom_field(
    code: str, kind: str, zh: str, en: str, *, about: tuple[str, str] = ("", ""), unit: str = "",
    options: Iterable[tuple[str, str, str]] = (), retired: bool = False,
) -> Field:  # fmt: skip
    """A field of the bank's own as rules see it.

    Args:
        kind: of ``CustomField.Kind``.
        about: in Chinese and English.
        options: (code, zh, en).
    """
    of, operators = _KINDS[kind]
    named = tuple(options)
    return Field(
        name=f"{CUSTOM}{code}", kind=of, zh=zh, en=en or zh, group=custom_group()[0], about_zh=about[0],
        about_en=about[1] or about[0], unit=unit, codes=tuple(one[0] for one in named), source="custom",
        only=operators, named=named, retired=retired,
    )  # fmt: skip


def is_custom(name: str) -> bool:
    """Whether rules mean a field of the bank's own by a name."""
    return name.startswith(CUSTOM)


def mark_of(asked: Compare, today: date) -> tuple[str, bool]:
    """The mark that a checked condition on a business date is about, and whether it holds of those who have it.

    >>> mark_of(Compare(field="custom.pet", op="is_unknown"), date(2026, 10, 30))
    ('custom:["pet","is_known",null]', False)
    >>> mark_of(Compare(field="custom.wedding", op="in_next", value=Span(n=7)), date(2026, 10, 30))[0]
    'custom:["wedding","between",["2026-10-31","2026-11-06"]]'
    """
    op, value = asked.op, asked.value
    if isinstance(value, Span):
        if op == "in_next":
            return _mark(asked, "between", [today + timedelta(days=1), end_of(value, today)])
        start = start_of(value, today)
        if op == "more_than_ago":
            return _mark(asked, "le", start)
        return _mark(asked, "between", [start + timedelta(days=1), today])
    if op == "in_this":
        return _mark(asked, "between", list(period(str(value), today)))
    if op == "is_unknown":
        return _mark(asked, "is_known", None)[0], False
    return _mark(asked, op, value)


def _mark(asked: Compare, op: str, value: Any) -> tuple[str, bool]:
    told = [asked.field.removeprefix(CUSTOM), op, value]
    said = json.dumps(told, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)
    return f"{MARK}:{said}", True


def read_mark(said: str) -> Asked:
    """What stands behind ``custom:`` in a mark."""
    return Asked(*json.loads(said))
