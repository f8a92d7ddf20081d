"""Receive: wait for the control file, verify it against the data, keep an immutable raw copy, sealed.

Hashes and sizes are those of the plain bytes, as the bank knows them.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, FeedSet
from yinke.lake.store import Day, Lake

BLOCK = 1 << 22


@dataclass(frozen=True)
class Received:
    """A verified file, kept in the lake. ``rows`` and ``sums`` are what the control file promised."""

    feed: str
    path: Path
    sha256: str
    bytes: int
    rows: int | None
    sums: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Arrived:
    """A feed's file with the side files of its lookups."""

    data: Received
    lookups: dict[str, Received]
    description: str
    """Hash of the feed's description."""

    @property
    def sha256(self) -> str:
        """One hash for the files and how they are read."""
        sides = [f"{name}:{side.sha256}" for name, side in sorted(self.lookups.items())]
        return hashlib.sha256(" ".join([self.data.sha256, self.description, *sides]).encode()).hexdigest()


@dataclass(frozen=True)
class Awaited:
    """A control file (or a data file without one) that has not come yet."""

    feed: str
    file: str
    deadline: time


def due(feed: Feed, biz_date: date, earlier: Day | None = None) -> bool:
    """Whether a feed delivers for a date. Working days are those of the bank's calendar, as far as it is known."""
    return feed.schedule != "workdays" or _workday(biz_date, earlier)


def _workday(biz_date: date, earlier: Day | None) -> bool:
    if earlier is not None and earlier.has("calendar"):
        days = pq.read_table(earlier.path("calendar"), columns=["day", "is_workday"])
        known = dict(zip(days["day"].to_pylist(), days["is_workday"].to_pylist(), strict=True))
        if biz_date in known:
            return bool(known[biz_date])
    return biz_date.weekday() < 5


def awaited(feeds: FeedSet, inbox: Path, biz_date: date, earlier: Day | None = None) -> list[Awaited]:
    """What is still missing in the inbox for a date; ``earlier`` is the lake's newest day, for its calendar."""
    missing = []
    for feed in feeds.feeds:
        if not due(feed, biz_date, earlier):
            continue
        path = feed.control_path(inbox, biz_date) or feed.path(inbox, biz_date)
        if not path.exists():
            missing.append(Awaited(feed.feed, path.name, time.fromisoformat(feed.deadline)))
    return missing


def arrive(lake: Lake, feed: Feed, inbox: Path, biz_date: date) -> Arrived:
    """Receive a feed's file and its side files; raises as ``receive``."""
    received = receive(lake, feed, inbox, biz_date)
    return Arrived(received, receive_lookups(lake, feed, inbox, biz_date), feed.fingerprint)


def receive_lookups(lake: Lake, feed: Feed, inbox: Path, biz_date: date) -> dict[str, Received]:
    """Keep a raw copy of each side file of a feed, by the lookup's name.

    Raises:
        Held: missing_data, unstable.
    """
    found = {}
    for lookup in feed.lookups:
        data = feed.lookup_path(lookup, inbox, biz_date)
        kept = lake.root / "raw" / "undated" / f"{feed.feed}.{lookup}"
        if not data.exists():
            found[lookup] = _kept(feed, kept, data)
            continue
        path, sha256, size = _copied(lake, feed, kept, data)
        found[lookup] = Received(feed.feed, path, sha256, size, None)
    return found


