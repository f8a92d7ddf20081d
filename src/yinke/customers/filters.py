"""The conditions and orders of the customer list, each from the same figures that the list shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Substr

from yinke.access.masking import BANDS
from yinke.access.viewer import Viewer
from yinke.common.errors import YinkeError
from yinke.customers.custom_filters import narrow_by_fields
from yinke.customers.list_models import ListEntry
from yinke.customers.models import Customer
from yinke.customers.queries_kept import holding, lists, tags
from yinke.customers.schemas import CustomerQuery

MORE: list[Callable[[QuerySet[Customer], CustomerQuery], QuerySet[Customer]]] = []
"""Conditions of the contexts above, which add their own (see ``care/apps.py``)."""
MONEY = DecimalField(max_digits=24, decimal_places=6)
AMOUNTS = ("aum", "mda", "qda", "yda", "lum", "net_month", "net_year")
DATES = {
    "risk_expiry": "risk_expiry", "last_txn": "metrics__last_txn", "last_login": "metrics__last_login",
    "open_date": "open_date",
}  # fmt: skip
ORDERS = (
    "mda", "qda", "yda", "lum", "net_month", "net_year", "tier", "categories", "rfm", "age", *DATES,
)  # fmt: skip
"""What a list of fewer than ``listing.COUNTED`` customers may be ordered by, beside AUM, name and last contact."""
M = "customers_metrics"


def _amount(name: str, biz_date: date) -> Combinable:
    """A figure of money at the end of ``biz_date``, to the cent, as ``averages`` counts it."""
    if name == "aum":
        return F("metrics__aum") + Decimal(0)  # a sum, lest the planner walk the bank's index for a few rows
    if name == "lum":
        return F("metrics__lum")
    month = biz_date.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    year = month.replace(month=1)
    if name in ("net_month", "net_year"):
        first, column = (month, "aum_month_start") if name == "net_month" else (year, "aum_year_start")
        within = When(metrics__as_of__gte=first, then=F("metrics__aum") - F(f"metrics__{column}"))
        return Case(within, default=Value(Decimal(0)), output_field=MONEY)
    first, column = {"mda": (month, "sum_m"), "qda": (quarter, "sum_q"), "yda": (year, "sum_y")}[name]
    total = RawSQL(  # noqa: S611 (no text of the caller is in it)
        f"round(({M}.{column} + {M}.aum * (%s::date - {M}.as_of)) / %s, 2)",
        [biz_date, (biz_date - first).days + 1],
        output_field=MONEY,
    )
    within = When(metrics__as_of__gte=first, then=total)
    return Case(within, default=F("metrics__aum"), output_field=MONEY)


def _age(biz_date: date) -> Combinable:
    """Full years as ``shape.full_months`` counts them; null if the bank does not know the birth date."""
    born = "customers_customer.birth_date"
    return RawSQL(  # noqa: S611 (no text of the caller is in it)
        f"CASE WHEN {born} IS NOT NULL THEN GREATEST((%s - EXTRACT(YEAR FROM {born})::int) * 12 + %s - EXTRACT(MONTH FROM {born})::int"
        f" - (%s < EXTRACT(DAY FROM {born})::int)::int, 0) / 12 END",
        [biz_date.year, biz_date.month, biz_date.day],
        output_field=IntegerField(),
    )


def order_value(key: str, biz_date: date) -> Combinable | None:
    """What a list is ordered by; None: there is no such order."""
    if key in AMOUNTS:
        return _amount(key, biz_date)
    if key in DATES:
        return F(DATES[key])
    if key in ("tier", "categories", "rfm"):
        return F(f"metrics__{key}")
    return _age(biz_date) if key == "age" else None


def narrow(
    viewer: Viewer, rows: QuerySet[Customer], wanted: CustomerQuery, biz_date: date
) -> QuerySet[Customer]:
    """Those of ``rows`` that fit every condition on figures, tags and lists.

    Raises:
        YinkeError: a bound of money between the edges of bands, for a viewer who sees bands only: by asking
            often enough they would learn the exact amount.
    """
    for name in AMOUNTS:
        low, high = getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to")
        if low is None and high is None:
            continue
        _check_edges(viewer, name, low, high)
        value = F("metrics__aum") if name == "aum" else _amount(name, biz_date)
        rows = _between(rows, name, value, low, high)
    for name, column in DATES.items():
        rows = _between(rows, name, F(column), getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to"))
    rows = _between(
        rows, "categories", F("metrics__categories"), wanted.categories_from, wanted.categories_to
    )
    rows = _between(rows, "age", _age(biz_date), wanted.age_from, wanted.age_to)
    if wanted.gender:
        rows = rows.filter(gender__in=wanted.gender)
    if wanted.risk_level:
        rows = rows.filter(risk_level__in=wanted.risk_level)
    for place, quintiles in enumerate((wanted.rfm_r, wanted.rfm_f, wanted.rfm_m), 1):
        if quintiles:
            digit = Substr("metrics__rfm", place, 1)
            rows = rows.alias(**{f"rfm_{place}": digit}).filter(
                **{f"rfm_{place}__in": [str(q) for q in quintiles]}
            )
    if wanted.payroll is not None:
        rows = rows.filter(metrics__is_payroll=wanted.payroll)
    if wanted.effective is not None:
        rows = rows.filter(metrics__is_effective=wanted.effective)
    if wanted.tag:
        known = tags(viewer).filter(id__in=wanted.tag)
        rows = rows.filter(Exists(holding(biz_date).filter(customer_id=OuterRef("id"), tag__in=known)))
    if wanted.on_list is not None:
        entries = ListEntry.objects.filter(
            removed_at=None, of_list__in=lists(viewer).filter(id=wanted.on_list)
        )
        rows = rows.filter(Exists(entries.filter(customer_id=OuterRef("id"))))
    rows = narrow_by_fields(rows, wanted.custom)
    for more in MORE:
        rows = more(rows, wanted)
    return rows


def _between(
    rows: QuerySet[Customer], name: str, value: Combinable, low: Any, high: Any
) -> QuerySet[Customer]:
    if low is None and high is None:
        return rows
    rows = rows.alias(**{f"of_{name}": value})
    if low is not None:
        rows = rows.filter(**{f"of_{name}__gte": low})
    if high is not None:
        rows = rows.filter(**{f"of_{name}__lte": high})
    return rows


def _check_edges(viewer: Viewer, name: str, *bounds: Decimal | None) -> None:
    if viewer.masked and any(bound is not None and abs(bound) not in (0, *BANDS) for bound in bounds):
        raise YinkeError(
            "Your role sees bands of amounts only", place=name, code="band_edges_only",
            remedy=f"Take one of {', '.join(f'{edge:,}' for edge in (0, *BANDS))}",
        )  # fmt: skip
