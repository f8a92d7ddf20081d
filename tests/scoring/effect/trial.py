"""Experiments in a bank of which the truth is known: heavy-tailed AUM, strata, few who leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yinke.scoring.effect.difference import Strata, mean_difference, rate_difference
from yinke.scoring.effect.draw import is_held_out
from yinke.scoring.effect.looks import Look, look
from yinke.scoring.learning.frame import Labels, Numbers

CUSTOMERS, SHARE = 960, 20
STAY = np.array([0.97, 0.955, 0.94, 0.92, 0.85])
"""By stratum, the rate at which customers keep their money without any care."""
MIX = np.array([0.3, 0.3, 0.2, 0.12, 0.08])
CENTRE = np.array([10.8, 11.6, 12.4, 13.6, 11.9])
"""Mean of the logarithm of AUM."""
SIGMA = 0.9
SAVED, RAISED = 0.025, 0.06
"""Planted: points by which care raises the rate; the share of what they hold that it brings in."""
LOOKS = 12


@dataclass(frozen=True)
class Trial:
    """One experiment without effect; with one, ``saved`` and ``after_effect`` tell of the customers cared for."""

    held_out: Labels
    strata: Strata
    before: Numbers
    kept: Labels
    kept_effect: Labels
    after: Numbers
    after_effect: Numbers


def trial(number: int) -> Trial:
    """The ``number``-th experiment; always the same."""
    random = np.random.default_rng([20_261_128, number])
    strata = random.choice(len(MIX), CUSTOMERS, p=MIX)
    place = np.zeros(CUSTOMERS, int)
    for layer in range(len(MIX)):
        place[strata == layer] = np.arange(int((strata == layer).sum()))
    seed = f"trial {number}".encode()
    held_out = np.array(
        [is_held_out(seed, f"{s}", n, SHARE) for s, n in zip(strata.tolist(), place.tolist(), strict=True)]
    )
    before = np.exp(CENTRE[strata] + SIGMA * random.standard_normal(CUSTOMERS))
    luck = random.random(CUSTOMERS)
    kept = luck < STAY[strata]
    kept_effect = luck < STAY[strata] + SAVED * ~held_out
    moves = np.exp(0.25 * random.standard_normal(CUSTOMERS) - 0.25**2 / 2)
    after = before * np.where(kept, moves, 0.2 * random.random(CUSTOMERS))
    return Trial(held_out, strata, before, kept, kept_effect, after, after + RAISED * before * ~held_out)


def truth_of_money() -> float:
    """What is planted, in CNY a customer."""
    return float(RAISED * (MIX @ np.exp(CENTRE + SIGMA**2 / 2)))


def looks_at(of: Trial, *, rate: bool, effect: bool, first: int = 1) -> list[Look]:
    """What the report would have said at each look from the ``first`` on, the last one included."""
    told = []
    for n in range(first, LOOKS + 1):
        some = slice(0, CUSTOMERS * n // LOOKS)
        held, strata = of.held_out[some], of.strata[some]
        if rate:
            found = rate_difference(held, (of.kept_effect if effect else of.kept)[some], strata)
        else:
            after = (of.after_effect if effect else of.after)[some]
            found = mean_difference(held, after, of.before[some], strata)
        if found is not None:
            told.append(look(found, n / LOOKS, final=n == LOOKS))
    return told
