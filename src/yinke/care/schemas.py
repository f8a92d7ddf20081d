"""What the workbench and the branch page exchange with the API. Money is CNY as a decimal string."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.customers.schemas import Person


class ReasonOut(Schema):
    """One reason in plain words, in the viewer's language."""

    type: str
    name: str
    family: str
    text: str
    priority: int
    expire_on: date
    amount: Decimal | None
    by: str | None
    """Who asked for it by hand; null: a night."""
    due_on: date | None
    """By when, if somebody has said so."""


class TaskCustomer(Schema):
    id: int
    name: str
    gender: str
    tier: int
    stage: str
    aum: Decimal
    mda: Decimal
    months: list[Decimal | None]
    mobile_masked: str
    mobile_invalid: bool
    """空号: somebody found this very number out of use."""
    do_not_disturb: bool


class ContactOut(Schema):
    id: int
    at: datetime
    by: str
    channel: str
    result: str
    next_on: date | None
    note: str
    withdrawn: bool
    """Taken back by its recorder; kept, but it counts for nothing."""


class TaskOut(Schema):
    id: int
    customer: TaskCustomer
    biz_date: date
    priority: int
    status: str
    due_on: date
    expire_on: date
    next_on: date | None
    result: str
    """Result of the last contact; empty before the first."""
    is_overdue: bool
    is_later: bool
    """The manager promised a day that has not come; it stands at the list's end."""
    is_overflow: bool
    assignee: Person | None
    reasons: list[ReasonOut]
    talk: list[str]
    last_contact: ContactOut | None


class Counts(Schema):
    """The list's numbers, before the filters by type, tier and name."""

    left: int
    """Open, for today, within the cap."""
    later: int
    """Open, promised for a later day."""
    done: int
    """Done today (Asia/Shanghai)."""
    overdue: int
    overflow: int
    by_type: dict[str, int]
    own_names: dict[str, str]
    """What those of ``by_type`` are called, in the viewer's language, that are own events."""
    by_tier: dict[str, int]


class Workbench(Schema):
    """今天该联系谁: the ordered list and what is done and left."""

    biz_date: date | None
    counts: Counts
    tasks: list[TaskOut]
    next_cursor: int | None
    """Pass as ``cursor`` for the next 50; None at the end."""


class AssignIn(Schema):
    """Who shall do a task."""

    user_id: int


RequestKey = Annotated[str, Field(pattern=r"^[\w-]{8,40}$")]
"""Given by the client: what is sent twice is done once."""


class HandIn(Schema):
    """For whom a task by hand is meant."""

    customer_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=200)
    ]
    kind: Literal["H01", "H02", "H03", "H04"]


class HandTaskIn(HandIn):
    """A task by hand; ``due_on`` is a working day."""

    due_on: date
    note: str = ""
    request_key: RequestKey


class HandTakeBackIn(HandIn):
    """A request whose tasks are taken back."""

    request_key: RequestKey


class HandLine(Schema):
    """One customer of it. ``refusal``: the code of why there may be no such task; empty: there may, or it is made (``task_id``)."""

    customer_id: int
    name: str
    refusal: str
    experiment: str
    """Which one holds the customer out, if that is why."""
    assignee: Person | None
    """Who has the task; null: the pool."""
    task_id: int | None


class HandPlan(Schema):
    """What could be planned, or was."""

    lines: list[HandLine]
    workdays: list[date]
    """Days that may be its due date."""


class TakenBack(Schema):
    """How many tasks were taken back."""

    tasks: int


class ResultIn(Schema):
    """What came of a contact."""

    channel: str
    result: str
    next_on: date | None = None
    note: str = ""
    request_key: str
    close: bool | None = None
    """None: a result that reached the customer closes the task unless a next date is set."""


class Team(Schema):
    """One manager's line of the branch page."""

    user: Person
    role: str
    org_name: str
    customers: int
    aum: Decimal
    net_month: Decimal
    tasks_left: int
    tasks_done: int
    overdue: int
    coverage: float | None
    """触达率: customers with an effective contact this month / customers managed."""


class OrgLine(Schema):
    """One org below: for the drill-down."""

    id: int
    name: str
    level: int
    customers: int
    managed: int
    aum: Decimal
    net_month: Decimal
    tasks_left: int
    overdue: int


class BranchOut(Schema):
    """我的支行这周怎么样."""

    org: OrgLine
    path: list[OrgLine]
    """From the viewer's own org down to this one, for the breadcrumb."""
    biz_date: date | None
    tiers: dict[str, int]
    """Customers by tier rank."""
    children: list[OrgLine]
    team: list[Team]
    pool_tasks: int
    """Open tasks of customers without a manager."""
