"""补录: many past business dates in a row, e.g. a new bank's first year; tasks only for the last weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from yinke.common.errors import Held
from yinke.lake.store import Day
from yinke.nightly.lake_night import Bench, dates_between, run_lake_night
from yinke.nightly.models import Run
from yinke.nightly.pipeline import Outcome, Recorder, released, write_to_people

TASK_DAYS = 15
"""Reasons of older dates have expired (the longest stands 15 days, bar month-end ones)."""


def run_history(
    bench: Bench,
    first: date,
    last: date,
    *,
    before_day: Callable[[date], None] | None = None,
    on_day: Callable[[date], None] | None = None,
    task_days: int = TASK_DAYS,
) -> Outcome:
    """Run every date from ``first`` to ``last``, then write to PostgreSQL once.

    ``before_day`` may wait until a date's files are there. Dates already published are taken as they are. Events are detected for all dates of the last
    ``task_days`` and become tasks in their order.

    Returns:
        The outcome of the whole, recorded as one run of the last date; a held date ends it there,
        and what came before is written back.
    """
    recorder = Recorder(last, "COMMAND", None)
    out = recorder.outcome
    recent: list[Day] = []
    held: Held | None = None
    for biz_date in dates_between(first, last):
        day = bench.lake.finish_publishing(biz_date)
        if day is None:
            if before_day:
                before_day(biz_date)
            try:
                night = run_lake_night(
                    bench, biz_date, released=released(biz_date),
                    with_events=biz_date > last - timedelta(days=task_days),
                    on_step=lambda name, seconds, _: out.seconds.__setitem__(
                        name, round(out.seconds.get(name, 0) + seconds, 3)),
                )  # fmt: skip
            except Held as problem:
                held = problem
                recorder.run.biz_date = out.biz_date = biz_date
                break
            out.rows += night.rows
            out.quarantined += night.quarantined
            for kind, number in night.events.items():
                out.events[kind] = out.events.get(kind, 0) + number
            day = night.day
        recent = [*recent[-task_days + 1 :], day]
        if on_day:
            on_day(biz_date)
    seconds = dict(out.seconds)
    if recent:
        write_to_people(bench, recent, recorder.step, out)
        recorder.run.lake_version = recent[-1].version
    for name, value in seconds.items():
        recorder.step(name, value, {})
    recorder.run.rows, recorder.run.quarantined, recorder.run.events = out.rows, out.quarantined, out.events
    return recorder.close(Run.Status.HELD if held else Run.Status.SUCCEEDED, held)
