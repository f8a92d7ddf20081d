"""公海: the pool as a page shows it, with the claims under way and those who are about to return."""

from __future__ import annotations

from collections import Counter

from yinke.access.masking import band
from yinke.access.viewer import Viewer
from yinke.care.models import ContactRecord, IdleWarning, Task
from yinke.care.queries.open_matters import open_matters
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.customers import listing
from yinke.customers import queries_ownership as ownership
from yinke.customers.models import Claim, Customer
from yinke.customers.ownership_schemas import (
    ClaimOut,
    IdleOut,
    Pair,
    PlanLine,
    PlanOut,
    PoolPage,
    PoolQuery,
    PoolRow,
)
from yinke.customers.pool import pool
from yinke.customers.queries import business_date, visible
from yinke.customers.schemas import CustomerQuery
from yinke.customers.services import pool as commands
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount

MOST = 200


@whole_bank()  # the pool is nobody's; `pool` says whose reach it is in
def page(viewer: Viewer, wanted: PoolQuery) -> PoolPage:
    """A page of the viewer's pool, the richest first."""
    rows = pool(viewer)
    if wanted.tier:
        rows = rows.filter(metrics__tier__in=wanted.tier)
    if wanted.org is not None:
        rows = rows.filter(org_id=wanted.org)
    biz_date = business_date()
    if biz_date is None:
        raise NotFound("No night has run yet", place="customers", remedy="Run one: yinke nightly --date ...")
    total = listing.count(rows)
    query = CustomerQuery(tier=wanted.tier, sort="-aum", page=wanted.page)
    found = listing.load(listing.page_ids(rows, query, biz_date, total)) if total else []
    head = viewer.may("pool.assign")
    ids = [customer.id for customer in found]
    since = ownership.pool_since(ids)
    matters = open_matters(ids)
    tasks = Counter(
        Task.objects.filter(customer__in=ids, status__in=Task.OPEN).values_list("customer_id", flat=True)
    )
    return PoolPage(
        total=total, banded=viewer.masked or not head,
        rows=[
            PoolRow(
                id=c.id, name=ownership.name_of(viewer, c, head), tier=c.metrics.tier, stage=c.metrics.stage,
                aum=shown_amount(viewer, c.metrics.aum) if head else band(c.metrics.aum),
                org_name=c.org.name, since=since.get(c.id), open_tasks=tasks[c.id],
                matters=list(matters.get(c.id, ())),
            )
            for c in found
        ],
        claims=_claims(viewer), idle=_idle(viewer), claims_left=ownership.claims_left(viewer),
    )  # fmt: skip


def _claims(viewer: Viewer) -> list[ClaimOut]:
    claims = ownership.open_claims(viewer)
    customers = [claim.customer for claim in claims]
    seen = _seen(viewer, customers)
    return [
        ClaimOut(
            customer_id=claim.customer_id, name=ownership.name_of(viewer, claim.customer, claim.customer_id in seen),
            tier=claim.customer.metrics.tier, user=person(claim.user), contact_by=claim.contact_by,
            protected_until=claim.protected_until, contacted=_contacted(claim, contacts),
        )
        for contacts in [_contacts(claims)] for claim in claims
    ]  # fmt: skip


def _contacts(claims: list[Claim]) -> list[ContactRecord]:
    return list(
        ContactRecord.objects.filter(
            customer__in=[claim.customer_id for claim in claims], withdrawn_at=None
        ).order_by("-at")[:5000]
    )


def _contacted(claim: Claim, contacts: list[ContactRecord]) -> bool:
    return any(
        k.customer_id == claim.customer_id and k.user_id == claim.user_id and k.at >= claim.at
        for k in contacts
    )


def _idle(viewer: Viewer) -> list[IdleOut]:
    found = IdleWarning.objects.select_related("customer__metrics", "user")
    if not viewer.may("pool.assign"):
        found = found.filter(user_id=viewer.user_id)
    elif viewer.org_ids is not None:
        found = found.filter(customer__org_id__in=viewer.org_ids)
    rows = list(found.order_by("returns_on", "-customer__metrics__tier")[:MOST])
    seen = _seen(viewer, [row.customer for row in rows])
    return [
        IdleOut(
            customer_id=row.customer_id, name=ownership.name_of(viewer, row.customer, row.customer_id in seen),
            tier=row.customer.metrics.tier, user=person(row.user), returns_on=row.returns_on,
        )
        for row in rows
    ]  # fmt: skip


def _seen(viewer: Viewer, customers: list[Customer]) -> set[int]:
    return set(visible(viewer).filter(id__in=[c.id for c in customers]).values_list("id", flat=True))


@whole_bank()  # the pool is nobody's; `pool` says whose reach it is in
def plan(viewer: Viewer, customer_ids: list[int] | None) -> PlanOut:
    """自动分配预览: who would get how many; nothing changes."""
    pairs = commands.preview(viewer, customer_ids)
    asked = commands.MOST if customer_ids is None else len(set(customer_ids))
    gets = Counter(user_id for _, user_id in pairs)
    people = commands.managers_below(viewer)
    loads = ownership.loads(people[user_id] for user_id in gets)
    lines = [
        PlanLine(person=ownership.colleague(people[user_id], loads.get(user_id, 0)), gets=number)
        for user_id, number in gets.most_common()
    ]
    waiting = pool(viewer) if customer_ids is None else pool(viewer).filter(id__in=customer_ids)
    return PlanOut(
        pairs=[Pair(customer_id=c, user_id=u) for c, u in pairs], people=lines,
        left_over=min(asked, waiting.count() if customer_ids is not None else listing.count(waiting)) - len(pairs),
    )  # fmt: skip
