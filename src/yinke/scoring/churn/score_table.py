"""What a night's scores look like: apart from how they are made, so that who reads them need not load LightGBM."""

from __future__ import annotations

import pyarrow as pa

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
