"""The nights on a schedule: every five minutes the worker looks whether the next date's files are whole."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from yinke.care.services.ownership_day import turn
from yinke.lake.ingest import awaited
from yinke.nightly.models import Run
from yinke.nightly.pipeline import next_date, run_night
from yinke.nightly.wiring import open_bench

log = logging.getLogger(__name__)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _clock(text: str) -> time:
    return time.fromisoformat(text)


@app.periodic(cron="*/5 * * * *", periodic_id="night")
@app.task(name="nightly.watch", queue="nightly", lock="night")
def watch(timestamp: int) -> str:
    """Run the next business date once its night has begun and all its control files are there.

    Past the alarm hour a missing file raises the alarm: a held run that the page shows and the log names.
    """
    return look(datetime.fromtimestamp(timestamp, SHANGHAI))


def look(now: datetime) -> str:
    """One look at the inbox at ``now`` (Asia/Shanghai): ``idle``, ``waiting``, ``late`` or the run's status."""
    bench = open_bench()
    biz_date = next_date(bench)
    if biz_date is None or biz_date >= now.date():
        return "idle"
    if biz_date == now.date() - timedelta(days=1) and now.time() < _clock(settings.YINKE.night_starts):
        return "idle"
    missing = awaited(bench.feeds, bench.inbox, biz_date, bench.lake.latest(before=biz_date))
    if not missing:
        lately = timezone.now() - timedelta(hours=1)
        tried = Run.objects.filter(biz_date=biz_date, status=Run.Status.HELD, finished_at__gt=lately)
        if tried.exclude(reason="late").exists():
            return "waiting"  # a person decides, or the file is sent again
        return str(run_night(bench, biz_date, trigger="SCHEDULE").status)
    alarm = settings.YINKE.night_alarm
    if not alarm or now.time() < _clock(alarm):
        return "waiting"
    names = ", ".join(item.feed for item in missing)
    run, new = Run.objects.get_or_create(
        biz_date=biz_date, trigger="SCHEDULE", reason="late", status=Run.Status.HELD,
        defaults={"started_at": timezone.now(), "finished_at": timezone.now(),
                  "feed": missing[0].feed, "message": f"Control files missing: {names}"[:500],
                  "remedy": "Ask the core bank's operators for them; the night starts by itself when they come"},
    )  # fmt: skip
    if new:
        log.error("night of %s is late: %s", biz_date, names)
    elif run.message != f"Control files missing: {names}"[:500]:
        run.message = f"Control files missing: {names}"[:500]
        run.save(update_fields=["message"])
    return "late"


@app.periodic(cron="*/5 * * * *", periodic_id="ownership")
@app.task(name="ownership.turn", queue="nightly", queueing_lock="ownership")
def turn_ownership(timestamp: int) -> str:
    """Let handovers take effect and unserved claims return as the days turn (``care/services/ownership_day.py``)."""
    turned = turn(datetime.fromtimestamp(timestamp, SHANGHAI).date())
    return f"{turned.handovers} handovers, {turned.moved} customers moved, {turned.returned} returned to the pool"


@app.task(name="nightly.rerun", queue="nightly", lock="night")
def rerun(biz_date: str, by: int | None = None) -> str:
    """Run a date again because an operator asked; a published one is rebuilt with all later ones."""
    bench = open_bench()
    when = date.fromisoformat(biz_date)
    outcome = run_night(bench, when, trigger="PAGE", by=by, rebuild=bench.lake.day(when) is not None)
    return str(outcome.status)
