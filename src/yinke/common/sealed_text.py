"""Sealed text: columns of text that both engines join and count on without knowing what they say.

A value is sealed by SIV (RFC 5297): authenticated encryption that needs no nonce and gives the same token for the
same text, so that equality stays and nothing else does. The block cipher is AES-256 or SM4 (国密). The library has
SIV for AES only and one value at a time; here whole columns go through the block cipher at once, which is several
times as fast. A test holds it to the library's AES-SIV, byte for byte.

A token: ``=``, two characters of base64 that number its key, the base64 of SIV's 16 bytes and the ciphertext; of an
account's or a card's number also ``.`` and its last four characters, by which people tell accounts apart.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.lib.stride_tricks import as_strided

from yinke.common.ciphers import Algorithm
from yinke.common.errors import ConfigurationError

MARK = "="
HEADER = 3
BLOCK = 16
TAIL = 4
HASH = 21
"""Letters of a token that hold nothing but SIV's 16 bytes (but for two bits): a keyed hash of the text."""
SHORT = 8
"""Of a number of fewer bytes no end is shown: four would be half of it."""
HIDDEN = b"****"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BATCH = 1 << 16
"""Values at a time: what they need stays in the processor's caches."""

Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
Column: TypeAlias = "pa.Array | pa.ChunkedArray"


class NotOpened(ConfigurationError):
    """A value of the lake is not sealed, was changed, or lies under a key that is not there."""

    code = "not_opened"


def _double(block: bytes) -> bytes:
    """RFC 5297 ``dbl``: the block times two in GF(2^128)."""
    number = int.from_bytes(block, "big") << 1
    return ((number ^ 0x87) & ((1 << 128) - 1) if number >> 128 else number).to_bytes(BLOCK, "big")


def _row(block: bytes) -> Bytes:
    return np.frombuffer(block, np.uint8)


class _Blocks:
    """A block cipher on many blocks at once (ECB: nothing else is asked of it here)."""

    def __init__(self, algorithm: Algorithm, key: bytes) -> None:
        cipher = algorithms.AES(key) if algorithm == "aes" else algorithms.SM4(key)
        self._doing = Cipher(cipher, modes.ECB()).encryptor()  # noqa: S305 blocks of CMAC and CTR, not of text

    def __call__(self, blocks: Bytes) -> Bytes:
        done = np.frombuffer(self._doing.update(np.ascontiguousarray(blocks).reshape(-1).data), np.uint8)
        return done.reshape(blocks.shape)


