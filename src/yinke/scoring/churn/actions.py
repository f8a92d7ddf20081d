"""挽留动作: what a manager could do about the reasons of a score; texts lie in YAML beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from yinke.common.yaml_files import read_yaml
from yinke.scoring.churn.reasons import Why, telling

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "OWN_OUT": ("own_out", "own_out_txns"),
    "MATURING": ("maturing_30d", "maturing_60d", "maturing_90d"),
    "PAYROLL": ("payroll_months", "payroll_trend"),
    "FALL": ("drop_30d", "aum_to_base", "aum_to_peak", "slope_3m", "slope_6m", "swing_6m", "net_flow"),
    "SILENT": ("login_days", "login_trend", "txn_days", "txns_90d"),
    "IDLE": ("demand_share",),
    "HELD": ("time_share", "wealth_share", "fund_share"),
    "FEW": ("categories", "categories_change", "open_accounts"),
    "TIER": ("tier", "below_months"),
    "DEBT": ("debt_to_aum",),
}
"""By action the features that call for it. Size, age and years with the bank call for none: nobody can act on them."""
MOST = 3
"""More than so many at once nobody does."""
_OF = {feature: action for action, features in ACTIONS.items() for feature in features}


def actions(why: Why) -> list[str]:
    """What could be done about reasons, the weightiest first; at most ``MOST``.

    >>> actions([("age", 66.0), ("own_out", 0.3), ("own_out_txns", 2.0), ("login_days", 40.0)])
    ['OWN_OUT', 'SILENT']
    """
    found = dict.fromkeys(_OF[name] for name, _ in telling(why) if name in _OF)
    return list(found)[:MOST]


@lru_cache(maxsize=2)
def texts(language: str) -> dict[str, str]:
    """All actions of one language by code."""
    return dict(read_yaml(Path(__file__).with_name(f"actions.{language}.yaml")))
