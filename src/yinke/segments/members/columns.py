"""Conditions that are one comparison of one column: compared in columns of numbers, ten times as fast as in SQL.

What is not one (a birthday, a text within a text, one field against another) stays with the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.segments.rules.compile import months_ago, turned
from yinke.segments.rules.fields import Field, fields, tables, typed
from yinke.segments.rules.language import Behaviour, Compare, Other, Span
from yinke.segments.rules.timing import end_of, period, start_of
from yinke.segments.rules.world import World

Bits: TypeAlias = npt.NDArray[np.uint8]
"""Eight customers a byte, the lowest number in the lowest bit, as roaring bitmaps have it."""
Kind = Literal["number", "text", "bool"]
SCALES = {None: 1, "CNY": 1, "WAN": 10_000, "YI": 100_000_000}
SUM_PLACES = 6
"""Decimal places of a sum of money in CNY (``rules/gather.py``)."""
STEP = 1 << 17
_MOST = 2**63 - 1
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Test:
    """What a column's value must be. Money is compared in cents, a date in days since 1970.

    ``low`` and ``high``: the bounds, included; ``among``: the values, or texts, of which it must be one, or none
    (``out``). ``known``: only whether there is a value at all.
    """

    kind: Kind
    low: int | None = None
    high: int | None = None
    among: frozenset[Any] | None = None
    out: bool = False
    known: bool | None = None


def test_of(asked: Compare, today: date, world: World) -> tuple[str, str, Test] | None:
    """Of which table's column a field is asked, and the test of it; None where it takes more than that."""
    known = fields()[asked.field]
    if asked.field in ("age", "tenure_months"):
        test, column = full_test(asked, today), "birth_date" if asked.field == "age" else "open_date"
        return ("snapshot", column, test) if test else None
    if known.source == "own" or isinstance(asked.value, Other):
        return None
    found = _test(known, asked, today, world)
    return (known.source, known.name, found) if found else None


def full_test(asked: Compare, today: date) -> Test | None:
    """Full years or months, asked of the day on which they began."""
    by = {"age": turned, "tenure_months": months_ago}[asked.field]

    def high(n: int) -> int:
        day = by(today, n)
        return -_MOST + 1 if day is None else days_since_1970(day)

    def asked_for() -> list[int]:
        return [int(typed("int", one)) for one in _list(asked.value)]

    tests: dict[str, Callable[[], Test]] = {
        "is_known": lambda: Test("number", known=True),
        "is_unknown": lambda: Test("number", known=False),
        "ge": lambda: Test("number", high=high(asked_for()[0])),
        "gt": lambda: Test("number", high=high(asked_for()[0] + 1)),
        "lt": lambda: Test("number", low=high(asked_for()[0]) + 1),
        "le": lambda: Test("number", low=high(asked_for()[0] + 1) + 1),
        "eq": lambda: Test("number", low=high(asked_for()[0] + 1) + 1, high=high(asked_for()[0])),
        "between": lambda: Test("number", low=high(asked_for()[1] + 1) + 1, high=high(asked_for()[0])),
    }
    return tests[asked.op]() if asked.op in tests else None


def _test(known: Field, asked: Compare, today: date, world: World) -> Test | None:
    if asked.op in ("is_known", "is_unknown"):
        return Test("text" if _is_text(known) else "number", known=asked.op == "is_known")
    if known.kind == "bool":
        return Test("bool", among=frozenset([asked.op == "is_true"]))
    if _is_text(known):
        return _text_test(asked, world)
    if known.kind in ("money", "int", "date"):
        return _number_test(known.kind, asked.op, asked.value, today, SCALES[asked.unit])
    return None


