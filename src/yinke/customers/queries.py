"""What can be asked about customers. Every question takes the viewer and passes the visibility scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from yinke.access.models import Org, User
from yinke.access.viewer import OWN_ONLY, Viewer
from yinke.common.crypto import blind_index
from yinke.common.errors import NotFound, YinkeError
from yinke.customers.models import Assignment, Customer, Frontier, TierChange
from yinke.customers.names import HAN, normalise, plain_mobile
from yinke.customers.schemas import CustomerQuery

PAGE = 50
COUNTED = 10_000
"""A list counts no further than this: nobody reads more, and counting a whole bank takes time."""


@dataclass
class Owners:
    """Who looks after one customer."""

    main: Assignment | None = None
    co: list[Assignment] = field(default_factory=list)


def frontier() -> Frontier | None:
    """How far the customers have followed the lake; None before the first night."""
    return Frontier.objects.filter(pk=1).first()


def business_date() -> date | None:
    """数据截至: the business date that the figures stand on; None before the first night."""
    written = frontier()
    return written.biz_date if written else None


def visible(viewer: Viewer) -> QuerySet[Customer]:
    """The customers in the viewer's scope: own ∪ co-managed ∪ those of the orgs the role oversees."""
    if not viewer.may("customer.read"):
        return Customer.objects.none()
    if viewer.org_ids is None:
        return Customer.objects.all()
    own = _active(viewer.user_id)
    if not viewer.org_ids:
        return Customer.objects.filter(id__in=own.values("customer_id"))
    # the few that a branch manager looks after elsewhere, by id: an OR with a subquery reads every customer
    beyond = list(own.exclude(customer__org_id__in=viewer.org_ids).values_list("customer_id", flat=True))
    within = Q(org_id__in=viewer.org_ids)
    return Customer.objects.filter(within | Q(id__in=beyond) if beyond else within)


