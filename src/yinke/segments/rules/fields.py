"""The fields of rules: what the lake's tables say of each column, with a group, a description and its operators.

Types, names and codes stand in ``lake/snapshot.py`` and ``lake/tables.py`` and are not written again;
``fields.yaml`` adds what only people who draw rules need, ``words.yaml`` what codes are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from yinke.common.yaml_files import read_yaml
from yinke.lake.snapshot import EVENTS, SNAPSHOT, STAGES
from yinke.lake.tables import CUSTOMER, TABLES
from yinke.segments.rules.language import Operator

Kind = Literal["money", "int", "number", "text", "org", "bool", "date", "birthday", "set"]
Source = Literal["snapshot", "customer", "own", "custom"]

_HERE = Path(__file__).parent
_EQUAL: tuple[Operator, ...] = ("eq", "ne", "in", "not_in")
_ORDER: tuple[Operator, ...] = ("lt", "le", "gt", "ge", "between")
_KNOWN: tuple[Operator, ...] = ("is_known", "is_unknown")
OPERATORS: dict[str, tuple[Operator, ...]] = {
    "money": (*_ORDER, "eq", "ne", *_KNOWN),
    "int": (*_ORDER, *_EQUAL, *_KNOWN),
    "number": (*_ORDER, "eq", "ne", *_KNOWN),
    "text": (*_EQUAL, "contains", *_KNOWN),
    "org": ("under", *_EQUAL, *_KNOWN),
    "bool": ("is_true", "is_false", *_KNOWN),
    "date": ("in_last", "more_than_ago", "in_next", "in_this", *_ORDER, "eq", "ne", *_KNOWN),
    "birthday": ("in_next", "in_this", *_KNOWN),
    "set": ("has_any", "has_all"),
}
"""What may be asked of each type."""
CUSTOM = "custom."
"""What the names of the bank's own fields begin with."""
TIERS = ("tier", "tier_asset", "tier_before", "tier_6m_ago")


@dataclass(frozen=True)
class Field:
    """One thing that rules may ask of a customer, or of a row.

    ``codes``: the only values there are; empty if others may occur. ``audience``: who may use it.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    group: str
    about_zh: str = ""
    about_en: str = ""
    unit: str = ""
    codes: tuple[str | int, ...] = ()
    source: Source = "snapshot"
    audience: Literal["all", "compliance"] = "all"
    does: tuple[str, str] | None = None
    """Of the day of somebody's last doing: what is done, (zh, en)."""
    only: tuple[Operator, ...] = ()
    """What may be asked of it, if not all that is asked of its kind."""
    named: tuple[tuple[str, str, str], ...] = ()
    """Of a field of the bank's own: what its codes are called, (code, zh, en)."""
    retired: bool = False
    """A field of the bank's own that is out of use."""

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What may be asked of it."""
        return self.only or OPERATORS[self.kind]

    @property
    def words(self) -> str:
        """The list in ``words.yaml`` with what its codes are called."""
        return "tier" if self.name in TIERS else self.name


@dataclass(frozen=True)
class Rows:
    """A table whose rows can be counted. ``day``: the column that says when; '' for what stands at the day's end."""

    name: str
    zh: str
    en: str
    group: str
    counter: str
    day: str
    cny: tuple[str, ...]
    """Columns of money in the row's own currency; rules see them in CNY."""
    columns: dict[str, Field]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_HERE / "fields.yaml")
    return found


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, dict[str, str]]]:
    """What codes are called: list → code → language → word."""
    raw = read_yaml(_HERE / "words.yaml")
    return {
        name: {str(code): {"zh": zh, "en": en} for code, (zh, en) in codes.items()}
        for name, codes in raw.items()
    }


def words_of(field: Field) -> dict[str, dict[str, str]]:
    """What a field's codes are called: code → language → word."""
    if field.named:
        return {code: {"zh": zh or en, "en": en or zh} for code, zh, en in field.named}
    return words().get(field.words, {})


def word(field: Field, value: object, language: str) -> str:
    """What a value of a field is called."""
    told = words_of(field).get(str(value), {})
    return told.get("en" if language == "en" else "zh", str(value))


def groups() -> dict[str, dict[str, str]]:
    """The 10 classes of tags (标签体系), in their order, by language."""
    found: dict[str, dict[str, str]] = _file()["groups"]
    return found


def custom_group() -> tuple[str, dict[str, str]]:
    """The class of the bank's own fields, and its name by language."""
    [(code, names)] = _file()["custom"].items()
    return code, names


def hidden() -> frozenset[str]:
    """Columns of the snapshot that are no field."""
    return frozenset(name for names in _file()["hidden"].values() for name in names)


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """All fields of a customer, by name."""
    return {field.name: field for field in _fields()}


