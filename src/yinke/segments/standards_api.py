"""口径: how tiers and stages are told apart, simulated, changed by two."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from yinke.access.auth import can, viewer_from
from yinke.segments import queries_standards
from yinke.segments.services import standards
from yinke.segments.standard_schemas import (
    Effect,
    ProposeIn,
    RefuseChangeIn,
    SimulateIn,
    StandardChangeOut,
    StandardsOut,
)  # fmt: skip

router = Router(tags=["segments"])
Change = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/standards", response=StandardsOut, auth=can("standard.read"))
def get_standards(request: HttpRequest) -> StandardsOut:
    """The thresholds of tiers and stages with what comes next, and the newest changes."""
    return queries_standards.standards_of(viewer_from(request))


@router.post("/standards/simulate", response=Effect, auth=can("standard.propose"))
def simulate_standards(request: HttpRequest, body: SimulateIn) -> Effect:
    """试算: whom other values would move, by tier, stage and branch; nothing is changed."""
    return queries_standards.simulate(body.values)


@router.post("/standards/changes", response=StandardChangeOut, auth=can("standard.propose"))
def propose_standards(request: HttpRequest, body: ProposeIn) -> StandardChangeOut:
    """Ask for other values from a date on; simulated anew, so that who decides sees the effect."""
    viewer = viewer_from(request)
    effect = queries_standards.simulate(body.values)
    change = standards.propose(
        viewer, body.values, body.valid_from, body.note, effect.model_dump(mode="json")
    )
    return queries_standards.change_out(viewer, change)


@router.post("/standards/changes/{number}/approve", response=StandardChangeOut, auth=can("standard.approve"))
def approve_standards(request: HttpRequest, number: Change) -> StandardChangeOut:
    """Let a change hold from its date on."""
    viewer = viewer_from(request)
    return queries_standards.change_out(viewer, standards.approve(viewer, number))


@router.post("/standards/changes/{number}/refuse", response=StandardChangeOut, auth=can("standard.approve"))
def refuse_standards(request: HttpRequest, number: Change, body: RefuseChangeIn) -> StandardChangeOut:
    """Refuse a change, with the reason."""
    viewer = viewer_from(request)
    return queries_standards.change_out(viewer, standards.refuse(viewer, number, body.reason))


@router.post("/standards/changes/{number}/withdraw", response=StandardChangeOut, auth=can("standard.propose"))
def withdraw_standards(request: HttpRequest, number: Change) -> StandardChangeOut:
    """Take one's own change back."""
    viewer = viewer_from(request)
    return queries_standards.change_out(viewer, standards.withdraw(viewer, number))
