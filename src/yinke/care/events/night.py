"""What a detector may look at, and how it says amounts and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from yinke.lake.engine import Bound, Table
from yinke.lake.features.money import to_cny

HALF_A_CENT = 0.005
"""Money is compared as 64-bit floats, which both engines hold alike; half a cent keeps limits inclusive."""


@dataclass(frozen=True)
class Night:
    """One night as expressions: what differs from night to night is bound when they run (see ``inputs``).

    ``night["account"]`` is a table that the event type ``reads``; one that the bank does not deliver is empty.
    """

    bound: Bound
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Table:
        return self.bound[name]

    def scalar(self, name: str) -> Any:
        """A number or date of the night."""
        return self.bound.scalars[name]

    @property
    def today(self) -> Any:
        """The business date (营业日期)."""
        return self.scalar("today")

    @property
    def month(self) -> Any:
        """The business date's month as text, e.g. 2026-06."""
        return self.today.cast("string").substr(0, 7)

    def day(self, ahead: int) -> Any:
        """The date ``ahead`` days after the business date (before it if negative)."""
        return add_days(self.today, ahead)

    def people(self, *columns: str) -> Table:
        """Columns of the snapshot of those who may be contacted: not closed, deceased or frozen."""
        snapshot = self["snapshot"]
        return snapshot.filter(snapshot.status == "NORMAL").select("cust_id", *columns)

    def tiers(self) -> Table:
        """``cust_id`` and ``tier`` (granted, rank 0..5) of ``people``."""
        return self.people("tier")

    @property
    def floors(self) -> list[float]:
        """The tiers' lower limits of the monthly daily average in CNY, by rank."""
        return [float(floor) for floor in self.values["tier.floors"]]

    def cny(self, amount: Any, ccy: Any) -> Any:
        """An amount column in CNY at the day's mid rate, as float."""
        return number(to_cny(amount, ccy, self.bound))


def number(column: Any) -> Any:
    """A money column as a 64-bit float."""
    return column.cast("float64")


def at_least(left: Any, right: Any) -> Any:
    """``left >= right`` for money held as floats, the limit itself included."""
    return left >= right - HALF_A_CENT


def money(value: Any) -> Any:
    """A float in CNY as DECIMAL(18,2), rounded half up alike on both engines."""
    return ((value * 100 + 0.5).floor() / 100).cast("decimal(18,2)")


def percent(part: Any, whole: Any) -> Any:
    """``part`` of ``whole`` in whole percent (null if ``whole`` is 0)."""
    return (number(part) * 100 / number(whole).nullif(0) + 0.5).floor().cast("int32")


def days_between(earlier: Any, later: Any) -> Any:
    """Calendar days from one date to another; either may be a column or a Python date."""
    earlier = ibis.literal(earlier) if isinstance(earlier, date) else earlier
    later = ibis.literal(later) if isinstance(later, date) else later
    return later.delta(earlier, unit="day").cast("int32")


def add_days(day: Any, days: int) -> Any:
    """A date moved by some days."""
    moved = day + ibis.interval(days=days) if days >= 0 else day - ibis.interval(days=-days)
    return moved.cast("timestamp").cast("date")  # DuckDB's date + interval is a timestamp


def tail(text: Any) -> Any:
    """The last 4 characters of an account, card or contract number: all of it that may leave the lake."""
    return text.right(4)
