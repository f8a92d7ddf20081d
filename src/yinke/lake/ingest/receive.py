"""Receive: wait for the control file, verify it against the data, keep an immutable raw copy."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from yinke.common.errors import Held
from yinke.lake.feeds import Feed, FeedSet
from yinke.lake.store import Lake

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
class Awaited:
    """A control file (or a data file without one) that has not come yet."""

    feed: str
    file: str
    deadline: time


def due(feed: Feed, biz_date: date, workday: bool = True) -> bool:
    """Whether a feed delivers for a date (``once`` delivers with the lake's first date)."""
    return feed.schedule != "workdays" or workday


def awaited(feeds: FeedSet, inbox: Path, biz_date: date) -> list[Awaited]:
    """What is still missing in the inbox for a date."""
    missing = []
    for feed in feeds.feeds:
        if feed.schedule == "workdays" and biz_date.weekday() >= 5:
            continue
        path = feed.control_path(inbox, biz_date) or feed.path(inbox, biz_date)
        if not path.exists():
            missing.append(Awaited(feed.feed, str(path.relative_to(inbox)), time.fromisoformat(feed.deadline)))
    return missing


def receive(lake: Lake, feed: Feed, inbox: Path, biz_date: date) -> Received:
    """Verify a feed's files of a date and copy them to the lake's raw folder, once.

    If the inbox no longer has the file, the newest raw copy serves (a rebuild of later dates).

    Raises:
        Held: missing_control, missing_data, bytes, hash, wrong_date, header of the control file.
    """
    data, control = feed.path(inbox, biz_date), feed.control_path(inbox, biz_date)
    kept = lake.raw(biz_date, feed.feed) if feed.dated else lake.root / "raw" / "undated" / feed.feed
    if not data.exists() and not (control and control.exists()):
        return _kept(feed, kept, data, biz_date)
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
    stat = data.stat()
    known = _known_copy(kept, data, stat.st_size, stat.st_mtime_ns)
    if known is None:
        known = _copy(kept, data, stat.st_size, stat.st_mtime_ns, feed)
    path, sha256 = known
    promised = _control(feed, control, biz_date) if control else {}
    _verify(feed, path, sha256, promised, biz_date)
    if control is not None and not (path.parent / control.name).exists():
        scratch = path.parent / f".{control.name}.tmp"
        shutil.copyfile(control, scratch)
        os.replace(scratch, path.parent / control.name)
    rows = promised.get("rows")
    return Received(
        feed.feed, path, sha256, path.stat().st_size, int(str(rows)) if rows is not None else None,
        tuple(sorted((str(k), Decimal(str(v))) for k, v in dict(promised.get("sum_fields") or {}).items())),  # type: ignore[call-overload]
    )  # fmt: skip


def _kept(feed: Feed, kept: Path, data: Path, biz_date: date) -> Received:
    copies = sorted(kept.glob("*/copy.json"), key=lambda p: int(p.parent.name.split("-")[0]))
    if not copies:
        raise Held(
            "missing_control" if feed.control else "missing_data", "Nothing has come for this date", feed=feed.feed,
            place=data.name, remedy="Wait for the files, or have them sent; the night then goes on",
        )  # fmt: skip
    folder = copies[-1].parent
    facts = json.loads(copies[-1].read_text("utf-8"))
    control = next((p for p in folder.iterdir() if p.name not in ("copy.json", facts["name"])), None)
    promised = _control(feed, control, biz_date) if control and feed.control else {}
    rows = promised.get("rows")
    return Received(
        feed.feed, folder / facts["name"], facts["sha256"], facts["bytes"], int(str(rows)) if rows is not None else None
    )


def _known_copy(kept: Path, data: Path, size: int, mtime: int) -> tuple[Path, str] | None:
    for facts_path in kept.glob("*/copy.json"):
        facts = json.loads(facts_path.read_text("utf-8"))
        if facts["name"] == data.name and facts["bytes"] == size and facts["mtime"] == mtime:
            return facts_path.parent / data.name, facts["sha256"]
    return None


def _copy(kept: Path, data: Path, size: int, mtime: int, feed: Feed) -> tuple[Path, str]:
    """Copy while hashing; the copy appears whole, numbered in the order of arrival."""
    kept.mkdir(parents=True, exist_ok=True)
    scratch = kept / f".{data.name}.tmp"
    digest = hashlib.sha256()
    with data.open("rb") as source, scratch.open("wb") as target:
        while block := source.read(BLOCK):
            digest.update(block)
            target.write(block)
    after = data.stat()
    if after.st_size != size or after.st_mtime_ns != mtime:
        scratch.unlink()
        raise Held(
            "unstable", "The file is still being written", feed=feed.feed, place=data.name,
            remedy="Run the date again when the transfer has ended",
        )  # fmt: skip
    sha256 = digest.hexdigest()
    numbers = [int(p.name.split("-")[0]) for p in kept.iterdir() if p.is_dir()]
    same = [p for p in kept.iterdir() if p.is_dir() and p.name.endswith(sha256[:12])]
    folder = same[0] if same else kept / f"{max(numbers, default=0) + 1}-{sha256[:12]}"
    folder.mkdir(exist_ok=True)
    os.replace(scratch, folder / data.name)
    (folder / data.name).chmod(0o444)
    note = folder / ".copy.tmp"
    note.write_text(json.dumps({"name": data.name, "bytes": size, "mtime": mtime, "sha256": sha256}), "utf-8")
    os.replace(note, folder / "copy.json")
    return folder / data.name, sha256


def _control(feed: Feed, path: Path, biz_date: date) -> dict[str, object]:
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


def _verify(feed: Feed, path: Path, sha256: str, promised: dict[str, object], biz_date: date) -> None:
    def hold(reason: str, message: str, remedy: str = "Have the file sent again") -> Held:
        return Held(reason, message, feed=feed.feed, place=path.name, remedy=remedy)

    for name in ("rows", "bytes"):
        if promised.get(name) is not None and not str(promised[name]).strip().isdigit():
            raise hold("control", f"The control file's {name} is no number", "Have the control file sent again")
    stated = str(promised.get("biz_date") or "").replace("-", "")
    if stated and stated != f"{biz_date:%Y%m%d}":
        raise hold("wrong_date", f"The file is for {stated}, not for {biz_date:%Y%m%d}", "Have the right date sent")
    size = path.stat().st_size
    if promised.get("bytes") is not None and int(str(promised["bytes"])) != size:
        raise hold("bytes", f"{size} bytes came, {promised['bytes']} were announced: the file is cut short or changed")
    if promised.get("sha256") and str(promised["sha256"]).lower() != sha256:
        raise hold("hash", "Its SHA-256 differs from the control file's: the file was changed on its way")
    if promised.get("md5"):
        with path.open("rb") as file:
            md5 = hashlib.file_digest(file, "md5").hexdigest()
        if md5 != str(promised["md5"]).lower():
            raise hold("hash", "Its MD5 differs from the control file's: the file was changed on its way")
