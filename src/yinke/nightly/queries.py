"""What can be asked about the nights."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound
from yinke.nightly.models import Frontier, Run

PAGE = 30


def runs(viewer: Viewer) -> QuerySet[Run]:
    """All runs, newest business date first.

    Raises:
        NotAllowed: the viewer's role has no right to see the nights.
    """
    if not viewer.may("nightly.read"):
        raise NotAllowed("This page is for the bank's IT and operations", remedy="Ask a security administrator")
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
    return Frontier.objects.filter(pk=1).first()
