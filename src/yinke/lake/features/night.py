"""What a night can see of the lake: its own day's tables, the day before, and single days long past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from yinke.lake.dates import (
    add_months,
    month_end,
    month_start,
    months_between,
    quarter_start,
    year_start,
)
from yinke.lake.engine import Engine, Files, Inputs, Scalar, Slice
from yinke.lake.features.money import day_rates
from yinke.lake.snapshot import SNAPSHOT, arrow_schema
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES

OWN_TABLES = (
    "customer", "account", "balance", "holding", "loan", "card", "signup", "transaction", "payroll", "channel_log",
)  # fmt: skip
"""Tables of the night's own day that the metrics are made from."""

WINDOW = 90
"""Days of ``txns_90d``: fixed by the column's name."""

_NAV = pa.schema([("prod_code", pa.string()), ("nav", pa.decimal128(18, 6))])
_SNAPSHOT = arrow_schema(SNAPSHOT)


@dataclass(frozen=True)
class Night:
    """One night's inputs. ``earlier`` is the newest day before; its date may lie more than a day back."""

    engine: Engine
    building: Building
    lake: Lake
    earlier: Day | None
    values: Mapping[str, Any]

    @property
    def today(self) -> date:
        """营业日期."""
        return self.building.biz_date

    @cached_property
    def dates(self) -> list[date]:
        """Published dates before this one, oldest first."""
        return [day for day in self.lake.dates() if day < self.today]

    @property
    def since(self) -> date:
        """The day before; of the lake's first date, the calendar's."""
        return self.earlier.biz_date if self.earlier else self.today - timedelta(days=1)

    @property
    def months_passed(self) -> int:
        """Calendar months that ended since the day before: 0 or 1, more if nights were skipped."""
        return months_between(self.since, self.today) if self.earlier else 0

    @cached_property
    def rates(self) -> dict[str, Decimal]:
        """CNY for one unit of each foreign currency: the day's mid rates, else the threshold ``fx.<CCY>``."""
        return day_rates(self.building, self.values)

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides the form of the expressions, beside their inputs: the thresholds and the calendar."""
        rules = tuple((code, repr(value)) for code, value in sorted(self.values.items()) if code[:3] != "fx.")
        return (self.earlier is None, self.months_passed, tuple(self.rates), rules)

    def tables(self) -> dict[str, Files]:
        """The tables by name. ``was``: the snapshot before; ``then_aum``, ``then_snapshot``: 30 days and
        6 months ago; ``gone_1`` ...: the journals that fall out of the 90 days."""
        tables: dict[str, Files] = {
            name: [self.building.path(name)] if self.building.has(name) else TABLES[name].arrow_schema()
            for name in OWN_TABLES
        }
        tables["nav"] = [self.building.path("nav")] if self.building.has("nav") else _NAV
        tables["was"] = [self.earlier.path("snapshot")] if self.earlier else _SNAPSHOT
        days = (("then_aum", "aum", self.today - timedelta(days=30)),
                ("then_snapshot", "snapshot", add_months(self.today, -6)))  # fmt: skip
        for name, table, wanted in days:
            day = self._on_or_before(wanted)
            tables[name] = [day.path(table)] if day else _SNAPSHOT
        leaving = self._leaving() or [TABLES["transaction"].arrow_schema()]
        return tables | {f"gone_{n}": files for n, files in enumerate(leaving, 1)}

    def scalars(self) -> dict[str, Scalar]:
        """The dates and day counts by name, and the mid rates as ``rate_<CCY>``."""
        today, since = self.today, self.since
        first = self.dates[0] if self.dates else today
        starts = {"m": month_start(today), "q": quarter_start(today), "y": year_start(today)}
        scalars: dict[str, Scalar] = {
            "today": today,
            "tomorrow": today + timedelta(days=1),
            "maturing_until": today + timedelta(days=30),
            "paid_since": add_months(today, -int(self.values["payroll.months"])),
            "active_since": add_months(today, -int(self.values["effective.months"])),
            "has_then_aum": int(self._on_or_before(today - timedelta(days=30)) is not None),
            "rest_of_month": (month_end(since) - since).days,
            "days_of_month": month_end(since).day,
            "months_known": min(months_between(first, today), 99),
        }  # fmt: skip
        for key, start in starts.items():
            scalars |= {
                f"start_{key}": start,
                f"days_{key}": (today - start).days + 1,
                f"between_{key}": (today - max(since + timedelta(days=1), start)).days,
                f"same_{key}": int(since >= start),
                f"known_{key}": int(first < start),
            }
        return scalars | {f"rate_{ccy}": rate for ccy, rate in self.rates.items()}

    def inputs(self, part: Slice) -> Inputs:
        """Tables and scalars, for a slice of the customers."""
        return Inputs(self.tables(), self.scalars() | part.scalars())

    def _on_or_before(self, wanted: date) -> Day | None:
        """The newest day up to ``wanted``: balances stand until the next date."""
        return self.lake.latest(before=wanted + timedelta(days=1))

    def _leaving(self) -> list[Files]:
        """Journals that lay in the last 90 days yesterday and do not today."""
        window = timedelta(days=WINDOW)
        days = [self.lake.day(day) for day in self.dates if self.since - window < day <= self.today - window]
        return [[day.path("transaction")] for day in days if day and day.has("transaction")]
