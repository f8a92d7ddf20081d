"""How allauth's parts behave here: secrets sealed at rest, names of ours."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from yinke.access.models import User
from yinke.common.crypto import decrypt, encrypt


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are encrypted with the data key (JR/T 0171 C3)."""

    def encrypt(self, text: str) -> str:
        """Sealed, as text for the JSON column."""
        return base64.b64encode(encrypt(text) or b"").decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of ``encrypt``."""
        return decrypt(base64.b64decode(encrypted_text))

    def _get_site_name(self) -> str:
        return "Yinke 银客"

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """How the person's device names the passkey."""
        return {
            "id": str(user.pk).encode(),
            "name": user.emp_no,
            "display_name": f"{user.name} {user.emp_no}",
        }
