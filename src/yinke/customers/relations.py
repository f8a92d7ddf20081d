"""关系图谱: who stands around a customer, as far as the viewer may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.common.schema import Schema
from yinke.customers.around import Relationship
from yinke.customers.models import Customer
from yinke.customers.queries import one, owners, visible
from yinke.customers.schemas import Person
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount, shown_name

MOST = 60
"""Neighbours drawn at a time; a large employer has thousands."""


class Node(Schema):
    """A customer, an employer or a company; of another manager's customer only that there is one."""

    key: str
    """Names the node within the graph; tells nothing of who is hidden."""
    kind: str
    """CUSTOMER, HIDDEN or PARTY."""
    id: int | None
    name: str
    """Empty for the hidden; a party's number or name."""
    tier: int | None
    stage: str | None
    aum: Decimal | None
    manager: Person | None


class Edge(Schema):
    id: int
    kind: str
    source: str
    begin: str
    """Key of the node that guarantees, referred, owns, pays; of a household either."""
    end: str
    valid_from: date
    confidence: int
    evidence: str
    """A manager's words; of the data's own see ``months`` and the rest."""
    months: int | None
    txns: int | None
    amount: Decimal | None
    made_by: str | None


class Household(Schema):
    """The centre and those of the same household whom the viewer sees."""

    members: int
    hidden: int
    """Members whom another manager looks after: not in the sums."""
    aum: Decimal
    lum: Decimal
    categories: int
    """Sum of the products that each member holds."""


class Graph(Schema):
    """One node's neighbourhood; walk on by asking for a neighbour's."""

    center: str
    banded: bool
    nodes: list[Node]
    edges: list[Edge]
    more: int
    """Neighbours beyond those drawn; of a party also those whom the viewer does not see."""
    household: Household | None


def neighbourhood(viewer: Viewer, customer_id: int) -> Graph:
    """Everybody related to a customer now.

    Raises:
        NotFound: no such customer in the viewer's scope.
    """
    center = one(viewer, customer_id)
    standing = Q(valid_to=None) & (Q(customer_id=customer_id) | Q(other_id=customer_id))
    ties = list(Relationship.objects.filter(standing).select_related("made_by").order_by("-confidence", "id"))
    shown = ties[:MOST]
    seen = _seen(viewer, {r.customer_id for r in shown} | {r.other_id for r in shown if r.other_id})
    seen[center.id] = center
    nodes = _nodes(viewer, seen.values())
    edges, hidden = [], _Keys(seen)
    for tie in shown:
        begin = hidden.of(tie.customer_id)
        end = f"party:{tie.party}" if tie.other_id is None else hidden.of(tie.other_id)
        for key in (begin, end):
            if key not in nodes:
                kind, name = ("PARTY", tie.party) if key.startswith("party:") else ("HIDDEN", "")
                nodes[key] = Node(
                    key=key, kind=kind, id=None, name=name, tier=None, stage=None, aum=None, manager=None
                )
        edges.append(_edge(viewer, tie, begin, end))
    return Graph(
        center=f"customer:{center.id}", banded=viewer.masked, nodes=list(nodes.values()), edges=edges,
        more=len(ties) - len(shown), household=_household(viewer, center, ties),
    )  # fmt: skip


def colleagues(viewer: Viewer, party: str) -> Graph:
    """The viewer's customers at an employer, the richest first, and how many more there are.

    Raises:
        NotFound: none of the viewer's customers is there.
    """
    ties = Relationship.objects.filter(valid_to=None, other=None, party=party).select_related("made_by")
    mine = ties.filter(customer__in=visible(viewer)).order_by("-customer__metrics__aum", "id")
    shown = list(mine[:MOST])
    if not shown or not party:
        raise NotFound("None of your customers is there", place="party", remedy="Go back to the customer")
    with whole_bank():  # how many work there, not who
        everybody = ties.count()
    seen = _seen(viewer, {tie.customer_id for tie in shown})
    nodes, key = _nodes(viewer, seen.values()), f"party:{party}"
    nodes[key] = Node(
        key=key, kind="PARTY", id=None, name=party, tier=None, stage=None, aum=None, manager=None
    )
    edges = [_edge(viewer, tie, f"customer:{tie.customer_id}", key) for tie in shown]
    return Graph(
        center=key, banded=viewer.masked, nodes=list(nodes.values()), edges=edges, more=everybody - len(shown),
        household=None,
    )  # fmt: skip


def _seen(viewer: Viewer, ids: Iterable[int]) -> dict[int, Customer]:
    return {c.id: c for c in visible(viewer).filter(id__in=list(ids)).select_related("metrics", "org")}


def _nodes(viewer: Viewer, customers: Iterable[Customer]) -> dict[str, Node]:
    found = list(customers)
    managers = owners([customer.id for customer in found])
    nodes = {}
    for customer in found:
        owner = managers.get(customer.id)
        key = f"customer:{customer.id}"
        nodes[key] = Node(
            key=key, kind="CUSTOMER", id=customer.id, name=shown_name(viewer, customer), tier=customer.metrics.tier,
            stage=customer.metrics.stage, aum=shown_amount(viewer, customer.metrics.aum),
            manager=person(owner.main.user) if owner and owner.main else None,
        )  # fmt: skip
    return nodes


class _Keys:
    """Names of nodes within one graph: the hidden are numbered as they come up."""

    def __init__(self, seen: dict[int, Customer]) -> None:
        self.seen = seen
        self.hidden: dict[int, str] = {}

    def of(self, customer_id: int) -> str:
        """A customer's key."""
        if customer_id in self.seen:
            return f"customer:{customer_id}"
        return self.hidden.setdefault(customer_id, f"hidden:{len(self.hidden) + 1}")


def _edge(viewer: Viewer, tie: Relationship, begin: str, end: str) -> Edge:
    figures = dict(part.split("=", 1) for part in tie.evidence.split(",")) if _is_fed(tie) else {}
    return Edge(
        id=tie.id, kind=tie.kind, source=tie.source, begin=begin, end=end, valid_from=tie.valid_from,
        confidence=tie.confidence, evidence="" if figures else tie.evidence,
        months=int(figures["months"]) if figures else None, txns=int(figures["txns"]) if figures else None,
        amount=shown_amount(viewer, Decimal(figures["amount"])) if figures else None,
        made_by=tie.made_by.name if tie.made_by else None,
    )  # fmt: skip


def _is_fed(tie: Relationship) -> bool:
    return tie.source == Relationship.Source.FEED and tie.evidence.startswith("months=")


def _household(viewer: Viewer, center: Customer, ties: Sequence[Relationship]) -> Household | None:
    others = {
        tie.other_id if tie.customer_id == center.id else tie.customer_id
        for tie in ties
        if tie.kind == Relationship.Kind.HOUSEHOLD
    }
    if not others:
        return None
    members = [center, *_seen(viewer, [other for other in others if other]).values()]
    return Household(
        members=len(members), hidden=len(others) + 1 - len(members),
        aum=shown_amount(viewer, sum((m.metrics.aum for m in members), Decimal(0))),
        lum=shown_amount(viewer, sum((m.metrics.lum for m in members), Decimal(0))),
        categories=sum(m.metrics.categories for m in members),
    )  # fmt: skip