def _active(user_id: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(user_id=user_id, end_date=None, rel_type__in=("MAIN", "CO"))


def one(viewer: Viewer, customer_id: int) -> Customer:
    """One customer with metrics and org.

    Raises:
        NotFound: there is none of that id in the viewer's scope.
    """
    found = visible(viewer).filter(id=customer_id).select_related("metrics", "org").first()
    if found is None:
        raise NotFound(
            "No such customer among yours", place=f"customer {customer_id}", remedy="Go back to the list"
        )
    return found


def find(viewer: Viewer, wanted: CustomerQuery) -> QuerySet[Customer]:
    """The customers in scope that fit, in no order yet; see ``ordered``."""
    rows = visible(viewer).filter(metrics__tier__isnull=False).select_related("metrics", "org")
    if wanted.tier:
        rows = rows.filter(metrics__tier__in=wanted.tier)
    if wanted.stage:
        rows = rows.filter(metrics__stage__in=wanted.stage)
    if wanted.org is not None:
        org = Org.objects.filter(id=wanted.org).first()
        below = Org.objects.filter(path__startswith=org.path).values_list("id", flat=True) if org else []
        rows = rows.filter(org_id__in=list(below))
    if wanted.manager is not None:
        rows = rows.filter(id__in=_active(wanted.manager).filter(rel_type="MAIN").values("customer_id"))
    if wanted.pool:
        main = Assignment.objects.filter(rel_type="MAIN", end_date=None)
        rows = rows.exclude(id__in=main.values("customer_id"))
    return search(rows, wanted.q.strip())


def search(rows: QuerySet[Customer], q: str) -> QuerySet[Customer]:
    """Whole name, whole mobile or certificate number, start of the customer number or of the initials."""
    if not q:
        return rows
    if HAN.search(q):
        return rows.filter(name_index=blind_index(normalise(q)))
    if q.isascii() and q.isalpha():
        return rows.filter(Q(pinyin__startswith=q.lower()[:24]) | Q(name_index=blind_index(normalise(q))))
    return rows.filter(
        Q(mobile_index=blind_index(plain_mobile(q))) | Q(cert_index=blind_index(q.upper())) | Q(cust_no__startswith=q.upper())
        | Q(name_index=blind_index(normalise(q)))
    )  # fmt: skip


def ordered(rows: QuerySet[Customer], sort: str, biz_date: date) -> QuerySet[Customer]:
    """Sort by ``aum``, ``mda``, ``net_month`` or ``name``, descending with a leading ``-``.

    Raises:
        YinkeError: no such order.
    """
    down, key = sort.startswith("-"), sort.lstrip("-")
    sign = "-" if down else ""
    if key == "aum":
        return rows.order_by(f"{sign}metrics__aum", f"{sign}metrics__customer_id")
    if key == "name":
        return rows.order_by(f"{sign}pinyin", f"{sign}id")
    if key == "mda":
        return rows.alias(mda=_mda(biz_date)).order_by(f"{sign}mda", f"{sign}id")
    if key == "net_month":
        net = F("net_month")
        order = net.desc(nulls_last=True) if down else net.asc(nulls_last=True)
        return rows.alias(net_month=_net_month(biz_date)).order_by(order, f"{sign}id")
    raise YinkeError(
        "No such order",
        place="sort",
        remedy="Take aum, mda, net_month, name or last_contact, with '-' to reverse",
    )


def _mda(biz_date: date) -> Case:
    """The month's daily average at the end of ``biz_date``, as ``averages`` counts it."""
    money = DecimalField(max_digits=24, decimal_places=6)
    month = biz_date.replace(day=1)
    total = RawSQL(
        "(customers_metrics.sum_m + customers_metrics.aum * (%s::date - customers_metrics.as_of)) / %s",
        [biz_date, biz_date.day], output_field=money,
    )  # fmt: skip
    return Case(When(metrics__as_of__gte=month, then=total), default=F("metrics__aum"), output_field=money)


def _net_month(biz_date: date) -> Case:
    money = DecimalField(max_digits=18, decimal_places=2)
    month = biz_date.replace(day=1)
    return Case(
        When(metrics__as_of__gte=month, then=F("metrics__aum") - F("metrics__aum_month_start")),
        default=Value(Decimal(0)), output_field=money,
    )  # fmt: skip


def page(rows: QuerySet[Customer], number: int) -> list[Customer]:
    """Page ``number`` (from 1) of an ordered list."""
    start = (max(number, 1) - 1) * PAGE
    return list(rows[start : start + PAGE])


def count(rows: QuerySet[Customer]) -> int:
    """How many, at most ``COUNTED``."""
    return rows.order_by()[:COUNTED].count()


def owners(customer_ids: Iterable[int]) -> dict[int, Owners]:
    """Main and co-managers of customers that the viewer was already shown."""
    found: dict[int, Owners] = {}
    for row in Assignment.objects.filter(
        customer_id__in=list(customer_ids), end_date=None, rel_type__in=("MAIN", "CO")
    ).select_related("user"):
        owner = found.setdefault(row.customer_id, Owners())
        if row.rel_type == Assignment.Rel.MAIN:
            owner.main = row
        else:
            owner.co.append(row)
    return found


def tier_changes(customer: Customer) -> list[TierChange]:
    """Tier changes of a customer that the viewer was already shown, newest first."""
    return list(customer.tier_changes.order_by("-on_date")[:50])


def managers(viewer: Viewer) -> list[User]:
    """Active staff who look after customers in the viewer's orgs (at most 1,000); oneself for a manager."""
    if viewer.org_ids is not None and not viewer.org_ids:
        return list(User.objects.filter(id=viewer.user_id))
    people = User.objects.filter(is_active=True, role__in=(*OWN_ONLY, "BR_MGR"))
    if viewer.org_ids is not None:
        people = people.filter(org_id__in=viewer.org_ids)
    return list(people.order_by("emp_no")[:1000])
