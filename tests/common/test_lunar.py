"""The Chinese calendar over 1900 to 2100, against an independent library and a naive search by year."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import LunarYear

from yinke.common.lunar import (
    FIRST,
    LAST,
    LunarBirthday,
    festivals,
    lunar_birthdays,
    lunar_date,
    solar_birthdays,
    solar_date,
)

DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
YEARS = range(1900, 2100)


@pytest.fixture(scope="module")
def months() -> dict[tuple[int, int, bool], tuple[date, int]]:
    """(year, month, leap) → first solar day and length, of the independent library."""
    found = {}
    start = date(1899, 2, 10)
    for year in range(1899, 2101):
        for month in LunarYear.fromYear(year).getMonthsInYear():
            number, days = month.getMonth(), month.getDayCount()
            found[year, abs(number), number < 0] = (start, days)
            start += timedelta(days=days)
    return found


def celebrated(months: dict, year: int, birthday: LunarBirthday) -> date:
    """By year and in the rule's own words: the solar day of a birthday in a lunar year."""
    leap = birthday.is_leap and (year, birthday.month, True) in months
    start, days = months[year, birthday.month, leap]
    return start + timedelta(days=min(birthday.day, days) - 1)


def test_every_day_of_1900_to_2100_is_that_of_an_independent_calendar(months: dict) -> None:
    expected = {}
    for (year, month, leap), (start, length) in months.items():
        for n in range(length):
            expected[start + timedelta(days=n)] = (year, month, n + 1, leap)
    assert [lunar_date(day)[:4] for day in DAYS] == [expected[day] for day in DAYS]
    assert [solar_date(*expected[day]) for day in DAYS] == DAYS


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(1900, 1, 1), (1899, 12, 1, False)),
        (date(1949, 10, 1), (1949, 8, 10, False)),
        (date(1976, 10, 1), (1976, 8, 8, True)),
        (date(2033, 12, 22), (2033, 11, 1, True)),  # the year many tables had wrong
        (date(2100, 12, 31), (2100, 12, 1, False)),
    ],
)
def test_known_days(day: date, lunar: tuple) -> None:
    assert lunar_date(day)[:4] == lunar


def test_days_outside_the_table_are_refused() -> None:
    for day in (date(1899, 12, 31), date(2101, 1, 1)):
        with pytest.raises(ValueError, match="1900-01-01"):
            lunar_date(day)
    for nowhere in ((1898, 1, 1), (2101, 1, 1), (2026, 6, 1, True), (2004, 1, 30), (2026, 13, 1)):
        with pytest.raises(ValueError, match="has no"):
            solar_date(*nowhere)


def test_every_birthday_is_celebrated_once_in_each_lunar_year(months: dict) -> None:
    by_birthday: dict[LunarBirthday, list[date]] = {}
    for day in DAYS:
        for birthday in lunar_birthdays(day):
            by_birthday.setdefault(birthday, []).append(day)
    assert len(by_birthday) == 12 * 30 * 2
    first_year, last_year = months[1900, 1, False][0], months[2100, 1, False][0]
    for birthday, days in by_birthday.items():
        whole_years = [day for day in days if first_year <= day < last_year]
        assert whole_years == [celebrated(months, year, birthday) for year in YEARS], birthday


def test_a_birthday_falls_0_to_2_times_in_a_solar_year() -> None:
    seen = Counter()
    for birthday in (LunarBirthday(12, 1, False), LunarBirthday(11, 30, False), LunarBirthday(12, 30, False)):
        per_year = Counter(day.year for day in DAYS if birthday in lunar_birthdays(day))
        seen.update(per_year[year] for year in YEARS)
    assert set(seen) == {0, 1, 2}


def test_a_leap_birthday_waits_for_its_leap_month() -> None:
    born = LunarBirthday(6, 10, True)
    days = [day for day in DAYS if day.year in (2025, 2026) and born in lunar_birthdays(day)]
    assert days == [date(2025, 8, 3), date(2026, 7, 23)]
    assert lunar_date(date(2025, 8, 3))[:4] == (2025, 6, 10, True)  # its own leap month
    assert lunar_date(date(2026, 7, 23))[:4] == (2026, 6, 10, False)  # none this year: the ordinary one


def test_the_30th_of_a_short_month_is_the_29th(months: dict) -> None:
    short = [(year, month) for (year, month, leap), (_, days) in months.items()
             if days == 29 and not leap and year in YEARS]  # fmt: skip
    assert len(short) > 1000
    for year, month in short:
        last = months[year, month, False][0] + timedelta(days=28)
        assert LunarBirthday(month, 30, False) in lunar_birthdays(last)
        assert LunarBirthday(month, 29, False) in lunar_birthdays(last)


@given(st.dates(FIRST, LAST))
def test_a_solar_birthday_is_celebrated_once_a_year(born: date) -> None:
    days = [
        d
        for d in (born.replace(year=2027, day=1) + timedelta(days=n) for n in range(31))
        if d.month == born.month
    ]
    held = [d for d in days if (born.month, born.day) in solar_birthdays(d)]
    assert held == [date(2027, 2, 28) if (born.month, born.day) == (2, 29) else born.replace(year=2027)]


@pytest.mark.parametrize("year", [1984, 2026, 2033])
def test_festivals_fall_once_a_year(year: int) -> None:
    seen = Counter(festival for day in DAYS if day.year == year for festival in festivals(day))
    assert seen == dict.fromkeys(("SPRING", "DRAGON_BOAT", "MID_AUTUMN", "DOUBLE_NINTH", "NATIONAL"), 1)


def test_double_ninth_is_the_ninth_of_the_ninth_month() -> None:
    assert festivals(date(2026, 10, 18)) == {"DOUBLE_NINTH"}
    assert festivals(date(2025, 10, 6)) == {"MID_AUTUMN"}
