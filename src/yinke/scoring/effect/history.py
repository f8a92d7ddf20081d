"""How much history an uplift model takes (``uplift.py``); apart from it, for pages ask that and must not load LightGBM."""

from __future__ import annotations

from yinke.scoring.learning.frame import Labels

LEAST_CUSTOMERS, LEAST_OUTCOMES = 2_000, 100
"""Measured customers in all, and outcomes of either kind in each arm, below which nothing is learned: differences of
differences need far more than one difference does."""


def rarest(held_out: Labels, happened: Labels) -> int:
    """How often the rarest outcome of an arm was seen."""
    return min(int((arm & kind).sum()) for arm in (held_out, ~held_out) for kind in (happened, ~happened))


def enough(held_out: Labels, happened: Labels) -> bool:
    """Whether there is enough to learn from."""
    return len(held_out) >= LEAST_CUSTOMERS and rarest(held_out, happened) >= LEAST_OUTCOMES
