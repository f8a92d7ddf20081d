"""What a night's scores look like: apart from how they are made, so that who reads them need not load LightGBM."""

from __future__ import annotations

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


def money(amounts: npt.NDArray[Any]) -> pa.Array:
    """Amounts as the lake keeps money, to the fen; NaN is not known."""
    known = ~np.isnan(amounts)
    cents = pa.array(np.rint(np.where(known, amounts, 0) * 100).astype(np.int64), mask=~known)
    hundredth = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))
    return pc.multiply(cents.cast(pa.decimal128(20, 0)), hundredth).cast(MONEY)
