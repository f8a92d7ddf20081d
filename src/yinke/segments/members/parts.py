"""One file of memberships: a row for each key with its bitmaps, in Arrow's file format, mapped into memory.

Bitmaps are roaring ones in their portable format, small by themselves and not packed again: one customer's bit is read
where it lies, without unpacking the other ten million.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pyroaring import BitMap

Column = Literal["full", "entered", "left"]
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("version", pa.int32()),
        ("customers", pa.int64()),
        ("entered_count", pa.int64()),
        ("left_count", pa.int64()),
        ("full", pa.large_binary()),
        ("entered", pa.large_binary()),
        ("left", pa.large_binary()),
    ]
)
BATCH = 32
"""Keys that are written at a time."""
SMALL = 1 << 9
"""Bytes up to which a bitmap is unpacked whole to look up one bit."""


@dataclass(frozen=True)
class Row:
    """One key on one date: the change against the key's date before and, on some dates, all members."""

    key: str
    version: int
    customers: int
    entered_count: int
    left_count: int
    full: Any
    entered: Any
    left: Any

    @classmethod
    def of(cls, key: str, version: int, now: BitMap, before: BitMap, *, full: bool) -> Row:
        """The row of a key whose members were ``before`` and are ``now``."""
        entered, left = now - before, before - now
        return cls(
            key, version, len(now), len(entered), len(left), packed(now) if full else None, packed(entered),
            packed(left),
        )  # fmt: skip


def packed(found: BitMap) -> bytes:
    """A bitmap as it is stored."""
    small = BitMap(found)
    small.run_optimize()
    return small.serialize()


class PartWriter:
    """Writes rows, in the order of their keys, to a file that appears whole at ``close`` or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.full = False
        """Whether any row holds all members."""
        self._scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._file = self._scratch.open("wb")
        self._writer = pa.ipc.new_file(self._file, SCHEMA)
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """One more row."""
        self._rows.append(row)
        self.full |= row.full is not None
        if len(self._rows) == BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = [pa.array([getattr(row, field.name) for row in self._rows], field.type) for field in SCHEMA]
        self._writer.write_batch(pa.record_batch(columns, schema=SCHEMA))
        self._rows.clear()

    def close(self) -> None:
        """Write what is left and put the file in its place."""
        if self._rows:
            self._flush()
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())  # a day's changes can't be made again once the day's tables are gone
        self._file.close()
        self._scratch.replace(self.path)

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._scratch.unlink(missing_ok=True)


class Part:
    """A file that was written, opened by mapping it; it never changes."""

    def __init__(self, path: Path) -> None:
        with pa.memory_map(str(path)) as source:
            file = pa.ipc.open_file(source)
            batches = [file.get_batch(n) for n in range(file.num_record_batches)]
        self._rows = {key: (batch, n) for batch in batches for n, key in enumerate(batch["key"].to_pylist())}
        self.keys = list(self._rows)
        self._views: dict[tuple[str, Column], Any] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def row(self, key: str) -> Row:
        """A key's row; its bitmaps as bytes in the file."""
        batch, n = self._rows[key]
        bits = (self._bytes(key, column) for column in ("full", "entered", "left"))
        return Row(key, *(batch[field.name][n].as_py() for field in list(SCHEMA)[1:5]), *bits)

    def bitmap(self, key: str, column: Column) -> BitMap | None:
        """One bitmap of a key; None where the full one is not kept."""
        data = self._bytes(key, column)
        return None if data is None else BitMap.deserialize(data)

    def has(self, key: str, column: Column) -> bool:
        """Whether the bitmap is kept."""
        return self._bytes(key, column) is not None

    def holds(self, key: str, column: Column, number: int) -> bool | None:
        """Whether a bitmap has a number in it; None where it is not kept."""
        data = self._bytes(key, column)
        return None if data is None else holds(data, number)

    def _bytes(self, key: str, column: Column) -> Any:
        place = (key, column)
        if place not in self._views:
            batch, n = self._rows[key]
            self._views[place] = _lying(batch[column], n)
        return self._views[place]


def _lying(column: pa.LargeBinaryArray, n: int) -> Any:
    """A value where it lies: Arrow's own scalar is a copy of it."""
    valid, places, data = column.buffers()
    at = column.offset + n
    if valid is not None and not memoryview(valid)[at // 8] >> at % 8 & 1:
        return None
    start, end = struct.unpack_from("<2q", places, 8 * at)
    return memoryview(data).cast("B")[start:end]


def holds(data: Any, number: int) -> bool:
    """Look up one number in a stored bitmap, touching a few of its bytes only.

    By plain bisection: for some hundred lookups at a time, a call into NumPy costs more than it finds. The format is
    https://github.com/RoaringBitmap/RoaringFormatSpec.

    >>> holds(memoryview(packed(BitMap(range(0, 900_000, 3)))), 30_003)
    True
    """
    if len(data) <= SMALL:
        return number in BitMap.deserialize(data)
    cookie, count = struct.unpack_from("<2I", data)
    runs = cookie & 0xFFFF == 12347
    if runs:
        count = (cookie >> 16) + 1
        if count < 4:  # such a bitmap does not say where its containers begin
            return number in BitMap.deserialize(data)
    at = 4 + (count + 7) // 8 if runs else 8
    high, low = number >> 16, number & 0xFFFF
    heads = _shorts(data, at, 2 * count)
    first = bisect_left(heads[::2], high)
    if first == count or heads[2 * first] != high:
        return False
    (start,) = struct.unpack_from("<I", data, at + 4 * count + 4 * first)
    if runs and data[4 + first // 8] >> first % 8 & 1:
        (size,) = struct.unpack_from("<H", data, start)
        pairs = _shorts(data, start + 2, 2 * size)
        after = bisect_right(pairs[::2], low)
        return bool(after > 0 and low <= pairs[2 * after - 2] + pairs[2 * after - 1])
    size = heads[2 * first + 1] + 1
    if size <= 4096:
        numbers = _shorts(data, start, size)
        found = bisect_left(numbers, low)
        return bool(found < size and numbers[found] == low)
    return bool(data[start + low // 8] >> low % 8 & 1)


def _shorts(data: Any, start: int, many: int) -> Any:
    return data[start : start + 2 * many].cast("H")


@lru_cache(maxsize=512)
def _opened(path: str, state: tuple[int, ...]) -> Part:
    return Part(Path(path))


def opened(path: Path) -> Part:
    """A part, opened once by this process.

    Raises:
        FileNotFoundError: it was replaced meanwhile.
    """
    status = path.stat()
    return _opened(str(path), (status.st_ino, status.st_mtime_ns, status.st_size))


def clean(folder: Path, known: set[str]) -> None:
    """Remove what a kill or a newer state left behind."""
    for path in leftovers(folder, known):
        with suppress(FileNotFoundError):
            path.unlink()


def leftovers(folder: Path, known: set[str]) -> Iterator[Path]:
    """Files of parts, or scratch files, that nothing refers to."""
    for path in list(folder.iterdir()):
        if path.suffix == ".tmp" or (path.suffix == ".arrow" and path.name not in known):
            yield path
