"""Load: verified files → the canonical tables of a day, bad rows → quarantine.

A table is finished when its Parquet file stands in the building; a killed run goes on with the next one.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, FeedSet
from yinke.lake.ingest.merge import merge
from yinke.lake.ingest.parse import ROW, parse
from yinke.lake.ingest.quarantining import Quarantine
from yinke.lake.ingest.receive import Received, due, receive
from yinke.lake.ingest.shape import name, projection
from yinke.lake.ingest.staging import fill_lookups, staged_slices
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES

SMALL = 1000
"""Below this many rows a swing says nothing."""


@dataclass
class FeedLoad:
    """What became of one feed's file."""

    feed: str
    rows: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    sha256: str = ""


@dataclass
class IngestSummary:
    """What became of all files of a date."""

    feeds: list[FeedLoad] = field(default_factory=list)


class Session:
    """One DuckDB connection for many nights, with bounded memory."""

    _open: dict[tuple[str, int, str], Session] = {}

    def __init__(self, root: Path, threads: int, memory: str) -> None:
        self.db = duckdb.connect(":memory:")
        self.db.execute(f"SET threads={threads}; SET memory_limit='{memory}'; SET preserve_insertion_order=false")
        self.db.execute(f"SET temp_directory='{root / 'building' / '.spill'}'")
        self.lookups: dict[str, tuple[int, int]] = {}

    @classmethod
    def of(cls, root: Path, threads: int, memory: str) -> Session:
        """The process's session for a lake."""
        key = (str(root), threads, memory)
        if key not in cls._open:
            cls._open[key] = cls(root, threads, memory)
        return cls._open[key]


def ingest(
    lake: Lake,
    feeds: FeedSet,
    inbox: Path,
    building: Building,
    earlier: Day | None,
    *,
    released: frozenset[str] = frozenset(),
    on_feed: Callable[[str, int, int], None] | None = None,
    threads: int = 2,
    memory: str = "2GB",
) -> IngestSummary:
    """Make every canonical table of a date from the bank's files.

    Args:
        earlier: the day before, whose state tables go on; None for the lake's first date.
        released: ``feed:reason`` pairs that an operator let pass.
        on_feed: told (feed, position, number of feeds) as each begins.

    Raises:
        Held: with reason, feed, place and remedy. Nothing is published; finished tables are kept.
    """
    try:
        return _ingest(lake, feeds, inbox, building, earlier, released, on_feed, threads, memory)
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(problem.filename or lake.root) from None
        raise
    except duckdb.Error as problem:
        if "No space left" in str(problem) or "failed to offload" in str(problem):
            raise _full(lake.root) from None
        raise


def _full(place: object) -> Held:
    return Held(
        "disk_full", "The disk is full", place=str(place),
        remedy="Free space, then run the date again: finished tables are kept",
    )  # fmt: skip


