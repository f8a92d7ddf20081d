"""A text that is read from left to right: what stands at the reader's place, and the values that rules compare with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from yinke.segments.rules.fields import Field, words_of
from yinke.segments.rules.language import Condition, Span
from yinke.segments.rules.sentence import Names

NUMBER = re.compile(r"[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_SPAN = re.compile(r"(\d{1,4})\s*(个月|天|日|周|月|年|days?|weeks?|months?|years?)", re.I)
_SPAN_UNITS = {"天": "day", "日": "day", "周": "week", "个月": "month", "月": "month", "年": "year"}
_SCALE = {
    "亿": 100_000_000,
    "千万": 10_000_000,
    "百万": 1_000_000,
    "万": 10_000,
    "w": 10_000,
    "千": 1_000,
    "k": 1_000,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """A piece of the text: what was understood by it, or None."""

    text: str
    start: int
    end: int
    condition: Condition | None


@dataclass
class Text:
    """``pos`` is how far it was read; ``parts`` what was understood, or not."""

    text: str
    names: Names
    pos: int = 0
    parts: list[Part] = field(default_factory=list)

    # --- the text -------------------------------------------------------------------------------------------

    def skip(self) -> None:
        while self.pos < len(self.text) and self.text[self.pos].isspace():
            self.pos += 1

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        found = re.compile(pattern, re.I).match(self.text, self.pos) if isinstance(pattern, str) else pattern.match(
            self.text, self.pos
        )  # fmt: skip
        if found:
            self.pos = found.end()
        return found

    def longest(self, names: Mapping[str, T]) -> T | None:
        """The longest of these names (sorted longest first) that stands here."""
        self.skip()
        rest = self.text[self.pos : self.pos + 60].lower()
        for name, meaning in names.items():
            if rest.startswith(name):
                after = rest[len(name) : len(name) + 1]
                if name[-1].isascii() and name[-1].isalpha() and after.isascii() and after.isalpha():
                    continue
                self.pos += len(name)
                return meaning
        return None

    def attempt(self, read: Callable[[], T]) -> T:
        """What a reading finds, or nothing, and then nothing was read."""
        start, noted = self.pos, len(self.parts)
        found = read()
        if found is None:
            self.pos = start
            del self.parts[noted:]
        return found

    def note(self, start: int, end: int, condition: Condition | None) -> None:
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip(" 　，,；;。")
        if piece:
            self.parts.append(Part(piece, start, start + len(piece), condition))

    def operator(self, ops: Iterable[tuple[str, str]]) -> str | None:
        return next((op for pattern, op in ops if self.take(pattern)), None)

    def value(self, known: Field) -> Any:
        """A value of a field: an amount, a number, a word, a quoted text."""
        told = words_of(known)
        if known.codes or told:
            by_word = {one["zh"].lower(): code for code, one in told.items()}
            if known.named:
                by_word |= {one["en"].lower(): code for code, one in told.items()}
            by_word |= {str(code).lower(): str(code) for code in known.codes}
            found = self.longest(longest_first(by_word))
            text = found if found is not None else self.quoted()
            if text is None:
                return None
            return int(text) if known.kind == "int" and text.lstrip("-").isdigit() else text
        if known.kind in ("money", "int", "number"):
            number = self.take(NUMBER)
            if number is None:
                return None
            value = Decimal(str(number_of(number[0])))
            if unit := self.take(r"亿|千万|百万|万|千|[wk](?![a-z])"):
                value *= _SCALE[unit[0].lower()]
            self.take(r"元|块|岁|个月|次|笔|类|个|天" if known.kind != "money" else r"元|块")
            return int(value) if value == value.to_integral_value() else float(value)
        name = self.quoted()
        kind = "org" if known.kind == "org" else known.name
        return None if name is None else id_of(self.names.of(kind), name)

    def quoted(self) -> str | None:
        found = self.take(r"“((?:[^”]|””)*)”(?!”)") or self.take(r'"([^"]*)"')
        return None if found is None else found[1].replace("””", "”")

    def date(self) -> str | None:
        found = self.take(_DATE)
        if found is None:
            return None
        year, month, day = map(int, found[0].split("-"))
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return None

    def span(self) -> Span | None:
        found = self.take(_SPAN)
        if found is None or not int(found[1]):
            return None
        unit = _SPAN_UNITS.get(found[2]) or found[2].lower().rstrip("s")
        return Span(n=int(found[1]), unit=unit)  # type: ignore[arg-type]


def longest_first(names: Mapping[str, T]) -> dict[str, T]:
    return dict(sorted(((name.lower(), one) for name, one in names.items()), key=lambda item: -len(item[0])))


def id_of(names: Mapping[str, str], name: str) -> str:
    """The id of what is called so; a name that nothing has stands for itself."""
    return next((one for one, known in names.items() if known == name), name)


def number_of(text: str) -> Any:
    exact = Decimal(text.replace(",", "").replace("−", "-"))
    return int(exact) if exact == exact.to_integral_value() else float(exact)
