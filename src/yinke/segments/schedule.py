"""刷新频率: on which nights a dynamic segment's members are found anew."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

NIGHTLY, WEEKLY, MONTHLY, BY_HAND = "NIGHTLY", "WEEKLY", "MONTHLY", "BY_HAND"


def due(schedule: str, biz_date: date, found: date | None) -> bool:
    """Whether the night of a date finds the members.

    Where the feeds skip a Sunday or a month's last date, the next night does. A date on which they were found already
    is found anew by a correction. Who has never been found is always due.

    Args:
        found: the newest date up to ``biz_date`` of which members were found.

    >>> saturday = date(2026, 10, 31)
    >>> [due(one, saturday, date(2026, 10, 30)) for one in (NIGHTLY, WEEKLY, MONTHLY, BY_HAND)]
    [True, False, True, False]
    >>> [due(WEEKLY, saturday + timedelta(days=n), saturday) for n in (1, 2)]
    [True, True]
    >>> due(MONTHLY, date(2026, 11, 2), date(2026, 10, 30)), due(MONTHLY, date(2026, 11, 2), saturday)
    (True, False)
    """
    if schedule == NIGHTLY or found is None:
        return True
    if schedule == BY_HAND:
        return False
    return found == biz_date or found < last_due(schedule, biz_date)


def last_due(schedule: str, biz_date: date) -> date:
    """The newest Sunday, or last date of a month, up to a date.

    >>> last_due(WEEKLY, date(2026, 11, 1)), last_due(MONTHLY, date(2026, 11, 1))
    (datetime.date(2026, 11, 1), datetime.date(2026, 10, 31))
    """
    if schedule == WEEKLY:
        return biz_date - timedelta(days=biz_date.isoweekday() % 7)
    last = monthrange(biz_date.year, biz_date.month)[1]
    return biz_date if biz_date.day == last else biz_date.replace(day=1) - timedelta(days=1)
