"""Whom the lake has forgotten: keyed hashes of the customer and account numbers of people deleted on request.

The core bank may go on sending them for years. A number whose hash stands here is refused at the door. The hash is
the part of a sealed number that opens nothing; each stands with the number of the key that made it, so that an
exchange of keys, after which nobody knows the numbers any more, leaves them valid.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.sealed_text import HASH, HEADER
from yinke.lake.store import Lake
from yinke.lake.tables import Table

FILE = "erased.json"
BY = {"cust_no": "customers", "acct_no": "accounts", "card_no": "accounts"}
"""Columns by which a row is known to be a deleted customer's."""

Hashes = Mapping[str, Mapping[int, frozenset[str]]]


def _read(path: Path) -> dict[str, dict[int, frozenset[str]]]:
    if not path.exists():
        return {}
    body = json.loads(path.read_text("utf-8"))
    return {
        kind: {int(version): frozenset(found) for version, found in by_key.items()}
        for kind, by_key in body.items()
    }


class Refusals:
    """The numbers that are refused; false if there are none."""

    def __init__(self, lake: Lake) -> None:
        self._lake, self._keys = lake, lake.keys
        self._hashes = _read(lake.root / FILE)

    def __bool__(self) -> bool:
        return any(found for by_key in self._hashes.values() for found in by_key.values())

    @property
    def stamp(self) -> str:
        """Another one whenever somebody was added."""
        return "-".join(str(len(found)) for by_key in self._hashes.values() for found in by_key.values())

    def kept(self, rows: pa.Table, table: Table) -> pa.Table:
        """The rows, their texts still plain, without those of deleted customers.

        An account that is new among the refused is refused from now on, too: its bookings name no customer.
        """
        for column in (c.name for c in table.columns if c.name in BY):
            for version, known in self._hashes.get(BY[column], {}).items():
                hashes = self._keys.texts.hashes(rows.column(column), version)
                refused = pc.is_in(hashes, pa.array(sorted(known), pa.string()))
                if column == "cust_no":
                    self._learn(rows.filter(refused), table)
                rows = rows.filter(pc.invert(refused))
        return rows

    def _learn(self, refused: pa.Table, table: Table) -> None:
        found: set[str] = set()
        for column in (c.name for c in table.columns if BY.get(c.name) == "accounts"):
            found |= set(self._keys.texts.hashes(refused.column(column).drop_null()).to_pylist())
        found -= self._hashes.get("accounts", {}).get(self._keys.active, frozenset())
        if found - {""}:
            _add(self._lake, {"accounts": {self._keys.active: frozenset(found - {""})}})
            self._hashes = _read(self._lake.root / FILE)


def remember(lake: Lake, cust_nos: Iterable[str], tokens: Iterable[str]) -> None:
    """Refuse these customer numbers, and the account and card numbers of these tokens, from now on."""
    texts = lake.keys.texts
    numbers = texts.hashes(pa.array(list(cust_nos), pa.string())).to_pylist()
    accounts: dict[int, set[str]] = {}
    for token in tokens:
        accounts.setdefault(texts.version_of(token), set()).add(token[HEADER : HEADER + HASH])
    _add(lake, {
        "customers": {lake.keys.active: frozenset(numbers)},
        "accounts": {version: frozenset(found) for version, found in accounts.items()},
    })  # fmt: skip


def _add(lake: Lake, more: Hashes) -> None:
    path = lake.root / FILE
    hashes = {kind: dict(by_key) for kind, by_key in _read(path).items()}
    for kind, by_key in more.items():
        known = hashes.setdefault(kind, {})
        for version, found in by_key.items():
            known[version] = known.get(version, frozenset()) | found
    body = {
        kind: {str(version): sorted(found) for version, found in sorted(by_key.items())}
        for kind, by_key in sorted(hashes.items())
    }
    scratch = path.with_name(f".{FILE}.{os.getpid()}.tmp")
    try:
        scratch.write_text(json.dumps(body, indent=1), "utf-8")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
