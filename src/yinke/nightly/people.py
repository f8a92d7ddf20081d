"""The PostgreSQL half of a night: customers, tasks and the frontier move on together, or not at all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yinke.access.services import sync_orgs, sync_staff
from yinke.care.services.make_tasks import make_tasks
from yinke.care.services.ownership_day import idle, turn
from yinke.care.services.roll_up import roll_up
from yinke.care.services.watch_texts import watch_texts
from yinke.customers.models import Frontier
from yinke.customers.services.handover import freeze_baselines
from yinke.customers.services.identity_write_back import follow_identities
from yinke.customers.services.write_back import write_back
from yinke.effect.services.follow import follow
from yinke.lake.store import Day, Lake
from yinke.nightly.lake_night import Bench
from yinke.privacy.consents import objecting
from yinke.scoring.services.alerts import take_scores
from yinke.scoring.services.values import take_values
from yinke.segments.night import refresh_night
from yinke.segments.services.install import install_ready_segments

TASK_DAYS = 15
"""Reasons of older dates have expired (the longest stands 15 days, bar month-end ones)."""


def write_to_people(
    bench: Bench,
    on_step: Callable[[str, float, dict[str, Any]], None],
    before_tasks: Callable[[], None] | None = None,
) -> int:
    """Bring PostgreSQL to the lake's newest day, in one transaction.

    The tasks are made, date by date, of every version that PostgreSQL has not seen: a night that was killed
    before it came here, a correction, and one that was held half-way.

    Args:
        before_tasks: called in the transaction, once staff and customers are there.

    Returns:
        New tasks.
    """
    newest = bench.lake.latest()
    if newest is None:
        return 0
    with transaction.atomic():
        frontier = Frontier.objects.select_for_update().filter(pk=1).first()
        known = frontier.task_versions if frontier else {}
        days = [day for date_ in bench.lake.dates()[-TASK_DAYS:] if (day := bench.lake.day(date_))]
        fresh = [day for day in days if known.get(f"{day.biz_date}") != day.version and day.has("events")]
        if frontier and frontier.lake_version == newest.version and not fresh:
            return 0
        started = time.perf_counter()
        sync_orgs(newest)
        sync_staff(newest)
        install_ready_segments()
        since = _written_day(bench.lake, frontier)
        written = write_back(newest, since, newest.biz_date)
        persons = follow_identities(newest, since, newest.biz_date)
        on_step("customers", time.perf_counter() - started, {
            "customers": written.customers_written, "metrics": written.metrics_written,
            "assignments": written.assignments, **(vars(persons) if persons else {}),
        })  # fmt: skip
        started = time.perf_counter()
        scores: Counter[str] = Counter()
        objected = objecting()
        for day in fresh:  # before segments, which may ask for the alerts
            scores.update(
                take_scores(bench.engine, bench.lake, day, bench.thresholds.at(day.biz_date), objected)
            )
            watch_texts(day.biz_date, bench.thresholds.at(day.biz_date))
        scores["values"] = take_values(newest, since, objected)
        counts = refresh_night(bench.engine, bench.lake, fresh, bench.thresholds.at)
        on_step("segments", time.perf_counter() - started, counts)
        turn(newest.biz_date + timedelta(days=1))
        freeze_baselines(newest.biz_date)
        idle(newest.biz_date, bench.thresholds.at(newest.biz_date))
        if before_tasks:
            before_tasks()
        started = time.perf_counter()
        counts = dict(scores)
        for day in fresh:
            values = bench.thresholds.at(day.biz_date)
            outcome = make_tasks(day, day.biz_date, values)
            for name, number in vars(outcome).items():
                counts[name] = number if name == "overflow" else counts.get(name, 0) + number
            follow(day, values)
        roll_up(newest.biz_date)
        on_step("tasks", time.perf_counter() - started, counts)
        Frontier.objects.update_or_create(
            pk=1,
            defaults={
                "biz_date": newest.biz_date,
                "lake_version": newest.version,
                "task_versions": {f"{day.biz_date}": day.version for day in days},
                "written_at": timezone.now(),
            },
        )
        return counts.get("tasks", 0)


def _written_day(lake: Lake, frontier: Frontier | None) -> Day | None:
    """The very version that PostgreSQL holds; None (write everything that differs) if it is gone."""
    if frontier is None:
        return None
    folder = lake.root / "versions" / frontier.lake_version
    return Day(frontier.biz_date, folder) if folder.is_dir() else None
