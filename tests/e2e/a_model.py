"""A small churn model for the served demo bank, whose two months are too few to train one: run in a process of its own.

It learns from the newest day, whose leavers are those with the least of their peak left; all else is as training does it.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import numpy as np

from yinke.cli import start_django


def main(emp_no: str) -> None:
    """Train, keep and register it as a candidate of a developer's."""
    start_django()
    from django.conf import settings

    from yinke.access.models import User
    from yinke.access.queries import viewer_of
    from yinke.common.thresholds import load_thresholds
    from yinke.nightly.wiring import open_bench
    from yinke.scoring.churn.features import observe
    from yinke.scoring.churn.prove import prove
    from yinke.scoring.churn.store import code_version, keep, read_card
    from yinke.scoring.churn.train import RECIPE, Observed, frame_of
    from yinke.scoring.learning.drift import bins_of, score_frame
    from yinke.scoring.learning.fit import Recipe, fit
    from yinke.scoring.services import registry

    bench = open_bench()
    day = bench.lake.latest()
    assert day is not None
    values = load_thresholds(settings.YINKE.thresholds).at(day.biz_date)
    table = bench.engine.to_arrow(observe(bench.engine, day, bench.lake, values)).sort_by("cust_id")
    frame = frame_of(table)
    held = table["f_aum_to_peak"].to_numpy()
    left = (held <= np.nanquantile(held, 0.15)).astype(np.int32)
    columns = {name: table[name].to_numpy() for name in ("tier_rank", "aum", "base", "rule_e05")}
    columns["base"] = columns["aum"]  # two months have no average of three
    none = np.zeros(len(left), np.int32)
    after = columns["base"] * np.where(left, 0.2, 1.0)
    seen = Observed(
        day.biz_date, table["cust_id"].to_numpy().astype(np.int64), frame,
        {**columns, "left": left, "closed": none, "payroll_lost": none, "after": after},
    )  # fmt: skip
    model = fit(frame, seen.y, Recipe(rounds=20, least_rows=10, folds=2, threads=1))
    score = model.scores(frame)
    card = {
        "window": {name: f"{day.biz_date - timedelta(days=n)}" for name, n in
                   (("learned_from", 60), ("learned_to", 60), ("tested_on", 30), ("outcome_to", 0))},
        "rows": len(frame), "positives": int(left.sum()), "months": 1,
        "metrics": prove(bench.lake, model, frame, seen.y, seen, values),
        "bands": {"high": float(np.quantile(score, 0.9)), "medium": float(np.quantile(score, 0.7))},
        "reference": bins_of(frame), "score_reference": bins_of(score_frame(score))["score"],
        "thresholds": {code: value for code, value in values.items() if code.startswith("churn.")},
        "recipe": {"rounds": RECIPE.rounds}, "code_version": code_version(), "lightgbm": "4",
    }  # fmt: skip
    number = keep(bench.lake, "churn", model, card)
    developer = viewer_of(User.objects.select_related("org").get(emp_no=emp_no))
    registry.register(developer, read_card(bench.lake, "churn", number), "试用")


if __name__ == "__main__":
    main(sys.argv[1])
