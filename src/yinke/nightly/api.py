"""日终 pages: runs, steps, held dates, quarantined rows."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from yinke.access.auth import can
from yinke.access.viewer import Viewer
from yinke.lake import quarantine
from yinke.lake.store import Lake
from yinke.nightly import queries, services
from yinke.nightly.models import Run
from yinke.nightly.schemas import (
    QuarantinePage,
    QuarantineRow,
    ReleaseIn,
    RerunIn,
    RunOut,
    RunPage,
    StepOut,
)

router = Router(tags=["nightly"])


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def _run(run: Run, current: str) -> RunOut:
    end = run.finished_at or timezone.now()
    return RunOut(
        id=run.id, biz_date=run.biz_date, status=run.status, started_at=run.started_at,
        finished_at=run.finished_at, seconds=(end - run.started_at).total_seconds(), trigger=run.trigger,
        by=run.by.name if run.by else None, rows=run.rows, quarantined=run.quarantined, events=run.events,
        tasks=run.tasks, reason=run.reason, feed=run.feed, message=run.message, remedy=run.remedy,
        is_current=bool(run.lake_version) and run.lake_version == current,
        steps=[StepOut(name=s.name, status=s.status, seconds=s.seconds, detail=s.detail) for s in run.steps.all()],
    )  # fmt: skip


def _current() -> str:
    frontier = queries.frontier()
    return frontier.lake_version if frontier else ""


@router.get("/runs", response=RunPage, auth=can("nightly.read"))
def list_runs(request: HttpRequest, page: int = 1) -> RunPage:
    """Runs, newest business date first, and the dates that wait for a person."""
    viewer = _viewer(request)
    found = queries.runs(viewer)
    start = (max(page, 1) - 1) * queries.PAGE
    current = _current()
    latest = Lake(settings.YINKE.lake).latest()
    return RunPage(
        total=found.count(),
        rows=[_run(run, current) for run in found[start : start + queries.PAGE]],
        held=[_run(run, current) for run in queries.waiting(viewer)],
        next_date=date.fromordinal(latest.biz_date.toordinal() + 1) if latest else None,
    )


@router.get("/runs/{run_id}", response=RunOut, auth=can("nightly.read"))
def get_run(request: HttpRequest, run_id: int) -> RunOut:
    """One run with its steps."""
    return _run(queries.run(_viewer(request), run_id), _current())


@router.post("/runs/{run_id}/release", response=RunOut, auth=can("nightly.operate"))
def release_run(request: HttpRequest, run_id: int, body: ReleaseIn) -> RunOut:
    """Let the reason that holds this run's date pass, and run the date again."""
    viewer = _viewer(request)
    run = queries.run(viewer, run_id)
    services.release(viewer, run, body.note)
    services.ask_rerun(viewer, run.biz_date)
    return _run(run, _current())


@router.post("/rerun", response={202: None}, auth=can("nightly.operate"))
def rerun_date(request: HttpRequest, body: RerunIn) -> Status[None]:
    """Run a date again; the worker takes it within seconds."""
    services.ask_rerun(_viewer(request), body.biz_date)
    return Status(202, None)


@router.get("/quarantine", response=QuarantinePage, auth=can("nightly.read"))
def list_quarantine(request: HttpRequest, biz_date: date, feed: str = "", page: int = 1) -> QuarantinePage:
    """Rows that could not be used, with place and reason; values masked."""
    lake = Lake(settings.YINKE.lake)
    counts = quarantine.counts(lake, biz_date)
    rows = quarantine.read(lake, biz_date, feed or None, limit=50, offset=(max(page, 1) - 1) * 50)
    by_feed: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for (name, reason), number in counts.items():
        by_feed[name] = by_feed.get(name, 0) + number
        if not feed or feed == name:
            by_reason[reason] = by_reason.get(reason, 0) + number
    return QuarantinePage(
        total=by_feed.get(feed, 0) if feed else sum(by_feed.values()),
        by_reason=by_reason,
        by_feed=by_feed,
        rows=[
            QuarantineRow(
                biz_date=biz_date,
                feed=r.feed,
                file=r.file,
                row=r.row,
                column=r.column,
                reason=r.reason,
                value_masked=r.value_masked,
            )
            for r in rows
        ],
    )
