"""The ciphers of every key of the bank: AES, or SM4 (国密) by setting; and how a key is kept wrapped by another."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yinke.common.errors import ConfigurationError

Algorithm: TypeAlias = Literal["aes", "sm4"]
"""aes: AES-256-GCM with HMAC-SHA256; sm4 (国密): SM4-GCM with HMAC-SM3 (GB/T 32907, GB/T 32905)."""

MARKS: dict[Algorithm, int] = {"aes": 0xA1, "sm4": 0xA2}
NONCE, TAG = 12, 16


def derive(secret: bytes, purpose: bytes, length: int) -> bytes:
    """A key for one purpose out of a secret (HKDF-SHA256)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose).derive(secret)


def gcm(key: bytes, algorithm: Algorithm) -> tuple[Callable[..., bytes], Callable[..., bytes]]:
    """Seal and open with a 32-byte key: (nonce, data, associated data) → bytes."""
    if algorithm == "aes":
        cipher = AESGCM(key)
        return cipher.encrypt, cipher.decrypt
    block = algorithms.SM4(derive(key, b"yinke sm4", 16))

    def seal(nonce: bytes, data: bytes, bound: bytes | None) -> bytes:
        doing = Cipher(block, modes.GCM(nonce)).encryptor()
        doing.authenticate_additional_data(bound or b"")
        return doing.update(data) + doing.finalize() + doing.tag

    def unseal(nonce: bytes, data: bytes, bound: bytes | None) -> bytes:
        doing = Cipher(block, modes.GCM(nonce, data[-TAG:])).decryptor()
        doing.authenticate_additional_data(bound or b"")
        return doing.update(data[:-TAG]) + doing.finalize()

    return seal, unseal


def wrap(secret: bytes, master: bytes, version: int, algorithm: Algorithm, of: str = "data key") -> bytes:
    """A data key's secret as the database may hold it, or a lake key's (``of``) as the lake may."""
    nonce = os.urandom(NONCE)
    seal, _ = gcm(derive(master, b"yinke wrap", 32), algorithm)
    return nonce + seal(nonce, secret, f"{of} {version}".encode())


def unwrap(wrapped: bytes, master: bytes, version: int, algorithm: Algorithm, of: str = "data key") -> bytes:
    """The secret that ``wrap`` hid.

    Raises:
        ConfigurationError: the master key is another.
    """
    _, unseal = gcm(derive(master, b"yinke wrap", 32), algorithm)
    try:
        return unseal(wrapped[:NONCE], wrapped[NONCE:], f"{of} {version}".encode())
    except InvalidTag:
        raise ConfigurationError(
            f"The master key does not open {of} {version}", place="YINKE_DATA_KEY",
            remedy="Give the key under which this data was made; after an exchange run: yinke keys rewrap",
        ) from None  # fmt: skip
