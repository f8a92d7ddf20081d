"""补录: many past business dates in a row, e.g. a new bank's first year; tasks only for the last weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from yinke.common.errors import Held
from yinke.customers.services.persons import decided_pairs
from yinke.nightly.lake_night import Bench, LakeNight, run_lake_nights
from yinke.nightly.people import TASK_DAYS, write_to_people
from yinke.nightly.pipeline import released
from yinke.nightly.recording import Outcome, Recorder, alone, busy, recorded
from yinke.privacy.consents import objecting


def run_history(
    bench: Bench,
    days: Sequence[date],
    *,
    before_day: Callable[[date], None] | None = None,
    on_day: Callable[[date], None] | None = None,
    before_tasks: Callable[[], None] | None = None,
) -> Outcome:
    """Run the dates that the bank delivers, then write to PostgreSQL once.

    Dates already published are taken as they are. Events are detected for the last ``TASK_DAYS`` dates
    only and become tasks in their order.

    Args:
        days: oldest first (``delivery_dates``); what lies between two of them is not delivered.
        before_day: may wait until a date's files are there; called in another thread.
        on_day: called after each date.
        before_tasks: called before the first tasks are made, in their transaction (``write_to_people``).

    Returns:
        The outcome of the whole, recorded as one run of the last date; a held date ends it there,
        and what came before is written back.
    """
    last = days[-1]
    with alone() as free:
        if not free:
            return busy(last)
        left = list(days)
        recorder = Recorder(last, "COMMAND", None)
        out = recorder.outcome
        seconds: dict[str, float] = {}

        def count(name: str, spent: float, _: dict[str, Any]) -> None:
            seconds[name] = seconds.get(name, 0.0) + spent

        def add(night: LakeNight) -> None:
            out.rows += night.rows
            out.quarantined += night.quarantined
            for kind, number in night.events.items():
                out.events[kind] = out.events.get(kind, 0) + number

        def work() -> Held | None:
            held = None
            nights = run_lake_nights(
                bench, days, released=released, before_day=before_day, on_step=count,
                decisions=decided_pairs(), unscored=objecting(),
                with_events=lambda biz_date: biz_date > last - timedelta(days=TASK_DAYS),
            )  # fmt: skip
            try:
                for biz_date, night in nights:
                    left.pop(0)
                    if night is not None:
                        add(night)
                    if on_day:
                        on_day(biz_date)
            except Held as problem:
                held = problem
                recorder.run.biz_date = out.biz_date = left[0]
            for name, spent in seconds.items():
                recorder.step(name, spent, {})
            recorder.run.rows, recorder.run.quarantined, recorder.run.events = (
                out.rows,
                out.quarantined,
                out.events,
            )
            out.tasks = write_to_people(bench, recorder.step, before_tasks)
            newest = bench.lake.latest()
            recorder.run.lake_version = newest.version if newest else ""
            return held

        return recorded(recorder, bench.lake.root, work)
