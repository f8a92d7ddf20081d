"""Personal data in free text: what must not be written where it lies in the clear (JR/T 0171-2020, C2)."""

from __future__ import annotations

import re
import unicodedata

PATTERNS = (
    (re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"), "an ID number"),
    (re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "a mobile number"),
    (re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){2}(?:[ -]?\d{1,4}){1,2}(?!\d)"), "a card or account number"),
)  # fmt: skip


def find_personal(text: str) -> str | None:
    """What kind of number a text holds, in any width and with blanks; None if none.

    >>> find_personal("请回电 138 1234 5678"), find_personal("卡号６２２８４８０４０２５６４８９００１８"), find_personal("表单 20261125-7")
    ('a mobile number', 'a card or account number', None)
    """
    plain = unicodedata.normalize("NFKC", text)
    return next((what for pattern, what in PATTERNS if pattern.search(plain)), None)
