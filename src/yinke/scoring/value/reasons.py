"""推荐理由: why a product fits, from the feature's code and value; texts lie in YAML beside this file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from yinke.common.yaml_files import read_yaml
from yinke.scoring.churn.reasons import BACKGROUND, NOTHING, Why, said
from yinke.scoring.value.features import KNOWN

AMOUNTS = frozenset({"mda", "contribution"})
"""Features that are amounts: told only to those who see exact ones."""
_NAMED = {known.name: known for known in KNOWN}
_NOTHING = NOTHING | {"insurance_share", "metal_share", "bond_share"}


def told(why: Why, language: str, *, exact: bool = True) -> list[str]:
    """Reasons as sentences, what the customer does before who they are; what says nothing, or is not known, is left out.

    >>> told([("age", 35.0), ("fund_share", 0.0), ("holds_fund", 0.0), ("demand_share", 0.6)], "zh-hans")
    ['还没有基金', '活期占资产的 60%', '35 岁']
    """
    useful = [
        (name, value) for name, value in why
        if value is not None and not (name in _NOTHING and abs(value) < 0.005) and (exact or name not in AMOUNTS)
    ]  # fmt: skip
    ordered = sorted(useful, key=lambda reason: reason[0] in BACKGROUND)
    return [said(texts(language)[name], _NAMED[name], value, language) for name, value in ordered]


@lru_cache(maxsize=2)
def texts(language: str) -> dict[str, str]:
    """All sentences of one language by feature."""
    return dict(read_yaml(Path(__file__).with_name(f"reasons.{language}.yaml")))