def _ingest(
    lake: Lake, feeds: FeedSet, inbox: Path, building: Building, earlier: Day | None, released: frozenset[str],
    on_feed: Callable[[str, int, int], None] | None, threads: int, memory: str,
) -> IngestSummary:  # fmt: skip
    biz_date = building.biz_date
    _no_gap(feeds, biz_date, earlier)
    received = {
        feed.feed: receive(lake, feed, inbox, biz_date)
        for feed in feeds.feeds
        if due(feed, biz_date, biz_date.weekday() < 5)
    }
    shas = {code: item.sha256 for code, item in sorted(received.items())}
    noted = building.noted("received")
    if noted is not None and noted != shas:  # another file came since the last attempt
        building.discard()
        building.folder.mkdir(parents=True)
    building.note("received", shas)
    summary = IngestSummary()
    session = Session.of(lake.root, threads, memory)
    earlier_steps = earlier.manifest()["steps"] if earlier else {}
    position = 0
    for table in TABLES.values():
        own = feeds.of(table.name)
        loads = [FeedLoad(feed.feed, sha256=shas.get(feed.feed, "")) for feed in own]
        for feed in own:
            position += 1
            if on_feed:
                on_feed(feed.feed, position, len(feeds.feeds))
        known = building.noted(f"table-{table.name}")
        if known is not None and building.has(table.name) | (not known["exists"]):
            for load, seen in zip(loads, known["feeds"], strict=True):
                load.rows, load.quarantined = seen["rows"], seen["quarantined"]
            summary.feeds += loads
            continue
        started = time.perf_counter()
        present = [received[feed.feed] for feed in own if feed.feed in received]
        before = earlier_steps.get(f"table-{table.name}", {}).get("feeds", [])
        if _unchanged(own, loads, before) and table.keeps == "state" and building.carry(table.name, earlier):
            for load, seen in zip(loads, before, strict=True):
                load.rows = seen["rows"]
        elif not present:
            if table.keeps == "state":
                building.carry(table.name, earlier)
        else:
            _load_table(session, lake, building, earlier, own, received, loads, before, released)
        for load in loads:
            load.seconds = (time.perf_counter() - started) / len(loads)
        building.note(f"table-{table.name}", {
            "exists": building.has(table.name),
            "feeds": [{"feed": l.feed, "rows": l.rows, "quarantined": l.quarantined, "sha256": l.sha256}
                      for l in loads],
        })  # fmt: skip
        summary.feeds += loads
    return summary


def _no_gap(feeds: FeedSet, biz_date: date, earlier: Day | None) -> None:
    if earlier is None or (biz_date - earlier.biz_date).days == 1:
        return
    between = [date.fromordinal(n) for n in range(earlier.biz_date.toordinal() + 1, biz_date.toordinal())]
    if any(f.schedule == "daily" for f in feeds.feeds) or any(day.weekday() < 5 for day in between):
        raise Held(
            "gap", f"The night of {between[0]} has not been run", place=str(biz_date),
            remedy=f"Run {between[0]} first; dates are loaded in order",
        )  # fmt: skip


def _unchanged(own: Sequence[Feed], loads: list[FeedLoad], before: list[dict[str, Any]]) -> bool:
    """Whether the very files of the day before came again, so that the table stands as it is."""
    if not own or [s["feed"] for s in before] != [l.feed for l in loads]:
        return False
    same = all(load.sha256 and load.sha256 == seen["sha256"] for load, seen in zip(loads, before, strict=True))
    return same and all(feed.slice is None and seen["quarantined"] == 0 for feed, seen in zip(own, before, strict=True))


def _load_table(
    session: Session, lake: Lake, building: Building, earlier: Day | None, own: Sequence[Feed],
    received: dict[str, Received], loads: list[FeedLoad], before: list[dict[str, Any]], released: frozenset[str],
) -> None:  # fmt: skip
    db, table = session.db, own[0].table
    stages: list[tuple[Feed, str]] = []
    quarantines: list[Quarantine] = []
    for feed, load in zip(own, loads, strict=True):
        if feed.feed not in received:
            continue
        fill_lookups(session, feed, building.biz_date, received[feed.feed].path.parent, lake)
        refused = Quarantine(lake, building.biz_date, feed)
        stage = f"stage_{feed.feed}"
        _stage(session, lake, building.biz_date, earlier, feed, received[feed.feed], stage, refused, load)
        _guard_rows(feed, load, refused, before, released)
        stages.append((feed, stage))
        quarantines.append(refused)
    try:
        merge(db, lake, building, earlier, table, stages, quarantines, released)
        for load in loads:
            for refused in quarantines:
                if refused.feed.feed == load.feed:
                    load.quarantined = refused.count
                    _guard_bad(refused.feed, load, released)
    finally:
        for refused in quarantines:
            refused.write(db)
        for _, stage in stages:
            db.execute(f"DROP TABLE IF EXISTS {name(stage)}")


