"""What the customer pages exchange with the API. Money is CNY as a decimal string."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema

Small = Annotated[int, Field(ge=0, le=200)]


class Person(Schema):
    """A member of staff."""

    id: int
    name: str
    emp_no: str


class CustomerQuery(Schema):
    """What the customer list is narrowed to and ordered by; empty fields narrow nothing."""

    q: str = ""
    """What ``customers/search.py`` finds by: name, pinyin, customer number, mobile, certificate, their last four."""
    tier: list[int] = []
    stage: list[str] = []
    manager: int | None = None
    """Id of the main manager."""
    pool: bool = False
    """Only customers without a manager."""
    org: int | None = None
    """That org and all below it."""
    tag: list[int] = []
    """Any of these tags."""
    on_list: int | None = None
    """On this list of customers."""
    custom: list[str] = []
    """Conditions on the bank's own fields, all of them met: ``code~from~1``, ``code~to~9`` (numbers, dates; both
    included), ``code~is~o1|o2`` (one of these options; ``true`` or ``false``), ``code~has~text``."""
    aum_from: Decimal | None = None
    """Bounds are both included; of money CNY. Who sees bands only may bound by their edges only."""
    aum_to: Decimal | None = None
    mda_from: Decimal | None = None
    mda_to: Decimal | None = None
    qda_from: Decimal | None = None
    qda_to: Decimal | None = None
    yda_from: Decimal | None = None
    yda_to: Decimal | None = None
    lum_from: Decimal | None = None
    lum_to: Decimal | None = None
    net_month_from: Decimal | None = None
    net_month_to: Decimal | None = None
    net_year_from: Decimal | None = None
    net_year_to: Decimal | None = None
    categories_from: Small | None = None
    categories_to: Small | None = None
    age_from: Small | None = None
    age_to: Small | None = None
    rfm_r: list[int] = []
    """Quintiles, 5 the best; likewise F and M."""
    rfm_f: list[int] = []
    rfm_m: list[int] = []
    gender: list[str] = []
    risk_level: list[str] = []
    risk_expiry_from: date | None = None
    risk_expiry_to: date | None = None
    last_txn_from: date | None = None
    last_txn_to: date | None = None
    last_login_from: date | None = None
    last_login_to: date | None = None
    open_date_from: date | None = None
    open_date_to: date | None = None
    last_contact_from: date | None = None
    last_contact_to: date | None = None
    """Not contacted since: who was never contacted is among them."""
    payroll: bool | None = None
    effective: bool | None = None
    has_task: bool | None = None
    sort: str = "-aum"
    """A key of ``listing.ORDERS``, aum, name or last_contact; descending with ``-``."""
    page: int = 1


class TagOnCustomer(Schema):
    """手工标签 that holds on a customer."""

    id: int
    name: str
    by: str
    """Who put it there."""
    at: datetime
    expires_on: date | None


class CustomerRow(Schema):
    """One line of the customer list."""

    id: int
    cust_no: str
    name: str
    gender: str
    tier: int
    stage: str
    aum: Decimal
    mda: Decimal
    net_month: Decimal | None
    """AUM net change since last month's end."""
    months: list[Decimal | None]
    """13 monthly averages, oldest first, this month last."""
    manager: Person | None
    org_name: str
    last_contact: date | None
    open_tasks: int
    qda: Decimal
    yda: Decimal
    lum: Decimal
    net_year: Decimal | None
    categories: int
    rfm: str
    age: int | None
    open_date: date
    risk_level: str
    risk_expiry: date | None
    last_txn: date | None
    last_login: date | None
    is_payroll: bool
    is_effective: bool
    tags: list[TagOnCustomer]


class CustomerPage(Schema):
    total: int
    """How many fit, counted up to 10,000."""
    banded: bool
    """Amounts are the lower edges of bands (50万 means 50 to 100万): this role does not see exact ones."""
    rows: list[CustomerRow]
    biz_date: date | None


class Slice(Schema):
    """Part of AUM by kind (DEMAND, TIME, ...)."""

    kind: str
    amount: Decimal


