"""What 客户一览 needs at first sight, in one answer. Money is CNY as a decimal string."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yinke.care.schemas import TaskOut
from yinke.common.schema import Schema
from yinke.customers.schemas import CustomerOut, Holdings, Point, TimelineEntry, TimelinePage


class Silence(Schema):
    """免打扰: what nobody may do, since when, until when (None: until the customer lifts it)."""

    scope: str
    since: date
    until: date | None


class Reach(Schema):
    """Whether the customer can be reached."""

    mobile: str
    """GOOD: reached under this very number; BAD: found out of use; UNTRIED; NONE: the bank has none."""
    verified_on: date | None
    """The last day on which the customer himself was reached by phone, for GOOD; the day of the finding, for BAD."""
    silences: list[Silence]


class MaturityOut(Schema):
    """到期日历: one thing that falls due."""

    on: date
    kind: str
    """DEPOSIT, PRODUCT, LOAN or CARD."""
    name: str
    """The product's name; of a deposit its subject, of loans and cards their kind."""
    number: str
    """Masked; empty for products."""
    ccy: str
    amount: Decimal | None
    auto_renew: bool | None


class FlowOut(Schema):
    """现金流: one kind of money in or out in one month."""

    month: str
    """YYYY-MM."""
    direction: str
    kind: str
    amount: Decimal
    txns: int
    inner: bool
    """Between the customer's own things (a maturity, a purchase): no money came or went."""


class HabitOut(Schema):
    """渠道习惯: how often in one channel at one time of the day, over the last months."""

    channel: str
    part: int
    """0 night, 1 morning, 2 afternoon, 3 evening: six hours each."""
    visits: int
    """Logins and visits."""
    txns: int
    """Transactions that the customer made himself."""
    last_on: date


class Overview(Schema):
    """客户一览 at first sight."""

    customer: CustomerOut
    reach: Reach
    tags: list[str]
    """Codes; the pages say what each means and where it comes from."""
    curve: list[Point]
    debts: list[Point]
    """LUM on the days of the curve; empty for who owed nothing."""
    marks: list[TimelineEntry]
    """What is drawn on the curve: large bookings, maturities, tier changes."""
    holdings: Holdings
    maturities: list[MaturityOut]
    """The next twelve months, soonest first."""
    flows: list[FlowOut]
    """Six months, newest first."""
    habits: list[HabitOut]
    tasks: list[TaskOut]
    timeline: TimelinePage
