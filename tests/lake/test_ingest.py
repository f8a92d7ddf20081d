"""Files that are right: they reach the canonical tables, typed, sorted, with the customers' numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.lake.small_bank import FIRST, RARE, SmallBank, following


def test_a_nights_files_become_the_canonical_tables(bank: SmallBank) -> None:
    bank.write()
    summary = bank.load()
    assert {feed.feed: feed.rows for feed in summary.feeds} == {
        feed: len(rows) for feed, rows in bank.rows.items()
    }
    assert sum(feed.quarantined for feed in summary.feeds) == 0
    customers = bank.table("customer")
    assert [(c["cust_id"], c["cust_no"], c["name"], c["gender"]) for c in customers] == [
        (1, "C1", "王伟", "M"), (2, "C2", RARE, "F"),
    ]  # fmt: skip
    accounts = {a["acct_no"]: a for a in bank.table("account")}
    assert accounts["A1"]["maturity"] is None  # 99991231 means none
    assert accounts["A2"]["maturity"] == date(2026, 2, 28)
    balances = sorted(bank.table("balance"), key=lambda b: str(b["acct_no"]))
    assert [(b["cust_id"], b["acct_no"], b["balance"], b["category"]) for b in balances] == [
        (1, "A1", Decimal("1000.50"), "DEMAND"), (1, "A2", Decimal("500000.00"), "TIME"),
        (2, "A3", Decimal("20.00"), "DEMAND"),
    ]  # fmt: skip
    assert bank.table("transaction")[0]["remark"] == "工资"


def test_upserts_lie_over_the_day_before_and_journals_stand_alone(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    day = following(FIRST)
    bank.rows["customer"] = [
        ["C0", "新客", "", "1", "19991231", "11", "20260131", "0", "20260131090000"],
        ["C1", "王伟", "310101199001011234", "1", "19900101", "11", "20200101", "9", "20260131090000"],
    ]  # fmt: skip
    bank.rows["account"] = [["A3", "", "", "", "", "", "", "D"]]
    bank.rows["balance"] = [["A1", "7.00", "CNY"], ["A2", "500000.00", "CNY"]]
    bank.rows["transaction"] = []
    bank.write(day)
    bank.load(day)
    assert [(c["cust_id"], c["cust_no"], c["status"]) for c in bank.table("customer", day)] == [
        (1, "C1", "CLOSED"), (2, "C2", "NORMAL"), (3, "C0", "NORMAL"),
    ]  # fmt: skip
    assert {a["acct_no"] for a in bank.table("account", day)} == {"A1", "A2"}
    assert bank.table("transaction", day) == []
    assert bank.table("customer")[0]["status"] == "NORMAL"  # the day before stays as it was
