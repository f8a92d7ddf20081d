"""价值与下一产品: what customers bring and will bring, with a span that holds, and proposals that suit them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.scoring.bank import CUSTOMERS, LeaverBank
from tests.scoring.bank import SMALL as CHURN
from tests.scoring.test_score import LOOSE, TODAY, begun
from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine
from yinke.lake.engine.slices import Slice
from yinke.lake.store import Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.reasons import LANGUAGES
from yinke.scoring.churn.score import score_churn
from yinke.scoring.churn.store import numbers_of, read_boosters, set_released
from yinke.scoring.churn.train import train_churn
from yinke.scoring.learning.frame import Feature, Frame
from yinke.scoring.value import reasons
from yinke.scoring.value import score as scoring
from yinke.scoring.value.expected import RECIPE, carried, fit_value
from yinke.scoring.value.features import FEATURES
from yinke.scoring.value.outcome import Past
from yinke.scoring.value.score import score_all
from yinke.scoring.value.suitability import BARRED, judge
from yinke.scoring.value.train_products import RECIPE as PRODUCTS
from yinke.scoring.value.train_products import train_products
from yinke.scoring.value.train_value import train_value
from yinke.scoring.value.value_table import VALUE

FEW = {"value.least_positives": 20, "value.least_test_positives": 5, "value.least_auc": 0.55}
SMALL = replace(RECIPE, rounds=40, least_rows=20, threads=1)


@pytest.fixture
def lake(leavers: LeaverBank, tmp_path: Path) -> Lake:
    """A copy of the leavers' lake in which the models of values and products are released; that of churn is not."""
    bank = leavers.bank
    if not numbers_of(bank.lake, "churn"):
        train_churn(bank.engine, bank.lake, bank.values, threads=1, recipe=CHURN)
    if not numbers_of(bank.lake, "product"):
        values = {**bank.values, **FEW}
        past = Past(bank.engine, bank.lake, values)
        train_value(past, threads=1, recipe=SMALL)
        train_products(past, threads=1, recipe=replace(PRODUCTS, least_rows=20))
    root = tmp_path / "lake"
    shutil.copytree(bank.lake.root, root, symlinks=True)
    found = Lake(root)
    for kind in ("value", "product"):
        set_released(found, kind, 1)
    return found


def night(leavers: LeaverBank, lake: Lake, unscored: tuple[int, ...] = (), **values: Any) -> dict[str, Any]:
    building = begun(lake)
    return score_all(
        leavers.bank.engine, building, lake, {**leavers.bank.values, **LOOSE, **values}, unscored
    )


def rows_of(lake: Lake) -> dict[int, dict[str, Any]]:
    return {row["cust_id"]: row for row in pq.read_table(lake.build(TODAY).path("value")).to_pylist()}


def test_the_span_holds_four_in_five_of_whom_it_never_saw() -> None:
    rng = np.random.default_rng(3)
    count = 9_000
    values = rng.normal(size=(count, 3)).astype(np.float32)
    now = np.exp(3 + values[:, 0]).astype(np.float64)
    # how far it moves depends on the customer: a span of one width for all would be wrong for most
    later = np.maximum(
        3 * now * (1 + 0.1 * values[:, 1] + rng.normal(size=count) * np.exp(values[:, 2] - 2)), 0
    )
    frame = Frame(tuple(Feature(name) for name in "abc"), values)
    known = np.arange(count) < 6_000
    model = fit_value(frame.take(known), now[known], later[known], np.arange(6_000), SMALL)
    span = model.quarter(frame.take(~known), now[~known])
    assert span.holds(later[~known]) == pytest.approx(0.8, abs=0.03)
    assert (span.low <= span.expected).all() and (span.expected <= span.high).all() and (span.low >= 0).all()
    calm = values[~known, 2] < 0
    assert (
        0.7
        < type(span)(*(p[calm] for p in (span.expected, span.low, span.high))).holds(later[~known][calm])
        < 0.9
    )
    year = carried(span, np.full(3_000, 0.1), 0.8)
    assert (year.high - year.low >= 2 * (span.high - span.low)).all() and (
        year.expected < 4 * span.expected
    ).all()
    # of who leaves with 10 % a quarter four fifths are lost: each quarter brings 8 % less than the one before
    assert year.expected == pytest.approx(span.expected * sum(0.92**n for n in range(4)))


