"""Whom somebody reached of late, as rules of segments ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yinke.care.models import ContactRecord
from yinke.customers.queries import business_date


def reached(spans: frozenset[str], on: date) -> Iterator[tuple[int, str]]:
    """(customer, days) of the effective contacts within the 7, 30 or 90 days that end with a date.

    On the newest business date those recorded since then count too: who was called this morning was called.
    """
    newest = business_date()
    last = date.max if newest is None or on >= newest else on
    for days in sorted(spans):
        first = on - timedelta(days=int(days) - 1)
        rows = ContactRecord.objects.filter(biz_date__range=(first, last), withdrawn_at=None)
        found = rows.exclude(result__in=ContactRecord.NOT_REACHED).order_by()
        yield from ((cust, days) for cust in found.values_list("customer_id", flat=True).distinct())
