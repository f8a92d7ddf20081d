"""What can be asked about the nights."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from yinke.access.schemas import Freshness
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound
from yinke.customers import queries as customers
from yinke.customers.models import Frontier
from yinke.nightly.models import Run

PAGE = 30


def runs(viewer: Viewer) -> QuerySet[Run]:
    """All runs, newest business date first.

    Raises:
        NotAllowed: the viewer's role has no right to see the nights.
    """
    if not viewer.may("nightly.read"):
        raise NotAllowed(
            "This page is for the bank's IT and operations", remedy="Ask a security administrator"
        )
    return Run.objects.select_related("by").prefetch_related("steps").order_by("-biz_date", "-started_at")


def waiting(viewer: Viewer) -> list[Run]:
    """Dates whose newest run is held or failed."""
    newest = Run.objects.filter(biz_date=OuterRef("biz_date")).order_by("-started_at").values("id")[:1]
    bad = (Run.Status.HELD, Run.Status.FAILED)
    return list(runs(viewer).filter(id=Subquery(newest), status__in=bad)[:20])


def run(viewer: Viewer, run_id: int) -> Run:
    """One run.

    Raises:
        NotFound: there is none of that number.
    """
    found = runs(viewer).filter(id=run_id).first()
    if found is None:
        raise NotFound(f"No run {run_id}")
    return found


def frontier() -> Frontier | None:
    """How far PostgreSQL has followed the lake; None before the first night."""
    return customers.frontier()


def freshness() -> Freshness:
    """What the shell says about the figures' date. Late: the schedule has raised its alarm for a later date."""
    written = frontier()
    newest = Run.objects.order_by("-started_at").values_list("biz_date", "status", "reason").first()
    day, status, reason = newest or (None, "", "")
    behind = day is not None and (written is None or day > written.biz_date)
    return Freshness(
        biz_date=written.biz_date if written else None,
        written_at=written.written_at if written else None,
        late=behind and (reason == "late" or status in (Run.Status.HELD, Run.Status.FAILED)),
        running=status == Run.Status.RUNNING,
    )