def _stage(
    session: Session, lake: Lake, biz_date: date, earlier: Day | None, feed: Feed, received: Received, stage: str,
    refused: Quarantine, load: FeedLoad,
) -> None:  # fmt: skip
    """Parse and shape one file into a temporary table of typed rows; refused rows go to ``refused``."""
    db = session.db
    db.execute(f"DROP TABLE IF EXISTS {name(stage)}")
    select = projection(feed)
    made = False
    total = 0
    sums: dict[str, Decimal] = {}
    if feed.slice:
        sources = staged_slices(session, lake, feed, received, biz_date, earlier is None)
    else:
        sources = parse(received.path, feed.layout, feed.feed)
    for piece in sources:
        total += piece.table.num_rows + len(piece.bad)
        refused.add_lines(piece.bad)
        db.register("raw", piece.table)
        parameters = {"biz_date": biz_date} if "$biz_date" in select else None
        verb = f"INSERT INTO {name(stage)}" if made else f"CREATE TEMP TABLE {name(stage)} AS"
        db.execute(f"{verb} {select}", parameters)
        made = True
        for column, _ in received.sums:
            if column in feed.layout.columns:
                found = db.execute(f"SELECT sum(TRY_CAST(trim({name(column)}) AS DECIMAL(18,4))) FROM raw").fetchone()
                sums[column] = sums.get(column, Decimal(0)) + Decimal(found[0] or 0 if found else 0)
        db.unregister("raw")
    if not made:
        empty = ", ".join(f"NULL::VARCHAR AS {name(c)}" for c in feed.layout.columns)
        parameters = {"biz_date": biz_date} if "$biz_date" in select else None
        db.execute(
            f"CREATE TEMP TABLE {name(stage)} AS WITH raw AS (SELECT {empty}, 0::BIGINT AS {ROW} LIMIT 0) {select}",
            parameters,
        )
    load.rows = total
    if received.rows is not None and received.rows != total:
        raise Held(
            "rows", f"{total} rows came, {received.rows} were announced", feed=feed.feed, place=received.path.name,
            remedy="Have the file sent again",
        )  # fmt: skip
    for column, promised in received.sums:
        if column in sums and abs(sums[column] - promised) > Decimal(str(feed.tolerance.total)):
            raise Held(
                "sums", f"{column} adds up to {sums[column]}, {promised} was announced", feed=feed.feed,
                place=f"{received.path.name} {column}", remedy="Have the file sent again",
            )  # fmt: skip
    refused.add_rows(db, stage)


def _guard_rows(
    feed: Feed, load: FeedLoad, refused: Quarantine, before: list[dict[str, Any]], released: frozenset[str]
) -> None:
    if feed.mode == "FULL" and load.rows == 0 and f"{feed.feed}:empty" not in released:
        raise Held(
            "empty", "A full file came without a single row", feed=feed.feed, place=feed.file,
            remedy="Have it sent again; if it is truly empty, release the date",
        )  # fmt: skip
    earlier_rows = next((seen["rows"] for seen in before if seen["feed"] == feed.feed), 0)
    if feed.mode == "FULL" and earlier_rows >= SMALL and f"{feed.feed}:row_swing" not in released:
        swing = abs(load.rows - earlier_rows) / earlier_rows
        if swing > feed.tolerance.row_swing:
            raise Held(
                "row_swing", f"{load.rows} rows after {earlier_rows} the day before ({swing:.0%})", feed=feed.feed,
                place=feed.file, remedy="Ask the core bank; if it is right, release the date",
            )  # fmt: skip
    load.quarantined = refused.count
    _guard_bad(feed, load, released)


def _guard_bad(feed: Feed, load: FeedLoad, released: frozenset[str]) -> None:
    allowed = feed.tolerance.bad_rows * load.rows
    if load.quarantined > allowed and f"{feed.feed}:tolerance" not in released:
        raise Held(
            "tolerance", f"{load.quarantined} of {load.rows} rows can't be used, {allowed:.0f} may", feed=feed.feed,
            place=feed.file,
            remedy="See the rows with: yinke quarantine; mend the feed or have the file sent again, or release the date",
        )  # fmt: skip
