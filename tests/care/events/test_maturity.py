"""E01 定存到期, E02 理财到期."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.care.events.bank import Bank
from yinke.care.events.maturity import stages


def cases(events: list) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for event in events:
        found.setdefault(event.cust_id, []).append(event.case)
    return {cust: sorted(names) for cust, names in found.items()}


def test_a_deposit_is_told_a_week_ahead_and_urgent_from_the_eve_on(bank: Bank) -> None:
    who = {}
    for days in (8, 7, 4, 3, 1, 0, -1, -3, -4):
        who[days] = bank.customer()
        bank.deposit(who[days], 50_000, bank.days(days))
    events = {event.cust_id: event for event in bank.of("E01")}
    found = {days: events.get(row["cust_id"]) for days, row in who.items()}
    assert [days for days, event in found.items() if event is None] == [8, -4]
    assert {days: event.case for days, event in found.items() if event} == {
        7: "AHEAD", 4: "AHEAD", 3: "AHEAD", 1: "AHEAD", 0: "TODAY", -1: "AFTER", -3: "AFTER",
    }  # fmt: skip
    assert {days: event.priority for days, event in found.items() if event} == {
        7: 2, 4: 2, 3: 2, 1: 1, 0: 1, -1: 1, -3: 1,
    }  # fmt: skip
    for days, event in found.items():
        if event:
            assert event.expire_on == bank.days(days + 3)
            assert event.payload["days"] == abs(days)


def test_deposits_in_one_window_are_summed_to_five_ten_thousands(bank: Bank) -> None:
    together, alone, apart = bank.customer(), bank.customer(), bank.customer()
    for days in (5, 6):
        bank.deposit(together, 25_000, bank.days(days))
    bank.deposit(alone, Decimal("49999.99"), bank.days(5))
    bank.deposit(apart, 30_000, bank.days(6))
    bank.deposit(apart, 30_000, bank.days(2))
    (event,) = bank.of("E01")
    assert (event.cust_id, event.amount, event.payload["count"]) == (together["cust_id"], 50_000, 2)
    assert event.payload["due"] == bank.days(5).isoformat()
    assert event.payload["tail"] is None


def test_of_wealthy_customers_a_single_deposit_of_ten_ten_thousands_counts(bank: Bank) -> None:
    many_small, one_big = bank.customer(tier=3), bank.customer(tier=3)
    for _ in range(3):
        bank.deposit(many_small, Decimal("99999.99"), bank.days(7))
    bank.deposit(one_big, 100_000, bank.days(7))
    assert [event.cust_id for event in bank.of("E01")] == [one_big["cust_id"]]


def test_what_renews_by_itself_is_told_once_and_never_urgently(bank: Bank) -> None:
    for days in (7, 3, 0, -1):
        bank.deposit(bank.customer(), 80_000, bank.days(days), auto_renew=True)
    (event,) = bank.of("E01")
    assert (event.case, event.priority, event.payload["days"]) == ("RENEWS", 2, 7)


@pytest.mark.parametrize(
    "account",
    [{"status": "CLOSED"}, {"status": "FROZEN"}, {"category": "DEMAND"}, {"maturity": None}],
    ids=lambda account: next(iter(account)) + "-" + str(next(iter(account.values()))),
)
def test_no_word_of_accounts_that_can_not_mature(bank: Bank, account: dict) -> None:
    bank.deposit(bank.customer(), 80_000, bank.days(7)).update(account)
    assert bank.of("E01") == []


def test_a_renewed_deposit_is_not_missed_and_a_paid_out_one_neither(bank: Bank) -> None:
    renewed, paid_out, left = (bank.deposit(bank.customer(), 80_000, bank.days(0)) for _ in range(3))
    bank.next_day()
    renewed["maturity"] = bank.days(364)
    next(b for b in bank.rows["balance"] if b["acct_no"] == paid_out["acct_no"])["balance"] = Decimal(0)
    (event,) = bank.of("E01")
    assert (event.cust_id, event.case) == (left["cust_id"], "AFTER")


def test_foreign_deposits_count_at_the_days_rate(bank: Bank) -> None:
    bank.deposit(bank.customer(), 7_000, bank.days(7), ccy="USD")
    bank.deposit(bank.customer(), 6_900, bank.days(7), ccy="USD")
    assert [event.amount for event in bank.of("E01")] == [Decimal("50400.00")]


def test_each_stage_is_raised_once_over_its_nights(bank: Bank) -> None:
    bank.deposit(bank.customer(), 80_000, bank.days(9))
    raised, keys = [], set()
    for _ in range(14):
        events = bank.of("E01")
        raised.append(bank.counts.get("E01", 0))
        keys |= {event.dedup_key.split("|")[3].split(" ")[0] for event in events}
        bank.next_day()
    assert raised == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]  # T-7, T-3, T-0, T+1
    assert keys == {"T-7", "T-3", "T-0", "T+3"}


def test_wealth_is_summed_per_window_and_named_when_alone(bank: Bank) -> None:
    steady = bank.product("P1", "稳享一年")
    one, two, small = bank.customer(), bank.customer(), bank.customer()
    bank.holding(one, steady, 50_000, maturity=bank.days(7))
    bank.holding(two, steady, 30_000, maturity=bank.days(5))
    bank.holding(two, steady, 30_000, maturity=bank.days(7))
    bank.holding(small, steady, Decimal("49999.99"), maturity=bank.days(7))
    first, second = bank.of("E02")
    assert (first.cust_id, first.payload["product"], first.payload["count"]) == (
        one["cust_id"],
        "稳享一年",
        None,
    )
    assert (second.cust_id, second.payload["product"], second.payload["count"]) == (two["cust_id"], None, 2)
    assert second.amount == 60_000


def test_only_wealth_products_count_as_such(bank: Bank) -> None:
    who = bank.customer()
    for category in ("FUND", "INSURANCE", "BOND"):
        bank.holding(who, bank.product(category, category, "R3", category), 90_000, maturity=bank.days(7))
    bank.holding(who, bank.product("P1", "开放式"), 90_000, maturity=None)
    assert bank.of("E02") == []


@pytest.mark.parametrize("gone_after", [1, 2, 3], ids=["on the day", "T+1", "T+2"])
def test_the_money_is_reported_when_it_arrives(bank: Bank, gone_after: int) -> None:
    """Whether the product system drops a holding on its last day or a day or two later."""
    steady = bank.product("P1", "稳享一年")
    holding = bank.holding(bank.customer(), steady, 90_000, maturity=bank.days(1))
    arrived = []
    for night in range(1, 5):
        bank.next_day()
        if night == gone_after:
            bank.rows["holding"].remove(holding)
        bank.of("E02")
        events = [event for event in bank.of("E02") if event.case == "ARRIVED"]
        arrived += [event.dedup_key for event in events]
        assert all(event.priority == 1 for event in events)
    assert len(arrived) >= 1
    assert len(set(arrived)) == 1


def test_a_holding_sold_before_its_maturity_did_not_arrive(bank: Bank) -> None:
    holding = bank.holding(bank.customer(), bank.product("P1", "稳享一年"), 90_000, maturity=bank.days(3))
    bank.next_day()
    bank.rows["holding"].remove(holding)
    assert bank.of("E02") == []


@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=5, unique=True),
    st.integers(1, 10),
    st.integers(-20, 100),
)
def test_windows_cover_each_day_from_the_first_word_to_the_last_once(
    ahead: list[int], after: int, day: int
) -> None:
    ahead = [*sorted(ahead, reverse=True), 0]
    windows = [name for name, low, high in stages(ahead, after) if low <= day <= high]
    expected = [
        *(f"T-{n}" for n, following in zip(ahead, [*ahead[1:], -1], strict=True) if following < day <= n),
        *([f"T+{after}"] if -after <= day < 0 else []),
    ]
    assert windows == expected


def test_a_bank_of_many_deposits_agrees_with_the_rule_in_plain_words(bank: Bank) -> None:
    """2,000 deposits of 300 customers, drawn by a fixed seed, against a naive reading of the rule."""
    import random

    draw = random.Random(20260617)
    people = [bank.customer(tier=draw.randint(0, 5)) for _ in range(300)]
    deposits = [
        (who := draw.choice(people), draw.choice([9_000, 30_000, 60_000, 120_000]), draw.randint(-6, 12),
         draw.random() < 0.2)
        for _ in range(2000)
    ]  # fmt: skip
    for who, amount, days, renews in deposits:
        bank.deposit(who, amount, bank.days(days), auto_renew=renews)
    expected = {}
    for who in people:
        for name, low, high in stages([7, 3, 0], 3):
            for renews in (False, True):
                mine = [
                    (amount, days) for owner, amount, days, r in deposits
                    if owner is who and low <= days <= high and r == renews and (not renews or name == "T-7")
                ]  # fmt: skip
                if not mine:
                    continue
                total, largest = sum(a for a, _ in mine), max(a for a, _ in mine)
                if largest >= 100_000 if who["tier"] >= 3 else total >= 50_000:
                    due = bank.days(min(days for _, days in mine))
                    expected[who["cust_id"], f"{name}{'R' if renews else ''} {due}"] = total
    found = {(e.cust_id, e.dedup_key.split("|")[3]): e.amount for e in bank.of("E01")}
    assert found == expected
    assert len(found) > 300


def test_dates_are_those_of_the_business_date_not_of_the_clock(bank: Bank) -> None:
    bank.biz_date = date(1993, 3, 1)
    bank.deposit(bank.customer(), 80_000, date(1993, 3, 8))
    (event,) = bank.of("E01")
    assert event.biz_date == date(1993, 3, 1)
    assert event.expire_on == date(1993, 3, 8) + timedelta(days=3)
