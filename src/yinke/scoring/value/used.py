"""A stored model of any kind that tells of customers, opened to be asked: that the nights use, or one beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yinke.lake.store import Lake
from yinke.scoring.churn.store import features_of, read_boosters

if TYPE_CHECKING:
    from yinke.scoring.churn.store import StoredModel
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.learning.frame import Frame, Numbers
    from yinke.scoring.value.expected import Span, ValueModel

KINDS = ("churn", "value", "product")
"""The kinds that tell of customers, in the order in which they are asked: the value takes in who may leave."""


@dataclass(frozen=True)
class Used:
    """A model of one of ``KINDS``; what is not of its kind is None."""

    number: int
    card: dict[str, Any]
    churn: StoredModel | None = None
    value: ValueModel | None = None
    products: Mapping[str, Model] | None = None

    def year(self, frame: Frame, now: Numbers, leaving: Numbers) -> Span:
        """What a value model expects of the next twelve months, CNY.

        Args:
            now: contribution of the month, CNY. leaving: the probability to leave; NaN: not known.
        """
        from yinke.scoring.value.expected import carried

        assert self.value is not None  # noqa: S101
        decay = self.card["decay"]
        goes = np.where(np.isnan(leaving), float(decay["leaving"]), leaving)
        return carried(self.value.quarter(frame, now), goes, float(decay["loss"]))


def opened_model(lake: Lake, kind: str, number: int) -> Used:
    """Read a model.

    Raises:
        YinkeError: it cannot be read. Strange: it was trained on other features.
    """
    from yinke.scoring.churn.score import Strange, opened
    from yinke.scoring.learning.calibration import Calibrator
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.value.expected import ValueModel
    from yinke.scoring.value.features import FEATURES

    if kind == "churn":
        stored = opened(lake, number)
        return Used(number, stored.card, churn=stored)
    card, boosters = read_boosters(lake, kind, number)
    features = features_of(card)
    strange = {f.name for f in features} ^ {f.name for f in FEATURES}
    if strange:
        raise Strange(sorted(strange))
    if kind == "value":
        return Used(number, card, value=ValueModel(features, boosters, card["widened"]))
    models = {
        name: Model(features, (booster,), Calibrator.of(card["calibrators"][name]), 0)
        for name, booster in boosters.items()
    }
    return Used(number, card, products=models)
