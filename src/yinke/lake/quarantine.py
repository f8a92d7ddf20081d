"""Reading the quarantine: which rows of a date could not be used, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from yinke.lake.store import Lake


@dataclass(frozen=True)
class Refused:
    """One row that could not be used; the value is masked, the raw file is kept in the lake."""

    feed: str
    file: str
    row: int
    column: str
    reason: str
    value_masked: str


def _files(lake: Lake, biz_date: date, feed: str | None = None) -> Iterator[tuple[str, pa.Table]]:
    folder = lake.root / "quarantine" / biz_date.isoformat()
    for path in sorted(folder.glob("*.parquet")):
        if feed is None or path.stem == feed:
            yield path.stem, pq.read_table(path)


def counts(lake: Lake, biz_date: date) -> dict[tuple[str, str], int]:
    """Number of refused rows of a date by (feed, reason)."""
    found: Counter[tuple[str, str]] = Counter()
    for feed, table in _files(lake, biz_date):
        for item in table["reason"].value_counts().to_pylist():
            found[feed, item["values"]] += item["counts"]
    return dict(found)


def read(
    lake: Lake, biz_date: date, feed: str | None = None, *, limit: int = 50, offset: int = 0
) -> list[Refused]:
    """Refused rows of a date, of one feed or all, in the order of feed and row number."""
    rows: list[Refused] = []
    for code, table in _files(lake, biz_date, feed):
        part = table.slice(offset, limit - len(rows))
        offset = max(0, offset - table.num_rows)
        rows += [Refused(code, **row) for row in part.to_pylist()]
        if len(rows) >= limit:
            break
    return rows
