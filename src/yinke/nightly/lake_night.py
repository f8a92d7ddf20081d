"""The lake's half of a night: files → tables → features → classes → events, published as one day.

No PostgreSQL here: this half can run for a year of past dates in a row, and a kill at any point resumes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from yinke.care.events import detect_events
from yinke.common.errors import Held
from yinke.common.thresholds import Thresholds
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.feeds import FeedSet
from yinke.lake.ingest import ingest
from yinke.lake.store import Day, Lake
from yinke.segments.classify import classify

STEPS = ("ingest", "features", "classify", "events", "publish", "customers", "tasks")
"""All steps of a night in order; the last two belong to PostgreSQL (see ``pipeline``)."""

OnStep = Callable[[str, float, dict[str, Any]], None]
"""Called after each step with its name, its seconds and what it has to say."""


@dataclass
class LakeNight:
    """What the lake's half did: the published day, and counts for the summary."""

    day: Day
    rows: int = 0
    quarantined: int = 0
    events: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """What a night works with: the lake, the engine, the feeds, where the files arrive, the thresholds."""

    lake: Lake
    engine: Engine
    feeds: FeedSet
    inbox: Path
    thresholds: Thresholds
    threads: int = 2
    memory: str = "2GB"
    """What ingestion may use; the engine has its own bounds."""


def run_lake_night(
    bench: Bench,
    biz_date: date,
    *,
    released: frozenset[str] = frozenset(),
    with_events: bool = True,
    on_step: OnStep | None = None,
    on_feed: Callable[[str, int, int], None] | None = None,
) -> LakeNight:
    """Make and publish one business date; the earlier days must be there already.

    Args:
        released: ``feed:reason`` pairs that an operator let pass for this date.
        with_events: False for dates long past, whose reasons would all have expired.

    Raises:
        Held: the date must wait; nothing was published, finished steps are kept.
    """
    lake, engine = bench.lake, bench.engine
    earlier = lake.latest(before=biz_date)
    if earlier is None and lake.dates() and lake.dates()[0] > biz_date:
        raise Held(
            "gap",
            f"{biz_date} lies before the lake's first day {lake.dates()[0]}",
            place="lake",
            remedy="Start with an empty lake to load older dates",
        )
    building = lake.build(biz_date)
    basis = {"earlier": earlier.version if earlier else None}
    begun = building.noted("basis")
    if begun is not None and begun != basis:  # the day before was corrected meanwhile: begin again
        building.discard()
        building = lake.build(biz_date)
    building.note("basis", basis)
    values = bench.thresholds.at(biz_date)

    def step(name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        known = building.noted(name)
        started = time.perf_counter()
        detail = known if known is not None else work()
        if known is None:
            building.note(name, detail)
        if on_step:
            on_step(name, time.perf_counter() - started, detail)
        return detail

    def run_ingest() -> dict[str, Any]:
        summary = ingest(
            lake, bench.feeds, bench.inbox, building, earlier, released=released, on_feed=on_feed,
            threads=bench.threads, memory=bench.memory,
        )  # fmt: skip
        return {
            "rows": sum(feed.rows for feed in summary.feeds),
            "quarantined": sum(feed.quarantined for feed in summary.feeds),
            "feeds": {feed.feed: feed.rows for feed in summary.feeds},
        }

    took = step("ingest", run_ingest)
    step("features", lambda: {"customers": compute_features(engine, building, lake, earlier, values)})
    step("classify", lambda: {"customers": classify(engine, building, lake, earlier, values)})
    events = {}
    if with_events:
        events = step("events", lambda: {"types": detect_events(engine, building, lake, earlier, values)})[
            "types"
        ]
    started = time.perf_counter()
    day = lake.publish(building)
    if on_step:
        on_step("publish", time.perf_counter() - started, {"version": day.version})
    return LakeNight(day, int(took["rows"]), int(took["quarantined"]), events)


def dates_between(first: date, last: date) -> list[date]:
    """Every calendar day from ``first`` to ``last``: a bank's balances stand on holidays too.

    >>> len(dates_between(date(2024, 2, 28), date(2024, 3, 1)))
    3
    """
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
