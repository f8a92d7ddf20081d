"""Bring many rows into PostgreSQL: COPY into a temporary table, then one statement; or straight in if empty."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from django.db import connection
from pyarrow import csv

CSV = csv.WriteOptions(include_header=False, quoting_style="needed")


def copy_in(table: str, batches: Iterable[pa.RecordBatch | pa.Table]) -> int:
    """COPY batches into a table; their column names are the table's. Returns the number of rows."""
    rows = 0
    with connection.cursor() as cursor:
        for batch in batches:
            if not batch.num_rows:
                continue
            columns = ", ".join(f'"{name}"' for name in batch.schema.names)
            buffer = io.BytesIO()
            csv.write_csv(batch, buffer, CSV)
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as stream:
                stream.write(buffer.getvalue())
            rows += batch.num_rows
    return rows


def stage(name: str, like: str, batches: Iterable[pa.RecordBatch | pa.Table], columns: Sequence[str]) -> int:
    """A temporary table ``name`` with columns of the table ``like``, filled; gone when the transaction ends."""
    wanted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT {wanted} FROM {like} WITH NO DATA"
        )
    rows = copy_in(name, batches)
    run(f"ANALYZE {name}")
    return rows


def upsert(table: str, source: str, columns: Sequence[str], key: str, *, unless_same: str = "") -> int:
    """Insert the rows of ``source``, or update those whose key is there (unless column ``unless_same`` is equal).

    Returns:
        Rows written.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    condition = f" WHERE {table}.{unless_same} IS DISTINCT FROM excluded.{unless_same}" if unless_same else ""
    return run(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}"
        f' ON CONFLICT ("{key}") DO UPDATE SET {changes}{condition}'
    )


def run(sql: str, parameters: Sequence[Any] | None = None) -> int:
    """Run one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return max(int(cursor.rowcount), 0)


def is_empty(table: str) -> bool:
    """Whether a table holds no row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {table})")
        return bool(cursor.fetchone()[0])
