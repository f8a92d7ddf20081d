"""通道: whoever carries messages. All speak one interface; a contract test holds each of them to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class Outgoing:
    """A message on its way. ``id``: ours; a provider that is told the same twice carries it once."""

    id: int
    to: str
    text: str
    subject: str = ""
    opt_out: str = ""
    """Of e-mail the address that takes a customer's "no more"; empty of a service notice."""
    sender: str = ""
    """Of WeCom the account of the member of staff in whose name it goes."""


@dataclass(frozen=True)
class Outcome:
    """What a provider made of a message: TAKEN (with its number), REFUSED (never again; it says why), BUSY (try later)."""

    id: int
    state: Literal["TAKEN", "REFUSED", "BUSY"]
    ref: str = ""
    why: str = ""
    unsure: bool = False
    """BUSY, and yet it may have been carried: no answer came, or none that could be read."""


class Provider(Protocol):
    """Carries messages of one channel."""

    name: str
    per_second: int
    """How many messages it takes in a second."""
    batch: int
    """How many at a time."""
    repeats: bool
    """What it may have carried may be told again: it knows our numbers, or whoever gets it twice can see so."""

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand messages over; one outcome for each, in any order. It never raises: what failed is BUSY."""
        ...
