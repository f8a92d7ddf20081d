"""A rule over the snapshot: three conditions with AND and OR, counted and broken down by org.

    ./run bench rule --customers 10000000        # a snapshot is made for it
    ./run bench rule --snapshot var/lake/days/2026-10-31/snapshot.parquet

Prints the first answer (the columns come from the file), then p50 and p95 of many rules with other figures.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import numpy as np

from yinke.lake.engine.files import ROW_GROUP, quoted, sql_types
from yinke.lake.engine.hot import HotSnapshot, all_of, any_of
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--snapshot", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rules", type=int, default=200)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.snapshot or Path(folder) / "snapshot.parquet"
        if args.snapshot is None:
            make_snapshot(path, args.customers)
        measure(path, args.threads, args.rules)


def measure(path: Path, threads: int, rules: int) -> None:
    """Ask the same kind of rule with other figures each time."""
    hot = HotSnapshot(path, threads=threads, memory="4GB")
    rng = random.Random(1)
    seconds, cpu, customers = [], [], 0
    for n in range(rules + 1):
        aum, categories, stage = rng.choice([10_000, 50_000, 500_000]), rng.randint(2, 6), rng.choice(STAGES)
        started, used = time.perf_counter(), time.process_time()
        found = hot.breakdown(
            lambda t, a=aum, c=categories, s=stage: any_of(
                all_of(t.aum >= a, t.categories >= c), t.stage == s
            ),
            columns=["aum", "categories", "stage"],
        )
        seconds.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - used))
        if n == 0:
            print(f"first answer, columns read from the file: {seconds[0]:,.0f} ms")
        customers = sum(found["customers"].to_pylist())
    p50, p95 = np.percentile(seconds[1:], [50, 95])
    print(f"{rules} rules: p50 {p50:.1f} ms, p95 {p95:.1f} ms; CPU of each {np.median(cpu[1:]):.1f} ms")
    print(f"the last rule holds {customers:,} customers in {found.num_rows:,} orgs")


if __name__ == "__main__":
    main()
