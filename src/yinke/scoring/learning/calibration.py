"""Calibration (校准): from a model's score to a probability that holds, fitted on rows the model had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from yinke.scoring.learning.frame import Labels, Numbers

ENOUGH = 1_000
"""Positives from which steps (isotonic) are better than a curve of two parameters (Platt)."""


@dataclass(frozen=True)
class Calibrator:
    """``platt``: slope and intercept over the score (log-odds). ``isotonic``: steps, straight between their ends."""

    kind: Literal["platt", "isotonic"]
    x: tuple[float, ...]
    y: tuple[float, ...]

    def __call__(self, score: Numbers) -> Numbers:
        """Probabilities of scores (log-odds)."""
        if self.kind == "platt":
            return np.asarray(1 / (1 + np.exp(-(self.x[0] * score + self.y[0]))), np.float64)
        return np.asarray(np.interp(score, self.x, self.y), np.float64)

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file; ``of`` reads it back, with the same probabilities to the last bit."""
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}

    @staticmethod
    def of(value: dict[str, Any]) -> Calibrator:
        """Read what ``as_dict`` wrote."""
        return Calibrator(value["kind"], tuple(value["x"]), tuple(value["y"]))


def calibrate(score: Numbers, y: Labels) -> Calibrator:
    """Fit a calibrator on scores of rows that were held out."""
    if int(y.sum()) < ENOUGH:
        fitted = LogisticRegression(C=1e6).fit(score.reshape(-1, 1), y)
        return Calibrator("platt", (float(fitted.coef_[0, 0]),), (float(fitted.intercept_[0]),))
    steps = IsotonicRegression(out_of_bounds="clip", y_min=1e-4, y_max=1 - 1e-4).fit(score, y)
    return Calibrator(
        "isotonic", tuple(map(float, steps.X_thresholds_)), tuple(map(float, steps.y_thresholds_))
    )
