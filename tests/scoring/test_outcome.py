"""What became of customers: what they brought in three months, and what they newly held at the end of any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.scoring.bank import FIRST
from tests.scoring.test_churn import night
from yinke.lake.engine import Engine
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.label import ends_later
from yinke.scoring.value.contribution import BALANCES
from yinke.scoring.value.outcome import Past


def test_what_is_new_is_what_was_not_held_and_is_at_any_of_three_months_ends(
    tmp_path: Path, duck: Engine
) -> None:
    bank = Bank(tmp_path / "lake", duck, DEFAULTS)
    for cust in range(1, 6):
        bank.has_customer(cust).has_account(cust, 120_000)
    bank.holds(2, "FUND", 9_000)
    for n in range(6):
        if n == 3:
            bank.holds(1, "FUND", 5_000).has_account(5, 240_000)
        if n == 4:
            del bank.state["holding"][1, "P1"]  # bought and sold within the window
            bank.holds(3, "FUND", 7_000).holds(2, "FUND", 90_000)
        if n == 5:
            bank.holds(3, "FUND", 6_000).holds(4, "METAL", 1_000, "P2")
        night(bank, ends_later(FIRST, n))
    past = Past(duck, bank.lake, DEFAULTS)
    found = past.observed(ends_later(FIRST, 2), 10**6)
    fund, metal = CATEGORIES.index("FUND"), CATEGORIES.index("METAL")
    assert found.cust_id.tolist() == [1, 2, 3, 4, 5]
    assert found.holds[:, fund].tolist() == [False, True, False, False, False]
    assert found.new[:, fund].tolist() == [True, False, True, False, False]
    assert found.new[:, metal].tolist() == [False, False, False, True, False]
    assert found.candidates(fund).tolist() == [True, False, True, True, True]
    assert found.sums[:, BALANCES.index("fund")].tolist() == [
        5_000,
        90_000,
        7_000,
        0,
        0,
    ]  # the most of any of them
    a_month = 120_000 * DEFAULTS["value.margin_demand"] / 12
    assert found.now.tolist() == pytest.approx(
        [a_month, a_month + 9_000 * DEFAULTS["value.margin_fund"] / 12, *[a_month] * 3], abs=0.01
    )
    more = DEFAULTS["value.margin_fund"] / 12
    assert found.later().tolist() == pytest.approx([
        3 * a_month + 5_000 * more, 3 * a_month + (9_000 + 90_000 + 90_000) * more, 3 * a_month + 13_000 * more,
        3 * a_month + 1_000 * DEFAULTS["value.margin_metal"] / 12, 6 * a_month,
    ], abs=0.02)  # fmt: skip
