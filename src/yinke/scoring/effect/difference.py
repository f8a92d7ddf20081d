"""Intent to treat (意向性分析): the arms as they were drawn, whoever was reached; a difference and its standard error.

Rates are compared within strata (Mantel & Haenszel 1959); the interval is Agresti & Caffo's (2000), which stays honest of a
handful of events: its centre lies a little nearer to a coin's than the difference itself. Means of AUM have tails
that no normal distribution has: what is known from before (AUM at the assignment, stratum) is regressed out within each arm
(Lin 2013; the idea of CUPED, Deng et al. 2013), and the variance is HC3 (MacKinnon & White 1985), which trusts no single
large customer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yinke.scoring.learning.frame import Labels, Numbers

Strata = npt.NDArray[np.intp]
LEAST = 8
"""Customers of each arm from which a stratum stands for itself; smaller ones are taken together."""
LEAST_ARM = 20
"""Customers of each arm below which nothing is told at all."""


@dataclass(frozen=True)
class Estimate:
    """Care minus held out. ``treated`` and ``control`` are the arms' plain rates or means."""

    difference: float
    error: float
    treated: float
    control: float
    n_treated: int
    n_control: int
    shift: float = 0.0
    """From the difference to the middle of its interval."""

    @property
    def centre(self) -> float:
        """The middle of the interval."""
        return self.difference + self.shift

    def interval(self, critical: float) -> tuple[float, float]:
        """Lower and upper end, so many standard errors away."""
        return self.centre - critical * self.error, self.centre + critical * self.error


def rate_interval(events: int, many: int, critical: float) -> tuple[float, float] | None:
    """The interval of one rate (Wilson 1927), honest of few customers and of rates near 0 and 1; None of nobody.

    Args:
        critical: standard errors, 1.96 for 95 %.

    >>> rate_interval(0, 0, 1.96) is None
    True
    >>> [round(end, 3) for end in rate_interval(0, 20, 1.96) or ()]
    [0.0, 0.161]
    """
    if many <= 0:
        return None
    share, square = events / many, critical**2
    middle = (share + square / (2 * many)) / (1 + square / many)
    half = (
        critical / (1 + square / many) * float(np.sqrt(share * (1 - share) / many + square / (4 * many**2)))
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def rate_difference(held_out: Labels, happened: Labels, strata: Strata) -> Estimate | None:
    """The difference of two rates; None of too few customers.

    Args:
        held_out: of each customer, whether in the control arm.
        happened: whether the outcome was there.
        strata: codes from 0.
    """
    n1, n0 = int((~held_out).sum()), int(held_out.sum())
    if min(n1, n0) < LEAST_ARM:
        return None
    codes = merged(held_out, strata)
    size = codes.max() + 1
    cell = codes * 2 + held_out
    counted = np.bincount(cell, minlength=2 * size).reshape(size, 2)
    events = np.bincount(cell, weights=happened, minlength=2 * size).reshape(size, 2)
    weight = counted.prod(1) / counted.sum(1)
    rates = events / counted
    difference = float(weight @ (rates[:, 0] - rates[:, 1]) / weight.sum())
    (x1, x0), (r1, r0) = events.sum(0).tolist(), (events.sum(0) / (n1, n0)).tolist()
    p1, p0 = (x1 + 1) / (n1 + 2), (x0 + 1) / (n0 + 2)
    error = float(np.sqrt(p1 * (1 - p1) / (n1 + 2) + p0 * (1 - p0) / (n0 + 2)))
    return Estimate(difference, error, r1, r0, n1, n0, shift=(p1 - r1) - (p0 - r0))


def mean_difference(held_out: Labels, after: Numbers, before: Numbers, strata: Strata) -> Estimate | None:
    """The difference of two means of money, what was known before taken out; None of too few customers.

    Args:
        after: AUM at the end of each customer's own time, in CNY.
        before: AUM at the assignment, in CNY.
    """
    n1, n0 = int((~held_out).sum()), int(held_out.sum())
    if min(n1, n0) < LEAST_ARM:
        return None
    codes = merged(held_out, strata)
    change = after - before
    arm = np.where(held_out, 0.0, 1.0)
    centred = before - before.mean()
    spread = float(centred.std()) or 1.0
    layers = (codes[:, None] == np.arange(1, codes.max() + 1)).astype(np.float64)
    x = centred / spread
    design = np.column_stack([np.ones(len(arm)), arm, x, arm * x, layers - layers.mean(0)])
    difference, error = _robust(design, change, 1)
    return Estimate(
        difference, error, float(change[~held_out].mean()), float(change[held_out].mean()), n1, n0
    )


def _robust(design: Numbers, y: Numbers, column: int) -> tuple[float, float]:
    """One coefficient of least squares and its HC3 standard error."""
    inverse = np.linalg.pinv(design.T @ design)
    projected = design @ inverse
    residual = y - projected @ (design.T @ y)
    leverage = np.minimum(np.einsum("ij,ij->i", projected, design), 0.999)
    influence = projected[:, column] * residual / (1 - leverage)
    return float(projected[:, column] @ y), float(np.sqrt(influence @ influence))


def merged(held_out: Labels, strata: Strata) -> Strata:
    """Strata with fewer than ``LEAST`` customers in an arm taken together; if the rest is too small too, with the largest.

    >>> held = np.array([True, False] * 20)
    >>> merged(held, np.array([0] * 36 + [1, 1, 2, 2])).tolist() == [0] * 40
    True
    """
    size = int(strata.max()) + 1
    counted = np.bincount(strata * 2 + held_out, minlength=2 * size).reshape(size, 2)
    large = counted.min(1) >= LEAST
    rest = counted[~large].sum(0)
    code = np.full(size, -1, np.intp)
    code[large] = np.arange(int(large.sum()))
    if not large.any():
        code[:] = 0
    elif rest.min() >= LEAST:
        code[~large] = int(large.sum())
    else:
        code[~large] = code[int(np.argmax(np.where(large, counted.sum(1), -1)))]
    return np.asarray(code[strata], np.intp)
