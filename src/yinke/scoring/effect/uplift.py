"""增量模型: whom care changes, learned from experiments that are over. Not who leaves, but who stays *because* of it.

*T-learner*: a model of each arm, uplift is the difference of their probabilities. *X-learner* (Künzel et al. 2019): each
customer's outcome against what the other arm's model foretells, learned by two further models; the one of those held out, who are
seen against the larger arm's model, weighs by the share of those cared for, the other by the control share;
better where one arm is small. Both are judged on customers they have not seen, by the *Qini curve* (Radcliffe 2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import lightgbm as lgb
import numpy as np

from yinke.common.errors import YinkeError
from yinke.scoring.effect.draw import uniform
from yinke.scoring.effect.history import LEAST_CUSTOMERS, LEAST_OUTCOMES, enough
from yinke.scoring.learning.fit import Recipe, fit
from yinke.scoring.learning.frame import Frame, Labels, Numbers

SMALL = Recipe(rounds=200, rate=0.05, leaves=7, patience=30)
POINTS = 20
BEST = 0.3
"""Share of the customers, best first, whose part of the effect is told."""
DRAWS = 200
"""Resamples of the customers tested, from which the interval follows."""
Learner = Literal["T", "X"]


@dataclass(frozen=True)
class Uplift:
    """What a learner found on customers held back. ``qini``: area over that of a lot, in customers won per customer;
    ``low`` and ``high``: where it lies in 95 of 100 resamples of them. A lot's is 0: if that lies between, nothing was learned.

    ``best_share``: how much of the effect the best ``BEST`` of the customers bring; null, if care wins nobody in all.
    ``curve``: for each twentieth of the customers, best first, customers won more than without care, per customer in all.
    """

    learner: Learner
    qini: float
    low: float
    high: float
    best_share: float | None
    curve: tuple[float, ...]
    lot: tuple[float, ...]
    tested: int


def learn(
    frame: Frame, held_out: Labels, happened: Labels, customers: list[str], recipe: Recipe = SMALL
) -> list[Uplift]:
    """Train both learners on half of the customers and judge them on the other half.

    Args:
        customers: numbers by which the halves are told apart, the same on every run.

    Raises:
        YinkeError: there is too little history (``too_few_for_uplift``).
    """
    if not enough(held_out, happened):
        raise YinkeError(
            f"{len(held_out)} customers have been measured", place="uplift", code="too_few_for_uplift",
            remedy=f"It takes {LEAST_CUSTOMERS}, and {LEAST_OUTCOMES} of each outcome in each arm",
        )  # fmt: skip
    test = np.array([uniform(b"uplift", customer) < 0.5 for customer in customers])
    found = predict(frame, held_out, happened, ~test, test, recipe)
    told: list[Uplift] = []
    for learner, values in found.items():
        curve = qini_curve(values, held_out[test], happened[test])
        lot = tuple(float(curve[-1]) * n / POINTS for n in range(POINTS + 1))
        low, high = _interval(values, held_out[test], happened[test])
        best = curve[round(BEST * POINTS)] / curve[-1] if curve[-1] > 0 else None
        told.append(Uplift(learner, _area(np.array(curve)), low, high, best, curve, lot, int(test.sum())))
    return told


def _area(curve: Numbers) -> float:
    return float(np.mean(curve - curve[-1] * np.linspace(0, 1, len(curve))))


def _interval(uplift: Numbers, held_out: Labels, happened: Labels) -> tuple[float, float]:
    """2.5 and 97.5 % of the area over resamples of the customers (Poisson bootstrap: each counts 0, 1, 2... times)."""
    order = np.argsort(-uplift, kind="stable")
    treated, won = ~held_out[order], happened[order]
    random = np.random.default_rng(20)
    areas = []
    for _ in range(DRAWS):
        times = random.poisson(1.0, len(order)).astype(np.float64)
        n1, n0 = np.cumsum(times * treated), np.cumsum(times * ~treated)
        y1, y0 = np.cumsum(times * (won & treated)), np.cumsum(times * (won & ~treated))
        gain: Numbers = (y1 - y0 * np.divide(n1, n0, out=np.zeros(len(n1)), where=n0 > 0)) / times.sum()
        at = np.searchsorted(np.cumsum(times), times.sum() * np.arange(1, POINTS + 1) / POINTS)
        areas.append(_area(np.concatenate(([0.0], gain[np.minimum(at, len(gain) - 1)]))))
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(low), float(high)


def predict(
    frame: Frame, held_out: Labels, happened: Labels, train: Labels, wanted: Labels, recipe: Recipe = SMALL
) -> dict[Learner, Numbers]:
    """The uplift of the ``wanted`` rows, in points of probability, learned from the rows of ``train``, by learner."""
    of: dict[bool, Any] = {}
    for arm in (False, True):
        rows = train & (held_out == arm)
        of[arm] = fit(frame.take(rows), happened[rows], recipe)
    there = frame.take(wanted)
    t = of[False].probabilities(there) - of[True].probabilities(there)
    share = float(held_out[train].mean())
    parts = []
    for arm, sign in ((False, 1.0), (True, -1.0)):
        rows = train & (held_out == arm)
        gain = sign * (happened[rows] - of[not arm].probabilities(frame.take(rows)))
        parts.append(_regress(frame.take(rows), gain, of[arm].rounds, recipe, there))
    x = (1 - share) * parts[1] + share * parts[0]  # parts: of those cared for, of those held out
    return {"T": np.asarray(t, np.float64), "X": np.asarray(x, np.float64)}


def _regress(rows: Frame, target: Numbers, rounds: int, recipe: Recipe, wanted: Frame) -> Numbers:
    parameters = replace(recipe, ridge=20.0).parameters(rows.features) | {"objective": "regression"}
    data = lgb.Dataset(rows.values, label=target, feature_name=rows.names, params={"verbosity": -1})
    return np.asarray(lgb.train(parameters, data, max(rounds, 20)).predict(wanted.values), np.float64)


def qini_curve(uplift: Numbers, held_out: Labels, happened: Labels) -> tuple[float, ...]:
    """Customers won by caring for the first n twentieths, best first, per customer in all.

    >>> rank = np.array([3.0, 3.0, 1.0, 1.0] * 10)
    >>> held = np.array([True, False] * 20)
    >>> qini_curve(rank, held, np.array([False, True, False, False] * 10))[10]  # half of those cared for stay by it
    0.25
    """
    order = np.argsort(-uplift, kind="stable")
    treated, won = ~held_out[order], happened[order]
    n1, n0 = np.cumsum(treated), np.cumsum(~treated)
    y1, y0 = np.cumsum(won & treated), np.cumsum(won & ~treated)
    gain: Numbers = y1 - y0 * np.divide(n1, n0, out=np.zeros(len(n1)), where=n0 > 0)
    at = [round(len(order) * n / POINTS) for n in range(POINTS + 1)]
    return tuple(float(gain[n - 1]) / len(order) if n else 0.0 for n in at)
