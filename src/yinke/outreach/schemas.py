"""What the pages of texts and messages are told, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from yinke.common.schema import Schema

ChannelCode = Literal["SMS", "EMAIL", "WECOM", "APP"]
KindCode = Literal["MARKETING", "GREETING", "SERVICE"]
VersionState = Literal["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"]
MessageState = Literal["QUEUED", "SENDING", "SENT", "DELIVERED", "FAILED", "REFUSED", "CANCELLED"]


def _in_utc(moment: datetime) -> datetime:
    """A moment as the database holds it.

    Raises:
        ValueError: it lies beyond the calendar.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


Told = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with its time zone, as somebody else tells it."""


class TemplateIn(Schema):
    """A text to be submitted; of a template, or of a new one."""

    template_id: int | None = None
    name: str = Field(max_length=60)
    channel: ChannelCode = "SMS"
    kind: KindCode
    risk: int | None = Field(default=None, ge=1, le=5)
    subject: str = Field(default="", max_length=120)
    text: str = Field(max_length=10_000)


class TextCheckIn(Schema):
    """A text that is being written."""

    channel: ChannelCode = "SMS"
    kind: KindCode
    subject: str = Field(default="", max_length=120)
    text: str = Field(max_length=10_000)


class TextFault(Schema):
    """What is wrong with a text: a code, and the words or the name that it is about."""

    code: str
    about: str


class TextCheckOut(Schema):
    """How a text would go out, with its variables still in braces; ``parts``: text messages of which it is made; ``head``: the subject of
    e-mail."""

    head: str
    text: str
    parts: int
    faults: list[TextFault]


class TextVersionOut(Schema):
    """One version of a text."""

    id: int
    number: int
    text: str
    subject: str
    head: str
    """The subject as it is sent; empty of text messages."""
    whole: str
    """As it is sent, variables in braces."""
    parts: int
    state: VersionState
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    may_decide: bool
    may_withdraw: bool


class TemplateOut(Schema):
    """A template with its versions, the newest first. ``sent``: messages that have gone in 30 days."""

    id: int
    name: str
    channel: ChannelCode
    kind: KindCode
    risk: int | None
    retired_at: datetime | None
    made_by: str
    made_at: datetime
    versions: list[TextVersionOut]
    sent: int
    refused: int
    """Messages that the gate did not let through in 30 days."""
    may_edit: bool


class RefusalIn(Schema):
    """Why a version is refused."""

    reason: str = Field(max_length=200)


class SendableOut(Schema):
    """A text that may be sent."""

    id: int
    name: str
    channel: ChannelCode
    kind: KindCode


class PreviewOut(Schema):
    """What a customer would get. ``why``: a code of the gate, if it would not go now; ``until``: when it may go."""

    channel: ChannelCode
    subject: str
    text: str
    parts: int
    why: str
    until: datetime | None


class MessageIn(Schema):
    """A message to one customer."""

    template_id: int
    request_key: str = Field(min_length=8, max_length=40)
    task_id: int | None = None


class MessageOut(Schema):
    """A message and what became of it. ``text``: what was sent; empty before, and for who sees masked data."""

    id: int
    customer_id: int
    customer: str
    template: str
    channel: ChannelCode
    kind: KindCode
    state: MessageState
    why: str
    text: str
    by: str | None
    made_at: datetime
    next_at: datetime | None
    gone_at: datetime | None
    receipt_at: datetime | None
    provider: str
    instead_of: ChannelCode | None
    """The channel of the message that reached nobody and in whose place this one is."""
    may_cancel: bool


class MessagesOut(Schema):
    """A page of messages, the newest first; ``next`` is the cursor of the rest."""

    rows: list[MessageOut]
    next: str | None


class WhyCount(Schema):
    """How many messages did not go for a reason."""

    why: str
    messages: int


ProviderFault = Literal["FAILURES", "WAITING"]


class ProviderOut(Schema):
    """How a provider did in 24 hours. ``seconds``: median from the gate to the receipt."""

    name: str
    channel: ChannelCode
    sent: int
    delivered: int
    failed: int
    awaiting: int
    """Carried, and without a receipt yet."""
    failure_share: float | None
    """Of what has gone, 0 to 1; null: nothing has."""
    retrying: int
    """Messages of its channel that no provider could take yet, and that are tried again."""
    retrying_since: datetime | None
    """When the oldest of them was due."""
    seconds: float | None
    last_at: datetime | None
    last_receipt_at: datetime | None
    health: Literal["GOOD", "BAD", "QUIET"]
    """By thresholds (``outreach.health_*``); QUIET: too few messages to say."""
    faults: list[ProviderFault]
    """Why it is bad: too many failures, or messages that wait for it for too long."""


class OutreachOut(Schema):
    """What went and what did not in so many days, and how the channels do."""

    days: int
    sent: int
    delivered: int
    failed: int
    refused: int
    waiting: int
    opted_out: int
    whys: list[WhyCount]
    providers: list[ProviderOut]
    oldest_waiting: datetime | None
    """The due moment of what has waited longest although it might go: more than minutes ago, and the worker stands."""


class ReceiptIn(Schema):
    """A receipt of a provider."""

    id: int
    state: Literal["DELIVERED", "FAILED"]
    at: Told
    why: str = Field(default="", max_length=200)


class ReceiptsIn(Schema):
    """Receipts, many at a time."""

    receipts: list[ReceiptIn] = Field(max_length=1_000)


class ReplyIn(Schema):
    """A customer's answer, as a provider tells it."""

    ref: str = Field(min_length=1, max_length=50)
    sender: str = Field(max_length=30)
    text: str = Field(max_length=2_000)
    at: Told


class RepliesIn(Schema):
    """Answers, many at a time."""

    replies: list[ReplyIn] = Field(max_length=1_000)


class NotedOut(Schema):
    """How many of what was told were new."""

    noted: int


class CarePlanIn(Schema):
    """A plan of care: which event is answered by which text, for whom and when. ``otherwise_id``: the text of another channel that is
    asked for when the first reaches nobody."""

    name: str = Field(max_length=60)
    event: str = Field(max_length=4)
    tier_from: int = Field(ge=0, le=5)
    tier_to: int = Field(ge=0, le=5)
    template_id: int
    on_due: bool
    instead: bool
    otherwise_id: int | None = None


class CarePlanOut(Schema):
    """A plan of care and what it has asked for in 30 days."""

    id: int
    name: str
    event: str
    event_name: str
    tier_from: int
    tier_to: int
    template: str
    channel: ChannelCode
    kind: KindCode
    otherwise: str | None
    """The name of the second text, and its channel."""
    otherwise_channel: ChannelCode | None
    on_due: bool
    instead: bool
    state: Literal["PENDING", "RUNNING", "REFUSED", "WITHDRAWN", "STOPPED"]
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    stopped_at: datetime | None
    reason: str
    sent: int
    refused: int
    waiting: int
    template_retired: bool
    """Its text is retired: it asks for nothing, the manager's task stands."""
    may_decide: bool
    may_end: bool


class CarePlanEventOut(Schema):
    """An event that a plan may answer. ``has_day``: it is about a day of its own."""

    code: str
    name: str
    has_day: bool


class SimulatedOut(Schema):
    """What a plan would have sent in the last ``days``: messages, to how many customers, on how many days, most on one day."""

    days: int
    messages: int
    customers: int
    dates: int
    most: int
