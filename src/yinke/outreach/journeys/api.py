"""客户旅程: drawn, tried, approved, watched, paused and stopped."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.outreach.journeys import queries, services
from yinke.outreach.journeys.choices import choices
from yinke.outreach.journeys.definition import Definition
from yinke.outreach.journeys.schemas import (
    DryRunIn,
    DryRunOut,
    EnteredOut,
    InsidePage,
    JourneyCheckOut,
    JourneyChoices,
    JourneyDetail,
    JourneyIn,
    JourneyOut,
)
from yinke.outreach.schemas import RefusalIn

router = Router(tags=["outreach"])


@router.get("/journeys", response=list[JourneyOut], auth=can("template.read"))
def list_journeys(request: HttpRequest) -> list[JourneyOut]:
    """All journeys with where their customers stand."""
    return queries.journeys(viewer_from(request))


@router.get("/journeys/choices", response=JourneyChoices, auth=can("template.read"))
def list_journey_choices(request: HttpRequest) -> JourneyChoices:
    """What the steps of a journey may name."""
    return choices(viewer_from(request))


@router.post("/journeys/check", response=JourneyCheckOut, auth=can("template.write"))
def check_journey(request: HttpRequest, body: Definition) -> JourneyCheckOut:
    """What stands against a journey that is being drawn."""
    return queries.checked(viewer_from(request), body)


@router.post("/journeys/dry-run", response=DryRunOut, auth=can("template.write"))
def try_journey(request: HttpRequest, body: DryRunIn) -> DryRunOut:
    """What would become of some customers; nothing is written or sent."""
    return queries.dry_run(viewer_from(request), body.definition, body.customers, body.journey_id)


@router.post("/journeys", response=JourneyDetail, auth=can("template.write"))
def draw_journey(request: HttpRequest, body: JourneyIn) -> JourneyDetail:
    """Keep a new journey as a draft."""
    viewer = viewer_from(request)
    version = services.save(viewer, None, body.name, body.definition)
    return queries.journey(viewer, version.journey_id)


@router.get("/journeys/{journey_id}", response=JourneyDetail, auth=can("template.read"))
def get_journey(request: HttpRequest, journey_id: int, number: int | None = None) -> JourneyDetail:
    """One journey with one of its versions."""
    return queries.journey(viewer_from(request), journey_id, number)


@router.put("/journeys/{journey_id}", response=JourneyDetail, auth=can("template.write"))
def redraw_journey(request: HttpRequest, journey_id: int, body: JourneyIn) -> JourneyDetail:
    """Keep what was drawn as the draft, beside the version in force."""
    viewer = viewer_from(request)
    services.save(viewer, journey_id, body.name, body.definition)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/submit", response=JourneyDetail, auth=can("template.write"))
def submit_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """Ask for the draft's approval by another person."""
    viewer = viewer_from(request)
    services.submit(viewer, journey_id)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/approve", response=JourneyDetail, auth=can("template.approve"))
def approve_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """Put the version that waits in force."""
    viewer = viewer_from(request)
    services.decide(viewer, journey_id, fit=True)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/refuse", response=JourneyDetail, auth=can("template.approve"))
def refuse_journey(request: HttpRequest, journey_id: int, body: RefusalIn) -> JourneyDetail:
    """Refuse the version that waits, with the reason."""
    viewer = viewer_from(request)
    version = services.decide(viewer, journey_id, fit=False, reason=body.reason)
    return queries.journey(viewer, journey_id, version.number)


@router.post("/journeys/{journey_id}/withdraw", response=JourneyDetail, auth=can("template.write"))
def withdraw_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """Take back what one asked for and nobody has decided."""
    viewer = viewer_from(request)
    version = services.withdraw(viewer, journey_id)
    return queries.journey(viewer, journey_id, version.number)


@router.post("/journeys/{journey_id}/pause", response=JourneyDetail, auth=can("template.write"))
def pause_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """Hold a running journey."""
    viewer = viewer_from(request)
    services.pause(viewer, journey_id)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/resume", response=JourneyDetail, auth=can("template.write"))
def resume_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """Let a paused journey go on."""
    viewer = viewer_from(request)
    services.resume(viewer, journey_id)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/stop", response=JourneyDetail, auth=can("template.write"))
def stop_journey(request: HttpRequest, journey_id: int) -> JourneyDetail:
    """End a journey for good, for all who are inside."""
    viewer = viewer_from(request)
    services.stop(viewer, journey_id)
    return queries.journey(viewer, journey_id)


@router.post("/journeys/{journey_id}/enter", response=EnteredOut, auth=can("template.write"))
def enter_journey(request: HttpRequest, journey_id: int) -> EnteredOut:
    """Let the members of a manual trigger's segment enter within a minute; those who may."""
    return EnteredOut(entered=services.let_in(viewer_from(request), journey_id))


@router.get("/journeys/{journey_id}/customers", response=InsidePage, auth=can("template.read"))
def list_journey_customers(
    request: HttpRequest,
    journey_id: int,
    state: Annotated[str, Query(max_length=8)] = "",
    step: Annotated[str, Query(max_length=12)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> InsidePage:
    """Customers in a journey, within the viewer's scope."""
    return queries.customers(viewer_from(request), journey_id, state, step, page)
