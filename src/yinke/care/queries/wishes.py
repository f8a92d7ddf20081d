"""Who is not to be disturbed, as rules of segments ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from yinke.care.models import DoNotDisturb
from yinke.customers.queries import packed


def undisturbed(scopes: frozenset[str], on: date) -> Iterator[tuple[str, npt.NDArray[np.int32]]]:
    """Whose wishes of each scope are in force on a date."""
    rows = DoNotDisturb.objects.filter(Q(until=None) | Q(until__gte=on), lifted_at=None)
    yield from ((scope, packed(rows.filter(scope=scope))) for scope in sorted(scopes))
