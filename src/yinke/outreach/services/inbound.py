"""回执与回复: what a provider tells of a message, and what a customer answered. "No more" holds from that moment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.care.models import DoNotDisturb
from yinke.common.crypto import blind_indexes, encrypt
from yinke.common.identity.normal import plain_mobile
from yinke.common.text import clean
from yinke.customers.hooks import marked
from yinke.customers.models import Customer
from yinke.outreach.channels.smpp import REF
from yinke.outreach.channels.smtp import NO_MAILBOX
from yinke.outreach.models import Channel, DeadMailbox, Message, Reply
from yinke.outreach.services.next_channel import ask_next
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import opts_out


@dataclass(frozen=True)
class Receipt:
    """Whether a message reached the phone. ``id``: ours. ``why``: the network's reason if it did not."""

    id: int
    delivered: bool
    at: datetime
    why: str = ""


@dataclass(frozen=True)
class Answer:
    """A text from a customer. ``ref``: the provider's number of it; ``sender``: his mobile number, or customer number."""

    ref: str
    sender: str
    text: str
    at: datetime


OPEN = Q(state__in=("SENDING", "SENT")) | Q(state="QUEUED", doubtful=True)
"""Messages that a receipt may be of: told, or told without an answer and waiting to be told again, which then need not be."""


@transaction.atomic
def note_receipts(provider: str, receipts: Sequence[Receipt]) -> int:
    """Write receipts down; one that is told twice, or of a message of another provider, changes nothing.

    Returns:
        How many messages changed.
    """
    changed, failed = 0, list[int]()
    for receipt in receipts:
        state = Message.State.DELIVERED if receipt.delivered else Message.State.FAILED
        fresh = Message.objects.filter(OPEN, id=receipt.id, provider__in=("", provider)).update(
            state=state,
            receipt_at=receipt.at,
            why="" if receipt.delivered else (clean(receipt.why, 20) or "NOT_DELIVERED"),
        )
        changed += fresh
        if fresh and not receipt.delivered:
            failed.append(receipt.id)
    ask_next(failed, timezone.now())
    return changed


STILL_TELLING = timedelta(minutes=10)
"""Longer than a sender needs from telling a provider to writing its number down."""


@transaction.atomic
def note_centre_receipt(provider: str, ref: str, delivered: bool, at: datetime, why: str = "") -> bool:
    """Write down a receipt that names a message by the provider's number of it.

    Args:
        ref: as in ``Message.provider_ref``; begins with ``smpp.REF``.

    Returns:
        False: it should be told again, for a message whose number is not written down yet may be meant.
    """
    known = Message.objects.filter(provider=provider, provider_ref=ref, provider_ref__startswith=REF)
    message = known.values_list("id", flat=True).first()
    if message is not None:
        note_receipts(provider, [Receipt(message, delivered, at, why)])
        return True
    telling = Message.objects.filter(
        state=Message.State.SENDING, provider=provider, gone_at__gt=timezone.now() - STILL_TELLING
    )
    return not telling.exists()


@transaction.atomic
def note_replies(provider: str, answers: Sequence[Answer], channel: str = Channel.SMS) -> int:
    """Write answers down; one that says "no more" puts do-not-disturb in force for everybody of that number, at once.

    Args:
        channel: the provider's; of the mobile bank the sender is a customer number, and "no more" a switch in its settings.

    Returns:
        How many were new.
    """
    values, new = in_force(), 0
    for answer in answers:
        ref = clean(answer.ref, 50)
        out = opts_out(answer.text, values)
        meaning = Reply.Meaning.OPT_OUT if out else Reply.Meaning.OTHER
        known: dict[str, Any] = (
            {"cust_no": clean(answer.sender, 32)}
            if channel == Channel.APP
            else {"mobile_index__in": blind_indexes(plain_mobile(answer.sender))}
        )
        whom = list(Customer.objects.filter(**known))
        if Reply.objects.filter(provider=provider, provider_ref__startswith=f"{ref}#").exists():
            continue
        new += 1
        for n, customer in enumerate(whom or [None]):
            Reply.objects.create(
                provider=provider, provider_ref=f"{ref}#{n}", customer=customer, channel=channel, at=answer.at,
                meaning=meaning, text_sealed=encrypt(answer.text[:500]),
            )  # fmt: skip
        if out and whom:
            _stop([customer.id for customer in whom], channel)
    return new


