"""Names: one spelling for the same name, and the pinyin initials by which staff search."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

from yinke.common.identity.normal import HAN, normalise, plain_mobile

__all__ = ["HAN", "initials", "normalise", "plain_mobile"]

SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "查": "z", "盖": "g", "任": "r", "朴": "p",
    "翟": "z", "乐": "y", "缪": "m", "种": "c", "员": "y", "折": "s", "召": "s", "繁": "p", "秘": "b",
    "句": "g", "乜": "n", "覃": "q", "尉迟": "yc", "长孙": "zs", "万俟": "mq", "澹台": "tt", "宿": "s",
    "谌": "c", "隗": "w", "郗": "x", "盛": "s", "晟": "c", "洗": "x", "薄": "b", "逄": "p", "车": "c",
}  # fmt: skip
"""Surnames that are read otherwise than the character alone (多音字姓氏)."""


@lru_cache(maxsize=60_000)
def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    reading = pinyin(character, style=Style.NORMAL, errors="ignore")
    first = unicodedata.normalize("NFD", reading[0][0])[:1].lower() if reading else ""
    return first if first.isascii() and first.isalpha() else ""


def initials(name: str) -> str:
    """Initials of the pinyin, lower case, at most 24; surnames of several readings by their own.

    >>> initials("张三丰"), initials("单小雨"), initials("万俟青"), initials("阿依古丽·买买提"), initials("John Li")
    ('zsf', 'sxy', 'mqq', 'ayglmmt', 'jl')
    """
    if name.isascii():
        return "".join(word[0] for word in name.lower().split() if word[0].isalnum())[:24]
    for size in (2, 1):
        known = SURNAMES.get(name[:size])
        if known:
            return (known + "".join(map(_initial, name[size:])))[:24]
    return "".join(map(_initial, name))[:24]
