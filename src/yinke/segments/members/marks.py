"""What stands in PostgreSQL and not in the lake, as bitmaps: whose tag, consent, wish or list it is."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap


def by_mark(rows: pa.Table) -> Mapping[str, BitMap]:
    """The customers of each mark.

    Args:
        rows: of ``world.MARKS``, in any order.
    """
    rows = rows.sort_by("mark")
    runs = pc.run_end_encode(rows["mark"].combine_chunks())
    ids, ends = rows["cust_id"].to_numpy(), runs.run_ends.to_pylist()
    starts = [0, *ends]
    return {
        mark: bitmap(ids[start:end])
        for mark, start, end in zip(runs.values.to_pylist(), starts, ends, strict=False)
    }


def bitmap(ids: npt.NDArray[np.integer]) -> BitMap:
    """Customers' numbers, in any order, as a bitmap."""
    return BitMap(array("I", np.ascontiguousarray(ids, np.uint32).tobytes()))
