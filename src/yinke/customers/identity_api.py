"""客户归并: the steward's queue, persons of several numbers, and what was decided about them."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from yinke.access.auth import can, client_address, viewer_from
from yinke.common.errors import NotFound
from yinke.customers import queries_identity as asked
from yinke.customers.identity_schemas import (
    IdentityDecideIn,
    IdentityDecisionPage,
    IdentityPairPage,
    IdentityQueues,
    IdentityRevealIn,
    OnePersonPage,
    PersonLeadIn,
    PersonSplitOut,
    SamePersonOut,
    SplitAskIn,
    SplitCheckIn,
)
from yinke.customers.identity_shape import decision_out, pair_outs, person_outs, split_outs
from yinke.customers.queries import business_date, one
from yinke.customers.schemas import RevealOut
from yinke.customers.services import identity
from yinke.customers.services.reveal import reveal

router = Router(tags=["oneid"])
PAGE = asked.PAGE
DEEPEST = asked.COUNTED // PAGE


def _start(page: int) -> int:
    return (min(max(page, 1), DEEPEST) - 1) * PAGE


@router.get("/oneid/queues", response=IdentityQueues, auth=can("oneid.review"))
def get_oneid_queues(request: HttpRequest) -> IdentityQueues:
    """How much waits for the viewer."""
    biz_date = business_date()
    if biz_date is None:
        return IdentityQueues(open=0, later=0, splits=0, owners=0)
    return IdentityQueues(**vars(asked.queues(viewer_from(request), biz_date)))


@router.get("/oneid/pairs", response=IdentityPairPage, auth=can("oneid.review"))
def list_identity_pairs(request: HttpRequest, later: bool = False, page: int = 1) -> IdentityPairPage:
    """Pairs of customers that may be one person, the likeliest first; ``later``: those put off."""
    viewer, biz_date = viewer_from(request), business_date()
    if biz_date is None:
        return IdentityPairPage(total=0, rows=[], biz_date=None, banded=viewer.masked)
    found = asked.waiting(viewer, biz_date, later=later)
    rows = found.select_related("a__metrics", "a__org", "b__metrics", "b__org")[
        _start(page) : _start(page) + PAGE
    ]
    return IdentityPairPage(
        total=found.order_by()[: asked.COUNTED].count(), rows=pair_outs(viewer, list(rows), biz_date),
        biz_date=biz_date, banded=viewer.masked,
    )  # fmt: skip


@router.post("/oneid/pairs/{pair_id}/decide", response={204: None}, auth=can("oneid.review"))
def decide_identity_pair(request: HttpRequest, pair_id: int, body: IdentityDecideIn) -> Status[None]:
    """Say that the two are the same, are different, or that it must wait. It holds at once."""
    identity.decide(viewer_from(request), pair_id, body.verdict, body.note)
    return Status(204, None)


@router.post("/oneid/pairs/{pair_id}/reveal", response=RevealOut, auth=can("oneid.review"))
def reveal_identity_field(request: HttpRequest, pair_id: int, body: IdentityRevealIn) -> RevealOut:
    """Show one hidden field of one of the two, to verify who it is; the audit row is written first."""
    viewer = viewer_from(request)
    pair = asked.pair(viewer, pair_id)
    if body.customer_id not in (pair.a_id, pair.b_id):
        raise NotFound("Not one of this pair", place="customer", remedy="Reload the list")
    address = client_address(request)
    return RevealOut(
        value=reveal(viewer, body.customer_id, body.field, "VERIFY", address, right="oneid.review")
    )


@router.get("/oneid/persons", response=OnePersonPage, auth=can("oneid.review"))
def list_merged_persons(
    request: HttpRequest, q: str = "", owners: bool = False, page: int = 1
) -> OnePersonPage:
    """Persons of several numbers, the richest first; ``owners``: those whose main managers must be sorted out."""
    viewer = viewer_from(request)
    found = asked.conflicts(viewer) if owners else asked.persons(viewer, q.strip())
    ids = [row["one_id"] for row in found[_start(page) : _start(page) + PAGE]]
    return OnePersonPage(
        total=found.order_by()[: asked.COUNTED].count(), rows=person_outs(viewer, ids),
        biz_date=business_date(), banded=viewer.masked,
    )  # fmt: skip


@router.post("/oneid/persons/{one_id}/lead", response={204: None}, auth=can("oneid.review"))
def choose_person_lead(request: HttpRequest, one_id: int, body: PersonLeadIn) -> Status[None]:
    """Say which of the main managers leads for this person; none: each goes on with his own."""
    identity.choose_lead(viewer_from(request), one_id, body.manager_id, body.note)
    return Status(204, None)


@router.get("/oneid/splits", response=list[PersonSplitOut], auth=can("oneid.review"))
def list_person_splits(request: HttpRequest) -> list[PersonSplitOut]:
    """Requests to take a number out of a person that wait for a check (at most 200)."""
    viewer = viewer_from(request)
    return split_outs(viewer, list(asked.splits(viewer)[:200]))


@router.post("/oneid/splits", response={204: None}, auth=can("oneid.review"))
def ask_person_split(request: HttpRequest, body: SplitAskIn) -> Status[None]:
    """Ask that a number be taken out of its person."""
    identity.ask_split(viewer_from(request), body.customer_id, body.note)
    return Status(204, None)


@router.post("/oneid/splits/{split_id}/check", response={204: None}, auth=can("oneid.review"))
def check_person_split(request: HttpRequest, split_id: int, body: SplitCheckIn) -> Status[None]:
    """Let a colleague's request happen, or send it back."""
    identity.check_split(viewer_from(request), split_id, body.approve, body.answer)
    return Status(204, None)


@router.get("/oneid/decisions", response=IdentityDecisionPage, auth=can("oneid.review"))
def list_identity_decisions(request: HttpRequest, page: int = 1) -> IdentityDecisionPage:
    """What was decided, newest first; also what was taken back."""
    viewer = viewer_from(request)
    found = asked.history(viewer)
    return IdentityDecisionPage(
        total=found.order_by()[: asked.COUNTED].count(),
        rows=[decision_out(viewer, row) for row in found[_start(page) : _start(page) + PAGE]],
    )


@router.post("/oneid/decisions/{decision_id}/revoke", response={204: None}, auth=can("oneid.review"))
def revoke_identity_decision(request: HttpRequest, decision_id: int) -> Status[None]:
    """Take a decision back, as if it had never been."""
    identity.revoke(viewer_from(request), decision_id)
    return Status(204, None)


@router.get("/customers/{customer_id}/person", response=SamePersonOut, auth=can("customer.read"))
def get_same_person(request: HttpRequest, customer_id: int) -> SamePersonOut:
    """The other customer numbers of the same person that the viewer sees, and what they hold together."""
    viewer = viewer_from(request)
    rows = asked.same_person(viewer, one(viewer, customer_id))
    found = person_outs(viewer, [rows[0].one_id]) if rows else []
    return SamePersonOut(person=found[0] if found else None, banded=viewer.masked)
