"""What can be asked about exports: one's own, and those that wait for one's decision."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.customers.list_models import ExportRequest

Status = ExportRequest.Status
SHOWN = 50


def exports(viewer: Viewer) -> QuerySet[ExportRequest]:
    """The requests that a viewer may know of: their own, those of orgs they head, and what they decided."""
    seen = Q(requester_id=viewer.user_id) | Q(checked_by_id=viewer.user_id) | Q(cleared_by_id=viewer.user_id)
    if viewer.may("export.approve") or viewer.may("export.clear"):
        path = viewer.org_path
        seen |= Q(org__path__gte=path, org__path__lt=path[:-1] + "0")  # "0" follows "/": the whole subtree
    return ExportRequest.objects.filter(seen)


def may_decide(viewer: Viewer, asked: ExportRequest) -> bool:
    """Whether a request waits for this viewer: head of the requester's chain, then compliance; never oneself."""
    if asked.requester_id == viewer.user_id or not asked.org.path.startswith(viewer.org_path):
        return False
    if asked.status == Status.SUBMITTED:
        return viewer.may("export.approve")
    return (
        asked.status == Status.CHECKED
        and viewer.may("export.clear")
        and asked.checked_by_id != viewer.user_id
    )


def one_export(viewer: Viewer, export_id: int, *, lock: bool = False) -> ExportRequest:
    """A request that the viewer may know of.

    Raises:
        NotFound: there is none.
    """
    rows = exports(viewer).select_related("requester", "org", "checked_by", "cleared_by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(id=export_id).first()
    if found is None:
        raise NotFound("No such request", place=f"export {export_id}", remedy="Reload the page")
    return found


def own_exports(viewer: Viewer) -> list[ExportRequest]:
    """One's own requests, newest first."""
    rows = exports(viewer).filter(requester_id=viewer.user_id)
    return list(rows.select_related("requester", "org", "checked_by", "cleared_by").order_by("-id")[:SHOWN])


def exports_to_decide(viewer: Viewer) -> list[ExportRequest]:
    """Requests that wait for the viewer, oldest first."""
    rows = exports(viewer).filter(status__in=(Status.SUBMITTED, Status.CHECKED)).order_by("id")
    waiting = rows.select_related("requester", "org", "checked_by", "cleared_by")
    return [asked for asked in waiting if may_decide(viewer, asked)][:SHOWN]


def exports_decided(viewer: Viewer) -> list[ExportRequest]:
    """What the viewer decided, or could have, newest first; without their own."""
    rows = exports(viewer).exclude(status__in=(Status.SUBMITTED, Status.CHECKED))
    rows = rows.exclude(requester_id=viewer.user_id)
    return list(rows.select_related("requester", "org", "checked_by", "cleared_by").order_by("-id")[:SHOWN])
