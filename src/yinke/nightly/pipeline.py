"""日终: one business date from the bank's files to the managers' tasks, recorded step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from yinke.access.services import audit_job
from yinke.customers.services.persons import decided_pairs
from yinke.lake.store import Lake
from yinke.nightly.lake_night import Bench, run_lake_night
from yinke.nightly.models import Release
from yinke.nightly.people import write_to_people
from yinke.nightly.recording import Outcome, Recorder, alone, busy, recorded
from yinke.privacy.consents import objecting
from yinke.scoring.services.alerts import scored_kinds
from yinke.scoring.services.comparison import measure_due


def next_date(bench: Bench) -> date | None:
    """The business date the lake waits for: the day after its newest; None for an empty lake."""
    latest = bench.lake.latest()
    return latest.biz_date + timedelta(days=1) if latest else None


def released(biz_date: date) -> frozenset[str]:
    """What operators let pass for a date, as ``feed:reason``."""
    return frozenset(f"{r.feed}:{r.reason}" for r in Release.objects.filter(biz_date=biz_date))


def run_night(
    bench: Bench,
    biz_date: date,
    *,
    trigger: str = "COMMAND",
    by: int | None = None,
    rebuild: bool = False,
    on_step: Callable[[str, float, dict[str, Any]], None] | None = None,
    on_feed: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Run one business date; finished parts of an earlier attempt are kept.

    A date already published is only written back if that is missing, unless ``rebuild`` (a late
    correction): then it is made anew. Every later date that stands on an older version of the day before
    it follows, oldest first; so a rebuild that was killed half-way is finished by the next run.

    Returns:
        The outcome; a held or failed night is an outcome too, not an exception.
    """
    with alone() as free:
        if not free:
            return busy(biz_date)
        recorder = Recorder(biz_date, trigger, by)

        def step(name: str, seconds: float, detail: dict[str, Any]) -> None:
            recorder.step(name, seconds, detail)
            if name == "scores":
                _alarm(detail)
            if on_step:
                on_step(name, seconds, detail)

        def work() -> None:
            unscored = objecting()
            there = bench.lake.finish_publishing(biz_date) is not None
            if rebuild or not there or not _stands_on_yesterday(bench.lake, biz_date):
                night = run_lake_night(
                    bench, biz_date, released=released(biz_date), decisions=decided_pairs(), unscored=unscored,
                    on_step=step, on_feed=on_feed,
                )  # fmt: skip
                recorder.lake(night)
            for follower in [d for d in bench.lake.dates() if d > biz_date]:
                if not _stands_on_yesterday(bench.lake, follower):
                    recorder.run.biz_date = recorder.outcome.biz_date = follower  # should it be held
                    run_lake_night(
                        bench,
                        follower,
                        released=released(follower),
                        decisions=decided_pairs(),
                        unscored=unscored,
                    )
            recorder.run.biz_date = recorder.outcome.biz_date = biz_date
            recorder.outcome.tasks = write_to_people(bench, step)
            measure_due(bench.engine, bench.lake, bench.thresholds.at(biz_date))

        return recorded(recorder, bench.lake.root, work)


def _alarm(detail: dict[str, Any]) -> None:
    """Record that a released model gave no scores this night: the rules stand alone until somebody looks."""
    for kind, told in scored_kinds(detail).items():
        if told.get("blocked"):
            features = ", ".join(told.get("blocked_features", []))
            audit_job(
                "model.blocked",
                "model",
                f"{kind}/{told['model']}",
                reason=f"{told['blocked']}: {features}".rstrip(": "),
            )


def _stands_on_yesterday(lake: Lake, biz_date: date) -> bool:
    """Whether a day was made from the valid version of the day before it."""
    day, before = lake.day(biz_date), lake.latest(before=biz_date)
    assert day is not None  # noqa: S101
    basis = day.manifest()["steps"].get("basis", {}).get("earlier")
    return bool(basis == (before.version if before else None))
