"""Drift (漂移): whether what is scored today looks like what a model was tested on. PSI by feature, counted in bins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from yinke.scoring.learning.frame import Feature, Frame, Numbers, Values
from yinke.scoring.learning.metrics import stability_index

TENTHS = np.linspace(0.1, 0.9, 9)


def bins_of(frame: Frame) -> dict[str, dict[str, list[float]]]:
    """Per feature the inner edges of its tenths, and the share of rows in each bin; the last bin is "not known"."""
    found = {}
    for n, feature in enumerate(frame.features):
        column = frame.values[:, n]
        known = column[~np.isnan(column)]
        edges = np.unique(np.quantile(known, TENTHS)) if len(known) else np.empty(0)
        counted = count(column, edges)
        found[feature.name] = {
            "edges": [float(edge) for edge in edges],
            "shares": [float(share) for share in counted / max(len(column), 1)],
        }
    return found


def score_frame(score: Numbers) -> Frame:
    """Scores as a frame of one column, ``score``: its drift is told like a feature's."""
    return Frame((Feature("score"),), score[:, None])


def count(column: Values, edges: Any) -> npt.NDArray[np.int64]:
    """Rows in each bin of a feature.

    >>> count(np.array([1.0, 2.0, 5.0, np.nan]), [2.0, 4.0]).tolist()
    [1, 1, 1, 1]
    """
    exact = column.astype(np.float64)
    below = [np.count_nonzero(exact < edge) for edge in np.asarray(edges, np.float64)]
    known = len(column) - np.count_nonzero(np.isnan(column))
    return np.array([*np.diff([0, *below, known]), len(column) - known], np.int64)


class Drift:
    """Counts what is scored, slice by slice, against a model's reference."""

    def __init__(self, reference: dict[str, dict[str, list[float]]]) -> None:
        self.reference = reference
        self._counts: dict[str, npt.NDArray[np.int64]] = {}

    def add(self, frame: Frame) -> None:
        """Count a slice."""
        for feature, column in zip(frame.features, np.ascontiguousarray(frame.values.T), strict=True):
            counted = count(column, self.reference[feature.name]["edges"])
            self._counts[feature.name] = self._counts.get(feature.name, 0) + counted

    def counts(self) -> dict[str, list[int]]:
        """What has been counted, for another's ``join``."""
        return {name: counted.tolist() for name, counted in self._counts.items()}

    def join(self, counts: Mapping[str, Sequence[int]]) -> None:
        """Take in what was counted elsewhere against the same reference."""
        for name, counted in counts.items():
            self._counts[name] = self._counts.get(name, 0) + np.asarray(counted, np.int64)

    def by_feature(self) -> dict[str, float]:
        """PSI of each feature; empty if nothing was counted."""
        return {
            name: stability_index(
                np.array(self.reference[name]["shares"]), counted / max(int(counted.sum()), 1)
            )
            for name, counted in self._counts.items()
        }

    def known_shares(self) -> dict[str, float]:
        """Of each feature, the share of rows in which it was known."""
        return {name: 1 - int(c[-1]) / max(int(c.sum()), 1) for name, c in self._counts.items()}
