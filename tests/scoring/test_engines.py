"""Both engines observe customers, label and score them alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.scoring.bank import FIRST, LeaverBank
from tests.scoring.test_churn import night
from tests.scoring.test_score import LOOSE, begun, rows_of
from yinke.lake.engine import Engine, Slice
from yinke.lake.store import Lake
from yinke.scoring.churn.features import observe
from yinke.scoring.churn.label import ends_later, label
from yinke.scoring.churn.score import score_churn
from yinke.scoring.value.contribution import standing

pytestmark = pytest.mark.spark


def test_both_engines_observe_and_label_alike(tmp_path: Path, duck: Engine, spark: Engine) -> None:
    bank = Bank(tmp_path / "lake", duck, DEFAULTS)
    for n in range(6):
        for cust in range(1, 13):
            bank.has_customer(cust, birth_date=date(1960 + cust, 2, 3))
            bank.has_account(cust, 70_001 + cust * 7_919 * (n % 3) if n < 3 or cust % 3 else 1_234)
            bank.has_account(cust, 30_000, f"t{cust}", "TIME", maturity=date(2025, 3, 31 - cust))
            if cust % 2:
                bank.is_paid(cust, 7_777).moves(cust, "TRANSFER", 3_331, own_name=True, opp_bank="他行")
                bank.logs_in(cust)
        night(bank, ends_later(FIRST, n))
    lake, month = bank.lake, ends_later(FIRST, 2)
    middle = night(bank, date(2025, 7, 11))
    first = lake.day(ends_later(FIRST, 0))
    assert first is not None
    for ask in (
        lambda e: observe(e, middle, lake, DEFAULTS, Slice(2, 12)),
        lambda e: observe(e, first, lake, DEFAULTS),
        lambda e: standing(e, middle, DEFAULTS),
        lambda e: label(e, lake, month, DEFAULTS),
    ):
        one, two = (engine.to_arrow(ask(engine)).sort_by("cust_id") for engine in (duck, spark))
        assert one.column_names == two.column_names and one.num_rows > 5
        assert one.to_pylist() == two.to_pylist()
    assert {row["left"] for row in one.to_pylist()} == {0, 1}


def test_a_cluster_scores_by_partitions_as_one_engine_does(
    leavers: LeaverBank, lake: Lake, duck: Engine, spark: Engine
) -> None:
    values = {**leavers.bank.values, **LOOSE}
    told, rows = {}, {}
    for engine in (duck, spark):
        told[engine.kind] = score_churn(engine, begun(lake), lake, values)
        rows[engine.kind] = rows_of(lake)
    assert rows["spark"] == rows["duckdb"] and len(rows["spark"]) > 100
    assert told["spark"] == told["duckdb"] and told["spark"]["psi"]
