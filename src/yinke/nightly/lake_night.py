"""The lake's half of a night: files → tables → features → classes → scores → events, published as one day.

No PostgreSQL here: this half can run for a year of past dates in a row, and a kill at any point resumes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from yinke.care.events import detect_events
from yinke.common.errors import Held
from yinke.common.thresholds import Thresholds
from yinke.lake.around import compute_around
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.feeds import FeedSet
from yinke.lake.ingest import ingest
from yinke.lake.oneid import Decisions, resolve_identities
from yinke.lake.store import Day, Lake
from yinke.scoring.churn.store import released_number
from yinke.scoring.value.score import score_all
from yinke.segments.classify import classify

STEPS = (
    "ingest", "oneid", "features", "classify", "scores", "events", "publish", "customers", "segments", "tasks",
)  # fmt: skip
"""All steps of a night in order; the last three belong to PostgreSQL (see ``pipeline``)."""

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
    secret: bytes = b""
    """Keys the hashes by which customers meet (``lake/oneid``)."""


def run_lake_night(
    bench: Bench,
    biz_date: date,
    *,
    released: frozenset[str] = frozenset(),
    with_events: bool = True,
    decisions: Decisions = (),
    unscored: Collection[int] = (),
    on_step: OnStep | None = None,
    on_feed: Callable[[str, int, int], None] | None = None,
) -> LakeNight:
    """Make and publish one business date; the earlier days must be there already.

    Args:
        released: ``feed:reason`` pairs that an operator let pass for this date.
        with_events: False for dates long past, whose reasons would all have expired; they are not scored either.
        decisions: what people decided about who is the same person.
        unscored: who objected to automated decisions; no model scores them.

    Raises:
        Held: the date must wait; nothing was published, finished steps are kept.
    """
    night = _Making(bench, biz_date, bench.lake.latest(before=biz_date), on_step)
    night.ingest(released, on_feed)
    night.compute(with_events, with_events, decisions, unscored)
    return night.publish()


def run_lake_nights(
    bench: Bench,
    days: Sequence[date],
    *,
    released: Callable[[date], frozenset[str]] = lambda _: frozenset(),
    with_events: Callable[[date], bool] = lambda _: True,
    decisions: Decisions = (),
    unscored: Collection[int] = (),
    before_day: Callable[[date], None] | None = None,
    on_step: OnStep | None = None,
) -> Iterator[tuple[date, LakeNight | None]]:
    """Make and publish many dates, giving each as it is published; None for one that was there already.

    While a date is computed, the next one's files are read: they need only the tables of the day before, not
    what is computed from them.

    Args:
        days: the dates that the bank delivers, oldest first; what lies between two of them is no gap.
        released: what an operator let pass for a date.
        with_events: whether a date's events are wanted.
        decisions: what people decided about who is the same person.
        unscored: who objected to automated decisions; no model scores them.
        before_day: may wait until a date's files are there; runs in the thread that reads them.

    Raises:
        Held: a date must wait; what came before it is published.
    """
    lake = bench.lake

    def read(biz_date: date, earlier: Day | None, passed: frozenset[str]) -> _Making:
        if before_day:
            before_day(biz_date)
        night = _Making(side, biz_date, earlier, on_step)
        night.ingest(passed, follows=earlier is not None and earlier.biz_date == before[biz_date])
        return night

    before = dict(zip(days, [None, *days[:-1]], strict=True))

    with ThreadPoolExecutor(1, "ingest") as reader, _quick_turns(), _side_by_side(bench, len(days)) as side:
        coming: Future[_Making] | None = None
        for biz_date, following in pairwise([*days, None]):
            assert biz_date is not None  # noqa: S101
            if lake.finish_publishing(biz_date) is not None:
                yield biz_date, None
                continue
            if coming is None:
                coming = reader.submit(read, biz_date, lake.latest(before=biz_date), released(biz_date))
            night, coming = coming.result(), None
            if following is not None and lake.finish_publishing(following) is None:
                coming = reader.submit(read, following, night.building.unpublished(), released(following))
            try:
                night.compute(with_events(biz_date), biz_date == days[-1], decisions, unscored)
            finally:
                if coming is not None:
                    wait([coming])  # it reads this date's files where they lie until it is published
            yield biz_date, night.publish()


@contextmanager
def _side_by_side(bench: Bench, dates: int) -> Iterator[Bench]:
    """Of many dates, let reading and computing, which run at once, have half of the threads each."""
    if dates == 1:
        yield bench
        return
    half = replace(bench, threads=max(1, bench.threads // 2))
    bench.engine.use_threads(half.threads)
    try:
        yield half
    finally:
        bench.engine.use_threads(bench.threads)


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let a thread that comes back from the database have the interpreter soon, not after 5 ms."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class _Making:
    """One business date on its way: its files read, its metrics computed, then published."""

    def __init__(self, bench: Bench, biz_date: date, earlier: Day | None, on_step: OnStep | None) -> None:
        lake = bench.lake
        first = next(iter(lake.dates()), None)
        if earlier is None and first is not None and first > biz_date:
            raise Held(
                "gap", f"{biz_date} lies before the lake's first day {first}", place="lake",
                remedy="Start with an empty lake to load older dates",
            )  # fmt: skip
        self.bench, self.earlier, self.on_step = bench, earlier, on_step
        self.building = lake.build(biz_date)
        basis = {"earlier": earlier.version if earlier else None}
        begun = self.building.noted("basis")
        if begun is not None and begun != basis:  # the day before was corrected meanwhile: begin again
            self.building.discard()
            self.building = lake.build(biz_date)
        self.building.note("basis", basis)

    def _step(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        known = self.building.noted(name)
        started = time.perf_counter()
        detail = known if known is not None else work()
        if known is None:
            self.building.note(name, detail)
        if self.on_step:
            self.on_step(name, time.perf_counter() - started, detail)
        return detail

    def ingest(
        self,
        released: frozenset[str],
        on_feed: Callable[[str, int, int], None] | None = None,
        *,
        follows: bool = False,
    ) -> None:
        """Make the canonical tables from the bank's files; ``earlier`` may be unpublished yet."""
        bench = self.bench

        def work() -> dict[str, Any]:
            summary = ingest(
                bench.lake, bench.feeds, bench.inbox, self.building, self.earlier, released=released, follows=follows,
                on_feed=on_feed, threads=bench.threads, memory=bench.memory,
            )  # fmt: skip
            return {
                "rows": sum(feed.rows for feed in summary.feeds),
                "quarantined": sum(feed.quarantined for feed in summary.feeds),
                "feeds": {feed.feed: feed.rows for feed in summary.feeds},
            }

        self.took = self._step("ingest", work)

    def compute(
        self, with_events: bool, with_values: bool, decisions: Decisions, unscored: Collection[int]
    ) -> None:
        """Make persons, metrics, classes and events; the day before is published by now.

        Args:
            with_values: of many dates in a row only the last one's values are ever read.
        """
        engine, building, lake = self.bench.engine, self.building, self.bench.lake
        earlier = lake.latest(before=building.biz_date)
        values = self.bench.thresholds.at(building.biz_date)
        self._step(
            "oneid",
            lambda: resolve_identities(engine, building, earlier, values, decisions, self.bench.secret),
        )
        self._step(
            "features", lambda: {
                "customers": compute_features(engine, building, lake, earlier, values),
                "relations": compute_around(engine, building, lake, earlier, values),
            },
        )  # fmt: skip
        self._step("classify", lambda: {"customers": classify(engine, building, lake, earlier, values)})
        self.events: dict[str, int] = {}
        if with_events:
            self._step("scores", lambda: self._scores(values, with_values, unscored))
            found = self._step(
                "events", lambda: {"types": detect_events(engine, building, lake, earlier, values)}
            )
            self.events = found["types"]

    def _scores(
        self, values: Mapping[str, Any], with_values: bool, unscored: Collection[int]
    ) -> dict[str, Any]:
        """What churn's scoring tells, and beside it by kind that of the other models."""
        bench = self.bench
        if with_values:
            told = score_all(bench.engine, self.building, bench.lake, values, unscored)
            return {**told.pop("churn"), **told}
        if released_number(bench.lake, "churn") is None:
            return {"model": None, "scored": 0}
        from yinke.scoring.churn.score import score_churn  # loads LightGBM

        return score_churn(bench.engine, self.building, bench.lake, values, unscored)

    def publish(self) -> LakeNight:
        """Make it the valid version of its date."""
        started = time.perf_counter()
        day = self.bench.lake.publish(self.building)
        if self.on_step:
            self.on_step("publish", time.perf_counter() - started, {"version": day.version})
        return LakeNight(day, int(self.took["rows"]), int(self.took["quarantined"]), self.events)
