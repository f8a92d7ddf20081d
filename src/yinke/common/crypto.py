"""Encryption of personal data at rest: AES-256-GCM, with a blind index to look a value up (JR/T 0171 C2)."""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=2)
def _keys(master: bytes) -> tuple[AESGCM, bytes]:
    derived = HKDF(algorithm=hashes.SHA256(), length=64, salt=None, info=b"yinke fields").derive(master)
    return AESGCM(derived[:32]), derived[32:]


def _master() -> bytes:
    from django.conf import settings

    return bytes(settings.YINKE.data_key)


def encrypt(text: str | None) -> bytes | None:
    """Encrypt one value; empty stays empty. Layout: 12-byte nonce, then ciphertext with its tag."""
    if not text:
        return None
    nonce = os.urandom(12)
    return nonce + _keys(_master())[0].encrypt(nonce, text.encode("utf-8"), None)


def encrypt_bytes(data: bytes) -> bytes:
    """``encrypt`` for a whole file's content."""
    nonce = os.urandom(12)
    return nonce + _keys(_master())[0].encrypt(nonce, data, None)


def decrypt_bytes(sealed: bytes) -> bytes:
    """The content that ``encrypt_bytes`` was given.

    Raises:
        cryptography.exceptions.InvalidTag: the bytes were changed or the key is another.
    """
    return _keys(_master())[0].decrypt(sealed[:12], sealed[12:], None)


def encrypt_many(texts: Sequence[str | None]) -> list[bytes | None]:
    """``encrypt`` for a column of values, several times as fast."""
    seal = _keys(_master())[0].encrypt
    nonces = os.urandom(12 * len(texts))
    sealed: list[bytes | None] = []
    for number, text in enumerate(texts):
        nonce = nonces[12 * number : 12 * number + 12]
        sealed.append(nonce + seal(nonce, text.encode("utf-8"), None) if text else None)
    return sealed


def decrypt(sealed: bytes | memoryview | None) -> str:
    """The plain text of ``encrypt``'s result; ``""`` for nothing.

    Raises:
        cryptography.exceptions.InvalidTag: the bytes were changed or the key is another.
    """
    if not sealed:
        return ""
    data = bytes(sealed)
    return _keys(_master())[0].decrypt(data[:12], data[12:], None).decode("utf-8")


def blind_index(text: str | None) -> bytes | None:
    """16 bytes by which an exact value is found without being stored in the clear (HMAC-SHA256)."""
    if not text:
        return None
    return hmac.digest(_keys(_master())[1], text.encode("utf-8"), "sha256")[:16]


def blind_index_many(texts: Sequence[str | None]) -> list[bytes | None]:
    """``blind_index`` for a column of values."""
    key = _keys(_master())[1]
    return [hmac.digest(key, text.encode("utf-8"), "sha256")[:16] if text else None for text in texts]


def blind_number(text: str) -> int:
    """A blind index of 4 bytes, as PostgreSQL's integer: for parts of values, of which many people share one.

    So few bytes that two parts in four billion meet: a search by it may rarely find one too many.
    """
    return int.from_bytes(hmac.digest(_keys(_master())[1], text.encode("utf-8"), "sha256")[:4], signed=True)
