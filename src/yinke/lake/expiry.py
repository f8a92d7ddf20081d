"""What in the lake has outlived its time: replaced versions, old dates, raw files and quarantined rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

from yinke.lake.store import Day, Lake


def replaced_versions(lake: Lake, before: datetime, keep: frozenset[str]) -> list[Path]:
    """Versions that no date points to any more, published before a moment. ``keep``: names still asked for."""
    current = {day.folder for d in lake.dates() if (day := lake.day(d))}
    return sorted(
        path
        for path in (lake.root / "versions").iterdir()
        if path.is_dir() and path.resolve() not in current and path.name not in keep
        and datetime.fromtimestamp(path.stat().st_mtime, tz=before.tzinfo) < before
    )  # fmt: skip


def old_dates(lake: Lake, before: date) -> list[Path]:
    """Published dates older than ``before``, never the newest: what the next night builds upon."""
    dates = lake.dates()
    return [lake.root / "days" / d.isoformat() for d in dates[:-1] if d < before]


def old_folders(lake: Lake, kind: str, before: date) -> list[Path]:
    """Dated folders of ``raw`` or ``quarantine`` older than ``before``."""
    found = []
    for path in sorted((lake.root / kind).iterdir()):
        try:
            day = date.fromisoformat(path.name)
        except ValueError:
            continue  # undated files belong to no date
        if day < before:
            found.append(path)
    return found


def remove(lake: Lake, paths: Iterable[Path]) -> int:
    """Delete folders; of a published date first the link, then every version of it."""
    count = 0
    for path in paths:
        if path.is_symlink():
            path.unlink()
            for version in (lake.root / "versions").glob(f"{path.name}-*"):
                shutil.rmtree(version)
        else:
            shutil.rmtree(path)
        count += 1
    return count


def discard_buildings(lake: Lake) -> None:
    """Throw away every day that was begun and not published; the next night begins it anew."""
    for path in sorted((lake.root / "building").iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            shutil.rmtree(path)


def ended_before(day: Day, before: date) -> list[int]:
    """Customers all of whose accounts were closed before a date."""
    if not day.has("account"):
        return []
    db = duckdb.connect(":memory:")
    try:
        rows = db.execute(
            "SELECT cust_id FROM read_parquet($file) GROUP BY cust_id"
            " HAVING bool_and(status = 'CLOSED' AND close_date IS NOT NULL) AND max(close_date) < $before"
            " ORDER BY cust_id",
            {"file": str(day.path("account")), "before": before},
        ).fetchall()
    finally:
        db.close()
    return [row[0] for row in rows]
