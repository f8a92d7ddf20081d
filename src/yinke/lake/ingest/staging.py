"""Staging: what a feed needs beside its own file (lookups), and files that hold many dates (slices).

Both are parsed once per process and kept in the session until their bytes change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, Lookup
from yinke.lake.ingest.parse import ROW, Piece, parse
from yinke.lake.ingest.receive import Arrived, Received
from yinke.lake.ingest.session import Session
from yinke.lake.ingest.shape import joins, lookup_table, name, slice_expression


def fill_lookups(session: Session, feed: Feed, files: Mapping[str, Received]) -> None:
    """Make the lookups of a feed: tables of ``k`` and ``v``, one row per key.

    Args:
        files: the received side file of each lookup, by the lookup's name.
    """
    for lookup in _in_order(feed):
        table = lookup_table(feed, lookup.name)
        hashes = "-".join(files[n].sha256 for n in _chain(feed, lookup))
        if session.kept.get(table) == hashes:
            continue
        _fill(session, feed, lookup, files[lookup.name], table)
        session.kept[table] = hashes


def _chain(feed: Feed, lookup: Lookup) -> list[str]:
    return [lookup.name, *(_chain(feed, feed.lookups[lookup.via]) if lookup.via else [])]


def _in_order(feed: Feed) -> list[Lookup]:
    """A lookup after the one through which it goes."""
    return sorted(feed.lookups.values(), key=lambda lookup: len(_chain(feed, lookup)))


def _fill(session: Session, feed: Feed, lookup: Lookup, received: Received, table: str) -> None:
    db = session.db
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} (k VARCHAR, v VARCHAR, r BIGINT)")
    key, value = f"nullif(trim({name(lookup.key)}), '')", f"nullif(trim({name(lookup.value)}), '')"
    where = f" WHERE {lookup.where}" if lookup.where else ""
    for piece in parse(received.path, lookup.layout, feed.feed):
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


def staged_slices(
    session: Session, feed: Feed, arrived: Arrived, biz_date: date, first: bool
) -> Iterator[Piece]:
    """The rows that a file of many dates has for one date.

    With ``slice_from_start`` the lake's first night takes all earlier rows too. Lines that can't be
    split and rows without a readable date belong to the first night.
    """
    table = f"slices_{feed.feed}"
    if session.kept.get(table) != arrived.sha256:
        _keep(session, feed, arrived.data, table)
        session.kept[table] = arrived.sha256
    columns = ", ".join(name(c) for c in (*feed.layout.columns, ROW))
    until = "_slice <= $d" if first and feed.slice_from_start else "_slice = $d"
    undated = " OR _slice IS NULL" if first else ""
    rows = session.db.sql(
        f"SELECT {columns} FROM {name(table)} WHERE {until}{undated} ORDER BY {ROW}", params={"d": biz_date}
    ).to_arrow_table()
    bad = session.db.execute(f"SELECT r, reason, line FROM {name(table + '_bad')} ORDER BY r").fetchall()
    yield Piece(rows, bad if first else [])


def _keep(session: Session, feed: Feed, received: Received, table: str) -> None:
    db = session.db
    columns = ", ".join(f"raw.{name(c)}" for c in (*feed.layout.columns, ROW))
    made = False
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(table + '_bad')} (r BIGINT, reason VARCHAR, line VARCHAR)"
    )
    for piece in parse(received.path, feed.layout, feed.feed):
        db.register("raw", piece.table)
        verb = f"INSERT INTO {name(table)}" if made else f"CREATE OR REPLACE TEMP TABLE {name(table)} AS"
        db.execute(
            f"{verb} SELECT {columns}, {slice_expression(feed)} AS _slice FROM raw{joins(feed, feed.slice)}"
        )
        db.unregister("raw")
        made = True
        if piece.bad:
            db.executemany(f"INSERT INTO {name(table + '_bad')} VALUES (?, ?, ?)", piece.bad)
    if not made:
        empty = ", ".join(f"''::VARCHAR AS {name(c)}" for c in feed.layout.columns)
        db.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} AS"
                   f" SELECT {empty}, 0::BIGINT AS {ROW}, NULL::DATE AS _slice LIMIT 0")  # fmt: skip
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(table)} AS SELECT * FROM {name(table)} ORDER BY _slice, {ROW}"
    )
