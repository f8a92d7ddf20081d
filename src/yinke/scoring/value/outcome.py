"""What became of customers: the contribution of the three months after an observation, and what they newly hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.label import WINDOW, ends_later
from yinke.scoring.churn.train import drawn
from yinke.scoring.learning.frame import Frame, Labels, Numbers
from yinke.scoring.value.contribution import BALANCES, standing
from yinke.scoring.value.features import frame_of, observe, place_of

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MonthEnd:
    """How everybody stood at a month's end, by ``cust_id``."""

    cust_id: Ids
    contribution: Numbers
    holds: npt.NDArray[np.bool_]
    """Customers × ``CATEGORIES``."""
    sums: npt.NDArray[np.float32]
    """Customers × ``BALANCES``, CNY."""

    def of(self, ids: Ids) -> tuple[Numbers, npt.NDArray[np.bool_], npt.NDArray[np.float32]]:
        """Contribution, categories and balances of these customers; who is not there brings and holds nothing."""
        place = np.minimum(np.searchsorted(self.cust_id, ids), max(len(self.cust_id) - 1, 0))
        there = self.cust_id[place] == ids
        return (
            np.where(there, self.contribution[place], 0.0),
            self.holds[place] & there[:, None],
            np.where(there[:, None], self.sums[place], 0).astype(np.float32),
        )


@dataclass
class Past:
    """The months of a lake, each read once, whatever models learn from them."""

    engine: Engine
    lake: Lake
    values: Mapping[str, Any]
    _ends: dict[date, MonthEnd] = field(default_factory=dict)
    _observed: dict[tuple[date, int], Observed] = field(default_factory=dict)

    def end(self, month: date) -> MonthEnd:
        """How everybody stood at the end of a month that the lake holds."""
        if month not in self._ends:
            day = self.lake.day(month)
            assert day is not None  # noqa: S101 (``observed_months`` named it)
            table = self.engine.to_arrow(standing(self.engine, day, self.values)).sort_by("cust_id")
            self._ends[month] = MonthEnd(
                table["cust_id"].to_numpy().astype(np.int64), table["contribution"].to_numpy(),
                np.column_stack([table[f"holds_{c.lower()}"].to_numpy() > 0 for c in CATEGORIES]),
                np.column_stack([table[f"sum_{name}"].to_numpy() for name in BALANCES]).astype(np.float32),
            )  # fmt: skip
        return self._ends[month]

    def observed(self, month: date, most: int) -> Observed:
        """A month's customers (of more than ``most`` about so many) and what became of them."""
        if (month, most) not in self._observed:
            self._observed[month, most] = self._observe(month, most)
        return self._observed[month, most]

    def _observe(self, month: date, most: int) -> Observed:
        day = self.lake.day(month)
        assert day is not None  # noqa: S101
        table = self.engine.to_arrow(observe(self.engine, day, self.lake, self.values)).sort_by("cust_id")
        ids = table["cust_id"].to_numpy().astype(np.int64)
        rows = np.flatnonzero(drawn(ids, most / max(len(ids), 1)))
        ids, frame = ids[rows], frame_of(table).take(rows)
        later = [self.end(ends_later(month, n)).of(ids) for n in range(1, WINDOW + 1)]
        holds = self.end(month).of(ids)[1]
        after = np.zeros_like(holds)
        sums = later[0][2]
        for n, (_, held, amounts) in enumerate(later):
            after |= held
            sums = amounts if n == 0 else np.maximum(sums, amounts)
        return Observed(
            month, ids, frame, np.column_stack([one[0] for one in later]), holds, after & ~holds, sums
        )


@dataclass(frozen=True)
class Observed:
    """A month's customers with what became of them."""

    month: date
    cust_id: Ids
    frame: Frame
    contributions: Numbers
    """Customers × the three months after, CNY a month."""
    holds: npt.NDArray[np.bool_]
    """Customers × ``CATEGORIES``: what was held."""
    new: npt.NDArray[np.bool_]
    """The same: what was not held, and is at the end of one of the three months."""
    sums: npt.NDArray[np.float32]
    """Customers × ``BALANCES``: the most that lay there at the end of one of them, CNY."""

    @property
    def now(self) -> Numbers:
        """Contribution of the month observed, CNY."""
        return np.asarray(self.frame.values[:, place_of("contribution")], np.float64)

    def later(self) -> Numbers:
        """What they brought in the three months together, CNY."""
        return np.asarray(self.contributions.sum(axis=1), np.float64)

    def candidates(self, category: int) -> Labels:
        """Who does not hold a category (its place in ``CATEGORIES``)."""
        return np.asarray(~self.holds[:, category], np.bool_)

    def __len__(self) -> int:
        return len(self.cust_id)
