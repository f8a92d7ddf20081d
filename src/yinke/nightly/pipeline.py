"""日终: one business date from the bank's files to the managers' tasks, recorded step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from yinke.access.services import sync_orgs, sync_staff
from yinke.care.services.make_tasks import make_tasks
from yinke.common.errors import Held, YinkeError
from yinke.customers.models import Frontier
from yinke.customers.services.write_back import write_back
from yinke.lake.store import Day
from yinke.nightly.lake_night import STEPS, Bench, LakeNight, run_lake_night
from yinke.nightly.models import Release, Run, Step

LOCK = 0x59494E4B
"""Advisory lock: one night at a time, whoever starts it."""


@dataclass
class Outcome:
    """How a night ended: ``status`` is SUCCEEDED, HELD or FAILED."""

    run_id: int | None
    biz_date: date
    status: str
    rows: int = 0
    quarantined: int = 0
    events: dict[str, int] = field(default_factory=dict)
    tasks: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    message: str = ""
    place: str = ""
    remedy: str = ""


class Recorder:
    """Writes a run and its steps to PostgreSQL as they happen."""

    def __init__(self, biz_date: date, trigger: str, by: int | None) -> None:
        Run.objects.filter(status=Run.Status.RUNNING).update(
            status=Run.Status.FAILED, finished_at=timezone.now(), reason="killed",
            message="The run ended without a word", remedy="Run the date again: finished steps are kept",
        )  # fmt: skip
        self.run = Run.objects.create(
            biz_date=biz_date, status=Run.Status.RUNNING, started_at=timezone.now(), trigger=trigger, by_id=by
        )
        self.outcome = Outcome(self.run.id, biz_date, Run.Status.RUNNING)

    def step(self, name: str, seconds: float, detail: dict[str, Any]) -> None:
        """Record a finished step."""
        self.outcome.seconds[name] = round(seconds, 3)
        Step.objects.update_or_create(
            run=self.run, name=name,
            defaults={"position": STEPS.index(name), "status": Run.Status.SUCCEEDED,
                      "seconds": round(seconds, 3), "detail": detail},
        )  # fmt: skip

    def lake(self, night: LakeNight) -> None:
        """Take over what the lake's half counted."""
        run, out = self.run, self.outcome
        run.rows, run.quarantined, run.events = night.rows, night.quarantined, night.events
        run.lake_version = night.day.version
        out.rows, out.quarantined, out.events = night.rows, night.quarantined, night.events

    def close(self, status: str, error: YinkeError | None = None) -> Outcome:
        """Record how the run ended."""
        run, out = self.run, self.outcome
        out.status = run.status = status
        run.tasks, run.finished_at = out.tasks, timezone.now()
        if error is not None:
            out.message, out.place, out.remedy = error.message, error.place, error.remedy
            run.reason = error.reason if isinstance(error, Held) else error.code
            run.feed = error.feed if isinstance(error, Held) else ""
            text = f"{error.place}: {error.message}" if error.place else error.message
            run.message, run.remedy = text[:500], error.remedy[:300]
        run.save()
        return out


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
    correction): then it and every later date are made anew, oldest first.

    Returns:
        The outcome; a held or failed night is an outcome too, not an exception.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return Outcome(
                None, biz_date, Run.Status.HELD, message="Another night is running",
                remedy="Wait until it has ended; the page 日终 shows its steps",
            )  # fmt: skip
    try:
        recorder = Recorder(biz_date, trigger, by)
        return _attempt(bench, biz_date, recorder, rebuild, on_step, on_feed)
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        except OperationalError:
            pass  # the lock went with the connection


def _attempt(
    bench: Bench,
    biz_date: date,
    recorder: Recorder,
    rebuild: bool,
    on_step: Callable[[str, float, dict[str, Any]], None] | None,
    on_feed: Callable[[str, int, int], None] | None,
) -> Outcome:
    def step(name: str, seconds: float, detail: dict[str, Any]) -> None:
        recorder.step(name, seconds, detail)
        if on_step:
            on_step(name, seconds, detail)

    try:
        day = bench.lake.finish_publishing(biz_date)
        if day is None or rebuild:
            later = [d for d in bench.lake.dates() if d > biz_date] if rebuild else []
            night = run_lake_night(
                bench, biz_date, released=released(biz_date), on_step=step, on_feed=on_feed
            )
            recorder.lake(night)
            day = night.day
            for follower in later:
                day = run_lake_night(bench, follower, released=released(follower)).day
        write_to_people(bench, [day], step, recorder.outcome, again=rebuild)
        return recorder.close(Run.Status.SUCCEEDED)
    except Held as held:
        return recorder.close(Run.Status.HELD, held)
    except OperationalError as gone:
        connection.close()
        problem = YinkeError(
            f"PostgreSQL went away ({str(gone).splitlines()[0][:120]})", place="PostgreSQL",
            remedy="Start it and run the date again: the lake's day is kept, nothing was half-written",
        )  # fmt: skip
        try:
            return recorder.close(Run.Status.FAILED, problem)
        except OperationalError:
            out = recorder.outcome
            out.status, out.message, out.remedy = Run.Status.FAILED, problem.message, problem.remedy
            return out
    except OSError as disk:
        problem = YinkeError(
            f"The disk refused ({disk.strerror})", place=str(disk.filename or bench.lake.root),
            remedy="Free space or mend the rights, then run the date again: finished steps are kept",
        )  # fmt: skip
        return recorder.close(Run.Status.FAILED, problem)
    except YinkeError as error:
        return recorder.close(Run.Status.FAILED, error)


def write_to_people(
    bench: Bench,
    days: Sequence[Day],
    on_step: Callable[[str, float, dict[str, Any]], None],
    outcome: Outcome,
    *,
    again: bool = False,
) -> None:
    """Write the newest of ``days`` back to PostgreSQL and make the tasks of each, in one transaction.

    A date that PostgreSQL has already is left alone, unless ``again`` (after a correction).
    """
    newest = days[-1]
    with transaction.atomic():
        frontier = Frontier.objects.select_for_update().filter(pk=1).first()
        if frontier and not again and frontier.biz_date >= newest.biz_date:
            return
        since = _written_day(bench, frontier)
        started = time.perf_counter()
        sync_orgs(newest)
        sync_staff(newest)
        written = write_back(newest, since, newest.biz_date)
        on_step("customers", time.perf_counter() - started, {
            "customers": written.customers_written, "metrics": written.metrics_written,
            "assignments": written.assignments,
        })  # fmt: skip
        started = time.perf_counter()
        for day in days:
            if day.has("events"):
                made = make_tasks(day, day.biz_date, bench.thresholds.at(day.biz_date))
                outcome.tasks += made.tasks
        on_step("tasks", time.perf_counter() - started, {"tasks": outcome.tasks})
        Frontier.objects.update_or_create(
            pk=1,
            defaults={"biz_date": newest.biz_date, "lake_version": newest.version, "written_at": timezone.now()},
        )


def _written_day(bench: Bench, frontier: Frontier | None) -> Day | None:
    """The very version that PostgreSQL holds; None (write everything that differs) if it is gone."""
    if frontier is None:
        return None
    folder = bench.lake.root / "versions" / frontier.lake_version
    return Day(frontier.biz_date, folder) if folder.is_dir() else None
