"""Whom somebody reached of late, as rules of segments ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from yinke.care.models import ContactRecord


def reached(spans: frozenset[str], on: date) -> Iterator[tuple[int, str]]:
    """(customer, days) of the effective contacts within 7, 30 or 90 days that end with a date."""
    end = timezone.make_aware(datetime.combine(on + timedelta(days=1), time()))
    for days in sorted(spans):
        start = end - timedelta(days=int(days))
        rows = ContactRecord.objects.filter(at__gte=start, at__lt=end, withdrawn_at=None)
        found = rows.exclude(result__in=ContactRecord.NOT_REACHED).order_by()
        yield from ((cust, days) for cust in found.values_list("customer_id", flat=True).distinct())
