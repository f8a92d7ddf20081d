"""Quarantine: rows that can't be used are set apart with place and reason, their values masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.lake.feeds import Feed
from yinke.lake.ingest.shape import quote
from yinke.lake.store import Lake

SCHEMA = pa.schema([
    ("file", pa.string()),
    ("row", pa.int64()),  # line of the file from 1, its header counted
    ("column", pa.string()),  # as the bank's file calls it; '' for a whole line
    ("reason", pa.string()),
    ("value_masked", pa.string()),
])  # fmt: skip


class Quarantine:
    """The refused lines and rows of one feed and date, until they are written."""

    def __init__(self, lake: Lake, biz_date: date, feed: Feed, file: str) -> None:
        self.path = lake.quarantine(biz_date, feed.feed)
        self.feed = feed
        self.file = file
        self._parts: list[pa.Table] = []

    @property
    def count(self) -> int:
        """How many rows are set apart so far."""
        return sum(part.num_rows for part in self._parts)

    def add_lines(self, lines: Sequence[tuple[int, str, str]]) -> None:
        """Set lines apart that could not be split: (row, reason, beginning of the line)."""
        if not lines:
            return
        self._parts.append(self._table(
            [row for row, _, _ in lines], [""] * len(lines), [reason for _, reason, _ in lines],
            [f"***({len(text)})" if text else "" for _, _, text in lines],
        ))  # fmt: skip

    def add_rows(self, db: duckdb.DuckDBPyConnection, select: str, *, sealed: bool = False) -> int:
        """Set rows apart that a query names: ``_row``, ``_bad`` ('column|reason') and ``_value``.

        A short value is shown (it is a code or a date), a longer one by its ends; of a C2 column or a secret
        only the length.

        Args:
            sealed: the rows come from a stage, where what identifies a person is sealed already: of a number its
                end is shown.

        Returns:
            How many rows the query gave.
        """
        known = self.feed.table.columns
        secret = ", ".join(quote(c.name) for c in known if c.level == "C2") or "''"
        ends = [quote(c.name) for c in known if sealed and c.seal == "number"]
        end = f" WHEN c IN ({', '.join(ends)}) THEN '***' || right(_value, 4)" if ends else ""
        found = db.sql(
            f"SELECT _row, split_part(_bad, '|', 1) AS c, split_part(_bad, '|', 2) AS reason, CASE"
            f" WHEN _value IS NULL THEN ''{end} WHEN c IN ({secret}) OR reason = 'secret' THEN '***(' || length(_value) || ')'"
            f" WHEN length(_value) <= 4 THEN _value"
            f" ELSE left(_value, 2) || '***' || right(_value, 1) END AS shown FROM ({select})"
        ).to_arrow_table()
        if found.num_rows:
            columns = [self._column(c) for c in found["c"].to_pylist()]
            self._parts.append(self._table(found["_row"], columns, found["reason"], found["shown"]))
        return int(found.num_rows)

    def _column(self, target: str) -> str:
        source = self.feed.sources.get(target)
        return source.column if source and source.column else target

    def _table(self, rows: object, columns: object, reasons: object, values: object) -> pa.Table:
        count = len(rows)  # type: ignore[arg-type]
        return pa.table({"file": pa.array([self.file] * count, pa.string()), "row": rows, "column": columns,
                         "reason": reasons, "value_masked": values}).cast(SCHEMA)  # fmt: skip

    def write(self) -> None:
        """Write them to the lake's quarantine, whole; a feed without any has no file there."""
        if not self._parts:
            self.path.unlink(missing_ok=True)
            return
        table = pa.concat_tables(self._parts).sort_by([("row", "ascending"), ("column", "ascending")])
        scratch = self.path.with_name(f".{self.path.name}.tmp")
        try:
            pq.write_table(table, scratch, compression="zstd")
            scratch.replace(self.path)
        finally:
            scratch.unlink(missing_ok=True)
