"""价值与下一产品: the card on 客户一览."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.care.queries.value_card import value_card
from yinke.care.value_schemas import ValueCard
from yinke.common.schema import answer

router = Router(tags=["value"])


@router.get("/customers/{customer_id}/value", response=ValueCard, auth=can("value.read"))
def get_value_card(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What a customer brings and is expected to bring, and what suits them next, with reasons."""
    return answer(value_card(viewer_from(request), customer_id))
