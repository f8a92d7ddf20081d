"""数据导出, as the API gives and takes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from yinke.common.schema import Schema
from yinke.customers.schemas import CustomerQuery


class ExportIn(Schema):
    """What is asked for: which customers, which of their fields, what for and for whom."""

    purpose: Annotated[str, Field(max_length=200)]
    recipient: Annotated[str, Field(max_length=100)]
    fields: Annotated[list[str], Field(min_length=1, max_length=40)]
    plain: list[str] = []
    """Of ``fields``, those of C2 wanted unmasked: name, mobile, email, cert."""
    query: CustomerQuery


class ExportOut(Schema):
    """数据导出申请."""

    id: int
    requester: str
    org_name: str
    purpose: str
    recipient: str
    fields: list[str]
    plain: list[str]
    query: dict[str, str | int | bool | list[int] | list[str]]
    rows: int
    status: str
    """SUBMITTED, CHECKED, APPROVED, MADE, REFUSED, WITHDRAWN, or ENDED: approved, but past its time."""
    rows_changed: bool
    compliance: bool
    """Compliance decides too."""
    asked_at: datetime
    checked_by: str | None
    cleared_by: str | None
    note: str
    expires_at: datetime | None
    downloads: int
    downloads_left: int
    mine: bool
    decidable: bool
    """It waits for the viewer."""


class Exports(Schema):
    mine: list[ExportOut]
    waiting: list[ExportOut]
    decided: list[ExportOut]
    fields: list[str]
    """What may be asked for, in the file's order."""
    plain_fields: list[str]
    most_rows: int


class Decision(Schema):
    approve: bool
    rows: int
    """As many customers as the page showed."""
    note: Annotated[str, Field(max_length=200)] = ""


class ExportMade(Schema):
    """The file's password; None: the customers have changed, and the request is back for approval."""

    password: str | None
    export: ExportOut
