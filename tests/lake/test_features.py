"""Each metric of the handbook, by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from yinke.common.errors import Held
from yinke.lake.engine import Engine

DAY = date(2026, 3, 1)
NewBank = Callable[..., Bank]


@pytest.fixture
def a_bank(tmp_path: Path, duck: Engine) -> NewBank:
    return lambda **values: Bank(tmp_path / "lake", duck, {**DEFAULTS, **values})


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def test_aum_is_the_sum_of_all_that_is_held(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, "100.10").has_account(1, 2000, "t", "TIME")
    for n, kind in enumerate(("WEALTH", "FUND", "INSURANCE", "METAL", "BOND", "SECURITIES"), 1):
        bank.holds(1, kind, n * 10000, f"P{n}")
    row = bank.night(DAY)[1]
    assert row["aum"] == D("212100.10")
    assert [row[k] for k in ("demand", "time", "wealth", "fund", "insurance", "metal", "bond", "securities")] == [
        D("100.10"), 2000, 10000, 20000, 30000, 40000, 50000, 60000]  # fmt: skip


def test_securities_cash_is_left_out_of_aum_if_the_bank_says_so(a_bank: NewBank) -> None:
    bank = (
        a_bank(**{"aum.with_securities": False}).has_customer(1).has_account(1, 5).holds(1, "SECURITIES", 70)
    )
    row = bank.night(DAY)[1]
    assert (row["aum"], row["securities"]) == (5, 70)


def test_insurance_counts_the_premium_paid_if_the_bank_says_so(a_bank: NewBank) -> None:
    bank = a_bank(**{"aum.insurance_value": "COST"}).has_customer(1).has_customer(2)
    bank.holds(1, "INSURANCE", 80, cost="100").holds(2, "INSURANCE", 80)
    rows = bank.night(DAY)
    assert (rows[1]["aum"], rows[2]["aum"]) == (100, 80)


def test_foreign_money_counts_at_the_days_mid_rate(a_bank: NewBank) -> None:
    bank = a_bank(**{"fx.CZK": 0.31}).has_customer(1).rate("USD", "7.123456").rate("CNY", "1")
    bank.has_account(1, "100.01", ccy="USD", frozen="1.00").has_account(1, "-10", "czk", ccy="CZK").owes(
        1, "CONSUMER", 2, "USD"
    )
    row = bank.night(DAY)[1]
    assert row["aum"] == D("712.42") - D("3.10")  # 712.4168… and 3.1
    assert (row["frozen"], row["lum"]) == (D("7.12"), D("14.25"))
    assert bank.rate("USD", "8").night(DAY + timedelta(1))[1]["demand"] == D("800.08") - D("3.10")


def test_a_currency_without_rate_holds_the_date(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 5, ccy="XAU")
    with pytest.raises(Held, match=r"balance\.ccy: There is no mid rate for XAU.*fx\.XAU"):
        bank.night(DAY)


def test_a_fund_is_worth_share_times_the_last_nav_known(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_customer(2).has_customer(3)
    bank.holds(1, "FUND", 99, "F1", share="1000.5", nav="1.2345").holds(2, "FUND", 7, "F1", share="10")
    bank.holds(3, "FUND", 55, "F2", share="10")  # no NAV was ever seen: what the bank sent
    rows = bank.night(DAY)
    assert [rows[n]["fund"] for n in (1, 2, 3)] == [D("1235.12"), D("12.35"), 55]
    bank.holds(1, "FUND", 99, "F1", share="2000", nav=None)
    assert bank.night(DAY + timedelta(1))[1]["fund"] == 2469
    assert bank.night(DAY + timedelta(2))[1]["fund"] == 2469


def test_frozen_money_is_included_and_told(a_bank: NewBank) -> None:
    row = a_bank().has_customer(1).has_account(1, 500, frozen=200).night(DAY)[1]
    assert (row["aum"], row["frozen"]) == (500, 200)


def test_an_overdraft_makes_aum_negative_and_the_lowest_tier(a_bank: NewBank) -> None:
    row = a_bank().has_customer(1).has_account(1, "-0.01").night(DAY)[1]
    assert (row["aum"], row["mda"], row["tier"]) == (D("-0.01"), D("-0.01"), 0)


def test_a_joint_account_counts_for_the_customer_it_is_kept_under(a_bank: NewBank) -> None:
    rows = a_bank().has_customer(1).has_customer(2).has_account(1, 9, "j", is_joint=True).night(DAY)
    assert (rows[1]["aum"], rows[2]["aum"]) == (9, 0)


def test_a_closed_account_counts_nothing_even_if_its_balance_stands(a_bank: NewBank) -> None:
    row = a_bank().has_customer(1).has_account(1, 9).has_account(1, 5, "x", status="CLOSED").night(DAY)[1]
    assert (row["aum"], row["accounts"], row["open_accounts"]) == (9, 2, 1)


def test_lum_is_loans_and_card_receivables(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).owes(1, "MORTGAGE", 1000).owes(1, "CONSUMER", 200).owes(1, "BUSINESS", 30)
    assert bank.has_card(1, balance=4).night(DAY)[1]["lum"] == 1234


def test_the_monthly_average_divides_by_calendar_days_so_far(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 100)
    bank.night(date(2026, 2, 28))
    seen = []
    for n, balance in enumerate((100, 100, 400, -50), 1):
        seen.append(bank.has_account(1, balance).night(date(2026, 3, n))[1])
    assert [row["mda"] for row in seen] == [100, 100, 200, D("137.50")]
    assert seen[-1]["sum_m"] == 550


def test_days_without_a_night_carry_the_last_balance(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 1000)
    bank.night(date(2026, 3, 27))  # a Friday; the next night is Wednesday, in another month and quarter
    row = bank.has_account(1, 4000).night(date(2026, 4, 1))[1]
    assert (row["mda_m1"], row["sum_m"], row["mda"], row["qda"]) == (1000, 4000, 4000, 4000)
    assert row["aum_month_start"] == 1000
    row = bank.night(date(2026, 4, 4))[1]
    assert (row["sum_m"], row["sum_q"]) == (16000, 16000)


def test_a_month_over_becomes_last_month_and_divides_by_its_days(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 290)
    for day in days(date(2024, 2, 1), date(2024, 2, 29)):
        row = bank.night(day)[1]
    assert row["mda"] == 290
    bank.has_account(1, 0)
    rows = [bank.night(day)[1] for day in days(date(2024, 3, 1), date(2024, 3, 2))]
    assert [(r["mda"], r["mda_m1"], r["aum_month_start"]) for r in rows] == [(0, 290, 290)] * 2
    assert (rows[0]["yda"], rows[0]["mda_m2"]) == (
        D("285.25"),
        None,
    )  # 290 × 60 of 61 days, seeded from 1 January


def test_year_and_quarter_start_anew(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 10)
    bank.night(date(2025, 12, 31))
    row = bank.has_account(1, 30).night(date(2026, 1, 1))[1]
    assert (row["sum_y"], row["sum_q"], row["aum_year_start"], row["aum_month_start"]) == (30, 30, 10, 10)
    row = bank.night(date(2026, 1, 2))[1]
    assert (row["sum_y"], row["yda"], row["aum_year_start"]) == (60, 30, 10)


def test_a_new_customer_is_averaged_over_the_whole_month(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 1)
    bank.night(date(2026, 3, 9))
    bank.has_customer(2, opened=date(2026, 3, 10)).has_account(2, 1000)
    row = bank.night(date(2026, 3, 10))[2]
    assert (row["mda"], row["yda"], row["aum_month_start"]) == (100, D("14.49"), None)
    row = bank.night(date(2026, 4, 1))[2]
    assert (row["mda_m1"], row["mda_m2"]) == (D("709.68"), None)  # 22 of 31 days


def test_on_the_lakes_first_day_the_days_before_count_as_that_day(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1, opened=date(2010, 1, 1)).has_account(1, 300)
    bank.has_customer(2, opened=date(2026, 3, 11)).has_account(2, 300)
    rows = bank.night(date(2026, 3, 15))
    assert (rows[1]["mda"], rows[1]["yda"], rows[1]["sum_m"]) == (300, 300, 4500)
    assert (rows[2]["mda"], rows[2]["sum_y"]) == (100, 1500)
    assert rows[1]["mda_m1"] is rows[1]["aum_month_start"] is rows[1]["aum_30d_ago"] is None


def test_aum_of_30_days_ago_is_that_days_or_the_last_before_it(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 7)
    bank.night(date(2026, 3, 1))
    bank.has_account(1, 8).night(date(2026, 3, 3))
    assert bank.night(date(2026, 3, 30))[1]["aum_30d_ago"] is None
    bank.has_customer(2).has_account(2, 5)
    found = [bank.night(date(2026, 3, 31) + timedelta(n)) for n in range(3)]
    assert [rows[1]["aum_30d_ago"] for rows in found] == [7, 7, 8]
    assert found[0][2]["aum_30d_ago"] == 0


def test_categories_are_the_twelve_of_cross_holding(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1).has_account(1, 1, "t", "TIME")
    for kind in ("WEALTH", "FUND", "INSURANCE", "METAL", "BOND"):
        bank.holds(1, kind, 1, kind)
    bank.has_card(1).owes(1, "CONSUMER", 1).owes(1, "MORTGAGE", 1).signs(1, "PAYROLL").signs(1, "QUICKPAY")
    bank.has_customer(2).has_account(2, status="CLOSED").holds(2, "FUND", 0).has_card(2, status="CLOSED")
    bank.has_card(2, "DEBIT").owes(2, "MORTGAGE", 0).signs(2, "QUICKPAY", "OFF").signs(2, "SMS").has_customer(
        3
    )
    rows = bank.holds(3, "SECURITIES", 5).night(DAY)
    assert [rows[n]["categories"] for n in (1, 2, 3)] == [12, 0, 1]
    assert rows[3]["has_signup"] and not rows[2]["has_credit_card"]


def test_maturing_money_is_that_of_the_next_30_days(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    for n, ahead in enumerate((0, 1, 30, 31)):
        bank.has_account(1, 10**n, f"t{n}", "TIME", maturity=DAY + timedelta(ahead))
    bank.holds(1, "WEALTH", 5, maturity=DAY + timedelta(7)).holds(1, "BOND", 3, "P2")
    assert bank.night(DAY)[1]["maturing_30d"] == 115


def test_only_what_the_customer_does_himself_counts(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    passive = "INTEREST", "FEE", "MATURITY", "AUTO_DEBIT", "AUTO_RENEWAL", "PAYROLL", "LOAN_DRAWDOWN"
    for kind in passive:
        bank.moves(1, kind, 10)
    bank.moves(1, "TRANSFER", 10, "IN")  # others sent it
    bank.moves(1, "SELF_TRANSFER", 10, "IN", own_name=True)  # the same movement as its other leg
    bank.moves(1, "PAYMENT", 10, channel="BATCH")
    row = bank.night(DAY)[1]
    assert (row["txns_90d"], row["last_txn"]) == (0, None)
    bank.moves(1, "TRANSFER", 10)
    bank.moves(1, "TRANSFER", 10, "IN", own_name=True)
    bank.moves(1, "CASH", 10, "IN")
    bank.moves(1, "PURCHASE", 10, channel=None)
    row = bank.night(DAY + timedelta(1))[1]
    assert (row["txns_90d"], row["last_txn"], row["prev_active"]) == (4, DAY + timedelta(1), None)


def test_a_reversal_takes_its_transaction_back_before_any_rule(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_customer(2)
    wrong = bank.moves(1, "TRANSFER", 90000)
    bank.moves(1, "TRANSFER", 90000, "IN", reverses=wrong)
    part = bank.moves(2, "TRANSFER", 90000)
    bank.moves(2, "TRANSFER", 30000, "IN", reverses=part)
    bank.moves(2, "TRANSFER", 500, "IN", reverses="of another day")
    rows = bank.night(DAY)
    assert [(rows[n]["in_today"], rows[n]["out_today"], rows[n]["txns_90d"]) for n in (1, 2)] == [
        (0, 0, 0),
        (0, 60000, 1),
    ]


def test_in_and_out_leave_out_what_is_no_flow(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).rate("USD", "7")
    neither = "MATURITY", "REDEMPTION", "PURCHASE", "AUTO_RENEWAL", "LOAN_DRAWDOWN", "SELF_TRANSFER"
    for kind in neither:
        bank.moves(1, kind, 1000, "IN")
        bank.moves(1, kind, 1000)
    for kind in ("HOUSE", "LOAN_REPAYMENT", "TAX"):
        bank.moves(1, kind, 1000)
    bank.moves(1, "TRANSFER", 10, "IN", ccy="USD")
    bank.moves(1, "PAYROLL", 1, "IN")
    bank.moves(1, "TRANSFER", 5)
    row = bank.night(DAY)[1]
    assert (row["in_today"], row["out_today"]) == (71, 5)


def test_transactions_leave_the_90_days(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    for number in (1, 2):
        for _ in range(number):
            bank.moves(1, "TRANSFER", 1)
        bank.night(DAY + timedelta(number))
    wrong = bank.moves(1, "TRANSFER", 1)
    bank.moves(1, "TRANSFER", 1, "IN", reverses=wrong)
    bank.night(DAY + timedelta(3))
    counts = {n: bank.night(DAY + timedelta(n))[1]["txns_90d"] for n in (90, 91, 92, 93, 94)}
    assert counts == {90: 3, 91: 2, 92: 0, 93: 0, 94: 0}


def test_transactions_leave_the_90_days_though_nights_are_skipped(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    for number in (1, 2, 3):
        bank.moves(1, "TRANSFER", 1)
        bank.night(DAY + timedelta(number))
    assert bank.night(DAY + timedelta(90))[1]["txns_90d"] == 3
    assert bank.night(DAY + timedelta(92))[1]["txns_90d"] == 1


def test_logins_are_counted_by_month_and_by_channel(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1)
    bank.logs_in(1).logs_in(1).logs_in(1, event="VIEW_PRODUCT").night(date(2026, 1, 31))
    bank.logs_in(1, "WEB").night(date(2026, 2, 1))
    row = bank.night(date(2026, 3, 2))[1]
    assert [row[f"logins_m{n}"] for n in range(4)] == [0, 0, 2, 0]
    assert (row["last_login"], row["prev_active"]) == (date(2026, 2, 1), date(2026, 2, 1))


def test_payroll_customers_were_paid_within_three_months(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).is_paid(1, 8000, "U7")
    row = bank.night(date(2025, 11, 30))[1]
    assert (row["is_payroll"], row["has_payroll"], row["first_payroll"], row["payroll_3m"]) == (
        True,
        True,
        date(2025, 11, 30),
        None,
    )
    bank.is_paid(1, 9000, "U8").night(date(2025, 12, 10))
    row = bank.is_paid(1, 500, "U8", "B2").night(date(2025, 12, 20))[1]
    assert (row["payrolls_m0"], row["payroll_sum_m0"], row["payroll_last"], row["payroll_unit"]) == (
        2,
        9500,
        500,
        "U8",
    )
    row = bank.night(date(2026, 2, 28))[1]
    assert [row[f"payrolls_m{n}"] for n in range(5)] == [0, 0, 2, 1, 0]
    assert (row["payroll_3m"], row["first_payroll"], row["last_payroll"]) == (
        8750,
        date(2025, 11, 30),
        date(2025, 12, 20),
    )
    assert bank.night(date(2026, 3, 19))[1]["is_payroll"] is True
    assert bank.night(date(2026, 3, 20))[1]["is_payroll"] is False


def test_payroll_is_known_by_its_transactions_where_no_file_comes(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_customer(2).is_paid(2, 3000)
    bank.moves(1, "PAYROLL", 7000, "IN")
    bank.moves(2, "PAYROLL", 3000, "IN")  # the account's side of the same credit
    rows = bank.night(DAY)
    assert [(rows[n]["payrolls_m0"], rows[n]["payroll_last"]) for n in (1, 2)] == [(1, 7000), (1, 3000)]


def test_effective_customers_have_money_or_transact(a_bank: NewBank) -> None:
    bank = a_bank()
    for cust, balance in ((1, "999.99"), (2, 1000), (3, 0)):
        bank.has_customer(cust).has_account(cust, balance)
    bank.moves(3, "PAYMENT", 1)
    rows = bank.night(date(2026, 1, 31))
    assert [rows[n]["is_effective"] for n in (1, 2, 3)] == [False, True, True]
    assert bank.night(date(2026, 4, 30))[3]["is_effective"] is True
    assert bank.night(date(2026, 5, 1))[3]["is_effective"] is False


def test_the_churn_base_is_the_highest_average_of_months_3_to_12_before_the_one_just_over(
    a_bank: NewBank,
) -> None:
    bank = a_bank().has_customer(1)
    base: dict[date, Any] = {}
    for n in range(18):
        day = date(2024 + n // 12, n % 12 + 1, 1)
        base[day] = bank.has_account(1, 100 - n).night(day)[1]["base_peak"]
    assert base[date(2024, 4, 1)] is None  # March is over; three months before it the lake had not begun
    assert base[date(2024, 5, 1)] == 100  # April: January is three months ago
    assert base[date(2025, 2, 1)] == 100  # January 2025: twelve months
    assert base[date(2025, 3, 1)] == 99
    assert bank.night(date(2025, 6, 30))[1]["base_peak"] == base[date(2025, 6, 1)] == 96


def test_a_bank_that_sends_only_customers_and_balances_gets_its_metrics(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(1).has_account(1, 60000)
    bank.missing = {
        "holding",
        "loan",
        "card",
        "signup",
        "payroll",
        "channel_log",
        "transaction",
        "fx",
        "product",
    }
    bank.night(DAY)
    row = bank.night(DAY + timedelta(1))[1]
    assert (row["aum"], row["categories"], row["stage"], row["tier"]) == (60000, 1, "STABLE", 2)


def test_the_narrow_table_holds_every_customers_aum(a_bank: NewBank) -> None:
    bank = a_bank().has_customer(2).has_customer(1).has_account(2, "5.50")
    bank.night(DAY)
    day = bank.lake.latest()
    assert day is not None
    assert bank.engine.to_arrow(bank.engine.table(day.path("aum"))).to_pylist() == [
        {"cust_id": 1, "aum": D(0)}, {"cust_id": 2, "aum": D("5.50")}]  # fmt: skip


def test_slices_make_the_same_snapshot(a_bank: NewBank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = a_bank()
    for cust in range(1, 41):
        bank.has_customer(cust).has_account(cust, cust * 1000)
        bank.moves(cust, "TRANSFER", cust)
    whole = bank.night(DAY)
    bank.lake = type(bank.lake)(bank.root.with_name("sliced"))
    for cust in range(1, 41):
        bank.moves(cust, "TRANSFER", cust)
    monkeypatch.setattr(bank.engine, "slice_customers", 7)
    assert bank.night(DAY) == whole
