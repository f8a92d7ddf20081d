"""Days as whole numbers since 1970-01-01, the calendar with its holidays, and the seasons of spending.

Workdays and days off are those of ``common.workdays``. Festivals by the moon come from ``common.lunar``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from yinke.common.lunar import leap_month, solar_date
from yinke.common.workdays import is_workday
from yinke.demo.generate.draws import Ints

EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """Days since 1970-01-01.

    >>> number(date(1970, 2, 1))
    31
    """
    return (day - EPOCH).days


def as_date(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(day))


def add_months(days: Ints, months: Ints) -> Ints:
    """The same day of a later (or earlier) month, or that month's last day.

    >>> [str(as_date(d)) for d in add_months(np.array([number(date(2026, 1, 31))]), np.array([1]))]
    ['2026-02-28']
    """
    stamps = days.astype("datetime64[D]")
    month = stamps.astype("datetime64[M]")
    into = (stamps - month.astype("datetime64[D]")).astype(np.int64)
    target = month + months.astype("timedelta64[M]")
    first = target.astype("datetime64[D]").astype(np.int64)
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - first
    added: Ints = first + np.minimum(into, length - 1)
    return added


@lru_cache(maxsize=64)
def _festivals(year: int) -> dict[date, str]:
    found = {
        date(year, 1, 1): "元旦", date(year, 4, 5 - (year % 4 < 2)): "清明", date(year, 5, 1): "劳动节",
        date(year, 10, 1): "国庆",
    }  # fmt: skip
    for month, day, name in (
        (1, 1, "春节"),
        (1, 15, "元宵"),
        (5, 5, "端午"),
        (8, 15, "中秋"),
        (9, 9, "重阳"),
    ):
        found.setdefault(solar_date(year, month, day), name)
    return found


def festival(day: date) -> str:
    """The festival that falls on a day, or ''.

    >>> festival(date(2026, 2, 17)), festival(date(2025, 10, 6))
    ('春节', '中秋')
    """
    return _festivals(day.year).get(day, "")


def payday(year: int, month: int, day: int) -> date:
    """When a salary due on a day of the month is paid: that day, or the last workday before it."""
    due = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    while not is_workday(due):
        due -= timedelta(days=1)
    return due


@dataclass(frozen=True)
class Today:
    """What a date means for everybody's behaviour."""

    day: int
    date: date
    workday: bool
    weekday: int
    spending: float
    """Factor on the number of payments."""
    amount: float
    """Factor on their amounts."""
    to_spring: int
    """Days until the next Spring Festival."""
    paydays: frozenset[int]
    """Nominal days of month whose salaries are paid today."""


@lru_cache(maxsize=1024)
def today(day: int) -> Today:
    """Describe a day.

    Payments: about 10 % more at weekends, double on 11.11 and 6.18 (the two shopping feasts), 40 % fewer in
    the first days of the lunar year when shops are shut, 20 % more in the fortnight before it.
    """
    when = as_date(day)
    spring = solar_date(when.year, 1, 1)
    since = (when - spring).days
    following = spring if since < 0 else solar_date(when.year + 1, 1, 1)
    ahead = (following - when).days
    spending = 1.1 if when.weekday() >= 5 else 0.97
    amount = 1.0
    if (when.month, when.day) in ((11, 11), (6, 18)):
        spending, amount = 2.0, 1.3
    elif 0 < ahead <= 14:
        spending, amount = spending * 1.2, 1.35
    elif 0 <= since < 5:
        spending, amount = 0.6, 1.5
    nominal = frozenset(
        d for d in (5, 8, 10, 15, 20, 25, 28)
        for month in (when.month, when.month % 12 + 1)
        if payday(when.year + (month < when.month), month, d) == when
    )  # fmt: skip
    return Today(day, when, is_workday(when), when.weekday(), spending, amount, ahead, nominal)


@lru_cache(maxsize=1)
def lunar_months() -> tuple[Ints, Ints, Ints]:
    """Start day, month and whether it is a leap month, for every lunar month of 1920 to 2020."""
    rows = []
    for year in range(1920, 2020):
        leap = leap_month(year)
        for month in range(1, 13):
            rows.append((number(solar_date(year, month, 1)), month, 0))
            if leap == month:
                rows.append((number(solar_date(year, month, 1, True)), month, 1))
    table = np.array(sorted(rows), dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2]


def to_lunar(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Lunar month, day and leap flag of solar days.

    >>> [int(v[0]) for v in to_lunar(np.array([number(date(1950, 2, 17))]))]
    [1, 1, 0]
    """
    starts, months, leaps = lunar_months()
    at = np.clip(np.searchsorted(starts, days, side="right") - 1, 0, len(starts) - 1)
    return months[at], days - starts[at] + 1, leaps[at]
