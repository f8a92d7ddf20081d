"""What sign-in and the shell exchange with the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, IPvAnyAddress

from yinke.common.schema import Schema


class SignIn(Schema):
    """Staff number and password."""

    emp_no: str
    password: str


class Language(Schema):
    """The language a person reads: zh-hans or en."""

    language: Literal["zh-hans", "en"]


Kind = Literal["totp", "webauthn", "recovery_codes"]


class SignInWay(Schema):
    """An identity provider of the bank."""

    address: str
    """A form is posted here, with the page's token as ``csrfmiddlewaretoken`` and ``next``."""
    zh: str
    en: str


class SecondStep(Schema):
    """The password is right; now one of these second factors."""

    kinds: list[Kind]


class Code(Schema):
    """A code of an authenticator app, or a recovery code."""

    code: Annotated[str, Field(max_length=40)]


class Proof(Schema):
    """The password again, where the sign-in is no longer fresh."""

    password: str = ""


class NewPassword(Schema):
    old_password: str
    password: str


class TotpSecret(Schema):
    """What an authenticator app needs: the secret to type, or the address (otpauth://) as a QR code."""

    secret: str
    address: str


class PasskeyOptions(Schema):
    """What the browser asks a passkey (WebAuthn JSON)."""

    options: dict[str, Any]


class Credential(Schema):
    """What a passkey answers (WebAuthn JSON)."""

    credential: dict[str, Any]


class NamedCredential(Credential):
    name: Annotated[str, Field(min_length=1, max_length=40)]


class RecoveryCodes(Schema):
    """Recovery codes, shown this once; empty if the person has theirs already."""

    codes: list[str]


class FactorOut(Schema):
    """A second factor that is set up."""

    id: int
    kind: Kind
    name: str
    added_at: datetime
    used_at: datetime | None
    codes_left: int | None
    """Of recovery codes: how many are unused."""


class SessionOut(Schema):
    """An open session."""

    id: int
    started_at: datetime
    active_at: datetime
    address: str
    browser: str
    system: str
    way: str
    here: bool
    """This very one."""


class SignInEvent(Schema):
    """A sign-in, its refusal, the end of a session, or a change of password or second factor."""

    id: int
    at: datetime
    action: str
    reason: str
    address: str | None


class Security(Schema):
    """账号安全 of one person."""

    own_password: bool
    """The person's password is kept here, so that it can be changed here."""
    password_set_at: datetime | None
    password_until: datetime | None
    """When it must be changed; None: no age is set."""
    min_length: int
    classes: int
    remembered: int
    second_factor_needed: bool
    confirm: bool
    """Changing a second factor asks for the password: the sign-in is no longer fresh."""
    factors: list[FactorOut]
    sessions: list[SessionOut]
    history: list[SignInEvent]


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


class SessionLeft(Schema):
    """How long the session still has, in seconds, when nobody touches it and at the latest."""

    idle: int
    idle_time: int
    longest: int
    warning: int
    """So long before the end the person is asked whether to stay."""


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
    session: SessionLeft
    must: Literal["", "password", "second_factor"]
    """What has to be done before anything else."""


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
