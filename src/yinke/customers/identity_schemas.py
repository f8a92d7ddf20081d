"""What the pages of 客户归并 exchange with the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.customers.schemas import Person


class IdentitySide(Schema):
    """One customer number, as it is compared with another."""

    customer_id: int
    cust_no: str
    name: str
    cert_type: str
    cert_masked: str
    mobile_masked: str
    birth_date: date | None
    """None where unknown or hidden from this role; ``compared`` speaks all the same."""
    gender: str
    org_name: str
    open_date: date
    status: str
    tier: int
    aum: Decimal
    manager: Person | None
    numbers: int
    """How many customer numbers its person has."""


class IdentityCompared(Schema):
    """One field of both: SAME, ALIKE (written otherwise), DIFFERENT or UNKNOWN on a side."""

    field: Literal["name", "cert_type", "cert", "mobile", "birth", "gender"]
    agrees: Literal["SAME", "ALIKE", "DIFFERENT", "UNKNOWN"]


class IdentityPairOut(Schema):
    """候选: two customers side by side."""

    id: int
    rule: str
    """K1, K1H, K2 or K3."""
    verdict: str
    """REVIEW, or MERGE where another decision keeps the two apart."""
    score: float
    found_on: date
    until: date | None
    """Put off until then."""
    a: IdentitySide
    b: IdentitySide
    compared: list[IdentityCompared]


class IdentityQueues(Schema):
    """How many wait, counted up to 10,000."""

    open: int
    later: int
    splits: int
    owners: int


class IdentityPairPage(Schema):
    total: int
    rows: list[IdentityPairOut]
    biz_date: date | None
    banded: bool
    """Amounts are the lower edges of bands."""


class IdentityDecideIn(Schema):
    verdict: Literal["SAME", "DIFFERENT", "LATER"]
    note: str = Field("", max_length=200)


class IdentityRevealIn(Schema):
    customer_id: int
    field: Literal["mobile", "cert", "name"]


class OneNumberOut(Schema):
    """One customer number of a person."""

    customer_id: int
    cust_no: str
    name: str
    org_name: str
    open_date: date
    status: str
    tier: int
    aum: Decimal
    manager: Person | None
    rule: str
    since: date
    split_asked: bool
    """Somebody asked to take it out."""


class OnePersonOut(Schema):
    """同一人: the numbers of a person that the viewer sees."""

    one_id: int
    members: list[OneNumberOut]
    aum: Decimal
    """Together."""
    managers: list[Person]
    """The main managers, if they are different ones."""
    lead: Person | None
    whole: bool
    """False tells a data steward that other numbers lie outside the scope; nobody else learns of those."""


class OnePersonPage(Schema):
    total: int
    rows: list[OnePersonOut]
    biz_date: date | None
    banded: bool


class SamePersonOut(Schema):
    """For the customer's page: ``person`` is None if the viewer knows of no other number."""

    person: OnePersonOut | None
    banded: bool


class SplitAskIn(Schema):
    customer_id: int
    note: str = Field(max_length=200)


class SplitCheckIn(Schema):
    approve: bool
    answer: str = Field("", max_length=200)


class PersonLeadIn(Schema):
    manager_id: int | None
    note: str = Field("", max_length=200)


class PersonSplitOut(Schema):
    """A request to take a number out of a person."""

    id: int
    customer_id: int
    cust_no: str
    name: str
    org_name: str
    others: list[OneNumberOut]
    """From whom it is to be taken apart."""
    asked_by: str
    asked_at: datetime
    note: str
    mine: bool
    """The viewer asked; somebody else must check."""


class IdentityDecisionOut(Schema):
    """判定记录: what was decided about two customers."""

    id: int
    a_no: str
    b_no: str
    a_id: int
    b_id: int
    a_name: str
    b_name: str
    verdict: str
    by: str
    at: datetime
    note: str
    checked_by: str | None
    """Of an un-merge: who let it happen."""
    ended_at: datetime | None
    ended_by: str | None


class IdentityDecisionPage(Schema):
    total: int
    rows: list[IdentityDecisionOut]
