"""夜间评分: the released model's scores of a night, with reasons, or none and why not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.scoring.bank import CUSTOMERS, FIRST, MONTHS, SMALL, LeaverBank
from yinke.lake.engine.slices import Slice
from yinke.lake.store import Building, Lake
from yinke.scoring.churn import actions
from yinke.scoring.churn import score as scoring
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.label import ends_later
from yinke.scoring.churn.reasons import LANGUAGES, sentence, texts
from yinke.scoring.churn.score import score_churn, scored
from yinke.scoring.churn.score_table import SCORE
from yinke.scoring.churn.store import read_model, set_released
from yinke.scoring.churn.train import frame_of
from yinke.scoring.learning.fit import fit

TODAY = ends_later(FIRST, MONTHS - 1)
LOOSE = {"churn.psi_block": 9.0, "churn.psi_customers": 50}


def begun(lake: Lake) -> Building:
    """A night of TODAY with everything but scores."""
    day = lake.day(TODAY)
    assert day is not None
    building = lake.build(TODAY)
    for path in day.folder.glob("*.parquet"):
        shutil.copy(path, building.folder / path.name)
    return building


def score(leavers: LeaverBank, lake: Lake, **values: Any) -> dict[str, Any]:
    building = begun(lake)
    return score_churn(leavers.bank.engine, building, lake, {**leavers.bank.values, **LOOSE, **values})


def rows_of(lake: Lake) -> list[dict[str, Any]]:
    return pq.read_table(lake.build(TODAY).path("score")).to_pylist()


def test_a_night_scores_the_population_with_reasons(leavers: LeaverBank, lake: Lake) -> None:
    told = score(leavers, lake)
    rows = rows_of(lake)
    assert pq.read_schema(lake.build(TODAY).path("score")).equals(SCORE)
    assert told["model"] == 1 and told["scored"] == len(rows) == sum(told["bands"].values()) > 50
    assert [row["cust_id"] for row in rows] == sorted(row["cust_id"] for row in rows)
    stored = read_model(lake, "churn", 1)
    day = lake.day(TODAY)
    assert day is not None
    table = leavers.bank.engine.to_arrow(observe(leavers.bank.engine, day, lake, leavers.bank.values))
    table = table.sort_by("cust_id")
    frame = frame_of(table)
    held = zip(table["base"].to_pylist(), table["aum"].to_pylist(), strict=True)
    assert [float(row["base"]) for row in rows] == pytest.approx(
        [base or aum for base, aum in held], abs=0.01
    )
    assert [row["probability"] for row in rows] == stored.model.probabilities(frame).tolist()
    scores = stored.model.scores(frame)
    effects, column = stored.model.contributions(frame), {f.name: n for n, f in enumerate(FEATURES)}
    for n, row in enumerate(rows):
        assert row["aum_at_risk"] == pytest.approx(row["aum"] * D(row["probability"]), abs=D("0.01"))
        reasons = [row[f"reason_{k}"] for k in range(1, 6) if row[f"reason_{k}"]]
        if row["band"] == "LOW":
            assert not reasons and scores[n] < stored.card["bands"]["medium"]
            continue
        best = [effects[n][column[name]] for name in reasons]
        assert best == sorted((e for e in effects[n][:-1] if e > 0), reverse=True)[:5]
        assert [row[f"effect_{k}"] for k in range(1, len(best) + 1)] == best
        for k, name in enumerate(reasons, 1):
            value = frame.values[n][column[name]]
            assert row[f"value_{k}"] == (None if np.isnan(value) else value)
            assert all(sentence(name, row[f"value_{k}"], language) for language in LANGUAGES)
    assert {row["band"] for row in rows if row["reason_1"]} == {"HIGH", "MEDIUM"}
    highest = {
        row["band"] for _, row in sorted(zip(scores, rows, strict=True), key=lambda pair: -pair[0])[:3]
    }
    assert highest == {"HIGH"}


def test_who_objected_is_left_out_and_the_night_tells_its_drift(leavers: LeaverBank, lake: Lake) -> None:
    told = score(leavers, lake)
    assert set(told["psi"]) == {f.name for f in FEATURES} and 0 <= told["score_psi"] < 5
    first = [row["cust_id"] for row in rows_of(lake)]
    values = {**leavers.bank.values, **LOOSE}
    again = score_churn(leavers.bank.engine, begun(lake), lake, values, first[:3])
    assert [row["cust_id"] for row in rows_of(lake)] == first[3:] and again["scored"] == told["scored"] - 3


def test_of_few_no_drift_is_told(leavers: LeaverBank, lake: Lake) -> None:
    told = score(leavers, lake, **{"churn.psi_customers": CUSTOMERS + 1, "churn.psi_block": -1.0})
    assert told["scored"] > 50 and (told["psi"], told["score_psi"]) == ({}, None)


def test_what_lowers_a_score_is_no_reason_for_it(leavers: LeaverBank, lake: Lake) -> None:
    """Of a model that asks of two things at most two are told, and of those only what raises."""
    stored, day = read_model(lake, "churn", 1), lake.day(TODAY)
    assert day is not None
    table = leavers.bank.engine.to_arrow(observe(leavers.bank.engine, day, lake, leavers.bank.values))
    frame, (own, age) = frame_of(table), (place("own_out"), place("age"))
    flat = np.zeros_like(frame.values)
    flat[:, [own, age]] = frame.values[:, [own, age]]
    frame = replace(frame, values=flat)
    model = fit(frame, flat[:, age] > np.median(flat[:, age]), SMALL)
    everybody = replace(stored, model=model, card={**stored.card, "bands": {"high": -99.0, "medium": -99.0}})
    rows = scored(everybody, table, frame, model.scores(frame)).to_pylist()
    effects = model.contributions(frame)
    for n, row in enumerate(rows):
        told = {row[f"reason_{k}"] for k in range(1, 6)} - {None}
        assert told == {name for name, at in (("own_out", own), ("age", age)) if effects[n, at] > 0}
    assert {row["reason_1"] for row in rows} >= {None, "age"}


def place(feature: str) -> int:
    return [f.name for f in FEATURES].index(feature)


def test_slices_and_reruns_give_the_same_bytes(
    leavers: LeaverBank, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = score(leavers, lake)
    path = lake.build(TODAY).path("score")
    first, rows = path.read_bytes(), rows_of(lake)
    assert score(leavers, lake) == told and path.read_bytes() == first
    parts = [Slice(None, 50), Slice(50, CUSTOMERS // 2), Slice(CUSTOMERS // 2, None)]
    monkeypatch.setattr(scoring, "slices", lambda engine, customers: parts)
    assert score(leavers, lake) == told and rows_of(lake) == rows  # what has drifted, too


def test_without_a_released_model_nothing_is_scored(leavers: LeaverBank, lake: Lake) -> None:
    set_released(lake, "churn", None)
    assert score(leavers, lake) == {"model": None, "scored": 0}
    assert not lake.build(TODAY).has("score")


@pytest.mark.parametrize(
    ("spoil", "why", "features"),
    [
        ("drift", "drift", {"aum_to_peak"}),
        ("missing", "missing", {"age"}),
        ("model", "model", None),
        ("features", "features", {"shoe_size", "age"}),
    ],
)
def test_the_rules_stand_alone_when_the_model_does_not_fit(
    leavers: LeaverBank, lake: Lake, spoil: str, why: str, features: set[str] | None
) -> None:
    building = begun(lake)
    values = {**leavers.bank.values, **LOOSE}
    folder = lake.root / "models" / "churn" / "1"
    snapshot = pq.read_table(building.path("snapshot"))
    if spoil == "drift":  # overnight everybody holds a third of what they held
        values["churn.psi_block"] = 2.0
        third = (snapshot["aum"].to_numpy().astype(float) / 3).round(2)
        column = snapshot.schema.get_field_index("aum")
        snapshot = snapshot.set_column(
            column, "aum", [[D(f"{value:.2f}") for value in third]]
        ).cast(snapshot.schema)  # fmt: skip
    elif spoil == "missing":
        column = snapshot.schema.get_field_index("birth_date")
        snapshot = snapshot.set_column(column, "birth_date", pa.nulls(len(snapshot), pa.date32()))
    elif spoil == "model":
        (folder / "model-0.txt").write_text("tree", "utf-8")
    else:
        card = (folder / "card.json").read_text("utf-8")
        (folder / "card.json").write_text(card.replace('"name": "age"', '"name": "shoe_size"'), "utf-8")
    pq.write_table(snapshot, building.path("snapshot"))
    told = score_churn(leavers.bank.engine, building, lake, values)
    assert (told["scored"], told["blocked"]) == (0, why)
    assert features is None or features <= set(told["blocked_features"])
    assert not building.has("score") and not list(building.folder.glob(".score*"))


def test_every_feature_has_a_sentence_in_both_languages() -> None:
    for language in LANGUAGES:
        assert set(texts(language)) == {feature.name for feature in FEATURES}
        for feature in FEATURES:
            assert "{" not in sentence(feature.name, 2.0, language)


def test_what_could_be_done_follows_from_the_reasons_in_both_languages() -> None:
    known = [name for features in actions.ACTIONS.values() for name in features]
    idle = {"mda", "tenure_years", "age"}
    assert sorted(known) == sorted({feature.name for feature in FEATURES} - idle)  # each once
    for language in LANGUAGES:
        assert actions.texts(language).keys() == actions.ACTIONS.keys()
    assert actions.actions([(name, 1.0) for name in known]) == list(actions.ACTIONS)[: actions.MOST]
    assert actions.actions([("own_out", 0.001), ("maturing_30d", 0.4), ("age", 70.0)]) == ["MATURING"]
    assert actions.actions([("age", 70.0)]) == []


def test_probabilities_do_not_fall_where_the_domain_demands(leavers: LeaverBank, lake: Lake) -> None:
    model = read_model(lake, "churn", 1).model
    day = lake.day(TODAY)
    assert day is not None
    table = leavers.bank.engine.to_arrow(observe(leavers.bank.engine, day, lake, leavers.bank.values))
    frame = frame_of(table)
    for n, feature in enumerate(FEATURES):
        if feature.monotone:
            more = replace(frame, values=frame.values.copy())
            more.values[:, n] += feature.monotone * 0.2
            assert (model.scores(more) >= model.scores(frame) - 1e-12).all(), feature.name
