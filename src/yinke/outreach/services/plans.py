"""关怀计划: asked for by one person, with what it would have sent, approved by another, and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.models import Reason
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.text import clean
from yinke.customers.queries import business_date
from yinke.outreach.models import CarePlan
from yinke.outreach.services.send import sendable

State = CarePlan.State
DUE = frozenset(code for code, kind in EVENT_TYPES.items() if kind.expires == "DUE")
"""Events that are about a day of their own."""
LOOKED_BACK = 90
"""Days that a simulation looks back."""
TIERS = (0, 5)


class PlanMoved(YinkeError):
    """The plan does not stand where this step begins."""

    code = "plan_moved"
    status = 409


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; see ``CarePlan``."""

    name: str
    event: str
    tier_from: int
    tier_to: int
    template_id: int
    on_due: bool
    instead: bool
    otherwise_id: int | None = None


@dataclass(frozen=True)
class Simulated:
    """What a plan would have sent in the last ``days``: messages, to how many customers, on how many days, most on one day."""

    days: int
    messages: int
    customers: int
    dates: int
    most: int


def _check(event: str, tier_from: int, tier_to: int) -> None:
    if event not in EVENT_TYPES:
        raise YinkeError(
            "There is no such event", place="event", code="no_such_choice", remedy="Take a listed one"
        )
    if not TIERS[0] <= tier_from <= tier_to <= TIERS[1]:
        raise YinkeError(
            "The tiers are not in order", place="tier_from", code="no_such_choice", remedy="From low to high"
        )


def simulate(event: str, tier_from: int, tier_to: int) -> Simulated:
    """Count the reasons of the event in the last days, of customers who are of these tiers now.

    Raises:
        YinkeError: there is no such event, or the tiers are not in order.
    """
    _check(event, tier_from, tier_to)
    until = business_date() or timezone.localdate()
    rows = Reason.objects.filter(
        type=event, biz_date__gt=until - timedelta(days=LOOKED_BACK), biz_date__lte=until,
        customer__metrics__tier__range=(tier_from, tier_to),
    )  # fmt: skip
    days = list(rows.values_list("biz_date").annotate(many=Count("id")))
    return Simulated(
        LOOKED_BACK, sum(many for _, many in days), rows.values("customer").distinct().count(), len(days),
        max((many for _, many in days), default=0),
    )  # fmt: skip


@transaction.atomic
def propose(viewer: Viewer, asked: Asked) -> CarePlan:
    """Ask for a plan.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: a text is not approved. YinkeError: no such event, the
            tiers are not in order, the event has no day of its own, the name is missing, or the second text is of the same
            channel or of another kind.
    """
    if viewer.org_ids is not None:
        raise NotAllowed("Plans of care are the whole bank's", remedy="Ask retail operations at head office")
    name = " ".join(clean(asked.name, 200).split())
    if not 1 <= len(name) <= 60:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    _check(asked.event, asked.tier_from, asked.tier_to)
    if asked.on_due and asked.event not in DUE:
        raise YinkeError(
            "This event has no day of its own",
            place="on_due",
            code="no_such_choice",
            remedy="Send it on the next day",
        )
    version = sendable(asked.template_id)
    second = None if asked.otherwise_id is None else sendable(asked.otherwise_id).template
    first = version.template
    if second is not None and (second.channel == first.channel or second.kind != first.kind):
        raise YinkeError(
            "The second text is of the same channel, or for something else", place="otherwise_id", code="no_such_choice",
            remedy="Take a text of the same kind and of another channel",
        )  # fmt: skip
    plan = CarePlan.objects.create(
        name=name, event=asked.event, tier_from=asked.tier_from, tier_to=asked.tier_to, template_id=version.template_id,
        otherwise=second, on_due=asked.on_due, instead=asked.instead, made_by_id=viewer.user_id,
    )  # fmt: skip
    audit(viewer, "plan.propose", "plan", f"{plan.id}")
    return plan


@transaction.atomic
def decide(viewer: Viewer, plan_id: int, *, fit: bool, reason: str = "") -> CarePlan:
    """Let a plan run from the next night on, or refuse it.

    Raises:
        NotFound: there is none. NotAllowed: the viewer asked for it. PlanMoved: it does not wait. YinkeError: refused without a
            reason.
    """
    plan = _found(plan_id, State.PENDING)
    another_persons(viewer, plan.made_by_id, f"{plan_id}")
    why = "" if fit else said_why(reason)
    plan.state, plan.reason = State.RUNNING if fit else State.REFUSED, why
    plan.decided_by_id, plan.decided_at = viewer.user_id, timezone.now()
    plan.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit(viewer, "plan.approve" if fit else "plan.refuse", "plan", f"{plan.id}", reason=why)
    return plan


@transaction.atomic
def end(viewer: Viewer, plan_id: int) -> CarePlan:
    """Stop a running plan, what it has queued too; or take back what one asked for and nobody has decided.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked for what waits. PlanMoved: it neither waits nor runs.
    """
    plan = _found(plan_id, State.PENDING, State.RUNNING)
    if plan.state == State.PENDING:
        ones_own(viewer, plan.made_by_id, f"{plan_id}")
        plan.state = State.WITHDRAWN
        audit(viewer, "plan.withdraw", "plan", f"{plan.id}")
    else:
        plan.state, plan.stopped_at = State.STOPPED, timezone.now()
        plan.messages.filter(state="QUEUED").update(state="CANCELLED")
        audit(viewer, "plan.stop", "plan", f"{plan.id}")
    plan.save(update_fields=["state", "stopped_at"])
    return plan


def _found(plan_id: int, *states: str) -> CarePlan:
    plan = CarePlan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise NotFound("There is no such plan", place=f"{plan_id}", remedy="Reload the page")
    if plan.state not in states:
        raise PlanMoved("It has moved on", place=plan.state, remedy="Reload the page")
    return plan
