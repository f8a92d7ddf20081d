"""A customer's figures from the lake: AUM curve, accounts and holdings, transactions."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.care import customer_lake
from yinke.care.overview import overview
from yinke.care.overview_schemas import Overview
from yinke.common.errors import NotFound
from yinke.common.schema import answer
from yinke.customers import queries
from yinke.customers.schemas import Holdings, Point, Transactions
from yinke.customers.shown import shown_amount
from yinke.lake.reading import curves
from yinke.lake.store import Lake

router = Router(tags=["customers"])
LONGEST = 400


def _business_date() -> date:
    biz_date = queries.business_date()
    if biz_date is None:
        raise NotFound("No night has run yet", place="customers", remedy="Run one: yinke nightly --date ...")
    return biz_date


@router.get("/customers/{customer_id}/overview", response=Overview, auth=can("customer.read"))
def get_overview(request: HttpRequest, customer_id: int) -> HttpResponse:
    """客户一览 at first sight, in one answer."""
    return answer(overview(viewer_from(request), customer_id, _business_date()))


@router.get("/customers/{customer_id}/aum", response=list[Point], auth=can("customer.read"))
def get_aum_curve(request: HttpRequest, customer_id: int, days: int = 90) -> list[Point]:
    """AUM at the days' ends, oldest first: daily for the newest 90 days, weekly before; at most 400."""
    viewer = viewer_from(request)
    queries.one(viewer, customer_id)
    points = curves(Lake(settings.YINKE.lake), customer_id, _business_date(), min(max(days, 1), LONGEST)).aum
    return [Point(day=day, aum=shown_amount(viewer, aum)) for day, aum in points]


@router.get("/customers/{customer_id}/holdings", response=Holdings, auth=can("customer.read"))
def get_holdings(request: HttpRequest, customer_id: int) -> Holdings:
    """Accounts, products, loans and cards at the business date, largest first."""
    viewer = viewer_from(request)
    queries.one(viewer, customer_id)
    return customer_lake.holdings(viewer, Lake(settings.YINKE.lake), customer_id, _business_date())


@router.get("/customers/{customer_id}/transactions", response=Transactions, auth=can("customer.read"))
def list_transactions(request: HttpRequest, customer_id: int, before: date | None = None) -> Transactions:
    """Transactions, newest first; ``before`` goes on with the days before that date."""
    viewer = viewer_from(request)
    queries.one(viewer, customer_id)
    return customer_lake.transactions(
        viewer, Lake(settings.YINKE.lake), customer_id, _business_date(), before
    )
