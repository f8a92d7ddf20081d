"""Shapes of the privacy API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

PurposeCode = Literal[
    "SERVICE", "MARKETING_SMS", "MARKETING_CALL", "MARKETING_APP", "MARKETING_WECOM", "MARKETING_EMAIL",
    "PROFILING", "SHARE_GROUP", "SENSITIVE", "RECORDING",
]  # fmt: skip
ChannelCode = Literal["COUNTER", "APP", "PHONE", "WECOM", "SMS", "EMAIL", "PAPER"]
KindCode = Literal["ACCESS", "COPY", "PORT", "CORRECT", "DELETE", "EXPLAIN", "OBJECT"]


class PolicyOut(Schema):
    """授权文本: one version of what a customer is asked to agree to."""

    id: int
    purpose: str
    version: int
    text: str
    """In the reader's language."""
    text_zh: str
    text_en: str
    text_hash: str
    changes_purpose: bool
    published_at: datetime
    published_by: str
    """Empty: came with Yinke."""


class PolicyIn(Schema):
    """The next version of a text."""

    purpose: PurposeCode
    text_zh: Annotated[str, Field(max_length=2000)]
    text_en: Annotated[str, Field(max_length=2000)]
    changes_purpose: bool


class ConsentOut(Schema):
    """授权: one entry of the ledger."""

    id: int
    purpose: str
    answer: str
    """GRANTED, WITHDRAWN or REFUSED."""
    version: int
    channel: str
    evidence: str
    at: datetime
    by: str


class StandingOut(Schema):
    """How the customer stands to one purpose, and the text to be shown before a yes."""

    purpose: str
    state: str
    """GRANTED, WITHDRAWN, REFUSED, NONE, VOID or CONTRACT: see ``consents.Standing``."""
    since: datetime | None
    policy: PolicyOut


class ConsentsOut(Schema):
    """授权与偏好 of one customer."""

    standings: list[StandingOut]
    history: list[ConsentOut]
    restricted: bool
    """Only storage and what the law demands."""
    may_record: bool


class ConsentIn(Schema):
    """A customer's yes or no."""

    purpose: PurposeCode
    answer: Literal["GRANTED", "WITHDRAWN", "REFUSED"]
    channel: ChannelCode
    policy_id: int | None = None
    evidence: Annotated[str, Field(max_length=100)] = ""
    request_key: Annotated[str, Field(min_length=8, max_length=40)]


class FieldOut(Schema):
    """One stored field."""

    name: str
    zh: str
    en: str
    level: str
    store: str


class EntryOut(Schema):
    """数据目录: one stored table."""

    table: str
    place: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    basis: str
    level: str
    """The highest of its fields."""
    kept_days: int | None
    """None: as long as what it belongs to."""
    kept_source: str
    at_least: bool
    """It is kept at least so long and never deleted online: it is proof."""
    erase: str
    about_customers: bool
    fields: list[FieldOut]


class CaseIn(Schema):
    """A person's request. Either the customer's page names the customer, or the exact number does."""

    customer_id: int | None = None
    cust_no: Annotated[str, Field(max_length=32)] = ""
    kind: KindCode
    channel: ChannelCode
    asked: Annotated[str, Field(max_length=1000)] = ""


class VerifyIn(Schema):
    """How the person's identity was checked."""

    how: Literal["ID_CARD", "FACE_TO_FACE", "CALL_BACK", "APP_LOGIN", "PROXY_LETTER"]


class CloseIn(Schema):
    """How a request ends."""

    outcome: Literal["DONE", "REFUSED", "WITHDRAWN"]
    answer: Annotated[str, Field(max_length=1000)] = ""
    ground: Annotated[str, Field(max_length=20)] = ""


class FileOut(Schema):
    """The copy that was made for a case."""

    rows: int
    made_at: datetime
    expires_at: datetime
    taken: int
    takes: int
    """How often it may be taken."""
    gone: bool


class CaseRow(Schema):
    """权利请求: one line of the list."""

    id: int
    customer_id: int
    cust_no: str
    name: str
    """Masked."""
    kind: str
    status: str
    channel: str
    received_on: date
    due_on: date
    workdays_left: int | None
    """Working days until the deadline, negative when it has passed; None for a closed case."""
    opened_by: str
    closed_at: datetime | None


class CaseOut(CaseRow):
    """One request with all that belongs to it."""

    asked: str
    identity_check: str
    verified_by: str
    closed_by: str
    answer: str
    ground: str
    holds: list[str]
    """Why the data can't be deleted yet: codes."""
    file: FileOut | None
    may_verify: bool
    may_decide: bool
    """Whether the viewer may refuse, delete, and give copies."""
    is_opener: bool
    """Whether the viewer took it in: somebody else then decides on a deletion."""


class CasePage(Schema):
    """Requests: open ones by deadline, then closed ones, newest first."""

    total: int
    open: int
    overdue: int
    rows: list[CaseRow]


class Password(Schema):
    """Opens the encrypted file; shown once."""

    password: str
