"""The night as a whole: who is left alone, that twice is once, and that both engines find the same."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.care.events.bank import Bank, by_type
from tests.care.events.everything import everything_happens
from yinke.care.events.registry import EVENT_TYPES
from yinke.common.thresholds import Thresholds
from yinke.lake.engine import Engine
from yinke.lake.snapshot import EVENTS, arrow_schema

EVERYTHING = {
    "E01": 9, "E02": 6, "E03": 3, "E04": 3, "E05": 2, "E06": 7, "E07": 1, "E08": 2, "E09": 3, "E10": 2,
    "E11": 3, "E12": 8, "E13": 2, "E14": 1, "E15": 3, "E16": 4, "E19": 2, "E20": 7, "E21": 1, "E22": 2, "E23": 1,
    "E25": 1, "E26": 2, "E27": 3,
}  # fmt: skip


def test_every_type_of_the_handbook_is_looked_for() -> None:
    assert set(EVENT_TYPES) == {f"E{n:02}" for n in (*range(1, 17), *range(19, 24), 25, 26, 27)}


def test_one_night_finds_every_event(bank: Bank) -> None:
    everything_happens(bank)
    events = bank.detect()
    assert by_type(events) == EVERYTHING
    assert bank.counts == EVERYTHING  # nothing stood the night before: none was looked for
    assert len({event.dedup_key for event in events}) == len(events)
    assert all(len(event.dedup_key) <= 120 for event in events)
    for event in events:
        assert event.dedup_key.startswith(f"{event.type}|{event.cust_id}|{event.object}|")
        assert event.priority in (1, 2, 3)
        assert event.expire_on >= event.biz_date
        assert event.biz_date == bank.biz_date


def test_a_rerun_writes_the_same_events(bank: Bank) -> None:
    everything_happens(bank)
    bank.detect()
    path = bank.lake.build(bank.biz_date).path("events")
    first = pq.read_table(path)
    bank.detect()
    assert pq.read_table(path).equals(first)
    assert first.schema.equals(arrow_schema(EVENTS))


def test_the_next_night_counts_only_what_is_new(bank: Bank) -> None:
    everything_happens(bank)
    keys = {event.dedup_key for event in bank.detect()}
    bank.next_day()
    events = bank.detect()
    assert sum(bank.counts.values()) == len({event.dedup_key for event in events} - keys)
    assert "E08" not in bank.counts and "E22" not in bank.counts


@pytest.mark.parametrize("status", ["CLOSED", "DECEASED", "FROZEN"])
def test_who_is_closed_dead_or_frozen_is_left_alone(bank: Bank, status: str) -> None:
    everything_happens(bank)
    for row in (*bank.rows["customer"], *bank.rows["snapshot"]):
        row["status"] = status
    assert bank.detect() == []


def test_a_bank_that_delivers_few_feeds_has_fewer_events_and_no_error(bank: Bank) -> None:
    everything_happens(bank)
    bank.earlier = None
    feeds = [name for name in bank.rows if name not in ("snapshot", "customer", "score")]
    events = by_type(bank.detect(*feeds))
    gone = {"E01", "E02", "E15", "E21", "E22", "E23", "E26"}
    assert set(events) == set(EVENT_TYPES) - gone


def test_a_bank_may_switch_events_off(bank: Bank) -> None:
    everything_happens(bank)
    found = by_type(bank.detect(types=["E01", "E12"]))
    assert found == {"E01": 9, "E12": 8}


def test_facts_are_json_whatever_the_names_hold(bank: Bank) -> None:
    names = ['"', "\\", '\\"', "\n\t\r\x1f", "a\u2028b", "{[:,]}", "𠮷野家·Ⅲ", "", "'; DROP"]
    for n, name in enumerate(names):
        product = bank.product(f"P{n}", name)
        bank.holding(bank.customer(), product, 90_000, maturity=bank.days(7))
    bank.detect(types=["E02"])
    rows = pq.read_table(bank.lake.build(bank.biz_date).path("events"))["payload"].to_pylist()
    told = [json.loads(row)["product"] for row in rows]
    assert told == [name if "\n" not in name else " " * 4 for name in names]


def test_every_threshold_of_an_event_is_described() -> None:
    rows = [row for row in Thresholds.load().rows if row.code.split(".")[0] in EVENT_TYPES]
    assert len(rows) > 70
    for row in rows:
        assert row.unit and row.owner and row.source
        assert row.name_zh != row.code and row.name_en != row.code


@pytest.mark.spark
def test_spark_finds_the_same_events(tmp_path: Path, duck: Engine, spark: Engine) -> None:
    bank = Bank(tmp_path, duck)
    everything_happens(bank)
    path = bank.lake.build(bank.biz_date).path("events")
    order = [("type", "ascending"), ("dedup_key", "ascending")]
    bank.detect()
    expected, counts = pq.read_table(path).sort_by(order), bank.counts
    bank.engine = spark
    bank.detect()
    found = pq.read_table(path).sort_by(order)
    assert found.to_pylist() == expected.to_pylist()
    assert bank.counts == counts
