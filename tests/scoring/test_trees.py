"""Scores and SHAP values of many rows at once: what LightGBM itself tells, whatever is asked and whatever is not known."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinke.scoring.learning.calibration import calibrate
from yinke.scoring.learning.fit import Model
from yinke.scoring.learning.frame import Feature, Frame
from yinke.scoring.learning.trees import BLOCK, MOST_TABLED, Columns, Trees, parts

ROWS = 400


def learned(
    seed: int, leaves: int, rounds: int, gaps: float, *, single: bool
) -> tuple[lgb.Booster, np.ndarray]:
    """A booster over five features, steps among them, of which some rows are not known; and those rows."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(ROWS, 5))
    values[:, 1] = np.round(values[:, 1])
    values[:, 2] = rng.integers(0, 2, ROWS)
    y = values[:, 0] * values[:, 1] + values[:, 2] > rng.normal(size=ROWS)
    values[rng.random(values.shape) < gaps] = np.nan
    if single:
        values = values.astype(np.float32)
    parameters = {
        "objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1,
        "seed": seed, "deterministic": True,
    }  # fmt: skip
    return lgb.train(parameters, lgb.Dataset(values, label=y.astype(np.float32)), rounds), values


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(2, MOST_TABLED + 1), st.integers(1, 12), st.sampled_from([0.0, 0.2]), st.booleans()
)  # fmt: skip
def test_tables_tell_what_the_library_tells(
    seed: int, leaves: int, rounds: int, gaps: float, single: bool
) -> None:
    booster, values = learned(seed, leaves, rounds, gaps, single=single)
    asked = values.copy()
    asked[::7, seed % 5] = np.nan  # also of what was always known when it was learned
    expected = booster.predict(asked, pred_contrib=True)
    found = Trees(booster).effects(Columns(asked))
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert Trees(booster).scores(Columns(asked)).tolist() == booster.predict(asked, raw_score=True).tolist()


def test_a_limit_of_double_precision_parts_single_precision_as_the_library_does() -> None:
    booster, _ = learned(1, 7, 20, 0.0, single=True)
    limits = [
        node["threshold"]
        for tree in booster.dump_model()["tree_info"]
        for node in inner(tree["tree_structure"])
        if abs(node["threshold"]) > 1e-30  # LightGBM takes what is nearer to zero for zero
    ]
    near = np.array(limits, np.float32)
    near = np.concatenate([np.nextafter(near, np.float32(side)) for side in (-np.inf, 0, np.inf)] + [near])
    asked = np.repeat(near[:, None], 5, axis=1)
    np.testing.assert_allclose(
        Trees(booster).effects(Columns(asked)), booster.predict(asked, pred_contrib=True), atol=1e-9
    )
    assert Trees(booster).scores(Columns(asked)).tolist() == booster.predict(asked, raw_score=True).tolist()


def inner(node: dict) -> list[dict]:
    if "split_index" not in node:
        return []
    return [node, *inner(node["left_child"]), *inner(node["right_child"])]


def test_the_strongest_are_those_that_raise_most_over_many_blocks() -> None:
    booster, values = learned(3, 7, 10, 0.1, single=True)
    many = np.tile(values, (BLOCK // ROWS + 2, 1))
    trees = Trees(booster)
    found = np.concatenate([trees.strongest(rows, 3) for rows in parts(many)])
    some = np.arange(0, len(many), 7)
    assert trees.strongest(Columns(many).take(some), 3).tolist() == found[some].tolist()
    effects = booster.predict(many, pred_contrib=True)[:, :-1]
    for row in (*range(ROWS), len(many) - 1):
        raising = [int(f) for f in np.argsort(-effects[row], kind="stable")[:3] if effects[row, f] > 1e-12]
        assert [int(f) for f in found[row] if f >= 0 and effects[row, f] > 1e-12] == raising
    assert not len(trees.strongest(Columns(values[:0]), 3)) and not len(trees.scores(Columns(values[:0])))
    assert trees.effects(Columns(values[:0])).shape == (0, 6)


def test_what_raises_nothing_is_not_among_the_strongest() -> None:
    booster, values = learned(5, 4, 6, 0.0, single=True)
    trees = Trees(booster)
    effects = trees.effects(Columns(values))[:, :-1]
    found = trees.strongest(Columns(values), 5)
    for row in range(ROWS):
        raising = [int(f) for f in np.argsort(-effects[row], kind="stable") if effects[row, f] > 0]
        assert found[row].tolist() == [*raising, *[-1] * (5 - len(raising))]
    assert (found == -1).any(axis=1).mean() > 0.9  # few have all five


def test_what_cannot_be_tabled_is_refused() -> None:
    steps = (np.arange(ROWS) // 20).astype(np.float64)[:, None]  # each split parts the largest from the rest
    parameters = {"num_leaves": MOST_TABLED + 4, "min_data_in_leaf": 1, "verbosity": -1, "num_threads": 1}
    deep = lgb.train(parameters, lgb.Dataset(steps, label=4.0 ** steps[:, 0]), 1)
    assert Trees(deep).scores(Columns(steps)).tolist() == deep.predict(steps, raw_score=True).tolist()
    with pytest.raises(ValueError, match="hangs on"):
        Trees(deep).strongest(Columns(steps), 3)
    model = Model((Feature("step"),), (deep,), calibrate(np.zeros(2), np.array([True, False])), 1)
    found = model.contributions(Frame((Feature("step"),), steps))  # by the library itself
    assert found.tolist() == deep.predict(steps, pred_contrib=True).tolist()
    rng = np.random.default_rng(1)
    values = rng.integers(0, 4, (ROWS, 1)).astype(np.float64)
    data = lgb.Dataset(values, label=(values[:, 0] % 2), categorical_feature=[0])
    of_kinds = lgb.train({"objective": "binary", "num_leaves": 3, "verbosity": -1, "num_threads": 1}, data, 3)
    with pytest.raises(ValueError, match="asks"):
        Trees(of_kinds)