def test_contribution_is_balances_times_margins(leavers: LeaverBank, lake: Lake) -> None:
    for kind in ("value", "product"):
        set_released(lake, kind, None)
    told = night(leavers, lake, (1, 2))
    assert told == {key: {"model": None, "scored": 0} for key in ("churn", "value", "product")}
    rows, v = rows_of(lake), leavers.bank.values
    assert set(rows) == set(range(3, CUSTOMERS + 1)) and pq.read_schema(
        lake.build(TODAY).path("value")
    ).equals(VALUE)
    for row in pq.read_table(lake.build(TODAY).path("snapshot")).slice(2).to_pylist():
        cust = row["cust_id"]
        a_year = float(row["demand"]) * v["value.margin_demand"] + float(row["fund"]) * v["value.margin_fund"]
        a_year += v["value.fee_signup"] if row["has_signup"] else 0
        if cust % 7 == 0 and cust % 2 == 0:  # a loan that is paid; one a hundred days late brings nothing
            a_year += 400_000 * v["value.margin_mortgage"]
        assert float(rows[cust]["contribution"]) == pytest.approx(a_year / 12, abs=0.006), cust
        assert rows[cust]["expected"] is None and rows[cust]["product_1"] is None


def test_training_tells_what_it_could_learn_and_what_not(leavers: LeaverBank, lake: Lake) -> None:
    value, _ = read_boosters(lake, "value", 1)
    product, boosters = read_boosters(lake, "product", 1)
    assert (
        value["window"] == product["window"] and value["window"]["learned_to"] < value["window"]["tested_on"]
    )
    figures = value["metrics"]
    assert 0.6 < figures["model"]["coverage"] <= 1 and figures["model"]["error"] > 0
    assert 0.7 < figures["model"]["total"] < 1.4 and figures["year"] is None
    assert (
        value["decay"]["leaving"] > 0.1 and value["decay"]["loss"] > 0.5
    )  # most of this bank's customers go
    found = product["metrics"]["categories"]
    assert (
        list(found) == sorted(CATEGORIES)
        and found["SIGNUP"]["state"] == "OFFERED"
        and found["SIGNUP"]["auc"] > 0.6
    )
    assert (
        found["FUND"]["balance"] == 3_000
        and found["FUND"]["worth"] == 3_000 * leavers.bank.values["value.margin_fund"]
    )
    assert {found[c]["state"] for c in ("MORTGAGE", "WEALTH", "DEMAND")} == {"FEW"}  # nobody newly holds them
    assert (
        set(boosters) == {c for c, row in found.items() if row["state"] == "OFFERED"} and "FUND" in boosters
    )


def test_proposals_suit_are_ranked_and_say_why(leavers: LeaverBank, lake: Lake) -> None:
    told = night(leavers, lake, (4,))
    rows = rows_of(lake)
    assert (
        told["value"]["scored"] == told["product"]["scored"] == len(rows) == CUSTOMERS - 1 and 4 not in rows
    )
    people = {row["cust_id"]: row for row in pq.read_table(lake.build(TODAY).path("snapshot")).to_pylist()}
    funds = 0
    for cust, row in rows.items():
        assert row["low"] <= row["expected"] <= row["high"]
        offered = [n for n in (1, 2, 3) if row[f"product_{n}"]]
        assert len({row[f"product_{n}"] for n in offered}) == len(offered)  # each once
        ranks = [row[f"probability_{n}"] * float(row[f"worth_{n}"]) for n in offered]
        assert ranks == sorted(ranks, reverse=True) or np.ptp(ranks) < 0.01
        for n in offered:
            category = row[f"product_{n}"]
            assert not people[cust][f"has_{category.lower()}"] and row[f"probability_{n}"] >= 0.01
            why = [
                (row[f"reason_{n}_{k}"], row[f"value_{n}_{k}"]) for k in (1, 2, 3) if row[f"reason_{n}_{k}"]
            ]
            assert all("{" not in text for lang in LANGUAGES for text in reasons.told(why, lang))
            if category == "FUND":  # the calmest fund on sale is R2
                funds += 1
                assert cust % 11 and cust % 13 and 1 + cust % 5 >= 2 and row["up_to"] >= 2
        barred = dict(part.split(":") for part in row["barred"].split())
        assert barred["BOND"] == "NO_PRODUCT" and "TIME" not in barred
        if not people[cust]["has_fund"]:
            expects = (
                "NO_ASSESSMENT"
                if cust % 11 == 0
                else "EXPIRED"
                if cust % 13 == 0
                else "RISK"
                if cust % 5 == 0
                else None
            )
            assert barred.get("FUND") == expects, cust
    assert funds > 5
    assert any(row["reason_1_1"] for row in rows.values())


