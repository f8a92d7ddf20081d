"""One night at a given size: the demo bank's files of two days, the first loaded, the second measured.

    ./run bench night --customers 1000000

The second day is a month's and quarter's end on a workday: the heaviest kind. Prints rows, seconds per step
and the peak memory of all processes (the night's and PostgreSQL's, proportional set size).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import psutil

FIRST, SECOND = date(2026, 9, 29), date(2026, 9, 30)


def family(process: subprocess.Popen[str], home: str) -> list[psutil.Process]:
    """A process, the PostgreSQL server that it started under ``home``, and the children of both."""
    roots = [psutil.Process(process.pid)]
    roots += [p for p in psutil.process_iter(["cmdline"]) if any(home in part for part in p.info["cmdline"] or [])
              and p.name() == "postgres"]  # fmt: skip
    return list({one for root in roots for one in [root, *root.children(recursive=True)]})


def peak_of(process: subprocess.Popen[str], home: str, seen: list[int]) -> None:
    """Sample the proportional memory of a night's processes until it ends."""
    while process.poll() is None:
        with suppress(psutil.Error):  # one ended meanwhile
            seen.append(sum(one.memory_full_info().pss for one in family(process, home)))
        time.sleep(0.5)


def measured(arguments: list[str], env: dict[str, str]) -> tuple[str, float, float]:
    """Run a command; return its output, its seconds and its peak memory in GB."""
    started = time.perf_counter()
    process = subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, text=True)
    seen: list[int] = [0]
    watcher = threading.Thread(target=peak_of, args=(process, env["YINKE_HOME"], seen))
    watcher.start()
    output, _ = process.communicate()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}")
    return output, time.perf_counter() - started, max(seen) / 1e9


def run_one(day: date) -> None:
    """In a process of its own: one night, its outcome printed as JSON."""
    from yinke.cli import start_django

    start_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from yinke.nightly.pipeline import run_night
    from yinke.nightly.wiring import open_bench

    outcome = run_night(open_bench(), day)
    if outcome.status != "SUCCEEDED":
        sys.exit(f"{outcome.status}: {outcome.place} {outcome.message}")
    print(json.dumps({"rows": outcome.rows, "quarantined": outcome.quarantined, "tasks": outcome.tasks,
                      "events": sum(outcome.events.values()), "seconds": outcome.seconds}))  # fmt: skip


def main() -> None:
    """Generate, load the first day, measure the second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="where it works (default var/bench/<customers>)")
    parser.add_argument("--memory", default="4GB", help="DuckDB's share")
    parser.add_argument("--keep", action="store_true", help="leave the data for bench/api.py")
    parser.add_argument("--night", type=date.fromisoformat, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.night:
        run_one(arguments.night)
        return
    home = (arguments.home or Path("var/bench") / str(arguments.customers)).absolute()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    env = {**os.environ, "YINKE_HOME": str(home), "YINKE_MEMORY": arguments.memory}
    for name in ("YINKE_LAKE", "YINKE_INBOX", "DATABASE_URL"):
        env.pop(name, None)
    generate = [sys.executable, "-m", "yinke.cli", "generate", "--customers", str(arguments.customers), "--start",
                f"{FIRST}", "--end", f"{SECOND}", "--payments", "2.5", "--seed", "1", "--out", str(home / "inbox")]  # fmt: skip
    _, seconds, memory = measured(generate, env)
    print(f"generate 2 days: {seconds:.1f} s, {memory:.1f} GB")
    night = [sys.executable, __file__, "--night"]
    for day, what in ((FIRST, "first load"), (SECOND, "measured night")):
        output, seconds, memory = measured([*night, f"{day}"], env)
        facts = json.loads(output.splitlines()[-1])
        steps = "  ".join(f"{name} {value:.1f}" for name, value in facts["seconds"].items())
        print(f"{what} {day}: {seconds:.1f} s in all, {memory:.1f} GB; rows {facts['rows']:,}, "
              f"events {facts['events']:,}, tasks {facts['tasks']:,}\n  {steps}")  # fmt: skip
    if not arguments.keep:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
