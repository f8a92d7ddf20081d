"""What sign-in and the shell exchange with the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, IPvAnyAddress

from yinke.common.schema import Schema


class SignIn(Schema):
    """Staff number and password."""

    emp_no: str
    password: str


class Language(Schema):
    """The language a person reads: zh-hans or en."""

    language: Literal["zh-hans", "en"]


class OrgOut(Schema):
    id: int
    org_no: str
    name: str
    level: int


class Freshness(Schema):
    """How fresh the night's figures are."""

    biz_date: date | None
    """数据截至: last business date written to the pages; None before the first night."""
    written_at: datetime | None
    late: bool
    running: bool


class Me(Schema):
    """The signed-in person; ``rights`` decide the navigation."""

    id: int
    emp_no: str
    name: str
    role: str
    org: OrgOut
    rights: list[str]
    language: str
    freshness: Freshness


class AuditQuery(Schema):
    """What an auditor looks for; empty fields do not narrow."""

    since: date | None = None
    until: date | None = None
    who: Annotated[str, Field(max_length=60)] = ""
    action: Annotated[str, Field(max_length=40)] = ""
    object_id: Annotated[str, Field(max_length=64)] = ""
    address: IPvAnyAddress | None = None


class AuditOut(Schema):
    """One entry of the audit trail."""

    id: int
    at: datetime
    user: str
    """Who, by name; empty for a sign-in that was refused."""
    emp_no: str
    org: str
    action: str
    object_type: str
    object_id: str
    reason: str
    address: str | None


class AuditPage(Schema):
    """Entries, newest first; ``before`` leads to the older ones, None at the end."""

    rows: list[AuditOut]
    before: int | None
    actions: list[str]
    """Every action that the trail knows, for the filter."""


class ErrorOut(Schema):
    """Any refusal: ``code`` has a text in each language at the page."""

    code: str
    message: str
    place: str
    remedy: str


class DemoLogin(Schema):
    """A login of the demo bank, offered on its sign-in page."""

    emp_no: str
    password: str
    role: str
    zh: str
    en: str


class AlertOut(Schema):
    """异常提醒. ``kind``: MANY_REVEALS, OFF_HOURS, MANY_NUMBERS or IDS_IN_A_ROW."""

    id: int
    kind: str
    user: str
    emp_no: str
    role: str
    org: str
    day: date
    first_at: datetime
    last_at: datetime
    count: int
    """Looks in the busiest hour; off hours: in the day; in a row: customers."""
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    note: str
    may_acknowledge: bool


class Alerts(Schema):
    rows: list[AlertOut]
    open: int
    """How many wait for somebody."""


class AlertNote(Schema):
    note: Annotated[str, Field(max_length=200)]
