"""What the pages of handovers and of the pool exchange with the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.customers.schemas import Person

Note = Annotated[str, Field(max_length=200)]


class Colleague(Schema):
    """A member of staff as giver or receiver of customers."""

    user: Person
    role: str
    org_name: str
    is_active: bool
    """False: left, and still holds customers (待移交)."""
    customers: int
    capacity: int
    """How many customers one of this role can look after."""


class HandoverIn(Schema):
    giver: int
    receiver: int
    reason: Literal["LEAVE", "TRANSFER", "TIER_UP", "CUSTOMER", "CAPACITY", "COMPLAINT"]
    customers: Annotated[list[int], Field(max_length=5000)] | None = None
    """None: the giver's whole portfolio."""
    note: Note = ""
    submit: bool = True


class NoteIn(Schema):
    note: Note = ""


class SideOut(Schema):
    """One side whose approval is needed."""

    side: str
    org_name: str
    """Empty: any branch of the two."""
    by: Person | None
    at: datetime | None


class HandoverOut(Schema):
    id: int
    status: str
    reason: str
    note: str
    giver: Person
    giver_left: bool
    giver_org: str
    receiver: Person
    receiver_org: str
    made_by: Person
    made_at: datetime
    accepted_at: datetime | None
    sides: list[SideOut]
    effective_on: date | None
    closed_at: datetime | None
    closed_by: Person | None
    closed_note: str
    customers: int
    conflicts: int
    """Customers who stay where they are; the list names each with the reason."""
    aum: Decimal | None
    """Sum at the last day's end, of the customers that go; None once closed: see each one's baseline."""
    actions: list[str]
    """What the viewer may do now: submit, accept, approve, reject, withdraw."""


class HandoverList(Schema):
    rows: list[HandoverOut]
    total: int
    waiting: int
    """How many wait for the viewer."""


class HandoverItemOut(Schema):
    customer_id: int
    is_visible: bool
    """The viewer may open the customer; else name and amount are masked."""
    cust_no: str
    name: str
    tier: int
    aum: Decimal
    status: str
    conflict: str
    baseline: Decimal | None
    baseline_mda: Decimal | None
    baseline_on: date | None
    matters: list[Literal["COMPLAINT", "RIGHTS"]] = []
    """未了事项: a complaint in the air, an open rights case."""


class HandoverItems(Schema):
    rows: list[HandoverItemOut]
    total: int


class PoolQuery(Schema):
    tier: list[int] = []
    org: int | None = None
    page: int = 1


class PoolRow(Schema):
    id: int
    name: str
    """Masked: nobody's customer is read about before being claimed; heads see it."""
    tier: int
    stage: str
    aum: Decimal
    """The lower edge of a band, except for heads."""
    org_name: str
    since: date | None
    """When the last manager's care ended; None: never had one, as far as is known."""
    open_tasks: int
    matters: list[Literal["COMPLAINT", "RIGHTS"]]
    """未了事项, as in a handover."""


class ClaimOut(Schema):
    """A claim under way."""

    customer_id: int
    name: str
    tier: int
    user: Person
    contact_by: date
    protected_until: date
    contacted: bool


class IdleOut(Schema):
    """A customer who returns to the pool unless contacted."""

    customer_id: int
    name: str
    tier: int
    user: Person
    returns_on: date


class PoolPage(Schema):
    total: int
    """Counted up to 10,000."""
    banded: bool
    rows: list[PoolRow]
    claims: list[ClaimOut]
    idle: list[IdleOut]
    claims_left: int
    """How many the viewer may claim today; 0 for heads, who assign."""


class ClaimIn(Schema):
    customer_id: int


class ReturnIn(Schema):
    customer_id: int
    note: Note


class Pair(Schema):
    customer_id: int
    user_id: int


class PlanIn(Schema):
    customers: Annotated[list[int], Field(max_length=500)] | None = None
    """None: the first 500 of the pool, the richest first."""


class PlanLine(Schema):
    """How many customers automatic assignment would give to one manager."""

    person: Colleague
    gets: int


class PlanOut(Schema):
    pairs: list[Pair]
    people: list[PlanLine]
    left_over: int
    """Whom nobody can take."""


class AssignmentsIn(Schema):
    pairs: Annotated[list[Pair], Field(min_length=1, max_length=500)]


class AssignmentsOut(Schema):
    done: int
    taken: list[int]
    """Customers whom somebody else took meanwhile."""
