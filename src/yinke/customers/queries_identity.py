"""What can be asked about persons of several customer numbers; a pair or a person is seen by who sees its customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.identity import MERGE, REVIEW
from yinke.customers.models import (
    Customer,
    IdentityDecision,
    IdentityPair,
    PersonLead,
    PersonMember,
    PersonSplit,
)
from yinke.customers.queries import visible
from yinke.customers.search import search

PAGE = 20
COUNTED = 10_000
"""A queue counts no further than this."""
MAIN = Q(customer__assignments__rel_type="MAIN", customer__assignments__end_date=None) & ~Q(
    customer__status="CLOSED"
)


@dataclass(frozen=True)
class Queues:
    """How many wait, in the viewer's scope."""

    open: int
    later: int
    splits: int
    owners: int


def together(customer_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The customer numbers of the same person as each of these, itself included.

    For checks that must hold for the whole person (do-not-disturb: the union; consent: the stricter), whoever asks:
    it passes no scope, so its result is never shown.
    """
    mine = dict(
        PersonMember.objects.filter(customer_id__any_of=customer_ids).values_list("customer_id", "one_id")
    )
    persons: dict[int, set[int]] = defaultdict(set)
    for number, one in PersonMember.objects.filter(one_id__any_of=set(mine.values())).values_list(
        "customer_id", "one_id"
    ):
        persons[one].add(number)
    return {n: frozenset(persons[mine[n]]) if n in mine else frozenset({n}) for n in customer_ids}


def _seen(viewer: Viewer) -> QuerySet[IdentityPair]:
    scope = visible(viewer).values("id")
    return IdentityPair.objects.filter(a__in=scope, b__in=scope)


def waiting(viewer: Viewer, biz_date: date, *, later: bool = False) -> QuerySet[IdentityPair]:
    """候选队列: pairs for a person to look at, the likeliest first.

    Pairs for review, and those that would merge but that a decision about others keeps apart. ``later``: those put
    off until a day to come instead.
    """
    stands = IdentityDecision.objects.filter(a=OuterRef("a"), b=OuterRef("b"), ended_at=None)
    off = stands.filter(verdict="LATER", until__gt=biz_date)
    settled = stands.exclude(verdict="LATER")
    found = _seen(viewer).filter(verdict__in=(REVIEW, MERGE)).filter(~Exists(settled))
    found = found.filter(Exists(off) if later else ~Exists(off))
    one, other = Coalesce("a__person__one_id", "a_id"), Coalesce("b__person__one_id", "b_id")
    return found.alias(one=one, other=other).exclude(one=F("other")).order_by("-score", "id")


def pair(viewer: Viewer, pair_id: int) -> IdentityPair:
    """One pair.

    Raises:
        NotFound: there is none of that id, or the viewer does not see both customers.
    """
    found = (
        _seen(viewer)
        .filter(id=pair_id)
        .select_related("a__metrics", "a__org", "b__metrics", "b__org")
        .first()
    )
    if found is None:
        raise NotFound("No such pair within your scope", place="pair", remedy="Reload the list")
    return found


def persons(viewer: Viewer, q: str = "") -> Any:
    """Persons of whom the viewer sees two numbers or more: ``one_id``, ``numbers`` and ``aum``, the richest first."""
    scope = visible(viewer)
    found = PersonMember.objects.filter(customer__in=scope.values("id"))
    if q:
        hits = PersonMember.objects.filter(customer__in=search(scope, q).values("id"))
        found = found.filter(one_id__in=hits.values("one_id"))
    return (
        found.values("one_id")
        .annotate(numbers=Count("customer"), aum=Sum("customer__metrics__aum"))
        .filter(numbers__gte=2).order_by("-aum", "one_id")
    )  # fmt: skip


def conflicts(viewer: Viewer) -> Any:
    """管户冲突: persons whose numbers, all seen by the viewer, have different main managers and no decision on them;
    ``one_id`` and ``managers``."""
    scope = visible(viewer).values("id")
    hidden = PersonMember.objects.filter(one_id=OuterRef("one_id")).exclude(customer__in=scope)
    found = _managed().filter(several__gte=2).filter(~Exists(hidden))
    leads = dict(PersonLead.objects.filter(ended_at=None).values_list("one_id", "managers"))
    decided = [
        row["one_id"]
        for row in _managed().filter(one_id__in=leads)
        if set(row["managers"]) <= set(leads[row["one_id"]])
    ]
    return found.exclude(one_id__in=decided).order_by("one_id")


def _managed() -> Any:
    """Persons with their main managers."""
    return (
        PersonMember.objects.filter(MAIN).values("one_id")
        .annotate(
            managers=ArrayAgg("customer__assignments__user_id", distinct=True),
            several=Count("customer__assignments__user_id", distinct=True),
        )
    )  # fmt: skip


def members(viewer: Viewer, one_ids: Iterable[int]) -> dict[int, list[PersonMember]]:
    """The numbers of persons that the viewer sees, by person, the oldest customer first."""
    rows = PersonMember.objects.filter(one_id__in=list(one_ids), customer__in=visible(viewer).values("id"))
    found: dict[int, list[PersonMember]] = defaultdict(list)
    for row in rows.select_related("customer__metrics", "customer__org").order_by(
        "customer__open_date", "customer_id"
    ):
        found[row.one_id].append(row)
    return found


def whole(viewer: Viewer, one_id: int) -> list[PersonMember]:
    """All numbers of a person.

    Raises:
        NotFound: there is no such person, or one of its numbers is outside the viewer's scope.
    """
    found = members(viewer, [one_id])[one_id]
    if not found or len(found) < PersonMember.objects.filter(one_id=one_id).count():
        raise NotFound(
            "Not all numbers of this person are within your scope", place="person",
            remedy="Head office sees them all: ask retail operations",
        )  # fmt: skip
    return found


def same_person(viewer: Viewer, customer: Customer) -> list[PersonMember]:
    """The numbers of a customer's person that the viewer sees, itself included; empty if it is the only one."""
    row = PersonMember.objects.filter(customer=customer).first()
    found = members(viewer, [row.one_id])[row.one_id] if row else []
    return found if len(found) > 1 else []


def splits(viewer: Viewer) -> QuerySet[PersonSplit]:
    """拆分申请 that wait for a check, of customers in scope, oldest first."""
    scope = visible(viewer).values("id")
    found = PersonSplit.objects.filter(status=PersonSplit.Status.ASKED, customer__in=scope)
    return found.select_related("customer__metrics", "customer__org", "asked_by").order_by("id")


def history(viewer: Viewer) -> QuerySet[IdentityDecision]:
    """Decisions about customers in scope, newest first."""
    scope = visible(viewer).values("id")
    found = IdentityDecision.objects.filter(a__in=scope, b__in=scope)
    return found.select_related("a", "b", "by", "ended_by", "split__checked_by").order_by("-id")


def queues(viewer: Viewer, biz_date: date) -> Queues:
    """What waits for the viewer."""
    return Queues(
        open=waiting(viewer, biz_date).order_by()[:COUNTED].count(),
        later=waiting(viewer, biz_date, later=True).order_by()[:COUNTED].count(),
        splits=splits(viewer).order_by()[:COUNTED].count(),
        owners=conflicts(viewer).order_by()[:COUNTED].count(),
    )
