"""Runs nights in a process of their own that is killed (SIGKILL) at a chosen point, and compares what is left."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from yinke.lake.keys import keys_of

Nights = Callable[[Path, tuple[date, ...]], None]
"""Runs some business dates of a bank's folder to the end; must go on where an earlier process stopped."""

PRELOAD = [
    "__main__",
    "pytest",
    "tests.lake.killing",
    "tests.lake.test_kill",
    "tests.nightly.test_kill_night",
]
WATCHED = ("replace", "rename", "link", "symlink", "unlink", "mkdir", "chmod")


def _count_and_kill(at: int) -> Callable[[], int]:
    """Die just before or just after the ``at``-th step that touches the disk or the database; 0: never."""
    import duckdb

    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **options: Any) -> Any:
            step()
            result = work(*args, **options)
            step()
            return result

        return inner

    for name in WATCHED:
        setattr(os, name, watched(getattr(os, name)))
    connection: Any = duckdb.DuckDBPyConnection
    connection.execute = watched(connection.execute)
    return lambda: count


def _child(nights: Nights, folder: Path, days: tuple[date, ...], at: int) -> None:
    total = _count_and_kill(at)
    nights(folder, days)
    (folder / "steps.txt").write_text(str(total()), "utf-8")


class Killer:
    """Starts processes quickly: they are forked from one that has imported everything already."""

    def __init__(self, nights: Nights) -> None:
        self.nights = nights
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOAD)  # one server serves all of a test run

    def run(self, folder: Path, days: tuple[date, ...], *, at: int = 0, after: float | None = None) -> bool:
        """Run the nights; die at a step or after some seconds. Returns whether they came to their end."""
        process = self.context.Process(target=_child, args=(self.nights, folder, days, at))
        process.start()
        if after is not None:
            time.sleep(after)
            process.kill()
        process.join(300)
        assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
        return process.exitcode == 0

    def steps(self, folder: Path) -> int:
        """How many steps the last whole run in a folder took."""
        return int((folder / "steps.txt").read_text("utf-8"))


def state(lake: Path) -> dict[str, str]:
    """Everything that a lake holds: hash of each file (of a sealed one its plain bytes), target of each link."""
    found, keys = {}, keys_of(lake)
    for path in sorted(lake.rglob("*")):
        name = str(path.relative_to(lake))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif (
            name.startswith("raw/")
            and (path.parent / "copy.json").exists()
            and path.stat().st_mode & 0o222 == 0
        ):
            with keys.opened_file(path) as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
        elif path.is_file() and name != "keys.json":
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
