"""Make the persons: pairs that merge and what people decided, put together by the rules of ``common/identity``.

The same for the whole bank at night (``settle(None, ...)``) and for the few around a decision at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from yinke.common.identity import MERGE, SAME, Edge, Member, resolve
from yinke.customers.models import Assignment, IdentityDecision, IdentityPair, PersonLead, PersonMember

OF_PERSON = "ONEID"
"""``Assignment.reason`` of a co-manager who leads for a person of several numbers."""
Verdict = IdentityDecision.Verdict


def lock() -> None:
    """Let one transaction at a time change persons; until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('oneid', 0))")


def decided_pairs() -> list[tuple[int, int, bool]]:
    """What stands decided: two customers and whether they are the same. The night takes it to the lake."""
    found = IdentityDecision.objects.filter(ended_at=None).exclude(verdict=Verdict.LATER)
    return [(a, b, verdict == Verdict.SAME) for a, b, verdict in found.values_list("a_id", "b_id", "verdict")]


@transaction.atomic
def settle(around: Iterable[int] | None, on: date) -> set[int]:
    """Bring ``PersonMember`` to what pairs and decisions say.

    Args:
        around: customers about whom something was decided: only they, and whom they hang together with, are
            looked at. None: everybody.
        on: business date from which new memberships hold.

    Returns:
        The customers whose person changed.
    """
    lock()
    merges = IdentityPair.objects.filter(verdict=MERGE)
    said = IdentityDecision.objects.filter(ended_at=None).exclude(verdict=Verdict.LATER)
    members = PersonMember.objects.all()
    if around is not None:
        circle = _circle(set(around))
        inside = Q(a_id__in=circle) | Q(b_id__in=circle)
        merges, said, members = (
            merges.filter(inside),
            said.filter(inside),
            members.filter(customer_id__in=circle),
        )
    edges = [Edge(*row) for row in merges.values_list("a_id", "b_id", "rule", "score")]
    apart = []
    for a, b, verdict in said.values_list("a_id", "b_id", "verdict"):
        if verdict == Verdict.SAME:
            edges.append(Edge(a, b, SAME, 1.0))
        else:
            apart.append((a, b))
    wanted = resolve(edges, apart)
    known = {m.customer_id: m for m in members}
    changed = {
        number for number in wanted.keys() | known.keys()
        if (wanted[number].one_id if number in wanted else None) != (known[number].one_id if number in known else None)
    }  # fmt: skip
    _write(wanted, known, changed, on)
    _follow_leads(changed, {known[n].one_id for n in changed if n in known}, on)
    return changed


def _circle(numbers: set[int]) -> set[int]:
    """Customers and whom they hang together with, by merges, decisions or the persons that they are now."""
    circle, rim = set(numbers), set(numbers)
    while rim:
        near: set[int] = set()
        touch = Q(a_id__in=rim) | Q(b_id__in=rim)
        for rows in (
            IdentityPair.objects.filter(touch, verdict=MERGE),
            IdentityDecision.objects.filter(touch, ended_at=None, verdict=Verdict.SAME),
        ):
            near.update(number for pair in rows.values_list("a_id", "b_id") for number in pair)
        persons = PersonMember.objects.filter(customer_id__in=rim).values("one_id")
        near.update(PersonMember.objects.filter(one_id__in=persons).values_list("customer_id", flat=True))
        rim = near - circle
        circle |= rim
    return circle


def _write(
    wanted: Mapping[int, Member], known: Mapping[int, PersonMember], changed: set[int], on: date
) -> None:
    PersonMember.objects.filter(customer_id__in=[n for n in changed if n in known]).delete()
    PersonMember.objects.bulk_create(
        [
            PersonMember(
                customer_id=number, one_id=wanted[number].one_id, rule=wanted[number].rule, score=wanted[number].score, since=on
            )
            for number in sorted(changed) if number in wanted
        ],
        batch_size=5_000,
    )  # fmt: skip
    other_tie = []
    for number, member in wanted.items():
        row = known.get(number)
        if row and number not in changed and (row.rule, row.score) != (member.rule, member.score):
            row.rule, row.score = member.rule, member.score
            other_tie.append(row)
    PersonMember.objects.bulk_update(other_tie, ["rule", "score"], batch_size=5_000)


def _follow_leads(changed: set[int], persons: set[int], on: date) -> None:
    """End what leads had over customers that went elsewhere, and give them what came to their persons."""
    if not changed:
        return
    Assignment.objects.filter(customer_id__in=changed, reason=OF_PERSON, end_date=None).update(end_date=on)
    gone = persons - set(PersonMember.objects.filter(one_id__in=persons).values_list("one_id", flat=True))
    PersonLead.objects.filter(one_id__in=gone, ended_at=None).update(ended_at=timezone.now())
    now = PersonMember.objects.filter(customer_id__in=changed).values("one_id")
    for lead in PersonLead.objects.filter(one_id__in=now, ended_at=None).exclude(lead=None):
        follow_lead(lead, on)


def follow_lead(lead: PersonLead, on: date) -> None:
    """Make who leads for a person co-manager, without a share, of its numbers that are not his."""
    assert lead.lead_id is not None  # noqa: S101
    for number in PersonMember.objects.filter(one_id=lead.one_id).values_list("customer_id", flat=True):
        Assignment.objects.get_or_create(
            customer_id=number, user_id=lead.lead_id, end_date=None,
            defaults={"rel_type": Assignment.Rel.CO, "share_pct": 0, "start_date": on, "reason": OF_PERSON},
        )  # fmt: skip
