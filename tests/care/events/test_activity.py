"""E13 睡眠户激活, E14 App沉默."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.care.events.bank import Bank, Row


def sleeper(bank: Bank, days: int | None = 180, **facts: object) -> Row:
    since = bank.days(-days) if days is not None else None
    return bank.customer(**{"prev_active": since, "last_txn": since, "last_login": since} | facts)


def wake(bank: Bank, who: Row) -> Row:
    who["last_login"] = bank.biz_date
    return who


def test_a_login_after_half_a_year_wakes_a_customer(bank: Bank) -> None:
    woken = wake(bank, sleeper(bank, 180))
    wake(bank, sleeper(bank, 179))
    sleeper(bank, 300)
    (event,) = bank.of("E13")
    assert (event.cust_id, event.case, event.payload["days"]) == (woken["cust_id"], "LOGIN", 180)
    assert (event.priority, event.expire_on, event.amount) == (2, bank.days(7), None)


def test_an_own_transaction_of_a_thousand_wakes_a_customer(bank: Bank) -> None:
    enough = sleeper(bank)
    bank.moved(enough, 1_000, "OUT")
    bank.moved(sleeper(bank), Decimal("999.99"), "OUT")
    bank.moved(sleeper(bank), 5_000, "OUT", kind="FEE")
    bank.moved(sleeper(bank), 5_000, "OUT", kind="AUTO_DEBIT")
    bank.moved(sleeper(bank), 5_000, "IN")  # others sent it
    (event,) = bank.of("E13")
    assert (event.cust_id, event.case, event.amount) == (enough["cust_id"], "TRANSACTION", 1_000)


def test_a_reversed_transaction_wakes_nobody(bank: Bank) -> None:
    who = sleeper(bank)
    wrong = bank.moved(who, 5_000, "OUT")
    bank.moved(who, 5_000, "IN", reverses=wrong["txn_seq"])
    assert bank.of("E13") == []


def test_silence_without_any_trace_is_known_only_to_an_old_lake(bank: Bank) -> None:
    never = wake(bank, sleeper(bank, None))
    wake(bank, sleeper(bank, None, open_date=bank.days(-30)))
    assert bank.of("E13") == []
    today = bank.biz_date
    bank.biz_date = date(2025, 12, 19)
    bank.next_day()
    bank.biz_date = today
    (event,) = bank.of("E13")
    assert event.cust_id == never["cust_id"]


def test_without_transactions_a_login_still_wakes(bank: Bank) -> None:
    wake(bank, sleeper(bank))
    assert len(bank.of("E13", "transaction")) == 1


def test_the_app_falls_silent_after_a_month_of_sunflower_after_three_weeks(bank: Bank) -> None:
    def customer(tier: int, silent: int, *logins: int) -> int:
        counts = {f"logins_m{n}": count for n, count in enumerate(logins, 1)}
        return int(bank.customer(tier=tier, last_login=bank.days(-silent), **counts)["cust_id"])

    silent = [customer(2, 30, 4, 4, 4), customer(2, 60, 0, 6, 6), customer(3, 21, 4, 4, 4)]
    customer(2, 29, 4, 4, 4)
    customer(3, 20, 4, 4, 4)
    customer(2, 30, 4, 4, 3)
    bank.customer(last_login=None, logins_m1=9, logins_m2=9, logins_m3=9)
    events = bank.of("E14")
    assert [event.cust_id for event in events] == silent
    assert (events[0].payload["days"], events[0].payload["logins"]) == (30, 4)
    assert (events[0].priority, events[0].expire_on) == (3, bank.days(15))


def test_one_silence_is_one_event(bank: Bank) -> None:
    bank.customer(last_login=bank.days(-30), logins_m1=5, logins_m2=5, logins_m3=5)
    keys = set()
    for _ in range(3):
        keys |= {event.dedup_key for event in bank.of("E14")}
        bank.next_day()
    assert len(keys) == 1
