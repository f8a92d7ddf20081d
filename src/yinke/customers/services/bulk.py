"""Bring many rows into PostgreSQL: COPY into a temporary table, then one statement; or straight in if empty."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import pyarrow as pa
from django.db import connection
from pyarrow import csv

from yinke.customers.models import ERASED

Batch: TypeAlias = pa.RecordBatch | pa.Table
CSV = csv.WriteOptions(include_header=False, quoting_style="needed")


def ahead(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same batches, the next one made in another thread while this one travels."""
    source = iter(batches)
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, source, None)
        while (batch := coming.result()) is not None:
            coming = worker.submit(next, source, None)
            yield batch


def copy_in(table: str, batches: Iterable[Batch]) -> int:
    """COPY batches into a table; their column names are the table's. Returns the number of rows."""
    rows = 0
    with connection.cursor() as cursor:
        for batch in ahead(batches):
            if not batch.num_rows:
                continue
            columns = ", ".join(f'"{name}"' for name in batch.schema.names)
            buffer = io.BytesIO()
            csv.write_csv(batch, buffer, CSV)
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as stream:
                stream.write(buffer.getvalue())
            rows += batch.num_rows
    return rows


def fill(table: str, batches: Iterable[Batch]) -> int:
    """COPY a whole first load into an empty table; its indexes are built once at the end, several times as fast."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
            " WHERE indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [table],
        )
        indexes = cursor.fetchall()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index can change while a row waits for its check
        for index, _ in indexes:
            cursor.execute(f"DROP INDEX {index}")
        rows = copy_in(table, batches)
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return rows


NOT_ERASED = f"NOT EXISTS (SELECT FROM customers_customer e WHERE e.id = {{}} AND e.status = '{ERASED}')"
"""That a staged row is about nobody who was deleted on request: no file brings them back."""


def stage(name: str, like: str, batches: Iterable[Batch], columns: Sequence[str]) -> int:
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


def upsert(
    table: str, source: str, columns: Sequence[str], key: str, *, unless_same: str = "", unless: str = "false"
) -> int:
    """Insert the rows of ``source``, or update those whose key is there (unless column ``unless_same`` is equal).

    Args:
        unless: condition on the table's row under which it is left as it is.

    Returns:
        Rows written.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    condition = f" WHERE NOT ({unless})"
    if unless_same:
        condition += f" AND {table}.{unless_same} IS DISTINCT FROM excluded.{unless_same}"
    return run(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}"
        f' ON CONFLICT ("{key}") DO UPDATE SET {changes}{condition}'
    )


def run(sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> int:
    """Run one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return max(int(cursor.rowcount), 0)


def is_empty(table: str) -> bool:
    """Whether a table holds no row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {table})")
        return bool(cursor.fetchone()[0])
