"""What the pages of missions, rewards and points are told, and what they say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.outreach.journeys.schemas import Choice
from yinke.outreach.points.plan import MissionPlan, PointsFault, RewardPlan

PlanKind = Literal["mission", "reward"]
PlanStep = Literal["submit", "withdraw", "pause", "resume", "end"]
PlanState = Literal["DRAFT", "REVIEW", "RUNNING", "PAUSED", "ENDED"]
EntryKind = Literal["AWARD", "SPEND", "EXPIRY", "REVERSAL", "RETURN"]
RedemptionState = Literal["GIVEN", "CANCELLED"]


class MissionIn(Schema):
    """A mission as it is planned; kept as a draft whatever stands against it."""

    name: str = Field(max_length=60)
    plan: MissionPlan


class RewardIn(Schema):
    """A reward as it is planned; kept as a draft whatever stands against it."""

    name: str = Field(max_length=60)
    plan: RewardPlan


class PointsApproval(Schema):
    """What the viewer has read and approves."""

    digest: str = Field(max_length=64)


class PointsPlanOut(Schema):
    """What missions and rewards have in common. ``used`` of ``most``: points of a mission, pieces of a reward."""

    id: int
    name: str
    state: PlanState
    most: int
    used: int
    faults: list[PointsFault]
    """What stands against it; of what runs, why it earns nothing."""
    digest: str
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    may_write: bool
    may_decide: bool
    may_withdraw: bool
    may_pause: bool
    may_resume: bool
    may_end: bool


class MissionOut(PointsPlanOut):
    """A mission. ``segment``: the audience's name; ``counts``: the name of the segment or event that counts, empty by hand.
    ``customers``: who has earned its points, within the viewer's scope."""

    plan: MissionPlan
    segment: str
    counts: str
    customers: int


class RewardOut(PointsPlanOut):
    """A reward."""

    plan: RewardPlan


class PointsChoices(Schema):
    """What a plan may name. Segments and events that speak of deposits are not among them."""

    segments: list[Choice]
    """Approved for outreach."""
    enterable: list[Choice]
    """Those of them that each night finds by a rule."""
    events: list[Choice]
    reward_value: Decimal
    """The most that a reward may be worth, in CNY."""
    months: int
    """For so many months points are good."""


class PointsWrong(Schema):
    """What does not hold of the ledger (``ledger.CHECKS``), and of how many rows."""

    code: str
    rows: int


class PointsSummary(Schema):
    """The ledger of the whole bank. ``redeemed`` is net of what was returned. ``owed``: what customers have; ``liability`` in CNY
    at ``value`` a point; ``due``: what of it expires within 90 days."""

    issued: int
    redeemed: int
    expired: int
    reversed: int
    owed: int
    liability: Decimal
    value: Decimal
    due: int
    customers: int
    wrong: list[PointsWrong]


class PointsDue(Schema):
    """So many points expire at the end of a date."""

    on: date
    points: int


class PointsRedemption(Schema):
    """What was redeemed. ``code`` is empty for who may not hand it out."""

    id: int
    code: str
    state: RedemptionState
    may_cancel: bool


class PointsRow(Schema):
    """One entry of a customer's points. ``name``: of the mission or reward; empty of what expired."""

    id: int
    kind: EntryKind
    points: int
    biz_date: date
    at: datetime
    name: str
    by: str
    """Who did it; empty: the night."""
    why: str
    redemption: PointsRedemption | None
    may_reverse: bool


class RewardChoice(Schema):
    """A reward that may be redeemed today, while something is left of it."""

    id: int
    name: str
    about: str
    points: int
    stock: int


class HandMission(Schema):
    """A mission that staff may award to this customer by hand. ``earned``: it was, in the period."""

    id: int
    name: str
    about: str
    points: int
    earned: bool


class CustomerPoints(Schema):
    """A customer's points: what they have, what expires next, the newest entries, what can be done."""

    balance: int
    due: PointsDue | None
    rows: list[PointsRow]
    rewards: list[RewardChoice]
    missions: list[HandMission]
    may_work: bool


class RedeemIn(Schema):
    """A reward that a customer asks for; the same ``request_key`` twice is one."""

    reward_id: int = Field(ge=1, le=2**31 - 1)
    request_key: str = Field(max_length=40)


class AwardIn(Schema):
    """Points of a mission that staff award, and why."""

    mission_id: int = Field(ge=1, le=2**31 - 1)
    why: str = Field(max_length=200)


class PointsReason(Schema):
    """Why something is undone or refused."""

    reason: str = Field(max_length=200)
