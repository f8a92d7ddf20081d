"""Expected value with its uncertainty: LightGBM for the next three months, an interval that is calibrated, carried to twelve.

The three months are learned, for that is what most banks' past can show out of time. What is learned is how their
sum differs from three times the present month, on the customer's own scale, so that a small customer's doubling and a
large one's small change weigh alike. Two quantile models span 80 %; a third of the customers, of whom their trees have
seen nothing, say by how much the span must be wider or narrower (conformalised quantile regression).

Twelve months follow from three: each later quarter brings what the one before brought, less what goes with those who
leave. Beyond what was measured the span's share of the value grows with the root of time, as in a random walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np

from yinke.common.errors import YinkeError
from yinke.scoring.learning.fit import Recipe
from yinke.scoring.learning.frame import Feature, Frame, Numbers, Rows
from yinke.scoring.learning.trees import Trees, parts

SHARE = 0.8
"""Of the customers, how many the span holds."""
QUARTERS = 4
LEAST = 30.0
"""CNY: a customer who brings less is measured on this scale; three months of ten yuan."""
HIGHEST = 20.0
"""Beyond so many times the own scale a gain counts as this much: one windfall teaches nothing."""
PARTS: Mapping[str, dict[str, Any]] = {
    "expected": {"objective": "regression"},
    "low": {"objective": "quantile", "alpha": (1 - SHARE) / 2},
    "high": {"objective": "quantile", "alpha": (1 + SHARE) / 2},
}
RECIPE = Recipe(rounds=40, rate=0.2, leaves=15, least_rows=60, columns=0.7)


@dataclass(frozen=True)
class Span:
    """Expected value, and where it lies with 80 %: CNY."""

    expected: Numbers
    low: Numbers
    high: Numbers

    def holds(self, found: Numbers) -> float:
        """How many of the outcomes lie within, as a share."""
        return float(np.mean((found >= self.low) & (found <= self.high))) if len(found) else float("nan")


@dataclass(frozen=True)
class ValueModel:
    """Boosters by name as ``PARTS``, and by how much the span is widened (negative: narrowed), on the own scale."""

    features: tuple[Feature, ...]
    boosters: Mapping[str, lgb.Booster]
    widened: float

    @cached_property
    def trees(self) -> dict[str, Trees]:
        """The boosters, to be asked of many rows at once."""
        return {name: Trees(booster) for name, booster in self.boosters.items()}

    def quarter(self, frame: Frame, now: Numbers) -> Span:
        """What customers bring in the next three months.

        Args:
            now: contribution of the present month, CNY.
        """
        each = [[trees.scores(rows) for trees in self.trees.values()] for rows in parts(frame.values)]
        said = dict(zip(self.trees, map(np.concatenate, zip(*each, strict=True)), strict=True))
        scale = _scale(now)
        found = {
            "expected": said["expected"], "low": said["low"] - self.widened, "high": said["high"] + self.widened,
        }  # fmt: skip
        expected, low, high = (np.maximum(3 * now + part * scale, 0.0) for part in found.values())
        return Span(expected, np.minimum(low, expected), np.maximum(high, expected))


def _scale(now: Numbers) -> Numbers:
    return 3 * now + LEAST


def ratio(now: Numbers, later: Numbers) -> Numbers:
    """What is learned: three months against three times the present one, on the customer's own scale.

    >>> ratio(np.array([10.0, 0.0]), np.array([60.0, 30.0])).tolist()
    [0.5, 1.0]
    """
    return np.minimum((later - 3 * now) / _scale(now), HIGHEST)


def fit_value(
    frame: Frame, now: Numbers, later: Numbers, groups: Rows, recipe: Recipe = RECIPE
) -> ValueModel:
    """Train and calibrate.

    Args:
        now: contribution of the observed month. later: of the three after it, together; CNY.
        groups: the customers, whose months stay on one side.

    Raises:
        YinkeError: there are too few customers (``too_few_rows``).
    """
    aside = held_aside(groups)
    if min(int(aside.sum()), int((~aside).sum())) < 2 * recipe.least_rows:
        raise YinkeError(
            f"There are {len(groups)} rows", place="scoring", code="too_few_rows",
            remedy="Wait until there is more to learn from, or take a longer window",
        )  # fmt: skip
    y = ratio(now, later)
    known = frame.take(~aside)
    data = lgb.Dataset(known.values, label=y[~aside], feature_name=frame.names, params={"verbosity": -1})
    shared = recipe.parameters(frame.features)
    boosters = {name: lgb.train({**shared, **part}, data, recipe.rounds) for name, part in PARTS.items()}
    said = {
        name: np.asarray(boosters[name].predict(frame.values[aside]), np.float64) for name in ("low", "high")
    }
    beyond = np.maximum(said["low"] - y[aside], y[aside] - said["high"])
    level = min(1.0, np.ceil((len(beyond) + 1) * SHARE) / len(beyond))
    return ValueModel(frame.features, boosters, float(np.quantile(beyond, level, method="higher")))


def held_aside(groups: Rows) -> Any:
    """Which rows calibrate: those of a third of the customers, the same ones on every run.

    By other numbers than ``churn.train.drawn``, which has chosen the customers: else they would all be of one side.
    """
    mixed = (groups.astype(np.uint64) * np.uint64(2_246_822_519)) % np.uint64(2**32)
    return mixed < np.uint64(2**32 // 3)


def carried(quarter: Span, leaving: Numbers, loss: float) -> Span:
    """Twelve months from three.

    Args:
        leaving: per customer, the probability to leave within a quarter.
        loss: how much of the contribution of who leaves is lost, as a share.

    >>> one = np.array([300.0])
    >>> kept, gone = (carried(Span(one, one * 0.9, one * 1.1), np.array([p]), 1.0) for p in (0.0, 0.5))
    >>> kept.expected.tolist(), kept.low.tolist(), gone.expected.tolist()
    ([1200.0], [960.0], [562.5])
    """
    stays = 1 - leaving * loss
    times = sum((stays**n for n in range(QUARTERS)), np.zeros(len(leaving)))
    wider = times * QUARTERS**0.5
    expected = quarter.expected * times
    return Span(
        expected,
        np.maximum(expected - (quarter.expected - quarter.low) * wider, 0.0),
        expected + (quarter.high - quarter.expected) * wider,
    )


def rounded(amounts: Numbers) -> Numbers:
    """To three digits: more would only pretend to be known, and would change every night.

    >>> rounded(np.array([12345.6, 0.0, 7.777])).tolist()
    [12300.0, 0.0, 7.78]
    """
    size = np.floor(np.log10(np.maximum(np.abs(amounts), 1e-9)))
    step = np.power(10.0, np.clip(size - 2, -2, None))
    return np.asarray(np.round(np.round(amounts / step) * step, 2), np.float64)
