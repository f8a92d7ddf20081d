"""公海: customers whom nobody looks after are claimed, assigned, given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from yinke.access.maker_checker import said_why
from yinke.access.models import AuditEntry, Org, User
from yinke.access.queries import unit_of
from yinke.access.services.audit import audit
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Assignment, Claim
from yinke.customers.pool import pool
from yinke.customers.queries import visible
from yinke.customers.services.owning import ASSIGN, CLAIM, RETURN, UNSERVED, give, lock, main_managers

MOST = 500
"""Customers that are assigned in one go."""


class Taken(YinkeError):
    """Somebody else looks after the customer by now."""

    code = "taken"
    status = 409


def thresholds(today: date) -> Mapping[str, Any]:
    """Thresholds in force."""
    return load_thresholds(settings.YINKE.thresholds).at(today)


@whole_bank()  # the pool is nobody's; checked below
@transaction.atomic
def claim(viewer: Viewer, customer_id: int) -> Claim:
    """领取: the viewer becomes main manager. Of two at once exactly one wins.

    Raises:
        NotFound: the customer is in no pool of the viewer's.
        Taken: somebody was faster.
        YinkeError: the day's claims are used up, or the viewer gave this customer up lately.
    """
    if not viewer.may("pool.claim"):
        raise NotAllowed("Your role claims no customers", remedy="A branch manager assigns them")
    today = timezone.localdate()
    values = thresholds(today)
    with connection.cursor() as cursor:  # one person's claims are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"claim {viewer.user_id}"])
    held = lock([customer_id])
    if customer_id in main_managers([customer_id]):
        in_reach = pool(viewer, also_managed=True).filter(id=customer_id).exists()
        if in_reach:
            raise Taken("Somebody else has this customer by now", place="customer", remedy="Choose another")
    if not held or not pool(viewer).filter(id=customer_id).exists():
        raise NotFound("No such customer in your pool", place="customer", remedy="Reload the list")
    most = int(values["pool.claims_per_day"])
    if Claim.objects.filter(user_id=viewer.user_id, on_date=today).count() >= most:
        raise YinkeError(
            f"You have claimed {most} customers today",
            place="customer",
            code="claims_used_up",
            remedy="Go on tomorrow",
        )
    since = today - timedelta(days=int(values["pool.reclaim_days"]))
    given_up = Assignment.objects.filter(
        customer_id=customer_id, user_id=viewer.user_id, rel_type="MAIN", end_date__gt=since
    )
    if given_up.exists():
        raise YinkeError(
            "You gave this customer up lately",
            place="customer",
            code="reclaim_too_soon",
            remedy="Leave them to a colleague",
        )
    give([customer_id], viewer.user_id, today, CLAIM)
    audit(viewer, "pool.claim", "customer", f"{customer_id}")
    return Claim.objects.create(
        customer_id=customer_id, user_id=viewer.user_id, on_date=today,
        contact_by=today + timedelta(days=int(values["pool.contact_days"])),
        protected_until=today + timedelta(days=int(values["pool.protect_days"]) - 1),
    )  # fmt: skip


@whole_bank()  # the pool is nobody's; checked below
@transaction.atomic
def assign(viewer: Viewer, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """分配: a head gives customers of the pool to managers below.

    Args:
        pairs: customer id and user id.

    Returns:
        The pairs that were done; a customer whom somebody else took meanwhile is left out.

    Raises:
        NotFound: a customer or a manager is not below the viewer.
    """
    if not viewer.may("pool.assign"):
        raise NotAllowed("Only heads assign customers", remedy="Ask your branch manager")
    wanted = dict(pairs)
    if not 0 < len(wanted) == len(pairs) <= MOST:
        raise YinkeError(
            f"Choose 1 to {MOST} customers, each once",
            place="customers",
            code="assign_size",
            remedy="Assign in parts",
        )
    people = managers_below(viewer)
    if not set(wanted.values()) <= set(people):
        raise NotFound("No such manager below you", place="user_id", remedy="Choose one of the team")
    held = {customer.id for customer in lock(wanted)}
    if held != set(wanted) or visible(viewer).filter(id__in=held).count() != len(held):
        raise NotFound("Not all are customers of yours", place="customers", remedy="Reload the list")
    taken = main_managers(wanted)
    today = timezone.localdate()
    by_user: dict[int, list[int]] = {}
    for customer_id, user_id in wanted.items():
        if customer_id not in taken:
            by_user.setdefault(user_id, []).append(customer_id)
    for user_id, ids in by_user.items():
        give(ids, user_id, today, ASSIGN)
        audit(viewer, "pool.assign", "user", people[user_id].emp_no, reason=",".join(map(str, ids)))
    return [(c, u) for c, u in wanted.items() if c not in taken]


@whole_bank()  # the pool is nobody's; checked below
@transaction.atomic
def give_back(viewer: Viewer, customer_id: int, why: str) -> int:
    """退回: a manager returns what he claimed himself; a head returns any customer below.

    Returns:
        Who looked after the customer.

    Raises:
        NotFound: not a claim of the viewer's, nor a customer below.
        YinkeError: no reason is given.
    """
    why = said_why(why, "note", least=2)
    held = lock([customer_id])
    owner = main_managers([customer_id]).get(customer_id)
    mine = Claim.objects.filter(customer_id=customer_id, user_id=viewer.user_id, ended_at=None).exists()
    below = viewer.may("pool.assign") and visible(viewer).filter(id=customer_id).exists()
    if not held or owner is None or not ((mine and owner == viewer.user_id) or below):
        raise NotFound("No such customer that you can return", place="customer", remedy="Reload the list")
    give([customer_id], None, timezone.localdate(), RETURN)
    audit(viewer, "pool.return", "customer", f"{customer_id}", reason=why.strip())
    return owner


def take_back(claim: Claim) -> None:
    """逾期未联系: the customer returns to the pool by itself. The caller holds the customer."""
    give([claim.customer_id], None, timezone.localdate(), UNSERVED)
    AuditEntry.objects.create(
        action="pool.unserved",
        object_type="customer",
        object_id=f"{claim.customer_id}",
        reason=f"claim {claim.id}",
    )


@dataclass(frozen=True)
class Candidate:
    """A manager as automatic assignment sees them."""

    user_id: int
    role: str
    org_id: int
    unit_id: int
    load: int
    capacity: int


@dataclass(frozen=True)
class Waiting:
    """A customer of the pool, as automatic assignment sees them."""

    customer_id: int
    org_id: int
    unit_id: int
    tier: int


def plan(
    customers: Sequence[Waiting], people: Sequence[Candidate], skill_tier: int, skill_roles: Sequence[str]
) -> list[tuple[int, int]]:
    """Who gets whom: of the same outlet, else the same sub-branch; the lowest load first, then the skill for the
    tier, then in turn. Nobody gets more than their capacity; whom nobody can take stays in the pool.

    >>> wang, li = Candidate(1, "RM", 7, 7, 3, 600), Candidate(2, "WM", 7, 7, 3, 600)
    >>> plan([Waiting(11, 7, 7, 5), Waiting(12, 7, 7, 0), Waiting(13, 7, 7, 0)], [wang, li], 4, ["WM"])
    [(11, 2), (12, 1), (13, 2)]
    """
    load = {person.user_id: person.load for person in people}
    turn: Counter[int] = Counter()
    found = []
    for customer in customers:
        near = [p for p in people if p.unit_id == customer.unit_id and load[p.user_id] < p.capacity]
        here = [p for p in near if p.org_id == customer.org_id] or near
        if not here:
            continue
        skilled = customer.tier >= skill_tier
        best = min(
            here,
            key=lambda p: (
                load[p.user_id],
                skilled and p.role not in skill_roles,
                turn[p.user_id],
                p.user_id,
            ),
        )
        load[best.user_id] += 1
        turn[best.user_id] = max(turn.values(), default=0) + 1
        found.append((customer.customer_id, best.user_id))
    return found


def managers_below(viewer: Viewer) -> dict[int, User]:
    """Active people below the viewer who look after customers."""
    people = User.objects.filter(is_active=True, role__in=roles_with("workbench")).select_related("org")
    if viewer.org_ids is not None:
        people = people.filter(org_id__in=viewer.org_ids)
    return {user.id: user for user in people}


def capacity(role: str, values: Mapping[str, Any]) -> int:
    """How many customers one of this role can look after."""
    special = {"PB_ADV": "owner.capacity_pb", "REMOTE_RM": "owner.capacity_remote"}
    return int(values[special.get(role, "owner.capacity")])


def preview(viewer: Viewer, customer_ids: Sequence[int] | None = None) -> list[tuple[int, int]]:
    """自动分配预览: what ``assign`` would be asked for; nothing changes.

    Args:
        customer_ids: of the viewer's pool; None: its first ``MOST``, the richest first.
    """
    if not viewer.may("pool.assign"):
        raise NotAllowed("Only heads assign customers", remedy="Ask your branch manager")
    values = thresholds(timezone.localdate())
    rows: Any = pool(viewer).order_by("-metrics__tier", "-metrics__aum", "id")
    if customer_ids is not None:
        rows = rows.filter(id__in=list(customer_ids))
    rows = list(rows.values_list("id", "org_id", "metrics__tier")[:MOST])
    people = managers_below(viewer)
    loads = dict(
        Assignment.objects.filter(user__in=people, rel_type="MAIN", end_date=None)
        .values_list("user_id").annotate(Count("id"))
    )  # fmt: skip
    units = _units({org_id for _, org_id, _ in rows} | {user.org_id for user in people.values()})
    return plan(
        [Waiting(i, org, units[org], tier) for i, org, tier in rows],
        [
            Candidate(u.id, u.role, u.org_id, units[u.org_id], loads.get(u.id, 0), capacity(u.role, values))
            for u in people.values() if u.role != "BR_MGR"
        ],
        int(values["pool.skill_tier"]), list(values["pool.skill_roles"]),
    )  # fmt: skip


def _units(org_ids: set[int]) -> dict[int, int]:
    return {org.id: unit_of(org).id for org in Org.objects.filter(id__in=org_ids)}
