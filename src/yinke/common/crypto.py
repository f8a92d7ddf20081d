"""Encryption of personal data at rest (JR/T 0171 C2): envelope keys, and a blind index to look a value up.

Data keys are random, numbered, and kept in the database wrapped by the master key, which never is there
(``YINKE_DATA_KEY``). Each ciphertext begins with three bytes: its algorithm and the number of its key. So keys
and algorithms can be exchanged while everything stays readable (``yinke keys rotate``).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from yinke.common.ciphers import MARKS, NONCE, TAG, Algorithm, derive, gcm

HEADER, INDEX = 3, 16
FIRST = 1
"""Number of the first key; it follows from the master key, as all data before numbered keys did."""
FRESH_SECONDS = 5.0
"""For so long a process trusts what it knows of the keys before it asks again."""


@dataclass(frozen=True)
class DataKey:
    """One data key, unwrapped. ``searched``: values indexed with it may still lie in the database."""

    version: int
    algorithm: Algorithm
    secret: bytes = field(repr=False)
    active: bool = True
    searched: bool = True

    @cached_property
    def header(self) -> bytes:
        """The first bytes of what it seals."""
        return bytes([MARKS[self.algorithm]]) + self.version.to_bytes(2, "big")

    @cached_property
    def _doors(self) -> dict[int, tuple[Callable[..., bytes], Callable[..., bytes]]]:
        return {mark: gcm(self.secret[:32], algorithm) for algorithm, mark in MARKS.items()}

    @cached_property
    def seal(self) -> Callable[..., bytes]:
        """(nonce, data, associated data) → ciphertext with its tag."""
        return self._doors[MARKS[self.algorithm]][0]

    def open(self, mark: int, nonce: bytes, data: bytes, bound: bytes | None) -> bytes:
        """What was sealed with this key and the algorithm of ``mark``; InvalidTag if it was not."""
        return self._doors[mark][1](nonce, data, bound)

    @cached_property
    def index(self) -> Callable[[bytes], bytes]:
        """The blind index of a value."""
        begun = HMAC(self.secret[32:], hashes.SHA256() if self.algorithm == "aes" else hashes.SM3())

        def digest(data: bytes) -> bytes:
            one = begun.copy()
            one.update(data)
            return one.finalize()[:INDEX]

        return digest


def first_key(master: bytes, algorithm: Algorithm) -> DataKey:
    """The key of a bank that has never rotated."""
    return DataKey(FIRST, algorithm, derive(master, b"yinke fields", 64))


def new_secret() -> bytes:
    """A random secret for a new data key."""
    return os.urandom(64)


class Keyring:
    """All data keys: one for new values, several to read and to look up with."""

    def __init__(self, keys: Iterable[DataKey]) -> None:
        self.keys = {key.version: key for key in keys}
        self.active = next(key for key in self.keys.values() if key.active)
        self.searched = [key for key in self.keys.values() if key.searched]

    def open(self, data: bytes) -> str:
        """The plain text; InvalidTag if no key opens it."""
        key = self.keys.get(int.from_bytes(data[1:HEADER], "big")) if data[0] in MARKS.values() else None
        if key is not None and len(data) >= HEADER + NONCE + TAG:
            try:
                nonce, sealed = data[HEADER : HEADER + NONCE], data[HEADER + NONCE :]
                return key.open(data[0], nonce, sealed, data[:HEADER]).decode("utf-8")
            except InvalidTag:
                pass  # one in 16 million values from before numbered keys begins like a header
        if FIRST not in self.keys:
            raise InvalidTag
        return self.keys[FIRST].open(MARKS["aes"], data[:NONCE], data[NONCE:], None).decode("utf-8")


Source: TypeAlias = Callable[[], Sequence[DataKey] | None]
"""All keys of the bank; none for a bank that has never rotated; None: they can't be asked for just now."""


class _Ring:
    """What this process knows of the keys, and since when."""

    source: Source = staticmethod(list)
    known: tuple[float, Keyring] | None = None


