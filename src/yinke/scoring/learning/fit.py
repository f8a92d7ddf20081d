"""Training: gradient-boosted trees (LightGBM) with fixed seeds, their number found and calibrated out of fold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from yinke.common.errors import YinkeError
from yinke.scoring.learning.calibration import Calibrator, calibrate
from yinke.scoring.learning.frame import Feature, Frame, Labels, Numbers, Rows
from yinke.scoring.learning.trees import Trees, parts

MANY = 1_000
"""From so many rows on it pays to ask each question of all of them; the answer is the same."""


@dataclass(frozen=True)
class Recipe:
    """How a model is trained. ``rounds`` is the most trees; fewer where held-out rows stop gaining.

    ``bags``: how many boosters with seeds of their own are averaged (in log-odds).
    """

    rounds: int = 1_500
    rate: float = 0.03
    leaves: int = 15
    least_rows: int = 40
    columns: float = 0.7
    rows: float = 0.8
    ridge: float = 5.0
    patience: int = 60
    folds: int = 4
    bags: int = 1
    seed: int = 20_260
    threads: int = 2

    def parameters(self, features: tuple[Feature, ...], bag: int = 0) -> dict[str, Any]:
        """As LightGBM wants them; the same bytes on every run and number of threads."""
        monotone = [feature.monotone for feature in features]
        limits = {"monotone_constraints": monotone} if any(monotone) else {}
        return {
            "objective": "binary", "learning_rate": self.rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_rows, "feature_fraction": self.columns, "bagging_fraction": self.rows,
            "bagging_freq": 1, "lambda_l2": self.ridge, "seed": self.seed + bag, "num_threads": self.threads,
            "deterministic": True, "force_row_wise": True, "verbosity": -1, "min_data_per_group": self.least_rows,
            "cat_smooth": 20.0, **limits,
        }  # fmt: skip


@dataclass(frozen=True)
class Model:
    """Boosters whose mean is the score (log-odds), and the calibrator that makes it a probability."""

    features: tuple[Feature, ...]
    boosters: tuple[lgb.Booster, ...]
    calibrator: Calibrator
    rounds: int

    @cached_property
    def trees(self) -> tuple[Trees, ...]:
        """The boosters, to be asked of many rows at once; no feature may be a category."""
        return tuple(Trees(booster) for booster in self.boosters)

    def scores(self, frame: Frame) -> Numbers:
        """Log-odds of rows, before calibration; they rank. The same for a row whatever rows stand beside it."""
        if len(frame) < MANY or any(feature.is_category for feature in self.features):
            found = [predicted(b, frame, raw_score=True) for b in self.boosters]
        else:
            each = [[trees.scores(rows) for trees in self.trees] for rows in parts(frame.values)]
            found = [np.concatenate(scores) for scores in zip(*each, strict=True)]
        return np.asarray(np.mean(found, axis=0), np.float64)

    def probabilities(self, frame: Frame) -> Numbers:
        """Calibrated probabilities."""
        return self.calibrator(self.scores(frame))

    def contributions(self, frame: Frame) -> Numbers:
        """SHAP values: how much each feature adds to a row's log-odds; the last column is the base."""
        try:
            each = [[trees.effects(rows) for trees in self.trees] for rows in parts(frame.values)]
            found = [np.concatenate(effects) for effects in zip(*each, strict=True)]
        except ValueError:  # it asks of categories, or too much
            found = [predicted(b, frame, pred_contrib=True) for b in self.boosters]
        return np.asarray(np.mean(found, axis=0), np.float64)


def predicted(booster: lgb.Booster, frame: Frame, **what: bool) -> Numbers:
    """What LightGBM tells of rows, by one thread."""
    return np.asarray(booster.predict(frame.values, num_threads=1, **what), np.float64)


