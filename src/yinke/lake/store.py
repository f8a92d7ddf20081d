"""The lake on disk: one immutable folder of Parquet per business date, published by one atomic rename.

Layout under the lake's root::

    raw/<date>/<feed>/...        the bank's files as received, never changed
    building/<date>/             a day being made; each file appears whole or not at all
    versions/<date>-<n>/         a published day: <table>.parquet, features, snapshot, events, day.json
    days/<date> -> ../versions/  which version of a date is the valid one
    ids/                         numbers given to customers, kept for good
    quarantine/<date>/<feed>.parquet   rows that could not be used, with the reason
    members/                     who is in which segment, by date (``segments/members/``)
    keys.json                    the keys that seal raw files and what identifies a person (``keys``)
    erased.json                  by which numbers deleted customers are refused (``erased``)

Knows nothing of what is inside the files; that is ``tables`` and ``snapshot``.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from yinke.lake.keys import LakeKeys, keys_of


@dataclass(frozen=True)
class Day:
    """A published business date; its files never change."""

    biz_date: date
    folder: Path

    @property
    def version(self) -> str:
        """Name of the version, e.g. ``2026-10-31-2`` for the second one of that date."""
        return self.folder.name

    def path(self, table: str) -> Path:
        """Where a table of this day lies (it may not exist: see ``has``)."""
        return self.folder / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Whether this day holds that table."""
        return self.path(table).exists()

    @property
    def keys(self) -> LakeKeys:
        """The keys of the lake in which it lies."""
        return keys_of(self.folder.parents[1])

    def opened(self, column: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The plain texts of a sealed column.

        Raises:
            NotOpened: a value is not sealed, was changed, or its key is not there.
        """
        return self.keys.texts.open(column, self.folder.name)

    def manifest(self) -> dict[str, Any]:
        """What the night recorded about this day (rows, quarantined, hashes of its inputs)."""
        return dict(json.loads((self.folder / "day.json").read_text("utf-8")))


@dataclass(frozen=True)
class Unpublished(Day):
    """A date being made, as the next date's files see it: under the version it will be published as."""

    becomes: str = ""

    @property
    def version(self) -> str:
        """Name of the version to come."""
        return self.becomes

    def manifest(self) -> dict[str, Any]:
        """What the night has recorded so far."""
        return {"biz_date": self.biz_date.isoformat(), "steps": _notes(self.folder)}


def _notes(folder: Path) -> dict[str, Any]:
    return {path.name[1:-5]: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(".*.done"))}


class Building:
    """A business date being made, aside from everybody's eyes; a killed run goes on from here."""

    def __init__(self, lake: Lake, biz_date: date) -> None:
        self.lake = lake
        self.biz_date = biz_date
        self.folder = lake.root / "building" / biz_date.isoformat()
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, table: str) -> Path:
        """Where a table of this day lies, or will."""
        return self.folder / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Whether the table is there, whole."""
        return self.path(table).exists()

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give a scratch path to write to; it becomes ``<name>.parquet`` whole when the block ends well.

        >>> import tempfile
        >>> building = Lake(Path(tempfile.mkdtemp())).build(date(2026, 1, 1))
        >>> with building.writing("org") as path:
        ...     building.has("org"), path.write_bytes(b"rows")
        (False, 4)
        >>> building.has("org")
        True
        """
        scratch = self.folder / f".{name}.{os.getpid()}.tmp"
        try:
            yield scratch
            scratch.replace(self.path(name))
        finally:
            scratch.unlink(missing_ok=True)

    def carry(self, name: str, earlier: Day | None) -> bool:
        """Take a table over from an earlier day unchanged (a hard link: no bytes are copied).

        Returns:
            False if the earlier day has none.
        """
        if earlier is None or not earlier.has(name):
            return False
        with self.writing(name) as scratch:
            os.link(earlier.path(name), scratch)
        return True

    def note(self, step: str, value: dict[str, Any]) -> None:
        """Record that a step is finished, with what it wants remembered; survives a kill."""
        scratch = self.folder / f".{step}.done.tmp"
        scratch.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), "utf-8")
        scratch.replace(self.folder / f".{step}.done")

    def noted(self, step: str) -> dict[str, Any] | None:
        """What a finished step recorded, or None if it has not finished."""
        path = self.folder / f".{step}.done"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else None

    def unpublished(self) -> Day:
        """This date for those who make the next one before it is published."""
        return Unpublished(self.biz_date, self.folder, self.lake.next_version(self.biz_date))

    def discard(self) -> None:
        """Throw the unfinished day away, and later ones begun upon it; raw files and quarantine stay."""
        for folder in sorted(self.folder.parent.iterdir(), reverse=True):
            if folder.name >= self.folder.name:
                shutil.rmtree(folder, ignore_errors=True)


