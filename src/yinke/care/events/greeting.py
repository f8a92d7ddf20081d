"""问候: birthdays by the solar or the lunar calendar (E11), festivals (E12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import ibis

from yinke.care.events.night import Night
from yinke.care.events.rows import Found
from yinke.common.lunar import festivals, lunar_birthdays, solar_birthdays


def birthdays(night: Night) -> Iterator[Found]:
    """E11 生日: told three days before, greeted on the day; T3+ by a call, others by message."""
    customer = night.table("customer")
    if customer is None:
        return
    customer = customer.select(
        "cust_id", "birth_date", "lunar_month", "lunar_day",
        leap=customer.lunar_leap.fill_null(False),
        lunar=(customer.birth_calendar == "LUNAR").fill_null(False)
        & customer.lunar_month.notnull() & customer.lunar_day.notnull(),
    )  # fmt: skip
    for ahead in (int(night.values["E11.ahead_days"]), 0):
        day = night.day(ahead)
        solar = ibis.or_(
            *((customer.birth_date.month() == month) & (customer.birth_date.day() == number)
              for month, number in sorted(solar_birthdays(day)))
        )  # fmt: skip
        lunar = ibis.or_(
            *((customer.lunar_month == born.month) & (customer.lunar_day == born.day) & (customer.leap == born.is_leap)
              for born in sorted(lunar_birthdays(day)))
        )  # fmt: skip
        rows = customer.filter(customer.lunar.ifelse(lunar, solar)).inner_join(night.tiers(), "cust_id")
        stage = "AHEAD" if ahead else "TODAY"
        yield Found(
            rows,
            object=stage,
            cycle=day,
            due=day,
            facts={
                "case": stage,
                "due": day,
                "days": ahead,
                "calendar": rows.lunar.ifelse("LUNAR", "SOLAR"),
                "way": (rows.tier >= night.values["E11.call_from_tier"]).ifelse("CALL", "MESSAGE"),
            },
        )


def greetings(night: Night) -> Iterator[Found]:
    """E12 节日: two days before 春节/端午/中秋/国庆 to T3+, before 重阳 to elders of T2+."""
    ahead = int(night.values["E12.ahead_days"])
    day = night.day(ahead)
    for festival in sorted(festivals(day) & set(night.values["E12.festivals"])):
        people = night.people("tier", "birth_date")
        if festival == "DOUBLE_NINTH":
            born_by = _years_before(day, int(night.values["E12.elder_age"]))
            rows = people.filter(
                people.tier >= night.values["E12.elder_from_tier"], people.birth_date <= born_by
            )
        else:
            rows = people.filter(people.tier >= night.values["E12.from_tier"])
        yield Found(
            rows,
            object=festival,
            cycle=day,
            due=day,
            facts={"case": "AHEAD", "festival": festival, "due": day, "days": ahead},
        )


def _years_before(day: date, years: int) -> date:
    """Whoever was born on or before the result is ``years`` old on ``day``.

    >>> _years_before(date(2024, 2, 29), 61)
    datetime.date(1963, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
