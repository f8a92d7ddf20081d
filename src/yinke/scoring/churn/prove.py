"""What a churn model is worth on a month that it has not seen: beside the rule E05 and beside logistic regression."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from yinke.lake.dates import monday
from yinke.lake.store import Lake
from yinke.scoring.churn.label import WINDOW, ends_later
from yinke.scoring.learning.fit import Model, yardstick
from yinke.scoring.learning.frame import Frame, Labels, Numbers
from yinke.scoring.learning.metrics import measure, precision_at, reliability

if TYPE_CHECKING:
    from yinke.scoring.churn.train import Observed

YARDSTICK_ROWS = 200_000
"""Logistic regression needs no more rows to be as good as it gets."""
EARLY = 2.0
"""Weeks in which a manager can still act."""
DROPS = (0.3, 0.5, 0.8)
"""Other falls at which a customer might be said to have left."""


def prove(
    lake: Lake, model: Model, frame: Frame, y: Labels, test: Observed, values: Mapping[str, Any]
) -> dict[str, Any]:
    """All figures of a model's card.

    Returns:
        ``model`` and ``logistic`` (Metrics and ``precision_top``, the precision among the share ``churn.band_high``
        ranked highest), ``rule_e05`` (alarms, precision and recall, and the model's at as many alarms), ``warning``
        (weeks from the month's end until half of the money is gone), ``reliability``, ``sensitivity`` (AUC if the
        fall that counts were another), ``closed`` and ``payroll_lost`` (shares among those ranked highest, and all).
    """
    share = float(values["churn.band_high"])
    truth, score = test.y, model.scores(test.frame)
    probability = model.calibrator(score)
    few = np.random.default_rng(1).permutation(len(y))[:YARDSTICK_ROWS]
    straight = yardstick(frame.take(few), y[few], 1).predict_proba(test.frame.values)[:, 1]
    rule = np.asarray(test.columns["rule_e05"] == 1, np.bool_)
    top = highest(score, max(1, round(len(score) * share)))
    gone = weeks_until_gone(lake, test, float(values["churn.drop_share"]))
    same = highest(score, max(1, int(rule.sum())))
    return {
        "customers": len(test), "left": int(truth.sum()), "base_rate": float(truth.mean()), "top_share": share,
        "model": {**measure(truth, score, probability).as_dict(), "precision_top": precision_at(truth, score, share)},
        "logistic": {**measure(truth, straight, straight).as_dict(), "precision_top": precision_at(truth, straight, share)},
        "rule_e05": {
            "alarms": int(rule.sum()), **_hits(truth, rule),
            **{f"model_{name}": value for name, value in _hits(truth, same).items()},
        },
        "warning": {
            "model": _weeks(gone[truth & top]), "rule_e05": _weeks(gone[truth & rule]), "all": _weeks(gone[truth]),
        },
        "reliability": reliability(truth, probability),
        "sensitivity": _sensitivity(test, score, values),
        **{name: {"top": float(test.columns[name][top].mean()), "all": float(test.columns[name].mean())}
           for name in ("closed", "payroll_lost")},
    }  # fmt: skip


def highest(score: Numbers, count: int) -> Labels:
    """The ``count`` rows with the highest scores; among equals the earlier ones."""
    found = np.zeros(len(score), np.bool_)
    found[np.argsort(-score, kind="stable")[:count]] = True
    return found


def _hits(truth: Labels, alarm: Labels) -> dict[str, float]:
    hits = int((truth & alarm).sum())
    return {"precision": hits / max(int(alarm.sum()), 1), "recall": hits / max(int(truth.sum()), 1)}


def _weeks(weeks: Numbers) -> dict[str, float | None]:
    """Of leavers: how many, the median weeks before the money was gone, and the share with time to act."""
    known = weeks[~np.isnan(weeks)]
    if not len(known):
        return {"left": 0, "median": None, "in_time": None}
    return {"left": len(known), "median": float(np.median(known)), "in_time": float((known >= EARLY).mean())}


def _sensitivity(test: Observed, score: Numbers, values: Mapping[str, Any]) -> list[dict[str, float | None]]:
    c = test.columns
    floor = np.where(
        c["tier_rank"] >= int(values["churn.high_tier"]), float(values["churn.drop_floor_high"]),
        float(values["churn.drop_floor"]),
    )  # fmt: skip
    found: list[dict[str, float | None]] = []
    for drop in DROPS:
        fell = np.asarray(
            (c["after"] <= (1 - drop) * c["base"]) & (c["base"] - c["after"] >= floor), np.bool_
        )
        both = 0 < int(fell.sum()) < len(fell)
        found.append(
            {
                "drop": drop,
                "left": int(fell.sum()),
                "auc": measure(fell, score, _odds(score)).auc if both else None,
            }
        )
    return found


def _odds(score: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-score)), np.float64)


def weeks_until_gone(lake: Lake, test: Observed, share: float) -> Numbers:
    """Per row: weeks from the month's end to the first day on which at most ``share`` of the base was left.

    0 if that was so at the month's end; NaN for who did not leave, or if the lake has no daily curve.
    """
    found = np.full(len(test), np.nan)
    limit = test.columns["base"] * share
    leavers = np.flatnonzero(test.y)
    days = np.full(len(test), np.inf)
    days[leavers] = np.where(test.columns["aum"][leavers] <= limit[leavers], 0.0, np.inf)
    for ids, after, aum in _curves(lake, test.month, test.cust_id[leavers]):
        rows = leavers[np.searchsorted(test.cust_id[leavers], ids)]
        gone = aum <= limit[rows]
        np.minimum.at(days, rows[gone], after[gone])
    met = leavers[np.isfinite(days[leavers])]
    found[met] = days[met] / 7
    return found


def _curves(lake: Lake, month: date, ids: npt.NDArray[np.int64]) -> Any:
    """AUM at the ends of days within the window: customers, days after the month's end, CNY; week by week."""
    last = ends_later(month, WINDOW)
    weeks: dict[date, list[date]] = {}
    for day in lake.dates():
        if monday(month) <= day <= last:
            weeks.setdefault(monday(day), []).append(day)
    for dates in weeks.values():
        newest = lake.day(dates[-1])
        if newest is None or not newest.has("curve") or not len(ids):
            continue
        rows = pq.read_table(
            newest.path("curve"), columns=["cust_id", "aum"], filters=[("cust_id", "in", ids.tolist())]
        )
        for who, curve in zip(rows["cust_id"].to_pylist(), rows["aum"].to_pylist(), strict=True):
            pairs = [
                (day, aum) for day, aum in zip(reversed(dates), reversed(curve), strict=False) if day > month
            ]
            if pairs:
                after = np.array([(day - month).days for day, _ in pairs], np.float64)
                yield np.full(len(pairs), who), after, np.array([float(aum) for _, aum in pairs])
