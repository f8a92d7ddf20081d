"""Who is not to be disturbed, as rules of segments ask for it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from yinke.care.models import DoNotDisturb


def undisturbed(scopes: frozenset[str], on: date) -> list[tuple[int, str]]:
    """(customer, scope) of the wishes in force on a date."""
    rows = DoNotDisturb.objects.filter(Q(until=None) | Q(until__gte=on), lifted_at=None, scope__in=scopes)
    return list(rows.values_list("customer_id", "scope"))
