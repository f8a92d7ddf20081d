"""Secrets of second factors under the active data key, when one is exchanged for another."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from yinke.common import crypto

SECRETS = ("secret", "seed")
"""Where apps and recovery codes keep what is sealed; a passkey's part here is public."""


def stale_factors() -> list[int]:
    """The factors with a secret that lies under another key than the active one."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [pk for pk, data in rows.values_list("pk", "data") if any(_stale(data))]


def reseal_factors() -> int:
    """Seal the secrets of all second factors with the active key; each row by itself, so that it can be stopped.

    Returns:
        How many were sealed anew.
    """
    stale = stale_factors()
    for pk in stale:
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor is None:  # taken away meanwhile
                continue
            for name in _stale(factor.data):
                factor.data[name] = get_adapter().encrypt(get_adapter().decrypt(factor.data[name]))
            factor.save(update_fields=["data"])
    return len(stale)


def _stale(data: dict[str, Any]) -> Iterable[str]:
    header = crypto.keyring().active.header
    return [n for n in SECRETS if n in data and not base64.b64decode(data[n]).startswith(header)]
