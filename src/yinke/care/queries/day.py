"""The day that the pages are on: the work day that follows the last business date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from yinke.customers.queries import business_date

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Today:
    """Two clocks: the data's and the wall's. They agree unless a night is late or the bank is one of the past.

    >>> late = Today(date(2026, 10, 30), date(2026, 11, 2))
    >>> late.workday, late.promises
    (datetime.date(2026, 10, 31), datetime.date(2026, 11, 2))
    """

    biz_date: date | None
    """数据截至: the last business date in PostgreSQL; None before the first night."""
    wall: date
    """The calendar day in Shanghai."""

    @property
    def workday(self) -> date:
        """The day whose list the last night made: due dates are judged by it."""
        return self.biz_date + timedelta(days=1) if self.biz_date else self.wall

    @property
    def promises(self) -> date:
        """The day up to which promised dates have come: a late night must not hide today's appointment."""
        return max(self.workday, self.wall)

    @property
    def morning(self) -> datetime:
        """Start of the calendar day, as an instant."""
        return datetime.combine(self.wall, time(), SHANGHAI)


def today(biz_date: date | None = None) -> Today:
    """Both clocks now; ``biz_date`` spares the question to who has just asked it."""
    return Today(biz_date or business_date(), timezone.now().astimezone(SHANGHAI).date())