def receive(lake: Lake, feed: Feed, inbox: Path, biz_date: date) -> Received:
    """Verify a feed's files of a date and copy them to the lake's raw folder, once.

    If the inbox no longer has the file, the newest raw copy serves (a rebuild of later dates).

    Raises:
        Held: missing_control, missing_data, bytes, hash, wrong_date, header of the control file.
    """
    data, control = feed.path(inbox, biz_date), feed.control_path(inbox, biz_date)
    kept = lake.raw(biz_date, feed.feed) if feed.dated else lake.root / "raw" / "undated" / feed.feed
    if not data.exists() and not (control and control.exists()):
        return _kept(feed, kept, data)
    if control is not None and not control.exists():
        raise Held(
            "missing_control", "The data came without its control file", feed=feed.feed, place=str(control.name),
            remedy="Wait for the control file, or have it sent again; the night then goes on",
        )  # fmt: skip
    if not data.exists():
        raise Held(
            "missing_data", "The control file came without its data", feed=feed.feed, place=data.name,
            remedy="Have the data file sent again",
        )  # fmt: skip
    path, sha256, size = _copied(lake, feed, kept, data)
    promised = _control(feed, control) if control else {}
    _verify(lake, feed, path, sha256, size, promised, biz_date)
    if control is not None:
        scratch = path.parent / f".{control.name}.tmp"
        shutil.copyfile(control, scratch)
        scratch.replace(path.parent / control.name)
    return _received(feed, path, sha256, size, promised)


def _received(feed: Feed, path: Path, sha256: str, size: int, promised: dict[str, object]) -> Received:
    rows, sums = promised.get("rows"), promised.get("sum_fields") or {}
    assert isinstance(sums, dict)  # noqa: S101
    return Received(
        feed.feed, path, sha256, size, int(str(rows)) if rows is not None else None,
        tuple(sorted((str(column), Decimal(str(total))) for column, total in sums.items())),
    )  # fmt: skip


def _kept(feed: Feed, kept: Path, data: Path) -> Received:
    """The newest raw copy, for a rebuild after the inbox was cleared."""
    copies = _copies(kept)
    if not copies:
        raise Held(
            "missing_control" if feed.control else "missing_data", "Nothing has come for this date", feed=feed.feed,
            place=data.name, remedy="Wait for the files, or have them sent; the night then goes on",
        )  # fmt: skip
    folder, facts = copies[-1]
    control = next((p for p in sorted(folder.iterdir()) if p.name not in ("copy.json", facts["name"])), None)
    promised = _control(feed, control) if control and feed.control else {}
    return _received(feed, folder / facts["name"], facts["sha256"], facts["bytes"], promised)


