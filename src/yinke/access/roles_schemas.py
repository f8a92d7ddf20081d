"""What the page 角色与权限 exchanges with the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema


class RoleOut(Schema):
    """A role, what it may do, and where this bank departs from the default."""

    role: str
    people: int
    rights: list[str]
    added: list[str]
    removed: list[str]
    is_own: bool
    """The viewer's own role: others must change it."""


class StaffOut(Schema):
    """A member of staff as a security administrator sees them."""

    id: int
    name: str
    emp_no: str
    role: str
    post: str
    is_granted: bool
    """The role was granted here, over the post of the staff file."""
    org_name: str


class RoleRequestIn(Schema):
    kind: Literal["GRANT", "REVOKE", "RIGHT_ON", "RIGHT_OFF"]
    user_id: int | None = None
    role: str = ""
    right: str = ""
    reason: Annotated[str, Field(max_length=200)]


class DecisionIn(Schema):
    approve: bool
    note: Annotated[str, Field(max_length=200)] = ""


class RoleRequestOut(Schema):
    id: int
    kind: str
    user: StaffOut | None
    role: str
    right: str
    reason: str
    status: str
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    may_decide: bool


class RolesPage(Schema):
    roles: list[RoleOut]
    all_rights: list[str]
    waiting: list[RoleRequestOut]
    decided: list[RoleRequestOut]
    """The newest 50."""
    granted: list[StaffOut]
    """Who holds a role that was granted here."""
    may_request: bool
