"""Names: one spelling for the same name, and the pinyin initials by which staff search."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "查": "z", "盖": "g", "任": "r", "朴": "p",
    "翟": "z", "乐": "y", "缪": "m", "种": "c", "员": "y", "折": "s", "召": "s", "繁": "p", "秘": "b",
    "句": "g", "乜": "n", "覃": "q", "尉迟": "yc", "长孙": "zs", "万俟": "mq", "澹台": "tt", "宿": "s",
    "谌": "c", "隗": "w", "郗": "x", "盛": "s", "晟": "c", "洗": "x", "薄": "b", "逄": "p", "车": "c",
}  # fmt: skip
"""Surnames that are read otherwise than the character alone (多音字姓氏)."""

DOTS = str.maketrans({"•": "·", "．": "·", "‧": "·", "∙": "·", "・": "·", ".": "·"})
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def normalise(name: str) -> str:
    """One spelling: half-width, one dot, no spaces within Chinese names, capitals for Latin ones.

    >>> normalise(" 张 三 "), normalise("阿依古丽•买买提"), normalise("ｊｏｈｎ  Smith")
    ('张三', '阿依古丽·买买提', 'JOHN SMITH')
    """
    text = unicodedata.normalize("NFKC", name).strip()
    if HAN.search(text):
        return re.sub(r"\s+", "", text).translate(DOTS).upper()
    return re.sub(r"\s+", " ", text).upper()


def plain_mobile(number: str) -> str:
    """A mobile number without spaces, hyphens and the country's prefix.

    >>> plain_mobile("+86 138-1234-5678"), plain_mobile("008613812345678"), plain_mobile("01088886666")
    ('13812345678', '13812345678', '01088886666')
    """
    digits = re.sub(r"[^0-9]", "", number)
    tail = re.fullmatch(r"(?:86|0086)(1[3-9][0-9]{9})", digits)
    return tail.group(1) if tail else digits


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
