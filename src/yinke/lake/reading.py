"""Read one customer's rows of a published day, within milliseconds, for the pages.

Tables are stored sorted by ``cust_id``, so that a row group's statistics say whether to open it at all.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yinke.lake.dates import monday
from yinke.lake.keys import LakeKeys
from yinke.lake.sealing import sealed_columns
from yinke.lake.store import Day, Lake

_local = threading.local()
KEPT = 2_000
"""Answers kept in memory: some hundred customers' pages."""
FOOTERS = 200
"""Footers of files kept in memory: those of the pages of some days."""
DAILY = 90
"""A curve has a point for each of the newest 90 days, and one a week before."""


def _connection() -> duckdb.DuckDBPyConnection:
    """This thread's own connection; footers of files already seen stay in memory."""
    found = getattr(_local, "connection", None)
    if found is None:
        found = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "512MB"})
        found.execute("SET parquet_metadata_cache = true")
        _local.connection = found
    return found


def rows_of(
    days: Sequence[Day], table: str, cust_id: int, columns: Sequence[str], *, who: str = "cust_id"
) -> list[dict[str, Any]]:
    """One customer's rows of a table over some days, each with the ``biz_date`` it belongs to; sealed texts opened.

    A day without the table gives none. ``columns`` are names of the canonical table, never a user's text.
    Published files never change, so what was read of them lately is kept.

    Args:
        who: the column that names the customer; any but ``cust_id``, by which the tables are sorted, is slow.
    """
    files = tuple((str(day.path(table)), day.biz_date) for day in days if day.has(table))
    rows = _rows(files, cust_id, tuple(columns), who) if files else []
    sealed = sealed_columns(table).intersection(columns)
    return _opened(rows, days[0].keys, sealed) if rows and sealed else list(rows)


def _opened(rows: list[dict[str, Any]], keys: LakeKeys, sealed: Collection[str]) -> list[dict[str, Any]]:
    """Copies of the rows that are kept sealed in memory, all their tokens opened at once."""
    tokens = list({row[name] for row in rows for name in sealed if row[name]})
    plain = dict(zip(tokens, keys.texts.open(pa.array(tokens, pa.string())).to_pylist(), strict=True))
    return [{**row, **{name: plain.get(row[name], row[name]) for name in sealed}} for row in rows]


@lru_cache(maxsize=KEPT)
def _rows(
    files: tuple[tuple[str, date], ...], cust_id: int, columns: tuple[str, ...], who: str
) -> list[dict[str, Any]]:
    if who == "cust_id":
        return [
            {"biz_date": day, **row} for path, day in files for row in _rows_of_file(path, cust_id, columns)
        ]
    names = ", ".join(f'"{name}"' for name in columns)
    dates = dict(files)
    found = _connection().execute(
        f"SELECT filename, {names} FROM read_parquet($files, filename = true) WHERE {who} = $cust_id",
        {"files": list(dates), "cust_id": cust_id},
    )
    return [
        {"biz_date": dates[row[0]], **dict(zip(columns, row[1:], strict=True))} for row in found.fetchall()
    ]


def _rows_of_file(path: str, cust_id: int, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Only the row groups that may hold the customer are opened; a query engine would look at each of them."""
    groups = _groups(path, Path(path).stat().st_mtime_ns)
    wanted = np.flatnonzero((groups.least <= cust_id) & (groups.greatest >= cust_id)).tolist()
    if not wanted:
        return []
    with pq.ParquetFile(path, metadata=groups.footer, memory_map=True) as file:
        rows = file.read_row_groups(wanted, ["cust_id", *columns], use_threads=False)
    mine = rows.filter(pc.equal(rows["cust_id"], cust_id)).select(list(columns))
    found: list[dict[str, Any]] = mine.to_pylist()
    return found


@dataclass(frozen=True)
class _Groups:
    """A file's footer, and between which customers each row group lies."""

    footer: pq.FileMetaData
    least: np.ndarray[Any, np.dtype[np.int64]]
    greatest: np.ndarray[Any, np.dtype[np.int64]]


@lru_cache(maxsize=FOOTERS)
def _groups(path: str, written: int) -> _Groups:
    footer = pq.read_metadata(path)
    place = footer.schema.names.index("cust_id")
    bounds = [footer.row_group(n).column(place).statistics for n in range(footer.num_row_groups)]
    return _Groups(
        footer,
        np.array([b.min if b is not None and b.has_min_max else 0 for b in bounds], np.int64),
        np.array([b.max if b is not None and b.has_min_max else 2**62 for b in bounds], np.int64),
    )


def look_up(
    day: Day, table: str, key: str, wanted: Sequence[str], columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Rows of a small table (products) by their key."""
    if not wanted or not day.has(table):
        return {}
    path = day.path(table)
    rows = _small(str(path), path.stat().st_mtime_ns, key, tuple(columns))
    return {one: rows[one] for one in wanted if one in rows}


@lru_cache(maxsize=8)
def _small(path: str, written: int, key: str, columns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """A small table whole, by its key."""
    rows = pq.ParquetFile(path).read([key, *columns]).to_pylist()
    return {row[key]: {name: row[name] for name in columns} for row in rows}


def curve_days(last: date, days: int) -> list[date]:
    """Dates of a curve of so many days up to ``last``, oldest first: daily for 90 days, weekly before.

    >>> [d.isoformat() for d in curve_days(date(2026, 1, 3), 2)]
    ['2026-01-02', '2026-01-03']
    >>> len(curve_days(date(2026, 1, 3), 400))
    135
    """
    back = [*range(min(days, DAILY)), *range(DAILY, days, 7)]
    return [last - timedelta(days=n) for n in reversed(back)]


@dataclass(frozen=True)
class Curves:
    """What a customer had (AUM) and owed (LUM) at the ends of days, oldest first, in CNY.

    ``aum`` begins with the customer's first day; ``lum`` is empty for who owed nothing all the time.
    """

    aum: list[tuple[date, Decimal]]
    lum: list[tuple[date, Decimal]]


def curves(lake: Lake, cust_id: int, last: date, days: int) -> Curves:
    """A customer's curves at the ends of the days of ``curve_days`` that the lake holds.

    A week's newest file has all of the week's dates, so a quarter is read from fourteen files.
    """
    wanted = set(curve_days(last, days))
    weeks: dict[date, list[date]] = {}
    for day in lake.dates():
        if monday(min(wanted)) <= day <= last:
            weeks.setdefault(monday(day), []).append(day)
    newest = [found for dates in weeks.values() if (found := lake.day(dates[-1])) is not None]
    had: dict[date, Decimal] = {}
    owed: dict[date, Decimal] = {}
    for row in rows_of(newest, "curve", cust_id, ["aum", "lum"]):
        dates = weeks[monday(row["biz_date"])]
        had |= zip(reversed(dates), reversed(row["aum"]), strict=False)
        owed |= zip(reversed(dates), reversed(row["lum"] or []), strict=False)
    known = sorted(wanted & had.keys())
    return Curves(
        [(day, had[day]) for day in known],
        [(day, owed.get(day, Decimal(0))) for day in known] if owed else [],
    )


def month_days(lake: Lake, last: date, months: int) -> list[Day]:
    """The last published day of each of so many months up to ``last``'s, newest first."""
    found: dict[tuple[int, int], date] = {}
    for day in lake.dates():
        if day <= last:
            found[day.year, day.month] = day
    newest = sorted(found.values(), reverse=True)[:months]
    return [day for day in map(lake.day, newest) if day is not None]
