"""The DuckDB connection of ingestion: one per process, kept over many nights, with bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from yinke.lake.ingest.parse import BadLine


@dataclass(frozen=True)
class Slices:
    """A file of many dates, kept typed and sealed in a temporary table: its stamp, rows by date, lines not split."""

    stamp: str
    """Hash of the file, and who was refused of it."""
    rows: dict[date | None, int]
    bad: list[BadLine]


class Session:
    """A database in memory and what it holds between the nights: lookups and sliced files, by their hashes."""

    _open: dict[tuple[str, int, str], Session] = {}

    def __init__(self, root: Path, threads: int, memory: str) -> None:
        self.db = duckdb.connect(":memory:")
        self.db.execute(
            f"SET threads={threads}; SET memory_limit='{memory}'; SET preserve_insertion_order=false"
        )
        spill = root / "building" / ".spill"
        for left in spill.glob("duckdb_temp_*"):  # by a killed process
            left.unlink(missing_ok=True)
        self.db.execute("SET temp_directory='{}'".format(str(spill).replace("'", "''")))
        self.stager = self.db.cursor()
        """The connection of the thread that stages; its temporary tables are its own."""
        self.kept: dict[str, str] = {}
        """Lookup table → hash of the files it was filled from."""
        self.slices: dict[str, Slices] = {}

    @classmethod
    def of(cls, root: Path, threads: int, memory: str) -> Session:
        """The process's session for a lake; that of another lake is closed."""
        key = (str(root), threads, memory)
        if key not in cls._open:
            for other in cls._open.values():
                other.stager.close()
                other.db.close()
            cls._open = {key: cls(root, threads, memory)}
        return cls._open[key]


def first_row(db: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of a query, its result closed."""
    row: tuple[Any, ...] = db.execute(query).fetchall()[0]
    return row
