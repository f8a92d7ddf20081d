"""What a detector may look at: the day's tables, the day before, and the thresholds in force."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import ibis
import pyarrow.parquet as pq

from yinke.lake.engine import Engine, Table
from yinke.lake.store import Building, Day, Lake

HALF_A_CENT = 0.005
"""Money is compared as 64-bit floats, which both engines hold alike; half a cent keeps limits inclusive."""


@dataclass(frozen=True)
class Night:
    """One business date whose snapshot is made and whose events are looked for."""

    engine: Engine
    building: Building
    lake: Lake
    earlier: Day | None
    values: Mapping[str, Any]

    @property
    def biz_date(self) -> date:
        """The business date (营业日期) of the night."""
        return self.building.biz_date

    def day(self, ahead: int) -> date:
        """The date ``ahead`` days after the business date (before it if negative)."""
        return self.biz_date + timedelta(days=ahead)

    def table(self, name: str) -> Table | None:
        """A table of the day, None if the bank delivers no such feed."""
        return self.engine.table(self.building.path(name)) if self.building.has(name) else None

    def table_before(self, name: str) -> Table | None:
        """A table of the day before, None if there is none."""
        if self.earlier is None or not self.earlier.has(name):
            return None
        return self.engine.table(self.earlier.path(name))

    def people(self, *columns: str) -> Table:
        """Columns of the snapshot of those who may be contacted: not closed, deceased or frozen."""
        snapshot = self.engine.table(self.building.path("snapshot"))
        return snapshot.filter(snapshot.status == "NORMAL").select("cust_id", *columns)

    def tiers(self) -> Table:
        """``cust_id`` and ``tier`` (granted, rank 0..5) of ``people``."""
        return self.people("tier")

    @cached_property
    def floors(self) -> list[float]:
        """The tiers' lower limits of the monthly daily average in CNY, by rank."""
        return [float(floor) for floor in self.values["tier.floors"]]

    @cached_property
    def month_days(self) -> int:
        """How many days the business date's month has."""
        return calendar.monthrange(self.biz_date.year, self.biz_date.month)[1]

    @cached_property
    def lake_age(self) -> int:
        """Days from the lake's first business date to this one."""
        dates = self.lake.dates()
        return (self.biz_date - min([*dates[:1], self.biz_date])).days

    @cached_property
    def _rates(self) -> dict[str, float]:
        rates = {code[3:]: float(rate) for code, rate in self.values.items() if code.startswith("fx.")}
        if self.building.has("fx"):
            table = pq.read_table(self.building.path("fx"), columns=["ccy", "mid_rate"])
            rates |= {row["ccy"]: float(row["mid_rate"]) for row in table.to_pylist()}
        return rates | {"CNY": 1.0}

    def cny(self, amount: Any, ccy: Any) -> Any:
        """An amount column in CNY at the day's mid rate, as float; null where the currency has no rate."""
        return number(amount) * ibis.coalesce(ccy, "CNY").cases(*self._rates.items(), else_=None)


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
    """A date column moved by some days."""
    return (day + ibis.interval(days=days)).cast("date") if days >= 0 else (
        day - ibis.interval(days=-days)).cast("date")  # fmt: skip


def tail(text: Any) -> Any:
    """The last 4 characters of an account, card or contract number: all of it that may leave the lake."""
    return text.right(4)
