"""事由: what an event says to a manager, in plain words, and what the manager may say to the customer.

The texts lie beside this file, one YAML per language, each written for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.care.events.registry import EVENT_TYPES
from yinke.care.own_events.words import OwnWords, is_own, words_of
from yinke.common.money import short
from yinke.common.yaml_files import read_yaml
from yinke.scoring.churn.reasons import sentence as churn_sentence
from yinke.scoring.churn.reasons import telling
from yinke.scoring.churn.score_table import REASONS

LANGUAGES = ("zh-hans", "en")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TOLD = 3
"""Signs of leaving that one sentence names; the customer's page has them all."""
TALK_LINES = 6
"""More is not read while the phone rings."""

_FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_AFTER_WIDE = re.compile(r"(?<=[」），；：]) ")
"""Full-width punctuation has its own space."""


@lru_cache(maxsize=2)
def texts(language: str) -> dict[str, Any]:
    """All texts of one language: ``words`` by kind and code, ``events`` by type, and ``others`` that no night finds."""
    path = Path(__file__).with_name(f"reasons.{language}.yaml")
    return dict(read_yaml(path))


def _texts_of(type: str, language: str) -> dict[str, Any]:
    found = texts(language)
    return dict(found["events"].get(type) or found["others"][type])


def _own(type: str) -> OwnWords:
    """The words of an own event (自定义事件)."""
    found = words_of(type)
    if found is None:  # none is ever deleted; still no code may stand on a page
        zh, en = (str(texts(language)["words"]["own_event"]["*"]) for language in LANGUAGES)
        return OwnWords(zh, en, zh, en, "", "", "PHONE", "CARE")
    return found


def event_name(type: str, language: str) -> str:
    """What an event type is called.

    >>> event_name("E01", "zh-hans"), event_name("E01", "en")
    ('定存到期', 'Deposit matures')
    """
    if is_own(type):
        return _own(type).name(language)
    return str(_texts_of(type, language)["name"])


def family(type: str) -> str:
    """The family of a reason's type: MATURITY, FLOW, PAYROLL, TIER, CARE, ACTIVITY, LOAN, SERVICE, NEW or CHURN of events;
    HAND, JOURNEY, CAMPAIGN, SALON or EXPERIMENT.

    >>> family("E25"), family("E24"), family("H01"), family("J01"), family("C01"), family("S01"), family("X01")
    ('CHURN', 'SERVICE', 'HAND', 'JOURNEY', 'CAMPAIGN', 'SALON', 'EXPERIMENT')
    """
    if type in EVENT_TYPES:
        return EVENT_TYPES[type].family
    if is_own(type):
        return _own(type).family
    if type == "E24":  # live events alone raise it
        return "SERVICE"
    return {"X": "EXPERIMENT", "J": "JOURNEY", "C": "CAMPAIGN", "S": "SALON"}.get(type[0], "HAND")


def sentence(
    type: str, payload: Mapping[str, Any], amount: Decimal | None, language: str, *, today: date | None = None
) -> str:
    """The reason in one sentence.

    Args:
        payload: the event's facts, as its detector wrote them.
        amount: the event's amount in CNY, used if the facts name none.
        today: the day on which it is read; days to a date are then counted from it, else from the night
            that raised the event.

    Returns:
        The sentence; only the event's name if a fact is missing (a reason older than the text).

    >>> facts = {"case": "AHEAD", "days": 7, "due": "2026-11-30", "tail": "1234"}
    >>> sentence("E01", facts, Decimal("500000"), "zh-hans")
    '定存 50 万 7 天后（11月30日）到期，尾号 1234'
    >>> sentence("E01", facts, Decimal("500000"), "en", today=date(2026, 11, 29))
    'A CNY 500K time deposit matures in 1 day (30 Nov), account ending 1234'
    """
    if is_own(type):
        return _own(type).says(language)
    facts = {"amount": amount, **{name: value for name, value in payload.items() if value is not None}}
    facts = _with_signs(_as_of(facts, today), language)
    found = _texts_of(type, language)
    key = "_".join(str(part) for part in (facts.get("what"), facts.get("case", "ALL")) if part)
    key += "_MANY" if facts.get("count") else ""
    try:
        return _fill(found["sentences"][key], facts, language)
    except KeyError:
        return str(found["name"])


def talk(types: Sequence[str], language: str) -> list[str]:
    """Lines that the manager may use, for the reasons of one contact in their order.

    >>> talk(["E11"], "en")
    ['Good wishes only, no products.', 'Mention something you talked about last time.']
    """
    lines = dict.fromkeys(line for type in types for line in _talk(type, language))
    return list(lines)[:TALK_LINES]


def _talk(type: str, language: str) -> list[str]:
    if not is_own(type):
        return list(_texts_of(type, language)["talk"])
    own = _own(type)
    return [str(texts(language)["words"]["own_channel"][own.channel]), *own.script(language)]


def _as_of(facts: dict[str, Any], today: date | None) -> dict[str, Any]:
    """The facts with days counted from ``today``: what was ahead may be due or past by then."""
    if today is None or "days" not in facts:
        return facts
    if "due" in facts:
        ahead = (date.fromisoformat(facts["due"]) - today).days
        if facts.get("case") in ("AHEAD", "TODAY"):
            facts["case"] = "AHEAD" if ahead > 0 else "AFTER" if ahead < 0 else "TODAY"
        facts["days"] = abs(ahead)
    elif "last" in facts:
        facts["days"] = (today - date.fromisoformat(facts["last"])).days
    return facts


def _with_signs(facts: dict[str, Any], language: str) -> dict[str, Any]:
    """With ``signs``: the reasons of a churn score (features ``r1``.. and their values ``v1``..) as one text."""
    why = [
        (str(facts[f"r{n}"]), float(facts[f"v{n}"]) if f"v{n}" in facts else None)
        for n in range(1, REASONS + 1) if f"r{n}" in facts
    ]  # fmt: skip
    told = [churn_sentence(name, value, language) for name, value in telling(why)[:TOLD]]
    return facts | {"signs": ("; " if language == "en" else "；").join(told)} if told else facts


def _fill(template: str, facts: Mapping[str, Any], language: str) -> str:
    def optional(part: re.Match[str]) -> str:
        return part[1] if all(facts.get(name) is not None for name, _ in _FIELD.findall(part[1])) else ""

    said = _FIELD.sub(
        lambda field: _say(facts.get(field[1]), field[2], language), _OPTIONAL.sub(optional, template)
    )
    return _AFTER_WIDE.sub("", said)


def _say(value: Any, style: str | None, language: str) -> str:
    if style == "deposit" and value is None:
        value = "*"
    if value is None:
        raise KeyError(style)
    if style is None:
        return str(value)
    if style == "money":
        return short(Decimal(value), language)
    if style == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {MONTHS[day.month - 1]}" if language == "en" else f"{day.month}月{day.day}日"
    if style in ("days", "months", "years"):
        return f"{value} {style if int(value) != 1 else style[:-1]}"
    words = texts(language)["words"][style]
    return str(words[value] if value in words else words["*"])
