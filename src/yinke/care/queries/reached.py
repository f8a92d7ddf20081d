"""Whom somebody reached of late, as rules of segments ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yinke.care.models import ContactRecord
from yinke.customers.queries import Ids, business_date, packed


def reached(spans: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """With whom there were effective contacts within the 7, 30 or 90 days that end with a date; of some customers, or of all.

    On the newest business date those recorded since then count too: who was called this morning was called.
    """
    newest = business_date()
    last = date.max if newest is None or on >= newest else on
    for days in sorted(spans):
        first = on - timedelta(days=int(days) - 1)
        rows = ContactRecord.objects.filter(biz_date__range=(first, last), withdrawn_at=None)
        found = rows.exclude(result__in=ContactRecord.NOT_REACHED)
        yield days, packed(found.order_by().values("customer_id").distinct(), among=among)
