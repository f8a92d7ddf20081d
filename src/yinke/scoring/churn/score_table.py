"""What a night's scores look like: apart from how they are made, so that who reads them need not load LightGBM."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

REASONS = 5
MONEY = pa.decimal128(18, 2)
SCORE = pa.schema([
    ("cust_id", pa.int32()), ("model", pa.int32()), ("probability", pa.float64()), ("band", pa.string()),
    ("aum", MONEY), ("aum_at_risk", MONEY), ("base", MONEY),
    *((f"{part}_{n}", kind) for n in range(1, REASONS + 1)
      for part, kind in (("reason", pa.string()), ("effect", pa.float64()), ("value", pa.float64()))),
])  # fmt: skip
"""``score.parquet``: one row per scored customer. ``aum_at_risk`` = probability × AUM, in CNY: what is expected to go.
``base``: average AUM of the three months so far. Reasons are features that raise the log-odds most, with by how much and
the feature's value; null where there are fewer, and for the low band, of whom nothing is feared."""
BANDS = ("HIGH", "MEDIUM", "LOW")


def without(table: pa.Table, customers: Collection[int]) -> pa.Table:
    """The rows of a table but those of some customers."""
    gone = pa.array(sorted(customers), pa.int32())
    return table.filter(pc.invert(pc.is_in(table["cust_id"].cast(pa.int32()), gone)))


def repeated(number: int, count: int) -> pa.Array:
    """The same number in every row."""
    return pa.array(np.full(count, number, np.int32))


def named(places: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pa.Array:
    """The names at places; none at -1."""
    known = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.DictionaryArray.from_arrays(known, pa.array(names, pa.string())).cast(pa.string())


def numbers(found: npt.NDArray[Any]) -> pa.Array:
    """Numbers, null for NaN."""
    return pa.array(found, mask=np.isnan(found))


def money(amounts: npt.NDArray[Any]) -> pa.Array:
    """Amounts as the lake keeps money, to the fen; NaN is not known."""
    known = ~np.isnan(amounts)
    cents = pa.array(np.rint(np.where(known, amounts, 0) * 100).astype(np.int64), mask=~known)
    hundredth = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))
    return pc.multiply(cents.cast(pa.decimal128(20, 0)), hundredth).cast(MONEY)
