"""One night's events: every detector asked, its rows written as one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import ibis

from yinke.care.events.inputs import NightInputs
from yinke.care.events.night import Night
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.events.rows import EventType, event_rows
from yinke.lake.engine import Bound, Engine, Table
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
        values: thresholds in force, by code; ``event.off`` lists the types that the bank does not want.

    Returns:
        Events by type that did not stand already on the day before.
    """
    night = NightInputs(engine, building, lake, earlier, values)

    def plan(kind: EventType) -> Table:
        def build(bound: Bound) -> Table:
            found = Night(bound, values)
            parts = [event_rows(kind, part, found) for part in kind.detect(found)]
            return reduce(lambda left, right: left.union(right), parts)

        return engine.plan(f"events_{kind.code}", night.shape, night.of(("snapshot", *kind.reads)), build)

    def plans() -> Iterator[Table]:
        yield from (plan(kind) for kind in EVENT_TYPES.values() if kind.code not in values["event.off"])

    with building.writing("events") as path:
        engine.write(plans(), path, arrow_schema(EVENTS), ["cust_id", "dedup_key"])
    counted = engine.to_arrow(engine.plan("events_new", (), night.of(("events", "events_before")), _new))
    return {row["type"]: int(row["number"]) for row in counted.to_pylist()}


def _new(bound: Bound) -> Table:
    events = bound["events"].anti_join(bound["events_before"], "dedup_key")
    return events.group_by("type").agg(number=events.count()).order_by(ibis.asc("type"))
