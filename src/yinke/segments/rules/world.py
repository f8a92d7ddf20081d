"""What rules are evaluated on: a published day of the lake, those before it, and what people keep elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.lake.engine import Engine, Files, Table
from yinke.lake.features.money import day_rates
from yinke.lake.snapshot import EVENTS, SNAPSHOT, arrow_schema
from yinke.lake.store import Day, Lake
from yinke.lake.tables import TABLES
from yinke.segments.rules.language import Rule

MARKS = pa.schema([("cust_id", pa.int32()), ("mark", pa.string())])
"""What stands in PostgreSQL and not in the lake: ``tag:12``, ``consent:MARKETING_SMS``,
``do_not_disturb:CALLS``, ``segment:7`` (members that are kept as a list), ``custom:[...]`` (see ``custom.py``)."""

Ids = npt.NDArray[np.int32]
Marks = Callable[[frozenset[str]], Mapping[str, Ids]]
"""Gives whom each of these marks holds of, in any order; what holds of nobody may be missing."""


@dataclass(frozen=True)
class Following:
    """How marks are read once for the whole bank, and from then on only of whom they have changed."""

    ask: Callable[[str, Ids | None], Ids]
    """Of whom (of these customers, or of all) a mark holds."""
    follows: Callable[[str], int | None]
    """This moment of the database, from which on changes of a mark are known; None: they never are."""
    since: Callable[[str, int], tuple[Ids | None, int]]
    """Of whom a mark may have changed since a moment (None: of anybody), and the moment up to which that is told."""
    usable: Callable[[str], bool]
    """Whether the asker may use a mark."""


def no_marks(wanted: frozenset[str]) -> Mapping[str, Ids]:
    """Nobody has any."""
    return {}


def rows_of(marked: Mapping[str, Ids]) -> pa.Table:
    """Marks as rows of ``MARKS``, for an engine."""
    tables = [
        pa.table([pa.array(found, pa.int32()), pa.repeat(pa.scalar(mark), len(found))], schema=MARKS)
        for mark, found in marked.items()
    ]
    return pa.concat_tables([MARKS.empty_table(), *tables])


@dataclass(frozen=True)
class World:
    """``day`` is the business date on which the rules are asked; ``values`` the thresholds in force on it."""

    engine: Engine
    lake: Lake
    day: Day
    values: Mapping[str, Any]
    segments: Mapping[str, Rule | None] = field(default_factory=dict)
    marks: Marks = no_marks
    marked: Table | None = None
    """Rows of ``MARKS`` that a plan is bound to, instead of ``marks``."""
    following: Following | None = None
    """How counts while a rule is typed read the marks; None: as all others do."""

    def on(self, wanted: date) -> Day | None:
        """The newest day up to ``wanted``: what stood then."""
        if wanted >= self.day.biz_date:
            return self.day
        return self.lake.latest(before=wanted + timedelta(days=1))

    def files(self, day: Day | None, table: str) -> Files:
        """A table of a day; its columns without rows if there is none."""
        if day is not None and day.has(table):
            return [day.path(table)]
        if table in ("snapshot", "events"):
            return arrow_schema(SNAPSHOT if table == "snapshot" else EVENTS)
        return TABLES[table].arrow_schema()

    def journal(self, day: Day, table: str, after: date) -> Files:
        """A journal's files of the days after ``after`` up to ``day``."""
        dates = [d for d in self._dates if after < d < day.biz_date]
        days = [found for d in dates if (found := self.lake.day(d)) is not None]
        paths = [one.path(table) for one in (*days, day) if one.has(table)]
        return paths or self.files(None, table)

    @cached_property
    def _dates(self) -> list[date]:
        return self.lake.dates()

    def rates(self, day: Day) -> Mapping[str, Any]:
        """CNY for one unit of each foreign currency on a day."""
        return day_rates(day, self.values)

    @cached_property
    def orgs(self) -> Mapping[str, tuple[str, ...]]:
        """Each org with those above it, itself first, the head office last."""
        return org_tree(self.day)


def org_tree(day: Day) -> dict[str, tuple[str, ...]]:
    """See ``World.orgs``; of any day."""
    if not day.has("org"):
        return {}
    table = pq.read_table(day.path("org"), columns=["org_no", "parent_no"])
    parent = dict(zip(table["org_no"].to_pylist(), table["parent_no"].to_pylist(), strict=True))
    found = {}
    for org, above in parent.items():
        path = [org]
        while above in parent and above not in path:
            path.append(above)
            above = parent[above]
        found[org] = tuple(path)
    return found
