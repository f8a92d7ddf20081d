"""Take customers who were deleted on request out of every published file.

The one exception to the rule that published files never change: the law asks for it (PIPL art. 47). A file is
written anew without the customers' rows and put in the old one's place by one rename; files that several days share
(hard links) are written once. A kill leaves each file whole, as it was or as it will be. Before anything goes, the
customers' numbers are remembered as keyed hashes (``erased``): the core bank may send them again.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from yinke.common.catalogue import catalogue
from yinke.lake.erased import remember
from yinke.lake.ingest.merge import ROW_GROUP
from yinke.lake.ingest.shape import quote
from yinke.lake.store import Lake


def erase(lake: Lake, cust_ids: Collection[int]) -> int:
    """Rewrite every file of every version that holds rows of these customers.

    Returns:
        Files rewritten (a shared one counts once).
    """
    if not cust_ids:
        return 0
    shared: dict[int, list[Path]] = {}
    for path in sorted((lake.root / "versions").glob("*/*.parquet")):
        shared.setdefault(path.stat().st_ino, []).append(path)
    db = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1GB"})
    try:
        db.execute("CREATE TABLE erased (cust_id INTEGER)")
        db.executemany("INSERT INTO erased VALUES (?)", [[number] for number in cust_ids])
        ids = sorted((lake.root / "ids").glob("*.parquet"))
        remember(lake, _cust_nos(db, ids), _numbers(db, [paths[0] for paths in shared.values()]))
        for path in ids:
            _forget_number(db, path)
        return sum(_rewrite(db, paths) for paths in shared.values())
    finally:
        db.close()


def _select(db: duckdb.DuckDBPyConnection, path: Path, column: str) -> list[str]:
    found = db.execute(
        f"SELECT DISTINCT {column} FROM read_parquet({quote(str(path))})"
        f" WHERE cust_id IN (SELECT cust_id FROM erased) AND {column} IS NOT NULL AND {column} NOT IN ('', '~' || cust_id)"
    )
    return [value for (value,) in found.fetchall()]


def _cust_nos(db: duckdb.DuckDBPyConnection, ids: list[Path]) -> list[str]:
    return [number for path in ids for number in _select(db, path, "cust_no")]


def _numbers(db: duckdb.DuckDBPyConnection, files: list[Path]) -> set[str]:
    """The tokens of the customers' accounts and cards in all versions."""
    held = {"account": ("acct_no", "card_no"), "card": ("card_no",), "holding": ("acct_no",)}
    return {
        token for path in files for column in held.get(path.stem, ()) for token in _select(db, path, column)
    }


def _forget_number(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Take the customers' numbers out of a file of ``ids``; their ``cust_id`` stays given."""
    if not _select(db, path, "cust_no"):
        return
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        db.execute(
            "COPY (SELECT CASE WHEN cust_id IN (SELECT cust_id FROM erased) THEN '~' || cust_id ELSE cust_no END AS cust_no,"
            f" cust_id FROM read_parquet({quote(str(path))}) ORDER BY cust_id) TO {quote(str(scratch))}"
            " (FORMAT parquet, COMPRESSION zstd)"
        )
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _rewrite(db: duckdb.DuckDBPyConnection, paths: list[Path]) -> bool:
    """Write one file (under all its names) without the erased customers' rows; False if it holds none.

    A row about two customers (``counterpart`` of the catalogue) goes if it tells of either.
    """
    known = catalogue().get(f"lake.{paths[0].stem}")
    people = known.people if known else [c for c in pq.read_schema(paths[0]).names if c == "cust_id"]
    if not people:
        return False
    source = f"read_parquet({quote(str(paths[0]))})"
    erased = "IN (SELECT cust_id FROM erased)"
    gone = " OR ".join(f"({column} IS NOT NULL AND {column} {erased})" for column in people)
    held = db.execute(f"SELECT EXISTS (SELECT 1 FROM {source} WHERE {gone})").fetchone()
    if held is None or not held[0]:
        return False
    scratch = paths[0].with_name(f".{paths[0].name}.{os.getpid()}.tmp")
    try:
        db.execute(
            f"COPY (SELECT * FROM {source} WHERE NOT ({gone})) TO {quote(str(scratch))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        for path in paths[1:]:
            link = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            os.link(scratch, link)
            link.replace(path)
        scratch.replace(paths[0])
    finally:
        scratch.unlink(missing_ok=True)
    return True
