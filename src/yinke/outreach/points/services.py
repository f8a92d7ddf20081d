"""任务与权益的经办与复核: planned by one person, approved by another, paused, resumed, ended. An edit voids the approval."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.text import clean
from yinke.outreach.points.known import KINDS, digest_of, faults_of, known, mission_plan, reward_plan
from yinke.outreach.points.models import Mission, PointsPlan, Reward, Stand
from yinke.outreach.points.plan import MissionPlan, RewardPlan

OPEN = (Stand.DRAFT, Stand.REVIEW)
"""States of what has not been approved: it may be edited."""
NAME = 60
OF_KIND: dict[str, type[Mission] | type[Reward]] = {"mission": Mission, "reward": Reward}


class PointsPlanMoved(YinkeError):
    """It does not stand where this step begins, or is not any more what the viewer has read."""

    code = "points_plan_moved"
    status = 409


class PointsPlanFaulty(YinkeError):
    """It can't be carried out as it is planned."""

    code = "points_plan_faulty"


def of_head_office(viewer: Viewer) -> None:
    """Refuse who oversees a part of the bank only.

    Raises:
        NotAllowed: the viewer does.
    """
    if viewer.org_ids is not None:
        raise NotAllowed(
            "Missions and rewards are the whole bank's", remedy="Ask retail operations at head office"
        )


def held(kind: str, plan_id: int, *states: str) -> PointsPlan:
    """A mission or a reward, held until the transaction ends.

    Raises:
        NotFound: there is none. PointsPlanMoved: it stands in none of these states.
    """
    row: PointsPlan | None = OF_KIND[kind].objects.select_for_update(no_key=True).filter(id=plan_id).first()
    if row is None:
        raise NotFound(f"There is no such {kind}", place=f"{plan_id}", remedy="Reload the page")
    if row.state not in states:
        raise PointsPlanMoved("It has moved on", place=row.state, remedy="Reload the page")
    return row


@transaction.atomic
def save(viewer: Viewer, plan_id: int | None, name: str, plan: MissionPlan | RewardPlan) -> PointsPlan:
    """Keep a mission or a reward as a draft, whatever stands against it. What was submitted is so no more.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: there is none. PointsPlanMoved: it was approved.
        YinkeError: the name is missing.
    """
    of_head_office(viewer)
    said = " ".join(clean(name, 200).split())
    if not 1 <= len(said) <= NAME:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    kind = "mission" if isinstance(plan, MissionPlan) else "reward"
    row: PointsPlan = OF_KIND[kind]() if plan_id is None else held(kind, plan_id, *OPEN)
    row.name, row.state = said, Stand.DRAFT
    row.plan = plan.model_copy(update={"about": clean(plan.about, 500)}).model_dump(mode="json")
    _void(row)
    row.made_by_id, row.made_at = viewer.user_id, timezone.now()
    row.save()
    audit(viewer, f"{kind}.save", kind, f"{row.id}")
    return row


def _void(row: PointsPlan) -> None:
    row.digest, row.reason = "", ""
    row.decided_by, row.decided_at = None, None


@transaction.atomic
def submit(viewer: Viewer, kind: str, plan_id: int) -> None:
    """Ask for a draft's approval: from now on it is bound to its digest.

    Raises:
        NotAllowed, NotFound, PointsPlanMoved: as ``save``. PointsPlanFaulty: its place names the field.
    """
    of_head_office(viewer)
    row = held(kind, plan_id, Stand.DRAFT)
    _carried_out(row)
    row.most = mission_plan(row).budget if isinstance(row, Mission) else reward_plan(row).stock
    row.digest, row.state = digest_of(row), Stand.REVIEW
    row.made_by_id, row.made_at, row.reason = viewer.user_id, timezone.now(), ""
    row.decided_by, row.decided_at = None, None
    row.save()
    audit(viewer, f"{kind}.submit", kind, f"{plan_id}", reason=row.digest[:16])


def _carried_out(row: PointsPlan) -> None:
    if wrong := faults_of(row, known()):
        raise PointsPlanFaulty(
            f"It can't be carried out: {wrong[0].code} {wrong[0].about}".strip(), place=wrong[0].field,
            remedy="Mend what the page marks",
        )  # fmt: skip