def count_test(asked: Behaviour, today: date) -> Test | None:
    """The test of what a behaviour counts or sums; None if it takes the greatest or least."""
    if asked.measure in ("count", "days"):
        return _number_test("int", asked.op, asked.value, today, 1)
    if asked.measure == "sum" and asked.column:
        kind = tables()[asked.table].columns[asked.column].kind
        if kind == "money":
            return _number_test("money", asked.op, asked.value, today, 10**SUM_PLACES // 100)
        return _number_test(kind, asked.op, asked.value, today, 1) if kind == "int" else None
    return None


@dataclass(frozen=True)
class Versus:
    """A column against another of its kind: ``op`` of 100 times the one and ``times`` × the other + ``plus``.

    Whole numbers all: ``times`` in hundredths, ``plus`` in hundredths of what the columns count in (cents, or ones).
    """

    op: str
    times: int
    plus: int


def versus_of(asked: Compare) -> tuple[Field, Field, Versus] | None:
    """The fields of a comparison with another field, and how they compare; None if it is none."""
    known = fields()[asked.field]
    if not isinstance(asked.value, Other) or known.source == "own":
        return None
    unit = 100 if known.kind == "money" else 1
    times, plus = (Decimal(str(one)) for one in (asked.value.times, asked.value.plus))
    return known, fields()[asked.value.field], Versus(asked.op, int(times * 100), int(plus * 100 * unit))


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal,
}  # fmt: skip


def _is_text(known: Field) -> bool:
    return known.kind in ("text", "org")


def _text_test(asked: Compare, world: World) -> Test | None:
    values = frozenset(str(one) for one in _list(asked.value))
    if asked.op == "under":
        below = (org for org, path in world.orgs.items() if values & set(path))
        return Test("text", among=frozenset(below))
    if asked.op in ("eq", "in", "ne", "not_in"):
        return Test("text", among=values, out=asked.op in ("ne", "not_in"))
    return None


def _number_test(kind: str, op: str, value: Any, today: date, scale: int) -> Test | None:
    if isinstance(value, Span):
        if op == "in_next":
            return Test("number", days_since_1970(today) + 1, days_since_1970(end_of(value, today)))
        start = days_since_1970(start_of(value, today))
        return (
            Test("number", high=start)
            if op == "more_than_ago"
            else Test("number", start + 1, days_since_1970(today))
        )
    if op == "in_this":
        first, last = period(str(value), today)
        return Test("number", days_since_1970(first), days_since_1970(last))
    values = [_number(kind, one, scale) for one in _list(value)]
    if op in ("eq", "in", "ne", "not_in"):
        return Test("number", among=frozenset(values), out=op in ("ne", "not_in"))
    bounds: dict[str, Callable[[], Test]] = {
        "ge": lambda: Test("number", low=values[0]),
        "gt": lambda: Test("number", low=values[0] + 1),
        "le": lambda: Test("number", high=values[0]),
        "lt": lambda: Test("number", high=values[0] - 1),
        "between": lambda: Test("number", values[0], values[1]),
    }
    return bounds[op]() if op in bounds else None


def _number(kind: str, raw: Any, scale: int) -> int:
    found = typed(kind, raw)
    if kind == "date":
        return days_since_1970(found)
    number = int(Decimal(found) * scale * 100) if kind == "money" else int(found)
    return max(-_MOST + 1, min(_MOST - 1, number))


