"""What stands in PostgreSQL and not in the lake, as bits: whose tag, consent, wish or list it is."""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from yinke.segments.members.columns import Bits

WORTH = 0.05
"""Seconds of asking from which on an answer is kept for a while; what many have takes longer, what few have is exact."""
TIMES, LONGEST = 20, 60.0
"""It is kept so many times as long as it took, and never longer than a minute."""
KEPT = 200
"""Answers kept, a bit for each customer: 1.25 MB of ten million."""


def bitmap(ids: npt.NDArray[np.integer]) -> BitMap:
    """Customers' numbers, in any order, as a bitmap."""
    return BitMap(array("I", np.ascontiguousarray(ids, np.uint32).tobytes()))


class Recent:
    """Whom marks hold of that took long to ask: a rule in the making is counted at each key, within a third of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Bits]] = OrderedDict()

    def get(self, key: Hashable) -> Bits | None:
        """What is kept and not too old."""
        with self._lock:
            until, bits = self._kept.get(key, (0.0, None))
        return bits if time.monotonic() < until else None

    def put(self, key: Hashable, bits: Bits, took: float) -> None:
        """Keep an answer if it is worth it.

        Args:
            took: seconds that it took to ask.
        """
        if took < WORTH:
            return
        with self._lock:
            self._kept[key] = time.monotonic() + min(took * TIMES, LONGEST), bits
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
