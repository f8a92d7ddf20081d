"""回执与回复: what a provider tells of a message, and what a customer answered. "No more" holds from that moment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.care.models import DoNotDisturb
from yinke.common.crypto import blind_indexes, encrypt
from yinke.common.identity.normal import plain_mobile
from yinke.common.text import clean
from yinke.customers.hooks import marked
from yinke.customers.models import Customer
from yinke.outreach.models import Channel, Message, Reply
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
    """A text from a customer. ``ref``: the provider's number of it."""

    ref: str
    sender: str
    text: str
    at: datetime


@transaction.atomic
def note_receipts(provider: str, receipts: Sequence[Receipt]) -> int:
    """Write receipts down; one that is told twice, or of a message of another provider, changes nothing.

    Returns:
        How many messages changed.
    """
    changed = 0
    for receipt in receipts:
        state = Message.State.DELIVERED if receipt.delivered else Message.State.FAILED
        open_ones = Message.objects.filter(
            id=receipt.id, state__in=("SENDING", "SENT"), provider__in=("", provider)
        )
        changed += open_ones.update(
            state=state,
            receipt_at=receipt.at,
            why="" if receipt.delivered else (clean(receipt.why, 20) or "NOT_DELIVERED"),
        )
    return changed


@transaction.atomic
def note_replies(provider: str, answers: Sequence[Answer]) -> int:
    """Write answers down; one that says "no more" puts do-not-disturb in force for everybody of that number, at once.

    Returns:
        How many were new.
    """
    values, new = in_force(), 0
    for answer in answers:
        ref = clean(answer.ref, 50)
        mobile = plain_mobile(answer.sender)
        out = opts_out(answer.text, values)
        meaning = Reply.Meaning.OPT_OUT if out else Reply.Meaning.OTHER
        whom = list(Customer.objects.filter(mobile_index__in=blind_indexes(mobile)))
        if Reply.objects.filter(provider=provider, provider_ref__startswith=f"{ref}#").exists():
            continue
        new += 1
        for n, customer in enumerate(whom or [None]):
            Reply.objects.create(
                provider=provider, provider_ref=f"{ref}#{n}", customer=customer, at=answer.at, meaning=meaning,
                text_sealed=encrypt(answer.text[:500]),
            )  # fmt: skip
        if out and whom:
            _stop([customer.id for customer in whom])
    return new


def _stop(customer_ids: Sequence[int]) -> None:
    for customer in customer_ids:
        wish, fresh = DoNotDisturb.objects.get_or_create(
            customer_id=customer, scope=Channel.SMS.value, lifted_at=None, defaults={"source": "REPLY"}
        )
        if fresh:
            audit_job("dnd.reply", "customer", f"{customer}", reason=f"wish {wish.id}")
    waiting = Message.objects.filter(customer_id__in=customer_ids, state="QUEUED", channel=Channel.SMS)
    waiting.exclude(kind="SERVICE").update(state=Message.State.REFUSED, why="DND", next_at=timezone.now())
    marked("do_not_disturb", customer_ids)
