"""未了事项: what whoever takes a customer over must know at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from yinke.care.models import ContactRecord
from yinke.common.row_security import whole_bank
from yinke.privacy.models import RightsCase

Matter = Literal["COMPLAINT", "RIGHTS"]


@whole_bank()  # told with a masked customer: that there is a case, and nothing of what it says
def open_matters(customer_ids: Sequence[int]) -> dict[int, list[Matter]]:
    """Of customers whom the viewer was already told of: an open rights case (权利请求), a complaint in the air.

    A complaint is in the air while the newest contact ended with 投诉倾向.
    """
    contacts = ContactRecord.objects.filter(customer_id__any_of=customer_ids, withdrawn_at=None)
    newest = contacts.order_by("customer_id", "-at", "-id").distinct("customer_id")
    found: dict[int, list[Matter]] = {}
    for customer, result in newest.values_list("customer_id", "result"):
        if result == ContactRecord.Result.COMPLAINT_RISK:
            found.setdefault(customer, []).append("COMPLAINT")
    cases = RightsCase.objects.filter(customer_id__any_of=customer_ids, status__in=RightsCase.OPEN)
    for customer in cases.order_by("customer_id").values_list("customer_id", flat=True).distinct():
        found.setdefault(customer, []).append("RIGHTS")
    return found
