"""日均: calendar-day sums and averages, carried from night to night.

Balances stand on every calendar day: where nights are skipped, the days between count the last balance.
The sum of a period starts with its first day; its average divides by the calendar days so far, also for
customers who came later. On the lake's first day the days before it are not known: they count with that
day's AUM from the customer's opening on, since zeros would halve every first average.

``rows`` everywhere has today's ``aum`` and the day before's columns as ``was_<name>``, null for those who
were not there. The scalars are explained in ``night``.
"""

from __future__ import annotations

from typing import Any

import ibis

from yinke.lake.engine import Bound
from yinke.lake.features.money import MONEY, average


def sums(rows: Any, b: Bound, *, first_day: bool) -> dict[str, Any]:
    """``sum_m``, ``sum_q``, ``sum_y`` and their averages ``mda``, ``qda``, ``yda``."""
    s, columns = b.scalars, {}
    for key in ("m", "q", "y"):
        if first_day:
            known_from = ibis.least(ibis.greatest(rows.open_date, s[f"start_{key}"]), s["today"])
            summed = rows.aum * s["tomorrow"].delta(known_from, unit="day").cast("int32")
        else:
            summed = (
                rows.aum
                + rows.was_aum.fill_null(0) * s[f"between_{key}"]
                + rows[f"was_sum_{key}"].fill_null(0) * s[f"same_{key}"]
            )
        columns[f"sum_{key}"] = summed.cast(MONEY)
        columns[f"{key}da"] = average(summed, s[f"days_{key}"])
    return columns


def marks(rows: Any, b: Bound, passed: int, *, first_day: bool) -> dict[str, Any]:
    """What moves on when a month or a year is over: ``mda_m1`` ..., ``base_peak``, the AUM at its end.

    Months before the lake's first are null, while a customer who was not there yet counts zero.

    Args:
        passed: calendar months that ended since the day before.
    """
    s, nothing = b.scalars, ibis.null(MONEY)
    if first_day:
        names = (*(f"mda_m{n}" for n in range(1, 13)), "aum_month_start", "aum_year_start", "base_peak")
        return dict.fromkeys(names, nothing)
    months = [rows[f"was_mda_m{n}"] for n in range(1, 13)]
    if passed:
        full = rows.was_sum_m.fill_null(0) + rows.was_aum.fill_null(0) * s["rest_of_month"]
        months = [*[rows.was_aum] * (passed - 1), average(full, s["days_of_month"]), *months]
    known = s["months_known"]
    months = [ibis.ifelse(known >= n, month.fill_null(0), nothing) for n, month in enumerate(months, 1)]
    columns: dict[str, Any] = {f"mda_m{n}": month.cast(MONEY) for n, month in enumerate(months[:12], 1)}
    # The month just over is m−1 now, so months 3 to 12 before it are the 4th to the 13th. Who came after them held nothing.
    peak = ibis.greatest(*months[3:13]) if passed else rows.was_base_peak
    columns["base_peak"] = ibis.ifelse(known >= 4, peak.fill_null(0), nothing).cast(MONEY)
    for name, key in (("aum_month_start", "m"), ("aum_year_start", "y")):
        mark = ibis.ifelse(s[f"same_{key}"] == 1, rows[f"was_{name}"], rows.was_aum)
        columns[name] = ibis.ifelse(s[f"known_{key}"] == 1, mark.fill_null(0), nothing)
    return columns


def counts(rows: Any, name: str, months: int, today: Any, passed: int) -> dict[str, Any]:
    """Monthly counts ``<name>_m0`` ... ``_m<months>`` after a day that adds ``today`` to this month's."""
    before = [*[None] * passed, *(rows[f"was_{name}_m{n}"] for n in range(months + 1))]
    values = [ibis.literal(0) if value is None else value.fill_null(0) for value in before[: months + 1]]
    values[0] = values[0] + today.fill_null(0)
    return {f"{name}_m{n}": value for n, value in enumerate(values)}