def known_field(name: str, custom: Mapping[str, Field]) -> Field | None:
    """The field that rules mean by a name, among all and the bank's own ones; None if there is none.

    Args:
        custom: the bank's own fields by their names in rules.
    """
    return custom.get(name) if name.startswith(CUSTOM) else fields().get(name)


def _fields() -> Iterator[Field]:
    told = _file()["fields"]
    for metric in SNAPSHOT:
        if metric.name not in hidden():
            about, n = _told(told, metric.name)
            codes: tuple[str | int, ...] = ()
            if metric.name == "stage":
                codes = STAGES
            elif metric.name in TIERS:
                codes = tuple(range(6))
            elif metric.name.startswith("rfm_"):
                codes = tuple(range(1, 6))
            elif metric.name in {c.name for c in CUSTOMER.columns}:
                codes = CUSTOMER.column(metric.name).codes
            yield _field(metric.name, metric.type, metric.zh, metric.en, about, n, codes=codes)
    for column in CUSTOMER.columns:
        if column.name in told and column.name not in {m.name for m in SNAPSHOT}:
            yield _field(
                column.name, column.type, column.zh, column.en, told[column.name], "",
                codes=column.codes, source="customer",
            )  # fmt: skip
    for name, own in _file()["own"].items():
        codes = tuple(words().get(name, {}))
        yield _field(
            name, own["type"], own["zh"], own["en"], told[name], "", codes=codes, source="own",
            unit=own.get("unit", ""),
        )  # fmt: skip


def _told(told: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    if name in told:
        return told[name], ""
    pattern = re.sub(r"\d+$", "#", name)
    return told[pattern], name[len(pattern) - 1 :]


def _field(
    name: str, kind: Any, zh: str, en: str, about: dict[str, Any], n: str, *,
    codes: tuple[str | int, ...] = (), source: Source = "snapshot", unit: str = "",
) -> Field:  # fmt: skip
    return Field(
        name=name, kind=about.get("kind", kind), zh=about.get("say", zh), en=en, group=about["group"],
        about_zh=about["zh"].replace("{n}", n), about_en=about["en"].replace("{n}", n),
        unit=unit or ("CNY" if kind == "money" else ""), codes=codes, source=source,
        audience=about.get("audience", "all"), does=tuple(about["does"]) if "does" in about else None,
    )  # fmt: skip


@lru_cache(maxsize=1)
def tables() -> dict[str, Rows]:
    """The tables whose rows rules may count, by name."""
    found = {}
    for name, told in _file()["tables"].items():
        columns = {}
        for column in told["columns"]:
            kind, zh, en, codes = _column(name, column)
            columns[column] = Field(
                column, kind, zh, en, told["group"], codes=codes, unit="CNY" if kind == "money" else ""
            )
        found[name] = Rows(
            name, told["zh"], told["en"], told["group"], told["counter"], told.get("day", ""),
            tuple(told.get("cny", ())), columns,
        )  # fmt: skip
    return found


_EVENT_NAMES = {
    "type": ("事件类型", "Event type"),
    "priority": ("优先级", "Priority"),
    "amount": ("金额", "Amount"),
}


def _column(table: str, column: str) -> tuple[Kind, str, str, tuple[str, ...]]:
    if table == "events":
        kind: Any = next(c.type for c in EVENTS if c.name == column)
        return (kind, *_EVENT_NAMES[column], tuple(words()["type"]) if column == "type" else ())
    if (table, column) == ("account", "balance"):
        table = "balance"
    found = TABLES[table].column(column)
    return found.type, found.zh, found.en, found.codes  # type: ignore[return-value]


LIMITS = {"int": Decimal(2**31), "money": Decimal(10) ** 14, "number": Decimal(10) ** 11}
"""Beyond these no column can hold a value."""


def typed(kind: str, raw: object) -> Any:
    """A value of a rule as the type of its field: ``Decimal``, ``int``, ``date``, ``str``.

    Raises:
        ValueError: it is none.

    >>> typed("money", 0.1), typed("date", "2026-06-30")
    (Decimal('0.1'), datetime.date(2026, 6, 30))
    """
    if kind in LIMITS:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise ValueError("number")
        try:
            number = Decimal(str(raw))
        except InvalidOperation:
            raise ValueError("number") from None
        if not number.is_finite() or abs(number) >= LIMITS[kind]:
            raise ValueError("too_large")
        if kind == "int":
            if number != number.to_integral_value():
                raise ValueError("whole")
            return int(number)
        places = 2 if kind == "money" else 6
        if number != round(number, places):
            raise ValueError("places")
        return number
    if not isinstance(raw, str):
        raise ValueError("date" if kind == "date" else "text")
    if kind == "date":
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise ValueError("date") from None
    return raw
