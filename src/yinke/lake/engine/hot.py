"""Hot columns: the columns of a snapshot that rules ask for, kept in memory for answers within a tenth of a second.

Ten million customers take 10 to 80 MB a column: texts of few values (org, stage) become enumerations,
everything else keeps its type. A column is read from the file when it is first asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.lake.engine.duck import DuckEngine
from yinke.lake.engine.files import as_ibis, quoted, schema_of

FEW = 60_000
"""Texts with up to this many different values become an enumeration."""


def all_of(*conditions: Any) -> Any:
    """AND as a bit, 1 or 0: without branches it is twice as fast as ``&``. What is not known does not hold.

    >>> t = ibis.memtable({"a": [1, 2, None]})
    >>> t.filter(all_of(t.a > 1, any_of(t.a < 3, t.a == 9)) == 1).count().execute()
    1
    """
    return reduce(lambda left, right: left & right, map(_bit, conditions))


def any_of(*conditions: Any) -> Any:
    """OR as a bit; see ``all_of``."""
    return reduce(lambda left, right: left | right, map(_bit, conditions))


def _bit(condition: Any) -> Any:
    if condition.type().is_integer():
        return condition
    if any(field.dtype.nullable for field in condition.op().find(ops.Field)):
        condition = condition.fill_null(False)
    return condition.cast("uint8")


class HotSnapshot:
    """One published snapshot in memory; thread-safe for reading through a cursor of its own each time.

    Args:
        path: ``Day.path("snapshot")``; published files never change.
        memory: bound of what DuckDB may take, e.g. ``2GB``.
    """

    def __init__(self, path: Path, *, threads: int, memory: str, scratch: Path | None = None) -> None:
        self.path = path
        self.schema = schema_of([path])
        self.engine = DuckEngine(
            threads=threads, memory=memory, scratch=scratch or Path(tempfile.gettempdir())
        )
        """Computes in the same database: what it finds can be added as columns."""
        self._ibis, self._db = self.engine.backend, self.engine.backend.con
        self._columns: tuple[str, ...] = ()
        self._types = {
            name: kind.copy(nullable=nulls > 0)
            for (name, kind), nulls in zip(self.schema.items(), _nulls(path), strict=True)
        }

    def table(self, *columns: str) -> Any:
        """An Ibis table with at least these columns.

        Raises:
            KeyError: the snapshot has no such column.
        """
        missing = [column for column in dict.fromkeys(columns) if column not in self._columns]
        if missing:
            for column in missing:
                self.schema[column]
            self._load(missing)
        schema = ibis.Schema({name: self._types[name] for name in self._columns})
        return ops.DatabaseTable(name="hot", schema=schema, source=self._ibis).to_expr()

    def breakdown(
        self, condition: Callable[[Any], Any], *, columns: Sequence[str], by: str = "org_no"
    ) -> pa.Table:
        """How many customers a rule holds, and how many of each value of ``by``.

        Args:
            condition: makes the rule from the table out of ``all_of`` and ``any_of``.
            columns: the columns that the rule asks for.

        Returns:
            ``by`` and ``customers``; the count of the whole is the sum.
        """
        table = self.table(by, *columns)
        found = table.filter(_bit(condition(table)) == 1).group_by(by).agg(customers=lambda t: t.count())
        return self._db.cursor().sql(str(self._ibis.compile(found))).to_arrow_table()

    def add(self, found: Any) -> None:
        """Keep the columns of an expression with ``cust_id``, one row for each customer, beside the snapshot's.

        ``cust_id`` must be among the columns asked for before.
        """
        names = [name for name in found.columns if name != "cust_id"]
        listed = ", ".join(f'g."{name}"' for name in names)
        self._db.execute(
            f"CREATE OR REPLACE TABLE hot AS SELECT hot.*, {listed} FROM hot"
            f" LEFT JOIN ({self.engine.sql_of(found)}) g ON hot.cust_id = g.cust_id"
        )
        self._types |= {name: found.schema()[name].copy(nullable=True) for name in names}
        self._columns = (*self._columns, *names)

    def beside(self, name: str, table: pa.Table) -> Any:
        """A small table of one question, to be given to ``ask`` under the same name."""
        return ops.DatabaseTable(name=name, schema=as_ibis(table.schema), source=self._ibis).to_expr()

    def ask(self, expr: Any, beside: Mapping[str, pa.Table]) -> pa.Table:
        """Compute an expression over ``table()`` and the tables ``beside`` it, by a cursor of its own."""
        cursor = self._db.cursor()
        for name, table in beside.items():
            cursor.register(name, table)
        return cursor.sql(self.engine.sql_of(expr)).to_arrow_table()

    def _load(self, columns: Sequence[str]) -> None:
        """Add columns of the file. What is in memory already is joined to, not read again."""
        source = f"read_parquet({quoted(str(self.path))})"
        parts = []
        for column in columns:
            if self.schema[column].is_string() and self._few(source, column):
                self._db.execute(
                    f'CREATE TYPE "{column}_values" AS ENUM (SELECT DISTINCT "{column}" FROM {source}'
                    f' WHERE "{column}" IS NOT NULL ORDER BY 1)'
                )
                parts.append(f'CAST(f."{column}" AS "{column}_values") AS "{column}"')
            else:
                parts.append(f'f."{column}"')
        listed = ", ".join(parts)
        self._db.execute(
            f"CREATE OR REPLACE TABLE hot AS SELECT hot.*, {listed} FROM hot POSITIONAL JOIN {source} f"
            if self._columns
            else f"CREATE OR REPLACE TABLE hot AS SELECT {listed} FROM {source} f"
        )
        self._columns = (*self._columns, *columns)

    def _few(self, source: str, column: str) -> bool:
        row = self._db.execute(f'SELECT approx_count_distinct("{column}") FROM {source}').fetchone()
        return bool(row and row[0] <= FEW)


def _nulls(path: Path) -> list[int]:
    """How many rows of each column are null, as the file's footer tells (1 if it does not)."""
    meta = pq.read_metadata(path)
    groups = [meta.row_group(n) for n in range(meta.num_row_groups)]
    found = []
    for column in range(meta.num_columns):
        statistics = [group.column(column).statistics for group in groups]
        found.append(sum(1 if s is None or not s.has_null_count else s.null_count for s in statistics))
    return found
