"""Dates: months apart, periods, what a night must make up for when dates were skipped."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier), at most the month's last day.

    >>> add_months(date(2024, 8, 31), -6)
    datetime.date(2024, 2, 29)
    """
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_between(first: date, last: date) -> int:
    """Calendar months from ``first``'s to ``last``'s.

    >>> months_between(date(2025, 12, 31), date(2026, 1, 1))
    1
    """
    return (last.year - first.year) * 12 + last.month - first.month


def month_start(day: date) -> date:
    """First day of the month."""
    return day.replace(day=1)


def quarter_start(day: date) -> date:
    """First day of the quarter.

    >>> quarter_start(date(2026, 6, 30))
    datetime.date(2026, 4, 1)
    """
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def year_start(day: date) -> date:
    """First day of the year."""
    return day.replace(month=1, day=1)


WEEKLY_MONTHS = 3
"""For so long before its daily dates a bank that hands over its past delivers Sundays too, not month ends only."""


def delivery_dates(first: date, last: date, daily_from: date | None = None) -> list[date]:
    """The dates that a bank delivers: every calendar day, since balances stand on holidays too.

    A bank that hands over its past rarely has the balances of every day long gone: before ``daily_from`` it
    delivers the first date and month ends, and Sundays of the three months before, with all that was booked since the
    delivery before.

    >>> [d.day for d in delivery_dates(date(2026, 3, 27), date(2026, 4, 8), date(2026, 4, 7))]
    [27, 29, 31, 5, 7, 8]
    >>> len(delivery_dates(date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31)))
    25
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if daily_from is None:
        return days
    weekly_from = add_months(daily_from, -WEEKLY_MONTHS)
    return [
        day for day in days
        if day >= daily_from or day in (first, last, month_end(day)) or (day >= weekly_from and day.weekday() == 6)
    ]  # fmt: skip


def month_end(day: date) -> date:
    """Last day of the month.

    >>> month_end(date(2024, 2, 3))
    datetime.date(2024, 2, 29)
    """
    return add_months(month_start(day), 1) - timedelta(days=1)


def monday(day: date) -> date:
    """First day of the week.

    >>> monday(date(2026, 11, 25))
    datetime.date(2026, 11, 23)
    """
    return day - timedelta(days=day.weekday())
