"""沙龙的经办与复核: planned by one person, approved by another, cancelled. An edit voids the approval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.models import Org
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.text import clean
from yinke.outreach.models import Message
from yinke.outreach.salons.models import Salon
from yinke.outreach.salons.plan import SalonFault, SalonPlan, digest, faults
from yinke.outreach.services.send import templates_in_use
from yinke.outreach.services.templates import in_force

State = Salon.State
EDITED = (State.DRAFT, State.REVIEW)
"""States in which a salon may be edited: customers have been told nothing yet."""
NAME = 60


class SalonMoved(YinkeError):
    """The salon does not stand where this step begins, or is not any more what the viewer has read."""

    code = "salon_moved"
    status = 409


class SalonFaulty(YinkeError):
    """It can't be held as it is planned."""

    code = "salon_faulty"


def plan_of(salon: Salon) -> SalonPlan:
    """The salon's plan."""
    return SalonPlan.model_validate(salon.plan)


def held_on(salon: Salon) -> date:
    """The day of it in Asia/Shanghai."""
    return timezone.localdate(salon.starts_at)


def seen_by(viewer: Viewer) -> QuerySet[Salon]:
    """The salons of the viewer's org, and of those above and below it: no row of a customer."""
    above = [int(part) for part in viewer.org_path.split("/") if part]
    return Salon.objects.filter(Q(host_id__in=above) | Q(host__path__startswith=viewer.org_path))


def hosts(viewer: Viewer) -> list[Org]:
    """The orgs for which a viewer may plan: their own and those below, in the order of their numbers."""
    return list(Org.objects.filter(path__startswith=viewer.org_path).order_by("org_no"))


def may_host(viewer: Viewer, host: Org) -> bool:
    """Whether an org is the viewer's own or lies below it."""
    return host.path.startswith(viewer.org_path)


def check(name: str, plan: SalonPlan) -> list[SalonFault]:
    """What stands against a plan now."""
    inviting = {
        version.template_id for version in templates_in_use(salons=True) if version.template.kind != "SERVICE"
    }
    return faults(name, plan, inviting, list(in_force()["outreach.banned_words"]), timezone.now())


@transaction.atomic
def save(viewer: Viewer, salon_id: int | None, name: str, host_id: int, plan: SalonPlan) -> Salon:
    """Keep a plan as a draft, whatever stands against it. Of one that was submitted the submission is void.

    Raises:
        NotAllowed: the host is not the viewer's. NotFound: no such salon or org. SalonMoved: it was approved or cancelled.
        YinkeError: the name is missing.
    """
    said = " ".join(clean(name, 200).split())
    if not 1 <= len(said) <= NAME:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    host = Org.objects.filter(id=host_id).first()
    if host is None:
        raise NotFound("There is no such org", place="host_id", remedy="Take a listed one")
    _of_ones_own(viewer, host)
    salon = Salon() if salon_id is None else _found(viewer, salon_id, *EDITED)
    if salon_id is not None:
        _of_ones_own(viewer, salon.host)
    written = plan.model_copy(
        update={
            field: clean(getattr(plan, field), most)
            for field, most in (("theme", 500), ("place", 120), ("speaker", 120), ("materials", 500))
        }
    )
    salon.name, salon.host, salon.plan = said, host, written.model_dump(mode="json")
    salon.starts_at, salon.seats, salon.state = plan.starts_at, plan.seats, State.DRAFT
    _void(salon)
    salon.made_by_id, salon.made_at = viewer.user_id, timezone.now()
    salon.save()
    audit(viewer, "salon.save", "salon", f"{salon.id}")
    return salon


def _void(salon: Salon) -> None:
    salon.digest, salon.reason, salon.decided_by, salon.decided_at = "", "", None, None


def _fit(salon: Salon) -> None:
    wrong = check(salon.name, plan_of(salon))
    if wrong:
        raise SalonFaulty(
            f"It can't be held: {wrong[0].code} {wrong[0].about}".strip(), place=wrong[0].field,
            remedy="Mend what the page marks",
        )  # fmt: skip


@transaction.atomic
def submit(viewer: Viewer, salon_id: int) -> Salon:
    """Ask for a draft's approval: from now on it is bound to its digest.

    Raises:
        NotAllowed, NotFound, SalonMoved: as ``save``. SalonFaulty: its place names the field.
    """
    salon = _found(viewer, salon_id, State.DRAFT)
    _of_ones_own(viewer, salon.host)
    _fit(salon)
    salon.digest, salon.state, salon.reason = (
        digest(salon.name, salon.host_id, plan_of(salon)),
        State.REVIEW,
        "",
    )
    salon.made_by_id, salon.made_at, salon.decided_by, salon.decided_at = (
        viewer.user_id,
        timezone.now(),
        None,
        None,
    )
    salon.save()
    audit(viewer, "salon.submit", "salon", f"{salon_id}", reason=salon.digest[:16])
    return salon


