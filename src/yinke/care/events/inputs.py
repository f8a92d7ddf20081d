"""What a night binds the detectors' expressions to: files, small tables made for the date, dates and numbers."""

from __future__ import annotations

import calendar
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yinke.common.lunar import festivals, lunar_birthdays, solar_birthdays
from yinke.lake.engine import Engine, Files, Inputs, Scalar
from yinke.lake.features.night import Night as Metrics
from yinke.lake.snapshot import EVENTS, SNAPSHOT, arrow_schema
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES
from yinke.scoring.churn.score_table import SCORE

BIRTHDAYS = pa.schema([
    ("is_lunar", pa.bool_()), ("month", pa.int32()), ("day", pa.int32()), ("leap", pa.bool_()),
    ("stage", pa.string()), ("due", pa.date32()), ("days", pa.int32()),
])  # fmt: skip
FESTIVALS = pa.schema([
    ("festival", pa.string()), ("due", pa.date32()), ("days", pa.int32()),
    ("for_elders", pa.bool_()), ("born_by", pa.date32()),
])  # fmt: skip
ANNIVERSARIES = pa.schema([
    ("opened", pa.date32()), ("years", pa.int32()), ("due", pa.date32()), ("days", pa.int32()),
])  # fmt: skip

_SCHEMAS = {"snapshot": arrow_schema(SNAPSHOT), "events": arrow_schema(EVENTS), "score": SCORE} | {
    name: table.arrow_schema() for name, table in TABLES.items()
}


@dataclass(frozen=True)
class NightInputs:
    """One night of one lake. ``earlier`` is the day before; None on the lake's first date."""

    engine: Engine
    building: Building
    lake: Lake
    earlier: Day | None
    values: Mapping[str, Any]

    @property
    def today(self) -> date:
        """The business date."""
        return self.building.biz_date

    @cached_property
    def shape(self) -> Hashable:
        """What decides the form of the expressions: the thresholds and which currencies have a rate."""
        rules = tuple(
            (code, repr(value))
            for code, value in sorted(self.values.items())
            if code[:3] != "fx." and code != "event.off"
        )
        return (rules, tuple(self._rates))

    def of(self, names: tuple[str, ...]) -> Inputs:
        """Tables by name (``<name>_before``: the day before's; ``log_<code>``: the channel log of ``<code>.browse_days``), and all scalars."""
        return Inputs({name: self._files(name) for name in names}, self._scalars)

    def _files(self, name: str) -> Files:
        if name == "birthdays":
            return self._birthdays()
        if name == "festivals":
            return self._festivals()
        if name == "anniversaries":
            return self._anniversaries()
        if name.startswith("log_"):
            return self._log(int(self.values[f"{name[4:]}.browse_days"])) or _SCHEMAS["channel_log"]
        table = name.removesuffix("_before")
        day = self.building if table == name else self.earlier
        return [day.path(table)] if day is not None and day.has(table) else _SCHEMAS[table]

    @cached_property
    def _rates(self) -> Mapping[str, Any]:
        return Metrics(self.engine, self.building, self.lake, self.earlier, self.values).rates

    @cached_property
    def _scalars(self) -> dict[str, Scalar]:
        today = self.today
        month_days = calendar.monthrange(today.year, today.month)[1]
        return {
            "today": today,
            "month_end": today.replace(day=month_days),
            "month_day": today.day,
            "month_days": month_days,
            "lake_age": (today - min([*self.lake.dates()[:1], today])).days,
            "stop_days": self._stop_days(),
            "elder_born_by": years_before(self._day(1), int(self.values["value.elder_age"])),
            "adult_born_by": years_before(self._day(1), int(self.values["value.adult_age"])),
            **{f"rate_{ccy}": rate for ccy, rate in self._rates.items()},
        }

    def _stop_days(self) -> int:
        """E06: days without payroll that mean a stop; more if a holiday fell among them."""
        days, grace = int(self.values["E06.stop_days"]), int(self.values["E06.holiday_grace_days"])
        if not self.building.has("calendar"):
            return days
        table = pq.read_table(self.building.path("calendar"), columns=["day", "is_workday", "holiday"])
        off = {row["day"] for row in table.to_pylist() if row["holiday"] and not row["is_workday"]}
        return days + grace if any(self._day(-n) in off for n in range(days)) else days

    def _day(self, ahead: int) -> date:
        return self.today + timedelta(days=ahead)

    def _birthdays(self) -> pa.Table:
        rows = []
        for stage, days in (("AHEAD", int(self.values["E11.ahead_days"])), ("TODAY", 0)):
            due = self._day(days)
            when = {"stage": stage, "due": due, "days": days}
            for month, day in sorted(solar_birthdays(due)):
                rows.append(when | {"is_lunar": False, "month": month, "day": day, "leap": False})
            for born in sorted(lunar_birthdays(due)):
                rows.append(
                    when | {"is_lunar": True, "month": born.month, "day": born.day, "leap": born.is_leap}
                )
        return pa.Table.from_pylist(rows, schema=BIRTHDAYS)

    def _festivals(self) -> pa.Table:
        days = int(self.values["E12.ahead_days"])
        due = self._day(days)
        born_by = years_before(due, int(self.values["E12.elder_age"]))
        rows = [
            {
                "festival": name,
                "due": due,
                "days": days,
                "born_by": born_by,
                "for_elders": name == "DOUBLE_NINTH",
            }
            for name in sorted(festivals(due) & set(self.values["E12.festivals"]))
        ]
        return pa.Table.from_pylist(rows, schema=FESTIVALS)

    def _anniversaries(self) -> pa.Table:
        days = int(self.values["E27.ahead_days"])
        due = self._day(days)
        rows = [
            {"opened": date(due.year - years, month, day), "years": years, "due": due, "days": days}
            for years in sorted(set(map(int, self.values["E27.years"])))
            for month, day in sorted(solar_birthdays(due))
            if (month, day) != (2, 29) or calendar.isleap(due.year - years)
        ]
        return pa.Table.from_pylist(rows, schema=ANNIVERSARIES)

    def _log(self, many: int) -> Files:
        """The channel log of so many days, the business date among them."""
        days = [self.lake.day(self._day(-n)) for n in range(1, many)]
        logs = [day.path("channel_log") for day in days if day is not None and day.has("channel_log")]
        if self.building.has("channel_log"):
            logs.append(self.building.path("channel_log"))
        return logs


def years_before(day: date, years: int) -> date:
    """Whoever was born on or before the result is ``years`` old on ``day``.

    >>> years_before(date(2024, 2, 29), 61)
    datetime.date(1963, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
