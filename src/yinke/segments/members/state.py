"""Which files of memberships are valid: one small list, replaced by one rename, so that a change of many is one."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from yinke.segments.members.parts import Part, clean, opened

FILE = "members.json"


@dataclass(frozen=True)
class Listed:
    """A file that is valid. ``number`` grows with each one written; ``full``: some key's members are all in it."""

    name: str
    number: int
    full: bool


@dataclass(frozen=True)
class Entry:
    """Where a key's row of a date lies."""

    biz_date: date
    part: Part


@dataclass(frozen=True)
class State:
    """The valid files by date, a later one over an earlier; and which keys were dropped, up to which number."""

    root: Path
    number: int = 0
    dates: dict[date, tuple[Listed, ...]] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def part(self, listed: Listed) -> Part:
        """A file, opened."""
        return opened(self.root / listed.name)

    def find(self, key: str, on: date) -> Part | None:
        """The part that holds a key's row of a date."""
        after = self.dropped.get(key, 0)
        for listed in reversed(self.dates.get(on, ())):
            if listed.number > after and key in (part := self.part(listed)):
                return part
        return None

    def walk(self, key: str) -> Iterator[Entry]:
        """A key's rows, newest first."""
        for on in sorted(self.dates, reverse=True):
            part = self.find(key, on)
            if part is not None:
                yield Entry(on, part)

    @cached_property
    def newest(self) -> dict[str, Entry]:
        """Each key's newest row, sorted by key."""
        found: dict[str, Entry] = {}
        for on in sorted(self.dates):
            found |= {key: Entry(on, part) for key, part in self.keys(on).items()}
        return dict(sorted(found.items()))

    def keys(self, on: date) -> dict[str, Part]:
        """Keys with a row of just this date, sorted, each with its part."""
        found: dict[str, Part] = {}
        for listed in self.dates.get(on, ()):
            part = self.part(listed)
            found |= {key: part for key in part.keys if listed.number > self.dropped.get(key, 0)}
        return dict(sorted(found.items()))

    def with_parts(self, more: dict[date, tuple[Listed, ...]]) -> State:
        """The state with other files for some dates; a date without files goes."""
        dates = {on: parts for on, parts in (self.dates | more).items() if parts}
        number = max((one.number for parts in more.values() for one in parts), default=self.number)
        return replace(self, dates=dates, number=max(number, self.number))


_known: dict[Path, tuple[tuple[int, int], State]] = {}


def read(root: Path) -> State:
    """The valid state; read again when another process changed it."""
    path = root / FILE
    try:
        status = path.stat()
    except FileNotFoundError:
        return State(root)
    stamp = (status.st_ino, status.st_mtime_ns)
    known = _known.get(root)
    if known is None or known[0] != stamp:
        known = _known[root] = (stamp, _parsed(root, json.loads(path.read_text("utf-8"))))
    return known[1]


def _parsed(root: Path, body: dict[str, Any]) -> State:
    dates = {
        date.fromisoformat(on): tuple(Listed(**one) for one in parts) for on, parts in body["dates"].items()
    }
    return State(root, int(body["number"]), dates, {key: int(n) for key, n in body["dropped"].items()})


def commit(state: State) -> None:
    """Make a state the valid one and remove the files that it no longer names."""
    used = {one.number for parts in state.dates.values() for one in parts}
    dropped = {key: n for key, n in state.dropped.items() if any(number <= n for number in used)}
    body = {
        "number": state.number,
        "dates": {f"{on}": [vars(one) for one in parts] for on, parts in sorted(state.dates.items())},
        "dropped": dropped,
    }
    scratch = state.root / f".{FILE}.{os.getpid()}.tmp"
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(body, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(state.root / FILE)
    clean(state.root, {one.name for parts in state.dates.values() for one in parts})


@contextmanager
def writing(root: Path) -> Iterator[State]:
    """The state for one writer at a time, of whatever process; others wait."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read(root)
