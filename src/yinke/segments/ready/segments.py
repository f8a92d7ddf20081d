"""现成客群: the ready segments of ``segments.yaml``, each with its rule, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.common.yaml_files import read_yaml
from yinke.segments.ready.tags import tag_names, understood
from yinke.segments.rules.language import Rule
from yinke.segments.rules.sentence import Names

FILE = Path(__file__).parent / "segments.yaml"


@dataclass(frozen=True)
class ReadySegment:
    """One segment that a bank has on its first day.

    ``group``: its class of the ten. ``reason``: why it matters. ``care``: what is suggested to be done. ``who``: the
    roles for whose work it is meant.
    """

    code: str
    group: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    reason_zh: str
    reason_en: str
    care_zh: str
    care_en: str
    who: tuple[str, ...]
    rule: Rule

    @property
    def key(self) -> str:
        """Its key in the membership store."""
        return f"segment:{self.code}"


@lru_cache(maxsize=1)
def ready_segments() -> dict[str, ReadySegment]:
    """The ready segments by code.

    Raises:
        ConfigurationError: the file has a rule that the grammar does not understand.
    """
    raw: Mapping[str, Mapping[str, Any]] = read_yaml(FILE)
    names = Names(tags=tag_names("zh"))
    return {code: _segment(code, told, names) for code, told in raw.items()}


def _segment(code: str, told: Mapping[str, Any], names: Names) -> ReadySegment:
    (zh, about_zh), (en, about_en) = told["zh"], told["en"]
    (reason_zh, reason_en), (care_zh, care_en) = told["reason"], told["care"]
    return ReadySegment(
        code=code, group=told["class"], zh=zh, en=en, about_zh=about_zh, about_en=about_en, reason_zh=reason_zh,
        reason_en=reason_en, care_zh=care_zh, care_en=care_en, who=tuple(told["who"]),
        rule=understood(told["when"], f"{FILE.name}: {code}", names),
    )  # fmt: skip