class _Siv:
    """RFC 5297 with one text and no associated data, on rows of equal length."""

    def __init__(self, algorithm: Algorithm, mac: bytes, ctr: bytes) -> None:
        self._mac, self._ctr = _Blocks(algorithm, mac), _Blocks(algorithm, ctr)
        zero = bytes(BLOCK)
        k1 = _double(self._mac(_row(zero)).tobytes())
        self._k1, self._k2 = _row(k1), _row(_double(k1))
        start = self._mac(_row(zero) ^ self._k1)
        self._start, self._doubled = start, _row(_double(start.tobytes()))

    def tags(self, texts: Bytes) -> Bytes:
        """S2V: 16 bytes of each text, a keyed hash of it."""
        count, length = texts.shape
        if length < BLOCK:
            block = np.zeros((count, BLOCK), np.uint8)
            block[:, :length] = texts
            block[:, length] = 0x80
            return self._mac(block ^ (self._doubled ^ self._k1))
        blocks = -(-length // BLOCK)
        padded = np.zeros((count, blocks * BLOCK), np.uint8)
        padded[:, :length] = texts
        padded[:, length - BLOCK : length] ^= self._start
        if length % BLOCK:
            padded[:, length] = 0x80
        padded[:, -BLOCK:] ^= self._k2 if length % BLOCK else self._k1
        state = self._mac(padded[:, :BLOCK])
        for at in range(BLOCK, blocks * BLOCK, BLOCK):
            state = self._mac(state ^ padded[:, at : at + BLOCK])
        return state

    def stream(self, tags: Bytes, length: int) -> Bytes:
        """The key stream (CTR) that a tag begins."""
        blocks = -(-length // BLOCK)
        counters = np.repeat(tags[:, None, :], blocks, axis=1)
        counters[:, :, (8, 12)] &= 0x7F
        low = np.ascontiguousarray(counters[:, 0, 12:]).view(">u4")
        steps = (low + np.arange(blocks, dtype=np.uint32)).astype(">u4")
        counters[:, :, 12:] = steps.view(np.uint8).reshape(len(tags), blocks, 4)
        return self._ctr(counters).reshape(len(tags), -1)[:, :length]


@dataclass(frozen=True)
class TextKey:
    """A key of sealed text. ``secret``: 64 bytes, half for the tags, half for the stream."""

    version: int
    algorithm: Algorithm
    secret: bytes = field(repr=False)

    def siv(self) -> _Siv:
        """The cipher; not to be shared by threads."""
        size = 32 if self.algorithm == "aes" else 16
        return _Siv(self.algorithm, self.secret[:size], self.secret[32 : 32 + size])

    @property
    def header(self) -> bytes:
        """How its tokens begin."""
        return f"{MARK}{ALPHABET[self.version >> 6 & 63]}{ALPHABET[self.version & 63]}".encode()


class TextKeys:
    """All keys of a lake: the newest seals, each opens what it sealed."""

    def __init__(self, keys: Iterable[TextKey]) -> None:
        self.keys = {key.version: key for key in keys}
        self.active = self.keys[max(self.keys)]
        self._by_header = {key.header: key for key in self.keys.values()}

    def seal(self, column: Column, *, number: bool = False) -> pa.Array:
        """Tokens of a column of text; null and ``""`` stay, white space around a text goes.

        Args:
            number: the last four characters stay readable, at the token's end.
        """
        siv = self.active.siv()
        header = self.active.header

        def sealed(texts: pa.Array) -> pa.Array:
            return _sealed(siv, header, texts, number)

        trimmed = pc.utf8_trim_whitespace(_whole(column))
        encoded = trimmed.dictionary_encode()
        return _batched(sealed, encoded.dictionary).take(encoded.indices)

    def open(self, column: Column, place: str = "lake") -> pa.Array:
        """The texts of tokens; null and ``""`` stay.

        Raises:
            NotOpened: a value is no token, was changed, or its key is not there.
        """
        encoded = _whole(column).dictionary_encode()
        ciphers: dict[bytes, _Siv] = {}

        def opened(tokens: pa.Array) -> pa.Array:
            return _opened(self._cipher, ciphers, tokens, place)

        return _batched(opened, encoded.dictionary).take(encoded.indices)

    def _cipher(self, header: bytes, known: dict[bytes, _Siv], place: str) -> _Siv:
        if header not in known:
            key = self._by_header.get(header)
            if key is None:
                raise _not_opened(
                    "A value is not sealed, or its key is not there", place,
                    "Give the keys of this lake (keys.json); a lake of an earlier version is loaded anew from the bank's files",
                )  # fmt: skip
            known[header] = key.siv()
        return known[header]

    def hashes(self, column: Column, version: int | None = None) -> pa.Array:
        """A keyed hash of each text: the part of its token that can't be opened alone.

        Args:
            version: of the key; None: the newest.
        """
        key = self.active if version is None else self.keys[version]
        tokens = TextKeys([key]).seal(column)
        return pc.utf8_slice_codeunits(tokens, HEADER, HEADER + HASH)

    def version_of(self, token: str) -> int:
        """The number of a token's key.

        Raises:
            NotOpened: it has none that is there.
        """
        header = token[:HEADER].encode()
        self._cipher(header, {}, "lake")
        return self._by_header[header].version


def _not_opened(message: str, place: str, remedy: str) -> NotOpened:
    return NotOpened(message, place=place, remedy=remedy)


def _whole(column: Column) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):  # of no chunk at all, or too large for one
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.string())
    return whole.cast(pa.string())


def _batched(work: Callable[[pa.Array], pa.Array], values: pa.Array) -> pa.Array:
    if len(values) <= BATCH:
        return work(values)
    return pa.concat_arrays([work(values.slice(at, BATCH)) for at in range(0, len(values), BATCH)])


def _parts(values: pa.Array) -> tuple[Bytes, np.ndarray, np.ndarray]:
    """Bytes, starts and lengths of an array without nulls."""
    _, offsets, data = values.buffers()
    bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1].astype(
        np.int64
    )
    content = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    return content, bounds[:-1], np.diff(bounds)


