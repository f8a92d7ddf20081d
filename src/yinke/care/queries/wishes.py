"""Who is not to be disturbed, as rules of segments ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from yinke.care.models import DoNotDisturb
from yinke.customers.queries import Ids, packed


def undisturbed(scopes: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """Whose wishes of each scope are in force on a date; of some customers, or of all."""
    rows = DoNotDisturb.objects.filter(Q(until=None) | Q(until__gte=on), lifted_at=None)
    yield from ((scope, packed(rows.filter(scope=scope), among=among)) for scope in sorted(scopes))
