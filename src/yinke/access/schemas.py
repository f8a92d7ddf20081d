"""What sign-in and the shell exchange with the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

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
