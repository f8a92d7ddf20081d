"""客户归并 at a given size: the step from scratch, then a night on which one in a hundred customers changed.

    ./run bench oneid --customers 1000000

Of the customers 0.5 % are a second number of somebody (a tenth of them written otherwise), 4 % share a phone with
another, 1 % share name, mobile and birth date without a certificate; a fifth logs in each day. Each night runs in a
process of its own; prints its seconds, its peak memory (resident) and what it found.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.common.thresholds import Thresholds
from yinke.demo.generate import numbers
from yinke.demo.generate.draws import Draws
from yinke.demo.generate.names import names
from yinke.lake.engine import open_engine
from yinke.lake.oneid import resolve_identities
from yinke.lake.sealing import seal_rows
from yinke.lake.store import Building, Lake
from yinke.lake.tables import TABLES

FIRST, SECOND = date(2026, 9, 29), date(2026, 9, 30)
PART = 100_000


def customers(draws: Draws, ids: np.ndarray, changed: bool) -> pa.Table:
    """Rows of ``customer``: a pure function of the customers' numbers."""
    twin = draws.below("twin", ids, 0.005) & (ids > 1)
    who = np.where(twin, ids - np.uint64(1), ids).astype(np.uint64)
    born = 3_000 + draws.whole("born", who, 12_000)
    female = draws.below("female", who, 0.5)
    name = [text.decode("gb18030") for text in names(draws, who, female, born).to_pylist()]
    otherwise = twin & draws.below("otherwise", ids, 0.1)
    phone = np.where(draws.below("family", ids, 0.04), np.maximum(ids, 2) - 2, who).astype(np.uint64)
    moved = (draws.below("moved", ids, 0.01) & changed).astype(np.int64)
    bare = draws.below("bare", ids, 0.01)
    cert = [text.decode() for text in numbers.certificates(draws, who, female, born).to_pylist()]
    count = len(ids)
    columns = {
        "cust_id": pa.array(ids.astype(np.int32)),
        "cust_no": [f"C{n:09d}" for n in ids],
        "name": [f"{text[0]} {text[1:]}" if other else text for text, other in zip(name, otherwise, strict=True)],
        "cert_type": ["10100"] * count,
        "cert_no": [None if none else text for text, none in zip(cert, bare, strict=True)],
        "birth_date": pa.array(born.astype(np.int32)).cast(pa.date32()),
        "mobile": [f"{n}" for n in numbers.mobiles(draws, phone, moved)],
        "open_org": ["1101"] * count, "open_date": [date(2020, 1, 1)] * count, "status": ["NORMAL"] * count,
    }  # fmt: skip
    return _filled("customer", columns, count)


def logins(draws: Draws, ids: np.ndarray, day: date) -> pa.Table:
    """Rows of ``channel_log``: a fifth of the customers, each with a device of his own or his neighbour's."""
    there = ids[draws.below(f"login{day}", ids, 0.2)]
    device = np.where(draws.below("lent", there, 0.02), there - np.uint64(1), there)
    columns = {"cust_id": pa.array(there.astype(np.int32)), "device_hash": [f"d{n}" for n in device]}
    return _filled("channel_log", columns, len(there))


def _filled(table: str, columns: dict[str, object], count: int) -> pa.Table:
    schema = TABLES[table].arrow_schema()
    return pa.table(
        [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(count, f.type) for f in schema],
        schema,
    )


def make(building: Building, count: int, changed: bool) -> None:
    """Write the two tables that the step reads."""
    draws = Draws(7)
    makers: dict[str, Callable[[np.ndarray], pa.Table]] = {
        "customer": lambda ids: customers(draws, ids, changed),
        "channel_log": lambda ids: logins(draws, ids, building.biz_date),
    }
    for name, rows in makers.items():
        with (
            building.writing(name) as path,
            pq.ParquetWriter(path, TABLES[name].arrow_schema(), compression="zstd") as file,
        ):
            for start in range(1, count + 1, PART):
                part = rows(np.arange(start, min(start + PART, count + 1), dtype=np.uint64))
                file.write_table(seal_rows(part, name, building.lake.keys))


def step(home: Path, day: date, engine: str, threads: int, memory: str) -> None:
    """In a process of its own: the step of one night."""
    lake = Lake(home)
    building = lake.build(day)
    machine = open_engine(engine, threads=threads, memory=memory, scratch=home / "building")  # type: ignore[arg-type]
    started = time.perf_counter()
    values = Thresholds.load().at(day)
    detail = resolve_identities(machine, building, lake.latest(before=day), values, (), b"bench")
    detail["seconds"] = round(time.perf_counter() - started, 1)
    building.note("oneid", detail)
    lake.publish(building)
    detail["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    del detail["rules"]
    print(json.dumps(detail))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=Path("var/bench-oneid"))
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step(given.home, date.fromisoformat(given.step), given.engine, given.threads, given.memory)
        return
    shutil.rmtree(given.home, ignore_errors=True)
    for day in (FIRST, SECOND):
        make(Lake(given.home).build(day), given.customers, day == SECOND)
        done = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--step", day.isoformat()],
                              check=True, text=True, stdout=subprocess.PIPE)  # fmt: skip
        print("from scratch" if day == FIRST else "the next night", done.stdout.strip(), flush=True)
    shutil.rmtree(given.home, ignore_errors=True)


if __name__ == "__main__":
    main()
