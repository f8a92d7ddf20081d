"""What a report says: of whom the outcome is known, after what was claimed before, and nothing where the arms are unequal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from yinke.effect.report import SMALL_CELL, Outcomes, Report, make_report
from yinke.scoring.effect.difference import LEAST_ARM

MANY = 1_000


def outcomes(*, saved: float = 0.0, brought: float = 0.0, share: float = 0.2) -> Outcomes:
    """A thousand customers in two strata, all measured; care keeps so many more, and brings so much more (CNY)."""
    rng = np.random.default_rng(8)
    held_out = np.arange(MANY) % round(1 / share) == 0
    before = rng.lognormal(11, 0.8, MANY)
    return Outcomes(
        held_out=held_out, stratum=["T1-LOW" if n % 2 else "T2-HIGH" for n in range(MANY)], tier=np.arange(MANY) % 2 + 1.0,
        before=before, after=before + rng.normal(0, 5_000, MANY) + brought * ~held_out,
        kept=rng.random(MANY) < 0.8 + saved * ~held_out, measured=np.ones(MANY, bool), reached=~held_out,
    )  # fmt: skip


def report(of: Outcomes, **more: Any) -> Report:
    asked = {
        "share": 0.2,
        "planned": MANY,
        "measure": "KEPT",
        "final": True,
        "withheld": 7,
        "earlier": [],
        "on": "2026-11-02",
    }
    return make_report(of, **{**asked, **more})


def test_what_is_measured_decides_and_each_of_both_is_told() -> None:
    of = outcomes(brought=4_000)
    assert report(of).verdict == "NONE" and report(of, measure="AUM").verdict == "BETTER"
    assert (
        report(outcomes(saved=0.15)).verdict == "BETTER"
        and report(outcomes(saved=0.15), measure="AUM").verdict == "NONE"
    )
    assert (
        report(outcomes(saved=-0.2)).verdict == "WORSE"
        and report(outcomes(), final=False).verdict == "NOT_YET"
    )
    told = report(of, measure="AUM")
    assert told.first_claim == "2026-11-02" and told.aum is not None and told.aum.low < 4_000 < told.aum.high
    assert told.kept is not None and not told.kept.claims
    assert (told.care.customers, told.held_out.customers, told.held_out.reached, told.withheld) == (
        800,
        200,
        0,
        7,
    )


def test_whose_outcome_is_not_known_counts_for_the_arms_alone() -> None:
    of = outcomes(saved=0.15)
    some = np.arange(MANY) < 400
    half = report(replace(of, measured=some, kept=of.kept & some), final=False)
    first = report(
        Outcomes(
            **{
                name: np.array(value)[:400] if name != "stratum" else value[:400]
                for name, value in vars(of).items()
            }
        ),
        final=False,
    )
    assert half.kept is not None and first.kept is not None
    assert (half.kept.difference, half.care.measured) == (first.kept.difference, 320)
    assert (half.care.customers, half.fraction, half.held_out.kept) == (800, 0.4, first.held_out.kept)
    assert report(replace(of, measured=np.zeros(MANY, bool)), final=False).verdict == "TOO_FEW"
    for known, told in ((LEAST_ARM - 1, False), (LEAST_ARM, True)):  # of those held out
        few = report(replace(of, measured=~of.held_out | (np.cumsum(of.held_out) <= known)))
        assert (few.kept is not None, few.aum is not None, few.verdict != "TOO_FEW") == (told, told, told)


def test_what_was_claimed_once_stands() -> None:
    before = [{"first_claim": None, "verdict": "NOT_YET"}, {"first_claim": "2026-10-01", "verdict": "BETTER"}]
    told = report(outcomes(), earlier=before)
    assert (told.verdict, told.first_claim, told.looks) == ("BETTER", "2026-10-01", 3)


def test_of_arms_that_were_not_filled_as_drawn_nothing_is_claimed() -> None:
    of = outcomes(saved=0.15, share=0.25)  # a fifth was to be held out
    told = report(of)
    assert told.ratio_alarm and (told.verdict, told.first_claim) == ("UNEQUAL", None)
    assert not report(of, share=0.25).ratio_alarm and report(of, share=0.25).verdict == "BETTER"
    rich = replace(outcomes(), before=outcomes().before * np.where(outcomes().held_out, 1.0, 3.0))
    assert report(rich).unlike_alarm and not report(outcomes()).unlike_alarm


def test_of_so_few_no_rate_is_told() -> None:
    of = outcomes()
    few = [
        "T5-HIGH" if n < SMALL_CELL * 5 - 1 else layer for n, layer in enumerate(of.stratum)
    ]  # five held out, one short of care's
    layers = {layer.stratum: layer for layer in report(replace(of, stratum=few)).layers}
    assert layers["T5-HIGH"].held_out == SMALL_CELL and layers["T5-HIGH"].held_out_kept is not None
    fewer = ["T5-HIGH" if n < SMALL_CELL * 5 - 5 else layer for n, layer in enumerate(of.stratum)]
    layers = {layer.stratum: layer for layer in report(replace(of, stratum=fewer)).layers}
    assert layers["T5-HIGH"].held_out == SMALL_CELL - 1
    assert layers["T5-HIGH"].care_kept is layers["T5-HIGH"].held_out_kept is None
    assert layers["T1-LOW"].care_kept == pytest.approx(0.8, abs=0.05)
