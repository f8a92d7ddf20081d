"""Load: verified files → the canonical tables of a day, bad rows → quarantine.

A table is finished when its Parquet file stands in the building; a killed run goes on with the next one.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
from yinke.lake.ingest.parse import Piece, parse
from yinke.lake.ingest.quarantining import Quarantine
from yinke.lake.ingest.receive import Arrived, arrive, due
from yinke.lake.ingest.sealing import SHAPED, Door
from yinke.lake.ingest.session import Session, first_row
from yinke.lake.ingest.shape import name, projection, stage_columns
from yinke.lake.ingest.staging import fill_lookups, stage_slice
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES, Table

STAGED_AHEAD = 1 << 26
"""Bytes of data files that may be staged before their turn: a small bank's are, a large one's memory is spared."""
SMALL = 1000
"""Below this many rows a swing says nothing."""


@dataclass
class FeedLoad:
    """What became of one feed's file."""

    feed: str
    rows: int = 0
    quarantined: int = 0
    erased: int = 0
    """Rows of deleted customers, which were refused and are kept nowhere."""
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
    follows: bool = False,
    on_feed: Callable[[str, int, int], None] | None = None,
    threads: int = 2,
    memory: str = "2GB",
) -> IngestSummary:
    """Make every canonical table of a date from the bank's files.

    Args:
        earlier: the day before, whose state tables go on; None for the lake's first date.
        released: ``feed:reason`` pairs that an operator let pass.
        follows: the bank delivers nothing for the dates between ``earlier`` and this one.
        on_feed: told (feed, position, number of feeds) as each begins.

    Raises:
        Held: with reason, feed, place and remedy. Nothing is published; finished tables are kept.
    """
    try:
        return _ingest(lake, feeds, inbox, building, earlier, released, follows, on_feed, threads, memory)
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
    lake: Lake, feeds: FeedSet, inbox: Path, building: Building, earlier: Day | None, released: frozenset[str], follows: bool,
    on_feed: Callable[[str, int, int], None] | None, threads: int, memory: str,
) -> IngestSummary:  # fmt: skip
    biz_date = building.biz_date
    if not follows and lake.day(biz_date) is None:  # what was published once may be made anew
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
    earlier_steps = earlier.manifest()["steps"] if earlier else {}
    before = {table: earlier_steps.get(f"table-{table}", {}).get("feeds", []) for table in TABLES}
    after = earlier.biz_date if earlier else None
    with _Stages(Session.of(lake.root, threads, memory), lake, building, after, released) as stages:
        work = [
            _Load(table, feeds.of(table.name), received, shas, before[table.name])
            for table in TABLES.values()
        ]
        for load in work:
            if not _known(building, load) and load.present and not load.same_files(earlier):
                stages.begin(load)
        position = 0
        for load in work:
            for feed in load.feeds:
                position += 1
                if on_feed:
                    on_feed(feed.feed, position, len(feeds.feeds))
            known = _known(building, load)
            if known:
                for one, seen in zip(load.loads, known["feeds"], strict=True):
                    one.rows, one.quarantined = seen["rows"], seen["quarantined"]
            else:
                _make(stages, lake, building, earlier, load, released)
            summary.feeds += load.loads
    return summary


@dataclass
class _Load:
    """A canonical table of a date: the feeds it comes from, what arrived of them, and what becomes of it."""

    table: Table
    feeds: Sequence[Feed]
    received: dict[str, Arrived]
    shas: dict[str, str]
    before: list[dict[str, Any]]
    """What the day before recorded of the feeds."""

    def __post_init__(self) -> None:
        self.loads = [FeedLoad(feed.feed, sha256=self.shas.get(feed.feed, "")) for feed in self.feeds]
        self.present = [
            (feed, load)
            for feed, load in zip(self.feeds, self.loads, strict=True)
            if feed.feed in self.received
        ]
        self.stage = f"stage_{self.table.name}"
        self.quarantines: list[Quarantine] = []

    @property
    def bytes(self) -> int:
        """Size of its data files."""
        return sum(self.received[feed.feed].data.bytes for feed, _ in self.present)

    def same_files(self, earlier: Day | None) -> bool:
        """Whether the very files of the day before came again, none of them read in part."""
        if (
            earlier is None
            or self.table.keeps == "day"
            or not self.feeds
            or [seen["feed"] for seen in self.before] != [load.feed for load in self.loads]
        ):
            return False
        return all(
            load.sha256
            and load.sha256 == seen["sha256"]
            and not feed.date_dependent
            and seen["quarantined"] == 0
            for feed, load, seen in zip(self.feeds, self.loads, self.before, strict=True)
        )


