"""Hidden values of a customer. Lists and details need care's facts too: see ``care/customer_api.py``."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.customers.schemas import RevealIn, RevealOut
from yinke.customers.services.reveal import reveal

router = Router(tags=["customers"])


@router.post("/customers/{customer_id}/reveal", response=RevealOut, auth=can("customer.reveal"))
def reveal_field(request: HttpRequest, customer_id: int, body: RevealIn) -> RevealOut:
    """Show one hidden field, with a reason; the audit row is written first."""
    viewer = viewer_from(request)
    return RevealOut(value=reveal(viewer, customer_id, body.field, body.reason, client_address(request)))
