"""Train the value model out of time: on months whose outcome was known when the test month was observed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import lightgbm
import numpy as np

from yinke.scoring.churn.label import WINDOW, ends_later, observed_months
from yinke.scoring.churn.store import code_version, lay, read_card
from yinke.scoring.churn.train import OnMonth, months_to_learn, plain
from yinke.scoring.learning.drift import bins_of
from yinke.scoring.learning.fit import Recipe
from yinke.scoring.learning.frame import Frame, Numbers
from yinke.scoring.value.expected import LEAST, RECIPE, SHARE, Span, ValueModel, carried, fit_value
from yinke.scoring.value.features import FEATURES, place_of
from yinke.scoring.value.outcome import Observed, Past

YEAR = 12
SHARED = 100_000
"""Rows from which threads gain more than they lose by waiting for each other."""


def gathered(past: Past, on_month: OnMonth, most_rows: int) -> tuple[list[Observed], Observed]:
    """The months to learn from, oldest first, and the test month.

    Raises:
        YinkeError: the lake's past is too short (``too_few_months``).
    """
    learn, test = months_to_learn(observed_months(past.lake))
    learn = learn[-int(past.values["value.train_months"]) :]
    found = []
    for n, month in enumerate([*learn, test]):
        on_month(month, n, len(learn) + 1)
        found.append(past.observed(month, max(1, most_rows // len(learn))))
    return found[:-1], found[-1]


def frame_and_customers(months: list[Observed]) -> tuple[Frame, Any]:
    """All months' features under each other, and whose they are."""
    return (
        Frame(FEATURES, np.concatenate([o.frame.values for o in months])),
        np.concatenate([o.cust_id for o in months]).astype(np.intp),
    )


def card_of(past: Past, months: list[Observed], test: Observed, recipe: Recipe) -> dict[str, Any]:
    """What the cards of both models have alike."""
    return {
        "window": {"learned_from": months[0].month, "learned_to": months[-1].month, "tested_on": test.month,
                   "outcome_to": ends_later(test.month, WINDOW)},
        "rows": sum(len(o) for o in months), "months": len(months), "bands": {},
        "reference": bins_of(test.frame),
        "thresholds": {code: value for code, value in sorted(past.values.items()) if code.startswith("value.")},
        "recipe": {k: v for k, v in asdict(recipe).items() if k != "threads"},
        "code_version": code_version(), "lightgbm": lightgbm.__version__,
    }  # fmt: skip


def train_value(
    past: Past,
    *,
    threads: int = 2,
    recipe: Recipe = RECIPE,
    on_month: OnMonth = lambda month, done, total: None,
) -> dict[str, Any]:
    """Train, test and keep a value model as the lake's next one.

    Args:
        past: what there is to learn from; the next-product model may learn from the same.

    Returns:
        Its card; ``metrics`` as ``prove`` tells.

    Raises:
        YinkeError: too few months, or too few customers to learn from.
    """
    months, test = gathered(past, on_month, int(past.values["value.train_rows"]))
    frame, who = frame_and_customers(months)
    recipe = replace(recipe, threads=threads if len(who) >= SHARED else 1)
    now = np.concatenate([o.now for o in months])
    model = fit_value(frame, now, np.concatenate([o.later() for o in months]), who, recipe)
    leaving, loss = decay(months)
    card = {
        **card_of(past, months, test, recipe), "positives": 0, "rounds": recipe.rounds,
        "metrics": prove(past, model, test, leaving, loss),
        "widened": model.widened, "decay": {"leaving": leaving, "loss": loss},
    }  # fmt: skip
    number = lay(past.lake, "value", model.boosters, FEATURES, plain(card))
    return read_card(past.lake, "value", number)


def decay(months: list[Observed]) -> tuple[float, float]:
    """How many customers bring at most half within three months, and how much less those bring: shares.

    It stands in for the churn probability of those whom the churn model does not know.
    """
    now = np.concatenate([o.now for o in months])
    last = np.concatenate([o.contributions[:, -1] for o in months])
    bring = now > LEAST / 3
    gone = bring & (last <= now / 2)
    if not gone.any():
        return 0.0, 1.0
    return float(gone.sum() / bring.sum()), float(1 - (last[gone] / now[gone]).mean())


def prove(past: Past, model: ValueModel, test: Observed, leaving: float, loss: float) -> dict[str, Any]:
    """How good the model was on its test month.

    Returns:
        ``customers``; ``model``: ``coverage`` (how many of three months' outcomes lay in the 80 % span), ``error`` (mean
        absolute, CNY), ``naive_error`` (that of "as now"), ``total`` (what was told of all over what came), ``width`` (median span
        over the value); ``by_tier``: the coverage of each tier; ``year``: the same of twelve months for the newest month after
        which twelve are known, null if there is none. Its outcome was not all known when the model learned, so it is a check of
        the carrying, not out of time.
    """
    span, came = model.quarter(test.frame, test.now), test.later()
    tier = test.frame.values[:, place_of("tier")]
    return {
        "customers": len(test),
        "model": {
            "share": SHARE, "coverage": span.holds(came), "error": float(np.abs(span.expected - came).mean()),
            "naive_error": float(np.abs(3 * test.now - came).mean()), **_sizes(span, came),
        },
        "by_tier": [
            {"tier": n, "customers": int((tier == n).sum()), "coverage": Span(*(p[tier == n] for p in _parts(span))).holds(came[tier == n])}
            for n in range(6) if (tier == n).any()
        ],
        "year": _year(past, model, leaving, loss),
    }  # fmt: skip


def _parts(span: Span) -> tuple[Numbers, Numbers, Numbers]:
    return span.expected, span.low, span.high


def _sizes(span: Span, came: Numbers) -> dict[str, float]:
    bring = span.expected > LEAST
    width = (span.high - span.low)[bring] / span.expected[bring]
    return {
        "total": float(span.expected.sum() / max(came.sum(), 1.0)),
        "width": float(np.median(width)) if len(width) else 0.0,
    }


def _year(past: Past, model: ValueModel, leaving: float, loss: float) -> dict[str, Any] | None:
    dates = set(past.lake.dates())
    whole = [
        m for m in observed_months(past.lake) if all(ends_later(m, n) in dates for n in range(1, YEAR + 1))
    ]
    if not whole:
        return None
    seen = past.observed(whole[-1], int(past.values["value.train_rows"]))
    quarter = model.quarter(seen.frame, seen.now)
    span = carried(quarter, np.full(len(seen), leaving), loss)
    came = sum(
        (past.end(ends_later(whole[-1], n)).of(seen.cust_id)[0] for n in range(1, YEAR + 1)),
        np.zeros(len(seen)),
    )
    return {"month": whole[-1], "customers": len(seen), "coverage": span.holds(came), **_sizes(span, came)}