@transaction.atomic
def note_bounce(message_id: int, status: str, at: datetime) -> bool:
    """An e-mail did not arrive after all; if nobody has that address, nothing more goes to it.

    Args:
        status: the enhanced status code (RFC 3463), such as 5.1.1.

    Returns:
        Whether the message changed.
    """
    message = Message.objects.filter(id=message_id, channel=Channel.EMAIL).first()
    if message is None:
        return False
    nobody = status in DEAD
    told = Receipt(message_id, delivered=False, at=at, why=NO_MAILBOX if nobody else f"SMTP_{status}")
    changed = note_receipts(message.provider, [told])
    if changed and nobody:
        note_dead_mailboxes([message.customer_id])
    return bool(changed)


DEAD = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Statuses by which an address takes nothing: no such mailbox, no such domain, moved, no mail at all, disabled."""


def note_dead_mailboxes(customer_ids: Sequence[int]) -> None:
    """The addresses that these customers have now take nothing."""
    whom = Customer.objects.filter(id__in=customer_ids, email_index__isnull=False).only("id", "email_index")
    for customer in whom:
        DeadMailbox.objects.get_or_create(
            customer=customer, email_index=customer.email_index, defaults={"at": timezone.now()}
        )


SHORT = 20
"""Characters of the first line of an answer by e-mail that may say "no more"."""


@transaction.atomic
def note_mail_answer(message_id: int, ref: str, text: str, at: datetime) -> bool:
    """A customer answered an e-mail; one that says "no more" puts do-not-disturb in force for everybody of that address.

    Args:
        ref: the answer's own number, so that it counts once.

    Returns:
        Whether it was new.
    """
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    out = len(first) <= SHORT and opts_out(
        first, in_force()
    )  # a letter that speaks of cancelling something is none
    return _noted(message_id, ref, Reply.Meaning.OPT_OUT if out else Reply.Meaning.OTHER, text, at)


@transaction.atomic
def opt_out(message_id: int) -> bool:
    """The reader of an e-mail followed its link and said "no more". Twice is once.

    Returns:
        Whether there is such a message.
    """
    if not Message.objects.filter(id=message_id, channel=Channel.EMAIL).exists():
        return False
    _noted(message_id, f"opt-out {message_id}", Reply.Meaning.OPT_OUT, "", timezone.now())
    return True


def _noted(message_id: int, ref: str, meaning: str, text: str, at: datetime) -> bool:
    message = Message.objects.filter(id=message_id, channel=Channel.EMAIL).select_related("customer").first()
    if message is None:
        return False
    _, fresh = Reply.objects.get_or_create(
        provider=message.provider, provider_ref=clean(ref, 64),
        defaults={
            "customer": message.customer, "channel": Channel.EMAIL, "at": at, "meaning": meaning,
            "text_sealed": encrypt(text[:500]),
        },
    )  # fmt: skip
    if meaning == Reply.Meaning.OPT_OUT:
        same = Customer.objects.filter(email_index=message.customer.email_index, email_index__isnull=False)
        _stop(sorted({message.customer_id, *same.values_list("id", flat=True)}), Channel.EMAIL)
    return fresh


def _stop(customer_ids: Sequence[int], channel: str) -> None:
    for customer in customer_ids:
        wish, fresh = DoNotDisturb.objects.get_or_create(
            customer_id=customer, scope=str(channel), lifted_at=None, defaults={"source": "REPLY"}
        )
        if fresh:
            audit_job("dnd.reply", "customer", f"{customer}", reason=f"wish {wish.id}")
    waiting = Message.objects.filter(customer_id__in=customer_ids, state="QUEUED", channel=channel)
    waiting.exclude(kind="SERVICE").update(state=Message.State.REFUSED, why="DND", next_at=timezone.now())
    marked("do_not_disturb", customer_ids)