def test_what_is_unlikely_is_not_proposed(leavers: LeaverBank, lake: Lake) -> None:
    night(leavers, lake)
    told = sorted(
        row[f"probability_{n}"] for row in rows_of(lake).values() for n in (1, 2, 3) if row[f"product_{n}"]
    )
    middle = told[len(told) // 2]
    night(leavers, lake, **{"value.least_probability": middle})
    again = [
        row[f"probability_{n}"] for row in rows_of(lake).values() for n in (1, 2, 3) if row[f"product_{n}"]
    ]
    assert again and min(again) >= round(middle, 3) > told[0] and len(again) < len(told)


def test_what_cannot_be_told_apart_or_is_too_rare_is_proposed_to_nobody(
    leavers: LeaverBank, lake: Lake
) -> None:
    card, _ = read_boosters(lake, "product", 1)
    known = {name: row for name, row in card["metrics"]["categories"].items() if row["state"] == "OFFERED"}
    best = max(known, key=lambda name: known[name]["auc"])
    assert len(known) > 1
    past = Past(
        leavers.bank.engine,
        lake,
        {**leavers.bank.values, **FEW, "value.least_auc": known[best]["auc"] - 1e-9},
    )
    number = train_products(past, threads=1, recipe=replace(PRODUCTS, least_rows=20))["number"]
    strict, boosters = read_boosters(lake, "product", number)
    states = {name: row["state"] for name, row in strict["metrics"]["categories"].items() if name in known}
    assert states == {name: "OFFERED" if name == best else "POOR" for name in known} and set(boosters) == {
        best
    }
    for rare in ({"value.least_positives": 10**6}, {"value.least_test_positives": 10**6}):
        past = Past(leavers.bank.engine, lake, {**leavers.bank.values, **FEW, **rare})
        with pytest.raises(YinkeError) as few:
            train_products(past, threads=1, recipe=replace(PRODUCTS, least_rows=20))
        assert few.value.code == "too_few_rows"


def test_slices_give_the_same_and_a_spoilt_model_is_left_out(
    leavers: LeaverBank, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(leavers, lake)
    whole = rows_of(lake)
    with monkeypatch.context() as patch:
        patch.setattr(scoring, "slices", lambda engine, customers: [Slice(None, 90), Slice(90, None)])
        night(leavers, lake)
    assert rows_of(lake) == whole
    assert night(leavers, lake, **{"churn.psi_block": -1.0})["value"]["blocked"] == "drift"
    assert all(row["expected"] is None and row["contribution"] is not None for row in rows_of(lake).values())
    (lake.root / "models" / "product" / "1" / "SIGNUP.txt").write_text("tree", "utf-8")
    told = night(leavers, lake)
    assert told["product"]["blocked"] == "model" and told["value"]["scored"] == CUSTOMERS
    assert all(row["product_1"] is None and row["expected"] is not None for row in rows_of(lake).values())


def test_suitability_forbids_whatever_a_model_says(leavers: LeaverBank) -> None:
    today, v = date(2026, 10, 30), leavers.bank.values
    people = [  # level, valid until, born, days overdue; of FUND (R2), METAL (R4), CREDIT_CARD; up to
        ("C5", date(2027, 1, 1), date(1980, 1, 1), 0, ("", "", ""), 5),
        ("C1", date(2027, 1, 1), date(1980, 1, 1), 3, ("RISK", "RISK", "OVERDUE"), 1),
        ("C3", date(2026, 10, 30), date(1980, 1, 1), 0, ("EXPIRED", "EXPIRED", ""), 0),  # not valid when it is read
        ("C3", date(2026, 10, 31), date(1980, 1, 1), 0, ("", "RISK", ""), 3),
        (None, None, None, 0, ("NO_ASSESSMENT", "NO_ASSESSMENT", ""), 0),
        ("C3", None, date(1980, 1, 1), 0, ("EXPIRED", "EXPIRED", ""), 0),
        ("C5", date(2027, 1, 1), date(1961, 10, 31), 0, ("", "ELDER", ""), 3),  # 65 when it is read
        ("C5", date(2027, 1, 1), date(1961, 11, 1), 0, ("", "", ""), 5),
        ("C5", date(2027, 1, 1), date(2008, 11, 1), 0, ("MINOR", "MINOR", "MINOR"), 0),
    ]  # fmt: skip
    table = pa.table({
        "risk_level": pa.array([p[0] for p in people], pa.string()),
        "risk_expiry": pa.array([p[1] for p in people], pa.date32()),
        "birth_date": pa.array([p[2] for p in people], pa.date32()),
        "overdue": pa.array([float(p[3]) for p in people]),
    })  # fmt: skip
    judged = judge(table, {"FUND": 2, "METAL": 4}, v, today)
    places = [CATEGORIES.index(c) for c in ("FUND", "METAL", "CREDIT_CARD")]
    assert [tuple(BARRED[code] for code in row) for row in judged.barred[:, places].tolist()] == [
        p[4] for p in people
    ]
    assert judged.up_to.tolist() == [p[5] for p in people]
    assert not judged.barred[:, CATEGORIES.index("TIME")].any()  # without risk: to everybody


def test_every_feature_has_a_sentence_in_both_languages() -> None:
    for language in LANGUAGES:
        assert set(reasons.texts(language)) == {feature.name for feature in FEATURES}
        assert all("{" not in text for f in FEATURES for text in reasons.told([(f.name, 2.0)], language))


def test_churn_is_told_in_the_same_pass_as_alone_and_lowers_what_is_expected(
    leavers: LeaverBank, lake: Lake
) -> None:
    night(leavers, lake)
    whole = rows_of(lake)
    set_released(lake, "churn", 1)
    values = {**leavers.bank.values, **LOOSE}
    alone = score_churn(leavers.bank.engine, begun(lake), lake, values, (3,))
    scores = pq.read_table(lake.build(TODAY).path("score"))
    lake.build(TODAY).path("score").unlink()
    told = night(leavers, lake, (3,))
    assert told["churn"] == alone and pq.read_table(lake.build(TODAY).path("score")).equals(scores)
    rows = rows_of(lake)
    likely = {row["cust_id"]: row["probability"] for row in scores.to_pylist()}
    assert 50 < len(likely) < len(rows) and 3 not in rows
    usual = read_boosters(lake, "value", 1)[0]["decay"]["leaving"]
    for cust, row in rows.items():
        less = float(whole[cust]["expected"] - row["expected"])
        assert less * (likely.get(cust, usual) - usual) >= 0, cust
    assert any(whole[cust]["expected"] > row["expected"] for cust, row in rows.items())
    unfit = night(leavers, lake, (3,), **{"churn.psi_block": -1.0})
    assert {kind: one["blocked"] for kind, one in unfit.items()} == dict.fromkeys(told, "drift")
    assert all(row["expected"] is None and row["product_1"] is None for row in rows_of(lake).values())


@pytest.mark.spark
def test_a_cluster_values_by_partitions_as_one_engine_does(
    leavers: LeaverBank, lake: Lake, duck: Engine, spark: Engine
) -> None:
    set_released(lake, "churn", 1)
    values = {**leavers.bank.values, **LOOSE}
    told, rows, scores = dict[str, Any](), dict[str, Any](), dict[str, Any]()
    for engine in (duck, spark):
        building = begun(lake)
        told[engine.kind] = score_all(engine, building, lake, values, (3,))
        rows[engine.kind] = rows_of(lake)
        scores[engine.kind] = pq.read_table(building.path("score")).to_pylist()
    assert scores["spark"] == scores["duckdb"] and len(scores["spark"]) > 50
    assert rows["spark"] == rows["duckdb"] and len(rows["spark"]) > 100 and 3 not in rows["spark"]
    assert (
        told["spark"] == told["duckdb"] and told["spark"]["value"]["psi"] and told["spark"]["product"]["psi"]
    )
