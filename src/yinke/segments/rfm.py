"""RFM within each granted tier: quintiles 1 (worst) to 5 (best), equal values in the same one.

R = how recent the last transaction of one's own is, F = how many in 90 days, M = the month's daily average:
for a bank value is balance, not spending. A bound of a tier is the smallest value that so many fifths of
its customers do not exceed; a score is 1 + the number of the four bounds that a value lies above.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SCORES = ("rfm_r", "rfm_f", "rfm_m")
BOUNDS = pa.schema([("tier", pa.int32()), *((f"{s}_{k}", pa.int64()) for s in SCORES for k in range(1, 5))])


def bounds(scored: pa.Table) -> pa.Table:
    """The bounds of each tier, as a table of schema ``BOUNDS``.

    Args:
        scored: ``tier`` and the values behind each score as integers (days since 1970, count, fen).

    >>> ten = pa.table({"tier": [0] * 10, **{s: list(range(10)) for s in SCORES}})
    >>> bounds(ten).select(["rfm_m_1", "rfm_m_2", "rfm_m_3", "rfm_m_4"]).to_pylist()
    [{'rfm_m_1': 1, 'rfm_m_2': 3, 'rfm_m_3': 5, 'rfm_m_4': 7}]
    """
    tier = scored["tier"].to_numpy()
    columns: dict[str, list[int]] = {field.name: [] for field in BOUNDS}
    members = {int(rank): np.flatnonzero(tier == rank) for rank in np.unique(tier)}
    for rank, rows in members.items():
        columns["tier"].append(rank)
        for score in SCORES:
            for k, bound in enumerate(_fifths(scored[score].to_numpy()[rows]), 1):
                columns[f"{score}_{k}"].append(bound)
    return pa.table(columns, schema=BOUNDS)


def _fifths(values: npt.NDArray[np.int64]) -> list[int]:
    places = [(k * len(values) + 4) // 5 - 1 for k in range(1, 5)]
    return [int(value) for value in np.partition(values, places)[places]]
