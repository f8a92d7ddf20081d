"""What people write, as it is kept."""

from __future__ import annotations

import unicodedata


def clean(text: str, most: int) -> str:
    """One form of each character, none that no text of PostgreSQL holds, at most so many.

    >>> clean(" e\\u0301te\\x00 ", 9)
    'éte'
    """
    return unicodedata.normalize("NFC", text.replace("\x00", "")).strip()[:most]
