"""What a report says of an experiment: plain figures in, a dictionary out. It asks nobody; ``services/follow.py`` does."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from yinke.scoring.effect.checks import SRM_ALARM, chance_imbalance, imbalance, sample_ratio
from yinke.scoring.effect.difference import Estimate, mean_difference, rate_difference
from yinke.scoring.effect.looks import look
from yinke.scoring.learning.frame import Labels, Numbers

Verdict = Literal["TOO_FEW", "UNEQUAL", "NOT_YET", "BETTER", "WORSE", "NONE"]
SMALL_CELL = 5
"""Customers of an arm below which a stratum's rates are not told."""


@dataclass(frozen=True)
class Outcomes:
    """One row a customer, in any order. ``measured``: whether the outcome is known; else it counts for the arms' sizes only."""

    held_out: Labels
    stratum: list[str]
    tier: Numbers
    before: Numbers
    after: Numbers
    kept: Labels
    measured: Labels
    reached: Labels
    """Whether the customer was effectively contacted for the event within their time."""


@dataclass(frozen=True)
class Arm:
    """One arm: customers drawn, measured, reached; of the measured, those whose money stayed, and their mean change in AUM."""

    customers: int
    measured: int
    reached: int
    kept: int
    change: float
    aum_before: float


@dataclass(frozen=True)
class Effect:
    """A difference, care minus held out, with its guarded interval; ``claims``: it leaves out 0."""

    difference: float
    low: float
    high: float
    p: float
    treated: float
    control: float
    claims: bool


@dataclass(frozen=True)
class Layer:
    """One stratum; rates are null where an arm is too small to tell."""

    stratum: str
    care: int
    held_out: int
    care_kept: float | None
    held_out_kept: float | None


@dataclass(frozen=True)
class Report:
    """A look. ``fraction``: customers measured of those planned. ``first_claim``: the first look that showed an effect."""

    verdict: Verdict
    final: bool
    fraction: float
    care: Arm
    held_out: Arm
    ratio_p: float
    ratio_alarm: bool
    unlike: dict[str, float]
    """Standardised differences before anything was done, of AUM (its logarithm) and tier."""
    unlike_limit: float
    """The largest that chance explains, at least ``checks.IMBALANCE``."""
    unlike_alarm: bool
    kept: Effect | None
    aum: Effect | None
    layers: list[Layer]
    withheld: int
    looks: int
    first_claim: str | None
    proven: int | None = None
    """At the end: customers whose arm was drawn again from the seed and is the one on record."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def make_report(
    of: Outcomes, *, share: float, planned: int, measure: Literal["KEPT", "AUM"], final: bool, withheld: int,
    earlier: list[dict[str, Any]], on: str,
) -> Report:  # fmt: skip
    """The report of what is known.

    Args:
        share: control share, 0 to 1.
        final: everybody is measured and nobody joins.
        earlier: the reports before, oldest first; a claim that one of them made stands.
        on: the business date.
    """
    some = of.measured
    names, codes = np.unique(np.array(of.stratum)[some], return_inverse=True)
    fraction = float(some.sum()) / max(planned, 1)
    held, strata = of.held_out[some], codes.astype(np.intp)
    kept = aum = None
    if some.any():
        kept = _effect(rate_difference(held, of.kept[some], strata), fraction, final=final, most=1.0)
        aum = _effect(mean_difference(held, of.after[some], of.before[some], strata), fraction, final=final)
    ratio = sample_ratio(int((~of.held_out).sum()), int(of.held_out.sum()), share)
    unlike = {
        "aum": imbalance(of.held_out, np.log1p(np.maximum(of.before, 0))),
        "tier": imbalance(of.held_out, of.tier),
    }
    limit = chance_imbalance(int((~of.held_out).sum()), int(of.held_out.sum()))
    main = kept if measure == "KEPT" else aum
    verdict, first = _verdict(main, ratio < SRM_ALARM, final, earlier, on)
    return Report(
        verdict=verdict, final=final, fraction=min(fraction, 1.0), care=_arm(of, False), held_out=_arm(of, True),
        ratio_p=ratio, ratio_alarm=ratio < SRM_ALARM, unlike=unlike,
        unlike_limit=limit, unlike_alarm=max(abs(value) for value in unlike.values()) > limit, kept=kept, aum=aum,
        layers=_layers(of, names.tolist()), withheld=withheld, looks=len(earlier) + 1, first_claim=first,
    )  # fmt: skip


def _verdict(
    main: Effect | None, unequal: bool, final: bool, earlier: list[dict[str, Any]], on: str
) -> tuple[Verdict, str | None]:
    if unequal:
        return "UNEQUAL", None
    for report in earlier:
        if report["first_claim"]:
            return report["verdict"], report["first_claim"]
    if main is None:
        return "TOO_FEW", None
    if main.claims:
        return ("BETTER" if main.low > 0 else "WORSE"), on
    return ("NONE" if final else "NOT_YET"), None


def _effect(found: Estimate | None, fraction: float, *, final: bool, most: float = math.inf) -> Effect | None:
    """``most``: farther from 0 no difference can be."""
    if found is None:
        return None
    seen = look(found, fraction, final=final)
    low, high = max(seen.low, -most), min(seen.high, most)
    return Effect(found.difference, low, high, seen.p, found.treated, found.control, seen.claims)


def _arm(of: Outcomes, held_out: bool) -> Arm:
    arm = of.held_out == held_out
    some = arm & of.measured
    change = float((of.after - of.before)[some].mean()) if some.any() else 0.0
    return Arm(
        customers=int(arm.sum()), measured=int(some.sum()), reached=int((arm & of.reached).sum()),
        kept=int((some & of.kept).sum()), change=change, aum_before=float(of.before[arm].sum()),
    )  # fmt: skip


def _layers(of: Outcomes, names: list[str]) -> list[Layer]:
    labels, found = np.array(of.stratum), []
    for name in names:
        here = (labels == name) & of.measured
        care, held = here & ~of.held_out, here & of.held_out
        told = min(int(care.sum()), int(held.sum())) >= SMALL_CELL
        found.append(
            Layer(
                name, int(care.sum()), int(held.sum()),
                float(of.kept[care].mean()) if told else None, float(of.kept[held].mean()) if told else None,
            )
        )  # fmt: skip
    return found
