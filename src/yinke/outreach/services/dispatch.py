"""派发: what is due goes through the gate and on to a provider, many at a time, and never twice.

A batch is claimed in one transaction: the messages' rows, then the customers' are held, the gate is asked, and what may go is
marked SENDING before anybody else can ask. Only then, outside of any transaction, the provider is told. After a kill between
the two the message is found SENDING, and told again under the same number, which the provider carries once.

Where it is not known whether a provider has carried a message, what is owed (a service notice) is told again, by the next provider
if need be; all else only to a provider that can be told twice (``Provider.repeats``), and to no other meanwhile.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import Org
from yinke.common.crypto import decrypt, encrypt_many
from yinke.customers.models import Customer
from yinke.customers.queries import owners
from yinke.outreach.addresses import addresses
from yinke.outreach.channels import Outcome, Outgoing, Provider
from yinke.outreach.channels.settings import providers
from yinke.outreach.channels.smtp import NO_MAILBOX
from yinke.outreach.gate import judge, locked
from yinke.outreach.models import Channel, Kind, Message
from yinke.outreach.return_paths import opt_out_address
from yinke.outreach.salons.link import facts_of_guest
from yinke.outreach.services.inbound import note_dead_mailboxes
from yinke.outreach.services.next_channel import ask_next
from yinke.outreach.services.send import facts_of
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import LINK, composed, headed, words_of

State = Message.State
CLAIM = 500
"""Messages of one transaction."""
NO_ANSWER = "NO_ANSWER"
"""Why: it may have been carried, and telling it again could make it two."""
FORGOTTEN = timedelta(minutes=10)
"""A message that is SENDING for longer was left behind by a kill."""


@dataclass
class Dispatched:
    """What a run came to."""

    taken: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Claim:
    """A message that the gate has let through, and what is sent of it."""

    message: Message
    outgoing: Outgoing


def dispatch(
    *, most: int | None = None, carriers: Callable[[str], Sequence[Provider]] = providers
) -> Dispatched:
    """Send what is due until nothing is left, or ``most`` messages were claimed.

    Args:
        carriers: who carries a channel, in the order in which they are asked.
    """
    done, left = Dispatched(), most
    _take_up_again(timezone.now())
    while left is None or left > 0:
        now = timezone.now()
        claimed, found = _claim(now, min(CLAIM, left or CLAIM), done)
        if not claimed:
            break
        left = None if left is None else left - claimed
        by_channel: dict[str, list[_Claim]] = defaultdict(list)
        for claim in found:
            by_channel[claim.message.channel].append(claim)
        for channel, claims in by_channel.items():
            _carry(claims, carriers(channel), done)
    return done


def _take_up_again(now: datetime) -> None:
    Message.objects.filter(state=State.SENDING, gone_at__lt=now - FORGOTTEN).update(
        state=State.QUEUED, next_at=now, doubtful=True
    )


@transaction.atomic
def _claim(now: datetime, most: int, done: Dispatched) -> tuple[int, list[_Claim]]:
    """Ask the gate for the messages that are due: how many were asked for, and those that may go."""
    due = (
        Message.objects.filter(state=State.QUEUED, next_at__lte=now)
        .order_by("next_at", "id")
        .select_for_update(skip_locked=True)
        .prefetch_related("version__template", "salon_guest__salon")
    )
    messages = list(due[:most])
    if not messages:
        return 0, []
    values = in_force()
    people = locked({message.customer_id for message in messages})
    verdicts = judge(messages, now, values, people)
    going: list[Message] = []
    told: list[tuple[int, str, str, datetime]] = []
    for n, message in enumerate(messages):
        verdict = verdicts[n]
        if not verdict.why:
            going.append(message)
        elif verdict.until is None:
            told.append((message.id, State.REFUSED, verdict.why, now))
            done.refused += 1
        elif verdict.until >= message.expires_at:
            told.append((message.id, State.REFUSED, "LATE", now))
            done.refused += 1
        else:
            told.append((message.id, State.QUEUED, verdict.why, verdict.until))
            done.waiting += 1
    _write(
        "state = u.state, why = u.why, next_at = u.moment",
        ("state text", "why text", "moment timestamptz"),
        told,
    )
    ask_next([number for number, state, *_ in told if state == State.REFUSED], now)
    _write(
        "state = 'SENDING', why = '', gone_at = u.moment, attempts = attempts + 1",
        ("moment timestamptz",),
        [(m.id, now) for m in going],
    )
    return len(messages), _made(going, people.customers, values)


def _made(
    messages: Sequence[Message], customers: Mapping[int, Customer], values: Mapping[str, Any]
) -> list[_Claim]:
    """What is sent of each; the gate has seen that there is somewhere to send it to."""
    going = [customers[message.customer_id] for message in messages]
    mains = {one: owner.main.user for one, owner in owners([c.id for c in going]).items() if owner.main}
    orgs = dict(Org.objects.filter(id__in={c.org_id for c in going}).values_list("id", "name"))
    asked = [(message.channel, customer) for message, customer in zip(messages, going, strict=True)]
    places = addresses(asked, {one: user.emp_no for one, user in mains.items()})
    found = []
    for message, customer, place in zip(messages, going, places, strict=True):
        manager = mains[customer.id].name if customer.id in mains else ""
        facts = facts_of(decrypt(customer.name_sealed), customer.gender, manager, orgs[customer.org_id])
        if message.salon_guest is not None:
            facts = {**facts, **facts_of_guest(message.salon_guest)}
        words = words_of(message.version)
        if message.channel == Channel.EMAIL:
            way = "" if message.kind == Kind.SERVICE else opt_out_address(message.id)
            text, subject = composed(words, values, {**facts, LINK: way}), headed(words, values, facts)
            outgoing = Outgoing(message.id, place.to, text, subject, way)
        else:
            outgoing = Outgoing(message.id, place.to, composed(words, values, facts), sender=place.sender)
        found.append(_Claim(message, outgoing))
    return found


def _carry(claims: Sequence[_Claim], carriers: Sequence[Provider], done: Dispatched) -> None:
    """Tell the providers, the next one what the one before could not take; then write down what came of it."""
    left, why = list(claims), "NO_PROVIDER"
    unsure: dict[int, str] = {}
    """Those that a provider may just have carried, by its name."""
    for provider in carriers:
        held = [claim for claim in left if not _may_tell(provider, claim, unsure)]
        asked = [claim for claim in left if _may_tell(provider, claim, unsure)]
        for start in range(0, len(asked), provider.batch):
            some = asked[start : start + provider.batch]
            with _turn(provider, len(some)):
                if not provider.repeats:  # a kill from here on must leave behind who was told
                    Message.objects.filter(id__in=[claim.message.id for claim in some]).update(
                        provider=provider.name
                    )
                outcomes = {one.id: one for one in provider.send([claim.outgoing for claim in some])}
                ends = [(claim, outcomes.get(claim.message.id)) for claim in some]
                settled = [(claim, end) for claim, end in ends if end is not None and end.state != "BUSY"]
                _settle(settled, provider.name, unsure, done)
            late = [(claim, end) for claim, end in ends if end is None or end.state == "BUSY"]
            unsure |= {claim.message.id: provider.name for claim, end in late if end is None or end.unsure}
            held += [claim for claim, _ in late]
            why = next((end.why for _, end in late if end is not None and end.why), why)
        left = held
        if not left:
            return
    stuck = {claim.message.id for claim in left if _stuck(claim, carriers, unsure)}
    _put_off(left, why, unsure, stuck, done)


def _may_tell(provider: Provider, claim: _Claim, unsure: Mapping[int, str]) -> bool:
    """Whether a provider may be told a message, which it or another may have carried already."""
    message = claim.message
    if message.kind == Kind.SERVICE:
        return True
    if message.id in unsure:
        return False
    return not message.doubtful or (provider.repeats and message.provider in ("", provider.name))


def _stuck(claim: _Claim, carriers: Sequence[Provider], unsure: Mapping[int, str]) -> bool:
    """Whether a message may have been carried, is not owed, and there is nobody who may be told again."""
    message = claim.message
    if message.kind == Kind.SERVICE or not (message.doubtful or message.id in unsure):
        return False
    by = unsure.get(message.id, message.provider)
    return not any(one.repeats and by in ("", one.name) for one in carriers)


@contextmanager
def _turn(provider: Provider, many: int) -> Iterator[None]:
    """Speak to a provider, one sender at a time and no faster than it takes messages: its rate is that of all senders together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"provider {provider.name}"])
        try:
            began = time.monotonic()
            yield
            time.sleep(max(0.0, many / provider.per_second - (time.monotonic() - began)))
        finally:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"provider {provider.name}"]
            )


