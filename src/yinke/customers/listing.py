"""The customer list: narrowed, counted, ordered and cut to a page, for five customers or a million.

First only ids are found, then the page's rows are read. A list of fewer than ``COUNTED`` customers is sorted;
a longer one by AUM walks the index (tier, AUM) of each tier, which gives the first rows without sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from yinke.access.models import Org
from yinke.access.queries import subtree
from yinke.access.viewer import Viewer
from yinke.common.errors import YinkeError
from yinke.customers.models import Assignment, Customer
from yinke.customers.queries import active_assignments, visible
from yinke.customers.schemas import CustomerQuery
from yinke.customers.search import search

PAGE = 50
COUNTED = 10_000
"""A list counts no further than this: nobody reads more, and counting a whole bank takes time."""
DEEPEST = COUNTED // PAGE
"""The last page that can be opened."""
TIERS = range(6)
MONEY = DecimalField(max_digits=24, decimal_places=6)


def find(viewer: Viewer, wanted: CustomerQuery) -> QuerySet[Customer]:
    """The customers in scope that fit, in no order."""
    rows = visible(viewer)
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
    """Ids of one page, ordered by ``aum``, ``mda``, ``net_month`` or ``name``, descending with ``-``.

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
    by = {
        "aum": F("metrics__aum") + Decimal(0),  # a sum, lest the planner walk the bank's index for a few rows
        "mda": _mda(biz_date),
        "net_month": _net_month(biz_date),
    }.get(key)
    if by is None:
        raise YinkeError(
            "No such order",
            code="no_such_choice",
            place="sort",
            remedy="Take aum, mda, net_month, name or last_contact, with '-' to reverse",
        )
    value = F("value")
    order = value.desc(nulls_last=True) if down else value.asc(nulls_last=True)
    return rows.alias(value=by).order_by(order, f"{sign}id")


def _mda(biz_date: date) -> Case:
    """The month's daily average at the end of ``biz_date``, as ``averages`` counts it."""
    total = RawSQL(
        "(customers_metrics.sum_m + customers_metrics.aum * (%s::date - customers_metrics.as_of)) / %s",
        [biz_date, biz_date.day],
        output_field=MONEY,
    )
    within = When(metrics__as_of__gte=biz_date.replace(day=1), then=total)
    return Case(within, default=F("metrics__aum"), output_field=MONEY)


def _net_month(biz_date: date) -> Case:
    net = F("metrics__aum") - F("metrics__aum_month_start")
    within = When(metrics__as_of__gte=biz_date.replace(day=1), then=net)
    return Case(within, default=Value(Decimal(0)), output_field=MONEY)
