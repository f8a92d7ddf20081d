"""标签目录: the ready tags of ``tags.yaml``, each with its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml
from yinke.segments.rules.language import Behaviour, Compare, Rule, Sequence, Span, leaves
from yinke.segments.rules.parse import parse
from yinke.segments.rules.sentence import Names
from yinke.segments.rules.timing import span_days

FILE = Path(__file__).parent / "tags.yaml"
Type = Literal["fact", "rule", "model", "manual"]
Audience = Literal["all", "aml"]


@dataclass(frozen=True)
class ReadyTag:
    """One tag that the night works out.

    ``group``: its class of the ten. ``one_of``: tags with the same word exclude each other. ``audience`` ``aml``: only
    compliance may see it, and no rule for marketing may use it.
    """

    code: str
    group: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    rule: Rule
    type: Type = "rule"
    one_of: str = ""
    marketing_usable: bool = True
    audience: Audience = "all"

    @property
    def key(self) -> str:
        """Its key in the membership store."""
        return f"tag:{self.code}"

    @property
    def value(self) -> Literal["yes", "one_of"]:
        """Whether it says yes of a customer, or is one of several values."""
        return "one_of" if self.one_of else "yes"

    @property
    def expires_days(self) -> int | None:
        """So many days after the newest thing it tells of it is gone; None: it stays as long as it holds."""
        return max((span_days(span) for span in _windows(self.rule)), default=None)


def _windows(rule: Rule) -> Iterator[Span]:
    for _, leaf in leaves(rule):
        if isinstance(leaf, Behaviour | Sequence) and leaf.last is not None:
            yield leaf.last
        if isinstance(leaf, Compare) and leaf.op == "in_last" and isinstance(leaf.value, Span):
            yield leaf.value


@lru_cache(maxsize=1)
def ready_tags() -> dict[str, ReadyTag]:
    """The ready tags by code, class by class.

    Raises:
        ConfigurationError: the file has a rule that the grammar does not understand.
    """
    raw: Mapping[str, Mapping[str, Any]] = read_yaml(FILE)
    return {code: _tag(code, group, told) for group, tags in raw.items() for code, told in tags.items()}


def _tag(code: str, group: str, told: Mapping[str, Any]) -> ReadyTag:
    (zh, about_zh), (en, about_en) = told["zh"], told["en"]
    return ReadyTag(
        code=code, group=group, zh=zh, en=en, about_zh=about_zh, about_en=about_en,
        rule=understood(told["when"], f"{FILE.name}: {code}"), type=told.get("type", "rule"),
        one_of=told.get("one_of", ""), marketing_usable=told.get("marketing", True),
        audience=told.get("audience", "all"),
    )  # fmt: skip


def understood(text: str, place: str, names: Names | None = None) -> Rule:
    """The rule that a sentence says.

    Raises:
        ConfigurationError: some of it means nothing to the grammar.
    """
    found = parse(text, names)
    if found.rule is None:
        raise ConfigurationError(
            f"Not understood: {'; '.join(found.not_understood) or text}", place=place,
            remedy="Write it as docs/rules.md says",
        )  # fmt: skip
    return found.rule


def tag_names(language: str, *, aml: bool = False) -> dict[str, str]:
    """What the ready tags are called, by code; those of money laundering only with ``aml``."""
    return {
        tag.code: tag.en if language == "en" else tag.zh
        for tag in ready_tags().values()
        if aml or tag.audience == "all"
    }
