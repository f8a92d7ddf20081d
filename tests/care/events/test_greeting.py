"""E11 生日, E12 节日, E27 开户周年."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.care.events.bank import Bank, Row
from yinke.common.lunar import LunarBirthday, festivals, lunar_birthdays, solar_date


def lunar(bank: Bank, month: int, day: int, leap: bool = False, **facts: object) -> Row:
    return bank.customer(birth_calendar="LUNAR", lunar_month=month, lunar_day=day, lunar_leap=leap, **facts)


def test_a_birthday_is_told_three_days_ahead_and_on_the_day(bank: Bank) -> None:
    who = {n: bank.customer(birth_date=date(1980, 6, 17) + timedelta(days=n)) for n in (-1, 0, 1, 2, 3, 4)}
    found = {event.cust_id: event for event in bank.of("E11")}
    assert set(found) == {who[0]["cust_id"], who[3]["cust_id"]}
    today, ahead = found[who[0]["cust_id"]], found[who[3]["cust_id"]]
    assert (today.case, today.expire_on) == ("TODAY", bank.days(1))
    assert (ahead.case, ahead.expire_on, ahead.priority) == ("AHEAD", bank.days(4), 3)


def test_sunflower_and_up_are_called_others_get_a_message(bank: Bank) -> None:
    for tier in range(6):
        bank.customer(tier=tier, birth_date=date(1980, 6, 17))
    assert [event.payload["way"] for event in bank.of("E11")] == ["MESSAGE"] * 3 + ["CALL"] * 3


@pytest.mark.parametrize(("year", "greeted"), [(2026, [28]), (2028, [29])])
def test_who_was_born_on_29_february_is_greeted_on_the_28th_of_common_years(
    bank: Bank, year: int, greeted: list[int]
) -> None:
    bank.customer(birth_date=date(1980, 2, 29))
    days = []
    for day in (27, 28, 29):
        if day <= 28 or year == 2028:
            bank.biz_date = date(year, 2, day)
            days += [day for event in bank.of("E11") if event.case == "TODAY"]
    assert days == greeted


@pytest.mark.parametrize(
    ("born", "day"),
    [
        ((5, 3, False), date(2026, 6, 17)),
        ((6, 10, True), date(2025, 8, 3)),  # its own leap month
        ((6, 10, False), date(2025, 7, 4)),  # the ordinary one of the same year
        ((6, 10, True), date(2026, 7, 23)),  # no leap month this year
        ((12, 30, False), date(2026, 2, 16)),  # a 12th month of 29 days
    ],
)
def test_lunar_birthdays_are_greeted_on_their_day(bank: Bank, born: tuple, day: date) -> None:
    who = lunar(bank, *born)
    for n in (-1, 0, 1):
        bank.biz_date = day + timedelta(days=n)
        today = [event.cust_id for event in bank.of("E11") if event.case == "TODAY"]
        assert today == ([who["cust_id"]] if n == 0 else [])
    bank.biz_date = day - timedelta(days=3)
    (event,) = bank.of("E11")
    assert (event.payload["due"], event.payload["calendar"]) == (day.isoformat(), "LUNAR")


def test_all_lunar_birthdays_of_a_date_are_found(bank: Bank) -> None:
    everybody = {}
    for month in range(1, 13):
        for day in range(1, 31):
            for leap in (False, True):
                everybody[lunar(bank, month, day, leap)["cust_id"]] = LunarBirthday(month, day, leap)
    for bank.biz_date in (date(2026, 2, 16), date(2025, 8, 22), date(2026, 6, 14)):
        greeted = {everybody[event.cust_id] for event in bank.of("E11") if event.case == "TODAY"}
        assert greeted == lunar_birthdays(bank.biz_date)


def test_without_a_lunar_date_the_solar_one_counts(bank: Bank) -> None:
    who = bank.customer(birth_calendar="LUNAR", birth_date=date(1980, 6, 17))
    assert [event.cust_id for event in bank.of("E11")] == [who["cust_id"]]


def test_no_birthday_no_greeting(bank: Bank) -> None:
    bank.customer(birth_date=None)
    lunar(bank, 5, 3, status="DECEASED")
    assert bank.of("E11") == []


def test_festivals_are_told_two_days_ahead_to_sunflower_and_up(bank: Bank) -> None:
    who = [bank.customer(tier=tier) for tier in range(6)]
    for n in (1, 3):
        bank.biz_date = solar_date(2026, 5, 5) - timedelta(days=n)
        assert bank.of("E12") == []
    bank.biz_date = solar_date(2026, 5, 5) - timedelta(days=2)
    events = bank.of("E12")
    assert [event.cust_id for event in events] == [row["cust_id"] for row in who[3:]]
    assert {event.payload["festival"] for event in events} == {"DRAGON_BOAT"}
    assert events[0].expire_on == bank.days(3)


def test_double_ninth_is_for_elders(bank: Bank) -> None:
    bank.biz_date = date(2026, 10, 16)
    assert festivals(bank.days(2)) == {"DOUBLE_NINTH"}
    elder = bank.customer(tier=2, birth_date=date(1966, 10, 18))  # 60 on the day
    bank.customer(tier=2, birth_date=date(1966, 10, 19))
    bank.customer(tier=1, birth_date=date(1950, 1, 1))
    bank.customer(tier=5, birth_date=None)
    assert [event.cust_id for event in bank.of("E12")] == [elder["cust_id"]]


def test_a_bank_may_choose_its_festivals(bank: Bank) -> None:
    bank.biz_date = solar_date(2026, 5, 5) - timedelta(days=2)
    bank.customer(tier=3)
    bank.changes["E12.festivals"] = ["SPRING"]
    assert bank.of("E12") == []


def opened(bank: Bank, day: date, **more: Any) -> int:
    return int(bank.customer(open_date=day, **{"tier": 2} | more)["cust_id"])


def test_an_anniversary_is_told_two_days_ahead_of_the_years_that_count(bank: Bank) -> None:
    who = {years: opened(bank, date(2026 - years, 6, 19)) for years in (1, 2, 3, 5, 10, 31)}
    opened(bank, date(2026, 6, 19))
    opened(bank, date(2021, 6, 18))
    opened(bank, date(2021, 6, 20))
    opened(bank, date(2021, 6, 19), status="DECEASED")
    found = {event.cust_id: event for event in bank.of("E27")}
    assert {one: event.payload["years"] for one, event in found.items()} == {
        who[1]: 1, who[3]: 3, who[5]: 5, who[10]: 10,
    }  # fmt: skip
    assert {
        (event.case, event.payload["due"], event.priority, event.expire_on) for event in found.values()
    } == {("AHEAD", "2026-06-19", 3, date(2026, 6, 20))}
    bank.changes["E27.years"] = [2]
    assert [event.cust_id for event in bank.of("E27")] == [who[2]]


def test_who_gets_a_call_on_an_anniversary_goes_by_the_tier(bank: Bank) -> None:
    for tier in range(6):
        opened(bank, date(2021, 6, 19), tier=tier)
    assert [event.payload["way"] for event in bank.of("E27")] == ["MESSAGE"] * 2 + ["CALL"] * 3


@pytest.mark.parametrize(
    ("day", "told"), [(date(2027, 2, 26), [0, 1]), (date(2028, 2, 26), [1]), (date(2028, 2, 27), [0])]
)
def test_who_opened_on_29_february_is_thanked_on_the_28th_of_a_common_year(
    bank: Bank, day: date, told: list[int]
) -> None:
    bank.changes["E27.years"] = [3, 4, 7, 8]
    bank.biz_date = day
    who = [opened(bank, date(2020, 2, 29)), opened(bank, date(2024, 2, 28))]
    opened(bank, date(2023, 3, 1))
    assert [event.cust_id for event in bank.of("E27")] == [who[n] for n in told]
