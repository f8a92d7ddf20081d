"""What the pages of salons are told, and what they say."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.outreach.campaigns.plan import Money
from yinke.outreach.journeys.schemas import Choice, TextChoice
from yinke.outreach.salons.plan import SalonFault, SalonPlan
from yinke.outreach.schemas import MessageState

SalonState = Literal["DRAFT", "REVIEW", "OPEN", "OVER", "CANCELLED"]
"""``OPEN`` becomes ``OVER`` with its end."""
GuestState = Literal["INVITED", "COMING", "WAITING", "DECLINED"]
GuestPart = Literal["", "INVITED", "COMING", "WAITING", "DECLINED", "ATTENDED", "ABSENT"]


class SalonIn(Schema):
    """A salon as it is planned; kept as a draft whatever stands against it."""

    name: str = Field(max_length=60)
    host_id: int = Field(ge=1, le=2**31 - 1)
    plan: SalonPlan


class SalonApproval(Schema):
    """What the viewer has read and approves."""

    digest: str = Field(max_length=64)


class SalonSpent(Schema):
    """What it cost in CNY."""

    spent: Money


class InviteIn(Schema):
    """Customers who are asked; ``by_text``: by the salon's text, with a link of their own; else by word."""

    customer_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=200)
    ]
    by_text: bool = False


class InviteSegmentIn(Schema):
    """Customers of a segment who are asked, those with the highest AUM first, ``most`` at most."""

    segment: str = Field(max_length=40)
    most: int = Field(default=50, ge=1, le=2_000)
    by_text: bool = False


class SalonLoss(Schema):
    """Customers who were left out for one reason."""

    why: Literal["STATUS", "RESTRICTED", "DND", "HELD_OUT"]
    customers: int


class InvitedOut(Schema):
    """What an invitation came to: who is new, who had been asked before, who gets the text, who was left out."""

    invited: int
    before: int
    texts: int
    lost: list[SalonLoss]


class AnswerIn(Schema):
    """What a customer said."""

    coming: bool
    seats: int = Field(default=1, ge=1, le=5)


class CodeIn(Schema):
    """签到码 as the guest shows it."""

    code: str = Field(min_length=1, max_length=40)


class CameIn(Schema):
    """Checked in by hand; false: taken back."""

    came: bool


class SalonOut(Schema):
    """A salon in the list. Its numbers are the whole salon's: they tell of no customer."""

    id: int
    name: str
    host: str
    state: SalonState
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    taken: int
    waiting: int
    """Customers who wait."""
    invited: int
    """Customers who were asked, whatever they answered."""
    attended: int
    may_decide: bool
    may_write: bool


class SalonArm(Schema):
    """Customers, and what has become of their AUM (CNY, summed) since before the salon; null: that day has not come."""

    customers: int
    change_30: Decimal | None
    change_60: Decimal | None
    change_90: Decimal | None


class SalonResult(Schema):
    """What a salon came to: those who came beside those who were asked and did not. No lots were drawn between them: what differs
    need not be the salon's doing."""

    attended: SalonArm
    others: SalonArm
    spent: Decimal | None
    per_guest: Decimal | None
    """CNY for each customer who came."""


class SalonDetail(SalonOut):
    """One salon."""

    plan: SalonPlan
    host_id: int
    text: str
    """Name of the text by which customers may be invited; empty: by word only."""
    link: bool
    """Whether the bank has said where customers reach the page of their invitation."""
    faults: list[SalonFault]
    digest: str
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    cancelled_at: datetime | None
    answers: bool
    """Customers may answer now."""
    door: bool
    """Guests may be checked in now."""
    unsuited: int
    """Of the viewer's customers who are coming, those whom what it speaks of does not suit."""
    result: SalonResult | None
    may_withdraw: bool
    may_invite: bool
    may_cancel: bool
    may_spend: bool


class SalonGuestOut(Schema):
    """A guest of the viewer's, masked as they must see them."""

    id: int
    customer_id: int
    name: str
    state: GuestState
    seats: int
    invited_by: str
    invited_at: datetime
    answered_at: datetime | None
    by_page: bool
    """The customer answered on the page."""
    moved_up: bool
    attended_at: datetime | None
    unsuited: bool
    message: MessageState | None
    why: str
    """Why the message was not sent."""
    link: str
    """The guest's own page, to be shown as a QR code; empty to who may not invite, and if the bank has not said where it is reached."""
    code: str
    """签到码; empty to who may not invite, or while they do not come."""


class SalonGuests(Schema):
    """The viewer's guests of a salon."""

    rows: list[SalonGuestOut]
    total: int


class CheckedIn(Schema):
    """Who was checked in: the name is masked unless it is the viewer's customer."""

    name: str
    seats: int
    attended_at: datetime
    unsuited: bool


class SalonHost(Schema):
    """An org for which the viewer may plan."""

    id: int
    name: str


class SalonChoices(Schema):
    """What a plan may name, and whom one may invite."""

    hosts: list[SalonHost]
    templates: list[TextChoice]
    segments: list[Choice]
