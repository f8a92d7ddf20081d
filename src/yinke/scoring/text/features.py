"""A text as numbers: its character n-grams, and the words that speak for a topic or a tone. No dictionary to segment by."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

from yinke.common.yaml_files import read_yaml

TOPICS = (
    "SERVICE",
    "SYSTEM",
    "RULES",
    "FEES",
    "RETURN",
    "SALES",
    "SAFETY",
    "PRIVACY",
    "PESTER",
    "DEBT",
    "NONE",
)
"""服务, 系统与设备, 规则与流程, 收费, 收益, 营销与告知, 资金安全, 个人信息, 打扰, 催收与征信, 无诉求: after the causes by which
banks report complaints, those that a bank's own staff can tell from a sentence."""
TONES = ("NEGATIVE", "NEUTRAL", "POSITIVE")
SIGNS = {"-": "NEGATIVE", "0": "NEUTRAL", "+": "POSITIVE"}
LONGEST = 3
"""Characters of an n-gram."""
MOST = 3
"""So many words of a list count; more say no more."""
WORD = 0.6
"""What a listed word weighs beside the n-grams, which are of length one together."""
_HERE = Path(__file__).parent
_NUMBER = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z0-9]+")


def normal(text: str) -> str:
    """A text without differences that mean nothing: width, case, figures.

    >>> normal("ＡＴＭ扣了３６０元")
    'atm扣了0元'
    """
    return _NUMBER.sub("0", unicodedata.normalize("NFKC", text).lower().strip())


def grams(text: str) -> Counter[str]:
    """How often each run of one to three characters occurs in a normal text.

    >>> sorted(grams("年费"))
    ['年', '年费', '费']
    """
    return Counter(
        text[start : start + n] for n in range(1, LONGEST + 1) for start in range(len(text) - n + 1)
    )


@lru_cache(maxsize=1)
def word_lists() -> dict[str, tuple[str, ...]]:
    """The lists of words by name: topics, and tones by their sign."""
    raw = read_yaml(_HERE / "words.yaml")
    return {
        SIGNS.get(name, name): tuple(dict.fromkeys(normal(word) for word in words.split()))
        for kind in raw.values()
        for name, words in kind.items()
    }


def words_in(text: str, words: tuple[str, ...]) -> list[str]:
    """Those of a list that occur in a normal text; Latin ones at the beginning of a word.

    >>> words_in("a fee was charged", ("fee", "charge", "ee"))
    ['fee', 'charge']
    """
    begun = set(_LATIN.findall(text))
    return [
        word for word in words
        if (any(one.startswith(word) for one in begun) if word.isascii() else word in text)
    ]  # fmt: skip


@lru_cache(maxsize=8192)
def listed(text: str) -> tuple[int, ...]:
    """How many words of each list occur in a normal text."""
    return tuple(len(words_in(text, words)) for words in word_lists().values())


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str, str], ...]:
    """The texts that come with Yinke: (text, topic, tone)."""
    raw = read_yaml(_HERE / "examples.yaml")
    return tuple((line[2:].strip(), topic, SIGNS[line[0]]) for topic, lines in raw.items() for line in lines)
