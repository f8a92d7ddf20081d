"""The chain of the audit trail: each entry's digest covers the digest of the entry before it.

SHA-256 over the parts of an entry, each written as ``<bytes>:<text>`` and parted by commas: number, moment (UTC, to
the microsecond), user, action, object's type and number, reason, address, the digest before it in hex. The database
computes it when it writes (migration 0002); here it is computed anew, by other code, when it is verified.

Whoever may change the table may also compute a chain anew, or cut off its end. So the head (number and digest of the
newest entry) is also kept in a file outside the database; a bank lets it lie on a disk that cannot be overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

BEGINNING = bytes(32)
"""What stands before the first entry."""

BATCH = 5_000


@dataclass(frozen=True)
class Head:
    """The newest entry: its number, its digest in hex."""

    entry: int
    digest: str


@dataclass(frozen=True)
class Broken:
    """Where the trail is not what was written.

    ``what``: ``changed`` (the entry's own content), ``unlinked`` (entries before it are missing or were exchanged),
    ``missing`` (an entry that the file of heads knows is gone or another one).
    """

    entry: int
    what: str


@dataclass(frozen=True)
class Verified:
    """Entries read, the head of the trail, and the first broken place if there is one."""

    entries: int
    head: Head | None
    broken: Broken | None


def digest_of(parts: list[str]) -> bytes:
    """The digest of an entry.

    >>> digest_of(["1", "审"]).hex()[:16]
    '3ae206cf5d39b1dc'
    """
    text = ",".join(f"{len(part.encode())}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).digest()


def verify(heads: Path | None = None) -> Verified:
    """Read the whole trail and check every link; memory does not grow with it.

    Args:
        heads: the file of ``keep_head``; heads that it knows must still stand in the trail.
    """
    wanted = _kept(heads)
    before, entries, head = BEGINNING, 0, None
    with closing(_entries()) as trail:
        for entry, previous, digest, parts in trail:
            entries += 1
            if digest != digest_of(parts):
                return Verified(entries, head, Broken(entry, "changed"))
            if previous != before:
                return Verified(entries, head, Broken(entry, "unlinked"))
            if wanted.pop(entry, digest.hex()) != digest.hex():
                return Verified(entries, head, Broken(entry, "missing"))
            before, head = digest, Head(entry, digest.hex())
    gone = min(wanted, default=None)
    return Verified(entries, head, None if gone is None else Broken(gone, "missing"))


def _entries() -> Generator[tuple[int, bytes, bytes, list[str]], None, None]:
    """(number, previous, digest, parts) of every entry in the order of the chain."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DECLARE trail NO SCROLL CURSOR FOR SELECT id, previous, digest,"
            " to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), COALESCE(user_id::text, ''), action,"
            " object_type, object_id, reason, COALESCE(host(address), '') FROM access_auditentry ORDER BY id"
        )
        try:
            while rows := _fetched(cursor):
                for number, previous, digest, *parts in rows:
                    yield number, bytes(previous), bytes(digest), [str(number), *parts, bytes(previous).hex()]
        finally:
            cursor.execute("CLOSE trail")


def _fetched(cursor: Any) -> list[tuple[Any, ...]]:
    cursor.execute(f"FETCH {BATCH} FROM trail")
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def head() -> Head | None:
    """The newest entry; None if there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM access_auditentry ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(row[0], bytes(row[1]).hex()) if row else None


def keep_head(heads: Path) -> Head | None:
    """Append the head to a file, unless it stands there last: ``<moment> <entry> <digest>`` a line."""
    newest = head()
    if newest is None or _kept(heads).get(newest.entry) == newest.digest:
        return newest
    heads.parent.mkdir(parents=True, exist_ok=True)
    with heads.open("a", encoding="ascii") as file:
        file.write(f"{timezone.now().isoformat(timespec='seconds')} {newest.entry} {newest.digest}\n")
    return newest


def _kept(heads: Path | None) -> dict[int, str]:
    if heads is None or not heads.exists():
        return {}
    lines = [line.split() for line in heads.read_text("ascii").splitlines()]
    return {
        int(line[1]): line[2] for line in reversed(lines) if len(line) == 3
    }  # what was written first counts
