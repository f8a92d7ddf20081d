"""What every model is learned and judged by: calibration, metrics, drift; with numbers that can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.bank import SMALL
from yinke.scoring.learning.calibration import Calibrator, calibrate
from yinke.scoring.learning.drift import Drift, bins_of
from yinke.scoring.learning.fit import fit
from yinke.scoring.learning.frame import Feature, Frame
from yinke.scoring.learning.metrics import calibration_error, lift, measure, precision_at, stability_index


def drawn(positives: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and what happened: as many positives, likelier where the score is high, and less likely than it says."""
    rng = np.random.default_rng(seed)
    score = rng.normal(0, 1.5, 60_000)
    order = np.argsort(-(0.6 * score - 1.2 + rng.logistic(size=len(score))))
    happened = np.zeros(len(score), bool)
    happened[order[:positives]] = True
    return score, happened


@pytest.mark.parametrize(("positives", "kind"), [(999, "platt"), (1_000, "isotonic"), (9_000, "isotonic")])
def test_what_is_told_holds_whichever_way_it_is_calibrated(positives: int, kind: str) -> None:
    score, happened = drawn(positives)
    told = calibrate(score, happened)
    assert told.kind == kind and Calibrator.of(told.as_dict()) == told
    probability = told(score)
    assert probability.mean() == pytest.approx(happened.mean(), rel=0.02)
    assert calibration_error(happened, probability) < 0.004
    raw = 1 / (1 + np.exp(-score))
    assert calibration_error(happened, raw) > 0.1  # as it stood it would have been believed wrongly
    assert (np.diff(told(np.sort(score))) >= 0).all() and probability.min() > 0 and probability.max() < 1


def test_who_learns_from_noise_tells_nobody_apart() -> None:
    """Rows are scored by trees that had not seen them before anything is calibrated: else noise would be believed."""
    rng = np.random.default_rng(4)
    frame = Frame(tuple(Feature(f"f{n}") for n in range(8)), rng.normal(size=(1_500, 8)).astype(np.float32))
    happened = rng.random(1_500) < 0.3
    wild = replace(SMALL, rounds=80, rate=0.3, leaves=31, patience=80)
    model = fit(frame, happened, wild)
    told, score = model.probabilities(frame), model.scores(frame)
    assert measure(happened, score, told).auc > 0.65  # of these very rows it knows the answers
    assert told.mean() == pytest.approx(happened.mean(), abs=0.03) and np.ptp(told) < 0.3


def test_the_same_rows_give_the_same_model() -> None:
    score, happened = drawn(9_000)
    frame = Frame(
        (Feature("a"), Feature("b")), np.column_stack([score, score[::-1]])[:6_000].astype(np.float32)
    )
    one, two = (fit(frame, happened[:6_000], SMALL) for _ in range(2))
    assert [b.model_to_string() for b in one.boosters] == [b.model_to_string() for b in two.boosters]
    assert one.calibrator == two.calibrator


@pytest.mark.parametrize("demanded", [1, -1])
def test_what_the_domain_demands_holds_against_the_data(demanded: int) -> None:
    rng = np.random.default_rng(6)
    values = rng.uniform(-1, 1, (4_000, 2)).astype(np.float32)
    happened = rng.random(4_000) < 0.1 + 0.6 * values[:, 0] ** 2  # falls, then rises
    across = np.column_stack([np.linspace(-1, 1, 200), np.zeros(200)]).astype(np.float32)
    moves = []
    for monotone in (demanded, 0):
        features = (Feature("a", monotone=monotone), Feature("b"))
        scores = fit(Frame(features, values), happened, SMALL).scores(Frame(features, across))
        moves.append(demanded * np.diff(scores))
    assert (moves[0] >= 0).all() and moves[0].sum() > 0 and (moves[1] < 0).any()


def test_errors_of_calibration_do_not_cancel_out() -> None:
    told, happened = np.repeat([0.1, 0.9], 50), np.zeros(100, bool)
    happened[:10], happened[50:85] = True, True  # told 0.1, came 0.2; told 0.9, came 0.7
    assert calibration_error(happened, told, bins=2) == pytest.approx((0.1 + 0.2) / 2)


def test_of_equals_at_the_edge_some_are_taken_by_lot() -> None:
    happened = np.array([True] * 2 + [False] * 2 + [True] * 1 + [False] * 5)
    score = np.array([9.0] * 2 + [5.0] * 4 + [1.0] * 4)
    assert precision_at(happened, score, 0.4) == pytest.approx((2 + 2 * 0.25) / 4)
    assert lift(happened, score, 0.4) == pytest.approx((2 + 2 * 0.25) / 4 / 0.3)


def test_drift_is_the_stability_index_over_tenths_and_the_unknown() -> None:
    before, after = np.array([0.5, 0.5, 0.0]), np.array([0.8, 0.1, 0.1])
    reckoned = 0.3 * np.log(1.6) - 0.4 * np.log(0.2) + (0.1 - 1e-4) * np.log(0.1 / 1e-4)
    assert stability_index(before, after) == pytest.approx(reckoned)
    a, b = np.linspace(0, 1, 1_000), np.full(1_000, np.nan)
    reference = bins_of(Frame((Feature("a"), Feature("b")), np.column_stack([a, b])))
    assert reference["a"]["shares"] == pytest.approx([0.1] * 10 + [0.0]) and reference["b"]["shares"] == [
        0.0,
        1.0,
    ]
    half = Drift(reference)
    gone = np.where(a < 0.5, np.nan, a)
    half.add(Frame((Feature("a"), Feature("b")), np.column_stack([gone, b])))
    reckoned = 5 * (1e-4 - 0.1) * np.log(1e-4 / 0.1) + (0.5 - 1e-4) * np.log(0.5 / 1e-4)
    assert half.by_feature() == {"a": pytest.approx(reckoned, rel=1e-3), "b": 0.0}
    assert half.known_shares() == {"a": pytest.approx(0.5), "b": 0.0}


@given(
    st.lists(st.floats(-100, 100, width=32) | st.just(float("nan")), min_size=2, max_size=60),
    st.integers(0, 59),
)
def test_counts_joined_from_parts_are_those_of_the_whole(values: list[float], cut: int) -> None:
    column = np.array(values, np.float32)[:, None]
    feature = (Feature("a"),)
    reference = bins_of(Frame(feature, column))
    whole, parts = Drift(reference), Drift(reference)
    whole.add(Frame(feature, column))
    for part in (column[:cut], column[cut:]):
        one = Drift(reference)
        one.add(Frame(feature, part))
        parts.join(one.counts())
    assert parts.counts() == whole.counts() and sum(whole.counts()["a"]) == len(values)
    assert whole.by_feature()["a"] == pytest.approx(0, abs=1e-9)
