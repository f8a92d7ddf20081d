"""Live counts: 20 rules as a marketer draws them, counted over the whole bank with org, tier and stage.

    ./run bench live --customers 10000000        # a snapshot is made for it

Prints seconds of the first question (columns come from the file), then p50 and p95 of the 20 rules with other figures,
from JSON to the answer: checked, compiled, counted. CPU beside it, for other programs may be running.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rule import make_snapshot

from yinke.common.thresholds import Thresholds
from yinke.lake.engine import open_engine
from yinke.lake.store import Lake
from yinke.segments.rules.check import Around, check
from yinke.segments.rules.live import Live
from yinke.segments.rules.world import World

TODAY = date(2026, 10, 30)


def rules(rng: random.Random) -> list[dict[str, Any]]:
    """20 rules of 1 to 5 conditions."""

    def of(field: str, op: str, value: Any = None) -> dict[str, Any]:
        return {"type": "compare", "field": field, "op": op, "value": value}

    def rich() -> dict[str, Any]:
        return of(
            rng.choice(("aum", "mda")), "ge", rng.choice((10_000, 50_000, 500_000)) + rng.randint(0, 99)
        )

    def silent() -> dict[str, Any]:
        return {
            "type": "not",
            "of": of("last_txn", "in_last", {"n": rng.choice((30, 60, 90)) + rng.randint(0, 9)}),
        }

    parts = (
        rich, silent, lambda: of("tier", "in", rng.sample(range(6), 2)), lambda: of("categories", "ge", rng.randint(1, 4)),
        lambda: of("stage", "in", rng.sample(["LOST", "NEW", "MATURE", "STABLE"], 2)),
        lambda: of("mda", "lt", {"field": "aum", "times": rng.choice((0.5, 0.7)), "plus": rng.randint(0, 9)}),
    )  # fmt: skip
    found = []
    for n in range(20):
        some = [rng.choice(parts)() for _ in range(1 + n % 5)]
        found.append({"where": {"type": "any" if n % 4 == 3 else "all", "of": some}})
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        building = lake.build(TODAY)
        with building.writing("snapshot") as path:
            make_snapshot(path, args.customers)
        values = Thresholds.load().at(TODAY)
        engine = open_engine("duckdb", threads=args.threads, memory="1GB", scratch=Path(folder))
        world = World(engine, lake, lake.publish(building), values)
        started = time.perf_counter()
        live = Live(world, threads=args.threads, memory="4GB", scratch=Path(folder))
        print(f"columns in memory after {time.perf_counter() - started:.1f} s")
        seconds, cpu, rng = [], [], random.Random(1)
        for _ in range(args.rounds):
            for raw in rules(rng):
                started, used = time.perf_counter(), time.process_time()
                rule = check(raw, Around(values, TODAY)).rule
                assert rule is not None
                live.count(world, rule)
                seconds.append(1000 * (time.perf_counter() - started))
                cpu.append(1000 * (time.process_time() - used))
        p50, p95 = np.percentile(seconds, [50, 95])
        c50, c95 = np.percentile(cpu, [50, 95])
        print(
            f"{len(seconds)} counts: p50 {p50:.0f} ms, p95 {p95:.0f} ms; CPU p50 {c50:.0f} ms, p95 {c95:.0f} ms"
        )


if __name__ == "__main__":
    main()