def _alike(kinds: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(kind, positions) of the values of each kind; kinds are small numbers, 0 is left out."""
    if not len(kinds):
        return
    small = kinds.astype(np.uint16) if kinds.max() < 1 << 16 else kinds  # numpy sorts these by radix
    order = np.argsort(small, kind="stable")
    cuts = np.flatnonzero(np.diff(small[order])) + 1
    for positions in np.split(order, cuts):
        if kind := int(kinds[positions[0]]):
            yield kind, positions


def _window(data: Bytes, length: int, *, writeable: bool = False) -> Bytes:
    """Row ``n`` is the bytes from ``n`` on."""
    return as_strided(data, (len(data) - length + 1, length), (1, 1), writeable=writeable)


def _text(data: Bytes, lengths: np.ndarray) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.Array.from_buffers(pa.string(), len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _sealed(siv: _Siv, header: bytes, texts: pa.Array, number: bool) -> pa.Array:
    data, starts, lengths = _parts(texts)
    extra = HEADER + (TAIL + 1 if number else 0)
    widths = np.where(lengths > 0, extra + ((lengths + BLOCK) * 8 + 5) // 6, 0)
    ends = np.cumsum(widths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    for length, at in _alike(lengths):
        plain = _window(data, length)[starts[at]]
        raw = np.zeros((len(at), -(-(BLOCK + length) // 3) * 3), np.uint8)
        raw[:, :BLOCK] = tags = siv.tags(plain)
        raw[:, BLOCK : BLOCK + length] = plain ^ siv.stream(tags, length)
        width = int(widths[at[0]])
        tokens = np.empty((len(at), width), np.uint8)
        tokens[:, :HEADER] = _row(header)
        letters = np.frombuffer(binascii.b2a_base64(raw.reshape(-1).data, newline=False), np.uint8)
        tokens[:, HEADER : HEADER + width - extra] = letters.reshape(len(at), -1)[:, : width - extra]
        if number:
            tokens[:, -TAIL - 1] = ord(".")
            tokens[:, -TAIL:] = _tails(plain)
        _window(out, width, writeable=True)[(ends - widths)[at]] = tokens
    return _text(out, widths)


def _tails(plain: Bytes) -> Bytes:
    """The last four characters of each number, where they are letters and digits and not half of it."""
    if plain.shape[1] < SHORT:
        return np.tile(_row(HIDDEN), (len(plain), 1))
    tails = plain[:, -TAIL:].copy()
    tails[(tails >= 128).any(axis=1)] = _row(HIDDEN)
    return tails


def _opened(
    cipher: Callable[[bytes, dict[bytes, _Siv], str], _Siv],
    known: dict[bytes, _Siv],
    tokens: pa.Array,
    place: str,
) -> pa.Array:
    data, starts, lengths = _parts(tokens)
    filled = lengths > 0
    if (lengths[filled] < HEADER + TAIL + 1 + BLOCK).any():
        cipher(b"", known, place)
    headers = np.zeros(len(lengths), np.int64)
    for byte in range(HEADER):
        headers[filled] = headers[filled] << 8 | data[starts[filled] + byte]
    numbers = np.zeros(len(lengths), bool)
    numbers[filled] = data[(starts + lengths)[filled] - TAIL - 1] == ord(".")
    letters = np.where(filled, lengths - HEADER - np.where(numbers, TAIL + 1, 0), 0)
    widths = np.where(filled, letters * 6 // 8 - BLOCK, 0)
    if (widths[filled] < 1).any() or (letters % 4 == 1).any():
        raise _changed(place)
    ends = np.cumsum(widths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    for header in np.unique(headers[filled]):
        siv = cipher(int(header).to_bytes(HEADER, "big"), known, place)
        kinds = np.where(headers == header, lengths * 2 + numbers, 0)
        for kind, at in _alike(kinds):
            token = _window(data, kind // 2)[starts[at]]
            count, width = int(letters[at[0]]), int(widths[at[0]])
            plain = _plain(siv, token[:, HEADER : HEADER + count], width, place)
            if kind % 2 and (_tails(plain) != token[:, -TAIL:]).any():
                raise _changed(place)
            _window(out, width, writeable=True)[(ends - widths)[at]] = plain
    return _text(out, widths)


def _plain(siv: _Siv, letters: Bytes, length: int, place: str) -> Bytes:
    """The texts of equal length that some base64 holds."""
    padded = np.full((len(letters), -(-letters.shape[1] // 4) * 4), ord("A"), np.uint8)
    padded[:, : letters.shape[1]] = letters
    try:
        raw = np.frombuffer(binascii.a2b_base64(padded.reshape(-1).data, strict_mode=True), np.uint8)
        raw = raw.reshape(len(letters), padded.shape[1] // 4 * 3)
    except (binascii.Error, ValueError):
        raise _changed(place) from None
    tags = np.ascontiguousarray(raw[:, :BLOCK])
    plain: Bytes = raw[:, BLOCK : BLOCK + length] ^ siv.stream(tags, length)
    if raw[:, BLOCK + length :].any() or (siv.tags(plain) != tags).any():
        raise _changed(place)
    return plain


def _changed(place: str) -> NotOpened:
    return _not_opened(
        "A sealed value was changed, or was sealed with another key", place,
        "Load the lake anew from the bank's files; find out who wrote to its folder",
    )  # fmt: skip
