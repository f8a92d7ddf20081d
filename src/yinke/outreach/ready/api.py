"""即用模板: plans of care and journeys to be taken as they are."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.outreach.ready import queries, services
from yinke.outreach.ready.schemas import ReadyOut

router = Router(tags=["outreach"])


@router.get("/ready-care", response=list[ReadyOut], auth=can("template.read"))
def list_ready_care(request: HttpRequest) -> list[ReadyOut]:
    """Ready plans and journeys, and how far the bank is with each."""
    return queries.ready_care(viewer_from(request))


@router.post("/ready-care/{ready_code}/take", response=ReadyOut, auth=can("template.write"))
def take_ready_care(request: HttpRequest, ready_code: str) -> ReadyOut:
    """Submit its texts for approval and draw the journey; of a plan whose texts are approved: ask for it."""
    viewer = viewer_from(request)
    services.take(viewer, ready_code)
    return queries.one_ready(viewer, ready_code)
