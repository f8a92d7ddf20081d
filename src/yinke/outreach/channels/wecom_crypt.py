"""企业微信回调的加解密: what WeCom tells us is signed (SHA-1 over the shared token) and sealed (AES-256-CBC), as its 加解密方案 says.

msg_signature = sha1(sorted(token, timestamp, nonce, encrypted))
encrypted     = base64(AES(16 random bytes, length of the message in 4 bytes, the message, the corporation's id; padded to 32))
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yinke.common.signing import LATEST

BLOCK, RANDOM, LENGTH = 32, 16, 4


class NotGenuine(Exception):
    """Not from WeCom, too old, or not for this corporation."""


@dataclass(frozen=True)
class WecomCrypt:
    """The secrets of one callback. ``key``: the 32 bytes of EncodingAESKey."""

    token: str = field(repr=False)
    key: bytes = field(repr=False)
    corp_id: str

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """What both sides write beneath it."""
        signed = "".join(sorted((self.token, timestamp, nonce, sealed)))
        return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()  # as WeCom prescribes

    def opened(self, signature: str, timestamp: str, nonce: str, sealed: str, now: int) -> str:
        """The message.

        Args:
            timestamp: seconds since 1970, as the call says.
            now: the same, of ours.

        Raises:
            NotGenuine: the signature, the moment, the seal or the corporation is not right.
        """
        told = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
        if not told or abs(now - int(timestamp)) > LATEST:
            raise NotGenuine("timestamp")
        if not hmac.compare_digest(self.signature(timestamp, nonce, sealed).encode(), signature.encode()):
            raise NotGenuine("signature")
        try:
            data = base64.b64decode(sealed, validate=True)
            door = self._cipher().decryptor()
            plain = door.update(data) + door.finalize()
            plain = plain[RANDOM : len(plain) - _padding(plain)]
            many = int.from_bytes(plain[:LENGTH], "big")
            message, corp = plain[LENGTH : LENGTH + many], plain[LENGTH + many :]
            if len(message) != many or not hmac.compare_digest(corp, self.corp_id.encode()):
                raise NotGenuine("corp_id")
            return message.decode("utf-8")
        except (binascii.Error, ValueError) as wrong:
            raise NotGenuine("seal") from wrong

    def sealed(self, message: str) -> str:
        """What ``opened`` opens."""
        told = message.encode()
        plain = os.urandom(RANDOM) + len(told).to_bytes(LENGTH, "big") + told + self.corp_id.encode()
        many = BLOCK - len(plain) % BLOCK
        door = self._cipher().encryptor()
        return base64.b64encode(door.update(plain + bytes([many]) * many) + door.finalize()).decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))


def _padding(plain: bytes) -> int:
    """How many bytes stand at the end for nothing (PKCS #7, to 32)."""
    many = plain[-1] if plain else 0
    if not 1 <= many <= BLOCK or plain[-many:] != bytes([many]) * many:
        raise ValueError("padding")
    return many


def aes_key(encoded: str) -> bytes:
    """The key that EncodingAESKey's 43 characters stand for.

    Raises:
        ValueError: they are none.
    """
    key = base64.b64decode(f"{encoded}=", validate=True)
    if len(key) != BLOCK:
        raise ValueError("an EncodingAESKey has 43 characters")
    return key
