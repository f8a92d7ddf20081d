"""What one live event must look like, and why one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from yinke.care.queries.day import SHANGHAI
from yinke.lake.tables import TABLES

TEXT = r"^[^\x00-\x1f\x7f]*$"
AHEAD = timedelta(minutes=5)
"""By so much a sender's clock may be ahead of ours."""
TRANSACTION_KINDS = frozenset(next(c for c in TABLES["transaction"].columns if c.name == "kind").codes)


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Moved(_Facts):
    """交易: money that moved; the words are those of the transaction feed. Nothing here names a person."""

    direction: Literal["IN", "OUT"]
    amount: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=2)]
    ccy: Literal["CNY"] = "CNY"
    kind: str
    opp_bank: Annotated[str, Field(max_length=60, pattern=TEXT)] = ""
    """Empty: an account with us."""
    own_name: bool = False
    """The other account is the customer's own."""
    reverses: Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)] | None = None
    """冲正: the id of the event, of the same source and day, that it takes back."""


class Arrived(_Facts):
    """到店: a ticket drawn, or a customer known at the door, at the outlet of this number."""

    outlet: Annotated[str, Field(min_length=1, max_length=20, pattern=TEXT)]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
    cust_no: Annotated[str, Field(min_length=1, max_length=32, pattern=TEXT)]
    at: AwareDatetime


class TransactionEvent(_Event):
    kind: Literal["TRANSACTION"]
    facts: Moved


class ArrivalEvent(_Event):
    kind: Literal["ARRIVAL"]
    facts: Arrived


LiveEventIn = Annotated[TransactionEvent | ArrivalEvent, Field(discriminator="kind")]
_EVENT: TypeAdapter[TransactionEvent | ArrivalEvent] = TypeAdapter(LiveEventIn)


@dataclass(frozen=True)
class Refused:
    """Why an event is not taken: a code, and the field that it is about."""

    code: str
    place: str
    message: str


def plain(text: str) -> str:
    """What a sender wrote, fit to be written back: half a surrogate pair, which JSON may hold, is no text."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")[:200]


def day_of(at: datetime) -> date:
    """The calendar day in Shanghai on which something happened."""
    return at.astimezone(SHANGHAI).date()


def checked(raw: Any, now: datetime, max_age: timedelta) -> TransactionEvent | ArrivalEvent | Refused:
    """An event that may be taken, or why not.

    Args:
        raw: what the sender wrote, as JSON has it.
        now: the moment of taking.
        max_age: what is older the night has told already.
    """
    try:
        event = _EVENT.validate_python(raw)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("TRANSACTION", "ARRIVAL"))
        return Refused("event_invalid", plain(place), plain(first["msg"]))
    if isinstance(event, TransactionEvent) and event.facts.kind not in TRANSACTION_KINDS:
        return Refused("event_invalid", "facts.kind", "No kind of the transaction feed")
    if event.at < now - max_age:
        return Refused("event_too_old", "at", "Older than live.max_age_hours; the night tells of it")
    if event.at > now + AHEAD:
        return Refused("event_in_future", "at", "Later than now; set the sender's clock right")
    return event
