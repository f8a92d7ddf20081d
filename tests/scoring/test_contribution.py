"""价值贡献: what a customer brings in a month, reckoned one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.scoring.test_churn import by_customer, night
from yinke.lake.engine import Engine
from yinke.scoring.value.contribution import standing

LATE = DEFAULTS["value.overdue_days"]
RATE = 7.25
LOANS = {"MORTGAGE": "mortgage", "CONSUMER": "consumer_loan", "BUSINESS": "business_loan"}
HOLDINGS = ("WEALTH", "FUND", "INSURANCE", "METAL", "BOND")


def test_what_is_held_and_owed_brings_its_margin_and_what_is_late_nothing(
    tmp_path: Path, duck: Engine
) -> None:
    rng, bank = random.Random(31), Bank(tmp_path / "lake", duck, DEFAULTS).rate("USD", f"{RATE}")
    sums: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    earns: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    late: dict[int, int] = defaultdict(int)
    fees: dict[int, float] = defaultdict(float)
    for cust in range(1, 61):
        bank.has_customer(cust, status="CLOSED" if cust == 9 else "NORMAL")
        demand = rng.choice((-500, 0, rng.randint(1, 900) * 100))
        bank.has_account(cust, demand)
        sums[cust]["demand"] += max(demand, 0)
        if rng.random() < 0.4:
            amount, dollars = rng.randint(1, 50) * 1_000, rng.random() < 0.4
            bank.has_account(
                cust, amount, f"{cust}t", "TIME", "USD" if dollars else "CNY", maturity=date(2026, 1, 1)
            )
            sums[cust]["time"] += amount * (RATE if dollars else 1)
        for category in HOLDINGS:
            if rng.random() < 0.25:
                amount = rng.randint(1, 90) * 500
                bank.holds(cust, category, amount, f"P{category}")
                sums[cust][category.lower()] += amount
        for kind, name in LOANS.items():
            if rng.random() < 0.25:
                amount, days = rng.randint(1, 90) * 5_000, rng.choice((None, 0, LATE - 1, LATE, 300))
                bank.owes(cust, kind, amount, days_past_due=days)
                sums[cust][name] += amount
                earns[cust][name] -= amount if (days or 0) >= LATE else 0
                late[cust] = max(late[cust], days or 0)
        if rng.random() < 0.5:
            kind, status = rng.choice(("CREDIT", "DEBIT")), rng.choice(("NORMAL", "CLOSED"))
            amount = rng.randint(0, 30) * 1_000
            bank.has_card(cust, kind, amount, status)
            if (kind, status) == ("CREDIT", "NORMAL"):
                sums[cust]["credit_card"] += amount
                fees[cust] += DEFAULTS["value.fee_credit_card"]
        if rng.random() < 0.3:
            bank.signs(cust, "QUICKPAY")
            fees[cust] += DEFAULTS["value.fee_signup"]
    day = night(bank, date(2025, 5, 31))
    rows = by_customer(bank, standing(duck, day, DEFAULTS))
    assert rows.keys() == set(range(1, 61)) and [c for c, row in rows.items() if not row["normal"]] == [9]
    for cust, row in rows.items():
        told = {name.removeprefix("sum_"): value for name, value in row.items() if name.startswith("sum_")}
        assert told == {name: pytest.approx(sums[cust][name], abs=0.01) for name in told}, cust
        year = (
            sum((sums[cust][name] + earns[cust][name]) * DEFAULTS[f"value.margin_{name}"] for name in told)
            + fees[cust]
        )
        assert row["contribution"] == pytest.approx(year / 12, abs=0.006), cust
        assert row["overdue"] == late[cust] and row["holds_credit_card"] == (
            fees[cust] >= DEFAULTS["value.fee_credit_card"]
        )
    assert {name for cust in sums for name, amount in sums[cust].items() if amount} >= {
        "demand", "time", "credit_card", *LOANS.values(), *(h.lower() for h in HOLDINGS),
    }  # fmt: skip
