"""客户移交: the commands of a handover, each checked, done and accounted for.

    DRAFT → SUBMITTED → ACCEPTED → APPROVED → EFFECTIVE
    REJECTED from SUBMITTED or ACCEPTED, WITHDRAWN from DRAFT, SUBMITTED or ACCEPTED

The receiver accepts; then the heads approve, none of whom made it or is one of the two (经办/复核). Within a
sub-branch one head; between sub-branches the heads of both; between branches somebody of a branch besides.
It takes effect at 00:00 of the next working day (``take_effect``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import MakerChecker, said_why
from yinke.access.models import AuditEntry, Org, User
from yinke.access.queries import BRANCH, branch_of, unit_of
from yinke.access.services.audit import audit
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.workdays import next_workday
from yinke.customers.averages import averages
from yinke.customers.models import (
    Assignment,
    Claim,
    Frontier,
    Handover,
    HandoverApproval,
    HandoverItem,
    Metrics,
)
from yinke.customers.services.owning import HANDOVER, give, lock, main_managers

Status, Side, Conflict = Handover.Status, HandoverApproval.Side, HandoverItem.Conflict
LARGEST = 5_000
"""Customers in one handover: the largest portfolio of a remote manager is handed over in two."""


class WrongState(YinkeError):
    """The handover is not where this command may be given."""

    code = "handover_state"


@whole_bank()  # what the giver holds elsewhere counts too; checked below
@transaction.atomic
def make(
    viewer: Viewer,
    giver_id: int,
    receiver_id: int,
    reason: str,
    customer_ids: Sequence[int] | None,
    note: str = "",
) -> Handover:
    """A draft: these customers of the giver, or all of them (None).

    Managers hand over their own customers; heads those of anybody below them, of leavers too.

    Raises:
        NotFound: the giver is not the viewer nor below, or a customer is not among the giver's.
        YinkeError: the receiver works with no customers or has left, or there is nothing to hand over.
    """
    if not viewer.may("handover.make"):
        raise NotAllowed("Your role hands over no customers", remedy="Ask your branch manager")
    people = User.objects.select_related("org").in_bulk([giver_id, receiver_id])
    giver, receiver = people.get(giver_id), people.get(receiver_id)
    if giver is None or not (giver_id == viewer.user_id or _oversees(viewer, giver.org_id)):
        raise NotFound("No such member of staff below you", place="giver", remedy="Choose one of the team")
    if receiver is None or receiver_id == giver_id or not _receives(receiver):
        raise YinkeError(
            "This person looks after no customers", place="receiver", code="cannot_receive",
            remedy="Choose an active manager",
        )  # fmt: skip
    own = Assignment.objects.filter(user=giver, rel_type="MAIN", end_date=None)
    wanted = None if customer_ids is None else set(customer_ids)
    if wanted is not None:
        own = own.filter(customer_id__in=wanted)
    ids = sorted(own.values_list("customer_id", flat=True)[: LARGEST + 1])
    if wanted is not None and len(ids) != len(wanted):
        raise NotFound("Not all are the giver's customers", place="customers", remedy="Reload the list")
    if not ids or len(ids) > LARGEST:
        raise YinkeError(
            f"Choose 1 to {LARGEST:,} customers",
            place="customers",
            code="handover_size",
            remedy="Make it in parts",
        )
    if reason not in Handover.Reason.values:
        raise YinkeError(
            "No such reason", place="reason", code="no_such_choice", remedy="Choose one of the list"
        )
    made = Handover.objects.create(
        giver=giver, receiver=receiver, giver_org=giver.org, receiver_org=receiver.org, reason=reason,
        sides=_sides(giver.org, receiver.org), note=note.strip()[:200], made_by_id=viewer.user_id,
    )  # fmt: skip
    HandoverItem.objects.bulk_create(
        [HandoverItem(handover=made, customer_id=i) for i in ids], batch_size=1000
    )
    audit(
        viewer,
        "handover.make",
        "handover",
        f"{made.id}",
        reason=f"{giver.emp_no} → {receiver.emp_no} {len(ids)}",
    )
    return made


@whole_bank()  # what the giver holds elsewhere counts too; checked below
@transaction.atomic
def submit(viewer: Viewer, handover_id: int) -> Handover:
    """Send the draft to the receiver. A customer who is no longer the giver's, or in another handover, is marked.

    Raises:
        NotFound: not among the viewer's handovers.
        WrongState: it is no draft.
        NotAllowed: somebody else made it.
        YinkeError: no customer is left.
    """
    found = _hold(viewer, handover_id, Status.DRAFT)
    _maker(viewer, found)
    items = list(found.items.all())
    customers = {c.id: c for c in lock(item.customer_id for item in items)}
    main = main_managers(customers)
    elsewhere = set(
        HandoverItem.objects.filter(customer__in=customers, is_held=True).values_list(
            "customer_id", flat=True
        )
    )
    today = timezone.localdate()
    protected = set(
        Claim.objects.filter(customer__in=customers, ended_at=None, protected_until__gte=today)
        .values_list("customer_id", flat=True)
    )  # fmt: skip
    for item in items:
        if customers[item.customer_id].status == "CLOSED":
            item.conflict = Conflict.CLOSED
        elif main.get(item.customer_id) != found.giver_id:
            item.conflict = Conflict.MOVED_MEANWHILE
        elif item.customer_id in elsewhere:
            item.conflict = Conflict.IN_ANOTHER
        elif item.customer_id in protected and viewer.user_id != found.giver_id:
            item.conflict = Conflict.PROTECTED
        item.status = HandoverItem.Status.CONFLICT if item.conflict else HandoverItem.Status.WAITING
        item.is_held = not item.conflict
    if not any(item.is_held for item in items):
        raise YinkeError(
            "No customer of it can be handed over now", place="customers", code="nothing_left",
            remedy="Withdraw it: the customers have moved, or are in another handover",
        )  # fmt: skip
    HandoverItem.objects.bulk_update(items, ["status", "conflict", "is_held"], batch_size=1000)
    return _to(viewer, found, Status.SUBMITTED, "handover.submit")


@transaction.atomic
def accept(viewer: Viewer, handover_id: int) -> Handover:
    """The receiver takes the customers on; the heads decide next.

    Raises:
        NotAllowed: the viewer is not the receiver.
    """
    found = _hold(viewer, handover_id, Status.SUBMITTED)
    if found.receiver_id != viewer.user_id:
        raise NotAllowed("Only the receiver accepts", place="handover", remedy="Ask the receiver")
    found.accepted_at = timezone.now()
    return _to(viewer, found, Status.ACCEPTED, "handover.accept")


@transaction.atomic
def approve(viewer: Viewer, handover_id: int) -> Handover:
    """One side's yes; with the last it is approved and gets its day.

    Raises:
        MakerChecker: the viewer made it, gives or receives.
        NotAllowed: the viewer heads no side that still has to approve.
    """
    found = _hold(viewer, handover_id, Status.ACCEPTED)
    side = side_of(viewer, found)
    HandoverApproval.objects.create(handover=found, side=side, user_id=viewer.user_id)
    if open_sides(found):
        audit(viewer, "handover.approve", "handover", f"{found.id}", reason=side)
        return found
    found.effective_on = next_workday(timezone.localdate())
    return _to(viewer, found, Status.APPROVED, "handover.approve")


@transaction.atomic
def reject(viewer: Viewer, handover_id: int, why: str) -> Handover:
    """The receiver (before accepting) or a head (after) says no, and why.

    Raises:
        NotAllowed: it is not the viewer's to decide.
        YinkeError: no reason is given.
    """
    found = _hold(viewer, handover_id, Status.SUBMITTED, Status.ACCEPTED)
    if found.status == Status.SUBMITTED and found.receiver_id != viewer.user_id:
        raise NotAllowed("The receiver decides first", place="handover", remedy="Wait for the receiver")
    if found.status == Status.ACCEPTED:
        side_of(viewer, found)
    why = said_why(why, "note", least=2)
    return _close(viewer, found, Status.REJECTED, "handover.reject", why)


@transaction.atomic
def withdraw(viewer: Viewer, handover_id: int) -> Handover:
    """The maker takes it back, before it is approved.

    Raises:
        NotAllowed: somebody else made it.
    """
    found = _hold(viewer, handover_id, Status.DRAFT, Status.SUBMITTED, Status.ACCEPTED)
    _maker(viewer, found)
    return _close(viewer, found, Status.WITHDRAWN, "handover.withdraw", "")


@dataclass(frozen=True)
class Moved:
    """Customers that changed hands, and from whom: their open tasks must follow."""

    customer_ids: list[int]
    from_user: int
    to_user: int


def due(today: date) -> list[int]:
    """Ids of approved handovers whose day has come, oldest first."""
    found = Handover.objects.filter(status=Status.APPROVED, effective_on__lte=today)
    return list(found.order_by("effective_on", "id").values_list("id", flat=True))


def take_effect(handover_id: int) -> Moved | None:
    """Move the customers of one approved handover, as of its day however late it is called.

    Once: a second call finds it done. A customer who is another's meanwhile, or has closed, stays and is
    marked. If the receiver can no longer receive, the whole is rejected. The caller holds a transaction and
    lets the tasks follow in it, so that a kill leaves all or nothing.
    """
    found = Handover.objects.select_for_update().filter(id=handover_id, status=Status.APPROVED).first()
    if found is None or found.effective_on is None:
        return None
    receiver = User.objects.select_related("org").get(id=found.receiver_id)
    if not _receives(receiver):
        _close(None, found, Status.REJECTED, "handover.effect", "RECEIVER_LEFT")
        return None
    items = list(found.items.filter(status=HandoverItem.Status.WAITING))
    customers = {c.id: c for c in lock(item.customer_id for item in items)}
    main = main_managers(customers)
    for item in items:
        if customers[item.customer_id].status == "CLOSED":
            item.conflict = Conflict.CLOSED
        elif main.get(item.customer_id) != found.giver_id:
            item.conflict = Conflict.MOVED_MEANWHILE
        item.status = HandoverItem.Status.CONFLICT if item.conflict else HandoverItem.Status.MOVED
    moved = [item.customer_id for item in items if not item.conflict]
    apart = unit_of(found.giver_org).id != unit_of(receiver.org).id
    give(moved, receiver.id, found.effective_on, HANDOVER, org_id=receiver.org_id if apart else None)
    HandoverItem.objects.bulk_update(items, ["status", "conflict"], batch_size=1000)
    _close(None, found, Status.EFFECTIVE, "handover.effect", "")
    frontier = Frontier.objects.filter(pk=1).first()
    if frontier is not None:
        freeze_baselines(frontier.biz_date)
    return Moved(moved, found.giver_id, receiver.id)


def freeze_baselines(biz_date: date) -> int:
    """业绩基数: write down the AUM of customers whose handover took effect by the day after ``biz_date``.

    The figures at ``biz_date``'s end must be in PostgreSQL. What is frozen is never written again.

    Returns:
        Customers whose baseline was frozen.
    """
    items = list(
        HandoverItem.objects.filter(
            status=HandoverItem.Status.MOVED, baseline_on=None, handover__status=Status.EFFECTIVE,
            handover__effective_on__lte=date.fromordinal(biz_date.toordinal() + 1),
        )
    )  # fmt: skip
    metrics = Metrics.objects.in_bulk([item.customer_id for item in items])
    for item in items:
        figures = metrics.get(item.customer_id)
        if figures is not None:
            item.aum, item.mda = figures.aum, averages(figures, max(biz_date, figures.as_of)).mda
        item.baseline_on = biz_date
    HandoverItem.objects.bulk_update(items, ["aum", "mda", "baseline_on"], batch_size=1000)
    return len(items)


def _sides(giving: Org, receiving: Org) -> list[str]:
    """One head within a sub-branch; the heads of both between two; somebody of a branch besides between branches."""
    if unit_of(giving).id == unit_of(receiving).id:
        return [Side.GIVING]
    if branch_of(giving).id == branch_of(receiving).id:
        return [Side.GIVING, Side.RECEIVING]
    return [Side.GIVING, Side.RECEIVING, Side.BRANCH]


def open_sides(handover: Handover) -> list[str]:
    """The sides that have not approved yet."""
    given = {approval.side for approval in handover.approvals.all()}
    return [side for side in handover.sides if side not in given]


def side_of(viewer: Viewer, handover: Handover) -> str:
    """The side for which the viewer may approve now.

    Raises:
        MakerChecker, NotAllowed: see ``approve``.
    """
    if viewer.user_id in (handover.made_by_id, handover.giver_id, handover.receiver_id):
        raise MakerChecker(
            "Who made it, gives or receives does not approve",
            place="handover",
            remedy="Another head must decide",
        )
    approved = any(approval.user_id == viewer.user_id for approval in handover.approvals.all())
    if viewer.may("handover.approve") and not approved:
        for side in open_sides(handover):
            if _heads(viewer, handover, side):
                return side
    raise NotAllowed(
        "You have approved it, or head neither side",
        place="handover",
        remedy="The heads of both sides decide",
    )


def _heads(viewer: Viewer, handover: Handover, side: str) -> bool:
    giving, receiving = (_oversees(viewer, org) for org in (handover.giver_org_id, handover.receiver_org_id))
    if side == Side.GIVING:
        return giving
    if side == Side.RECEIVING:
        return receiving
    level = Org.objects.values_list("level", flat=True).get(id=viewer.org_id)
    return (giving or receiving) and level <= BRANCH


def _oversees(viewer: Viewer, org_id: int) -> bool:
    return viewer.may("handover.approve") and (viewer.org_ids is None or org_id in viewer.org_ids)


def _receives(user: User) -> bool:
    return user.is_active and user.role in roles_with("workbench")


def involves(viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may see it: made it, gives, receives, or heads one side."""
    mine = (handover.made_by_id, handover.giver_id, handover.receiver_id)
    orgs: Iterable[int] = (handover.giver_org_id, handover.receiver_org_id)
    return viewer.user_id in mine or any(_oversees(viewer, org) for org in orgs)


