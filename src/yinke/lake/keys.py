"""The lake's keys: they seal what identifies a person in its tables, and the raw files. Wrapped by the master key
(``YINKE_DATA_KEY``) they lie in the lake's own folder, ``keys.json``, so that a lake and the master key open each
other wherever the lake is carried; neither alone opens anything.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from cryptography.exceptions import InvalidTag

from yinke.common import ciphers
from yinke.common.env import read_environment
from yinke.common.errors import ConfigurationError
from yinke.common.sealed_text import NotOpened, TextKey, TextKeys

FILE = "keys.json"
SECRET = 64
MAGIC = b"YKRAW1"
CHUNK = 1 << 22
"""Plain bytes of a raw file that are sealed at a time."""

Master: TypeAlias = Callable[[], tuple[bytes, ciphers.Algorithm]]
"""The master key, and the algorithm of keys to be made."""


def _environment() -> tuple[bytes, ciphers.Algorithm]:
    env = read_environment()
    return env.data_key, env.cipher


class _Known:
    """What this process knows: where the master key comes from, and the keys of the lakes it opened."""

    master: Master = staticmethod(_environment)
    lakes: dict[Path, tuple[tuple[int, int], LakeKeys]] = {}


def use_master(master: Master) -> None:
    """Say where the master key comes from; the environment if nobody says."""
    _Known.master = master
    _Known.lakes = {}


def master_key() -> tuple[bytes, ciphers.Algorithm]:
    """The master key, and the algorithm of keys to be made."""
    return _Known.master()


class LakeKeys:
    """The keys of one lake, opened."""

    def __init__(self, body: dict[str, Any], master: bytes) -> None:
        self.moving = bool(body.get("moving"))
        """An exchange of keys has begun and not ended: tokens of two keys lie side by side."""
        self._secrets: dict[int, tuple[ciphers.Algorithm, bytes]] = {
            int(key["version"]): (key["algorithm"], _unwrapped(key, master)) for key in body["keys"]
        }
        self.active = max(self._secrets)

    @cached_property
    def texts(self) -> TextKeys:
        """What seals and opens columns of text."""
        return TextKeys(
            TextKey(version, algorithm, ciphers.derive(secret, b"yinke lake text", SECRET))
            for version, (algorithm, secret) in self._secrets.items()
        )

    def sealed_file(self, target: BinaryIO) -> SealedFile:
        """A raw file to be written, sealed piece by piece."""
        algorithm, secret = self._secrets[self.active]
        header = MAGIC + bytes([ciphers.MARKS[algorithm]]) + struct.pack(">H", self.active) + os.urandom(8)
        seal, _ = ciphers.gcm(ciphers.derive(secret, b"yinke lake files", 32), algorithm)
        return SealedFile(target, header, seal)

    def opened_file(self, path: Path) -> OpenedFile:
        """The plain bytes of a raw file, as a stream.

        Raises:
            NotOpened: it is not sealed, or its key is not there. Reading on raises it where a piece was changed.
        """
        file = path.open("rb")
        header = file.read(len(MAGIC) + 11)
        version = int.from_bytes(header[len(MAGIC) + 1 : len(MAGIC) + 3], "big")
        if not header.startswith(MAGIC) or version not in self._secrets:
            file.close()
            raise _spoiled(path)
        algorithm, secret = self._secrets[version]
        _, unseal = ciphers.gcm(ciphers.derive(secret, b"yinke lake files", 32), algorithm)
        return OpenedFile(file, path, header, unseal)


def version_of_file(path: Path) -> int | None:
    """The number of the key that sealed a raw file; None: it is not sealed (a control file, a note)."""
    with path.open("rb") as file:
        header = file.read(len(MAGIC) + 3)
    return int.from_bytes(header[-2:], "big") if header.startswith(MAGIC) else None


def _spoiled(path: Path) -> NotOpened:
    return NotOpened(
        "A raw file of the lake was changed, or was sealed with another key", place=path.name,
        remedy="Have the bank's file sent again; give the lake its own keys.json and master key",
    )  # fmt: skip


def _nonce(header: bytes, number: int) -> bytes:
    return header[-8:] + struct.pack(">I", number)


class SealedFile:
    """Writes a file in pieces of ``CHUNK`` bytes, each with its number and whether it is the last: none can be
    changed, moved or cut off unseen, and memory stays one piece."""

    def __init__(self, target: BinaryIO, header: bytes, seal: Callable[..., bytes]) -> None:
        self._target, self._header, self._seal = target, header, seal
        self._waiting = bytearray()
        self._number = 0
        target.write(header)

    def write(self, data: bytes) -> None:
        """Add plain bytes."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Write what is left; the file is not whole before."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        bound = self._header + (b"last" if last else b"more")
        self._target.write(self._seal(_nonce(self._header, self._number), piece, bound))
        self._number += 1


