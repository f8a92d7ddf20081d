"""Whether one of two models is better on the same customers: by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np
from scipy.stats import rankdata

from yinke.scoring.learning.frame import Labels, Numbers

SURE = 0.95
_CRITICAL = NormalDist().inv_cdf((1 + SURE) / 2)


@dataclass(frozen=True)
class Difference:
    """The second's measure less the first's, and the interval that holds it with 95 %."""

    by: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """By name."""
        return asdict(self)


@dataclass(frozen=True)
class Parted:
    """A difference, and how much each customer's being drawn moves it: their squares' sum is its variance."""

    by: float
    parts: Numbers

    def told(self) -> Difference:
        """With its interval."""
        wide = _CRITICAL * float(np.sqrt(np.square(self.parts).sum()))
        return Difference(self.by, self.by - wide, self.by + wide)


def auc_difference(y: Labels, one: Numbers, two: Numbers) -> Parted:
    """The difference of two AUCs of the same rows (DeLong, DeLong & Clarke-Pearson, Biometrics 44, 1988, by the ranks of Sun &
    Xu, IEEE Signal Processing Letters 21, 2014).

    Args:
        y: what happened, at least twice, and at least twice not. one, two: scores of the same rows.

    >>> y = np.array([True, True, False, False])
    >>> auc_difference(y, np.array([2.0, 0, 1, 0]), np.array([3.0, 2, 1, 0])).by
    0.375
    """
    above, below = (b - a for a, b in zip(_placements(y, one), _placements(y, two), strict=True))
    parts = np.empty(len(y))
    for rows, moved in ((y, above), (~y, below)):
        parts[rows] = (moved - moved.mean()) / np.sqrt(len(moved) * (len(moved) - 1))
    return Parted(float(above.mean()), parts)


def _placements(y: Labels, score: Numbers) -> tuple[Numbers, Numbers]:
    """Of each row to which it happened, the share of the others ranked below it; of each other, that of those ranked above."""
    among, positives, negatives = rankdata(score), rankdata(score[y]), rankdata(score[~y])
    return (among[y] - positives) / len(negatives), 1 - (among[~y] - negatives) / len(positives)


def mean_difference(one: Numbers, two: Numbers) -> Parted:
    """The difference of two means over the same rows, two at least.

    >>> found = mean_difference(np.array([1.0, 3.0]), np.array([2.0, 2.0])).told()
    >>> found.by, round(found.low, 2), round(found.high, 2)
    (0.0, -1.96, 1.96)
    """
    moved = two - one
    return Parted(float(moved.mean()), (moved - moved.mean()) / np.sqrt(len(moved) * (len(moved) - 1)))


def mean_of(differences: Sequence[Parted]) -> Parted:
    """The mean of differences whose parts are of the same customers in the same order."""
    parts = np.sum([one.parts for one in differences], axis=0) / len(differences)
    return Parted(float(np.mean([one.by for one in differences])), parts)
