"""Take customers who were deleted on request out of every published file.

The one exception to the rule that published files never change: the law asks for it (PIPL art. 47). A file is
written anew without the customers' rows and put in the old one's place by one rename; files that several days share
(hard links) are written once. A kill leaves each file whole, as it was or as it will be.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from yinke.common.catalogue import catalogue
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
        return sum(_rewrite(db, paths) for paths in shared.values())
    finally:
        db.close()


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
