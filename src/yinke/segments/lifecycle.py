"""生命周期: one stage per customer per day; the rules stand in their order and the first that fits wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from yinke.segments.tiers import floor_of


def lifecycle(rows: Any, s: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """``stage``, ``stage_since``, ``lost_on``, ``lost_base``, ``had_base``, ``above_half_base_days``, ``won_back_on``.

    Args:
        rows: FEATURES, tiers, and the day before's classes as ``was_<name>``.
        s: scalars: ``today``, ``gap`` (days since the day before), and the days that windows begin with.
    """
    today = s["today"]
    had_base = rows.was_had_base.fill_null(False) | _is(rows.base_peak >= values["lost.base_floor"])
    back = _win_back(rows, s, values)
    lost = _is_lost(rows, s, values)
    won_back_on = ibis.ifelse(back["returns"] & ~lost, today, rows.was_won_back_on)
    stage = ibis.cases(
        (is_closed(rows), "CLOSED"),
        (lost, "LOST"),
        (_is(won_back_on > s["kept_since"]), "WIN_BACK"),
        (_is_alert(rows, values), "CHURN_ALERT"),
        (_is(rows.open_date >= s["new_since"]), "NEW"),
        (_is_growing(rows, values), "GROWING"),
        (_is_mature(rows, s, values), "MATURE"),
        (
            (rows.aum < values["dormant.aum"]) & _silent(rows, s, "last_txn", "dormant_since") & ~had_base,
            "DORMANT",
        ),
        else_="STABLE",
    )
    is_lost = stage == "LOST"
    was_lost = _is(rows.was_stage == "LOST")
    return {
        "stage": stage,
        "stage_since": ibis.ifelse(_is(stage == rows.was_stage), rows.was_stage_since, today),
        "lost_on": ibis.ifelse(is_lost, today, rows.was_lost_on),
        "lost_base": ibis.ifelse(is_lost & ~was_lost, rows.base_peak, rows.was_lost_base),
        "had_base": had_base,
        "above_half_base_days": back["days"],
        "won_back_on": won_back_on,
    }


def _is(condition: Any) -> Any:
    """What is not known does not hold."""
    return condition.fill_null(False)


def is_closed(rows: Any) -> Any:
    """All accounts are closed, or the bank calls the customer closed."""
    return _is(rows.status == "CLOSED") | ((rows.accounts > 0) & (rows.open_accounts == 0))


def _silent(rows: Any, s: Mapping[str, Any], name: str, since: str) -> Any:
    """Nothing of that kind since a day. Before the lake's first date nothing is known, so silence starts there."""
    known_from = ibis.greatest(rows.open_date, s["first"])
    return rows[name].coalesce(known_from) <= s[since]


def _is_lost(rows: Any, s: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """The two months last ended stayed at or below a fifth of a base that was one; or nearly nothing is left
    and nobody was seen for half a year."""
    limit = rows.base_peak.cast("float64") * float(values["lost.share"])
    by_assets = (
        _is(rows.base_peak >= values["lost.base_floor"])
        & _is(rows.mda_m1 <= limit)
        & _is(rows.mda_m2 <= limit)
    )
    silent = _silent(rows, s, "last_txn", "silent_since") & _silent(rows, s, "last_login", "silent_since")
    return by_assets | ((rows.aum < values["lost.silent_aum"]) & silent)


def _win_back(rows: Any, s: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Days on end with half of the base back, and whether today they are enough.

    They are counted from the loss on; one loss is won back once.
    """
    recently_lost = _is(rows.was_lost_on >= s["lost_since"])
    enough = _is(rows.aum >= values["win_back.amount"]) | _is(
        (rows.was_lost_base > 0)
        & (rows.aum.cast("float64") >= rows.was_lost_base.cast("float64") * float(values["win_back.share"]))
    )
    before = rows.was_above_half_base_days.fill_null(0)
    days = ibis.ifelse(recently_lost & enough, ibis.ifelse(before > 0, before + s["gap"], 1), 0)
    not_yet = rows.was_won_back_on.isnull() | _is(rows.was_won_back_on < rows.was_lost_on)
    return {"days": days, "returns": (days >= int(values["win_back.days"])) & not_yet}


def _is_alert(rows: Any, values: Mapping[str, Any]) -> Any:
    fall = (rows.aum_30d_ago - rows.aum).cast("float64")
    least = ibis.greatest(
        float(values["alert.amount"]), floor_of(rows.tier, values) * float(values["alert.tier_share"])
    )
    share = rows.aum_30d_ago.cast("float64") * float(values["alert.fall"])
    return _is((fall >= share) & (fall >= least))


def _is_growing(rows: Any, values: Mapping[str, Any]) -> Any:
    rise = rows.mda_m3.cast("float64") * (1 + float(values["growing.rise"]))
    return (
        _is((rows.mda.cast("float64") >= rise) & (rows.mda > rows.mda_m3))
        | _is(rows.tier > rows.tier_6m_ago)
        | _is(rows.categories > rows.categories_6m_ago)
    )


def _is_mature(rows: Any, s: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    then, now = rows.mda_m6.cast("float64"), rows.mda.cast("float64")
    return (
        _is(rows.open_date <= s["mature_since"])
        & _is((now - then).abs() <= then.abs() * float(values["mature.band"]))
        & (rows.categories >= int(values["mature.categories"]))
    )