class OpenedFile:
    """Reads what ``SealedFile`` wrote; a context manager with ``read``."""

    def __init__(self, file: BinaryIO, path: Path, header: bytes, unseal: Callable[..., bytes]) -> None:
        self._file, self._path, self._header, self._unseal = file, path, header, unseal
        self._pieces = self._opened()
        self._rest = b""

    def __enter__(self) -> OpenedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes (all for -1); none at the end."""
        parts, total = [self._rest], len(self._rest)
        while size < 0 or total < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            total += len(piece)
        data = b"".join(parts)
        self._rest = data[size:] if size >= 0 else b""
        return data[:size] if size >= 0 else data

    def _opened(self) -> Iterator[bytes]:
        step = CHUNK + ciphers.TAG
        piece, number = self._file.read(step), 0
        while True:
            after = self._file.read(step)
            bound = self._header + (b"more" if after else b"last")
            try:
                yield self._unseal(_nonce(self._header, number), piece, bound)
            except (InvalidTag, ValueError):
                raise _spoiled(self._path) from None
            if not after:
                return
            piece, number = after, number + 1


def keys_of(root: Path) -> LakeKeys:
    """The keys of the lake under a folder; an empty lake is given its first one.

    Raises:
        ConfigurationError: the lake was made before its texts were sealed; the master key is another.
    """
    path = Path(root).absolute() / FILE
    with suppress(FileNotFoundError):
        return _read(path)
    if any((path.parent / "versions").glob("*")) or any((path.parent / "raw").glob("*/*/*/copy.json")):
        raise ConfigurationError(
            "This lake holds data and no keys: it was made by a version that sealed nothing", place=str(path),
            remedy="Move its folder aside, run the nights again from the bank's files, then delete the old folder;"
            " or bring back the lake's own keys.json",
        )  # fmt: skip
    master, algorithm = master_key()
    body = {"keys": [new_key(1, master, algorithm)]}
    with suppress(FileExistsError):  # another process was quicker
        write_keys(path.parent, body, first=True)
    return _read(path)


def new_key(version: int, master: bytes, algorithm: ciphers.Algorithm) -> dict[str, Any]:
    """A random key as ``keys.json`` holds it."""
    return wrapped_key(version, algorithm, os.urandom(SECRET), master)


def wrapped_key(version: int, algorithm: ciphers.Algorithm, secret: bytes, master: bytes) -> dict[str, Any]:
    """A key as ``keys.json`` holds it."""
    wrapped = ciphers.wrap(secret, master, version, algorithm, of="lake key")
    return {"version": version, "algorithm": algorithm, "wrapped": base64.b64encode(wrapped).decode()}


def _unwrapped(key: dict[str, Any], master: bytes) -> bytes:
    wrapped = base64.b64decode(key["wrapped"])
    return ciphers.unwrap(wrapped, master, int(key["version"]), key["algorithm"], of="lake key")


def write_keys(root: Path, body: dict[str, Any], *, first: bool = False) -> None:
    """Put ``keys.json`` in place, whole.

    Raises:
        FileExistsError: ``first``, and it is there already.
    """
    path, scratch = root / FILE, root / f".{FILE}.{os.urandom(6).hex()}.tmp"
    try:
        with scratch.open("w", encoding="utf-8") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())  # a lake whose keys are lost is lost
        scratch.chmod(0o600)
        if first:
            os.link(scratch, path)
        else:
            scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def read_body(root: Path) -> dict[str, Any] | None:
    """What ``keys.json`` says; None if the lake has none yet."""
    path = root / FILE
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else None


def _read(path: Path) -> LakeKeys:
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_ino)
    known = _Known.lakes.get(path)
    if known is None or known[0] != stamp:
        known = (stamp, LakeKeys(json.loads(path.read_text("utf-8")), _Known.master()[0]))
        _Known.lakes[path] = known
    return known[1]


def rewrap(root: Path, old_master: bytes) -> int:
    """Put the lake's keys under the present master key, after that was exchanged. The data is not touched.

    Returns:
        How many keys; 0 if the lake has none yet.

    Raises:
        ConfigurationError: neither ``old_master`` nor the present one opens them.
    """
    body = read_body(root)
    if body is None:
        return 0
    master, _ = master_key()
    try:
        secrets = [_unwrapped(key, old_master) for key in body["keys"]]
    except ConfigurationError:  # done before, and stopped before the database's keys were
        secrets = [_unwrapped(key, master) for key in body["keys"]]
    body["keys"] = [
        wrapped_key(key["version"], key["algorithm"], secret, master)
        for key, secret in zip(body["keys"], secrets, strict=True)
    ]
    write_keys(root, body)
    return len(secrets)
