"""原因: what a churn reason says to a manager, from the feature's code and value; texts lie in YAML beside this file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from yinke.common.money import short
from yinke.common.yaml_files import read_yaml
from yinke.scoring.churn.features import KNOWN, Known

LANGUAGES = ("zh-hans", "en")
_FIELD = re.compile(r"\{value:(\w+)\}")
_UNITS = {
    "zh-hans": {"days": " 天", "months": " 个月", "years": " 年", "times": " 次"},
    "en": {"days": " day", "months": " month", "years": " year", "times": ""},
}


BACKGROUND = frozenset({"mda", "tier", "below_months", "tenure_years", "age", "open_accounts", "debt_to_aum"})
"""Who a customer is, not what happens: said after everything else, for nobody can act on it."""
NOTHING = frozenset({
    "own_out", "own_out_txns", "drop_30d", "swing_6m", "demand_share", "time_share", "wealth_share", "fund_share",
    "maturing_30d", "maturing_60d", "maturing_90d", "debt_to_aum", "net_flow", "slope_3m", "slope_6m", "categories_change",
})  # fmt: skip
"""Of these a value that is said as 0 says nothing to a manager, though the model weighs it."""
Why = Iterable[tuple[str, float | None]]


def telling(why: Why) -> list[tuple[str, float | None]]:
    """Reasons in the order in which they help: what happens, by weight, then who the customer is; what says nothing left out.

    >>> telling([("age", 66.0), ("own_out", 0.001), ("categories_change", 0.0), ("drop_30d", 0.4)])
    [('drop_30d', 0.4), ('age', 66.0)]
    """
    said = [
        (name, value)
        for name, value in why
        if not (
            name in NOTHING and value is not None and abs(value) < (0.5 if name == "own_out_txns" else 0.005)
        )
    ]
    return sorted(said, key=lambda reason: reason[0] in BACKGROUND)


@lru_cache(maxsize=2)
def texts(language: str) -> dict[str, str]:
    """All sentences of one language by feature."""
    return dict(read_yaml(Path(__file__).with_name(f"reasons.{language}.yaml")))


def sentence(feature: str, value: float | None, language: str) -> str:
    """A reason in one sentence; if the feature's value is not known, its name and that nothing is known.

    >>> sentence("own_out", 0.3, "zh-hans")
    '近一月转往本人他行账户的为日均的 30%'
    >>> sentence("login_days", 1.0, "en"), sentence("login_days", 62.4, "en")
    ('No login for 1 day', 'No login for 62 days')
    >>> sentence("slope_6m", 0.6, "en")
    'Monthly average changed by +60% in six months'
    >>> sentence("login_days", None, "zh-hans")
    '未登录天数：没有数据'
    """
    return said(texts(language)[feature], next(k for k in KNOWN if k.name == feature), value, language)


def said(text: str, known: Known, value: float | None, language: str) -> str:
    """A feature's text with its value in it."""
    if value is None or math.isnan(value):
        return f"{known.en}: no data" if language == "en" else f"{known.zh}：没有数据"
    return _FIELD.sub(lambda found: _say(found[1], value, language), text)


def _say(kind: str, value: float, language: str) -> str:
    if kind == "held":
        return {"en": ("Not held yet", "Held already"), "zh-hans": ("还没有", "已有")}[language][value > 0.5]
    if kind == "money":
        return short(Decimal(round(value)), language)
    if kind in ("percent", "signed"):
        return f"{value:+.0%}" if kind == "signed" else f"{value:.0%}"
    if kind == "change":
        return f"{value:+.0f}"
    number = f"{value:.0f}"
    if kind == "level":
        return number
    if kind == "count":
        return number + (" " if language == "zh-hans" else "")
    unit = _UNITS[language][kind]
    return f"{number}{unit}{'s' if language == 'en' and unit and number != '1' else ''}"
