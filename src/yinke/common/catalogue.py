"""数据目录: what every stored field is, how sensitive it is, why it is kept, on what ground and for how long.

Each context describes its own tables in ``catalogue.yaml`` beside its models (PIPL art. 6, 19, 51; JR/T 0171-2020
levels; 金规〔2024〕24号 art. 17). The jobs that exchange keys, answer a person's request and delete what has expired
work from it, so a field that is not described cannot hide from them: a test compares it with the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml

PACKAGE = Path(__file__).parents[1]

Level = Literal["", "C1", "C2"]
"""JR/T 0171-2020; ``""``: no personal data. There is no C3: secrets are refused at the door."""
Basis = Literal["CONTRACT", "DUTY", "CONSENT", "NONE"]
"""PIPL art. 13: contract (1.2), legal duty (1.3), consent (1.1); NONE for data that is nobody's."""
Erase = Literal["NOW", "DELETE", "CLEAR", "KEEP"]
"""What a person's request for deletion does to the rows about them. NOW: they go at once, even while the law holds
other rows (derived data). DELETE: they go when nothing holds them any longer. CLEAR: so, but the row stays and its
fields of level C2 are emptied. KEEP: they are the proof of the request itself or of lawful handling."""

FIELD = re.compile(r"^(?P<level>C1|C2|-)(?: (?P<store>\S.*?))? \| (?P<zh>[^|]+) \| (?P<en>[^|]+)$")
INDEX = re.compile(r"^index\((?P<of>\w+)(?:, (?P<fold>[\w.]+:\w+))?\)$")
SAME = re.compile(r"^same\((?P<table>\w+\.\w+)\.(?P<field>\w+)\)$")


@dataclass(frozen=True)
class Field:
    """One stored field.

    ``store``: how it lies at rest: "" in the clear, "sealed" encrypted, "index" a blind index of the sealed
    field ``index_of`` (folded by ``fold``), "same" a copy of another table's index (``same_as``), "hash" one-way,
    "numbers" a bitmap of internal numbers.
    """

    name: str
    level: Level
    zh: str
    en: str
    store: Literal["", "sealed", "index", "same", "hash", "numbers"] = ""
    index_of: str = ""
    fold: str = ""
    same_as: tuple[str, str] | None = None


@dataclass(frozen=True)
class Entry:
    """One table: ``app.Model`` of PostgreSQL or ``lake.table``.

    ``person``: path from a row to the customer's id (Django's spelling), "" if rows are about no customer.
    ``counterpart``: likewise for the second customer of a row that tells of two; "" if it tells of one.
    ``kept``: code of the retention rule (threshold ``retention.<kept>``), or "": as long as what it belongs to.
    ``clock``: the field whose date the retention runs from.
    """

    table: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    basis: Basis
    fields: dict[str, Field]
    person: str = ""
    counterpart: str = ""
    third: tuple[str, ...] = ()
    """Fields that tell of other people; they are left out of what a customer is given."""
    erase: Erase = "KEEP"
    kept: str = ""
    clock: str = ""
    after: str = ""
    """What the expiry job does with such rows if it isn't to delete them: "keep" (nothing, ever online), or "clear"
    (their fields of level C2 are emptied: the row is counted still, and tells nothing)."""

    @property
    def people(self) -> list[str]:
        """Paths to each customer that its rows tell of."""
        return [path for path in (self.person, self.counterpart) if path]

    @property
    def sealed(self) -> list[Field]:
        """Its encrypted fields."""
        return [f for f in self.fields.values() if f.store == "sealed"]


def _field(name: str, text: str, place: str) -> Field:
    found = FIELD.match(text)
    if found is None:
        raise ConfigurationError(
            f"'{text}' is no description of a field", place=f"{place} {name}",
            remedy="Write: level [how it is stored] | Chinese name | English name",
        )  # fmt: skip
    level, store = cast(Level, found["level"].replace("-", "")), found["store"] or ""
    more: dict[str, Any] = {}
    if index := INDEX.match(store):
        store, more = "index", {"index_of": index["of"], "fold": index["fold"] or ""}
    elif same := SAME.match(store):
        store, more = "same", {"same_as": (same["table"], same["field"])}
    elif store not in ("", "sealed", "hash", "numbers"):
        raise ConfigurationError(
            f"'{store}' is no way to store a field", place=f"{place} {name}",
            remedy="Write sealed, hash, numbers, index(field) or same(app.Model.field)",
        )  # fmt: skip
    return Field(name, level, found["zh"].strip(), found["en"].strip(), cast(Any, store), **more)


def _read(path: Path) -> Iterator[Entry]:
    body = read_yaml(path) or {}
    for table, facts in body.items():
        place = f"{path.parent.name}/{path.name} {table}"
        try:
            yield Entry(
                table=table, zh=facts["zh"], en=facts["en"], why_zh=facts["why"]["zh"], why_en=facts["why"]["en"],
                basis=facts["basis"], person=facts.get("person", ""), counterpart=facts.get("counterpart", ""),
                third=tuple(facts.get("third", ())), erase=facts.get("erase", "KEEP"),
                kept=facts.get("kept", ""), clock=facts.get("clock", ""), after=facts.get("after", ""),
                fields={name: _field(name, text, place) for name, text in facts["fields"].items()},
            )  # fmt: skip
        except (KeyError, TypeError) as problem:
            raise ConfigurationError(
                f"The table's description lacks {problem}", place=place,
                remedy="Give zh, en, why (zh, en), basis and fields",
            ) from None  # fmt: skip


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Entry]:
    """Every table of every context, by name.

    Raises:
        ConfigurationError: names file, table and field.
    """
    entries = [entry for path in sorted(PACKAGE.glob("*/catalogue.yaml")) for entry in _read(path)]
    return {entry.table: entry for entry in entries}
