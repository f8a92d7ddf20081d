"""A snapshot of so many customers, made for the other benches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb

from yinke.lake.engine.files import ROW_GROUP, quoted, sql_types
from yinke.lake.snapshot import SNAPSHOT, STAGES, arrow_schema


def make_snapshot(path: Path, customers: int, more: Mapping[str, str] = MappingProxyType({})) -> None:
    """A snapshot of the full width: AUM log-normal as a retail bank's, 2,000 orgs, the other columns plain.

    Args:
        more: columns that shall not be empty, each with its SQL over the number ``i``; ``h(i, k)`` is between 0 and 1.
    """
    known = {
        "cust_id": "i",
        "cust_no": "'C' || i",
        "org_no": "'1' || lpad(CAST(hash(i) % 2000 AS VARCHAR), 5, '0')",
        "aum": "round(exp(8.5 + 2.2 * (h(i, 1) + h(i, 2) + h(i, 3) + h(i, 4) - 2)), 2)",
        "mda": "round(exp(8.5 + 2.2 * (h(i, 1) + h(i, 2) + h(i, 3) + h(i, 5) - 2)), 2)",
        "categories": "CAST(12 * h(i, 6) * h(i, 7) AS INT)",
        "tier": "CAST(6 * h(i, 1) * h(i, 2) * h(i, 3) AS INT)",
        "stage": f"{list(STAGES)}[CAST(1 + hash(i + 8) % {len(STAGES)} AS INT)]",
        "last_txn": "DATE '2026-09-30' - CAST(400 * h(i, 9) * h(i, 10) AS INT)",
        **more,
    }
    columns = ", ".join(
        f'CAST({known.get(name, "NULL")} AS {kind.removesuffix("_NTZ")}) AS "{name}"'
        for name, kind in sql_types(arrow_schema(SNAPSHOT)).items()
    )
    with duckdb.connect() as db:
        db.execute("CREATE MACRO h(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0")
        db.execute(
            f"COPY (SELECT {columns} FROM range(1, {customers + 1}) t(i)) TO {quoted(str(path))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
