"""What can be asked about handovers, leavers and the pool; every question takes the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from yinke.access.masking import band, mask_name
from yinke.access.models import User
from yinke.access.queries import unit_of
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.customers.models import Assignment, Claim, Customer, Handover, HandoverApproval, HandoverItem
from yinke.customers.ownership_schemas import (
    Colleague,
    HandoverItemOut,
    HandoverItems,
    HandoverList,
    HandoverOut,
    SideOut,
)
from yinke.customers.queries import visible
from yinke.customers.services import handover as commands
from yinke.customers.services.pool import capacity, thresholds
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount, shown_name

PAGE = 50
UNDER_WAY = 200
"""Open handovers that a list shows at most."""
OPEN = ("DRAFT", "SUBMITTED", "ACCEPTED", "APPROVED")


def _involving(viewer: Viewer) -> QuerySet[Handover]:
    """Handovers that the viewer made, gives, receives, or heads a side of. Another's draft is not shown."""
    me = viewer.user_id
    mine = Q(made_by_id=me) | Q(giver_id=me) | Q(receiver_id=me)
    found = Handover.objects.exclude(Q(status="DRAFT") & ~Q(made_by_id=me))
    if viewer.may("handover.approve"):
        if viewer.org_ids is None:
            return found
        mine |= Q(giver_org_id__in=viewer.org_ids) | Q(receiver_org_id__in=viewer.org_ids)
    return found.filter(mine)


def _joined(rows: QuerySet[Handover]) -> QuerySet[Handover]:
    return rows.select_related(
        "giver", "receiver", "giver_org", "receiver_org", "made_by", "closed_by"
    ).prefetch_related(Prefetch("approvals", HandoverApproval.objects.select_related("user")))


def handovers(viewer: Viewer, *, closed: bool, page: int = 1) -> HandoverList:
    """Handovers under way, those that wait for the viewer first; or the closed ones, newest first."""
    found = _involving(viewer)
    if closed:
        rows = found.exclude(status__in=OPEN).order_by("-closed_at", "-id")
        start = (max(page, 1) - 1) * PAGE
        return HandoverList(
            rows=_outs(viewer, list(_joined(rows)[start : start + PAGE])), total=rows.count(), waiting=0
        )
    outs = _outs(viewer, list(_joined(found.filter(status__in=OPEN).order_by("-id"))[:UNDER_WAY]))
    waiting = [out for out in outs if set(out.actions) - {"withdraw"}]
    rest = [out for out in outs if out not in waiting]
    return HandoverList(rows=[*waiting, *rest], total=len(outs), waiting=len(waiting))


def handover(viewer: Viewer, handover_id: int) -> HandoverOut:
    """One handover.

    Raises:
        NotFound: not among the viewer's.
    """
    return _outs(viewer, [_one(viewer, handover_id)])[0]


def _one(viewer: Viewer, handover_id: int) -> Handover:
    found = _joined(_involving(viewer).filter(id=handover_id)).first()
    if found is None:
        raise NotFound("No such handover among yours", place="handover", remedy="Reload the list")
    return found


@whole_bank()  # names are masked; figures are sums
def items(viewer: Viewer, handover_id: int, page: int) -> HandoverItems:
    """The customers of one handover: those that stay behind first, then the richest.

    Raises:
        NotFound: not among the viewer's.
    """
    found = _one(viewer, handover_id).items.select_related("customer__metrics")
    start = (max(page, 1) - 1) * PAGE
    rows = list(found.order_by("-conflict", "-customer__metrics__aum", "id")[start : start + PAGE])
    seen = set(visible(viewer).filter(id__in=[row.customer_id for row in rows]).values_list("id", flat=True))
    return HandoverItems(
        rows=[_item(viewer, row, row.customer_id in seen) for row in rows], total=found.count()
    )


def _item(viewer: Viewer, row: HandoverItem, seen: bool) -> HandoverItemOut:
    customer, metrics = row.customer, row.customer.metrics
    return HandoverItemOut(
        customer_id=customer.id, is_visible=seen, cust_no=customer.cust_no, name=name_of(viewer, customer, seen),
        tier=metrics.tier, aum=shown_amount(viewer, metrics.aum) if seen else band(metrics.aum),
        status=row.status, conflict=row.conflict,
        baseline=shown_amount(viewer, row.aum) if seen else None,
        baseline_mda=shown_amount(viewer, row.mda) if seen else None, baseline_on=row.baseline_on,
    )  # fmt: skip


def name_of(viewer: Viewer, customer: Customer, seen: bool) -> str:
    """The name of a customer that is told of without being in scope: masked."""
    return shown_name(viewer, customer) if seen else mask_name(decrypt(customer.name_sealed))


@whole_bank()  # names are masked; figures are sums
def _outs(viewer: Viewer, rows: Sequence[Handover]) -> list[HandoverOut]:
    counted = (
        HandoverItem.objects.filter(handover__in=rows).values("handover_id")
        .annotate(
            n=Count("id"), bad=Count("id", filter=Q(status="CONFLICT")),
            aum=Sum("customer__metrics__aum", filter=~Q(status="CONFLICT")),
        )
    )  # fmt: skip
    counts: dict[int, Any] = {row["handover_id"]: row for row in counted}
    return [_out(viewer, row, counts.get(row.id, {"n": 0, "bad": 0, "aum": None})) for row in rows]


