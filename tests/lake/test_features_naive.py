"""Many nights of a random bank: what is carried from night to night equals what the whole history says."""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.lake.bank_tables import Bank
from tests.lake.naive import History
from yinke.lake.engine import Engine

KINDS = [
    "TRANSFER",
    "CASH",
    "PAYMENT",
    "INTEREST",
    "PURCHASE",
    "REDEMPTION",
    "SELF_TRANSFER",
    "TAX",
    "AUTO_DEBIT",
]
CUSTOMERS = range(1, 13)


def live_a_day(bank: Bank, rng: random.Random, day: date, opened: set[int]) -> None:
    """Things happen to a few customers."""
    bank.rate("USD", f"{rng.uniform(6.5, 7.5):.6f}")
    for cust in CUSTOMERS:
        if cust not in opened and rng.random() < 0.3:
            opened.add(cust)
            bank.has_customer(cust, opened=day - timedelta(rng.choice([0, 0, 12, 400])))
        if cust not in opened:
            continue
        if rng.random() < 0.4:
            bank.has_account(cust, f"{rng.uniform(-100, 200000):.2f}", frozen=rng.randint(0, 3))
        if rng.random() < 0.2:
            bank.has_account(cust, f"{rng.uniform(0, 9000):.2f}", f"{cust}t", "TIME", "USD",
                             status=rng.choice(["NORMAL", "CLOSED"]))  # fmt: skip
        if rng.random() < 0.2:
            bank.holds(cust, rng.choice(["WEALTH", "BOND", "SECURITIES"]), f"{rng.choice([0, 5000.55])}")
            bank.owes(cust, rng.choice(["MORTGAGE", "CONSUMER"]), rng.choice([0, 700]), "USD")
            bank.has_card(cust, balance="12.34", status=rng.choice(["NORMAL", "CLOSED"]))
            bank.signs(cust, rng.choice(["PAYROLL", "QUICKPAY", "SMS"]), rng.choice(["ON", "OFF"]))
        if rng.random() < 0.3:
            seq = bank.moves(cust, rng.choice(KINDS), rng.randint(1, 90000), rng.choice(["IN", "OUT"]),
                             ccy=rng.choice(["CNY", "CNY", "USD"]), own_name=rng.choice([None, True, False]),
                             channel=rng.choice(["APP", "BATCH", None]))  # fmt: skip
            if rng.random() < 0.2:
                bank.moves(cust, "TRANSFER", rng.randint(1, 90000), "IN", reverses=seq)
        if rng.random() < 0.1:
            bank.is_paid(cust, f"{rng.uniform(3000, 20000):.2f}")
        if rng.random() < 0.2:
            bank.logs_in(cust)


def live(bank: Bank, rng: random.Random, first: date, nights: int, longest_gap: int) -> None:
    """Run nights, some dates being skipped, and compare every customer's metrics after each."""
    history, opened, day = History(), set(), first
    for _ in range(nights):
        live_a_day(bank, rng, day, opened)
        history.add(day, bank.state)
        rows = bank.night(day)
        assert set(rows) == opened
        for cust, row in rows.items():
            expected = history.metrics(cust)
            found: dict[str, Any] = {name: row[name] for name in expected}
            assert found == expected, (day, cust)
        day += timedelta(rng.choice([1, 1, 1, rng.randint(1, longest_gap)]))


STARTS = [date(2024, 2, 25), date(2025, 12, 27), date(2026, 3, 28), date(2023, 6, 20)]


@given(seed=st.integers(0, 10**6), first=st.sampled_from(STARTS), gap=st.sampled_from([2, 20, 45]))
@example(seed=0, first=STARTS[0], gap=45)  # a customer who came after the months whose peak counts
@settings(max_examples=1)
def test_carried_metrics_equal_the_whole_history(duck: Engine, seed: int, first: date, gap: int) -> None:
    with tempfile.TemporaryDirectory() as root:
        live(Bank(Path(root), duck), random.Random(seed), first, nights=14, longest_gap=gap)


SPARK_NIGHTS = (date(2025, 6, 30), date(2026, 1, 1))
"""A first date, and a night that follows half a year and a year's end: few, since Spark takes many seconds for each."""


@pytest.mark.spark
def test_spark_gives_the_same_metrics_and_classes(duck: Engine, spark: Engine, tmp_path: Path) -> None:
    banks = {name: Bank(tmp_path / name, engine) for name, engine in (("duck", duck), ("spark", spark))}
    rows = {}
    for name, bank in banks.items():
        rng, opened = random.Random(5), set()
        for day in SPARK_NIGHTS:
            live_a_day(bank, rng, day, opened)
            rows[name, day] = bank.night(day)
    for (name, day), found in rows.items():
        assert found == rows["duck", day], (name, day)
    assert {type(v) for v in rows["spark", date(2026, 1, 1)][1].values()} >= {int, str, Decimal, date, bool}