class Lake:
    """All days under one root folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        for name in ("raw", "building", "versions", "days", "ids", "quarantine"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    @property
    def keys(self) -> LakeKeys:
        """The lake's keys; its first one is made when it is asked for first.

        Raises:
            ConfigurationError: it holds data from before anything was sealed; the master key is another.
        """
        return keys_of(self.root)

    def raw(self, biz_date: date, feed: str) -> Path:
        """Folder of the raw files of one feed and date (made if missing)."""
        folder = self.root / "raw" / biz_date.isoformat() / feed
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def quarantine(self, biz_date: date, feed: str) -> Path:
        """Where the refused rows of one feed and date lie (it may not exist)."""
        folder = self.root / "quarantine" / biz_date.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{feed}.parquet"

    def build(self, biz_date: date) -> Building:
        """Start (or go on) making a date."""
        return Building(self, biz_date)

    def dates(self) -> list[date]:
        """Published business dates, oldest first."""
        return sorted(date.fromisoformat(p.name) for p in (self.root / "days").iterdir() if p.is_symlink())

    def day(self, biz_date: date) -> Day | None:
        """The valid version of a date, or None."""
        link = self.root / "days" / biz_date.isoformat()
        try:
            target = link.readlink()
        except OSError:
            return None
        return Day(biz_date, self.root / "versions" / target.name)

    def latest(self, before: date | None = None) -> Day | None:
        """The newest published day, or the newest one strictly before a date."""
        days = [d for d in self.dates() if before is None or d < before]
        return self.day(days[-1]) if days else None

    def publish(self, building: Building) -> Day:
        """Make a finished day the valid version of its date: one rename, then one link swap.

        A kill between the two leaves the earlier version valid; publishing again finishes the swap.
        """
        name = building.biz_date.isoformat()
        manifest = _notes(building.folder)
        for path in building.folder.glob(".*"):
            if path.suffix == ".tmp":
                path.unlink()
        text = json.dumps({"biz_date": name, "steps": manifest}, ensure_ascii=False, indent=1, sort_keys=True)
        (building.folder / "day.json").write_text(text, "utf-8")
        target = self.root / "versions" / self.next_version(building.biz_date)
        building.folder.rename(target)
        return self._point(building.biz_date, target)

    def next_version(self, biz_date: date) -> str:
        """The name under which a date will be published next."""
        name = biz_date.isoformat()
        taken = [int(p.name.rsplit("-", 1)[1]) for p in (self.root / "versions").glob(f"{name}-*")]
        return f"{name}-{max(taken, default=0) + 1}"

    def _point(self, biz_date: date, target: Path) -> Day:
        link = self.root / "days" / biz_date.isoformat()
        scratch = link.with_name(f".{link.name}.tmp")
        scratch.unlink(missing_ok=True)
        scratch.symlink_to(Path("..") / "versions" / target.name)
        scratch.replace(link)
        return Day(biz_date, target)

    def finish_publishing(self, biz_date: date) -> Day | None:
        """Point a date at its newest version, if a kill came between rename and link; else its day."""
        versions = sorted(
            (self.root / "versions").glob(f"{biz_date.isoformat()}-*"),
            key=lambda p: int(p.name.rsplit("-", 1)[1]),
        )
        if not versions:
            return None
        day = self.day(biz_date)
        return day if day and day.version == versions[-1].name else self._point(biz_date, versions[-1])
