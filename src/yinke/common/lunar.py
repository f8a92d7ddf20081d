"""农历: the Chinese calendar of 1900 to 2100, its birthdays and festivals.

A business date is turned into the lunar birthdays that are celebrated on it, so that a whole bank can be
matched by one small join. A new moon within minutes of midnight follows the mainland's published calendar
(1933, 1954, 1978); for 2057-09-28 the computed time itself is uncertain.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)

_FIRST_YEAR = 1899
_NEW_YEAR = date(1899, 2, 10)
_YEARS = tuple(
    int(code, 16)
    for code in """
    0AD50 16D28 07520 0EA50 164A5 064B0 0A9B0 15564 056A0 0B590
    17522 07520 1B256 0B250 0A4B0 14AB5 02AD0 056B0 0B692 0DA90
    1D927 0E920 0D250 1A4D5 0A560 02B60 15B54 06D40 0EA90 1E922
    0E920 0D266 052B0 0A570 12B65 0B5A0 06D40 0EC93 07490 16937
    0A930 052B0 0A5B6 0AAD0 056A0 1B554 0BA40 0B490 1A932 0A950
    152D7 05360 0AAD0 15AA5 05B20 0DA50 1D4A3 0D4A0 0A958 0A970
    05560 0AB56 0AD50 06D20 0EA54 0EA50 064A0 0C973 0A9B0 155A7
    056A0 0B690 17525 0B520 0B250 164B4 0A4B0 14AB8 02AD0 056D0
    0B696 0DA90 0D920 1D254 0D250 1A4DA 0A560 02B60 05B56 06D50
    0EA90 1E925 0E920 0D260 0A563 0A570 14D68 035A0 06D50 16C95
    07490 06930 152B4 052B0 0A5B0 155A2 056A0 1B557 0BA40 0B490
    1A935 0A950 052D0 0AAD4 0AB50 15AA9 05D20 0DA50 1D4A6 0D4A0
    0C950 152E4 05560 0AB50 15B22 06D20 0EA56 07250 064B0 0C975
    0CAB0 055A0 0AD63 0B690 1752B 0B520 0B250 1A4B6 0A4B0 04AB0
    055B5 05AD0 0B6A0 1B522 0D920 1D257 0D250 0A550 14AD5 04B60
    05B50 0DAA3 0EC90 1E928 0E920 0D260 0A566 0A570 04D60 06D54
    07550 07490 0E933 06930 152B7 052B0 0A5B0 155A5 056A0 0B650
    174A4 0B4A0 1A958 0A950 052D0 0AAD6 0AB50 05AA0 0BA54 0DA50
    0D4A0 1C953 0C960 194E7 05560 0AB50 15B25 06D20 0EA50 0E4A4
    068B0 0C978 04AB0 055B0 0AD66 0B6A0 07520 17254 0B450 0A8B0
    149B2 04AB0
    """.split()  # noqa: SIM905 (a block of numbers reads better than a list of strings)
)
"""One number a lunar year from 1899 on: the low 4 bits name the leap month (0: none), each bit above
them says whether the year's months, in their order with the leap one, have 30 days (else 29)."""


def _months(code: int) -> list[tuple[int, bool, int]]:
    """(month, leap, days) of a year's months in order."""
    leap = code & 15
    names = [(month, False) for month in range(1, 13)]
    if leap:
        names.insert(leap, (leap, True))
    return [(month, is_leap, 29 + (code >> 4 + n & 1)) for n, (month, is_leap) in enumerate(names)]


_STARTS = tuple(
    accumulate(
        (sum(days for *_, days in _months(code)) for code in _YEARS[:-1]), initial=_NEW_YEAR.toordinal()
    )
)


class LunarDate(NamedTuple):
    """A day of the Chinese calendar; ``length`` is its month's number of days, ``leap_month`` the year's (0: none)."""

    year: int
    month: int
    day: int
    is_leap: bool
    length: int
    leap_month: int


class LunarBirthday(NamedTuple):
    """A birthday as it is registered: without a year."""

    month: int
    day: int
    is_leap: bool


