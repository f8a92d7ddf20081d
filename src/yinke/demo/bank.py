"""The demo: makes the demo bank once, runs its nights, opens its logins."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import time
from collections.abc import Sequence
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from yinke.access.services import make_demo_logins
from yinke.common.errors import YinkeError
from yinke.customers.models import Frontier
from yinke.demo.experiments import begin, tell_again
from yinke.demo.generate import generate
from yinke.demo.people import DEMO_PASSWORD, demo_logins
from yinke.demo.prediction import learn
from yinke.demo.scene import play
from yinke.demo.work import work_off
from yinke.lake.dates import add_months, delivery_dates
from yinke.nightly.history import run_history
from yinke.nightly.people import TASK_DAYS
from yinke.nightly.wiring import open_bench

SEED = 20260101
KEPT_DAYS = 7


def _complete(folder: Path) -> bool:
    return any(folder.glob("*.OK"))


def prepare(console: Console, *, customers: int, months: int, today: date) -> None:
    """Make the demo bank of ``customers`` with ``months`` of history up to yesterday, unless it is there.

    The dates of which tasks come are delivered one by one, before them not every day is (``delivery_dates``): so a
    bank hands over its past. (A real one does well to deliver three months daily: what counts days in a window of 90
    is exact then.)

    The files are written by a second process while this one already runs the nights. A stop half-way
    goes on where it stopped. Prints the address' logins at the end.

    Raises:
        YinkeError: in production, or the generator failed.
    """
    if settings.YINKE.production:
        raise YinkeError(
            "The demo does not run in production", place="YINKE_ENV", remedy="Set YINKE_ENV=demo"
        )
    started = time.perf_counter()
    mark = settings.YINKE.home / "demo.json"
    if mark.exists():
        plan = json.loads(mark.read_text("utf-8"))
    else:
        end = today - timedelta(days=1)
        plan = {
            "start": add_months(end, -months).isoformat(),
            "end": end.isoformat(),
            "daily_from": (end - timedelta(days=TASK_DAYS)).isoformat(),
            "customers": customers,
        }
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps(plan), "utf-8")
    first, last, since = (date.fromisoformat(plan[name]) for name in ("start", "end", "daily_from"))
    writer = _writer(plan["customers"], first, last, since)  # while the database is made
    call_command("migrate", verbosity=0)
    frontier = Frontier.objects.filter(pk=1).first()
    if frontier is None or frontier.biz_date < last:
        _run(console, writer, delivery_dates(first, last, since))
        work_off(last)
        tell_again()
        play()
        make_demo_logins([(login.emp_no, DEMO_PASSWORD) for login in demo_logins()])
        console.print(f"The demo bank is ready after {time.perf_counter() - started:.0f} s.")
    elif writer is not None:  # the nights are done, their files have been cleared away since
        writer.terminate()
    for login in demo_logins():
        console.print(f"  {login.emp_no}  {DEMO_PASSWORD}  {login.zh} / {login.en}")


def _writer(customers: int, first: date, last: date, daily_from: date) -> BaseProcess | None:
    """A process that has begun to write the bank's files; None if they are there."""
    inbox = settings.YINKE.inbox
    if _complete(inbox / f"{last:%Y%m%d}"):
        return None
    writer = multiprocessing.get_context("spawn").Process(
        target=generate,
        args=(customers, first, last, SEED, inbox),
        kwargs={"daily_from": daily_from},
        daemon=True,
    )
    writer.start()
    return writer


def _run(console: Console, writer: BaseProcess | None, days: Sequence[date]) -> None:
    inbox = settings.YINKE.inbox
    bench = open_bench(inbox)
    last = days[-1]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("nights", total=len(days))

        def ready(day: date) -> None:
            """Wait until the generator has put the folder of ``day`` there; it does so in one rename."""
            while writer is not None and writer.is_alive() and not (inbox / f"{day:%Y%m%d}").exists():
                time.sleep(0.02)

        def done(day: date) -> None:
            """Have the churn model in time; keep a week of files in the inbox, the lake has its own copy of each."""
            for folder in inbox.glob("2*"):
                if folder.name < f"{day - timedelta(days=KEPT_DAYS):%Y%m%d}":
                    shutil.rmtree(folder, ignore_errors=True)
            learn(bench, day, days[-1])
            progress.update(bar, advance=1, description=f"{day}")

        outcome = run_history(bench, days, before_day=ready, on_day=done, before_tasks=lambda: begin(last))
    if writer is not None:
        writer.join()
        if writer.exitcode:
            raise YinkeError(
                "The generator stopped", place=str(inbox), remedy="Free disk space and run ./run demo again"
            )
    if outcome.status != "SUCCEEDED":
        raise YinkeError(outcome.message, place=outcome.place, remedy=outcome.remedy)
