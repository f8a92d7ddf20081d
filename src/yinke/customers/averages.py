"""日均: averages and net changes of any business date from the sums of an earlier one.

A row of ``Metrics`` is written only when something changes; its AUM holds until then.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

CENT = Decimal("0.01")


class Sums(Protocol):
    """What the averages are counted from; ``Metrics`` is one."""

    as_of: date
    aum: Decimal
    sum_m: Decimal
    sum_q: Decimal
    sum_y: Decimal
    aum_month_start: Decimal | None
    aum_year_start: Decimal | None
    months: list[Decimal | None]


@dataclass(frozen=True)
class Averages:
    """Money in CNY. ``months``: 13 monthly averages, oldest first, this month last; None before the lake."""

    mda: Decimal
    qda: Decimal
    yda: Decimal
    net_month: Decimal | None
    net_year: Decimal | None
    months: list[Decimal | None]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _average(total: Decimal, aum: Decimal, as_of: date, first: date, biz_date: date) -> Decimal:
    """Average from ``first`` (of the period) to ``biz_date`` of what ``total`` sums up to ``as_of``."""
    if as_of < first:
        return aum
    return _cents((total + aum * (biz_date - as_of).days) / ((biz_date - first).days + 1))


def averages(row: Sums, biz_date: date) -> Averages:
    """The averages at the end of ``biz_date``, which is not before ``row.as_of``.

    >>> from types import SimpleNamespace as N
    >>> row = N(as_of=date(2026, 10, 30), aum=Decimal(300), sum_m=Decimal(3000), sum_q=Decimal(3000),
    ...         sum_y=Decimal(3000), aum_month_start=Decimal(0), aum_year_start=None, months=[None] * 12)
    >>> averages(row, date(2026, 10, 31)).mda            # (3000 + 300) / 31
    Decimal('106.45')
    >>> then = averages(row, date(2026, 11, 2))
    >>> then.mda, then.net_month, then.months[-2:]       # a new month: 300 on each day
    (Decimal('300'), Decimal('0'), [Decimal('106.45'), Decimal('300')])
    """
    month = biz_date.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    year = month.replace(month=1)
    mda = _average(row.sum_m, row.aum, row.as_of, month, biz_date)
    base_m = row.aum_month_start if row.as_of >= month else row.aum
    base_y = row.aum_year_start if row.as_of >= year else row.aum
    return Averages(
        mda=mda,
        qda=_average(row.sum_q, row.aum, row.as_of, quarter, biz_date),
        yda=_average(row.sum_y, row.aum, row.as_of, year, biz_date),
        net_month=None if base_m is None else row.aum - base_m,
        net_year=None if base_y is None else row.aum - base_y,
        months=[*reversed(_past_months(row, month)), mda],
    )


def _past_months(row: Sums, month: date) -> list[Decimal | None]:
    """The 12 monthly averages before ``month``, newest first."""
    passed = (month.year - row.as_of.year) * 12 + month.month - row.as_of.month
    if passed <= 0:
        return list(row.months)
    days = calendar.monthrange(row.as_of.year, row.as_of.month)[1]
    own = _cents((row.sum_m + row.aum * (days - row.as_of.day)) / days)
    return [*[row.aum] * (passed - 1), own, *row.months][:12]
