"""Staging: what a feed needs beside its own file (lookups), and files that hold many dates (slices).

Both are parsed once per process and kept in the session until their bytes change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, Lookup
from yinke.lake.ingest.parse import ROW, BadLine, parse
from yinke.lake.ingest.receive import Arrived, Received
from yinke.lake.ingest.sealing import SHAPED, Door
from yinke.lake.ingest.session import Session, Slices
from yinke.lake.ingest.shape import lookup_table, name, projection, stage_columns


def fill_lookups(session: Session, door: Door, feed: Feed, files: Mapping[str, Received]) -> None:
    """Make the lookups of a feed: tables of ``k`` and ``v``, one row per key.

    Args:
        files: the received side file of each lookup, by the lookup's name.
    """
    for lookup in _in_order(feed):
        table = lookup_table(feed, lookup.name)
        hashes = "-".join(files[n].sha256 for n in _chain(feed, lookup))
        if session.kept.get(table) == hashes:
            continue
        _fill(session, door, feed, lookup, files[lookup.name], table)
        session.kept[table] = hashes


def _chain(feed: Feed, lookup: Lookup) -> list[str]:
    return [lookup.name, *(_chain(feed, feed.lookups[lookup.via]) if lookup.via else [])]


def _in_order(feed: Feed) -> list[Lookup]:
    """A lookup after the one through which it goes."""
    return sorted(feed.lookups.values(), key=lambda lookup: len(_chain(feed, lookup)))


def _fill(session: Session, door: Door, feed: Feed, lookup: Lookup, received: Received, table: str) -> None:
    db = session.stager
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} (k VARCHAR, v VARCHAR, r BIGINT)")
    key, value = f"nullif(trim({name(lookup.key)}), '')", f"nullif(trim({name(lookup.value)}), '')"
    where = f" WHERE {lookup.where}" if lookup.where else ""
    for piece in parse(received.path, lookup.layout, feed.feed, door.keys.opened_file):
        if piece.bad:
            row, reason, _ = piece.bad[0]
            raise Held(
                "lookup", f"{len(piece.bad)} rows of the side file can't be read ({reason})", feed=feed.feed,
                place=f"{received.path.name}:{row}", remedy="Correct the lookup's layout, or have the file sent again",
            )  # fmt: skip
        db.register("raw", piece.table)
        db.execute(f"INSERT INTO {name(table)} SELECT {key}, {value}, {ROW} FROM raw{where}")
        db.unregister("raw")
    if lookup.via:
        through = name(lookup_table(feed, lookup.via))
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE {name(table)} AS"
            f" SELECT t.k, u.v, t.r FROM {name(table)} t LEFT JOIN {through} u ON u.k = t.v"
        )
    picked = {"first": "arg_min(v, r)", "min": "min(v)", "max": "max(v)"}[lookup.pick]
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} AS"
               f" SELECT k, {picked} AS v FROM {name(table)} WHERE k IS NOT NULL AND v IS NOT NULL GROUP BY k")  # fmt: skip


def stage_slice(
    session: Session, door: Door, feed: Feed, arrived: Arrived, biz_date: date, after: date | None, stage: str,
    number: int,
) -> tuple[int, list[BadLine]]:  # fmt: skip
    """Stage the rows that a file of many dates has for one date, and for the dates skipped before it.

    With ``slice_from_start`` the lake's first night takes all earlier rows too. Lines that can't be
    split and rows without a readable date belong to the first night.

    Args:
        after: the lake's date before; None: this is its first.

    Returns:
        The number of rows taken, and the lines that could not be split.
    """
    table = f"slices_{feed.feed}"
    slices = session.slices.get(table)
    stamp = f"{arrived.sha256} {door.refusals.stamp}"
    if slices is None or slices.stamp != stamp:
        slices = session.slices[table] = _keep(session, door, feed, arrived, table, stamp)
    first = after is None
    since = after or (date.min if feed.slice_from_start else biz_date - timedelta(days=1))
    rows = sum(many for day, many in slices.rows.items() if (since < day <= biz_date if day else first))
    if rows:
        undated = " OR _slice IS NULL" if first else ""
        session.stager.execute(
            f"INSERT INTO {name(stage)} SELECT * EXCLUDE (_slice), {number} FROM {name(table)}"
            f" WHERE (_slice > $since AND _slice <= $day){undated}", {"since": since, "day": biz_date},
        )  # fmt: skip
    bad = slices.bad if first else []
    return rows + len(bad), bad


def _keep(session: Session, door: Door, feed: Feed, arrived: Arrived, table: str, stamp: str) -> Slices:
    """Parse, shape and seal the whole file, sorted by date."""
    db, select = session.stager, projection(feed)
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} ({stage_columns(feed)}, _slice DATE)")
    bad: list[BadLine] = []
    into = f"INSERT INTO {name(table)} SELECT * FROM {SHAPED}"
    for piece in parse(arrived.data.path, feed.layout, feed.feed, door.keys.opened_file):
        db.register("raw", piece.table)
        door.take(db, select, None, feed.table, into)
        db.unregister("raw")
        bad += piece.bad
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(table)} AS SELECT * FROM {name(table)} ORDER BY _slice, _row"
    )
    counts = db.execute(f"SELECT _slice, count(*) FROM {name(table)} GROUP BY 1").fetchall()
    return Slices(stamp, dict(counts), bad)
