"""Lengths of time in rules, as dates. All windows end with the business date, or begin the day after it."""

from __future__ import annotations

from datetime import date, timedelta

from yinke.lake.dates import add_months, month_end, month_start, quarter_start, year_start
from yinke.segments.rules.language import Span

_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}


def span_days(span: Span) -> int:
    """At most so many days."""
    return span.n * _DAYS[span.unit]


def start_of(span: Span, today: date) -> date:
    """The day so long ago. The window "in the last 30 days" is what is later, up to today.

    >>> start_of(Span(n=1, unit="month"), date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """
    return _moved(span, today, -1)


def end_of(span: Span, today: date) -> date:
    """The day so long ahead, the last one of "within the next 7 days"."""
    return _moved(span, today, 1)


def _moved(span: Span, today: date, sign: int) -> date:
    if span.unit in ("day", "week"):
        return today + timedelta(days=sign * span_days(span))
    return add_months(today, sign * span.n * (12 if span.unit == "year" else 1))


def period(name: str, today: date) -> tuple[date, date]:
    """First and last day of this week (from Monday), month, quarter or year.

    >>> period("quarter", date(2026, 5, 4))
    (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    """
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    if name == "month":
        return month_start(today), month_end(today)
    if name == "quarter":
        return quarter_start(today), month_end(add_months(quarter_start(today), 2))
    return year_start(today), month_end(add_months(year_start(today), 11))
