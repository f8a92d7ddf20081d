"""沙龙: planned, approved, invited to, answered, checked in at the door."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from yinke.access.auth import can, viewer_from
from yinke.outreach.salons import guests, queries, services
from yinke.outreach.salons.schemas import (
    AnswerIn,
    CameIn,
    CheckedIn,
    CodeIn,
    GuestPart,
    InvitedOut,
    InviteIn,
    InviteSegmentIn,
    SalonApproval,
    SalonChoices,
    SalonDetail,
    SalonGuestOut,
    SalonGuests,
    SalonIn,
    SalonLoss,
    SalonOut,
    SalonSpent,
)
from yinke.outreach.schemas import RefusalIn

router = Router(tags=["outreach"])
SalonId = Annotated[int, Path(ge=1, le=2**31 - 1)]
GuestId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/salons", response=list[SalonOut], auth=can("salon.read"))
def list_salons(request: HttpRequest) -> list[SalonOut]:
    """The salons of the viewer's org, and of those above and below it."""
    return queries.salons(viewer_from(request))


@router.get("/salons/choices", response=SalonChoices, auth=can("salon.read"))
def list_salon_choices(request: HttpRequest) -> SalonChoices:
    """What a plan may name, and whom one may invite."""
    return queries.choices(viewer_from(request))


@router.post("/salons", response=SalonDetail, auth=can("salon.write"))
def plan_salon(request: HttpRequest, body: SalonIn) -> SalonDetail:
    """Keep a new salon as a draft."""
    viewer = viewer_from(request)
    return queries.salon(viewer, services.save(viewer, None, body.name, body.host_id, body.plan).id)


@router.get("/salons/{salon_id}", response=SalonDetail, auth=can("salon.read"))
def get_salon(request: HttpRequest, salon_id: SalonId) -> SalonDetail:
    """One salon with its numbers and what it came to."""
    return queries.salon(viewer_from(request), salon_id)


@router.put("/salons/{salon_id}", response=SalonDetail, auth=can("salon.write"))
def replan_salon(request: HttpRequest, salon_id: SalonId, body: SalonIn) -> SalonDetail:
    """Change a salon that is not approved: it is a draft again."""
    viewer = viewer_from(request)
    services.save(viewer, salon_id, body.name, body.host_id, body.plan)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/submit", response=SalonDetail, auth=can("salon.write"))
def submit_salon(request: HttpRequest, salon_id: SalonId) -> SalonDetail:
    """Ask for a draft's approval by another person."""
    viewer = viewer_from(request)
    services.submit(viewer, salon_id)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/approve", response=SalonDetail, auth=can("salon.approve"))
def approve_salon(request: HttpRequest, salon_id: SalonId, body: SalonApproval) -> SalonDetail:
    """Find what one has read fit to be held."""
    viewer = viewer_from(request)
    services.approve(viewer, salon_id, body.digest)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/refuse", response=SalonDetail, auth=can("salon.approve"))
def refuse_salon(request: HttpRequest, salon_id: SalonId, body: RefusalIn) -> SalonDetail:
    """Give it back as a draft, with the reason."""
    viewer = viewer_from(request)
    services.refuse(viewer, salon_id, body.reason)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/withdraw", response=SalonDetail, auth=can("salon.write"))
def withdraw_salon(request: HttpRequest, salon_id: SalonId) -> SalonDetail:
    """Take back what one asked for and nobody has decided."""
    viewer = viewer_from(request)
    services.withdraw(viewer, salon_id)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/cancel", response=SalonDetail, auth=can("salon.write"))
def cancel_salon(request: HttpRequest, salon_id: SalonId, body: RefusalIn) -> SalonDetail:
    """Call a salon off, with the reason; managers are asked to tell those who were coming."""
    viewer = viewer_from(request)
    services.cancel(viewer, salon_id, body.reason)
    return queries.salon(viewer, salon_id)


@router.post("/salons/{salon_id}/cost", response=SalonDetail, auth=can("salon.write"))
def note_salon_cost(request: HttpRequest, salon_id: SalonId, body: SalonSpent) -> SalonDetail:
    """Note what it cost."""
    viewer = viewer_from(request)
    services.spend(viewer, salon_id, body.spent)
    return queries.salon(viewer, salon_id)


@router.get("/salons/{salon_id}/guests", response=SalonGuests, auth=can("salon.read"))
def list_salon_guests(
    request: HttpRequest,
    salon_id: SalonId,
    part: Annotated[GuestPart, Query()] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> SalonGuests:
    """The viewer's guests of a salon."""
    return queries.guests(viewer_from(request), salon_id, part, page)


@router.post("/salons/{salon_id}/guests", response=InvitedOut, auth=can("salon.invite"))
def invite_to_salon(request: HttpRequest, salon_id: SalonId, body: InviteIn) -> InvitedOut:
    """Ask customers of the viewer's to a salon."""
    return _invited(guests.invite(viewer_from(request), salon_id, body.customer_ids, by_text=body.by_text))


@router.post("/salons/{salon_id}/segment", response=InvitedOut, auth=can("salon.invite"))
def invite_segment_to_salon(request: HttpRequest, salon_id: SalonId, body: InviteSegmentIn) -> InvitedOut:
    """Ask those of a segment who are the viewer's customers and were not asked yet."""
    return _invited(
        guests.invite_segment(viewer_from(request), salon_id, body.segment, body.most, by_text=body.by_text)
    )


def _invited(found: guests.Invited) -> InvitedOut:
    lost = [
        SalonLoss.model_validate({"why": why, "customers": many}) for why, many in sorted(found.lost.items())
    ]
    return InvitedOut(invited=found.invited, before=found.before, texts=found.texts, lost=lost)


@router.post("/salons/{salon_id}/guests/{guest_id}/answer", response=SalonGuestOut, auth=can("salon.invite"))
def note_salon_answer(
    request: HttpRequest, salon_id: SalonId, guest_id: GuestId, body: AnswerIn
) -> SalonGuestOut:
    """Write down what a customer said."""
    viewer = viewer_from(request)
    guest = guests.answer_for(viewer, salon_id, guest_id, coming=body.coming, seats=body.seats)
    return queries.one_guest(viewer, guest)


@router.post(
    "/salons/{salon_id}/guests/{guest_id}/check-in", response=SalonGuestOut, auth=can("salon.invite")
)
def check_in_by_hand(
    request: HttpRequest, salon_id: SalonId, guest_id: GuestId, body: CameIn
) -> SalonGuestOut:
    """签到 a customer of the viewer's without a code, or take it back."""
    viewer = viewer_from(request)
    return queries.one_guest(viewer, guests.check_in_by_hand(viewer, salon_id, guest_id, came=body.came))


@router.post("/salons/{salon_id}/check-in", response=CheckedIn, auth=can("salon.invite"))
def check_in(request: HttpRequest, salon_id: SalonId, body: CodeIn) -> CheckedIn:
    """签到 whoever shows the code, whosever customer they are."""
    viewer = viewer_from(request)
    return queries.checked_in(viewer, guests.check_in(viewer, salon_id, body.code))
