"""A feed as the program sees it, after its YAML was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from yinke.lake.tables import TABLES, Table

BESIDE = "feeds:/"
"""A file that starts with this lies beside the feed descriptions, shipped with them."""

Mode = Literal["FULL", "INCREMENTAL", "UPSERT"]


@dataclass(frozen=True)
class Layout:
    """How the bytes of a file become columns of text."""

    encoding: str = "UTF-8"
    delimiter: str = ","
    fixed: tuple[int, ...] = ()
    quote: str | None = None
    header: bool = False
    row_end: str = "auto"
    trailing_delimiter: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Control:
    """The control file that says the data file is whole."""

    file: str
    form: Literal["json", "delimited", "count", "empty"]
    delimiter: str = "|+|"
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a canonical column comes from: exactly one of ``column``, ``value``, ``expr``, ``lookup``."""

    column: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    format: str | None = None
    scale: int | None = None
    value: str | None = None
    expr: str | None = None
    lookup: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Lookup:
    """A side file from which a mapping takes one value by key."""

    name: str
    file: str
    layout: Layout
    key: str
    value: str
    where: str | None = None
    pick: Literal["first", "min", "max"] = "first"
    via: str | None = None
    """Another lookup that is applied to ``value``."""


@dataclass(frozen=True)
class Tolerance:
    """How much may be wrong before the date is held (shares of rows; ``total`` in currency units)."""

    bad_rows: float = 0.001
    row_swing: float = 0.2
    vanished: float = 0.05
    total: float = 0.01


@dataclass(frozen=True)
class Feed:
    """One file of the bank and its mapping to one canonical table."""

    feed: str
    table: Table
    name_zh: str
    name_en: str
    file: str
    layout: Layout
    mode: Mode
    sources: Mapping[str, Source]
    nulls: tuple[str, ...] = ("",)
    date_format: str = "%Y%m%d"
    timestamp_format: str = "%Y%m%d%H%M%S"
    no_dates: tuple[str, ...] = ()
    decimal_point: str = "."
    decimal_scale: int | None = None
    control: Control | None = None
    schedule: Literal["daily", "workdays", "once"] = "daily"
    slice: Source | None = None
    """For a file of many dates: where the date comes from on which a row is taken."""
    slice_from_start: bool = False
    where: str | None = None
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    newest: str | None = None
    op_column: str | None = None
    op_delete: str = "D"
    tolerance: Tolerance = Tolerance()
    deadline: str = "06:00"
    described_in: Path = Path()
    fingerprint: str = ""
    """Hash of the description: another mapping of the same file is another table."""

    @property
    def dated(self) -> bool:
        """Whether each business date has a file of its own."""
        return "{date" in self.file

    @property
    def date_dependent(self) -> bool:
        """Whether the same file gives other rows on another date."""
        texts = [self.where, *(source.expr for source in self.sources.values())]
        return self.slice is not None or any("$biz_date" in (text or "") for text in texts)

    def path(self, inbox: Path, biz_date: date) -> Path:
        """The data file of a date: under the inbox, or (``feeds:/``) beside the description."""
        return self._resolve(self.file, inbox, biz_date)

    def lookup_path(self, lookup: str, inbox: Path, biz_date: date) -> Path:
        """The side file of a lookup."""
        return self._resolve(self.lookups[lookup].file, inbox, biz_date)

    def _resolve(self, pattern: str, inbox: Path, biz_date: date) -> Path:
        base = self.described_in.parent if pattern.startswith(BESIDE) else inbox
        return base / pattern.removeprefix(BESIDE).format(date=biz_date)

    def control_path(self, inbox: Path, biz_date: date) -> Path | None:
        """The control file of a date, whatever the case of its extension; None if the feed has none."""
        if self.control is None:
            return None
        path = inbox / self.control.file.format(date=biz_date)
        for suffix in (path.suffix, path.suffix.upper(), path.suffix.lower()):
            if path.with_suffix(suffix).exists():
                return path.with_suffix(suffix)
        return path


@dataclass(frozen=True)
class FeedSet:
    """All feeds of a bank, in the order in which they are loaded."""

    feeds: tuple[Feed, ...]

    def of(self, table: str) -> tuple[Feed, ...]:
        """The feeds that fill one canonical table."""
        return tuple(feed for feed in self.feeds if feed.table.name == table)

    @classmethod
    def ordered(cls, feeds: list[Feed]) -> FeedSet:
        """Sort by the order of the canonical tables, then by code."""
        rank = {name: position for position, name in enumerate(TABLES)}
        return cls(tuple(sorted(feeds, key=lambda feed: (rank[feed.table.name], feed.feed))))
