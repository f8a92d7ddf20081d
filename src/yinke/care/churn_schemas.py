"""What the churn board and the card on 客户一览 exchange with the API. Amounts in CNY."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.care.schemas import ContactOut
from yinke.common.schema import Schema
from yinke.customers.schemas import Person

Band = Literal["HIGH", "MEDIUM", "LOW"]
Outcome = Literal["OPEN", "SAVED", "LOST", "EXPLAINED"]
State = Literal["STANDING", "ENDED", "SAVED", "LOST"]
FeedbackReason = Literal["HOUSE", "FAMILY", "BUSINESS", "RETURNING", "DATA", "STAYS", "OTHER"]


class AlertScope(Schema):
    """Whose alerts: those of an org's subtree, of a manager."""

    org: int | None = None
    manager: int | None = None


class AlertQuery(AlertScope):
    """Which of them, and where the list goes on."""

    tier: list[Annotated[int, Field(ge=0, le=9)]] = []
    band: Literal["", "HIGH", "MEDIUM"] = ""
    state: State = "STANDING"
    new: bool = False
    """Entered within the seven days up to the last night."""
    idle: bool = False
    """Nobody has done anything since the customer entered."""
    sort: Literal["at_risk", "entered"] = "at_risk"
    page: Annotated[int, Field(ge=1, le=2_000)] = 1


class AtRisk(Schema):
    """Customers with a standing alert, together."""

    customers: int
    aum: Decimal
    aum_at_risk: Decimal
    new: int
    idle: int


class BandLine(AtRisk):
    """Those of one band."""

    band: Band


class TierLine(AtRisk):
    """Those of one tier (rank)."""

    tier: int


class OrgAtRisk(AtRisk):
    """Those of an org and all below it."""

    id: int
    name: str


class ManagerAtRisk(AtRisk):
    """Those of one manager; null: nobody's (公海)."""

    user: Person | None


class ChurnSummary(Schema):
    """流失预警 at first sight."""

    night: date | None
    """The last night that gave scores; null: none has."""
    blocked_on: date | None
    """The newest night, if it gave none though a model was released."""
    released: bool
    """Whether a model is released."""
    may_release: bool
    sees_models: bool
    banded: bool
    bands: list[BandLine]
    tiers: list[TierLine]
    orgs: list[OrgAtRisk]
    """The orgs straight below the chosen one that have any; most at risk first."""
    managers: list[ManagerAtRisk]
    """The 20 with most at risk."""
    outcomes: dict[Outcome, int]
    """Of those whose outcome was decided within half a year; OPEN: standing now."""


class AlertTask(Schema):
    """The open task of a customer."""

    id: int
    due_on: date
    status: str


class AlertRow(Schema):
    """One customer of the board."""

    customer_id: int
    name: str
    tier: int
    org_name: str
    manager: Person | None
    band: Band
    probability: float
    aum: Decimal
    """At the last day's end."""
    aum_at_risk: Decimal
    held: float | None
    """AUM now as a share of the base."""
    reasons: list[str]
    entered_on: date
    is_new: bool
    ended_on: date | None
    outcome: Outcome
    acted_at: datetime | None
    last_contact: ContactOut | None
    task: AlertTask | None
    feedback: FeedbackReason | None
    held_out: str | None
    """The running experiment that holds the customer out: nobody contacts them of their own accord."""


class AlertPage(Schema):
    """A page of the board's list, 50 rows."""

    total: int
    banded: bool
    rows: list[AlertRow]


class ScorePoint(Schema):
    """A past score."""

    day: date
    probability: float
    band: Band
    reasons: list[str]
    """The two that weighed most that night; of the low band none."""


class FeedbackOut(Schema):
    """What a manager said of a score."""

    id: int
    day: date
    reason: FeedbackReason
    note: str
    by: str
    at: datetime
    mine: bool
    explains: bool
    """Whether training leaves the customer's month out for it."""


class ScoreCard(Schema):
    """流失风险 of one customer."""

    state: Literal["SCORED", "NOT_SCORED", "OBJECTED", "NO_MODEL"]
    day: date | None = None
    """The night of the score."""
    banded: bool = False
    band: Band | None = None
    probability: float | None = None
    aum: Decimal | None = None
    aum_at_risk: Decimal | None = None
    model: int | None = None
    entered_on: date | None = None
    """Since when the customer is in the high or medium band."""
    reasons: list[str] = []
    actions: list[str] = []
    """挽留动作: what could be done about them."""
    history: list[ScorePoint] = []
    feedback: list[FeedbackOut] = []
    may_tell: bool = False


class FeedbackIn(Schema):
    """Why the newest score is not true."""

    reason: FeedbackReason
    note: Annotated[str, Field(max_length=400)] = ""
