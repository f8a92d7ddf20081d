"""接触策略: the rules by which customers are written to, and whether one may be written to now."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.outreach import policy
from yinke.outreach.policy_schemas import ContactCheckOut, ContactPolicyOut

router = Router(tags=["outreach"])


@router.get("/contact-policy", response=ContactPolicyOut, auth=can("customer.read"))
def get_contact_policy(request: HttpRequest) -> ContactPolicyOut:
    """What the gate does now, and what it held back among the viewer's customers."""
    return policy.contact_policy(viewer_from(request))


@router.get("/customers/{customer_id}/may-contact", response=ContactCheckOut, auth=can("customer.read"))
def check_contact(
    request: HttpRequest, customer_id: int, risk: Annotated[int | None, Query(ge=1, le=5)] = None
) -> ContactCheckOut:
    """What the gate would say of a message to a customer now; nothing is sent."""
    return policy.may_contact(viewer_from(request), customer_id, risk)
