"""自定义事件: asked for, tried on the past, approved, changed and stopped."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.care.own_events import queries, services
from yinke.care.own_events.schemas import (
    OwnEventChoices,
    OwnEventIn,
    OwnEventOut,
    OwnEventRefusal,
    OwnEventSimulation,
)
from yinke.care.own_events.simulation import simulate

router = Router(tags=["care"])


@router.get("/own-events", response=list[OwnEventOut], auth=can("template.read"))
def list_own_events(request: HttpRequest) -> list[OwnEventOut]:
    """All own events with the version that holds and the one that waits."""
    return queries.own_events(viewer_from(request))


@router.get("/own-events/choices", response=OwnEventChoices, auth=can("template.read"))
def list_own_event_choices(request: HttpRequest) -> OwnEventChoices:
    """What an own event may name."""
    return queries.choices(viewer_from(request))


@router.get("/own-events/simulation", response=OwnEventSimulation, auth=can("template.read"))
def simulate_own_event(
    request: HttpRequest,
    segment: Annotated[str, Query(max_length=40)],
    tier_from: Annotated[int, Query(ge=0, le=5)] = 0,
    quiet_days: Annotated[int, Query(ge=1, le=3660)] = 30,
) -> OwnEventSimulation:
    """What an event on a segment would have raised in the nights that the lake holds."""
    return simulate(viewer_from(request), segment, tier_from, quiet_days)


@router.post("/own-events", response=OwnEventOut, auth=can("template.write"))
def submit_own_event(request: HttpRequest, body: OwnEventIn) -> OwnEventOut:
    """Ask for a new event."""
    viewer = viewer_from(request)
    return queries.own_event(viewer, services.submit(viewer, None, body).event_id)


@router.post("/own-events/{own_event_id}/versions", response=OwnEventOut, auth=can("template.write"))
def change_own_event(request: HttpRequest, own_event_id: int, body: OwnEventIn) -> OwnEventOut:
    """Ask for another version; the one that holds goes on until it is approved."""
    viewer = viewer_from(request)
    services.submit(viewer, own_event_id, body)
    return queries.own_event(viewer, own_event_id)


@router.post("/own-events/{own_event_id}/approve", response=OwnEventOut, auth=can("template.approve"))
def approve_own_event(request: HttpRequest, own_event_id: int) -> OwnEventOut:
    """Put the version that waits in force from the next night on."""
    viewer = viewer_from(request)
    services.decide(viewer, own_event_id, fit=True)
    return queries.own_event(viewer, own_event_id)


@router.post("/own-events/{own_event_id}/refuse", response=OwnEventOut, auth=can("template.approve"))
def refuse_own_event(request: HttpRequest, own_event_id: int, body: OwnEventRefusal) -> OwnEventOut:
    """Refuse the version that waits."""
    viewer = viewer_from(request)
    services.decide(viewer, own_event_id, fit=False, reason=body.reason)
    return queries.own_event(viewer, own_event_id)


@router.post("/own-events/{own_event_id}/withdraw", response=OwnEventOut, auth=can("template.write"))
def withdraw_own_event(request: HttpRequest, own_event_id: int) -> OwnEventOut:
    """Take back what one asked for."""
    viewer = viewer_from(request)
    services.withdraw(viewer, own_event_id)
    return queries.own_event(viewer, own_event_id)


@router.post("/own-events/{own_event_id}/stop", response=OwnEventOut, auth=can("template.write"))
def stop_own_event(request: HttpRequest, own_event_id: int) -> OwnEventOut:
    """End an event for good."""
    viewer = viewer_from(request)
    services.stop(viewer, own_event_id)
    return queries.own_event(viewer, own_event_id)
