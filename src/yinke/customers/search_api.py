"""Look up whether the bank has somebody who is not among one's own customers."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.customers.schemas import LookUpIn, LookUpOut
from yinke.customers.services.look_up import look_up

router = Router(tags=["customers"])


@router.post("/customers/look-up", response=LookUpOut, auth=can("customer.lookup"))
def look_up_customer(request: HttpRequest, body: LookUpIn) -> LookUpOut:
    """Which outlet looks after the customer with this whole number; each look-up is accounted for and limited."""
    return LookUpOut(org_name=look_up(viewer_from(request), body.q, client_address(request)))