def fit(frame: Frame, y: Labels, recipe: Recipe, groups: Rows | None = None) -> Model:
    """Train and calibrate.

    The rows are cut into folds; each is scored by trees that had not seen it. These scores say after how many trees
    nothing is gained and fit the calibrator; then all rows train that many trees.

    Args:
        groups: rows that must stay in one fold, such as a customer's months.

    Raises:
        YinkeError: there are fewer rows of either kind than folds (``too_few_rows``).
    """
    least = int(min(y.sum(), len(y) - y.sum()))
    if least < recipe.folds:
        raise YinkeError(
            f"There are {int(y.sum())} positives among {len(y)} rows", place="scoring", code="too_few_rows",
            remedy="Wait until there is more to learn from, or take a longer window",
        )  # fmt: skip
    if groups is None:
        folds = StratifiedKFold(recipe.folds, shuffle=True, random_state=recipe.seed).split(frame.values, y)
    else:
        folds = grouped_folds(y, groups, recipe.folds, recipe.seed)
    held_out, best = np.empty(len(y)), []
    for train, test in folds:
        booster, rounds = _boost_until(frame, y, train, test, recipe)
        held_out[test] = np.asarray(booster.predict(frame.values[test], raw_score=True))
        best.append(rounds)
    rounds = max(1, round(float(np.mean(best))))
    boosters = tuple(
        lgb.train(recipe.parameters(frame.features, bag), _data(frame, y), rounds)
        for bag in range(recipe.bags)
    )
    return Model(frame.features, boosters, calibrate(held_out, y), rounds)


def grouped_folds(y: Labels, groups: Rows, folds: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Folds that keep each group whole and have as many positive groups each; scikit-learn's own takes a Python step
    a group, which is minutes of a million customers.

    >>> folds = list(grouped_folds(np.array([1, 0, 0, 1], bool), np.array([7, 7, 8, 9]), 2, seed=1))
    >>> [sorted(test.tolist()) for _, test in folds] in ([[0, 1], [2, 3]], [[2, 3], [0, 1]], [[0, 1, 2], [3]], [[3], [0, 1, 2]])
    True
    """
    whom, place = np.unique(groups, return_inverse=True)
    positive = np.zeros(len(whom), np.bool_)
    np.logical_or.at(positive, place, y)
    drawn = np.random.default_rng(seed).permutation(len(whom))
    order = drawn[np.argsort(~positive[drawn], kind="stable")]
    fold = np.empty(len(whom), np.intp)
    fold[order] = np.arange(len(whom)) % folds
    for n in range(folds):
        held_out = fold[place] == n
        yield np.flatnonzero(~held_out), np.flatnonzero(held_out)


def _data(frame: Frame, y: Labels, rows: Rows | None = None, like: lgb.Dataset | None = None) -> lgb.Dataset:
    categories = [n for n, feature in enumerate(frame.features) if feature.is_category]
    values, labels = (frame.values, y) if rows is None else (frame.values[rows], y[rows])
    return lgb.Dataset(
        values, label=labels.astype(np.float32), feature_name=frame.names, categorical_feature=categories,
        reference=like, params={"verbosity": -1},
    )  # fmt: skip


def _boost_until(frame: Frame, y: Labels, train: Rows, test: Rows, recipe: Recipe) -> tuple[lgb.Booster, int]:
    data = _data(frame, y, train)
    booster = lgb.train(
        recipe.parameters(frame.features), data, recipe.rounds, valid_sets=[_data(frame, y, test, data)],
        callbacks=[lgb.early_stopping(recipe.patience, verbose=False)],
    )  # fmt: skip
    return booster, booster.best_iteration or booster.current_iteration()


def yardstick(frame: Frame, y: Labels, seed: int) -> Any:
    """逻辑回归: what trees must beat. Numbers standardised, gaps filled by the median and marked, categories as bits.

    Returns:
        A fitted scikit-learn pipeline over ``Frame.values``.
    """
    numbers = [n for n, f in enumerate(frame.features) if not f.is_category]
    categories = [n for n, f in enumerate(frame.features) if f.is_category]
    prepared = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                                  StandardScaler()), numbers),
        ("categories", make_pipeline(SimpleImputer(strategy="constant", fill_value=-1.0),
                                     OneHotEncoder(handle_unknown="ignore")), categories),
    ])  # fmt: skip
    return make_pipeline(prepared, LogisticRegression(max_iter=2_000, random_state=seed)).fit(frame.values, y)
