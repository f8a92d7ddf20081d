"""What a night's values and proposals look like: apart from how they are made, so that who reads them need not load LightGBM."""

from __future__ import annotations

import pyarrow as pa

from yinke.scoring.churn.score_table import MONEY

PROPOSALS, REASONS = 3, 3
_INT = pa.int32()


def _proposal(n: int) -> list[tuple[str, pa.DataType]]:
    why = [
        (f"{part}_{n}_{k}", kind)
        for k in range(1, REASONS + 1)
        for part, kind in (("reason", pa.string()), ("value", pa.float64()))
    ]
    return [(f"product_{n}", pa.string()), (f"probability_{n}", pa.float64()), (f"worth_{n}", MONEY), *why]


VALUE = pa.schema([
    ("cust_id", _INT), ("contribution", MONEY), ("model", _INT), ("expected", MONEY), ("low", MONEY), ("high", MONEY),
    ("product_model", _INT), ("up_to", _INT), ("barred", pa.string()),
    *(column for n in range(1, PROPOSALS + 1) for column in _proposal(n)),
])  # fmt: skip
"""``value.parquet``: one row per customer whose status is normal and who does not object to being profiled.

``contribution``: CNY of a month. ``expected``, ``low``, ``high``: CNY of the next twelve months and the span that holds it with
80 %; null without a released value model (``model``). ``product_n``: the n-th proposal, its probability to be newly held within
three months, what it is worth in a year (CNY) and the features that raise the log-odds most, with their values. ``up_to``: the
highest risk level, 1 to 5, that may be proposed; ``barred``: categories that suitability forbids, as ``suitability.told``.
"""
