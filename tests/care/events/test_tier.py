"""E08 临界提升, E09 临界降级, E10 升降级."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

import pytest

from tests.care.events.bank import Bank

D = Decimal


@pytest.mark.parametrize(
    ("tier", "mda", "near"),
    [
        (0, 9_000, True), (0, "8999.99", False), (1, 45_000, True), (1, "44999.99", False),
        (2, 450_000, True), (2, "449999.99", False), (2, "499999.99", True), (2, 500_000, False),
        (3, 4_500_000, True), (3, "4499999.99", False), (4, 9_000_000, True), (4, "8999999.99", False),
        (5, 9_900_000, False), (3, 480_000, False),
    ],
)  # fmt: skip
def test_near_is_ninety_percent_of_the_next_tier(bank: Bank, tier: int, mda: object, near: bool) -> None:
    bank.customer(tier=tier, aum=mda)
    assert bool(bank.of("E08")) is near


@pytest.mark.parametrize(("day", "asked"), [(9, False), (10, True), (25, True), (26, False)])
def test_near_upgrades_are_told_from_the_10th_to_the_25th(bank: Bank, day: int, asked: bool) -> None:
    bank.biz_date = date(2026, 6, day)
    bank.customer(tier=2, aum=480_000)
    assert bool(bank.of("E08")) is asked


def test_a_wider_gap_may_be_set_in_money(bank: Bank) -> None:
    bank.customer(tier=2, aum=420_000)
    assert bank.of("E08") == []
    bank.changes["E08.gaps"] = [0, 0, 80_000, 500_000, 1_000_000]
    assert len(bank.of("E08")) == 1


@pytest.mark.parametrize("day", [10, 17, 25])
def test_what_is_needed_is_just_enough_to_reach_the_tier(bank: Bank, day: int) -> None:
    bank.biz_date = date(2026, 6, day)
    days = calendar.monthrange(2026, 6)[1]
    who = bank.customer(tier=2, aum=431_234, mda=D(456_789), sum_m=D(456_789) * day)
    (event,) = bank.of("E08")
    needed = D(event.payload["needed"])

    def average(extra: Decimal) -> Decimal:
        return (who["sum_m"] + (who["aum"] + extra) * (days - day)) / days

    assert average(needed) >= 500_000 > average(needed - 1)
    assert (event.case, event.payload["tier"], event.expire_on) == ("NEED", 3, date(2026, 6, 30))


def test_who_is_on_the_way_only_has_to_keep_it(bank: Bank) -> None:
    bank.customer(tier=2, aum=900_000, mda=D(480_000), sum_m=D(480_000 * 17))
    (event,) = bank.of("E08")
    assert (event.case, event.payload["needed"]) == ("HOLD", "0.00")


def test_near_upgrade_is_told_once_a_month(bank: Bank) -> None:
    bank.customer(tier=2, aum=480_000)
    keys = set()
    for biz_date in (date(2026, 6, 10), date(2026, 6, 11), date(2026, 6, 25), date(2026, 7, 10)):
        bank.biz_date = biz_date
        keys |= {event.dedup_key for event in bank.of("E08")}
    assert len(keys) == 2


def test_a_projected_average_below_the_floor_is_a_near_downgrade(bank: Bank) -> None:
    """17 of 30 days at 55万, then 13 days more: 43.46万 is just enough for 50万."""
    for aum in (434_616, 434_615):
        bank.customer(tier=3, aum=aum, mda=D(550_000), sum_m=D(550_000 * 17))
    (event,) = bank.of("E09")
    assert event.payload["projected"] == "499999.83"
    assert (event.case, event.priority, event.expire_on) == ("FIRST", 1, date(2026, 6, 30))


def test_months_already_below_are_told_and_the_lowest_tier_has_no_floor(bank: Bank) -> None:
    bank.customer(tier=3, aum=300_000, tier_below_months=2)
    bank.customer(tier=0, aum=-500)
    (event,) = bank.of("E09")
    assert (event.case, event.payload["months"], event.payload["tier"]) == ("AGAIN", 2, 3)


def test_a_change_is_told_on_the_day_it_takes_effect(bank: Bank) -> None:
    up = bank.customer(tier=3, tier_before=2, tier_changed=bank.biz_date)
    down = bank.customer(tier=1, tier_before=2, tier_changed=bank.biz_date)
    bank.customer(tier=3, tier_before=2, tier_changed=bank.days(-1))
    bank.customer(tier=3, tier_before=None, tier_changed=bank.biz_date)
    found = {e.cust_id: (e.case, e.priority, e.expire_on) for e in bank.of("E10")}
    assert found == {up["cust_id"]: ("UP", 3, bank.days(7)), down["cust_id"]: ("DOWN", 1, bank.days(15))}
