"""The customer list: narrowed, counted, ordered and cut to a page, for five customers or a million.

First only ids are found, then the page's rows are read. A list of fewer than ``COUNTED`` customers is sorted;
a longer one by AUM walks the index (tier, AUM) of each tier, which gives the first rows without sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet

from yinke.access.models import Org
from yinke.access.queries import subtree
from yinke.access.viewer import Viewer
from yinke.common.errors import YinkeError
from yinke.customers.filters import ORDERS, narrow, order_value
from yinke.customers.models import ERASED, Assignment, Customer
from yinke.customers.queries import active_assignments, visible
from yinke.customers.schemas import CustomerQuery
from yinke.customers.search import search

PAGE = 50
COUNTED = 10_000
"""A list counts no further than this: nobody reads more, and counting a whole bank takes time."""
DEEPEST = COUNTED // PAGE
"""The last page that can be opened."""
TIERS = range(6)


def find(viewer: Viewer, wanted: CustomerQuery, biz_date: date) -> QuerySet[Customer]:
    """The customers in scope that fit at ``biz_date``'s end, in no order.

    Raises:
        YinkeError: a bound of money that this viewer may not ask by (see ``filters.narrow``).
    """
    rows = narrow(viewer, visible(viewer).exclude(status=ERASED), wanted, biz_date)
    if wanted.tier:
        rows = rows.filter(metrics__tier__in=wanted.tier)
    if wanted.stage:
        rows = rows.filter(metrics__stage__in=wanted.stage)
    if wanted.org is not None:
        org = Org.objects.filter(id=wanted.org).first()
        rows = rows.filter(org_id__in=subtree(org) if org else ())
    if wanted.manager is not None:
        main = active_assignments(wanted.manager).filter(rel_type="MAIN")
        rows = rows.filter(id__in=main.values("customer_id"))
    if wanted.pool:
        main = Assignment.objects.filter(customer_id=OuterRef("id"), rel_type="MAIN", end_date=None)
        rows = rows.filter(~Exists(main))
    return search(rows, wanted.q.strip())


def count(rows: QuerySet[Customer]) -> int:
    """How many, at most ``COUNTED``."""
    return rows.order_by()[:COUNTED].count()


def page_ids(rows: QuerySet[Customer], wanted: CustomerQuery, biz_date: date, total: int) -> list[int]:
    """Ids of one page, ordered by ``aum``, ``name`` or one of ``ORDERS``, descending with ``-``.

    Args:
        total: what ``count`` said of ``rows``.

    Raises:
        YinkeError: no such order, or the list is too long for it.
    """
    if wanted.sort.lstrip("-") == "aum" and total >= COUNTED:
        return _walk_tiers(rows, wanted)
    check_length(wanted.sort, total)
    return cut(_sorted(rows, wanted.sort, biz_date), wanted.page)


def check_length(sort: str, total: int) -> None:
    """Refuse an order for which a list of ``COUNTED`` customers or more would have to be read whole.

    Raises:
        YinkeError: the list must be narrowed first.
    """
    if total >= COUNTED and sort.lstrip("-") not in ("aum", "name"):
        raise YinkeError(
            f"A list of {COUNTED:,} customers or more can be ordered by AUM or name only",
            place="sort",
            remedy="Narrow it by org, manager, tier or stage first",
            code="list_too_long",
        )


def cut(rows: QuerySet[Customer], page: int) -> list[int]:
    """Ids of page ``page`` (from 1) of ordered rows."""
    start = _start(page)
    return list(rows.values_list("id", flat=True)[start : start + PAGE])


def load(ids: Sequence[int]) -> list[Customer]:
    """Customers of a page by their ids, in that order, with metrics and org."""
    found = Customer.objects.select_related("metrics", "org").in_bulk(ids)
    return [found[customer_id] for customer_id in ids]


def _start(page: int) -> int:
    return (min(max(page, 1), DEEPEST) - 1) * PAGE


def _walk_tiers(rows: QuerySet[Customer], wanted: CustomerQuery) -> list[int]:
    sign = "-" if wanted.sort.startswith("-") else ""
    start = _start(wanted.page)
    end = start + PAGE
    first, *others = (
        rows.filter(metrics__tier=tier)
        .order_by(f"{sign}metrics__aum", f"{sign}metrics__customer_id")
        .annotate(balance=F("metrics__aum"))
        .values("id", "balance")[:end]
        for tier in sorted(set(wanted.tier) or TIERS)
    )
    merged = first.union(*others, all=True).order_by(f"{sign}balance", f"{sign}id") if others else first
    return [row["id"] for row in merged[start:end]]


def _sorted(rows: QuerySet[Customer], sort: str, biz_date: date) -> QuerySet[Customer]:
    down, key = sort.startswith("-"), sort.lstrip("-")
    sign = "-" if down else ""
    if key == "name":
        return rows.order_by(f"{sign}pinyin", f"{sign}id")
    by = order_value(key, biz_date)
    if by is None:
        raise YinkeError(
            "No such order",
            code="no_such_choice",
            place="sort",
            remedy=f"Take aum, name, last_contact, {', '.join(ORDERS)}, with '-' to reverse",
        )
    value = F("value")
    order = value.desc(nulls_last=True) if down else value.asc(nulls_last=True)
    return rows.alias(value=by).order_by(order, f"{sign}id")
