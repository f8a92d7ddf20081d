"""变更历史: what people decided, who changed it, and from what to what. Each search is accounted for."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.access.services import audit
from yinke.care import queries
from yinke.care.history_schemas import ChangeOut, HistoryPage, HistoryQuery
from yinke.care.queries.history import history, history_of
from yinke.customers import queries_ownership as ownership

router = Router(tags=["history"])


@router.get("/history", response=HistoryPage, auth=can("history.read"))
def list_history(request: HttpRequest, wanted: Query[HistoryQuery]) -> HistoryPage:
    """Changes in the viewer's scope, newest first; each look at them is an entry of the audit trail."""
    viewer = viewer_from(request)
    page = history(viewer, wanted)
    asked = wanted.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"})
    said = " ".join(f"{name}={value}" for name, value in asked.items())
    audit(viewer, "history.search", "history", "", reason=said, address=client_address(request))
    return page


@router.get("/handovers/{handover_id}/history", response=list[ChangeOut], auth=can("handover.make"))
def list_handover_history(request: HttpRequest, handover_id: int) -> list[ChangeOut]:
    """Who took a handover which step."""
    viewer = viewer_from(request)
    return history_of(viewer, "handover", ownership.handover(viewer, handover_id).id)


@router.get("/tasks/{task_id}/history", response=list[ChangeOut], auth=can("task.work"))
def list_task_history(request: HttpRequest, task_id: int) -> list[ChangeOut]:
    """Who gave a task to whom, put it off or closed it."""
    viewer = viewer_from(request)
    return history_of(viewer, "task", queries.task(viewer, task_id).id)