def _out(viewer: Viewer, row: Handover, counts: dict[str, Any]) -> HandoverOut:
    given = {approval.side: approval for approval in row.approvals.all()}
    orgs = {"GIVING": row.giver_org.name, "RECEIVING": row.receiver_org.name, "BRANCH": ""}
    is_open = row.status in OPEN
    return HandoverOut(
        id=row.id, status=row.status, reason=row.reason, note=row.note, giver=person(row.giver),
        giver_left=not row.giver.is_active, giver_org=row.giver_org.name, receiver=person(row.receiver),
        receiver_org=row.receiver_org.name, made_by=person(row.made_by), made_at=row.made_at, accepted_at=row.accepted_at,
        sides=[
            SideOut(
                side=side, org_name=orgs[side], by=person(given[side].user) if side in given else None,
                at=given[side].at if side in given else None,
            )
            for side in row.sides
        ],
        effective_on=row.effective_on, closed_at=row.closed_at,
        closed_by=person(row.closed_by) if row.closed_by else None, closed_note=row.closed_note,
        customers=counts["n"], conflicts=counts["bad"],
        aum=_sum(viewer, row, counts["aum"] or Decimal(0)) if is_open else None, actions=actions(viewer, row),
    )  # fmt: skip


def _sum(viewer: Viewer, row: Handover, aum: Decimal) -> Decimal:
    """Exact for the giving side; a band for who does not see the customers yet: of one alone it is that one's."""
    giving = viewer.user_id == row.giver_id or viewer.org_ids is None or row.giver_org_id in viewer.org_ids
    return shown_amount(viewer, aum) if giving else band(aum)


def actions(viewer: Viewer, row: Handover) -> list[str]:
    """What the viewer may do with a handover now."""
    found = []
    if row.made_by_id == viewer.user_id and row.status == "DRAFT":
        found.append("submit")
    if row.receiver_id == viewer.user_id and row.status == "SUBMITTED":
        found += ["accept", "reject"]
    if row.status == "ACCEPTED":
        try:
            commands.side_of(viewer, row)
            found += ["approve", "reject"]
        except YinkeError:
            pass
    if row.made_by_id == viewer.user_id and row.status in ("DRAFT", "SUBMITTED", "ACCEPTED"):
        found.append("withdraw")
    return found


def givers(viewer: Viewer) -> list[Colleague]:
    """Whose customers the viewer may hand over: his own; for heads, everybody's below, leavers first."""
    people = User.objects.filter(id=viewer.user_id)
    if viewer.may("handover.approve"):
        people = (
            User.objects.all() if viewer.org_ids is None else User.objects.filter(org_id__in=viewer.org_ids)
        )
    loads = _loads(people)
    found = people.filter(id__in=loads).select_related("org").order_by("is_active", "emp_no")[:500]
    return [colleague(user, loads.get(user.id, 0)) for user in found]


def colleagues(viewer: Viewer, q: str) -> list[Colleague]:
    """Active people who could receive customers: by name or staff number, one's own sub-branch first."""
    people = User.objects.filter(is_active=True, role__in=roles_with("workbench")).select_related("org")
    me = User.objects.select_related("org").get(id=viewer.user_id)
    near = people.filter(org__path__startswith=unit_of(me.org).path)
    q = q.replace("\x00", "").strip()
    if q:
        people = people.filter(Q(emp_no__startswith=q) | Q(name__contains=q))
        near = near.filter(Q(emp_no__startswith=q) | Q(name__contains=q))
    found = list(near.order_by("emp_no")[:PAGE])
    if len(found) < PAGE and (q or viewer.may("handover.approve")):
        found += people.exclude(id__in=[user.id for user in found]).order_by("emp_no")[: PAGE - len(found)]
    loads = _loads(found)
    return [colleague(user, loads.get(user.id, 0)) for user in found]


def colleague(user: User, customers: int) -> Colleague:
    """A member of staff with the load."""
    return Colleague(
        user=person(user), role=user.role, org_name=user.org.name, is_active=user.is_active, customers=customers,
        capacity=capacity(user.role, thresholds(timezone.localdate())),
    )  # fmt: skip


@whole_bank()  # names are masked; figures are sums
def _loads(people: Iterable[User]) -> dict[int, int]:
    rows = Assignment.objects.filter(user__in=people, rel_type="MAIN", end_date=None)
    return dict(rows.values_list("user_id").annotate(Count("id")))


def loads(people: Iterable[User]) -> dict[int, int]:
    """How many customers each looks after as main manager."""
    return _loads(people)


@whole_bank()  # names are masked; figures are sums
def pool_since(customer_ids: Sequence[int]) -> dict[int, Any]:
    """When the last manager's care of each customer ended."""
    rows = Assignment.objects.filter(customer_id__in=customer_ids, rel_type="MAIN").exclude(end_date=None)
    return dict(rows.values_list("customer_id").annotate(Max("end_date")))


@whole_bank()  # names are masked; figures are sums
def open_claims(viewer: Viewer) -> list[Claim]:
    """Claims under way: one's own; for heads, those of everybody below."""
    found = Claim.objects.filter(ended_at=None).select_related("customer__metrics", "user")
    if not viewer.may("pool.assign"):
        found = found.filter(user_id=viewer.user_id)
    elif viewer.org_ids is not None:
        found = found.filter(user__org_id__in=viewer.org_ids)
    return list(found.order_by("contact_by", "id")[:200])


def claims_left(viewer: Viewer) -> int:
    """How many customers the viewer may still claim today."""
    if not viewer.may("pool.claim"):
        return 0
    today = timezone.localdate()
    used = Claim.objects.filter(user_id=viewer.user_id, on_date=today).count()
    return max(int(thresholds(today)["pool.claims_per_day"]) - used, 0)
