"""What senders of live events and the managers' open pages exchange with the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from yinke.common.schema import Schema

MOST = 1_000
"""Events of one call."""


class LiveEventsIn(Schema):
    """A batch; each event as docs/live-events.md says. They are checked one by one, so that a bad one does not stop the others."""

    events: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]


class LiveVerdictOut(Schema):
    """What became of one event. ``why``: code of a refusal, ``place``: its field. BUSY: send it again."""

    id: str
    outcome: Literal["TAKEN", "KNOWN", "REFUSED", "BUSY"]
    why: str
    place: str
    message: str


class LiveVerdictsOut(Schema):
    """A verdict for each event, in the order of the batch."""

    taken: int
    verdicts: list[LiveVerdictOut]


class LiveAlertOut(Schema):
    """A reason that a live event has just raised, as its manager may read it."""

    id: int
    task_id: int
    customer_id: int
    name: str
    """The customer's, masked as on the list."""
    event: str
    """What the type of event is called."""
    text: str
    """The reason in one sentence; empty for whoever sees no exact amounts."""


class LiveAlertsOut(Schema):
    """The newest ones, newest first."""

    newest: int
    """Pass as ``after`` to be told of what came since; 0: there is none."""
    alerts: list[LiveAlertOut]
