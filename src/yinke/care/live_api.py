"""实时事件: the signed door through which the bank's systems tell them, and the open stream by which managers' pages hear of it."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.care.live.alerts import live_alerts, newest
from yinke.care.live.sources import sender_key
from yinke.care.live.take import take
from yinke.care.live_schemas import LiveAlertsOut, LiveEventsIn, LiveVerdictOut, LiveVerdictsOut
from yinke.common.errors import NotAllowed
from yinke.common.row_security import whole_bank
from yinke.common.schema import answer
from yinke.common.signing import SIGNATURE, TIME, genuine
from yinke.common.streams import HELD_FOR, line

router = Router(tags=["live events"])
SOURCE = "X-Yinke-Source"
RETRY = 5_000
"""Milliseconds after which a page asks again when its stream has ended."""


def signed_by_source(request: HttpRequest) -> str:
    """The door of live events: the name of the source that signed the call.

    Raises:
        NotAllowed: there is none of that name, or the signature is not its own.
    """
    name = request.headers.get(SOURCE, "")
    key = sender_key(name)
    said = request.headers.get(TIME, ""), request.headers.get(SIGNATURE, "")
    if key is None or not genuine(key, *said, request.body, int(timezone.now().timestamp())):
        raise NotAllowed(
            "The signature is not right", place="signature", remedy="Sign as docs/live-events.md says"
        )
    return name


@router.post("/events", response=LiveVerdictsOut, auth=signed_by_source)
def take_live_events(request: HttpRequest, body: LiveEventsIn) -> HttpResponse:
    """Take a batch of what is happening now; signed. An event sent twice is taken once."""
    with whole_bank():  # the sender is told nothing of a customer but that the number is one
        verdicts = take(request.auth, body.events)  # type: ignore[attr-defined]
    taken = sum(one.outcome == "TAKEN" for one in verdicts)
    return answer(LiveVerdictsOut(taken=taken, verdicts=[LiveVerdictOut(**vars(one)) for one in verdicts]))


@router.get("/live-alerts", response=LiveAlertsOut, auth=can("workbench"))
def list_live_alerts(
    request: HttpRequest, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> LiveAlertsOut:
    """What live events have raised for the viewer, the newest first."""
    return live_alerts(viewer_from(request), after)


@router.get("/live-alerts/stream", response={200: None}, auth=can("workbench"))
def open_live_alerts(request: HttpRequest) -> HttpResponse:
    """An event stream (SSE): ``open`` with the newest alert's id, then ``alert`` with ids as they come; no words, no names."""
    viewer = viewer_from(request)
    opened = f"retry: {RETRY}\n".encode() + line("open", {"newest": newest(viewer)})
    whose = ",".join(f"{number}" for number in sorted(viewer.looks_after))
    return HttpResponse(opened, content_type="text/event-stream", headers={HELD_FOR: whose})
