"""签名: how we and whoever calls us know each other's words: HMAC-SHA256 over the moment and the body, in two headers."""

from __future__ import annotations

import hashlib
import hmac

TIME, SIGNATURE = "X-Yinke-Time", "X-Yinke-Signature"
LATEST = 300
"""Seconds by which a signed moment may differ from ours: what was overheard is of no use later."""


def signed(secret: bytes, moment: int, body: bytes) -> str:
    """The signature, in hex.

    Args:
        moment: seconds since 1970.
    """
    return hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def genuine(secret: bytes, moment: str, signature: str, body: bytes, now: int) -> bool:
    """Whether somebody with the key signed this body lately.

    >>> genuine(b"k" * 32, "100", signed(b"k" * 32, 100, b"x"), b"x", 130), genuine(b"k" * 32, "100", "0", b"x", 130)
    (True, False)
    """
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12) or abs(now - int(moment)) > LATEST:
        return False
    return hmac.compare_digest(signed(secret, int(moment), body).encode(), signature.encode())
