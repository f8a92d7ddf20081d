"""Rows that can't be used: set apart with place and reason, and readable; the rest of the file is loaded."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.lake.small_bank import COLUMNS, FIRST, SmallBank, following
from yinke.common.errors import Held
from yinke.lake import quarantine
from yinke.lake.quarantine import Refused


def refused(bank: SmallBank, feed: str, *row: str) -> list[Refused]:
    """What is quarantined when a row is added to a feed's file; the others must be loaded."""
    bank.feeds[feed]["tolerance"] = {"bad_rows": 0.5}
    bank.rows[feed].append(list(row))
    bank.write()
    summary = {load.feed: load for load in bank.load().feeds}
    found = quarantine.read(bank.lake, FIRST)
    assert summary[feed].quarantined == len(found)
    assert bank.arrow(feed).num_rows == len(bank.rows[feed]) - len(found)
    assert sum(quarantine.counts(bank.lake, FIRST).values()) == len(found)
    return found


def changed(feed: str, bank: SmallBank, **values: str) -> list[str]:
    """The feed's first row under another key, with some columns changed."""
    row = dict(zip(COLUMNS[feed], bank.rows[feed][0], strict=True)) | values
    return list(row.values())


@pytest.mark.parametrize(
    ("feed", "values", "column", "reason"),
    [
        ("customer", {"CUST_NO": "C9", "OPEN_DT": "20260230"}, "OPEN_DT", "not_date"),
        ("customer", {"CUST_NO": "C9", "OPEN_DT": ""}, "OPEN_DT", "missing"),
        ("customer", {"CUST_NO": "C9", "GENDER": "7"}, "GENDER", "unknown_code"),
        ("customer", {"CUST_NO": "C9", "BIRTH_DT": "18700101"}, "BIRTH_DT", "absurd_date"),
        ("customer", {"CUST_NO": "C9", "OPEN_ORG": "99"}, "OPEN_ORG", "unknown_parent"),
        ("customer", {"CUST_NO": "", "OPEN_ORG": "11"}, "CUST_NO", "missing"),
        ("customer", {"CUST_NO": "C9", "UPD_TS": "yesterday"}, "UPD_TS", "not_timestamp"),
        ("account", {"ACCT_NO": "A9", "CUST_NO": "C404"}, "CUST_NO", "unknown_parent"),
        ("account", {"ACCT_NO": "A9", "MAT_DT": "29991231"}, "MAT_DT", "absurd_date"),
        ("transaction", {"TXN_SEQ": "T9", "AMT": "-1.00"}, "AMT", "negative_amount"),
        ("transaction", {"TXN_SEQ": "T9", "AMT": "99999999999999"}, "AMT", "absurd_amount"),
        ("transaction", {"TXN_SEQ": "T9", "AMT": "1,000"}, "AMT", "not_money"),
        ("transaction", {"TXN_SEQ": "T9", "KIND": "MAGIC"}, "KIND", "unknown_code"),
        ("transaction", {"TXN_SEQ": "T9", "ACCT_NO": "A404"}, "ACCT_NO", "unknown_parent"),
        ("transaction", {"TXN_SEQ": "T9", "REMARK": "长" * 5000}, "REMARK", "too_long"),
        ("org", {"ORG_NO": "12", "ORG_LEVEL": "four"}, "ORG_LEVEL", "not_int"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_apart_with_its_place_and_reason(
    bank: SmallBank, feed: str, values: dict[str, str], column: str, reason: str
) -> None:
    row = changed(feed, bank, **values)
    number = len(bank.rows[feed]) + 1
    found = refused(bank, feed, *row) if reason != "not_money" else refused_amount(bank, row)
    assert [(r.feed, r.file, r.row, r.column, r.reason) for r in found] == [
        (feed, bank.data(feed).name, number, column, reason)
    ]


def refused_amount(bank: SmallBank, row: list[str]) -> list[Refused]:
    """As ``refused``, for a value that no control file can sum up."""
    bank.feeds["transaction"]["tolerance"] = {"bad_rows": 0.5}
    bank.write()
    text = "".join("|+|".join(r) + "\n" for r in [*bank.rows["transaction"], row])
    bank.write_bytes("transaction", text.encode("GB18030"))
    bank.load()
    return quarantine.read(bank.lake, FIRST, "transaction")


def test_a_negative_balance_is_an_overdraft_and_stands(bank: SmallBank) -> None:
    bank.rows["balance"][0][1] = "-25.10"
    bank.write()
    bank.load()
    assert bank.table("balance")[0]["balance"] == Decimal("-25.10")


def test_values_of_people_are_masked_in_quarantine(bank: SmallBank) -> None:
    row = changed("customer", bank, CUST_NO="C9", BIRTH_DT="18700101")
    assert refused(bank, "customer", *row)[0].value_masked == "***(8)"


def test_other_values_show_their_ends(bank: SmallBank) -> None:
    row = changed("customer", bank, CUST_NO="C9", OPEN_DT="2026-02-30")
    assert refused(bank, "customer", *row)[0].value_masked == "20***0"


def test_a_line_that_cannot_be_split_shows_none_of_its_text(bank: SmallBank) -> None:
    found = refused(bank, "customer", "C9", "张三")
    assert [(r.column, r.reason, r.value_masked) for r in found] == [("", "column_count", "***(7)")]


def test_a_customer_refused_takes_his_accounts_and_balances_along(bank: SmallBank) -> None:
    for feed in ("customer", "account", "balance"):
        bank.feeds[feed]["tolerance"] = {"bad_rows": 0.9}
    bank.rows["customer"][1][4] = "19850231"
    bank.write()
    bank.load()
    assert quarantine.counts(bank.lake, FIRST) == {
        ("customer", "not_date"): 1, ("account", "unknown_parent"): 1, ("balance", "unknown_parent"): 1,
    }  # fmt: skip
    assert [row["acct_no"] for row in bank.table("balance")] == ["A1", "A2"]


def test_quarantine_is_read_by_pages_and_by_feed(bank: SmallBank) -> None:
    for feed in ("customer", "account", "balance"):
        bank.feeds[feed]["tolerance"] = {"bad_rows": 0.9}
    bank.rows["customer"][1][4] = "19850231"
    bank.write()
    bank.load()
    whole = quarantine.read(bank.lake, FIRST)
    assert [quarantine.read(bank.lake, FIRST, limit=1, offset=n)[0] for n in range(3)] == whole
    assert quarantine.read(bank.lake, FIRST, "balance") == [r for r in whole if r.feed == "balance"]
    assert quarantine.read(bank.lake, following(FIRST)) == []


def test_null_tokens_and_absent_dates_are_no_errors(bank: SmallBank) -> None:
    bank.rows["customer"][0][2] = "\\N"
    bank.rows["customer"][0][4] = "00010101"
    bank.write()
    bank.load()
    customer = bank.table("customer")[0]
    assert customer["cert_no"] is None
    assert customer["birth_date"] is None


def test_month_ends_and_leap_days_are_dates_like_any_other(bank: SmallBank) -> None:
    leap, day = date(2024, 2, 29), date(2024, 3, 1)
    bank.rows["customer"][0][6] = "20240229"
    bank.rows["customer"][0][8] = "20240229235959"
    bank.rows["transaction"] = []
    bank.write(leap)
    bank.load(leap)
    bank.write(day)
    bank.load(day)  # the day after 29 February: no gap
    customer = bank.table("customer", day)[0]
    assert (customer["open_date"], customer["updated_at"]) == (leap, datetime(2024, 2, 29, 23, 59, 59))


def test_of_rows_with_one_key_the_newest_stands_whatever_their_order(bank: SmallBank) -> None:
    late = changed("customer", bank, CUST_NAME="王旧", UPD_TS="20250101000000")
    newer = changed("customer", bank, CUST_NAME="王新", UPD_TS="20260129090000")
    bank.rows["customer"] = [newer, bank.rows["customer"][0], late, bank.rows["customer"][1]]
    bank.write()
    bank.load()
    assert bank.table("customer")[0]["name"] == "王新"
    assert quarantine.counts(bank.lake, FIRST) == {}


def test_a_late_row_does_not_undo_a_newer_one_of_the_day_before(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    day = following(FIRST)
    bank.rows["customer"] = [changed("customer", bank, CUST_NAME="王旧", UPD_TS="20250101000000")]
    bank.write(day)
    bank.load(day)
    assert bank.table("customer", day)[0]["name"] == "王伟"


def test_a_repeated_key_without_a_newest_column_holds_the_date(bank: SmallBank) -> None:
    bank.rows["balance"].append(["A1", "7.00", "CNY"])
    bank.write()
    with pytest.raises(Held) as held:
        bank.load()
    assert (held.value.reason, held.value.feed) == ("duplicate_key", "balance")
    assert [(r.row, r.reason) for r in quarantine.read(bank.lake, FIRST)] == [(1, "duplicate_key")]
    bank.rows["balance"].pop()
    bank.write(FIRST, "balance")
    bank.load()
    assert quarantine.counts(bank.lake, FIRST) == {}


def test_a_row_to_delete_needs_its_key_only_and_may_be_unknown(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    day = following(FIRST)
    bank.rows["account"] = [["A3", "", "", "", "", "", "", "D"], ["A404", "", "", "", "", "", "", "D"]]
    bank.rows["balance"] = bank.rows["balance"][:2]
    bank.write(day)
    bank.load(day)
    assert [a["acct_no"] for a in bank.table("account", day)] == ["A1", "A2"]
    assert quarantine.counts(bank.lake, day) == {}
