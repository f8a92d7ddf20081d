"""Rows of the canonical tables, sealed as they lie in the lake, and opened for those who must read them."""

from __future__ import annotations

import pyarrow as pa

from yinke.lake.keys import LakeKeys
from yinke.lake.tables import TABLES


def sealed_columns(table: str) -> frozenset[str]:
    """Names of the columns of a table that lie sealed."""
    return frozenset(c.name for c in TABLES[table].sealed) if table in TABLES else frozenset()


def seal_rows(rows: pa.Table, table: str, keys: LakeKeys) -> pa.Table:
    """The rows with the columns sealed that the canonical table says; a column may be missing."""
    for column in TABLES[table].sealed:
        if column.name in rows.column_names:
            at = rows.column_names.index(column.name)
            tokens = keys.texts.seal(rows.column(at), number=column.seal == "number")
            rows = rows.set_column(at, column.name, tokens)
    return rows


def open_rows(rows: pa.Table, table: str, keys: LakeKeys) -> pa.Table:
    """The rows with the sealed columns among them opened.

    Raises:
        NotOpened: a value is not sealed, was changed, or its key is not there.
    """
    for name in rows.column_names:
        if name in sealed_columns(table):
            at = rows.column_names.index(name)
            rows = rows.set_column(at, name, keys.texts.open(rows.column(at), f"{table}.{name}"))
    return rows
