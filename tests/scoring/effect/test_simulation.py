"""The claim of the whole thing: where there is nothing it says so, where there is something its interval holds it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scoring.effect.trial import LOOKS, SAVED, Trial, looks_at, trial, truth_of_money

RUNS = 500


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return [trial(number) for number in range(RUNS)]


@pytest.mark.parametrize("rate", [True, False], ids=["rate", "money"])
def test_without_an_effect_at_most_one_report_of_twenty_ever_claims_one(
    trials: list[Trial], rate: bool
) -> None:
    told = [looks_at(one, rate=rate, effect=False) for one in trials]
    claimed = np.mean([any(look.claims for look in looks) for looks in told])
    assert claimed <= 0.05
    # whoever looks as often at the usual 95 % claims far more: else these data could not show it
    unguarded = [
        any(abs(one.low + one.high) > 1.96 * (one.high - one.low) / one.critical for one in looks)
        for looks in told
    ]
    assert np.mean(unguarded) > 0.12


@pytest.mark.parametrize("rate", [True, False], ids=["rate", "money"])
def test_a_planted_effect_lies_within_the_last_interval(trials: list[Trial], rate: bool) -> None:
    truth = SAVED if rate else truth_of_money()
    last = [looks_at(one, rate=rate, effect=True, first=LOOKS)[-1] for one in trials]
    assert np.mean([look.low <= truth <= look.high for look in last]) >= 0.93
    assert all(look.final for look in last)
    centre = np.mean([(look.low + look.high) / 2 for look in last])
    assert centre == pytest.approx(truth, abs=0.2 * truth)  # and it is not merely wide
