"""关系图谱: read by everybody who sees the customer, written by who looks after him."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.common.schema import Schema, answer
from yinke.customers.relations import Graph, colleagues, neighbourhood
from yinke.customers.services.relate import Told, end, relate

router = Router(tags=["customers"])


class RelationIn(Schema):
    """A relationship that a manager knows of; see ``Told``."""

    kind: Literal["HOUSEHOLD", "GUARANTOR", "REFERRER", "COMPANY_OWNER"]
    other: str = ""
    party: str = ""
    outward: bool = True
    evidence: str


class RelationEndIn(Schema):
    """Why a relationship no longer holds."""

    reason: str


class RelationMade(Schema):
    id: int


@router.get("/customers/{customer_id}/relationships", response=Graph, auth=can("customer.read"))
def get_relationships(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Who stands around this customer: one step of the walk."""
    return answer(neighbourhood(viewer_from(request), customer_id))


@router.get("/relationships/party", response=Graph, auth=can("customer.read"))
def get_colleagues(request: HttpRequest, party: str) -> HttpResponse:
    """The viewer's customers at one employer or company."""
    return answer(colleagues(viewer_from(request), party))


@router.post("/customers/{customer_id}/relationships", response=RelationMade, auth=can("relationship.write"))
def add_relationship(request: HttpRequest, customer_id: int, body: RelationIn) -> RelationMade:
    """Write down that two customers, or a customer and a company, are related."""
    told = Told(**body.model_dump())
    return RelationMade(id=relate(viewer_from(request), customer_id, told, client_address(request)).id)


@router.post("/relationships/{relationship_id}/end", response=RelationMade, auth=can("relationship.write"))
def end_relationship(request: HttpRequest, relationship_id: int, body: RelationEndIn) -> RelationMade:
    """End a relationship, with a reason."""
    return RelationMade(
        id=end(viewer_from(request), relationship_id, body.reason, client_address(request)).id
    )
