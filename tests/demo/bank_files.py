"""Read the demo bank's files as a receiving bank would: by the feeds' descriptions alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from yinke.lake.feeds import Feed, load_feeds

FEEDS = Path(__file__).parents[2] / "src" / "yinke" / "demo" / "feeds"


def feeds() -> dict[str, Feed]:
    return {feed.feed: feed for feed in load_feeds(FEEDS).feeds}


def dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def rows(inbox: Path, feed: str, day: date) -> list[dict[str, str]]:
    """A file's rows as dictionaries of its own column names; every line must have every column."""
    described = feeds_once()[feed]
    text = described.path(inbox, day).read_bytes().decode("gb18030")
    assert text == "" or text.endswith("\n")
    lines = [line.split("|+|") for line in text.split("\n")[:-1]]
    names = described.layout.columns
    assert all(len(line) == len(names) for line in lines)
    return [dict(zip(names, line, strict=True)) for line in lines]


_feeds: dict[str, Feed] = {}


def feeds_once() -> dict[str, Feed]:
    if not _feeds:
        _feeds.update(feeds())
    return _feeds


def control(inbox: Path, feed: str, day: date) -> dict[str, object]:
    """What the control file says, in whichever of the three forms."""
    described = feeds_once()[feed]
    path = described.control_path(inbox, day)
    assert path is not None and described.control is not None
    text = path.read_text("ascii").strip()
    if described.control.form == "json":
        return dict(json.loads(text))
    if described.control.form == "count":
        return {"rows": int(text)}
    return dict(zip(described.control.fields, text.split("|+|"), strict=True))


def every_byte(inbox: Path) -> dict[str, bytes]:
    return {str(p.relative_to(inbox)): p.read_bytes() for p in sorted(inbox.rglob("*")) if p.is_file()}
