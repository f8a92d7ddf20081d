"""Names: one spelling for the same name, and the pinyin initials by which staff search."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from yinke.common.identity.normal import HAN, normalise, plain_mobile

__all__ = ["HAN", "initials", "normalise", "plain_mobile"]

SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "任": "ren",
    "朴": "piao", "翟": "zhai", "乐": "yue", "缪": "miao", "种": "chong", "员": "yun", "折": "she", "召": "shao",
    "繁": "po", "秘": "bi", "句": "gou", "乜": "nie", "覃": "qin", "尉迟": "yu chi", "长孙": "zhang sun",
    "万俟": "mo qi", "澹台": "tan tai", "宿": "su", "谌": "chen", "隗": "wei", "郗": "xi", "盛": "sheng",
    "晟": "cheng", "洗": "xian", "薄": "bo", "逄": "pang", "车": "che",
}  # fmt: skip
"""Surnames that are read otherwise than the character alone (多音字姓氏), syllable by syllable."""


def readings(character: str) -> list[str]:
    """How a character is read, the ordinary reading first; empty for what is none."""
    from pypinyin import Style, pinyin  # its dictionary takes a third of a second, which few commands need

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return found[0] if found else []


@lru_cache(maxsize=60_000)
def _syllable(character: str) -> str:
    """The ordinary reading of one character in a-z, v for ü; empty for what has none."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    reading = readings(character)
    plain = unicodedata.normalize("NFD", reading[0]).lower() if reading else ""
    return re.sub(r"[^a-z]", "", plain)


def syllables(name: str) -> list[str]:
    """The pinyin of a name, surnames of several readings by their own; a Latin name by its words.

    >>> syllables("单小雨"), syllables("万俟青"), syllables("John Li"), syllables("吕·布")
    (['shan', 'xiao', 'yu'], ['mo', 'qi', 'qing'], ['john', 'li'], ['lv', 'bu'])
    """
    if name.isascii():
        return re.findall(r"[a-z0-9]+", name.lower())
    for size in (2, 1):
        known = SURNAMES.get(name[:size])
        if known:
            return [*known.split(), *filter(None, map(_syllable, name[size:]))]
    return list(filter(None, map(_syllable, name)))


def initials(name: str) -> str:
    """Initials of the pinyin, lower case, at most 24; surnames of several readings by their own.

    >>> initials("张三丰"), initials("单小雨"), initials("万俟青"), initials("阿依古丽·买买提"), initials("John Li")
    ('zsf', 'sxy', 'mqq', 'ayglmmt', 'jl')
    """
    return "".join(part[0] for part in syllables(name))[:24]
