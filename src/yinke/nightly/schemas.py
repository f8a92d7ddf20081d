"""What the nightly runs page exchanges with the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yinke.common.schema import Schema


class StepOut(Schema):
    name: str
    status: str
    seconds: float
    detail: dict[str, Any]


class RunOut(Schema):
    id: int
    biz_date: date
    status: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float
    trigger: str
    by: str | None
    rows: int
    quarantined: int
    events: dict[str, int]
    tasks: int
    reason: str
    feed: str
    message: str
    remedy: str
    is_current: bool
    """Whether this run's result is the one the pages show for its date."""
    steps: list[StepOut]


class RunPage(Schema):
    total: int
    rows: list[RunOut]
    held: list[RunOut]
    """Dates whose newest run is held or failed: they wait for a person."""
    next_date: date | None


class ReleaseIn(Schema):
    """放行: let a held reason pass for its date; the note says why."""

    note: str


class RerunIn(Schema):
    biz_date: date


class QuarantineRow(Schema):
    biz_date: date
    feed: str
    file: str
    row: int
    column: str
    reason: str
    value_masked: str


class QuarantinePage(Schema):
    total: int
    by_reason: dict[str, int]
    by_feed: dict[str, int]
    rows: list[QuarantineRow]
