"""证件校验: whether a certificate number can be right, by arithmetic alone. Right is not yet real: see 联网核查."""

from __future__ import annotations

import re
from datetime import date

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
"""GB 11643-1999, after ISO 7064 MOD 11-2: the check character by the weighted sum modulo 11."""
OLDEST = 130
"""Nobody reached this age; GB 11643 itself sets no bound."""
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015, 5: the 31 characters of a unified social credit code; I, O, S, V and Z are not among them."""

_ID18 = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID15 = re.compile(r"[1-9][0-9]{14}")


def id_check(first: str) -> str:
    """The check character of a resident ID number's first 17 digits.

    >>> id_check("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(first, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]


def upgrade_id(number: str) -> str:
    """The 18-digit form of a 15-digit resident ID number (GB 11643-1999, 附录); anything else as it is.

    >>> upgrade_id("110105491231002"), upgrade_id("11010519491231002X"), upgrade_id("E12345678")
    ('11010519491231002X', '11010519491231002X', 'E12345678')
    """
    if not _ID15.fullmatch(number) or _day(f"19{number[6:12]}") is None:
        return number
    first = f"{number[:6]}19{number[6:]}"
    return first + id_check(first)


def is_resident_id(number: str, today: date | None = None) -> bool:
    """Whether an 18-digit number of a resident ID or residence permit (81, 82, 83) can be right.

    Form, a birth date of the calendar and the check character; with ``today`` also that the date has been and is
    not ``OLDEST`` years ago. The region may be one that no longer exists.

    >>> is_resident_id("11010519491231002X", date(2026, 1, 1)), is_resident_id("110105194912310021", date(2026, 1, 1))
    (True, False)
    """
    if not _ID18.fullmatch(number):
        return False
    born = _day(number[6:14])
    if born is None or id_check(number[:17]) != number[17]:
        return False
    return today is None or (born <= today and today.year - born.year <= OLDEST)


def is_uscc(code: str) -> bool:
    """Whether a unified social credit code (统一社会信用代码) can be right: GB 32100-2015, MOD 31.

    >>> is_uscc("91350100M000100Y43"), is_uscc("91350100M000100Y4Z")
    (True, False)
    """
    if len(code) != 18 or any(character not in USCC for character in code):
        return False
    total = sum(USCC.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return USCC[(31 - total % 31) % 31] == code[17]


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
