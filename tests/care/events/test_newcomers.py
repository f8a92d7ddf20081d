"""E19 首面谈, E20 新客90天."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.care.events.bank import Bank


def test_a_new_customer_with_money_is_interviewed(bank: Bank) -> None:
    new = bank.customer(open_date=bank.days(-90), aum=50_000)
    bank.customer(open_date=bank.days(-91), aum=50_000)
    bank.customer(open_date=bank.days(-1), aum=Decimal("49999.99"))
    (event,) = bank.of("E19")
    assert (event.cust_id, event.case, event.priority) == (new["cust_id"], "NEW", 1)
    assert (event.payload["contact_by"], event.payload["interview_by"]) == (
        bank.days(3).isoformat(), bank.days(14).isoformat(),
    )  # fmt: skip
    assert event.expire_on == bank.days(14)


def test_a_newly_assigned_sunflower_is_interviewed_a_diamond_sooner(bank: Bank) -> None:
    gold, sunflower, diamond, pool, kept = (bank.customer(tier=tier) for tier in (2, 3, 4, 3, 3))
    pool["manager_no"] = None
    bank.next_day()
    for who in (gold, sunflower, diamond, pool):
        who["manager_no"] = "E009"
    found = {event.cust_id: event.payload["contact_by"] for event in bank.of("E19")}
    assert found == {
        sunflower["cust_id"]: bank.days(3).isoformat(),
        diamond["cust_id"]: bank.days(2).isoformat(),
        pool["cust_id"]: bank.days(3).isoformat(),
    }
    kept["manager_no"] = None  # into the pool: nobody to interview
    assert len(bank.of("E19")) == 3
    bank.next_day()
    assert bank.of("E19") == []


def test_a_new_customer_given_a_manager_is_interviewed_once(bank: Bank) -> None:
    who = bank.customer(tier=3, aum=800_000, open_date=bank.days(-2), manager_no=None)
    keys = {event.dedup_key for event in bank.of("E19")}
    bank.next_day()
    who["manager_no"] = "E009"
    keys |= {event.dedup_key for event in bank.of("E19")}
    assert len(keys) == 1


@pytest.mark.parametrize("without", [(), ("channel_log", "signup", "holding")])
def test_a_newcomer_is_accompanied_on_seven_days(bank: Bank, without: tuple[str, ...]) -> None:
    for age in range(95):
        bank.customer(open_date=bank.days(-age), categories=1, risk_level=None, last_login=None)
    events = bank.of("E20", *without)
    assert sorted((e.payload["day"], e.case, e.priority) for e in events) == [
        (1, "WELCOME", 2), (3, "APP", 2), (7, "CALL", 2), (15, "RISK", 2),
        (30, "SECOND", 3), (60, "REVIEW", 3), (90, "GRADE", 3),
    ]  # fmt: skip
    assert {event.expire_on for event in events} == {bank.days(5)}


@pytest.mark.parametrize(
    ("age", "met", "unmet"),
    [
        (3, {"last_login": "today"}, {"last_login": None}),
        (15, {"risk_level": "C1"}, {"risk_level": ""}),
        (30, {"categories": 2}, {"categories": 1}),
    ],
)
def test_a_step_is_left_out_when_its_goal_is_met(bank: Bank, age: int, met: dict, unmet: dict) -> None:
    at_rest = {"open_date": bank.days(-age), "categories": 1, "risk_level": None, "last_login": None}
    bank.customer(**at_rest | {k: bank.biz_date if v == "today" else v for k, v in met.items()})
    open_ = bank.customer(**at_rest | unmet)
    assert [event.cust_id for event in bank.of("E20")] == [open_["cust_id"]]