@transaction.atomic
def approve(viewer: Viewer, salon_id: int, read: str) -> Salon:
    """Find a salon fit to be held; customers may be asked to it from now on.

    Args:
        read: the digest of what the viewer has read.

    Raises:
        NotFound: there is none. NotAllowed: the viewer planned it, or its host is not the viewer's. SalonMoved: it waits no more, or
            is not what was read. SalonFaulty: it can't be held any more.
    """
    salon = _to_decide(viewer, salon_id)
    if not salon.digest == read == digest(salon.name, salon.host_id, plan_of(salon)):
        raise SalonMoved("It is not what you have read", place="digest", remedy="Reload the page")
    _fit(salon)
    return _decided(viewer, salon, State.OPEN, "salon.approve")


@transaction.atomic
def refuse(viewer: Viewer, salon_id: int, reason: str) -> Salon:
    """Give a salon back as a draft, with the reason.

    Raises:
        NotFound, NotAllowed, SalonMoved: as ``approve``. YinkeError: no reason is given.
    """
    salon = _to_decide(viewer, salon_id)
    why = said_why(reason)
    _void(salon)
    salon.reason = why
    return _decided(viewer, salon, State.DRAFT, "salon.refuse")


def _to_decide(viewer: Viewer, salon_id: int) -> Salon:
    salon = _found(viewer, salon_id, State.REVIEW)
    another_persons(viewer, salon.made_by_id, f"{salon_id}")
    _of_ones_own(viewer, salon.host)
    return salon


def _decided(viewer: Viewer, salon: Salon, state: str, deed: str) -> Salon:
    salon.state, salon.decided_by_id, salon.decided_at = state, viewer.user_id, timezone.now()
    salon.save()
    audit(viewer, deed, "salon", f"{salon.id}", reason=f"{salon.digest[:16]} {salon.reason}".strip())
    return salon


@transaction.atomic
def withdraw(viewer: Viewer, salon_id: int) -> Salon:
    """Take back what one asked for and nobody has decided; it is a draft again.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked. SalonMoved: it waits no more.
    """
    salon = _found(viewer, salon_id, State.REVIEW)
    ones_own(viewer, salon.made_by_id, f"{salon_id}")
    _void(salon)
    salon.state = State.DRAFT
    salon.save()
    audit(viewer, "salon.withdraw", "salon", f"{salon_id}")
    return salon


@transaction.atomic
def cancel(viewer: Viewer, salon_id: int, reason: str) -> Salon:
    """Call a salon off: no answer is taken, no invitation goes. Managers are asked that night to tell those who were coming.

    Raises:
        NotAllowed, NotFound: as ``save``. SalonMoved: it was cancelled, or has begun. YinkeError: no reason is given.
    """
    salon = _found(viewer, salon_id, *EDITED, State.OPEN)
    _of_ones_own(viewer, salon.host)
    now = timezone.now()
    if salon.state == State.OPEN and salon.starts_at <= now:
        raise SalonMoved("It has begun", place="starts_at", remedy="What has begun is not cancelled")
    salon.reason = said_why(reason)
    salon.state, salon.cancelled_at = State.CANCELLED, now
    salon.save()
    with whole_bank():  # nobody is shown
        Message.objects.filter(salon_guest__salon=salon, state=Message.State.QUEUED).update(
            state=Message.State.CANCELLED
        )
    audit(viewer, "salon.cancel", "salon", f"{salon_id}", reason=salon.reason)
    return salon


@transaction.atomic
def spend(viewer: Viewer, salon_id: int, spent: Decimal) -> Salon:
    """Note what a salon cost in CNY, once it has begun; noted again, the newer holds.

    Raises:
        NotAllowed, NotFound: as ``save``. SalonMoved: it was not held.
    """
    salon = _found(viewer, salon_id, State.OPEN)
    _of_ones_own(viewer, salon.host)
    if salon.starts_at > timezone.now():
        raise SalonMoved("It has not begun", place="starts_at", remedy="Note the cost afterwards")
    salon.spent = spent
    salon.save(update_fields=["spent"])
    audit(viewer, "salon.spend", "salon", f"{salon_id}", reason=f"{spent}")
    return salon


def over(salon: Salon) -> bool:
    """Whether it was held and has ended."""
    return salon.state == State.OPEN and plan_of(salon).ends_at <= timezone.now()


def found(viewer: Viewer, salon_id: int, *, held: bool = False) -> Salon:
    """A salon that the viewer sees.

    Args:
        held: hold its row until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    rows = seen_by(viewer).select_related("host", "made_by", "decided_by")
    salon = (rows.select_for_update(no_key=True, of=("self",)) if held else rows).filter(id=salon_id).first()
    if salon is None:
        raise NotFound("There is no such salon", place=f"{salon_id}", remedy="See the list of salons")
    return salon


def _found(viewer: Viewer, salon_id: int, *states: str) -> Salon:
    salon = found(viewer, salon_id, held=True)
    if salon.state not in states:
        raise SalonMoved("It has moved on", place=salon.state, remedy="Reload the page")
    return salon


def _of_ones_own(viewer: Viewer, host: Org) -> None:
    if not may_host(viewer, host):
        raise NotAllowed("The salon is another org's", place="host_id", remedy="Ask somebody who works there")
