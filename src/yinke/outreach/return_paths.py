"""回执地址: where an e-mail's "no more", bounce and answer go. Each message has addresses of its own, which nobody can make up.

What comes back names the message by itself: a sender's name is easily forged, and a bounce often does not say whose it is.
"""

from __future__ import annotations

import hmac

from yinke.common.crypto import lasting_index
from yinke.outreach.channels.settings import configured

_SIGNED = 20
"""Hex digits of the mark: 80 bits."""


def mark_of(message_id: int) -> str:
    """What stands for a message in an address: its number, and a keyed hash of it.

    It stays the same when keys are exchanged: a link must work for 30 days at least (互联网电子邮件服务管理办法 art. 14).
    """
    return f"m{message_id}-{lasting_index(f'return path {message_id}').hex()[:_SIGNED]}"


def message_of(mark: str) -> int | None:
    """The message that a mark stands for; None if it is none of ours."""
    number, _, signed = mark.lower().removeprefix("m").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and signed.isascii()):
        return None
    return int(number) if hmac.compare_digest(mark_of(int(number)), f"m{number}-{signed}") else None


def opt_out_address(message_id: int) -> str:
    """The link by which the reader of an e-mail says "no more", without signing in."""
    return f"{configured().email_opt_out_url}/{mark_of(message_id)}"


def return_address(message_id: int, domain: str) -> str:
    """Where its bounces and answers go."""
    return f"{mark_of(message_id)}@{domain}"
