"""What stands in PostgreSQL and not in the lake, as bits: whose tag, consent, wish or list it is."""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from yinke.segments.members.columns import Bits
from yinke.segments.rules.world import Following, Ids

WORTH = 0.05
"""Seconds of reading from which on what was read is kept; what few have is read anew each time."""
LONGEST = 24 * 3600.0
"""Seconds after which it is read anew; what has changed is known for two days (``retention.mark_changes``)."""
KEPT = 200
"""Marks kept, a bit for each customer: 1.25 MB of ten million."""
MANY = 20_000
"""So many customers are looked up again; more are read with all others."""


def bitmap(ids: npt.NDArray[np.integer]) -> BitMap:
    """Customers' numbers, in any order, as a bitmap."""
    return BitMap(array("I", np.ascontiguousarray(ids, np.uint32).tobytes()))


@dataclass(frozen=True)
class _Read:
    """Whom a mark holds of, as it stood at a ``moment`` of the database; ``at`` is this process's time."""

    bits: Bits
    moment: int
    at: float


class KeptMarks:
    """Whom marks hold of, in the whole bank: what took long to read is kept, and looked up again of whom it has changed."""

    def __init__(self, bits: Callable[[Ids], Bits]) -> None:
        """``bits``: customers as bits."""
        self._bits = bits
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Read] = OrderedDict()

    def holding(self, mark: str, following: Following) -> Bits:
        """Whom a mark holds of at this moment; nobody if the asker may not use it."""
        if not following.usable(mark):
            return self._bits(np.zeros(0, np.int32))
        with self._lock:
            kept = self._kept.get(mark)
        fresh = None
        if kept is not None and time.monotonic() - kept.at < LONGEST:
            fresh = self._again(mark, kept, following)
        if fresh is None:
            moment, start = following.follows(mark), time.monotonic()
            fresh = _Read(self._bits(following.ask(mark, None)), moment or 0, start)
            if moment is None or time.monotonic() - start < WORTH:
                return fresh.bits
        with self._lock:
            self._kept[mark] = fresh
            self._kept.move_to_end(mark)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return fresh.bits

    def _again(self, mark: str, kept: _Read, following: Following) -> _Read | None:
        changed, moment = following.since(mark, kept.moment)
        if changed is None or len(changed) > MANY:
            return None
        bits = kept.bits
        if len(changed):
            bits = bits & ~self._bits(changed) | self._bits(following.ask(mark, changed))
        return _Read(bits, moment, kept.at)