_ring = _Ring()


def use_keys(source: Source) -> None:
    """Say where the data keys come from; the database's context does so when it starts."""
    _ring.source = source
    forget_keys()


def forget_keys() -> None:
    """Ask for the keys again before the next value."""
    _ring.known = None


def known() -> bool:
    """Whether the keys were asked for before."""
    return _ring.known is not None


def keyring() -> Keyring:
    """The keys, as they were at most ``FRESH_SECONDS`` ago."""
    known = _ring.known
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    keys = _ring.source()
    if keys is None and known is not None:
        return known[1]
    ring = Keyring(keys or [_first()])
    _ring.known = (time.monotonic(), ring)
    return ring


def _first() -> DataKey:
    from django.conf import settings

    return first_key(settings.YINKE.data_key, settings.YINKE.cipher)


def encrypt_bytes(data: bytes) -> bytes:
    """``encrypt`` for the content of a file."""
    key, nonce = keyring().active, os.urandom(NONCE)
    return key.header + nonce + key.seal(nonce, data, key.header)


def decrypt_bytes(sealed: bytes) -> bytes:
    """What ``encrypt_bytes`` hid; InvalidTag if the bytes were changed or the key is another."""
    key = keyring().keys.get(int.from_bytes(sealed[1:HEADER], "big"))
    if key is None or sealed[0] not in MARKS.values():
        raise InvalidTag
    return key.open(sealed[0], sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :], sealed[:HEADER])


def encrypt(text: str | None) -> bytes | None:
    """Encrypt one value; empty stays empty. Layout: header, 12-byte nonce, ciphertext with its tag."""
    return encrypt_many([text])[0]


def encrypt_many(texts: Sequence[str | None]) -> list[bytes | None]:
    """``encrypt`` for a column of values, several times as fast."""
    key = keyring().active
    seal, header = key.seal, key.header
    nonces = os.urandom(NONCE * len(texts))
    sealed: list[bytes | None] = []
    for number, text in enumerate(texts):
        nonce = nonces[NONCE * number : NONCE * number + NONCE]
        sealed.append(header + nonce + seal(nonce, text.encode("utf-8"), header) if text else None)
    return sealed


def decrypt(sealed: bytes | memoryview | None) -> str:
    """The plain text of ``encrypt``'s result; ``""`` for nothing.

    Raises:
        cryptography.exceptions.InvalidTag: the bytes were changed or the key is another.
    """
    if not sealed:
        return ""
    data = bytes(sealed)
    try:
        return keyring().open(data)
    except InvalidTag:
        forget_keys()  # another process may just have made the key
        return keyring().open(data)


def blind_index(text: str | None) -> bytes | None:
    """16 bytes by which an exact value is found without being stored in the clear (keyed hash). For writing."""
    return keyring().active.index(text.encode("utf-8")) if text else None


def blind_indexes(text: str | None) -> list[bytes]:
    """All the blind indexes under which a value may lie, for looking it up: two while keys are exchanged."""
    return [key.index(text.encode("utf-8")) for key in keyring().searched] if text else []


def blind_index_many(texts: Sequence[str | None]) -> list[bytes | None]:
    """``blind_index`` for a column of values."""
    index = keyring().active.index
    return [index(text.encode("utf-8")) if text else None for text in texts]


def lasting_index(text: str) -> bytes:
    """16 bytes by which a text that we gave away is known again (keyed hash), whatever keys are exchanged meanwhile."""
    return keyring().keys[FIRST].index(text.encode("utf-8"))


def blind_number(text: str) -> int:
    """A blind index of 4 bytes, as PostgreSQL's integer: for parts of values, of which many people share one.

    So few bytes that two parts in four billion meet: a search by it may rarely find one too many. It stays under the
    first key when keys are exchanged: so little tells nothing of a person, and every part would have to be made anew.
    """
    return int.from_bytes(keyring().keys[FIRST].index(text.encode("utf-8"))[:4], signed=True)