@transaction.atomic
def approve(viewer: Viewer, kind: str, plan_id: int, digest: str) -> None:
    """Let a mission or a reward run within its window.

    Args:
        digest: of what the viewer has read.

    Raises:
        NotFound: there is none. NotAllowed: the viewer planned it. PointsPlanMoved: it waits no more, or is not what was read.
            PointsPlanFaulty: what it names is not there any more.
    """
    row = held(kind, plan_id, Stand.REVIEW)
    another_persons(viewer, row.made_by_id, f"{plan_id}")
    if not row.digest == digest == digest_of(row):
        raise PointsPlanMoved("It is not what you have read", place="digest", remedy="Reload the page")
    _carried_out(row)
    _decided(viewer, row, Stand.RUNNING, f"{kind}.approve")


@transaction.atomic
def refuse(viewer: Viewer, kind: str, plan_id: int, reason: str) -> None:
    """Give it back as a draft, with the reason.

    Raises:
        NotFound, NotAllowed, PointsPlanMoved: as ``approve``. YinkeError: no reason is given.
    """
    row = held(kind, plan_id, Stand.REVIEW)
    another_persons(viewer, row.made_by_id, f"{plan_id}")
    why = said_why(reason)
    _void(row)
    row.reason = why
    _decided(viewer, row, Stand.DRAFT, f"{kind}.refuse")


def _decided(viewer: Viewer, row: PointsPlan, state: Stand, deed: str) -> None:
    row.state, row.decided_by_id, row.decided_at = state, viewer.user_id, timezone.now()
    row.save()
    audit(viewer, deed, KINDS[type(row)], f"{row.id}", reason=f"{row.digest[:16]} {row.reason}".strip())


@transaction.atomic
def withdraw(viewer: Viewer, kind: str, plan_id: int) -> None:
    """Take back what one asked for and nobody has decided; it is a draft again.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked. PointsPlanMoved: it waits no more.
    """
    row = held(kind, plan_id, Stand.REVIEW)
    ones_own(viewer, row.made_by_id, f"{plan_id}")
    _void(row)
    row.state = Stand.DRAFT
    row.save()
    audit(viewer, f"{kind}.withdraw", kind, f"{plan_id}")


@transaction.atomic
def pause(viewer: Viewer, kind: str, plan_id: int) -> None:
    """Hold what runs: no points are earned, nothing is redeemed, until it goes on.

    Raises:
        NotAllowed, NotFound, PointsPlanMoved: as ``save``; it does not run.
    """
    _switch(viewer, kind, plan_id, "pause", Stand.PAUSED, Stand.RUNNING)


@transaction.atomic
def resume(viewer: Viewer, kind: str, plan_id: int) -> None:
    """Let what is paused go on.

    Raises:
        NotAllowed, NotFound, PointsPlanMoved: as ``save``; it is not paused.
    """
    _switch(viewer, kind, plan_id, "resume", Stand.RUNNING, Stand.PAUSED)


@transaction.atomic
def end(viewer: Viewer, kind: str, plan_id: int) -> None:
    """End it for good. Points that customers have stay theirs, and what was redeemed stays redeemed.

    Raises:
        NotAllowed, NotFound, PointsPlanMoved: as ``save``; it is over already.
    """
    _switch(viewer, kind, plan_id, "end", Stand.ENDED, *OPEN, Stand.RUNNING, Stand.PAUSED)


def _switch(viewer: Viewer, kind: str, plan_id: int, deed: str, to: Stand, *before: str) -> None:
    of_head_office(viewer)
    row = held(kind, plan_id, *before)
    row.state = to
    if to == Stand.ENDED:
        row.ended_at = timezone.now()
    row.save(update_fields=["state", "ended_at"])
    audit(viewer, f"{kind}.{deed}", kind, f"{plan_id}")


STEPS = {"submit": submit, "withdraw": withdraw, "pause": pause, "resume": resume, "end": end}
"""Steps of who plans; deciding is another's."""