def days_since_1970(day: date) -> int:
    """A date as columns have it."""
    return (day - _EPOCH) // timedelta(days=1)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Column:
    """One column of the customers of a slice, a place for each number there may be.

    Args:
        values: of the customers that there are, in the order of ``places``.
        places: where each one stands.
        size: how many places there are, a multiple of 8.
        known: of whom there is a value, where no value is null: also of others, whose value then is 0.
    """

    def __init__(self, values: pa.Array, places: npt.NDArray[np.int64], size: int, known: Bits) -> None:
        self._size, self._places = size, places
        self.valid = known
        if values.null_count:
            self.valid = _packed(self._spread(values.is_valid().to_numpy(zero_copy_only=False), False))
        self._words: list[Any] = []
        if pa.types.is_string(values.type):
            coded = values.dictionary_encode()
            self._words = coded.dictionary.to_pylist()
            values = coded.indices.cast(pa.int16()) if len(self._words) < 2**15 else coded.indices
        self._values = self._spread(numbers(values), 0)

    def _spread(self, values: npt.NDArray[Any], nothing: Any) -> npt.NDArray[Any]:
        if len(values) == self._size:
            return values
        found = np.full(self._size, nothing, values.dtype)
        first = int(self._places[0]) if len(self._places) else 0
        if len(values) and int(self._places[-1]) - first + 1 == len(values):
            found[first : first + len(values)] = values
        else:
            found[self._places] = values
        return found

    def known(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether there is a value, of some places."""
        return np.asarray(self.valid[places >> 3] >> (places & 7) & 1, bool)

    def numbers(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The values of some places: cents, days."""
        return np.asarray(self._values[places], np.int64)

    def at(self, places: npt.NDArray[np.int64]) -> pa.Array:
        """The values of some places: texts, or whole numbers."""
        found = pa.array(self._values[places])
        return pa.array(self._words, pa.string()).take(found) if self._words else found

    def coded(self) -> tuple[npt.NDArray[np.int32], list[Any]]:
        """A number for each place, and what the numbers stand for; the number behind the last stands for nothing."""
        if self._words:
            codes, values = self._values.astype(np.int32), self._words
        else:
            found = pa.array(self._values).dictionary_encode()
            codes, values = found.indices.to_numpy().astype(np.int32), found.dictionary.to_pylist()
        known = np.unpackbits(self.valid, bitorder="little")[: self._size]
        return np.where(known, codes, len(values)).astype(np.int32), values

    def holds(self, test: Test, there: Bits) -> Bits:
        """Of whom the test is true."""
        if test.known is not None:
            return self.valid if test.known else there & ~self.valid
        return _packed(self._compared(test)) & self.valid

    def versus(self, other: Column, test: Versus) -> Bits:
        """Of whom the comparison with the other column is true."""
        most = max(100 * self._largest, abs(test.times) * other._largest + abs(test.plus))
        kind = np.int64 if most <= _MOST else object  # slow, and never wrong
        found = np.empty(self._size, bool)
        for start in range(0, self._size, STEP):  # so many at a time stay near the processor
            some = slice(start, start + STEP)
            theirs = other._values[some].astype(kind) * test.times + test.plus
            found[some] = _OPERATORS[test.op](self._values[some].astype(kind) * 100, theirs)
        return _packed(found) & self.valid & other.valid

    @cached_property
    def _largest(self) -> int:
        return max(int(self._values.max()), -int(self._values.min()))

    def _compared(self, test: Test) -> npt.NDArray[np.bool_]:
        values = self._values
        if test.kind == "text":
            fits = np.array([(word in (test.among or ())) != test.out for word in self._words], bool)
            return fits[values] if len(fits) else np.zeros(self._size, bool)
        if test.among is not None:
            found = np.zeros(self._size, bool)
            kind = np.iinfo(values.dtype)
            for one in test.among:
                if kind.min <= int(one) <= kind.max:
                    found |= values == int(one)
            return ~found if test.out else found
        return _within(values, test.low, test.high)


def _within(values: npt.NDArray[np.integer[Any]], low: int | None, high: int | None) -> npt.NDArray[np.bool_]:
    kind = np.iinfo(values.dtype)
    if (low is not None and low > kind.max) or (high is not None and high < kind.min):
        return np.zeros(len(values), bool)
    found = None
    if low is not None and low > kind.min:
        found = values >= low
    if high is not None and high < kind.max:
        found = values <= high if found is None else found & (values <= high)
    return np.ones(len(values), bool) if found is None else found


def _packed(found: npt.NDArray[np.bool_]) -> Bits:
    return np.packbits(found, bitorder="little")


def numbers(values: pa.Array) -> npt.NDArray[Any]:
    """The values as whole numbers: cents, days; what is not known as anything."""
    kind = values.type
    if pa.types.is_null(kind):
        return np.zeros(len(values), np.int8)
    if pa.types.is_timestamp(kind):
        values = pc.floor_temporal(values, unit="day").cast(pa.date32())
    if pa.types.is_boolean(kind):
        return np.asarray(values.fill_null(False).to_numpy(zero_copy_only=False), np.int8)
    if pa.types.is_decimal(kind):
        if kind.scale not in (2, SUM_PLACES):
            raise TypeError(kind)
        pairs = np.frombuffer(values.buffers()[1], np.int64)[2 * values.offset :][: 2 * len(values)]
        low, high = np.ascontiguousarray(pairs[::2]), pairs[1::2]
        if kind.precision > 18 and np.any(high != low >> 63):  # beyond 18 digits: as great as there is
            low = np.where(high == low >> 63, low, np.where(high < 0, -_MOST, _MOST))
        if values.null_count:
            low[~values.is_valid().to_numpy(zero_copy_only=False)] = 0
        return low
    if pa.types.is_date(values.type):
        values = values.cast(pa.int32())
    return np.asarray(values.fill_null(0).to_numpy(zero_copy_only=False))
