"""增量模型: it finds whom care changes, and says no where there is too little to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from yinke.common.errors import YinkeError
from yinke.scoring.effect.history import LEAST_CUSTOMERS
from yinke.scoring.effect.uplift import Uplift, learn
from yinke.scoring.learning.fit import Recipe
from yinke.scoring.learning.frame import Feature, Frame, frame_of

QUICK = Recipe(rounds=60, rate=0.1, leaves=5, patience=15, folds=3, threads=1)


def bank(customers: int, gain: float, seed: int = 7) -> tuple[Frame, np.ndarray, np.ndarray, list[str]]:
    """Half of the customers (the first feature above 0) stay by care with ``gain`` more probability."""
    random = np.random.default_rng(seed)
    numbers = random.standard_normal((3, customers))
    held_out = random.random(customers) < 0.4
    stays = 0.4 + 0.1 * (numbers[1] > 0) + gain * (numbers[0] > 0) * ~held_out
    frame = frame_of({Feature(name): column for name, column in zip("abc", numbers, strict=True)})
    return frame, held_out, random.random(customers) < stays, [f"C{n:08}" for n in range(customers)]


def of(found: list[Uplift], learner: str) -> Uplift:
    return next(one for one in found if one.learner == learner)


def test_both_learners_rank_those_first_whom_care_changes() -> None:
    found = learn(*bank(6_000, 0.35), recipe=QUICK)
    for learner in ("T", "X"):
        one = of(found, learner)
        assert one.curve[-1] == pytest.approx(one.lot[-1])
        assert one.curve[10] > 0.8 * one.curve[-1] > one.lot[10]  # half of the customers bring nearly all
        assert 0 < one.low < one.qini < one.high and 0.5 < (one.best_share or 0) < 0.75
    nothing = learn(*bank(6_000, 0.0), recipe=QUICK)
    assert of(nothing, "X").qini < of(found, "X").qini / 3
    assert of(nothing, "X").low < 0  # a lot does as well


def test_where_care_changes_nobody_the_interval_says_so_nearly_always() -> None:
    found = [of(learn(*bank(LEAST_CUSTOMERS, 0.0, seed), recipe=QUICK), "X") for seed in range(10)]
    assert sum(one.low <= 0 <= one.high for one in found) >= 8


def test_too_little_history_is_refused() -> None:
    with pytest.raises(YinkeError) as refused:
        learn(*bank(LEAST_CUSTOMERS - 1, 0.35))
    assert refused.value.code == "too_few_for_uplift"
