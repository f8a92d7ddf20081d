"""One night's events: every detector asked, its rows written as one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ibis

from yinke.care.events.night import Night
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.events.rows import event_rows
from yinke.lake.engine import Engine, Table
from yinke.lake.snapshot import EVENTS, arrow_schema
from yinke.lake.store import Building, Day, Lake


def detect_events(
    engine: Engine, building: Building, lake: Lake, earlier: Day | None, values: Mapping[str, Any]
) -> dict[str, int]:
    """Write the table ``events`` (columns ``EVENTS``) of a night whose tables and snapshot are there.

    A state that stands (a maturity that comes near, a fall in assets) is written on each night on which it
    stands, always with the key it began with: who makes tasks takes each key once.

    Args:
        earlier: the day before; without it, what compares two days finds nothing.
        values: thresholds in force, by code.

    Returns:
        Events by type that did not stand already on the day before.
    """
    night = Night(engine, building, lake, earlier, values)

    def parts() -> Iterator[Table]:
        for kind in EVENT_TYPES.values():
            for found in kind.detect(night):
                yield event_rows(kind, found, night)

    with building.writing("events") as path:
        engine.write(list(parts()), path, arrow_schema(EVENTS), ["cust_id", "dedup_key"])
    events = engine.table(building.path("events"))
    before = night.table_before("events")
    if before is not None:
        events = events.anti_join(before, "dedup_key")
    counted = engine.to_arrow(events.group_by("type").agg(number=events.count()).order_by(ibis.asc("type")))
    return {row["type"]: int(row["number"]) for row in counted.to_pylist()}
