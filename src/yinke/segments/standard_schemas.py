"""What goes in and out of the API of the bank's standards."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ninja import Schema
from pydantic import Field

Value = int | float | list[int]
Values = dict[str, Value]


class StandardOut(Schema):
    """One threshold that tells tiers or stages apart, with what comes next."""

    code: str
    name: str
    unit: str
    value: Value
    valid_from: date
    owner: str
    source: str
    next_value: Value | None
    next_from: date | None


class Move(Schema):
    """How many would go from one tier or stage to another (or stay), with their AUM in CNY."""

    before: str
    after: str
    customers: int
    aum: Decimal


class OrgMove(Schema):
    """Of one branch: whose calculated tier would rise or fall, whose stage would be another."""

    org: str
    up: int
    down: int
    stages: int


class Effect(Schema):
    """试算: whom other values would have moved on a date."""

    biz_date: date
    values: Values
    customers: int
    tiers: list[Move]
    stages: list[Move]
    orgs: list[OrgMove]
    kept: int
    """Whose calculated tier would fall, but who keep the tier they are served as until the protection ends."""


class StandardChangeOut(Schema):
    """A change that was asked for."""

    id: int
    values: Values
    before: Values
    valid_from: date
    note: str
    effect: Effect
    status: str
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    may_decide: bool
    may_withdraw: bool


class StandardsOut(Schema):
    """How tiers and stages are told apart."""

    biz_date: date
    standards: list[StandardOut]
    changes: list[StandardChangeOut]
    may_propose: bool


class SimulateIn(Schema):
    """Other values, by threshold's code."""

    values: Values = Field(max_length=40)


class ProposeIn(SimulateIn):
    """Other values from a date on, and why."""

    valid_from: date
    note: str = Field(max_length=1000)


class RefuseChangeIn(Schema):
    """Why a change is refused."""

    reason: str = Field(max_length=1000)
