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
import pyarrow.parquet as pq

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, FeedSet
from yinke.lake.ingest.merge import merge
from yinke.lake.ingest.parse import parse
from yinke.lake.ingest.quarantining import Quarantine
from yinke.lake.ingest.receive import Arrived, arrive, due
from yinke.lake.ingest.session import Session, first_row
from yinke.lake.ingest.shape import name, projection, stage_columns
from yinke.lake.ingest.staging import fill_lookups, stage_slice
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES, Table

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
        feed.feed: arrive(lake, feed, inbox, biz_date) for feed in feeds.feeds if due(feed, biz_date, earlier)
    }
    shas = {code: item.sha256 for code, item in sorted(received.items())}
    noted = building.noted("received")
    if noted is not None and noted != shas:  # another file came since the last attempt
        basis = building.noted("basis")
        building.discard()
        building.folder.mkdir(parents=True)
        if basis is not None:
            building.note("basis", basis)
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
        if known is not None and building.has(table.name) == known["exists"]:
            for load, seen in zip(loads, known["feeds"], strict=True):
                load.rows, load.quarantined = seen["rows"], seen["quarantined"]
            summary.feeds += loads
            continue
        started = time.perf_counter()
        present = [received[feed.feed] for feed in own if feed.feed in received]
        before = earlier_steps.get(f"table-{table.name}", {}).get("feeds", [])
        if _unchanged(table, building, earlier, own, loads, before) and building.carry(table.name, earlier):
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
            "feeds": [{"feed": load.feed, "rows": load.rows, "quarantined": load.quarantined, "sha256": load.sha256}
                      for load in loads],
        })  # fmt: skip
        summary.feeds += loads
    return summary


def _no_gap(feeds: FeedSet, biz_date: date, earlier: Day | None) -> None:
    if earlier is None:
        return
    between = [date.fromordinal(n) for n in range(earlier.biz_date.toordinal() + 1, biz_date.toordinal())]
    missed = [day for day in between if any(due(feed, day, earlier) for feed in feeds.feeds)]
    if missed:
        raise Held(
            "gap", f"The night of {missed[0]} has not been run", place=str(biz_date),
            remedy=f"Run {missed[0]} first; dates are loaded in order",
        )  # fmt: skip


def _unchanged(
    table: Table, building: Building, earlier: Day | None, own: Sequence[Feed], loads: list[FeedLoad],
    before: list[dict[str, Any]],
) -> bool:  # fmt: skip
    """Whether the very files of the day before came again, so that the table stands as it is."""
    if (
        earlier is None
        or table.keeps == "day"
        or not own
        or [s["feed"] for s in before] != [x.feed for x in loads]
    ):
        return False
    if any(target.startswith("account.") for _, target in table.parent) and not _carried(
        building, earlier, "account"
    ):
        return False  # an account may have another category or owner today
    return all(
        load.sha256 and load.sha256 == seen["sha256"] and not feed.date_dependent and seen["quarantined"] == 0
        for feed, load, seen in zip(own, loads, before, strict=True)
    )


def _carried(building: Building, earlier: Day, table: str) -> bool:
    return building.has(table) and earlier.has(table) and building.path(table).samefile(earlier.path(table))


def _load_table(
    session: Session, lake: Lake, building: Building, earlier: Day | None, own: Sequence[Feed],
    received: dict[str, Arrived], loads: list[FeedLoad], before: list[dict[str, Any]], released: frozenset[str],
) -> None:  # fmt: skip
    db, table, stage = session.db, own[0].table, f"stage_{own[0].table.name}"
    quarantines: list[Quarantine] = []
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name(stage)} ({stage_columns(own[0])}, _feed TINYINT)")
    try:
        present = [(feed, load) for feed, load in zip(own, loads, strict=True) if feed.feed in received]
        for feed, load in present:
            arrived = received[feed.feed]
            refused = Quarantine(lake, building.biz_date, feed, arrived.data.path.name)
            quarantines.append(refused)
            _stage(session, building.biz_date, earlier is None, feed, arrived, stage, quarantines, load)
            _guard_rows(feed, load, refused, before, released)
        whole = len(present) == len(own) and own[0].mode == "FULL"
        if any(load.rows for load in loads) or whole or not _nothing_new(building, earlier, table):
            merge(db, lake, building, earlier, table, stage, quarantines, whole=whole, released=released)
        for (feed, load), refused in zip(present, quarantines, strict=True):
            load.quarantined = refused.count
            _guard_bad(feed, load, released)
    finally:
        for refused in quarantines:
            refused.write()
        db.execute(f"DROP TABLE IF EXISTS {name(stage)}")


def _nothing_new(building: Building, earlier: Day | None, table: Table) -> bool:
    """Make the table of a date on which no row came: the earlier state, or an empty journal."""
    if table.keeps == "state":
        return building.carry(table.name, earlier)
    with building.writing(table.name) as path:
        pq.write_table(table.arrow_schema().empty_table(), path, compression="zstd")
    return True


def _stage(
    session: Session, biz_date: date, first: bool, feed: Feed, arrived: Arrived, stage: str,
    quarantines: Sequence[Quarantine], load: FeedLoad,
) -> None:  # fmt: skip
    """Parse and shape one file into the stage's typed rows; refused rows go to the last of ``quarantines``."""
    db, received, refused, number = session.db, arrived.data, quarantines[-1], len(quarantines) - 1
    fill_lookups(session, feed, arrived.lookups)
    sums = {column: Decimal(0) for column, _ in received.sums if column in feed.layout.columns}
    if feed.slice:
        load.rows, bad = stage_slice(session, feed, arrived, biz_date, first, stage, number)
        refused.add_lines(bad)
    else:
        select = projection(feed)
        parameters = {"biz_date": biz_date} if "$biz_date" in select else None
        for piece in parse(received.path, feed.layout, feed.feed):
            load.rows += piece.table.num_rows + len(piece.bad)
            refused.add_lines(piece.bad)
            db.register("raw", piece.table)
            db.execute(f"INSERT INTO {name(stage)} SELECT *, {number} FROM ({select})", parameters)
            for column in sums:
                total = f"SELECT sum(TRY_CAST(trim({name(column)}) AS DECIMAL(18,4))) FROM raw"
                sums[column] += first_row(db, total)[0] or 0
            db.unregister("raw")
    if received.rows is not None and received.rows != load.rows and not feed.slice:
        raise Held(
            "rows", f"{load.rows} rows came, {received.rows} were announced", feed=feed.feed,
            place=received.path.name, remedy="Have the file sent again",
        )  # fmt: skip
    for column, promised in received.sums:
        if column in sums and abs(sums[column] - promised) > Decimal(str(feed.tolerance.total)):
            raise Held(
                "sums", f"{column} adds up to {sums[column]}, {promised} was announced", feed=feed.feed,
                place=f"{received.path.name} {column}", remedy="Have the file sent again",
            )  # fmt: skip
    flawed = f"SELECT _row, _bad, _value FROM {name(stage)} WHERE _feed = {number} AND _bad IS NOT NULL"
    if load.rows and first_row(db, f"SELECT count(*) FROM ({flawed})")[0]:
        refused.add_rows(db, flawed)
        db.execute(f"DELETE FROM {name(stage)} WHERE _bad IS NOT NULL")


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
