"""关系登记: a manager writes down, or ends, how two customers are tied; accounted for, never deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.customers.around import Relationship
from yinke.customers.models import Customer
from yinke.customers.queries import one, visible

RIGHT = "relationship.write"
BY_HAND = ("HOUSEHOLD", "GUARANTOR", "REFERRER", "COMPANY_OWNER")
"""The rest comes from the data alone."""
_DIGITS = re.compile(r"\d[\d\s-]{9,}\d")
"""Eleven digits and more: a mobile, a certificate, a card. They have no place in a note."""


@dataclass(frozen=True)
class Told:
    """What a manager says of two customers.

    ``other`` is the other's customer number, or ``party`` a company's name; ``outward``: the first guarantees,
    referred or owns the other, not the other way round.
    """

    kind: str
    other: str = ""
    party: str = ""
    outward: bool = True
    evidence: str = ""


def relate(viewer: Viewer, customer_id: int, told: Told, address: str | None = None) -> Relationship:
    """Write a relationship down.

    The other may be another manager's customer: it is then known to exist, and nothing else is shown of it.

    Raises:
        NotAllowed: the role may not.
        NotFound: the customer is not in scope, or nobody has the other's number.
        YinkeError: a kind that only the data give, no evidence, personal numbers in it, himself, or known already.
    """
    _may(viewer)
    customer = one(viewer, customer_id)
    evidence, party = told.evidence.strip(), told.party.strip()
    if told.kind not in BY_HAND or (told.kind != "COMPANY_OWNER" and party):
        raise YinkeError(
            "No such relationship by hand", place="kind", code="no_such_choice", remedy="Choose another kind"
        )
    if not evidence or _DIGITS.search(evidence) or _DIGITS.search(party):
        raise YinkeError(
            "Say how you know, without numbers of persons", place="evidence", code="evidence_wanted",
            remedy="Write who told you and when",
        )  # fmt: skip
    other = None
    if not party:
        with whole_bank():  # whoever writes the number knows it: no more is told than that somebody has it
            other = Customer.objects.filter(cust_no=told.other.strip().upper()).first()
        if other is None:
            raise NotFound("Nobody has this customer number", place="other", remedy="Check the number")
    if other is not None and other.id == customer.id:
        raise YinkeError(
            "A customer is not related to himself",
            place="other",
            code="relation_to_self",
            remedy="Check the number",
        )
    first, second = (customer, other) if told.outward or other is None else (other, customer)
    if told.kind == "HOUSEHOLD" and second is not None and second.id < first.id:
        first, second = second, first
    try:
        with transaction.atomic():
            made = Relationship.objects.create(
                kind=told.kind, customer=first, other=second, party=party[:60], source=Relationship.Source.HAND,
                valid_from=timezone.localdate(), evidence=evidence[:200], made_by_id=viewer.user_id,
            )  # fmt: skip
            audit(
                viewer, "relationship.begin", "customer", f"{customer_id}", reason=f"{made.id} {told.kind}",
                address=address,
            )  # fmt: skip
            return made
    except IntegrityError as known:
        raise YinkeError(
            "This relationship is known already", place="other", code="relation_known", remedy="Look at the list"
        ) from known  # fmt: skip


def end(viewer: Viewer, relationship_id: int, reason: str, address: str | None = None) -> Relationship:
    """End a relationship, with a reason. One that the data show stays ended too.

    Raises:
        NotAllowed: the role may not.
        NotFound: neither end is in the viewer's scope, or it has ended.
        YinkeError: no reason.
    """
    _may(viewer)
    reason = reason.strip()
    if not reason or _DIGITS.search(reason):
        raise YinkeError(
            "Say why it no longer holds, without numbers of persons", place="reason", code="evidence_wanted",
            remedy="Write who told you and when",
        )  # fmt: skip
    with transaction.atomic():
        found = Relationship.objects.select_for_update().filter(id=relationship_id, valid_to=None).first()
        ends = [] if found is None else [found.customer_id, found.other_id]
        seen = visible(viewer).filter(id__in=[e for e in ends if e]).values_list("id", flat=True).first()
        if found is None or seen is None:
            raise NotFound(
                "No such standing relationship among your customers",
                place="relationship",
                remedy="Reload the page",
            )
        found.valid_to, found.ended_at = timezone.localdate(), timezone.now()
        found.ended_by_id, found.end_reason = viewer.user_id, reason[:200]
        found.save(update_fields=["valid_to", "ended_at", "ended_by", "end_reason"])
        audit(
            viewer, "relationship.end", "customer", f"{seen}", reason=f"{found.id} {reason}", address=address
        )
        return found


def _may(viewer: Viewer) -> None:
    if not viewer.may(RIGHT):
        raise NotAllowed(
            "Your role reads relationships only", place=RIGHT, remedy="Ask the customer's manager"
        )
