"""Tiers, lifecycle and RFM: each rule by hand, and against a clerk's reckoning."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.segments.naive import quintiles, tier_after, tier_of
from yinke.lake.dates import add_months
from yinke.lake.engine import Engine
from yinke.segments.rfm import SCORES, bounds

NewBank = Callable[..., Bank]
FIRST = date(2025, 1, 1)


@pytest.fixture
def a_bank(tmp_path: Path, duck: Engine) -> NewBank:
    return lambda **values: Bank(tmp_path / "lake", duck, {**DEFAULTS, **values})


def monthly(
    bank: Bank, averages: dict[int, list[int]], first: date = FIRST
) -> list[dict[int, dict[str, Any]]]:
    """A night on each month's first and one after the last month: balances that stand a whole month."""
    nights = []
    length = max(map(len, averages.values()))
    for n in range(length):
        for cust, balances in averages.items():
            bank.has_account(cust, balances[n])
        nights.append(bank.night(add_months(first, n)))
    return [*nights, bank.night(add_months(first, length))]


def test_a_new_customer_gets_the_tier_of_the_first_day(a_bank: NewBank) -> None:
    bank = a_bank()
    amounts = ["-5", "9999.99", "10000", "49999.99", "50000", "500000", "5000000", "10000000", "99999999"]
    for cust, amount in enumerate(amounts):
        bank.has_customer(cust).has_account(cust, amount)
    rows = bank.night(FIRST)
    assert [rows[n]["tier"] for n in range(9)] == [0, 0, 1, 1, 2, 3, 4, 5, 5]
    assert all(row["tier_asset"] == row["tier"] and row["tier_changed"] is None for row in rows.values())


def test_upgrade_takes_effect_the_day_after_the_month_ends(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 1000)
    bank.night(date(2025, 1, 30))
    row = bank.has_account(1, 60_000_000).night(date(2025, 1, 31))[1]
    assert (row["tier"], row["tier_asset"]) == (0, 3)
    row = bank.night(date(2025, 2, 1))[1]
    assert (row["tier"], row["tier_before"], row["tier_changed"]) == (3, 0, date(2025, 2, 1))
    row = bank.night(date(2025, 2, 2))[1]
    assert (row["tier"], row["tier_asset"], row["tier_changed"]) == (3, 5, date(2025, 2, 1))


