"""What both engines must do alike with the lake's files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 100_000
"""Rows per row group: a range of customers touches few of them, a scan is not slowed by their number."""
PAGE_GROUP = 4_096
"""The same of what a customer's page reads of many days: little is unpacked for one customer's few rows."""


def schema_of(paths: Sequence[Path]) -> ibis.Schema:
    """The columns of a table, read from the footer of its first file."""
    status = paths[0].stat()
    return _schema_of(str(paths[0]), (status.st_ino, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=1024)
def _schema_of(path: str, state: tuple[int, ...]) -> ibis.Schema:
    """The same of a file in this state: a night asks for a file's columns many times."""
    return as_ibis(pq.read_schema(path).remove_metadata())


@lru_cache(maxsize=256)
def as_ibis(schema: pa.Schema) -> ibis.Schema:
    """The same columns for Ibis. All may be null: whether a file's writer marked a column as required must
    not stop a union."""
    found = ibis.Schema.from_pyarrow(schema)
    return ibis.Schema({name: kind.copy(nullable=True) for name, kind in found.items()})


def sql_types(schema: pa.Schema) -> dict[str, str]:
    """Columns of a Parquet schema with their types as both engines' SQL writes them.

    >>> sql_types(pa.schema([("aum", pa.decimal128(18, 2)), ("day", pa.date32())]))
    {'aum': 'DECIMAL(18, 2)', 'day': 'DATE'}
    >>> sql_types(pa.schema([("days", pa.list_(pa.int32()))]))
    {'days': 'ARRAY<INT>'}
    """
    return {field.name: _sql_type(field.type) for field in schema}


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_list(kind):
        return f"ARRAY<{_sql_type(kind.value_type)}>"
    return {
        pa.string(): "STRING", pa.int32(): "INT", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN",
        pa.date32(): "DATE", pa.float64(): "DOUBLE",
    }.get(kind, "TIMESTAMP_NTZ")  # fmt: skip


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file to append to, as the lake wants it. Only texts gain by a dictionary."""
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    return pq.ParquetWriter(
        path, schema, compression="zstd", store_decimal_as_integer=True, use_dictionary=texts or False
    )


def quoted(text: str) -> str:
    """A string as SQL writes it.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