class _Stages:
    """Stages tables: small files all ahead, in a thread of their own, while earlier tables are merged."""

    def __init__(
        self, session: Session, lake: Lake, building: Building, after: date | None, released: frozenset[str]
    ) -> None:
        self.session, self._lake, self._building = session, lake, building
        self._after, self._released = after, released
        self._door = Door(lake)
        self._thread = ThreadPoolExecutor(1, "stage")
        self._ahead: dict[str, Future[None]] = {}
        self._bytes = 0

    def __enter__(self) -> _Stages:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        for stage in self._ahead:
            self.session.db.execute(f"DROP TABLE IF EXISTS {name(stage)}")

    def begin(self, load: _Load) -> None:
        """Stage a table as soon as those before it are staged, if there is room."""
        self._bytes += load.bytes
        if self._bytes <= STAGED_AHEAD:
            self._ahead[load.stage] = self._thread.submit(self._fill, load)

    def finish(self, load: _Load) -> None:
        """Have a table's stage whole, or raise what went wrong with it."""
        (self._ahead.get(load.stage) or self._thread.submit(self._fill, load)).result()

    def _fill(self, load: _Load) -> None:
        db = self.session.stager
        db.execute(
            f"CREATE OR REPLACE TABLE {name(load.stage)} ({stage_columns(load.feeds[0])}, _feed TINYINT)"
        )
        for feed, one in load.present:
            arrived = load.received[feed.feed]
            refused = Quarantine(self._lake, self._building.biz_date, feed, arrived.data.path.name)
            load.quarantines.append(refused)
            _stage(
                self.session,
                self._door,
                self._building.biz_date,
                self._after,
                feed,
                arrived,
                load.stage,
                load.quarantines,
                one,
            )
            _guard_rows(feed, one, refused, load.before, self._released)


def _known(building: Building, load: _Load) -> dict[str, Any] | None:
    """What an earlier attempt noted of a table that it finished."""
    known = building.noted(f"table-{load.table.name}")
    return known if known is not None and building.has(load.table.name) == known["exists"] else None


def _make(
    stages: _Stages,
    lake: Lake,
    building: Building,
    earlier: Day | None,
    load: _Load,
    released: frozenset[str],
) -> None:
    """Make a table of a date, and note that it is finished."""
    started = time.perf_counter()
    table = load.table.name
    if _unchanged(building, earlier, load) and building.carry(table, earlier):
        for one, seen in zip(load.loads, load.before, strict=True):
            one.rows = seen["rows"]
    elif not load.present:
        if load.table.keeps == "state":
            building.carry(table, earlier)
    else:
        _load_table(stages, lake, building, earlier, load, released)
    for one in load.loads:
        one.seconds = (time.perf_counter() - started) / len(load.loads)
    building.note(f"table-{table}", {
        "exists": building.has(table),
        "feeds": [{"feed": one.feed, "rows": one.rows, "quarantined": one.quarantined, "erased": one.erased, "sha256": one.sha256}
                  for one in load.loads],
    })  # fmt: skip


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


def _unchanged(building: Building, earlier: Day | None, load: _Load) -> bool:
    """Whether a table stands as it is: the same files, and no account with another category or owner today."""
    if earlier is None or not load.same_files(earlier):
        return False
    of_accounts = any(target.startswith("account.") for _, target in load.table.parent)
    return not of_accounts or _carried(building, earlier, "account")


def _carried(building: Building, earlier: Day, table: str) -> bool:
    return building.has(table) and earlier.has(table) and building.path(table).samefile(earlier.path(table))


def _load_table(
    stages: _Stages,
    lake: Lake,
    building: Building,
    earlier: Day | None,
    load: _Load,
    released: frozenset[str],
) -> None:
    db, table, stage = stages.session.db, load.table, load.stage
    try:
        stages.finish(load)
        whole = len(load.present) == len(load.feeds) and load.feeds[0].mode == "FULL"
        if any(one.rows for one in load.loads) or whole or not _nothing_new(building, earlier, table):
            merge(db, lake, building, earlier, table, stage, load.quarantines, whole=whole, released=released)
        for (feed, one), refused in zip(load.present, load.quarantines, strict=True):
            one.quarantined = refused.count
            _guard_bad(feed, one, released)
    finally:
        for refused in load.quarantines:
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
    session: Session, door: Door, biz_date: date, after: date | None, feed: Feed, arrived: Arrived, stage: str,
    quarantines: Sequence[Quarantine], load: FeedLoad,
) -> None:  # fmt: skip
    """Parse, shape and seal one file into the stage's typed rows; refused rows go to the last of ``quarantines``."""
    db, received, refused, number = session.stager, arrived.data, quarantines[-1], len(quarantines) - 1
    fill_lookups(session, door, feed, arrived.lookups)
    sums = {column: Decimal(0) for column, _ in received.sums if column in feed.layout.columns}
    if feed.slice:
        load.rows, bad = stage_slice(session, door, feed, arrived, biz_date, after, stage, number)
        refused.add_lines(bad)
    else:
        select = projection(feed)
        parameters = {"biz_date": biz_date} if "$biz_date" in select else None
        into = f"INSERT INTO {name(stage)} SELECT *, {number} FROM {SHAPED}"
        for piece in _pieces(door, feed, arrived):
            load.rows += piece.table.num_rows + len(piece.bad)
            refused.add_lines(piece.bad)
            db.register("raw", piece.table)
            load.erased += door.take(db, select, parameters, feed.table, into)
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


def _pieces(door: Door, feed: Feed, arrived: Arrived) -> Iterator[Piece]:
    """The pieces of a file; of one that holds a secret not even the raw copy is kept."""
    try:
        yield from parse(arrived.data.path, feed.layout, feed.feed, door.keys.opened_file)
    except Held as held:
        if held.reason == "secret":
            shutil.rmtree(arrived.data.path.parent, ignore_errors=True)
        raise


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