def test_downgrade_waits_three_months_below_threshold(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_customer(2)
    nights = monthly(bank, {1: [60000, 100, 100, 100], 2: [60000, 100, 60000, 100]})
    assert [(n[1]["tier"], n[1]["tier_below_months"]) for n in nights] == [
        (2, 0),
        (2, 0),
        (2, 1),
        (2, 2),
        (0, 0),
    ]
    assert [n[2]["tier_below_months"] for n in nights] == [0, 0, 1, 0, 1]
    assert (nights[-1][1]["tier_before"], nights[-1][1]["tier_changed"]) == (2, date(2025, 5, 1))
    assert [n[1]["tier_asset"] for n in nights] == [2, 0, 0, 0, 0]


def test_a_month_is_judged_once_however_many_nights_follow(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    monthly(bank, {1: [60000, 100]})
    assert [bank.night(date(2025, 3, n))[1]["tier_below_months"] for n in (2, 3, 31)] == [1, 1, 1]
    assert bank.night(date(2025, 6, 5))[1]["tier"] == 0  # three months were over without a night between


def test_the_tier_six_months_ago_is_remembered(a_bank: NewBank) -> None:
    nights = monthly(a_bank().has_customer(1), {1: [100, 100, 60000, 100, 100, 100, 100, 100, 100]})
    assert [n[1]["tier_6m_ago"] for n in nights] == [None] * 6 + [0, 0, 0, 2]


def test_tiers_follow_the_clerk_month_by_month(a_bank: NewBank) -> None:
    rng = random.Random(7)
    steps = [-50, 9999, 10000, 49999, 50000, 499999, 500000, 5_000_000, 10_000_000]
    months = {cust: [rng.choice(steps) for _ in range(7)] for cust in range(1, 200)}
    bank = a_bank()
    for cust in months:
        bank.has_customer(cust)
    nights = monthly(bank, months)
    for cust, balances in months.items():
        for n, night in enumerate(nights):
            assert night[cust]["tier"] == tier_after(tier_of(D(balances[0])), [D(b) for b in balances[:n]])


def stages(bank: Bank, day: date) -> dict[int, str]:
    return {cust: row["stage"] for cust, row in bank.night(day).items()}


def test_closed_is_who_has_no_open_account_left(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, status="CLOSED").has_account(1, 0, "b", status="CLOSED")
    bank.has_customer(2).has_account(2, status="CLOSED").has_account(2, 0, "c")
    bank.has_customer(3, status="CLOSED").has_customer(4)
    assert stages(bank, FIRST) == {1: "CLOSED", 2: "STABLE", 3: "CLOSED", 4: "STABLE"}


def test_new_is_for_90_days(a_bank: NewBank) -> None:
    bank = (
        a_bank().has_customer(1, opened=FIRST - timedelta(90)).has_customer(2, opened=FIRST - timedelta(91))
    )
    assert stages(bank, FIRST) == {1: "NEW", 2: "STABLE"}


def test_lost_is_two_months_at_a_fifth_of_the_base(a_bank: NewBank) -> None:
    balances, bank = [60000] * 4 + [12000] * 3, a_bank().has_customer(1).has_customer(2)
    nights = monthly(bank, {1: balances, 2: [*balances[:4], 12001, *balances[5:]]})
    assert [n[1]["stage"] == "LOST" for n in nights[-3:]] == [False, True, True]
    row = nights[-2][1]
    assert (row["stage"], row["stage_since"], row["lost_on"], row["lost_base"]) == (
        "LOST",
        date(2025, 7, 1),
        date(2025, 7, 1),
        60000,
    )
    assert [n[2]["stage"] == "LOST" for n in nights[-3:]] == [False, False, True]
    bank.has_account(1, 0, status="CLOSED")
    assert stages(bank, add_months(FIRST, 7) + timedelta(1)) == {1: "CLOSED", 2: "LOST"}  # closed comes first


def test_no_base_no_loss(a_bank: NewBank) -> None:
    nights = monthly(a_bank().has_customer(1), {1: [49999] * 4 + [200] * 4})
    assert "LOST" not in {n[1]["stage"] for n in nights}


def test_silence_for_half_a_year_with_nothing_left_is_loss(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_customer(2).has_customer(3).has_customer(4)
    bank.has_account(1, "99.99").has_account(2, 100).has_account(3, 99).has_account(4, 99)
    bank.logs_in(3)
    bank.moves(4, "CASH", 1)
    bank.night(FIRST)
    assert set(stages(bank, FIRST + timedelta(179)).values()) == {"STABLE"}
    bank.logs_in(3)
    assert stages(bank, FIRST + timedelta(180)) == {1: "LOST", 2: "DORMANT", 3: "DORMANT", 4: "LOST"}


def test_dormant_wakes_with_the_first_transaction_of_his_own(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 500)
    bank.night(FIRST)
    assert stages(bank, FIRST + timedelta(180)) == {1: "DORMANT"}
    bank.moves(1, "INTEREST", 5, "IN")
    assert stages(bank, FIRST + timedelta(181)) == {1: "DORMANT"}
    bank.moves(1, "PAYMENT", 5)
    assert stages(bank, FIRST + timedelta(182)) == {1: "STABLE"}


def test_who_ever_had_a_base_does_not_sleep(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    nights = monthly(bank, {1: [60000, *[500] * 15]})
    assert all(n[1]["had_base"] for n in nights[5:])
    assert "DORMANT" not in {n[1]["stage"] for n in nights}


def test_won_back_is_thirty_days_with_half_the_base(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    balances = [80000] * 4 + [100] * 2
    assert monthly(bank, {1: balances})[-1][1]["stage"] == "LOST"  # on 1 July
    bank.has_account(1, 39999).night(date(2025, 7, 10))
    bank.has_account(1, 40000)
    nights = (1, 2, 3, 12, 21, 22, 29, 30, 31)  # the days of nights left out count too
    rows = {n: bank.night(date(2025, 7, 10) + timedelta(n))[1] for n in nights}
    assert [rows[n]["above_half_base_days"] for n in nights] == [*nights]
    assert {rows[n]["stage"] for n in nights if n < 22} == {
        "LOST"
    }  # July is not over: its average is not known
    assert rows[29]["stage"] != "WIN_BACK"
    assert (rows[30]["stage"], rows[30]["won_back_on"]) == ("WIN_BACK", date(2025, 8, 9))
    assert bank.has_account(1, 100).night(date(2025, 11, 6))[1]["stage"] == "WIN_BACK"
    row = bank.night(date(2025, 11, 7))[1]
    assert row["stage"] != "WIN_BACK" and row["won_back_on"] == date(2025, 8, 9)


def test_a_fall_of_30_percent_and_50000_within_30_days_alerts(a_bank: NewBank) -> None:
    bank = a_bank()
    before = {1: 200_000, 2: 200_000, 3: 100_000, 4: 1_200_000, 5: 1_200_000}
    after = {1: 140_000, 2: 140_001, 3: 50_001, 4: 800_000, 5: 1_160_000}
    for cust, amount in before.items():
        bank.has_customer(cust).has_account(cust, amount)
    bank.night(FIRST)
    for cust, amount in after.items():
        bank.has_account(cust, amount)
    assert "CHURN_ALERT" not in stages(bank, FIRST + timedelta(29)).values()
    found = stages(bank, FIRST + timedelta(30))
    assert [cust for cust, stage in found.items() if stage == "CHURN_ALERT"] == [1, 4]


def test_a_private_customers_alert_needs_a_tenth_of_the_tiers_floor(a_bank: NewBank) -> None:
    bank = a_bank(**{"alert.fall": 0.05}).has_customer(1).has_account(1, 12_000_000)
    bank.has_customer(2).has_account(2, 12_000_000).night(FIRST)
    bank.has_account(1, 11_000_000).has_account(2, 11_000_001)
    found = stages(bank, FIRST + timedelta(30))
    assert (found[1], found[2]) == ("CHURN_ALERT", "STABLE")


def test_growing_is_a_fifth_more_than_three_months_ago(a_bank: NewBank) -> None:
    nights = monthly(
        a_bank().has_customer(1).has_customer(2), {1: [1000, 1000, 1000, 1200], 2: [1000, 1000, 1000, 1199]}
    )
    assert (nights[3][1]["stage"], nights[3][2]["stage"]) == ("GROWING", "STABLE")


def test_growing_is_more_products_than_six_months_ago(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 5000)
    bank.night(FIRST)
    bank.signs(1, "MOBILE_BANK").night(date(2025, 6, 30))
    assert stages(bank, date(2025, 7, 1)) == {1: "GROWING"}


def test_mature_is_a_year_steady_with_three_categories(a_bank: NewBank) -> None:
    bank = a_bank()
    for cust in (1, 2, 3, 4):
        bank.has_customer(cust, opened=date(2024, 7, 1 if cust != 2 else 2)).has_account(cust, 5000).signs(
            cust, "QUICKPAY"
        )
        if cust != 3:
            bank.has_card(cust)
    bank.night(FIRST)
    bank.has_account(4, 3999).night(date(2025, 6, 30))
    assert stages(bank, date(2025, 7, 1)) == {1: "MATURE", 2: "STABLE", 3: "STABLE", 4: "STABLE"}


def test_the_first_rule_that_fits_wins(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1, opened=FIRST).has_account(1, 200_000)
    bank.night(FIRST)
    row = bank.has_account(1, 100_000).night(FIRST + timedelta(30))[1]
    assert (row["stage"], row["stage_since"]) == ("CHURN_ALERT", FIRST + timedelta(30))  # not NEW
    row = bank.has_account(1, 0, status="CLOSED").night(FIRST + timedelta(31))[1]
    assert (row["stage"], row["stage_since"]) == ("CLOSED", FIRST + timedelta(31))


def test_a_stage_remembers_since_when_it_stands(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 5000)
    assert [bank.night(FIRST + timedelta(n))[1]["stage_since"] for n in range(3)] == [FIRST] * 3


def test_rfm_scores_within_the_tier_and_ties_share_a_bucket(a_bank: NewBank) -> None:
    bank = a_bank()
    for cust in range(1, 11):
        bank.has_customer(cust).has_account(cust, cust * 100)
        for _ in range(max(0, cust - 7)):
            bank.moves(cust, "PAYMENT", 1)
    bank.has_customer(11).has_account(11, 60_000).has_customer(12, status="CLOSED")
    rows = bank.night(FIRST)
    assert [rows[n]["rfm_m"] for n in range(1, 12)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 1]
    assert [rows[n]["rfm_f"] for n in range(1, 11)] == [1, 1, 1, 1, 1, 1, 1, 4, 5, 5]
    assert [rows[n]["rfm_r"] for n in range(1, 11)] == [1] * 7 + [4] * 3
    assert rows[12]["rfm_r"] is rows[12]["rfm_m"] is None


@given(st.lists(st.integers(-5, 30), min_size=1, max_size=60))
def test_quintile_bounds_are_those_of_the_naive_reckoning(values: list[int]) -> None:
    table = pa.table({"tier": [0] * len(values), **dict.fromkeys(SCORES, values)})
    found = bounds(table).to_pylist()[0]
    limits = [found[f"rfm_m_{k}"] for k in range(1, 5)]
    assert [1 + sum(v > limit for limit in limits) for v in values] == quintiles(values)
