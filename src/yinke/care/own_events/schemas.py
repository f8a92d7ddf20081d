"""What the page of own events is told, and what it says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from yinke.common.schema import Schema

OwnChannel = Literal["PHONE", "VISIT", "WECOM", "SMS"]
OwnFamily = Literal[
    "MATURITY", "FLOW", "PAYROLL", "TIER", "CARE", "ACTIVITY", "LOAN", "SERVICE", "NEW", "CHURN"
]
OwnState = Literal["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"]


class OwnEventIn(Schema):
    """An event as it is asked for; see ``OwnEventVersion``. English texts may be empty: the Chinese ones stand there."""

    name_zh: str = Field(max_length=20)
    name_en: str = Field(default="", max_length=60)
    says_zh: str = Field(max_length=120)
    says_en: str = Field(default="", max_length=240)
    script_zh: str = Field(default="", max_length=500)
    script_en: str = Field(default="", max_length=1000)
    segment: str = Field(max_length=40)
    family: OwnFamily
    channel: OwnChannel
    priority: int = Field(ge=1, le=3)
    expire_days: int = Field(ge=1, le=366)
    quiet_days: int = Field(ge=1, le=3660)
    tier_from: int = Field(ge=0, le=5)


class OwnEventVersionOut(Schema):
    """One version with its decision."""

    number: int
    name_zh: str
    name_en: str
    says_zh: str
    says_en: str
    script_zh: str
    script_en: str
    segment: str
    segment_name: str
    family: OwnFamily
    channel: OwnChannel
    priority: int
    expire_days: int
    quiet_days: int
    tier_from: int
    state: OwnState
    valid_from: date | None
    """The first business date whose night takes it."""
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str


class OwnEventOut(Schema):
    """An event: the version that holds (null: none was approved yet), and the newest one if it is another."""

    id: int
    code: str
    name: str
    """In the viewer's language."""
    stopped_at: datetime | None
    holds: OwnEventVersionOut | None
    newest: OwnEventVersionOut | None
    raised: int
    """Reasons that it raised in the last 30 days."""
    idle: bool
    """Its segment is closed, not found every night, or no longer approved for outreach: no night raises it."""
    may_edit: bool
    may_decide: bool
    may_withdraw: bool
    may_stop: bool


class OwnEventSegment(Schema):
    """A segment that an own event may follow."""

    code: str
    name: str


class OwnEventChoices(Schema):
    """What an event may name, and the bank's numbers of days."""

    segments: list[OwnEventSegment]
    expire_days: int
    longest_days: int
    quiet_days: int
    most_quiet_days: int


class OwnEventRefusal(Schema):
    """Why a version is refused."""

    reason: str = Field(max_length=500)


class SimulatedNight(Schema):
    """One night: how many it would have told of. ``gap``: days since the night before it that the lake holds."""

    biz_date: date
    reasons: int
    gap: int


class OwnEventSimulation(Schema):
    """What an event would have raised in the nights that the lake holds (试算); nobody is named."""

    look_back: int
    """Days that it was to look back."""
    since: date | None
    until: date | None
    """The first and the last night that was looked at; null if there is none."""
    days: int
    """Calendar days that these nights cover."""
    few: bool
    """Too few nights to judge by."""
    reasons: int
    customers: int
    joined: int
    """Of the reasons, those that would have gone into a task that was open already."""
    muted: int
    """Further ones of customers who may not be approached today: they are not among ``reasons``."""
    managers: int
    """Managers who have customers; the average is over all of them."""
    per_day: float
    per_manager_day: float
    most: int | None
    """Of one manager in one night; null where no two dates that the lake holds follow each other."""
    nights: list[SimulatedNight]
    by_tier: dict[str, int]