@transaction.atomic
def _settle(
    ends: Sequence[tuple[_Claim, Outcome]], provider: str, unsure: Container[int], done: Dispatched
) -> None:
    rows = []
    texts = encrypt_many([_told(claim.outgoing) for claim, _ in ends])
    for (claim, end), text in zip(ends, texts, strict=True):
        taken = end.state == "TAKEN"
        done.taken += taken
        done.failed += not taken
        state = State.SENT if taken else State.FAILED
        rows.append((
            claim.message.id, state, "" if taken else end.why or "REFUSED", end.ref, provider, text,
            claim.message.id in unsure,
        ))  # fmt: skip
    note_dead_mailboxes([claim.message.customer_id for claim, end in ends if end.why == NO_MAILBOX])
    # a receipt may have come before the answer: it stays
    _write(
        "state = CASE WHEN m.state = 'SENDING' THEN u.state ELSE m.state END,"
        " why = CASE WHEN m.state = 'SENDING' THEN u.why ELSE m.why END,"
        " provider_ref = u.ref, provider = u.provider, text_sealed = u.text_sealed, doubtful = m.doubtful OR u.unsure",
        ("state text", "why text", "ref text", "provider text", "text_sealed bytea", "unsure boolean"),
        rows,
    )
    ask_next([claim.message.id for claim, end in ends if end.state == "REFUSED"], timezone.now())


