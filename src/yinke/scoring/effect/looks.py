"""期中查看: how wide an interval must be when people look every morning and stop when they like what they see.

Looking daily at an interval of 95 % finds something in every fourth experiment in which nothing is. So 5 % of error are
spent in two parts. *Looks before the end* share 1 %: the standardised sum of n of N planned customers is a Brownian motion at
time t = n / N, which by the reflection principle leaves ±c within [0, 1] with probability below 4 (1 - Φ(c)); in standard
errors of the estimate that is c / √t. It is O'Brien & Fleming's (1979) boundary for looks without number, and
the interval is Jennison & Turnbull's (1989) repeated one. *The end* has 4 %: z = 2.05 instead of 1.96, which is all that
the looks cost (the split is Haybittle's 1971 and Peto's 1976). Both together err in at most 5 %, whenever and however often one looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from yinke.scoring.effect.difference import Estimate

ALPHA = 0.05
ALPHA_LOOKS = 0.01
ALPHA_END = ALPHA - ALPHA_LOOKS
_NORMAL = NormalDist()
Z_END = _NORMAL.inv_cdf(1 - ALPHA_END / 2)
C_LOOKS = _NORMAL.inv_cdf(1 - ALPHA_LOOKS / 4)
LEAST_FRACTION = 0.02


@dataclass(frozen=True)
class Look:
    """What one look may say. ``p`` counts all looks in: below 0.05 exactly if the interval leaves out 0."""

    low: float
    high: float
    p: float
    critical: float
    final: bool

    @property
    def claims(self) -> bool:
        """Whether an effect, either way, may be claimed."""
        return self.low > 0 or self.high < 0


def look(estimate: Estimate, fraction: float, *, final: bool) -> Look:
    """The guarded interval.

    Args:
        fraction: customers measured of those planned; counts up to 1.
        final: all customers are measured, and nobody joins any more. There is one final look.

    >>> at = Estimate(0.04, 0.015, 0.97, 0.93, 640, 160)
    >>> look(at, 1.0, final=True).claims, look(at, 0.5, final=False).claims
    (True, False)
    """
    z = abs(estimate.centre) / estimate.error if estimate.error else 0.0
    if final:
        critical, p = Z_END, 2 * (1 - _NORMAL.cdf(z)) * ALPHA / ALPHA_END
    else:
        root = min(1.0, max(fraction, LEAST_FRACTION)) ** 0.5
        critical, p = C_LOOKS / root, 4 * (1 - _NORMAL.cdf(z * root)) * ALPHA / ALPHA_LOOKS
    low, high = estimate.interval(critical)
    return Look(low, high, min(1.0, p), critical, final)