class CustomerOut(Schema):
    """客户一览, first version: who, and how they stand."""

    id: int
    cust_no: str
    name: str
    name_masked: bool
    banded: bool
    """Amounts are the lower edges of bands; see ``CustomerPage.banded``."""
    gender: str
    age: int | None
    birth_date: date | None
    mobile_masked: str
    email_masked: str
    cert_type: str
    cert_masked: str
    occupation: str
    org_name: str
    open_date: date
    tenure_months: int
    status: str
    risk_level: str
    risk_expiry: date | None
    is_staff: bool
    do_not_disturb: bool
    manager: Person | None
    co_managers: list[Person]
    tier: int
    tier_asset: int
    tier_changed: date | None
    stage: str
    stage_since: date | None
    aum: Decimal
    mda: Decimal
    qda: Decimal
    yda: Decimal
    lum: Decimal
    net_month: Decimal | None
    net_year: Decimal | None
    months: list[Decimal | None]
    mix: list[Slice]
    categories: int
    rfm: str
    last_txn: date | None
    last_login: date | None
    is_payroll: bool
    is_effective: bool
    tags: list[TagOnCustomer]
    biz_date: date


class Point(Schema):
    """AUM at one day's end."""

    day: date
    aum: Decimal


class AccountOut(Schema):
    acct_masked: str
    category: str
    subject: str | None
    ccy: str
    balance: Decimal
    open_date: date
    maturity: date | None
    rate: Decimal | None
    status: str
    auto_renew: bool | None


class HoldingOut(Schema):
    prod_code: str
    name: str
    category: str
    ccy: str
    market_value: Decimal
    cost: Decimal | None
    maturity: date | None
    risk_level: str | None


class LoanOut(Schema):
    loan_masked: str
    kind: str
    ccy: str
    balance: Decimal
    credit_limit: Decimal | None
    rate: Decimal | None
    due_date: date | None
    days_past_due: int | None


class CardOut(Schema):
    card_masked: str
    kind: str
    balance: Decimal | None
    credit_limit: Decimal | None
    expiry: date | None
    status: str


class Holdings(Schema):
    """Accounts and everything held, largest first."""

    biz_date: date
    accounts: list[AccountOut]
    holdings: list[HoldingOut]
    loans: list[LoanOut]
    cards: list[CardOut]


class TransactionOut(Schema):
    txn_date: date
    txn_time: str | None
    acct_masked: str
    direction: str
    amount: Decimal
    ccy: str
    balance_after: Decimal | None
    kind: str
    channel: str | None
    opp_name_masked: str | None
    opp_bank: str | None
    own_name: bool | None
    remark: str | None


class Transactions(Schema):
    """Newest first; ``before`` continues with the next older days, None at the end."""

    rows: list[TransactionOut]
    before: date | None


class TimelineEntry(Schema):
    """Something that happened.

    ``kind``: CONTACT, MESSAGE, VISIT, MONEY, EVENT, TASK, TIER, STAGE, PROFILE, OWNER, RELATION, OPENED, JOURNEY.
    """

    id: str
    """Names the entry for good."""
    at: datetime
    kind: str
    code: str
    """Contact result, event type, changed field, ...: the pages have words for each."""
    title: str
    """What an event is called, in the viewer's language; of a message the channel in whose place it went; empty for the rest."""
    detail: str
    before: str
    """Of a change, masked; of a contact, its channel."""
    after: str
    by: str | None


class TimelinePage(Schema):
    """Newest first."""

    rows: list[TimelineEntry]
    next: str | None
    """Pass as ``cursor`` for older ones; None at the end."""
    mark: str
    """Differs from an earlier one if anything has happened since."""


class Mark(Schema):
    """See ``TimelinePage.mark``."""

    mark: str


class RevealIn(Schema):
    field: Literal["mobile", "email", "cert", "name"]
    reason: Literal["CALL", "VERIFY", "SERVICE", "COMPLAINT"]


class RevealOut(Schema):
    value: str


class LookUpIn(Schema):
    q: Annotated[str, Field(max_length=60)]
    """A whole mobile or certificate number."""


class LookUpOut(Schema):
    """跨机构查询: whether the bank has such a customer, and which outlet looks after them. Never who it is."""

    org_name: str | None
    """管户机构; None: nobody in the bank has this number."""
