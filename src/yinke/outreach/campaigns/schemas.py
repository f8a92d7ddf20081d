"""What the pages of campaigns are told, and what they say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.effect.schemas import EffectOut
from yinke.outreach.campaigns.plan import CampaignFault, CampaignPlan, Objective
from yinke.outreach.journeys.schemas import Choice, Comparison, TextChoice
from yinke.outreach.schemas import ChannelCode, MessageState

CampaignState = Literal["DRAFT", "REVIEW", "APPROVED", "RUNNING", "PAUSED", "ENDED"]
Halt = Literal["", "NIGHT", "CONTENT", "SEGMENT", "FEW", "BUDGET"]
Part = Literal["HELD_OUT", "WAITING", "TOUCHED", "REACHED"]
"""How a customer stands in a campaign: left alone, not touched yet, touched, at the goal."""
VariantStep = Literal["SENT", "DELIVERED", "ANSWERED", "OPTED_OUT", "REACHED"]
Verdict = Literal["TOO_FEW", "UNEQUAL", "NOT_YET", "BETTER", "WORSE", "NONE"]


class CampaignIn(Schema):
    """A campaign as it is planned; kept as a draft whatever stands against it."""

    name: str = Field(max_length=60)
    plan: CampaignPlan


class CampaignApproval(Schema):
    """What the viewer has read and approves."""

    digest: str = Field(max_length=64)


class CampaignOut(Schema):
    """A campaign in the list. Numbers of customers are those within the viewer's scope; cost is the whole campaign's, in CNY."""

    id: int
    name: str
    state: CampaignState
    halted: Halt
    objective: Objective
    segment: str
    """The audience's name."""
    starts_on: date
    ends_on: date
    channels: list[ChannelCode]
    """Of the text that is sent first, then of those that stand in for it; empty: none is sent."""
    leads: bool
    made_by: str
    made_at: datetime
    sent: int
    """Messages that went."""
    handed: int
    """Leads that were handed to managers."""
    reached: int
    """Who reached the goal, of those who are not held out."""
    spent: Decimal
    budget: Decimal
    may_decide: bool
    may_write: bool


class CampaignText(Schema):
    """A text that is sent, as the customer gets it. ``place``: 0 of the first ones, 1 and 2 of those that stand in for what reached
    nobody. ``share``: of the first ones, the percent of customers who get it."""

    id: int
    place: int
    share: int | None
    name: str
    channel: ChannelCode
    head: str
    """The subject; empty of text messages."""
    whole: str


class FunnelStep(Schema):
    """A step of the funnel; see ``queries.FUNNEL``."""

    code: str
    customers: int


class Loss(Schema):
    """Customers lost for one reason."""

    why: str
    customers: int


class CampaignCost(Schema):
    """Cost in CNY. ``reserved``: of what waits to be sent. ``per_reached``: spent for each who reached the goal and was not held
    out; null: nobody has."""

    spent: Decimal
    reserved: Decimal
    budget: Decimal
    messages: Decimal
    leads: Decimal
    per_reached: Decimal | None


class CampaignEffect(Schema):
    """Against the hold-out: the goal in both arms so far, and what the experiment's newest look says of AUM (CNY a customer)."""

    experiment_id: int
    measured_on: date
    comparison: Comparison
    verdict: Verdict | None
    as_of: date | None
    aum: EffectOut | None


class VariantRate(Schema):
    """What came of a text: of the customers for whom it was asked for, how many, the rate with its 95 % interval, and how many
    percentage points more than of the first text, with that interval. Null: of nobody, of the first, or of too few to tell."""

    code: VariantStep
    customers: int
    rate: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None


class CampaignVariantOut(Schema):
    """文案对比: one of the first texts that customers were drawn to, of the whole campaign. ``customers``: for whom it was asked."""

    name: str
    share: int
    customers: int
    rates: list[VariantRate]


class CampaignDetail(CampaignOut):
    """One campaign. ``targeted`` and ``lost`` are of the whole bank, null for who oversees a part of it."""

    plan: CampaignPlan
    texts: list[CampaignText]
    exclude: list[str]
    """Names of the segments that are left out."""
    goal_segment: str
    faults: list[CampaignFault]
    digest: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    started_at: datetime | None
    ended_at: datetime | None
    start_asked: bool
    as_of: date | None
    """The business date as of which the audience was frozen."""
    frozen_digest: str
    targeted: int | None
    lost: list[Loss]
    funnel: list[FunnelStep]
    unsent: list[Loss]
    """Customers to whom no message was sent, by the reason of the last one."""
    cost: CampaignCost
    effect: CampaignEffect | None
    variants: list[CampaignVariantOut]
    """Empty: it has one first text only, or has not started."""
    may_withdraw: bool
    may_start: bool
    may_pause: bool
    may_resume: bool
    may_end: bool


class CampaignChance(Schema):
    """What the estimate says of the effect: ``base``: of the audience of 30 days ago, who reached the goal since by themselves;
    ``points``: the smallest rise of that rate that is seen four times in five. Null: not known, or none can be seen."""

    base: float | None
    points: float | None


class CampaignWay(Schema):
    """Of a channel in the order of the texts: who may be taking part has agreed to it, and to none before it."""

    channel: ChannelCode
    customers: int


class CampaignEstimate(Schema):
    """What would become of a plan today; nothing is written. Of the whole bank."""

    targeted: int
    lost: list[Loss]
    eligible: int
    held_out: int
    messages: int
    """Who would be written to."""
    ways: list[CampaignWay]
    """Empty: there is one channel only."""
    leads: int
    """Who could be handed to managers within the window and its caps."""
    cost: Decimal
    """If all of that were done, and each first message arrived, in CNY."""
    cost_most: Decimal
    """If every text of the order went to everybody."""
    chance: CampaignChance
    faults: list[CampaignFault]


class CampaignChoices(Schema):
    """What a plan may name."""

    segments: list[Choice]
    """Approved for outreach."""
    others: list[Choice]
    """All segments in use: they may be left out, or be the goal."""
    templates: list[TextChoice]


class CampaignCustomer(Schema):
    """A customer who takes part, masked as the viewer must see them."""

    customer_id: int
    name: str
    part: Part
    place: int
    asked_at: datetime | None
    variant: int | None
    """Which of the first texts is theirs, from 0; null: there is one only, or they are held out."""
    message: MessageState | None
    """The newest message's."""
    channel: ChannelCode | None
    instead_of: ChannelCode | None
    """The channel that reached nobody, and in whose place the newest message is."""
    why: str
    """Why the message was not sent."""
    lead_on: date | None
    reached_on: date | None


class CampaignCustomers(Schema):
    """Customers of a campaign, in the order in which they are touched."""

    rows: list[CampaignCustomer]
    total: int
