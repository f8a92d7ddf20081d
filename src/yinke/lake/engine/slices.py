"""Slices: a range of ``cust_id`` at a time, so that memory does not grow with the bank.

All big tables are sorted by ``cust_id``, which is dense: a range is a few row groups of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from yinke.lake.engine.plans import Bound

if TYPE_CHECKING:
    from yinke.lake.engine import Engine


@dataclass(frozen=True)
class Slice:
    """Customers ``low <= cust_id < high``; no bounds at all means everybody."""

    low: int | None = None
    high: int | None = None

    def scalars(self) -> dict[str, int]:
        """The bounds as scalars of a plan, ``low`` and ``high``."""
        return {
            "low": -(2**31) if self.low is None else self.low,
            "high": 2**31 - 1 if self.high is None else self.high,
        }

    @staticmethod
    def bound(table: Any, b: Bound) -> Any:
        """In a plan: the slice's rows of ``table``, if it has customers at all."""
        if "cust_id" not in table.columns:
            return table
        return table.filter((table.cust_id >= b.scalars["low"]) & (table.cust_id < b.scalars["high"]))


def slices(engine: Engine, customers: Path) -> list[Slice]:
    """Cut the customers of a table sorted by ``cust_id`` into slices as the engine likes them.

    The first has no lower and the last no upper bound, so together they always hold everybody.
    """
    size = engine.slice_customers
    with pq.ParquetFile(customers) as file:
        meta = file.metadata
        if size is None or meta.num_rows <= size * 3 // 2:
            return [Slice()]
        column = file.schema_arrow.names.index("cust_id")
        newest = meta.row_group(meta.num_row_groups - 1).column(column).statistics.max
        oldest = meta.row_group(0).column(column).statistics.min
        step = (newest - oldest + 1) * size // meta.num_rows + 1
    cuts = [*range(oldest + step, newest + 1, step)]
    return [Slice(low, high) for low, high in zip([None, *cuts], [*cuts, None], strict=True)]
