"""Merge: the typed rows of a date's files onto the state of the day before → one Parquet table.

FULL replaces the state (what is missing is gone from this date on; earlier days keep it), UPSERT and
INCREMENTAL lay rows over it by primary key, a journal holds the date's own rows only. The output is
totally ordered, so that the same input always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from yinke.common.errors import Held
from yinke.lake.feeds import Feed
from yinke.lake.ingest.ids import number_customers
from yinke.lake.ingest.quarantining import Quarantine
from yinke.lake.ingest.session import first_row
from yinke.lake.ingest.shape import name, quote
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import Table

FEW = 100
"""Below this many rows a share of vanished ones says nothing."""
ROW_GROUP = 8_192
"""Small, for a customer's page unpacks one or two of them for a few rows; a scan takes little longer than of large ones."""


def merge(
    db: duckdb.DuckDBPyConnection, lake: Lake, building: Building, earlier: Day | None, table: Table, stage: str,
    quarantines: Sequence[Quarantine], *, whole: bool, released: frozenset[str],
) -> None:  # fmt: skip
    """Write one canonical table of a date.

    Args:
        stage: temporary table of the incoming rows: the table's columns, ``_feed`` (position in
            ``quarantines``), ``_row``, ``_gone`` and ``_newest``. Rows that are set apart leave it.
        quarantines: one per feed of the table, in the stage's order.
        whole: the stage is the full state.

    Raises:
        Held: ``duplicate_key``; ``vanished``, unless released.
    """
    rows, repeated, orphans = _counts(db, building, table, stage)
    if not rows and not whole and table.keeps == "state" and building.carry(table.name, earlier):
        return
    if repeated:
        _settle_duplicates(db, table, stage, quarantines)
    if orphans:
        _set_orphans_apart(db, building, table, stage, quarantines)
    state = None
    if table.keeps == "state" and earlier is not None and earlier.has(table.name):
        if whole:
            days = (building.biz_date - earlier.biz_date).days
            _guard_vanished(db, earlier, days, table, stage, quarantines[0].feed, released)
        else:
            _drop_outdated(db, earlier, table, stage, quarantines)
            state = earlier
    ids = number_customers(db, lake, building.biz_date, stage) if table.name == "customer" else None
    select = _selection(building, table, stage, state, ids)
    with building.writing(table.name) as path:
        db.execute(
            f"COPY ({select} ORDER BY {', '.join(name(c) for c in table.sort)}) TO {quote(str(path))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
    if ids:
        db.execute(f"DROP TABLE {ids}")


def _scan(day: Building | Day, table: str) -> str:
    return f"read_parquet({quote(str(day.path(table)))})"


def _same_key(table: Table, left: str, right: str) -> str:
    """A join condition; a key's optional parts may be null on both sides."""
    return " AND ".join(
        f"{left}.{name(c)} {'=' if table.column(c).required else 'IS NOT DISTINCT FROM'} {right}.{name(c)}"
        for c in table.key
    )


def _set_apart(
    db: duckdb.DuckDBPyConnection, stage: str, marked: str, quarantines: Sequence[Quarantine]
) -> dict[int, int]:
    """Quarantine the rows that ``marked`` (_feed, _row, _bad, _value) names, take them out of the stage."""
    counts = {}
    for number, refused in enumerate(quarantines):
        counts[number] = refused.add_rows(
            db, f"SELECT _row, _bad, _value FROM {marked} WHERE _feed = {number}", sealed=True
        )
    if sum(counts.values()):
        db.execute(
            f"DELETE FROM {name(stage)} s USING {marked} m WHERE s._feed = m._feed AND s._row = m._row"
        )
    return counts


def _counts(
    db: duckdb.DuckDBPyConnection, building: Building, table: Table, stage: str
) -> tuple[int, int, int]:
    """Of a stage: rows, rows that repeat a primary key, rows whose parent is unknown."""
    key = ", ".join(name(c) for c in table.key)
    orphans = (
        " + ".join(f"count(*) FILTER ({condition})" for _, condition in _orphans(building, table)) or "0"
    )
    rows, distinct, unknown = first_row(
        db,
        f"SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {key} FROM {name(stage)})), {orphans}"
        f" FROM {name(stage)} s",
    )
    return rows, rows - distinct, unknown


def _orphans(building: Building, table: Table) -> list[tuple[str, str]]:
    """(column, condition on a stage ``s`` that finds the rows whose parent is unknown)."""
    found = []
    for column, target in table.parent:
        parent, _, key = target.partition(".")
        if not building.has(parent) and parent == "org":
            continue  # a bank may leave the org tree out; nothing is taken from it
        known = f"SELECT 1 FROM {_scan(building, parent)} p WHERE p.{name(key)} = s.{name(column)}"
        unknown = f"NOT EXISTS ({known})" if building.has(parent) else "TRUE"
        found.append((column, f"NOT _gone AND {name(column)} IS NOT NULL AND {unknown}"))
    return found


def _settle_duplicates(
    db: duckdb.DuckDBPyConnection, table: Table, stage: str, quarantines: Sequence[Quarantine]
) -> None:
    """Of rows with one key the newest stands, if the feed says what is newest; else the date is held."""
    key = ", ".join(name(c) for c in table.key)
    db.execute(
        "CREATE OR REPLACE TEMP TABLE losers AS SELECT _feed, _row, _newest IS NULL AS unclear,"
        f" {quote(table.key[0] + '|duplicate_key')} AS _bad, {name(table.key[0])}::VARCHAR AS _value"
        f" FROM {name(stage)} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY"
        " TRY_CAST(_newest AS DECIMAL(38,6)) DESC NULLS LAST, _newest DESC NULLS LAST, _feed DESC, _row DESC) > 1"
    )
    counts = _set_apart(db, stage, "(SELECT * FROM losers WHERE unclear)", quarantines)
    db.execute(f"DELETE FROM {name(stage)} s USING losers m WHERE s._feed = m._feed AND s._row = m._row")
    db.execute("DROP TABLE losers")
    for number, refused in enumerate(quarantines):
        code = refused.feed.feed
        if counts[number]:
            raise Held(
                "duplicate_key", f"{counts[number]} rows repeat a primary key ({', '.join(table.key)})", feed=code,
                place=refused.file,
                remedy="See the rows with: yinke quarantine; have the file sent again, or name the column that tells"
                " which row is newest (newest:)",
            )  # fmt: skip


def _set_orphans_apart(
    db: duckdb.DuckDBPyConnection,
    building: Building,
    table: Table,
    stage: str,
    quarantines: Sequence[Quarantine],
) -> None:
    for column, condition in _orphans(building, table):
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE orphans AS SELECT _feed, _row, {quote(column + '|unknown_parent')} AS _bad,"
            f" {name(column)} AS _value FROM {name(stage)} s WHERE {condition}"
        )
        _set_apart(db, stage, "orphans", quarantines)
        db.execute("DROP TABLE orphans")


