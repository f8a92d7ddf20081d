"""Champion and challenger, or the champion alone, on one month that none of them has learned from.

It is the newest month whose outcome is known: whatever a model learned from ended three months before its own test month,
which is not newer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.label import observed_months
from yinke.scoring.churn.score import Strange
from yinke.scoring.churn.train import Explained, months_to_learn, observed
from yinke.scoring.learning.difference import Parted, auc_difference, mean_difference, mean_of
from yinke.scoring.learning.frame import Labels, Numbers
from yinke.scoring.learning.metrics import measure, precision_at
from yinke.scoring.value.outcome import Past
from yinke.scoring.value.used import Used, opened_model

Figures = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """What one model or two were worth on ``month``.

    ``measure``: what decides, ``auc`` or ``error`` (CNY). ``figures``: of each, in the order asked. ``difference``: of two, the second's less
    the first's.
    """

    month: date
    customers: int
    measure: str
    figures: list[Figures]
    difference: Parted | None

    def told(self) -> dict[str, Any]:
        """Of two, as it is kept. ``better``: whose is better beyond chance, CHAMPION or CHALLENGER; NEITHER if that cannot be said."""
        assert self.difference is not None  # noqa: S101
        found = self.difference.told()
        sign = -1 if self.measure == "error" else 1
        low, high = sorted((sign * found.low, sign * found.high))
        champion, challenger = self.figures
        return {
            "measure": self.measure, "champion": champion, "challenger": challenger, "difference": found.as_dict(),
            "better": "CHALLENGER" if low > 0 else "CHAMPION" if high < 0 else "NEITHER",
        }  # fmt: skip


def month_to_measure(lake: Lake) -> date:
    """The newest month whose outcome is known.

    Raises:
        YinkeError: the lake's past is too short (``too_few_months``).
    """
    return months_to_learn(observed_months(lake))[1]


def measure_models(
    engine: Engine,
    lake: Lake,
    values: Mapping[str, Any],
    kind: str,
    numbers: Sequence[int],
    explained: Explained = (),
) -> Measured:
    """Measure one model of a kind, or the champion and a challenger.

    Args:
        explained: falls of which a manager said that they are no leaving; the label leaves them out.

    Raises:
        YinkeError: too few months, a model cannot be read or was trained on other features (``models_differ``), or the month has
            nobody to tell good from poor by (``too_few_rows``).
    """
    month = month_to_measure(lake)
    models = [_opened(lake, kind, number) for number in numbers]
    if kind == "churn":
        return _leaving(engine, lake, month, values, models, explained)
    past = Past(engine, lake, values)
    return (_worth if kind == "value" else _wanted)(past, month, models)


def _opened(lake: Lake, kind: str, number: int) -> Used:
    try:
        return opened_model(lake, kind, number)
    except Strange as strange:
        raise YinkeError(
            f"{kind} {number} was trained on other features: {', '.join(strange.names)}", place=f"{kind} {number}",
            code="models_differ", remedy="Compare models that this version of Yinke has trained",
        ) from None  # fmt: skip


def _leaving(
    engine: Engine,
    lake: Lake,
    month: date,
    values: Mapping[str, Any],
    models: Sequence[Used],
    explained: Explained,
) -> Measured:
    seen = observed(engine, lake, month, values, int(values["churn.train_customers"]), explained)
    truth = seen.y
    if not _enough(truth):
        raise _too_few(month)
    share, figures, scores = float(values["churn.band_high"]), list[Figures](), list[Numbers]()
    for used in models:
        assert used.churn is not None  # noqa: S101
        model = used.churn.model
        score = model.scores(seen.frame)
        found = measure(truth, score, model.calibrator(score)).as_dict()
        figures.append({**found, "precision_top": precision_at(truth, score, share)})
        scores.append(score)
    return Measured(month, len(seen), "auc", figures, _of_two(scores, partial(auc_difference, truth)))


def _worth(past: Past, month: date, models: Sequence[Used]) -> Measured:
    seen = past.observed(month, int(past.values["value.train_rows"]))
    came, figures, missed = seen.later(), list[Figures](), list[Numbers]()
    if len(seen) < 2:
        raise _too_few(month)
    for used in models:
        assert used.value is not None  # noqa: S101
        span = used.value.quarter(seen.frame, seen.now)
        missed.append(np.abs(span.expected - came))
        figures.append({
            "error": float(missed[-1].mean()), "coverage": span.holds(came),
            "total": float(span.expected.sum() / max(came.sum(), 1.0)),
        })  # fmt: skip
    return Measured(month, len(seen), "error", figures, _of_two(missed, mean_difference))


def _wanted(past: Past, month: date, models: Sequence[Used]) -> Measured:
    """Means over the categories that all of them propose."""
    seen = past.observed(month, int(past.values["value.train_rows"]))
    offers = [used.products or {} for used in models]
    each: list[list[Figures]] = [[] for _ in models]
    moved = list[Parted]()
    for place, name in enumerate(CATEGORIES):
        asked = seen.candidates(place)
        truth = seen.new[asked, place]
        if not (all(name in one for one in offers) and _enough(truth)):
            continue
        frame = seen.frame.take(asked)
        scores = [one[name].scores(frame) for one in offers]
        for figures, one, score in zip(each, offers, scores, strict=True):
            figures.append(measure(truth, score, one[name].calibrator(score)).as_dict())
        if found := _of_two(scores, partial(auc_difference, truth)):
            parts = np.zeros(len(seen))
            parts[asked] = found.parts
            moved.append(Parted(found.by, parts))
    if not each[0]:
        raise _too_few(month)
    means = [
        {
            name: float(np.mean([f[name] for f in figures]))
            for name in ("auc", "average_precision", "calibration_error")
        }
        | {"offered": float(len(one))}
        for figures, one in zip(each, offers, strict=True)
    ]
    return Measured(month, len(seen), "auc", means, mean_of(moved) if moved else None)


def _of_two(found: Sequence[Numbers], difference: Callable[[Numbers, Numbers], Parted]) -> Parted | None:
    return difference(*found) if len(found) == 2 else None


def _enough(truth: Labels) -> bool:
    """Whether it happened, and did not, at least twice."""
    return min(int(truth.sum()), int((~truth).sum())) >= 2


def _too_few(month: date) -> YinkeError:
    return YinkeError(
        f"Nothing of {month} tells good from poor: too little happened", place="scoring", code="too_few_rows",
        remedy="Wait until there is more to learn from",
    )  # fmt: skip