def _told(sent: Outgoing) -> str:
    return f"{sent.subject}\n\n{sent.text}" if sent.subject else sent.text


@transaction.atomic
def _put_off(
    claims: Sequence[_Claim], why: str, unsure: Mapping[int, str], stuck: Container[int], done: Dispatched
) -> None:
    """Try again later, each time after twice as long; after the last try it has failed.

    Args:
        unsure: those that a provider may have carried without saying so, and which.
        stuck: those of them that are not told again.
    """
    values, now = in_force(), timezone.now()
    most, first = int(values["outreach.attempts"]), int(values["outreach.retry_seconds"])
    rows = []
    for claim in claims:
        number, tried = claim.message.id, claim.message.attempts + 1
        over = number in stuck or tried >= most
        done.failed += over
        done.waiting += not over
        later = now if over else now + timedelta(seconds=first * 2 ** (tried - 1))
        by = unsure.get(number, claim.message.provider if claim.message.doubtful else "")
        rows.append((
            number, State.FAILED if over else State.QUEUED, NO_ANSWER if number in stuck else why, later, number in unsure, by,
        ))  # fmt: skip
    # a receipt may have come without an answer: it stays
    _write(
        "state = CASE WHEN m.state = 'SENDING' THEN u.state ELSE m.state END,"
        " why = CASE WHEN m.state = 'SENDING' THEN u.why ELSE m.why END,"
        " next_at = u.moment, doubtful = m.doubtful OR u.unsure, provider = u.provider",
        ("state text", "why text", "moment timestamptz", "unsure boolean", "provider text"),
        rows,
    )
    ask_next([number for number, state, *_ in rows if state == State.FAILED], now)


def _write(assign: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Update many messages by one statement. The first of each row is its id."""
    if not rows:
        return
    names = ("id", *(column.split()[0] for column in columns))
    kinds = ("bigint", *(column.split()[1] for column in columns))
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE outreach_message m SET {assign} FROM unnest({arrays}) u ({', '.join(names)}) WHERE m.id = u.id",
            [list(column) for column in zip(*rows, strict=True)],
        )
