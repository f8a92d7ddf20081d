"""What the pages 团队 and 机构 exchange with the API."""

from __future__ import annotations

from datetime import date

from yinke.common.schema import Schema
from yinke.customers.schemas import Person


class Away(Schema):
    """代管: an absence, and who stands in."""

    id: int
    absent: Person
    substitute: Person
    since: date
    until: date
    may_end: bool


class TeamMember(Schema):
    user: Person
    role: str
    is_me: bool
    due: list[int] | None
    """Open tasks due on each of ``days``, overdue ones on the first; None: not shown to colleagues."""


class TeamOut(Schema):
    """谁在岗: the next days of the team."""

    days: list[date]
    workdays: list[bool]
    members: list[TeamMember]
    away: list[Away]
    may_name_for_all: bool


class CoverIn(Schema):
    absent: int
    substitute: int
    since: date
    until: date


class OrgRow(Schema):
    """An org below, with everything under it."""

    id: int
    name: str
    level: int
    is_open: bool
    staff: int
    managers: int
    customers: int
    pool: int


class StaffRow(Schema):
    user: Person
    role: str
    post: str
    """What the staff file says, if another role was granted."""
    is_active: bool
    is_disabled: bool
    customers: int
    capacity: int | None
    """How many customers one of this role can look after; None for those who look after none."""
    away_until: date | None


class OrgPage(Schema):
    """机构: one org, those below it, and its people."""

    org: OrgRow
    org_no: str
    successor: str
    """Who took it over, if it was closed."""
    path: list[OrgRow]
    children: list[OrgRow]
    staff: list[StaffRow]
    staff_total: int
    biz_date: date | None
    may_disable: bool
