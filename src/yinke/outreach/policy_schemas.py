"""What the page of the contact policy is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from yinke.common.schema import Schema
from yinke.outreach.schemas import ChannelCode, KindCode

ThresholdUnit = Literal["", "HOURS", "DAYS", "CLOCK"]
ThresholdValue = int | float | str | list[str]


class PolicyThreshold(Schema):
    """A threshold of a rule as it stands, and what comes next."""

    code: str
    name: str
    value: ThresholdValue
    unit: ThresholdUnit
    owner: str
    source: str
    valid_from: date
    next_value: ThresholdValue | None
    next_from: date | None


class HeldBack(Schema):
    """Messages of one channel that a rule held back for one reason: in 7 and 30 days for good, and those that wait now."""

    why: str
    channel: ChannelCode
    days_7: int
    days_30: int
    waiting: int


class PolicyRule(Schema):
    """A rule of the gate. ``kinds``: the messages of which it is asked."""

    code: str
    kinds: list[KindCode]
    thresholds: list[PolicyThreshold]
    held: list[HeldBack]


class ContactPolicyOut(Schema):
    """The rules in the order in which the gate asks, as they hold on a day."""

    on: date
    rules: list[PolicyRule]


class ContactVerdict(Schema):
    """What the gate would say. ``why`` empty: it may go; ``until``: from when on it may be asked again; null: not at all."""

    channel: ChannelCode
    kind: KindCode
    why: str
    until: datetime | None


class ContactCheckOut(Schema):
    """Whether a customer may be written to at this moment, by channel and kind."""

    customer_id: int
    customer: str
    cust_no: str
    at: datetime
    verdicts: list[ContactVerdict]