def _hold(viewer: Viewer, handover_id: int, *states: str) -> Handover:
    """One handover of the viewer's, held until the transaction ends."""
    found = (
        Handover.objects.select_for_update(of=("self",)).select_related("giver_org", "receiver_org")
        .filter(id=handover_id).first()
    )  # fmt: skip
    if found is None or not involves(viewer, found):
        raise NotFound("No such handover among yours", place="handover", remedy="Reload the list")
    if found.status not in states:
        raise WrongState(f"The handover is {found.status}", place="handover", remedy="Reload the list")
    return found


def _maker(viewer: Viewer, handover: Handover) -> None:
    if handover.made_by_id != viewer.user_id:
        raise NotAllowed("Only its maker may do this", place="handover", remedy="Ask the maker")


def _to(viewer: Viewer, handover: Handover, status: str, action: str) -> Handover:
    handover.status = status
    handover.save()
    audit(viewer, action, "handover", f"{handover.id}")
    return handover


def _close(viewer: Viewer | None, handover: Handover, status: str, action: str, why: str) -> Handover:
    """End it; its customers are free for other handovers."""
    handover.closed_at, handover.closed_note = timezone.now(), why.strip()[:200]
    handover.closed_by_id = viewer.user_id if viewer else None
    handover.items.update(is_held=False)
    handover.status = status
    handover.save()
    if viewer is not None:
        audit(viewer, action, "handover", f"{handover.id}", reason=why.strip())
    else:
        AuditEntry.objects.create(
            action=action, object_type="handover", object_id=f"{handover.id}", reason=why
        )
    return handover
