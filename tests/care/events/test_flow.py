"""E03 大额转入, E04 大额转出, E05 连续资产下降."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.care.events.bank import Bank

D = Decimal


@pytest.mark.parametrize(
    ("tier", "mda", "amount", "raised"),
    [
        (1, 20_000, D("50000"), True),
        (1, 20_000, D("49999.99"), False),
        (3, 1_000_000, D("200000"), True),  # 20% of the average
        (3, 1_000_000, D("199999.99"), False),
        (4, 8_000_000, D("500000"), True),  # flat from T4 up
        (4, 8_000_000, D("499999.99"), False),
        (5, 100_000_000, D("500000"), True),
    ],
)
def test_large_is_measured_by_tier_and_average(
    bank: Bank, tier: int, mda: int, amount: Decimal, raised: bool
) -> None:
    who = bank.customer(tier=tier, aum=mda)
    bank.moved(who, amount)
    events = bank.of("E03")
    assert bool(events) is raised
    if raised:
        assert (events[0].priority, events[0].amount) == (1 if tier >= 4 else 2, amount)
        assert events[0].expire_on == bank.days(3)


def test_the_days_transfers_are_summed(bank: Bank) -> None:
    who = bank.customer(aum=20_000)
    for _ in range(2):
        bank.moved(who, 25_000, "OUT")
    (event,) = bank.of("E04")
    assert (event.amount, event.priority, event.expire_on) == (50_000, 1, bank.days(2))


def test_money_to_the_own_name_elsewhere_or_to_a_broker_weighs_twice(bank: Bank) -> None:
    plain, own, split, broker, inside = (bank.customer() for _ in range(5))
    bank.moved(plain, 60_000, "OUT", opp_bank="工商银行")
    bank.moved(own, 60_000, "OUT", own_name=True, opp_bank="工商银行")
    bank.moved(split, 60_000, "OUT", own_name=True, opp_bank="工商银行")
    bank.moved(split, 30_000, "OUT", own_name=True, opp_bank="建设银行")
    bank.moved(split, 10_000, "OUT")
    bank.moved(broker, 60_000, "OUT", kind="SECURITIES")
    bank.moved(inside, 60_000, "OUT", own_name=True)
    found = {
        e.cust_id: (e.case, e.payload["own"], e.payload["bank"], e.payload["weight"]) for e in bank.of("E04")
    }
    assert found == {
        plain["cust_id"]: ("PLAIN", None, None, 1),
        own["cust_id"]: ("OWN_NAME", None, "工商银行", 2),
        split["cust_id"]: ("OWN_NAME", "90000.00", None, 2),
        broker["cust_id"]: ("BROKER", None, None, 2),
        inside["cust_id"]: ("PLAIN", None, None, 1),
    }


def test_a_reversed_transfer_is_not_told_as_the_own_name(bank: Bank) -> None:
    who = bank.customer()
    wrong = bank.moved(who, 90_000, "OUT", own_name=True, opp_bank="工商银行")
    bank.moved(who, 90_000, reverses=wrong["txn_seq"], direction="IN")
    bank.moved(who, 60_000, "OUT")
    who |= {"in_today": D(0), "out_today": D(60_000)}  # as the metrics net them
    (event,) = bank.of("E04")
    assert (event.case, event.amount) == ("PLAIN", 60_000)


def test_no_flow_no_event_and_no_feed_no_event(bank: Bank) -> None:
    bank.customer()
    assert bank.of("E03") == []
    bank.moved(bank.customer(), 90_000)
    assert [event.case for event in bank.of("E03", "transaction")] == ["PLAIN"]


def test_a_fall_needs_thirty_percent_and_five_ten_thousands(bank: Bank) -> None:
    cases = {
        (200_000, 140_000): True,
        (200_000, "140000.01"): False,  # a fen less than 30%
        (150_000, 100_000): True,
        (150_000, "100000.01"): False,  # a fen less than 5万
        (100_000, 40_000): True,
        (60_000, 20_000): False,  # two thirds, yet only 4万
        (100_000, 300_000): False,
    }
    who = {bank.customer(aum=now, aum_30d_ago=D(was))["cust_id"]: case
           for case in cases for was, now in [case]}  # fmt: skip
    bank.customer(aum=0, aum_30d_ago=None)  # the lake is younger than 30 days
    events = bank.of("E05")
    assert {who[event.cust_id] for event in events} == {case for case, raised in cases.items() if raised}
    assert {event.payload["percent"] for event in events} == {30, 33, 60}


def test_three_falling_months_need_a_quarter_in_all(bank: Bank) -> None:
    def customer(*months: int) -> int:
        names = ("mda_m4", "mda_m3", "mda_m2", "mda_m1")
        return int(bank.customer(**{n: D(m) for n, m in zip(names, months, strict=True)})["cust_id"])

    falling = customer(100_000, 90_000, 80_000, 75_000)
    customer(100_000, 90_000, 80_000, 75_001)  # not quite a quarter
    customer(100_000, 80_000, 80_000, 70_000)  # one month held
    customer(100_000, 110_000, 80_000, 70_000)  # two falls only
    customer(20_000, 18_000, 15_000, 10_001)  # less than 1万 lost
    events = bank.of("E05")
    assert [(event.cust_id, event.case, event.amount) for event in events] == [(falling, "MONTHS", 25_000)]


def test_a_standing_fall_is_one_event_even_over_the_months_end(bank: Bank) -> None:
    who = bank.customer(aum=100_000, aum_30d_ago=D(200_000))
    keys = []
    for _ in range(20):  # 17 June to 6 July
        (event,) = bank.of("E05")
        keys.append(event.dedup_key)
        raised = bank.counts
        bank.next_day()
        assert raised == ({"E05": 1} if len(keys) == 1 else {})
    assert set(keys) == {f"E05|{who['cust_id']}|DROP|2026-06"}
    who["aum_30d_ago"] = D(100_000)
    assert bank.of("E05") == []
    bank.next_day()
    who["aum_30d_ago"] = D(200_000)
    (event,) = bank.of("E05")
    assert event.dedup_key.endswith("2026-07")  # it ended and began again: a new event
