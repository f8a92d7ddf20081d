"""One spelling for what tells who somebody is: name, certificate, mobile."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from yinke.common.certs import is_resident_id, upgrade_id

DOTS = str.maketrans({"•": "·", "．": "·", "‧": "·", "∙": "·", "・": "·", ".": "·"})
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
"""An address that a mail server takes without asking for more (RFC 5321, letters without marks)."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_UNREADABLE = frozenset("?*□〓■")
"""What core banks write for a character that their code page lacks."""


def normalise(name: str) -> str:
    """One spelling: half-width, one dot, no spaces within Chinese names, capitals for Latin ones.

    >>> normalise(" 张 三 "), normalise("阿依古丽•买买提"), normalise("ｊｏｈｎ  Smith")
    ('张三', '阿依古丽·买买提', 'JOHN SMITH')
    """
    text = unicodedata.normalize("NFKC", name).strip()
    if HAN.search(text):
        return re.sub(r"\s+", "", text).translate(DOTS).upper()
    return re.sub(r"\s+", " ", text).upper()


def plain_email(address: str | None) -> str | None:
    """An address of e-mail as it is compared and written to; None of what is none.

    >>> plain_email(" Zhang.San@Mail.Example "), plain_email("无"), plain_email(None)
    ('zhang.san@mail.example', None, None)
    """
    plain = unicodedata.normalize("NFKC", address or "").strip().lower()
    return plain if len(plain) <= 254 and EMAIL.fullmatch(plain) else None


def plain_mobile(number: str) -> str:
    """A mobile number without spaces, hyphens and the country's prefix.

    >>> plain_mobile("+86 138-1234-5678"), plain_mobile("008613812345678"), plain_mobile("01088886666")
    ('13812345678', '13812345678', '01088886666')
    """
    digits = re.sub(r"[^0-9]", "", number)
    tail = re.fullmatch(r"(?:86|0086)(1[3-9][0-9]{9})", digits)
    return tail.group(1) if tail else digits


@dataclass(frozen=True)
class Rules:
    """What the bank sets about recognising people (thresholds ``oneid.*``)."""

    resident_types: frozenset[str]
    """Codes of certificates that carry a resident ID number: 15 digits become 18, the check digit must fit."""
    least_cert: int
    """Shorter certificate numbers are taken for fillers."""
    alike: float
    """From this similarity on, two names on one certificate are one name written in two ways."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Rules:
        """As the thresholds in force say."""
        return cls(
            frozenset(values["oneid.resident_types"]), int(values["oneid.cert_least"]),
            float(values["oneid.name_similarity"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """One customer number as the rules see it; empty texts are unknown."""

    cust_id: int
    name: str
    cert_type: str
    cert: str
    sound: bool
    """The certificate number may merge people by itself: its check digit fits, or it has none and is no filler."""
    fixed: bool
    """The number stays a person's for life (resident ID); others change at each renewal."""
    mobile: str
    birth: date | None


def identity_of(
    cust_id: int,
    name: str | None,
    cert_type: str | None,
    cert_no: str | None,
    mobile: str | None,
    birth: date | None,
    rules: Rules,
) -> Identity:
    """Normalise one customer's row.

    >>> rules = Rules(frozenset({"10100"}), 6, 0.95)
    >>> old = identity_of(1, "张 三", "10100", "110105491231002", "+86 13812345678", None, rules)
    >>> old.name, old.cert, old.sound, old.mobile
    ('张三', '11010519491231002X', True, '13812345678')
    """
    kind = cert_type or ""
    cert = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", cert_no or "")).upper()
    fixed = kind in rules.resident_types
    if fixed:
        cert = upgrade_id(cert)
        sound = is_resident_id(cert)
    else:
        sound = len(cert) >= rules.least_cert and len(set(cert)) > 2
    number = plain_mobile(mobile or "")
    return Identity(
        cust_id, normalise(name or ""), kind, cert, sound, fixed, number if _MOBILE.fullmatch(number) else "", birth
    )  # fmt: skip


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """繁 → 简, character by character (the table of OpenCC)."""
    text = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {ord(old): new.split()[0] for old, new in pairs if len(old) == 1}


def fold(name: str) -> str:
    """What is left of a normalised name when ways of writing are taken away: dots, spaces, 繁体.

    >>> fold("張·三"), fold("JEAN-LUC O'NEIL")
    ('张三', 'JEANLUCONEIL')
    """
    return re.sub(r"[·\s'-]", "", name).translate(_simplified())


def similarity(one: str, other: str) -> float:
    """How alike two normalised names are, 0 to 1: the share of characters that need no change.

    A rare character (生僻字) equals what stands in for it where a code page lacks it (a private-use code, □, ?).

    >>> similarity("張三", "张三"), similarity("张𠮷", "张□"), similarity("张三", "张四")
    (1.0, 1.0, 0.5)
    """
    a, b = fold(one), fold(other)
    if not a or not b:
        return 0.0
    row = list(range(len(b) + 1))
    for i, character in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, wanted in enumerate(b, 1):
            cost = before + (not _stands_for(character, wanted))
            before, row[j] = row[j], min(cost, row[j] + 1, row[j - 1] + 1)
    return 1 - row[-1] / max(len(a), len(b))


def _stands_for(one: str, other: str) -> bool:
    return one == other or (_lost(one) and _rare(other)) or (_rare(one) and _lost(other))


def _lost(character: str) -> bool:
    return character in _UNREADABLE or unicodedata.category(character) == "Co"


def _rare(character: str) -> bool:
    return "\u3400" <= character <= "\u4dbf" or character >= "\U00020000"
