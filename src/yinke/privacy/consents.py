"""授权: may a customer's data be used for a purpose, now? Whoever sends, scores or shares asks here first.

The consent ledger and restrictions decide (PIPL art. 13-16, 24, 47). Do-not-disturb stands beside it and is asked
for by itself: a customer may have agreed to SMS and still not want to be disturbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from yinke.customers.models import Customer
from yinke.customers.queries import Ids, packed
from yinke.privacy.models import Consent, Policy, Purpose, Restriction

NO_CONSENT = frozenset({Purpose.SERVICE.value})
"""Purposes that rest on the contract: they need no consent, and nothing can withdraw them but the contract's end."""


@dataclass(frozen=True)
class Standing:
    """How a customer stands to one purpose.

    ``state``: GRANTED, WITHDRAWN, REFUSED, NONE (never asked), VOID (granted, but the purpose has changed since),
    CONTRACT (needs no consent).
    """

    purpose: str
    state: str
    entry: Consent | None


def allows(customer_id: int, purpose: str, at: datetime | None = None) -> bool:
    """Whether a customer's data may be used for a purpose at a moment (now); silence means no.

    >>> from inspect import signature
    >>> list(signature(allows).parameters)
    ['customer_id', 'purpose', 'at']
    """
    return customer_id in allowed([customer_id], purpose, at)


def allowed(customer_ids: Iterable[int], purpose: str, at: datetime | None = None) -> set[int]:
    """``allows`` for many customers at once."""
    wanted = set(customer_ids)
    if not wanted:
        return set()
    if purpose in NO_CONSENT:
        return set(Customer.objects.filter(id__any_of=wanted).values_list("id", flat=True))
    found = _answers(purpose, at or timezone.now()).filter(customer_id__any_of=wanted)
    return {customer for customer, holds in found.values_list("customer_id", "holds") if holds}


def said_no(customer_ids: Iterable[int], purpose: str, at: datetime | None = None) -> set[int]:
    """Whose last answer to a purpose is a refusal or a withdrawal; who was never asked has said nothing."""
    newest = _newest(
        Consent.objects.filter(customer_id__any_of=customer_ids, purpose=purpose), at or timezone.now()
    )
    answers = newest.values_list("customer_id", "answer")
    return {customer for customer, answer in answers if answer != Consent.Answer.GRANTED}


def granted(purposes: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """Who allows each purpose now, as rules of segments ask for it, of some customers or of all; ``on`` is not used: a
    consent holds or does not hold at this moment, whatever date the figures are of."""
    now = timezone.now()
    for purpose in sorted(purposes):
        if purpose in NO_CONSENT:
            yield purpose, packed(Customer.objects.all(), "id", among=among)
        else:
            yield purpose, packed(_answers(purpose, now), among=among, where="holds")


def _answers(purpose: str, at: datetime) -> QuerySet[Any]:
    """The last answer to a purpose of each customer who is not restricted, with ``holds``: whether it allows it.

    Read off one index, in its order: of millions, no row is looked up by itself.
    """
    restricted = Restriction.objects.filter(customer_id=OuterRef("customer_id"), since__lte=at)
    valid = Policy.objects.filter(version__gte=_first_valid(at).get(purpose, 1))
    holds = Q(answer=Consent.Answer.GRANTED, policy_id__in=valid.values("id"))
    return (
        Consent.objects.filter(~Exists(restricted), purpose=purpose, at__lte=at)
        .annotate(holds=ExpressionWrapper(holds, BooleanField()))
        .order_by("customer_id", "-id")
        .distinct("customer_id")
    )


def objects_to_profiling() -> QuerySet[Customer]:
    """Customers who refused or withdrew that decisions about them are made by models (art. 24), or whose data is
    restricted: scores and propensities must not choose or order them for marketing."""
    newest = (
        Consent.objects.filter(customer_id=OuterRef("customer_id"), purpose=Purpose.PROFILING)
        .order_by("-id")
        .values("id")[:1]
    )
    said_no = Consent.objects.filter(purpose=Purpose.PROFILING, id__in=newest).exclude(
        answer=Consent.Answer.GRANTED
    )
    return Customer.objects.filter(
        Q(Exists(said_no.filter(customer_id=OuterRef("id"))))
        | Q(Exists(Restriction.objects.filter(customer_id=OuterRef("id"))))
    )


def objecting() -> frozenset[int]:
    """The ids of ``objects_to_profiling``, by one scan of the ledger: for nights, which ask of the whole bank."""
    newest = (
        Consent.objects.filter(purpose=Purpose.PROFILING)
        .order_by("customer_id", "-id")
        .distinct("customer_id")
    )
    said_no = {
        cust
        for cust, answer in newest.values_list("customer_id", "answer")
        if answer != Consent.Answer.GRANTED
    }
    return frozenset(said_no.union(Restriction.objects.values_list("customer_id", flat=True)))


def standings(customer_id: int, at: datetime | None = None) -> list[Standing]:
    """How one customer stands to every purpose."""
    moment = at or timezone.now()
    newest = {
        entry.purpose: entry for entry in _newest(Consent.objects.filter(customer_id=customer_id), moment)
    }
    valid = _first_valid(moment)
    return [Standing(p, _state(p, newest.get(p), valid.get(p, 1)), newest.get(p)) for p in Purpose.values]


def _state(purpose: str, entry: Consent | None, valid: int) -> str:
    if purpose in NO_CONSENT:
        return "CONTRACT"
    if entry is None:
        return "NONE"
    if entry.answer == Consent.Answer.GRANTED and entry.policy.version < valid:
        return "VOID"
    return str(entry.answer)


def _newest(entries: QuerySet[Consent], at: datetime) -> QuerySet[Consent]:
    """The last of the entries of each customer and purpose up to a moment."""
    return (
        entries.filter(at__lte=at)
        .select_related("policy", "by")
        .order_by("customer_id", "purpose", "-id")
        .distinct("customer_id", "purpose")
    )


def _first_valid(at: datetime) -> dict[str, int]:
    """Of each purpose, the oldest version of its text under which a consent still holds."""
    changes = Policy.objects.filter(changes_purpose=True, published_at__lte=at)
    return dict(changes.values_list("purpose").annotate(Max(F("version"))))