def _guard_vanished(
    db: duckdb.DuckDBPyConnection,
    earlier: Day,
    days: int,
    table: Table,
    stage: str,
    feed: Feed,
    released: frozenset[str],
) -> None:
    """Hold a date of which more is gone than a week may take; where deliveries lie ``days`` further apart, as much more."""
    before, vanished = first_row(
        db,
        f"SELECT count(*), count(*) FILTER (NOT EXISTS (SELECT 1 FROM {name(stage)} s"
        f" WHERE {_same_key(table, 's', 'e')})) FROM {_scan(earlier, table.name)} e",
    )
    if (
        before >= FEW
        and vanished > feed.tolerance.vanished * max(1.0, days / 7) * before
        and f"{feed.feed}:vanished" not in released
    ):
        raise Held(
            "vanished", f"{vanished} of {before} rows of the delivery before are missing ({vanished / before:.1%})",
            feed=feed.feed, place=feed.file, remedy="Ask the core bank; if it is right, release the date",
        )  # fmt: skip


def _drop_outdated(
    db: duckdb.DuckDBPyConnection, earlier: Day, table: Table, stage: str, quarantines: Sequence[Quarantine]
) -> None:
    """A late row must not undo a newer one of the state, where the bank says when each was changed."""
    stamped = [
        str(number) for number, q in enumerate(quarantines)
        if q.feed.newest and "updated_at" in q.feed.sources and q.feed.sources["updated_at"].column == q.feed.newest
    ]  # fmt: skip
    if stamped:
        db.execute(
            f"DELETE FROM {name(stage)} s USING {_scan(earlier, table.name)} e WHERE {_same_key(table, 's', 'e')}"
            f" AND s._feed IN ({', '.join(stamped)}) AND s.updated_at < e.updated_at"
        )


def _selection(building: Building, table: Table, stage: str, state: Day | None, ids: str | None) -> str:
    """The rows of the new table with what ingestion adds to them.

    A customer's number never changes, so that rows of the state keep theirs; an account may have another
    owner or category today.
    """
    own = [name(c.name) for c in table.columns]
    added = [name(c.name) for c in table.added]
    every = ", ".join([*added, *own])
    rows = f"SELECT {', '.join([*(f'NULL AS {a}' for a in added), *own])} FROM {name(stage)} WHERE NOT _gone"
    kept = ""
    if state is not None:
        kept = (
            f" UNION ALL SELECT {every} FROM {_scan(state, table.name)} e WHERE NOT EXISTS"
            f" (SELECT 1 FROM {name(stage)} s WHERE {_same_key(table, 's', 'e')})"
        )
    if not added:
        return f"SELECT {every} FROM ({rows}{kept})"
    key = "acct_no" if any(target == "account.acct_no" for _, target in table.parent) else "cust_no"
    parent = ids or _scan(building, "account" if key == "acct_no" else "customer")
    if key == "acct_no":
        rows, kept = rows + kept, ""
    columns = [f"coalesce(p.{a}, r.{a}) AS {a}" for a in added] + [f"r.{c}" for c in own]
    joined = f"SELECT {', '.join(columns)} FROM ({rows}) r LEFT JOIN {parent} p ON p.{key} = r.{key}"
    return f"SELECT {every} FROM ({joined}{kept})"
