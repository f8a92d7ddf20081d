"""补录: many past business dates in a row, e.g. a new bank's first year; tasks only for the last weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from yinke.common.errors import Held
from yinke.nightly.lake_night import Bench, dates_between, run_lake_night
from yinke.nightly.people import TASK_DAYS, write_to_people
from yinke.nightly.pipeline import released
from yinke.nightly.recording import Outcome, Recorder, alone, busy, recorded


def run_history(
    bench: Bench,
    first: date,
    last: date,
    *,
    before_day: Callable[[date], None] | None = None,
    on_day: Callable[[date], None] | None = None,
) -> Outcome:
    """Run every date from ``first`` to ``last``, then write to PostgreSQL once.

    Dates already published are taken as they are. Events are detected for the last ``TASK_DAYS`` dates
    only and become tasks in their order.

    Args:
        before_day: may wait until a date's files are there.
        on_day: called after each date.

    Returns:
        The outcome of the whole, recorded as one run of the last date; a held date ends it there,
        and what came before is written back.
    """
    with alone() as free:
        if not free:
            return busy(last)
        recorder = Recorder(last, "COMMAND", None)
        out = recorder.outcome
        seconds: dict[str, float] = {}

        def count(name: str, spent: float, _: dict[str, Any]) -> None:
            seconds[name] = seconds.get(name, 0.0) + spent

        def run_day(biz_date: date) -> None:
            if before_day:
                before_day(biz_date)
            night = run_lake_night(
                bench, biz_date, released=released(biz_date),
                with_events=biz_date > last - timedelta(days=TASK_DAYS), on_step=count,
            )  # fmt: skip
            out.rows += night.rows
            out.quarantined += night.quarantined
            for kind, number in night.events.items():
                out.events[kind] = out.events.get(kind, 0) + number

        def work() -> Held | None:
            held = None
            for biz_date in dates_between(first, last):
                try:
                    if bench.lake.finish_publishing(biz_date) is None:
                        run_day(biz_date)
                except Held as problem:
                    held = problem
                    recorder.run.biz_date = out.biz_date = biz_date
                    break
                if on_day:
                    on_day(biz_date)
            for name, spent in seconds.items():
                recorder.step(name, spent, {})
            recorder.run.rows, recorder.run.quarantined, recorder.run.events = (
                out.rows,
                out.quarantined,
                out.events,
            )
            out.tasks = write_to_people(bench, [], recorder.step)
            newest = bench.lake.latest()
            recorder.run.lake_version = newest.version if newest else ""
            return held

        return recorded(recorder, bench.lake.root, work)
