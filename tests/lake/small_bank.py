"""A bank of a handful of customers whose nightly files a test writes, spoils and loads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from yinke.common.env import read_environment
from yinke.lake.feeds import FeedSet, load_feeds
from yinke.lake.ingest import IngestSummary, ingest
from yinke.lake.keys import SECRET, wrapped_key, write_keys
from yinke.lake.sealing import open_rows
from yinke.lake.store import Day, Lake
from yinke.lake.tables import TABLES

FIRST = date(2026, 1, 30)
COLUMNS: dict[str, tuple[str, ...]] = {
    "org": ("ORG_NO", "PARENT_NO", "ORG_NAME", "ORG_LEVEL"),
    "fx": ("CCY", "RATE"),
    "customer": (
        "CUST_NO",
        "CUST_NAME",
        "CERT_NO",
        "GENDER",
        "BIRTH_DT",
        "OPEN_ORG",
        "OPEN_DT",
        "STATUS",
        "UPD_TS",
    ),
    "account": ("ACCT_NO", "CUST_NO", "CATEGORY", "CCY", "OPEN_DT", "STATUS", "MAT_DT", "OP"),
    "balance": ("ACCT_NO", "BAL", "CCY"),
    "transaction": ("TXN_DT", "TXN_SEQ", "ACCT_NO", "DC", "AMT", "CCY", "KIND", "REMARK"),
    "channel_log": ("EVT_TS", "CUST_NO", "CHNL", "EVENT_CD", "SESSION_ID"),
}
MODES = {
    "customer": "UPSERT",
    "account": "UPSERT",
    "transaction": "INCREMENTAL",
    "channel_log": "INCREMENTAL",
}
MAPS: dict[str, dict[str, object]] = {
    "org": {
        "org_no": "ORG_NO", "parent_no": "PARENT_NO", "name": "ORG_NAME", "level": "ORG_LEVEL",
        "status": {"value": "OPEN"},
    },
    "fx": {"ccy": "CCY", "mid_rate": "RATE"},
    "customer": {
        "cust_no": "CUST_NO", "name": "CUST_NAME", "cert_no": "CERT_NO",
        "gender": {"from": "GENDER", "codes": {"1": "M", "2": "F"}}, "birth_date": "BIRTH_DT",
        "open_org": "OPEN_ORG", "open_date": "OPEN_DT",
        "status": {"from": "STATUS", "codes": {"0": "NORMAL", "9": "CLOSED"}}, "updated_at": "UPD_TS",
    },
    "account": {
        "acct_no": "ACCT_NO", "cust_no": "CUST_NO", "category": {"from": "CATEGORY", "codes": {"D": "DEMAND", "T": "TIME"}},
        "ccy": "CCY", "open_date": "OPEN_DT", "status": {"from": "STATUS", "codes": {"0": "NORMAL"}, "else": "CLOSED"},
        "maturity": "MAT_DT",
    },
    "balance": {"acct_no": "ACCT_NO", "balance": "BAL", "ccy": "CCY"},
    "transaction": {
        "txn_date": "TXN_DT", "txn_seq": "TXN_SEQ", "acct_no": "ACCT_NO",
        "direction": {"from": "DC", "codes": {"C": "IN", "D": "OUT"}}, "amount": "AMT", "ccy": "CCY", "kind": "KIND",
        "remark": "REMARK",
    },
    "channel_log": {
        "event_at": "EVT_TS", "cust_no": "CUST_NO", "channel": "CHNL", "event_code": "EVENT_CD", "session_id": "SESSION_ID",
    },
}  # fmt: skip
SUMS = {"balance": "BAL", "transaction": "AMT"}
RARE = "𠮷𬱖·阿卜杜拉"
"""Characters that GB18030 writes with four bytes, and the dot of Uyghur names."""

Rows = Sequence[Sequence[str]]


def description(feed: str) -> dict[str, object]:
    """The YAML of one feed of the small bank, as a mapping that a test may change."""
    body: dict[str, object] = {
        "feed": feed, "table": feed, "name": {"zh": feed, "en": feed},
        "file": f"{{date:%Y%m%d}}/{feed.upper()}_{{date:%Y%m%d}}.txt",
        "encoding": "GB18030", "delimiter": "|+|", "nulls": ["", "\\N"],
        "dates": {"format": "%Y%m%d", "timestamp": "%Y%m%d%H%M%S", "none": ["99991231", "00010101"]},
        "control": {"file": f"{{date:%Y%m%d}}/{feed.upper()}_{{date:%Y%m%d}}.OK", "form": "json"},
        "mode": MODES.get(feed, "FULL"), "columns": list(COLUMNS[feed]), "map": dict(MAPS[feed]),
        "tolerance": {"bad_rows": 0.2},
    }  # fmt: skip
    if feed == "customer":
        body["newest"] = "UPD_TS"
    if feed == "account":
        body["op"] = {"column": "OP", "delete": "D"}
    return body


def a_lake(root: Path) -> Lake:
    """An empty lake whose key is that of every other one made here: the same files give the same bytes."""
    lake = Lake(root)
    write_keys(root, {"keys": [wrapped_key(1, "aes", bytes(range(SECRET)), read_environment().data_key)]})
    return lake


@dataclass
class SmallBank:
    """Files, feeds and lake under one folder; verbs write files and run the night's ingestion."""

    folder: Path
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    feeds: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inbox = self.folder / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.lake = a_lake(self.folder / "lake")
        self.feeds = {feed: description(feed) for feed in COLUMNS}
        self.rows = {
            "org": [["1", "", "总行", "1"], ["11", "1", "徐汇支行", "4"]],
            "fx": [["CNY", "1"], ["USD", "7.1"]],
            "customer": [
                ["C1", "王伟", "310101199001011234", "1", "19900101", "11", "20200101", "0", "20260129080000"],
                ["C2", RARE, "310101198502281236", "2", "19850228", "11", "20210630", "0", "20260129080000"],
            ],
            "account": [
                ["A1", "C1", "D", "CNY", "20200101", "0", "99991231", "I"],
                ["A2", "C1", "T", "CNY", "20250131", "0", "20260228", "I"],
                ["A3", "C2", "D", "USD", "20210630", "0", "", "I"],
            ],
            "balance": [["A1", "1000.50", "CNY"], ["A2", "500000.00", "CNY"], ["A3", "20.00", "USD"]],
            "transaction": [["20260130", "T1", "A1", "C", "12.34", "CNY", "TRANSFER", "工资"]],
            "channel_log": [["20260130081500", "C1", "APP", "LOGIN", "S1"]],
        }  # fmt: skip

    def write(self, day: date = FIRST, *feeds: str, control: bool = True) -> None:
        """Write the files (of some feeds, or of all) for a date."""
        for feed in feeds or (feed for feed in self.feeds if feed in COLUMNS):
            text = "".join("|+|".join(row) + "\n" for row in self.rows[feed])
            self.write_bytes(feed, text.encode("GB18030"), day, control=control)

    def write_bytes(
        self, feed: str, data: bytes, day: date = FIRST, *, control: bool = True, **promise: object
    ) -> Path:
        """Write one data file as given, with a control file that tells the truth unless ``promise`` says else."""
        path = self.inbox / f"{day:%Y%m%d}" / f"{feed.upper()}_{day:%Y%m%d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if control:
            body: dict[str, object] = {
                "file": path.name, "biz_date": f"{day:%Y%m%d}", "bytes": len(data),
                "rows": data.count(b"\n") + (0 if not data or data.endswith(b"\n") else 1),
                "sha256": hashlib.sha256(data).hexdigest(),
            }  # fmt: skip
            if feed in SUMS:
                position = COLUMNS[feed].index(SUMS[feed])
                body["sum_fields"] = {
                    SUMS[feed]: str(sum((Decimal(r[position]) for r in self.rows[feed]), Decimal(0)))
                }
            self.control(feed, day).write_text(json.dumps(body | promise), "utf-8")
        return path

    def data(self, feed: str, day: date = FIRST) -> Path:
        """Where a data file lies in the inbox."""
        return self.inbox / f"{day:%Y%m%d}" / f"{feed.upper()}_{day:%Y%m%d}.txt"

    def control(self, feed: str, day: date = FIRST) -> Path:
        """Where a control file lies in the inbox."""
        return self.data(feed, day).with_suffix(".OK")

    def described(self) -> FeedSet:
        """Write the feed descriptions and read them as the program does."""
        folder = self.folder / "feeds"
        folder.mkdir(exist_ok=True)
        for feed, body in self.feeds.items():
            (folder / f"{feed}.yaml").write_text(
                yaml.safe_dump(body, allow_unicode=True, sort_keys=False), "utf-8"
            )
        return load_feeds(folder)

    def load(
        self, day: date = FIRST, released: frozenset[str] = frozenset(), threads: int = 2
    ) -> IngestSummary:
        """Ingest a date and publish it."""
        building = self.lake.build(day)
        summary = ingest(
            self.lake,
            self.described(),
            self.inbox,
            building,
            self.lake.latest(before=day),
            released=released,
            threads=threads,
        )
        building.note("ingest", {"rows": sum(feed.rows for feed in summary.feeds)})
        self.lake.publish(building)
        return summary

    def day(self, day: date = FIRST) -> Day:
        """A published day."""
        found = self.lake.day(day)
        assert found is not None
        return found

    def table(self, name: str, day: date = FIRST) -> list[dict[str, object]]:
        """The rows of a table of a published day, opened, in the order in which people would sort them."""
        rows: list[dict[str, object]] = open_rows(self.arrow(name, day), name, self.lake.keys).to_pylist()
        order = TABLES[name].sort if name in TABLES else ()
        return sorted(rows, key=lambda row: [(row[c] is None, row[c]) for c in order])

    def arrow(self, name: str, day: date = FIRST) -> pa.Table:
        """A table of a published day as it lies there, sealed."""
        return pq.read_table(self.day(day).path(name))


def following(day: date, days: int = 1) -> date:
    """The date some days later."""
    return day + timedelta(days=days)
