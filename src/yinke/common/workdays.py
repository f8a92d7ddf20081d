"""工作日: the days on which a bank's offices work, with the State Council's holidays and make-up Saturdays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from yinke.common.lunar import solar_date


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether offices work; for years not yet decreed: no weekends, no week of 春节 nor of 国庆.

    >>> is_workday(date(2026, 10, 1)), is_workday(date(2026, 10, 10)), is_workday(date(2199, 10, 1))
    (False, True, False)
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        if day.weekday() >= 5 or date(day.year, 10, 1) <= day < date(day.year, 10, 8):
            return False
        try:
            spring = solar_date(day.year, 1, 1)
        except ValueError:  # beyond the lunar tables
            return True
        return not spring - timedelta(days=1) <= day < spring + timedelta(days=7)


def next_workday(day: date) -> date:
    """The first working day after ``day``.

    >>> next_workday(date(2026, 9, 30))
    datetime.date(2026, 10, 8)
    """
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def add_workdays(day: date, number: int) -> date:
    """The ``number``-th working day after a day (the day itself does not count).

    >>> add_workdays(date(2025, 9, 30), 1), add_workdays(date(2025, 9, 30), 0)
    (datetime.date(2025, 10, 9), datetime.date(2025, 9, 30))
    """
    while number > 0:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def workdays_between(first: date, last: date) -> int:
    """Working days after ``first`` up to ``last``; negative if ``last`` lies before.

    >>> workdays_between(date(2025, 9, 30), date(2025, 10, 9)), workdays_between(date(2025, 10, 9), date(2025, 9, 30))
    (1, -1)
    """
    if last < first:
        return -workdays_between(last, first)
    return sum(is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
