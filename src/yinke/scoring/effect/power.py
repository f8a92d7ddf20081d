"""把握度: what an experiment of so many customers can see, and how many it takes, reckoned before it begins.

A *detectable* effect is one that the final look claims with probability ``power`` (0.8), at ``looks.ALPHA_END``.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from yinke.scoring.effect.looks import Z_END

POWER = 0.8
_REACH = Z_END


def _factor(power: float) -> float:
    return _REACH + NormalDist().inv_cdf(power)


def detectable_rate(customers: int, share: float, base: float, power: float = POWER) -> float | None:
    """Smallest rise of a rate above ``base`` (the control's) that can be seen; None if none below certainty can.

    800 customers, of whom 20 % are held out and 2 % of those come back by themselves, show 4 points; where all or all but
    3 % stay anyway, they can show nothing:

    >>> round(detectable_rate(800, 0.2, 0.02), 3), detectable_rate(800, 0.2, 0.97), detectable_rate(800, 0.2, 1.0)
    (0.042, None, None)
    """
    n0 = customers * share
    n1 = customers - n0
    if min(n0, n1) < 1:
        return None

    def seen(effect: float) -> bool:
        treated = base + effect
        error = math.sqrt(treated * (1 - treated) / n1 + base * (1 - base) / n0)
        return effect > 0 and effect >= _factor(power) * error

    low, high = 0.0, 1 - base
    if not seen(high):
        return None
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high


def needed_for_rate(effect: float, share: float, base: float, power: float = POWER) -> int | None:
    """Customers of both arms that it takes to see a rise of a rate; None if the rate can't rise so far.

    >>> needed_for_rate(0.04, 0.2, 0.90)
    2728
    """
    treated = base + effect
    if not effect > 0 or treated > 1:
        return None
    variance = treated * (1 - treated) / (1 - share) + base * (1 - base) / share
    return math.ceil(_factor(power) ** 2 * variance / effect**2)


def detectable_mean(customers: int, share: float, deviation: float, power: float = POWER) -> float:
    """Smallest difference of means that can be seen, in the unit of ``deviation`` (what is left of it after adjustment).

    >>> round(detectable_mean(800, 0.2, 30_000))
    7678
    """
    return _factor(power) * deviation * math.sqrt(1 / (customers * share * (1 - share)))


def needed_for_mean(effect: float, share: float, deviation: float, power: float = POWER) -> int:
    """Customers of both arms that it takes to see a difference of means.

    >>> needed_for_mean(7_678, 0.2, 30_000)
    800
    """
    return math.ceil((_factor(power) * deviation / effect) ** 2 / (share * (1 - share)))
