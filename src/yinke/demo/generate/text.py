"""Columns of numbers and names → rows of GB18030 bytes, in bulk by Arrow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate.days import as_date
from yinke.demo.generate.draws import Ints

DELIMITER = b"|+|"
NO_DATE = 99_991_231
_FIRST = -15_400  # 1927


@lru_cache(maxsize=1)
def _dates() -> Ints:
    return np.array([int(f"{as_date(day):%Y%m%d}") for day in range(_FIRST, 51_500)], dtype=np.int64)


def dates(days: npt.ArrayLike) -> Ints:
    """Day numbers as YYYYMMDD; day 0 becomes 99991231, the core bank's word for none.

    >>> [int(d) for d in dates(np.array([0, 20000]))]
    [99991231, 20241004]
    """
    days = np.asarray(days).astype(np.int64)
    return np.where(days == 0, NO_DATE, _dates()[np.clip(days - _FIRST, 0, len(_dates()) - 1)])


@lru_cache(maxsize=1)
def clock() -> pa.Array:
    """HHMMSS of every second of the day."""
    return pa.array(
        [f"{s // 3600:02d}{s // 60 % 60:02d}{s % 60:02d}".encode() for s in range(86_400)], pa.binary()
    )


def decimals(values: Ints, scale: int = 2) -> pa.Array:
    """Whole numbers as decimals: fen as yuan (scale 2), millionths (scale 6).

    >>> decimals(np.array([5, -1234]))[1].as_py()
    Decimal('-12.34')
    """
    values = np.ascontiguousarray(values, dtype=np.int64)
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0] = values
    words[:, 1] = values >> 63
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(values), [None, pa.py_buffer(words)])


def some(values: Ints, mask: npt.NDArray[np.bool_]) -> pa.Array:
    """Whole numbers where ``mask`` holds, else nothing."""
    return pa.array(values, mask=~mask)


@lru_cache(maxsize=512)
def _table(words: tuple[str, ...]) -> pa.Array:
    return pa.array([word.encode("gb18030") for word in words], pa.binary())


def words(choices: tuple[str, ...], index: npt.ArrayLike) -> pa.Array:
    """One of a few words for each row."""
    return _table(choices).take(pa.array(np.asarray(index)))


def same(word: str | int, count: int) -> pa.Array:
    """The same word in each row."""
    return pa.repeat(pa.scalar(str(word).encode("gb18030"), pa.binary()), count)


def _bytes(column: Any) -> pa.Array:
    array = pa.array(column) if isinstance(column, np.ndarray) else column
    if array.type == pa.binary():
        return array
    return (array if array.type == pa.string() else array.cast(pa.string())).cast(pa.binary())


def lines(columns: list[Any]) -> memoryview:
    """Join columns to rows that end in a line feed."""
    parts = [_bytes(column) for column in columns]
    if not len(parts[0]):
        return memoryview(b"")
    joined = pc.binary_join_element_wise(
        *parts[:-1],
        pc.binary_join_element_wise(
            parts[-1], pa.scalar(b"", pa.binary()), pa.scalar(b"\n", pa.binary()), null_handling="replace", null_replacement=b""
        ),
        pa.scalar(DELIMITER, pa.binary()),
        null_handling="replace", null_replacement=b"",
    )  # fmt: skip
    offsets = np.frombuffer(joined.buffers()[1], dtype=np.int32)
    return memoryview(joined.buffers()[2])[: int(offsets[len(joined)])]
