"""What own events are called and say. Kept in the process: lists ask for them line by line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from yinke.care.own_events.models import OwnEventVersion

LIFE = 60.0
"""Seconds after which another process's new words are read; a code that is not known is looked up at once."""
APPROVED = OwnEventVersion.State.APPROVED


@dataclass(frozen=True)
class OwnWords:
    """Of one own event, by the version that holds; before one is approved, by the newest."""

    name_zh: str
    name_en: str
    says_zh: str
    says_en: str
    script_zh: str
    script_en: str
    channel: str
    family: str

    def name(self, language: str) -> str:
        """What it is called."""
        return _said(self.name_zh, self.name_en, language)

    def says(self, language: str) -> str:
        """The sentence of its reasons, word for word as it was approved."""
        return _said(self.says_zh, self.says_en, language)

    def script(self, language: str) -> list[str]:
        """What the manager may say, line by line."""
        return [
            line.strip()
            for line in _said(self.script_zh, self.script_en, language).splitlines()
            if line.strip()
        ]


@dataclass
class _Kept:
    at: float = 0.0
    words: dict[str, OwnWords] = field(default_factory=dict)


_kept = _Kept()


def is_own(type: str) -> bool:
    """Whether a reason's type is an own event.

    >>> is_own("U001"), is_own("E01")
    (True, False)
    """
    return type.startswith("U")


def words_of(code: str) -> OwnWords | None:
    """The words of an own event; null if there is none of that code."""
    if code not in _kept.words or time.monotonic() - _kept.at > LIFE:
        _kept.words, _kept.at = _read(), time.monotonic()
    return _kept.words.get(code)


def forget() -> None:
    """Read them anew when they are asked for next: they have changed."""
    _kept.words = {}


def _read() -> dict[str, OwnWords]:
    rows = OwnEventVersion.objects.select_related("event").order_by("number")
    newest: dict[str, OwnEventVersion] = {}
    for row in rows:
        held = newest.get(row.event.code)
        if held is None or held.state != APPROVED or row.state == APPROVED:
            newest[row.event.code] = row
    return {
        code: OwnWords(
            row.name_zh,
            row.name_en,
            row.says_zh,
            row.says_en,
            row.script_zh,
            row.script_en,
            row.channel,
            row.family,
        )
        for code, row in newest.items()
    }


def _said(zh: str, en: str, language: str) -> str:
    return en or zh if language == "en" else zh
