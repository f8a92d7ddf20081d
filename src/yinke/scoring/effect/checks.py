"""Whether an experiment can be trusted at all: the arms' sizes (SRM), and that they were alike before anything was done."""

from __future__ import annotations

import math

from yinke.scoring.learning.frame import Labels, Numbers

SRM_ALARM = 0.001
"""Fabijan et al. (2019): below that p the arms were not filled as drawn, and no figure counts."""
IMBALANCE = 0.1
"""Standardised difference below which nobody calls arms unlike (Austin 2009)."""


def sample_ratio(n_treated: int, n_control: int, share: float) -> float:
    """p of Pearson's chi-square that arms of these sizes come of a control share.

    >>> sample_ratio(800, 200, 0.2), sample_ratio(700, 300, 0.2) < SRM_ALARM
    (1.0, True)
    """
    total = n_treated + n_control
    if total == 0:
        return 1.0
    expected = total * share
    chi_square = (n_control - expected) ** 2 * (1 / expected + 1 / (total - expected))
    return math.erfc(math.sqrt(chi_square / 2))


def imbalance(held_out: Labels, value: Numbers) -> float:
    """Standardised difference of means, care minus held out, in standard deviations of both arms; 0 if nothing varies."""
    treated, control = value[~held_out], value[held_out]
    if min(len(treated), len(control)) < 2:
        return 0.0
    spread = math.sqrt((float(treated.var(ddof=1)) + float(control.var(ddof=1))) / 2)
    return float(treated.mean() - control.mean()) / spread if spread else 0.0


def chance_imbalance(n_treated: int, n_control: int) -> float:
    """The standardised difference that arms drawn at random exceed once in a hundred; at least ``IMBALANCE``.

    >>> round(chance_imbalance(40, 10), 2), chance_imbalance(8_000, 2_000)
    (0.91, 0.1)
    """
    if min(n_treated, n_control) == 0:
        return 1.0
    return max(IMBALANCE, 2.576 * math.sqrt(1 / n_treated + 1 / n_control))
