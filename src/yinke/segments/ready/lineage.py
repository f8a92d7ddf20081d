"""血缘: where a rule's facts come from: which columns it asks, and of which delivered tables these are made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.common.catalogue import catalogue
from yinke.common.yaml_files import read_yaml
from yinke.lake.tables import TABLES
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.fields import fields, tables
from yinke.segments.rules.language import Behaviour, Compare, Doing, Other, Peer, Rule, Sequence, leaves

_MADE_OF = {"age": "birth_date", "birthday": "birth_date", "tenure_months": "open_date"}
"""Fields that are worked out from one of the customer's own columns."""


@dataclass(frozen=True, order=True)
class Column:
    """A column that a rule asks. ``table``: of the lake, or what stands in PostgreSQL (``consent``, ``tag``, ...)."""

    table: str
    name: str
    zh: str
    en: str
    level: str


@dataclass(frozen=True)
class Lineage:
    """``columns`` that are asked, the delivered ``tables`` behind them, and the highest ``level`` of these columns.

    What people record in Yinke has a column and no table.
    """

    columns: tuple[Column, ...]
    tables: tuple[str, ...]

    @property
    def level(self) -> str:
        """JR/T 0171 level: what is worked out from C2 tells of C2."""
        return max((column.level for column in self.columns), default="")


@lru_cache(maxsize=1)
def _sources() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(Path(__file__).parent / "sources.yaml")
    return found


@lru_cache(maxsize=1)
def figures() -> dict[str, tuple[str, ...]]:
    """Of which delivered tables each figure of the snapshot is made; ``#`` stands for a number."""
    return {name: tuple(row["from"]) for row in _sources()["figures"] for name in row["of"]}


def event_sources() -> dict[str, tuple[str, ...]]:
    """In which delivered tables each kind of event is found."""
    return {code: tuple(names) for code, names in _sources()["events"].items()}


def lineage(rule: Rule) -> Lineage:
    """Where a checked rule's facts come from; the ready tags that it asks for are looked into."""
    found = set(_asked(rule))
    made_of = {table for _, sources in found for table in sources}
    return Lineage(
        columns=tuple(sorted(column for column, _ in found)),
        tables=tuple(name for name in TABLES if name in made_of),
    )


_Asked = Iterator[tuple[Column, tuple[str, ...]]]


def _asked(rule: Rule) -> _Asked:
    for _, leaf in leaves(rule):
        if isinstance(leaf, Compare):
            ready = [ready_tags().get(str(one)) for one in leaf.value] if isinstance(leaf.value, list) else []
            if leaf.field == "tag" and all(ready):
                for tag in ready:
                    yield from _asked(tag.rule)  # type: ignore[union-attr]
                continue
            yield _field(leaf.field)
            if isinstance(leaf.value, Other):
                yield _field(leaf.value.field)
        elif isinstance(leaf, Peer):
            yield _field(leaf.field)
        elif isinstance(leaf, Behaviour):
            yield from _rows(leaf)
            if leaf.column is not None:
                yield _column(leaf.table, leaf.column), _of_table(leaf)
        elif isinstance(leaf, Sequence):
            yield from _rows(leaf.first)
            yield from _rows(leaf.then)


def _field(name: str) -> tuple[Column, tuple[str, ...]]:
    known = fields()[name]
    if name in _MADE_OF:
        level = catalogue()["lake.customer"].fields[_MADE_OF[name]].level
        return Column("customer", _MADE_OF[name], known.zh, known.en, level), ("customer",)
    if known.source == "own":
        return Column(name, name, known.zh, known.en, "C1"), ()
    level = catalogue()[f"lake.{known.source}"].fields[name].level
    column = Column(known.source, name, known.zh, known.en, level)
    if known.source == "customer":
        return column, ("customer",)
    return column, figures()[re.sub(r"\d+$", "#", name) if re.search(r"_m\d+$", name) else name]


def _rows(doing: Doing | Behaviour) -> _Asked:
    made_of = _of_table(doing)
    table = tables()[doing.table]
    if table.day:
        yield _column(doing.table, table.day), made_of
    for one in doing.filters:
        yield _column(doing.table, one.field), made_of
        if isinstance(one.value, Other):
            yield _column(doing.table, one.value.field), made_of


def _column(table: str, name: str) -> Column:
    known = tables()[table].columns.get(name)
    place = "balance" if (table, name) == ("account", "balance") else table
    described = catalogue()[f"lake.{place}"].fields[name]
    zh, en = (known.zh, known.en) if known else (described.zh, described.en)
    return Column(place, name, zh, en, described.level)


def _of_table(doing: Doing | Behaviour) -> tuple[str, ...]:
    if doing.table == "events":
        kinds = [one.value for one in doing.filters if one.field == "type" and one.op == "eq"]
        found = event_sources()
        return tuple(name for code in kinds or found for name in found[str(code)])
    return ("account", "balance") if doing.table == "account" else (doing.table,)