def _copies(kept: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The raw copies of a file in the order of arrival, with the facts noted beside them."""
    folders = sorted((p.parent for p in kept.glob("*/copy.json")), key=lambda p: int(p.name.split("-")[0]))
    return [(folder, json.loads((folder / "copy.json").read_text("utf-8"))) for folder in folders]


def _copied(lake: Lake, feed: Feed, kept: Path, data: Path) -> tuple[Path, str, int]:
    """The raw copy of a file, its hash and size; a file that has not changed since is not copied again."""
    stat = data.stat()
    copies = _copies(kept)
    if copies:
        folder, facts = copies[-1]
        if (
            facts["name"] == data.name
            and facts["bytes"] == stat.st_size
            and facts["mtime"] == stat.st_mtime_ns
        ):
            return folder / data.name, facts["sha256"], facts["bytes"]
    return _copy(lake, feed, kept, data, copies)


def _copy(
    lake: Lake, feed: Feed, kept: Path, data: Path, copies: list[tuple[Path, dict[str, Any]]]
) -> tuple[Path, str, int]:
    """Copy while hashing and sealing; the copy appears whole, numbered in the order of arrival."""
    kept.mkdir(parents=True, exist_ok=True)
    before = data.stat()
    scratch = kept / f".{data.name}.tmp"
    digest = hashlib.sha256()
    with data.open("rb") as source, scratch.open("wb") as target:
        sealed = lake.keys.sealed_file(target)
        while block := source.read(BLOCK):
            digest.update(block)
            sealed.write(block)
        sealed.close()
    after = data.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        scratch.unlink()
        raise Held(
            "unstable", "The file is still being written", feed=feed.feed, place=data.name,
            remedy="Run the date again when the transfer has ended",
        )  # fmt: skip
    sha256 = digest.hexdigest()
    newest, facts = copies[-1] if copies else (None, {})
    same = newest is not None and facts["sha256"] == sha256 and facts["name"] == data.name
    number = int(newest.name.split("-")[0]) if newest else 0
    folder = newest if newest and same else kept / f"{number + 1}-{sha256[:12]}"
    folder.mkdir(exist_ok=True)
    if same:
        scratch.unlink()
    else:
        scratch.replace(folder / data.name)
        (folder / data.name).chmod(0o444)
    note = folder / ".copy.tmp"
    facts = {"name": data.name, "bytes": after.st_size, "mtime": after.st_mtime_ns, "sha256": sha256}
    note.write_text(json.dumps(facts), "utf-8")
    note.replace(folder / "copy.json")
    return folder / data.name, sha256, after.st_size


def _control(feed: Feed, path: Path) -> dict[str, object]:
    """What a control file promises: any of file, biz_date, rows, bytes, md5, sha256, sum_fields."""
    control = feed.control
    assert control is not None  # noqa: S101
    text = path.read_text("utf-8-sig", errors="replace").strip()

    def bad(why: str) -> Held:
        return Held(
            "control", f"The control file cannot be read: {why}", feed=feed.feed, place=path.name,
            remedy="Have it sent again, or correct the feed's control: entry",
        )  # fmt: skip

    if control.form == "empty":
        return {}
    if control.form == "count":
        numbers = re.findall(r"\d+", text)
        if len(numbers) != 1:
            raise bad("it holds no single number of rows")
        return {"rows": int(numbers[0])}
    if control.form == "delimited":
        parts = text.split(control.delimiter)
        if len(parts) != len(control.fields):
            raise bad(f"{len(parts)} fields instead of {len(control.fields)}")
        return dict(zip(control.fields, parts, strict=True))
    try:
        body = json.loads(text)
    except ValueError:
        raise bad("it is not JSON") from None
    if not isinstance(body, dict):
        raise bad("it is not a JSON object")
    try:
        for value in (body.get("sum_fields") or {}).values():
            Decimal(str(value))
    except (InvalidOperation, AttributeError):
        raise bad("sum_fields holds no numbers") from None
    return body


def _verify(
    lake: Lake, feed: Feed, path: Path, sha256: str, size: int, promised: dict[str, object], biz_date: date
) -> None:
    def hold(reason: str, message: str, remedy: str = "Have the file sent again") -> Held:
        return Held(reason, message, feed=feed.feed, place=path.name, remedy=remedy)

    for name in ("rows", "bytes"):
        if promised.get(name) is not None and not str(promised[name]).strip().isdigit():
            raise hold(
                "control", f"The control file's {name} is no number", "Have the control file sent again"
            )
    named = Path(str(promised.get("file") or path.name)).name
    if named.lower() != path.name.lower():
        raise hold(
            "wrong_file",
            f"The control file is that of another file, {named}",
            "Have the control file sent again",
        )
    stated = str(promised.get("biz_date") or "").replace("-", "")
    if stated and stated != f"{biz_date:%Y%m%d}":
        raise hold(
            "wrong_date", f"The file is for {stated}, not for {biz_date:%Y%m%d}", "Have the right date sent"
        )
    if promised.get("bytes") is not None and int(str(promised["bytes"])) != size:
        raise hold(
            "bytes",
            f"{size} bytes came, {promised['bytes']} were announced: the file is cut short or changed",
        )
    if promised.get("sha256") and str(promised["sha256"]).lower() != sha256:
        raise hold("hash", "Its SHA-256 differs from the control file's: the file was changed on its way")
    if promised.get("md5"):
        md5 = hashlib.md5(usedforsecurity=False)
        with lake.keys.opened_file(path) as file:
            while block := file.read(BLOCK):
                md5.update(block)
        if md5.hexdigest() != str(promised["md5"]).lower():
            raise hold("hash", "Its MD5 differs from the control file's: the file was changed on its way")
