"""Working days of the State Council's calendar, for deadlines that the law counts in them."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """Whether people work on a day; by the week alone in years whose holidays are not announced yet.

    >>> is_workday(date(2025, 10, 1)), is_workday(date(2025, 9, 28)), is_workday(date(2099, 1, 1))
    (False, True, True)
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


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
