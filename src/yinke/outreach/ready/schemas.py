"""What the cards of ready plans and journeys are told."""

from __future__ import annotations

from typing import Literal

from yinke.common.schema import Schema
from yinke.outreach.schemas import ChannelCode, KindCode

ReadyKind = Literal["PLAN", "JOURNEY"]
TextState = Literal["NEW", "PENDING", "APPROVED", "REFUSED", "WITHDRAWN"]
ReadyState = Literal["NEW", "TEXTS", "REFUSED", "READY", "DRAFT", "PENDING", "RUNNING", "PAUSED"]


class ReadyTextOut(Schema):
    """A text that it needs, as it would go out, and how far the bank's own copy is (NEW: there is none)."""

    name: str
    channel: ChannelCode
    kind: KindCode
    text: str
    state: TextState


class ReadyOut(Schema):
    """A ready plan of care or journey.

    ``state``: NEW: nothing is taken; TEXTS: its texts wait for approval; REFUSED: one was refused; READY: all are approved, the plan can be
    asked for; DRAFT, PENDING, RUNNING, PAUSED: it stands in the bank so.
    """

    code: str
    kind: ReadyKind
    name: str
    about: str
    event: str
    """The name of the event that it answers."""
    tier_from: int | None
    tier_to: int | None
    on_due: bool | None
    instead: bool | None
    """Of a plan, as ``CarePlanOut``; null of a journey."""
    steps: int
    tasks: list[str]
    goal: str
    """Of a journey: how many steps, the titles of what managers are asked to do, the name of the goal's segment."""
    texts: list[ReadyTextOut]
    state: ReadyState
    journey_id: int | None
    may_take: bool
