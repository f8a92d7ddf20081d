"""Train the next-product model: for each category, who will newly hold it within three months; out of time, calibrated.

A category with too few new holders, or whose ranking on the test month is poor, gets no model: it is proposed to
nobody, and the card says why. No right answer is known for it, and none is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from yinke.common.errors import YinkeError
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.store import lay, read_card
from yinke.scoring.churn.train import OnMonth, plain
from yinke.scoring.learning.fit import Model, Recipe, fit
from yinke.scoring.learning.frame import Frame, Labels
from yinke.scoring.learning.metrics import measure
from yinke.scoring.value.contribution import BALANCES, worth
from yinke.scoring.value.features import FEATURES
from yinke.scoring.value.outcome import Observed, Past
from yinke.scoring.value.train_value import SHARED, card_of, frame_and_customers, gathered

RECIPE = Recipe(rounds=50, rate=0.2, leaves=7, least_rows=60, columns=0.7, patience=8, folds=2)
"""Small trees: each night tells reasons (SHAP values) of up to three proposals for every customer."""


def train_products(
    past: Past,
    *,
    threads: int = 2,
    recipe: Recipe = RECIPE,
    on_month: OnMonth = lambda month, done, total: None,
) -> dict[str, Any]:
    """Train, test and keep a next-product model as the lake's next one.

    Returns:
        Its card. ``categories``: of each of the twelve ``state`` (OFFERED; FEW: too few new holders; POOR: its ranking is too
        weak), how many ``held_none`` and of them became ``new``, in learning and in the test month, and of an offered or poor one
        its figures there, the ``balance`` that a new holder typically has (median, CNY) and what it is ``worth`` a year.

    Raises:
        YinkeError: too few months; or no category can be learned (``too_few_rows``).
    """
    values = past.values
    months, test = gathered(past, on_month, int(values["value.train_rows"]))
    frame, who = frame_and_customers(months)
    recipe = replace(recipe, threads=threads if len(who) >= SHARED else 1)
    models: dict[str, Model] = {}
    told: dict[str, dict[str, Any]] = {}
    for place, category in enumerate(CATEGORIES):
        rows = np.concatenate([o.candidates(place) for o in months])
        y = np.concatenate([o.new[:, place] for o in months])[rows]
        told[category], model = _learn(frame.take(rows), y, who[rows], test, place, values, recipe)
        told[category] |= _typical(category, place, months, values)
        if model is not None:
            models[category] = model
    offered = [row for row in told.values() if row["state"] == "OFFERED"]
    if not offered:
        raise YinkeError(
            "No category has enough new holders to be learned and told apart", place="scoring", code="too_few_rows",
            remedy="Wait until there is more to learn from, or take a longer window",
        )  # fmt: skip
    means = {name: float(np.mean([row[name] for row in offered])) for name in ("auc", "calibration_error")}
    card = {
        **card_of(past, months, test, recipe),
        "positives": sum(row["learned_new"] for row in told.values()),
        "rounds": sum(model.rounds for model in models.values()),
        "metrics": {"customers": len(test), "model": {**means, "offered": len(offered)}, "categories": told},
        "calibrators": {category: model.calibrator.as_dict() for category, model in models.items()},
    }  # fmt: skip
    boosters = {category: model.boosters[0] for category, model in models.items()}
    return read_card(past.lake, "product", lay(past.lake, "product", boosters, FEATURES, plain(card)))


def _learn(
    frame: Frame, y: Labels, who: Any, test: Observed, place: int, values: Mapping[str, Any], recipe: Recipe
) -> tuple[dict[str, Any], Model | None]:
    asked = test.candidates(place)
    truth = test.new[asked, place]
    told: dict[str, Any] = {
        "state": "FEW", "learned_none": len(y), "learned_new": int(y.sum()), "held_none": int(asked.sum()),
        "new": int(truth.sum()),
    }  # fmt: skip
    least = int(values["value.least_positives"]), int(values["value.least_test_positives"])
    if told["learned_new"] < max(least[0], recipe.folds) or not least[1] <= told["new"] < told["held_none"]:
        return told, None
    model = fit(frame, y, recipe, groups=who)
    seen = test.frame.take(asked)
    score = model.scores(seen)
    figures = measure(truth, score, model.calibrator(score)).as_dict()
    fit_for_use = figures["auc"] >= float(values["value.least_auc"])
    return {**told, **figures, "state": "OFFERED" if fit_for_use else "POOR"}, model if fit_for_use else None


def _typical(
    category: str, place: int, months: list[Observed], values: Mapping[str, Any]
) -> dict[str, float]:
    """What a new holder has in it, and what that brings."""
    name, balance = category.lower(), 0.0
    if name in BALANCES:
        column = BALANCES.index(name)
        amounts = np.concatenate([o.sums[o.new[:, place], column] for o in months])
        balance = float(np.median(amounts)) if len(amounts) else 0.0
    return {"balance": balance, "worth": worth(category, balance, values)}
