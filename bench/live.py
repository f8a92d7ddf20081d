"""Live counts: 20 rules as a marketer draws them, counted over the whole bank with org, tier and stage.

    ./run bench live --customers 10000000        # a snapshot is made for it

Prints how long the columns take into memory, then p50 and p95 from JSON to the answer: checked, taken apart, counted;
of the 20 rules with other figures, and of three conditions with AND and OR. CPU beside it, for other programs may be
running.
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
from snapshot import make_snapshot

from yinke.common.thresholds import Thresholds
from yinke.lake.engine import open_engine
from yinke.lake.snapshot import STAGES
from yinke.lake.store import Lake
from yinke.segments.members.live import Live
from yinke.segments.rules.check import Around, check
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


def three(rng: random.Random) -> list[dict[str, Any]]:
    """20 times three conditions with AND and OR."""

    def one() -> dict[str, Any]:
        aum, stage = rng.choice([10_000, 50_000, 500_000]) + rng.randint(0, 99), rng.choice(STAGES)
        rich = [("aum", "ge", aum), ("categories", "ge", rng.randint(2, 6))]
        both = [{"type": "compare", "field": f, "op": op, "value": value} for f, op, value in rich]
        other = {"type": "compare", "field": "stage", "op": "eq", "value": stage}
        return {"where": {"type": "any", "of": [{"type": "all", "of": both}, other]}}

    return [one() for _ in range(20)]


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
        rng = random.Random(1)
        for name, draw in (("20 rules", rules), ("three conditions", three)):
            print(f"{name}: {measured(world, live, [raw for _ in range(args.rounds) for raw in draw(rng)])}")


def measured(world: World, live: Live, raws: list[dict[str, Any]]) -> str:
    """Count each rule once."""
    seconds, cpu = [], []
    for raw in raws:
        started, used = time.perf_counter(), time.process_time()
        rule = check(raw, Around(world.values, TODAY)).rule
        assert rule is not None
        live.count(world, rule)
        seconds.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - used))
    (p50, p95), (c50, c95) = (np.percentile(one, [50, 95]) for one in (seconds, cpu))
    return f"{len(raws)} counts, p50 {p50:.0f} ms, p95 {p95:.0f} ms; CPU p50 {c50:.0f} ms, p95 {c95:.0f} ms"


if __name__ == "__main__":
    main()
