"""What the pages of journeys are told, and what they say."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.outreach.journeys.definition import Definition
from yinke.outreach.schemas import ChannelCode, KindCode

JourneyState = Literal["DRAFT", "RUNNING", "PAUSED", "STOPPED"]
TravellerState = Literal["INSIDE", "DONE", "GOAL", "HELD_OUT", "STOPPED"]
End = Literal["DONE", "GOAL", "HELD_OUT", "CUT"]
VersionCode = Literal["DRAFT", "PENDING", "APPROVED", "REFUSED", "WITHDRAWN"]


class Fault(Schema):
    """What is wrong with a journey: the step (null: the journey itself), a code, what it is about."""

    step: str | None
    code: str
    about: str = ""


class JourneyCheckOut(Schema):
    """``faults`` stand against submitting it; ``hints`` do not."""

    faults: list[Fault]
    hints: list[Fault]


class JourneyIn(Schema):
    """A journey as it is drawn; saved as a draft whatever its faults."""

    name: str = Field(max_length=60)
    definition: Definition


class JourneyOut(Schema):
    """A journey in the list."""

    id: int
    name: str
    state: JourneyState
    trigger: str
    """In words, in the viewer's language."""
    steps: int
    inside: int
    entered: int
    """Customers within the viewer's scope who are in it now, and who ever entered."""
    reached: int
    """Who reached the goal."""
    has_goal: bool
    made_by: str
    made_at: datetime
    waiting: int | None
    """The number of the version that waits for approval."""
    may_decide: bool
    may_write: bool


class JourneyVersionOut(Schema):
    """A version of a journey."""

    number: int
    state: VersionCode
    in_force: bool
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    inside: int
    """Who is still inside on this version."""


class StepCount(Schema):
    """One step, in numbers of customers within the viewer's scope: who stand there, who came there, who left by each way out."""

    step: str
    here: int
    came: int
    out: dict[str, int]
    messages: dict[str, int]
    """Of a message step: how many in each state (QUEUED, SENT, DELIVERED, FAILED, REFUSED, CANCELLED)."""


class Arm(Schema):
    """Customers of one arm of the comparison, and how many of them reached the goal in time."""

    customers: int
    reached: int


class Comparison(Schema):
    """The goal among those who went on, and those held out; the difference in percentage points with its 95 % interval."""

    treated: Arm
    held_out: Arm
    difference: float | None
    low: float | None
    high: float | None


class JourneyDetail(JourneyOut):
    """One journey: the version that is shown, its faults, all versions, live counts."""

    number: int
    """Of the version whose ``definition`` is shown."""
    definition: Definition
    check: JourneyCheckOut
    versions: list[JourneyVersionOut]
    counts: list[StepCount]
    ended: dict[str, int]
    """Who is not inside any more, by how it ended: DONE, GOAL, HELD_OUT, STOPPED."""
    comparison: Comparison | None
    may_pause: bool
    may_resume: bool
    may_stop: bool
    may_enter: bool
    may_withdraw: bool


class Choice(Schema):
    """Something a step may name."""

    code: str
    name: str
    size: int | None = None
    """Of a segment: its members within the viewer's scope."""


class TagChoice(Schema):
    """A tag that a step may give or take."""

    id: int
    name: str


class FieldChoice(Schema):
    """One of the bank's own fields that a step may fill in; ``options``: of a choice, those in use."""

    code: str
    name: str
    kind: Literal["TEXT", "NUMBER", "DATE", "YES_NO", "CHOICE", "CHOICES"]
    unit: str
    options: list[Choice]


class TextChoice(Schema):
    """A template that a message may be made of."""

    id: int
    name: str
    channel: ChannelCode
    kind: KindCode


class JourneyChoices(Schema):
    """What the steps of a journey may name."""

    segments: list[Choice]
    """Approved for outreach."""
    conditions: list[Choice]
    """All segments in use: they may be asked, not approached."""
    events: list[Choice]
    tags: list[TagChoice]
    fields: list[FieldChoice]
    templates: list[TextChoice]


class PassedStep(Schema):
    """A step on a customer's path: when he would get there, which way he would leave, and of a message what the gate says today;
    ``instead``: of the second text, whose channel this is, for the first one's channel is closed."""

    step: str
    at: datetime
    out: str
    why: str = ""
    instead: ChannelCode | None = None


class DryPath(Schema):
    """What would become of one customer."""

    customer_id: int
    name: str
    steps: list[PassedStep]
    end: End
    """CUT: more than a year ahead."""


class DryRunOut(Schema):
    """A dry run (试运行): of how many who would enter these paths are."""

    audience: int
    paths: list[DryPath]


class InsideOut(Schema):
    """A customer in a journey."""

    customer_id: int
    name: str
    state: TravellerState
    step: str | None
    path: list[str]
    entered_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    reached_at: datetime | None


class InsidePage(Schema):
    """Customers in a journey, newest first."""

    rows: list[InsideOut]
    total: int


class EnteredOut(Schema):
    """How many customers entered."""

    entered: int


class DryRunIn(Schema):
    """Which journey to try, on how many customers. ``journey_id``: its chances are those of this journey."""

    definition: Definition
    customers: int = Field(default=10, ge=1, le=50)
    journey_id: int | None = None
