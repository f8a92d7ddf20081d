"""客户 pages: list, detail and timeline, where a customer's own facts and care's come together."""

from __future__ import annotations

from datetime import date

from django.db.models import DateTimeField, F, Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.care.customer_timeline import Kind, mark, timeline
from yinke.care.models import ContactRecord, Task
from yinke.care.queries.shape import active_dnd
from yinke.common.errors import NotFound
from yinke.common.schema import Schema, answer
from yinke.customers import listing, queries
from yinke.customers.models import Customer
from yinke.customers.queries_kept import tags_of
from yinke.customers.schemas import (
    CustomerOut,
    CustomerPage,
    CustomerQuery,
    CustomerRow,
    Mark,
    Person,
    TimelinePage,
)
from yinke.customers.services.look_up import account_for_search
from yinke.customers.shape import customer_out, customer_row

router = Router(tags=["customers"])


class TimelineQuery(Schema):
    """What the timeline is narrowed to, and where it goes on."""

    kind: list[Kind] = []
    cursor: str = ""


def _business_date() -> date:
    biz_date = queries.business_date()
    if biz_date is None:
        raise NotFound("No night has run yet", place="customers", remedy="Run one: yinke nightly --date ...")
    return biz_date


def _page_ids(rows: QuerySet[Customer], wanted: CustomerQuery, biz_date: date, total: int) -> list[int]:
    """The orders of ``listing``, and ``last_contact`` (never contacted counts as longest ago)."""
    if wanted.sort.lstrip("-") != "last_contact":
        return listing.page_ids(rows, wanted, biz_date, total)
    listing.check_length(wanted.sort, total)
    newest = (
        ContactRecord.objects.filter(customer_id=OuterRef("id"), withdrawn_at=None)
        .order_by("-at")
        .values("at")[:1]
    )
    last = F("last_contact")
    order = last.desc(nulls_last=True) if wanted.sort.startswith("-") else last.asc(nulls_first=True)
    rows = rows.alias(last_contact=Subquery(newest, output_field=DateTimeField())).order_by(order, "id")
    return listing.cut(rows, wanted.page)


@router.get("/customers", response=CustomerPage, auth=can("customer.read"))
def list_customers(request: HttpRequest, wanted: Query[CustomerQuery]) -> CustomerPage:
    """The customers in the viewer's scope, 50 a page. ``tier`` and ``stage`` may be given several times."""
    viewer = viewer_from(request)
    biz_date = queries.business_date()
    if biz_date is None:
        return CustomerPage(total=0, banded=viewer.masked, rows=[], biz_date=None)
    if wanted.page == 1:
        account_for_search(viewer, wanted.q, client_address(request))
    rows = listing.find(viewer, wanted, biz_date)
    total = listing.count(rows)
    found = listing.load(_page_ids(rows, wanted, biz_date, total)) if total else []
    return CustomerPage(
        total=total,
        banded=viewer.masked,
        rows=_rows(request, found, biz_date),
        biz_date=biz_date,
    )


def _rows(request: HttpRequest, found: list[Customer], biz_date: date) -> list[CustomerRow]:
    viewer = viewer_from(request)
    ids = [customer.id for customer in found]
    owners = queries.owners(ids)
    contacts = (
        ContactRecord.objects.filter(customer_id__in=ids, withdrawn_at=None)
        .values_list("customer_id")
        .annotate(Max("at"))
    )
    last = dict(contacts)
    tasks = Task.objects.filter(customer_id__in=ids, status__in=Task.OPEN).values_list(
        "customer_id", flat=True
    )
    open_tasks = list(tasks)
    tags = tags_of(viewer, ids, biz_date)
    return [
        customer_row(
            viewer,
            customer,
            biz_date,
            owners.get(customer.id),
            last.get(customer.id),
            open_tasks.count(customer.id),
            tags.get(customer.id, ()),
        )
        for customer in found
    ]


@router.get("/customers/{customer_id}", response=CustomerOut, auth=can("customer.read"))
def get_customer(request: HttpRequest, customer_id: int) -> CustomerOut:
    """One customer: who, and how they stand at the business date."""
    customer = queries.one(viewer_from(request), customer_id)
    biz_date = _business_date()
    silent = bool(active_dnd([customer_id], biz_date))
    return customer_out(
        viewer_from(request),
        customer,
        biz_date,
        queries.owners([customer_id]).get(customer_id),
        do_not_disturb=silent,
        tags=tags_of(viewer_from(request), [customer_id], biz_date).get(customer_id, ()),
    )


@router.get("/customers/{customer_id}/timeline", response=TimelinePage, auth=can("customer.read"))
def get_timeline(request: HttpRequest, customer_id: int, wanted: Query[TimelineQuery]) -> HttpResponse:
    """What happened to this customer, newest first, 30 at a time. ``kind`` may be given several times."""
    viewer = viewer_from(request)
    return answer(timeline(viewer, queries.one(viewer, customer_id), wanted.kind, wanted.cursor))


@router.get("/customers/{customer_id}/mark", response=Mark, auth=can("customer.read"))
def get_mark(request: HttpRequest, customer_id: int) -> Mark:
    """Whether anything has happened: asked every few seconds by whoever looks at the customer."""
    return Mark(mark=mark(queries.one(viewer_from(request), customer_id)))


@router.get("/managers", response=list[Person], auth=can("customer.read"))
def list_managers(request: HttpRequest) -> list[Person]:
    """Those who look after customers in the viewer's orgs, for the list's filter; oneself for a manager."""
    viewer = viewer_from(request)
    return [Person(id=u.id, name=u.name, emp_no=u.emp_no) for u in queries.managers(viewer)]
