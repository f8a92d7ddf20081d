"""What both engines must do alike with the lake's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 100_000
"""Rows per row group: a range of customers touches few of them, a scan is not slowed by their number."""


def schema_of(paths: Sequence[Path]) -> ibis.Schema:
    """The columns of a table, read from the footer of its first file."""
    return ibis.Schema.from_pyarrow(pq.read_schema(paths[0]))


def conform(expr: Any, schema: pa.Schema, sort: Sequence[str]) -> Any:
    """The expression with exactly the columns and types of ``schema``, sorted."""
    wanted = ibis.Schema.from_pyarrow(schema)
    have = expr.schema()
    expr = expr.select(
        **{name: expr[name] if have[name].copy(nullable=True) == type_ else expr[name].cast(type_)
           for name, type_ in wanted.items()}
    )  # fmt: skip
    return expr.order_by(list(sort)) if sort else expr


def quoted(text: str) -> str:
    """A string as SQL writes it.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