def lunar_date(day: date) -> LunarDate:
    """The Chinese calendar's date of a solar day.

    Raises:
        ValueError: outside 1900-01-01 .. 2100-12-31.

    >>> lunar_date(date(2026, 2, 17))[:4]
    (2026, 1, 1, False)
    >>> lunar_date(date(2025, 8, 22))[:4]
    (2025, 6, 29, True)
    """
    if not FIRST <= day <= LAST:
        raise ValueError(f"No Chinese calendar for {day}: it is known from {FIRST} to {LAST}")
    index = bisect_right(_STARTS, day.toordinal()) - 1
    rest = day.toordinal() - _STARTS[index]
    code = _YEARS[index]
    for month, is_leap, length in _months(code):
        if rest < length:
            return LunarDate(_FIRST_YEAR + index, month, rest + 1, is_leap, length, code & 15)
        rest -= length
    raise AssertionError(day)  # pragma: no cover


def solar_date(year: int, month: int, day: int, is_leap: bool = False) -> date:
    """The solar day of a date of the Chinese calendar (lunar years 1899 to 2100).

    Raises:
        ValueError: there is no such year, (leap) month or day.

    >>> solar_date(2026, 1, 1), solar_date(2025, 6, 29, True)
    (datetime.date(2026, 2, 17), datetime.date(2025, 8, 22))
    """
    if 0 <= year - _FIRST_YEAR < len(_YEARS):
        start = _STARTS[year - _FIRST_YEAR]
        for number, leap, length in _months(_YEARS[year - _FIRST_YEAR]):
            if (number, leap) == (month, is_leap) and 1 <= day <= length:
                return date.fromordinal(start + day - 1)
            start += length
    raise ValueError(f"The Chinese calendar has no {year}-{month}-{day}{' (leap month)' if is_leap else ''}")


def leap_month(year: int) -> int:
    """The leap month of a lunar year from 1899 to 2100; 0 if it has none.

    >>> leap_month(2025), leap_month(2026)
    (6, 0)
    """
    return _YEARS[year - _FIRST_YEAR] & 15


def lunar_birthdays(day: date) -> frozenset[LunarBirthday]:
    """The lunar birthdays celebrated on a solar day.

    A leap month's birthday falls in the ordinary month in a year without that leap month; a 30th falls on
    the 29th in a month of 29 days. So each birthday is celebrated once in every lunar year, which is 0 to 2
    times in a solar one.

    >>> sorted(lunar_birthdays(date(2026, 8, 12)))  # 2026 has no leap month; its 6th month ends on day 30
    [LunarBirthday(month=6, day=30, is_leap=False), LunarBirthday(month=6, day=30, is_leap=True)]
    """
    today = lunar_date(day)
    days = [today.day, 30] if today.day == 29 == today.length else [today.day]
    leaps = [today.is_leap] if today.leap_month == today.month else [False, True]
    return frozenset(LunarBirthday(today.month, day, leap) for day in days for leap in leaps)


def solar_birthdays(day: date) -> frozenset[tuple[int, int]]:
    """The (month, day) of solar birthdays celebrated on a day: 29 February on the 28th in common years.

    >>> sorted(solar_birthdays(date(2026, 2, 28)))
    [(2, 28), (2, 29)]
    >>> sorted(solar_birthdays(date(2028, 2, 28)))
    [(2, 28)]
    """
    eve = (day + timedelta(days=1)).month == 3 and (day.month, day.day) == (2, 28)
    return frozenset({(day.month, day.day), (2, 29)} if eve else {(day.month, day.day)})


FESTIVALS = {
    (1, 1): "SPRING",
    (5, 5): "DRAGON_BOAT",
    (8, 15): "MID_AUTUMN",
    (9, 9): "DOUBLE_NINTH",
}
"""Festivals of the lunar calendar by (month, day): 春节, 端午, 中秋, 重阳."""


def festivals(day: date) -> frozenset[str]:
    """The festivals on which a bank greets its customers that fall on a day (two when 中秋 meets 国庆).

    >>> festivals(date(2026, 9, 25)), festivals(date(2026, 9, 26))
    (frozenset({'MID_AUTUMN'}), frozenset())
    >>> sorted(festivals(date(2020, 10, 1)))
    ['MID_AUTUMN', 'NATIONAL']
    """
    today = lunar_date(day)
    found = {"NATIONAL"} if (day.month, day.day) == (10, 1) else set()
    if not today.is_leap and (today.month, today.day) in FESTIVALS:
        found.add(FESTIVALS[today.month, today.day])
    return frozenset(found)
