"""How good probabilities are: ranking (AUC, average precision, lift) and honesty (log-loss, calibration error)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from yinke.scoring.learning.frame import Labels, Numbers

BINS = 10


@dataclass(frozen=True)
class Metrics:
    """Of one test: shares between 0 and 1, ``lift`` times the base rate, ``log_loss`` in nats."""

    auc: float
    average_precision: float
    log_loss: float
    calibration_error: float
    lift: float

    def as_dict(self) -> dict[str, float]:
        """By name."""
        return asdict(self)


def measure(y: Labels, score: Numbers, probability: Numbers) -> Metrics:
    """Measure a test.

    Args:
        y: what happened.
        score: what ranks; isotonic probabilities have ties, which would hide how well the rest is ranked.
        probability: what is told to people.
    """
    return Metrics(
        auc=float(roc_auc_score(y, score)),
        average_precision=float(average_precision_score(y, score)),
        log_loss=float(log_loss(y, np.clip(probability, 1e-6, 1 - 1e-6))),
        calibration_error=calibration_error(y, probability),
        lift=lift(y, score, 0.1),
    )


def calibration_error(y: Labels, probability: Numbers, bins: int = BINS) -> float:
    """Expected calibration error: told minus happened, in bins of as many rows each, weighted by rows.

    >>> calibration_error(np.array([False, True] * 5), np.full(10, 0.5), bins=1)
    0.0
    """
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [abs(probability[part].mean() - y[part].mean()) * len(part) for part in parts if len(part)]
    return float(np.sum(gaps) / len(y))


def reliability(y: Labels, probability: Numbers, bins: int = BINS) -> list[dict[str, float]]:
    """The reliability curve: told and happened in bins of as many rows each, lowest first."""
    order = np.argsort(probability, kind="stable")
    return [
        {
            "told": float(probability[part].mean()),
            "happened": float(y[part].mean()),
            "customers": float(len(part)),
        }
        for part in np.array_split(order, bins)
        if len(part)
    ]


def precision_at(y: Labels, score: Numbers, share: float) -> float:
    """Of the ``share`` of rows ranked highest, how many it happened to. Ties count as drawn by lot.

    >>> precision_at(np.array([True, False, False, True]), np.array([9.0, 1, 1, 8]), 0.5)
    1.0
    >>> precision_at(np.array([True, False, False, False]), np.ones(4), 0.5)
    0.25
    """
    wanted = max(1, round(len(y) * share))
    limit = np.partition(score, len(score) - wanted)[len(score) - wanted]
    above, at = score > limit, score == limit
    rest = wanted - int(above.sum())
    return float((y[above].sum() + rest * y[at].mean()) / wanted)


def lift(y: Labels, score: Numbers, share: float) -> float:
    """How many times the base rate the ``share`` ranked highest has."""
    return precision_at(y, score, share) / float(y.mean())


def stability_index(expected: Numbers, found: Numbers) -> float:
    """PSI of two distributions given as shares of the same bins; an empty bin counts a hundredth of a percent.

    >>> stability_index(np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    0.0
    """
    e, f = np.maximum(expected, 1e-4), np.maximum(found, 1e-4)
    return float(np.sum((f - e) * np.log(f / e)))
