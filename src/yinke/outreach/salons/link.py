"""报名链接: each guest has an address of their own, which nobody can make up, and a code that is shown at the door."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from django.utils import timezone

from yinke.common.crypto import lasting_index
from yinke.outreach.channels.settings import configured
from yinke.outreach.salons.models import SalonGuest

_SIGNED = 20
"""Hex digits of the mark: 80 bits."""
_CODE = 10**6


def mark_of(guest_id: int) -> str:
    """What stands for a guest in an address: the number, and a keyed hash of it."""
    return f"g{guest_id}-{lasting_index(f'salon guest {guest_id}').hex()[:_SIGNED]}"


def guest_of(mark: str) -> int | None:
    """The guest that a mark stands for; None if it is none of ours."""
    number, _, signed = mark.lower().removeprefix("g").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and signed.isascii()):
        return None
    return int(number) if hmac.compare_digest(mark_of(int(number)), f"g{number}-{signed}") else None


def code_of(guest_id: int) -> str:
    """签到码: the guest's number and six digits, which nobody guesses at the door: ``1234-567890``."""
    digits = int.from_bytes(lasting_index(f"salon ticket {guest_id}")[:8]) % _CODE
    return f"{guest_id}-{digits:06}"


def guest_of_code(code: str) -> int | None:
    """The guest of a code; None if it is none of ours."""
    number, _, digits = code.strip().partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and digits.isascii()):
        return None
    return int(number) if hmac.compare_digest(code_of(int(number)), f"{int(number)}-{digits}") else None


def page_of(guest_id: int) -> str:
    """Where the guest answers; empty if the bank has not said where its customers reach that page (``salon_url``)."""
    base = configured().salon_url
    return f"{base}/{mark_of(guest_id)}" if base else ""


def facts_of_guest(guest: SalonGuest) -> Mapping[str, str]:
    """The variables of an invitation (``texts.OF_SALONS``)."""
    plan, at = guest.salon.plan, timezone.localtime(guest.salon.starts_at)
    return {
        "活动": guest.salon.name, "时间": f"{at.month}月{at.day}日{at:%H:%M}", "地点": str(plan["place"]), "报名链接": page_of(guest.id),
    }  # fmt: skip
