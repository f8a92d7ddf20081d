"""旅程的经办与复核: drawn by one person, approved by another, paused, resumed and stopped. What runs changes by a new version only."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.text import clean
from yinke.customers.custom_models import CustomField
from yinke.customers.list_models import Tag
from yinke.customers.services.custom_fields import fitting
from yinke.outreach.journeys.check import Known, faults
from yinke.outreach.journeys.definition import Definition
from yinke.outreach.journeys.models import Journey, JourneyComing, JourneyVersion, Traveller
from yinke.outreach.journeys.schemas import Fault
from yinke.outreach.journeys.tick import written_cursor
from yinke.outreach.models import Message, Template
from yinke.outreach.services.send import templates_in_use
from yinke.segments.definitions import in_use
from yinke.segments.kept import members_of, members_store
from yinke.segments.moves import newest

State, Version = Journey.State, JourneyVersion.State
NAME = 60


class JourneyMoved(YinkeError):
    """The journey does not stand where this step begins."""

    code = "journey_moved"
    status = 409


class JourneyFaulty(YinkeError):
    """It can't run as it is drawn."""

    code = "journey_faulty"


def known() -> Known:
    """What journeys may name now."""
    templates = dict.fromkeys(Template.objects.filter(retired_at=None).values_list("id", flat=True), False)
    kinds = {one.template_id: (one.template.channel, one.template.kind) for one in templates_in_use()}
    templates |= dict.fromkeys(kinds, True)
    segments = dict(in_use().values_list("code", "outreach"))
    return Known(
        approachable={code for code, outreach in segments.items() if outreach}, segments=set(segments), events=set(EVENT_TYPES),
        tags=set(Tag.objects.filter(is_active=True).values_list("id", flat=True)), templates=templates, kinds=kinds,
        fields={field.code: partial(_fits, field) for field in CustomField.objects.filter(is_active=True)},
    )  # fmt: skip


def _fits(field: CustomField, value: Any) -> bool:
    """Whether a person could fill in this value: one of the field's kind, and no personal number in a text."""
    try:
        return fitting(field, value) is not None
    except YinkeError:
        return False


def check(definition: Definition) -> list[Fault]:
    """What stands against a definition now."""
    return faults(definition, known(), timezone.now())


def runnable(definition: Definition) -> None:
    """Refuse what can't run.

    Raises:
        JourneyFaulty: its place names the first fault.
    """
    wrong = check(definition)
    if wrong:
        raise JourneyFaulty(
            f"It can't run: {wrong[0].code} {wrong[0].about}".strip(), place=wrong[0].step or "trigger",
            remedy="Mend what the page marks",
        )  # fmt: skip


def _whole_banks(viewer: Viewer) -> None:
    if viewer.org_ids is not None:
        raise NotAllowed("Journeys are the whole bank's", remedy="Ask retail operations at head office")


@transaction.atomic
def save(viewer: Viewer, journey_id: int | None, name: str, definition: Definition) -> JourneyVersion:
    """Keep what was drawn as the journey's draft, whatever its faults; of a new journey, or beside the version in force.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: no such journey. JourneyMoved: it has stopped, or a
            version waits for approval. YinkeError: the name is missing.
    """
    _whole_banks(viewer)
    said = " ".join(clean(name, 200).split())
    if not 1 <= len(said) <= NAME:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    if journey_id is None:
        journey = Journey.objects.create(name=said, made_by_id=viewer.user_id)
    else:
        journey = _found(journey_id, State.DRAFT, State.RUNNING, State.PAUSED)
    drawn, now = definition.model_dump(mode="json"), timezone.now()
    newest_one = journey.versions.order_by("-number").first()
    if newest_one is not None and newest_one.state == Version.PENDING:
        raise JourneyMoved("A version waits for approval", place="PENDING", remedy="Take it back first")
    if newest_one is not None and newest_one.state == Version.DRAFT:
        newest_one.definition, newest_one.made_by_id, newest_one.made_at = drawn, viewer.user_id, now
        newest_one.save(update_fields=["definition", "made_by", "made_at"])
        version = newest_one
    else:
        number = newest_one.number + 1 if newest_one else 1
        version = journey.versions.create(
            number=number, definition=drawn, made_by_id=viewer.user_id, made_at=now
        )
    if journey.name != said:
        journey.name = said
        journey.save(update_fields=["name"])
    audit(viewer, "journey.save", "journey", f"{journey.id}", reason=f"v{version.number}")
    return version


@transaction.atomic
def submit(viewer: Viewer, journey_id: int) -> JourneyVersion:
    """Ask for the draft's approval.

    Raises:
        NotAllowed, NotFound, JourneyMoved: as ``save``. JourneyFaulty: it has faults; its place names the first.
    """
    _whole_banks(viewer)
    version = _open(_found(journey_id, State.DRAFT, State.RUNNING, State.PAUSED), Version.DRAFT)
    runnable(Definition.model_validate(version.definition))
    version.state, version.made_by_id, version.made_at = Version.PENDING, viewer.user_id, timezone.now()
    version.save(update_fields=["state", "made_by", "made_at"])
    audit(viewer, "journey.submit", "journey", f"{journey_id}", reason=f"v{version.number}")
    return version


@transaction.atomic
def decide(viewer: Viewer, journey_id: int, *, fit: bool, reason: str = "") -> JourneyVersion:
    """Put the version that waits in force, or refuse it. Who enters from now on takes it; who is inside finishes the version by
    which he entered.

    Raises:
        NotFound: there is none. NotAllowed: the viewer drew it. JourneyMoved: none waits. JourneyFaulty: what it names is not there
            any more. YinkeError: refused without a reason.
    """
    journey = _found(journey_id, State.DRAFT, State.RUNNING, State.PAUSED)
    version = _open(journey, Version.PENDING)
    another_persons(viewer, version.made_by_id, f"{journey_id}")
    why = "" if fit else said_why(reason)
    if fit:
        runnable(Definition.model_validate(version.definition))
    version.state, version.reason = Version.APPROVED if fit else Version.REFUSED, why
    version.decided_by_id, version.decided_at = viewer.user_id, timezone.now()
    version.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    if fit:
        _put_in_force(journey, version)
    deed = "journey.approve" if fit else "journey.refuse"
    audit(viewer, deed, "journey", f"{journey_id}", reason=f"v{version.number} {why}".strip())
    return version


def _put_in_force(journey: Journey, version: JourneyVersion) -> None:
    trigger = Definition.model_validate(version.definition).trigger
    journey.in_force, journey.date_done = version, False
    if journey.state == State.DRAFT:
        journey.state = State.RUNNING
        with whole_bank():  # only how far the moves have come is read
            journey.cursor = written_cursor(newest(members_store()))
    journey.entering = trigger.type == "SEGMENT" and trigger.members
    journey.save(update_fields=["in_force", "state", "cursor", "entering", "date_done"])
    _wake()


@transaction.atomic
def withdraw(viewer: Viewer, journey_id: int) -> JourneyVersion:
    """Take back what one asked for and nobody has decided; it can be drawn on.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked. JourneyMoved: none waits.
    """
    journey = _found(journey_id, State.DRAFT, State.RUNNING, State.PAUSED)
    version = _open(journey, Version.PENDING)
    ones_own(viewer, version.made_by_id, f"{journey_id}")
    version.state = Version.WITHDRAWN
    version.save(update_fields=["state"])
    audit(viewer, "journey.withdraw", "journey", f"{journey_id}", reason=f"v{version.number}")
    return version


@transaction.atomic
def pause(viewer: Viewer, journey_id: int) -> Journey:
    """Hold a running journey: nobody enters, moves or is written to until it goes on.

    Raises:
        NotAllowed, NotFound, JourneyMoved: as ``save``; it does not run.
    """
    return _switch(viewer, journey_id, "journey.pause", State.PAUSED, State.RUNNING)


@transaction.atomic
def resume(viewer: Viewer, journey_id: int) -> Journey:
    """Let a paused journey go on.

    Raises:
        NotAllowed, NotFound, JourneyMoved: as ``save``; it is not paused.
    """
    journey = _switch(viewer, journey_id, "journey.resume", State.RUNNING, State.PAUSED)
    _wake()
    return journey


@transaction.atomic
def stop(viewer: Viewer, journey_id: int) -> Journey:
    """End a journey for good: for all who are inside, with what it has asked for and has not gone.

    Raises:
        NotAllowed, NotFound, JourneyMoved: as ``save``; it neither runs nor is paused.
    """
    journey = _switch(viewer, journey_id, "journey.stop", State.STOPPED, State.RUNNING, State.PAUSED)
    now = timezone.now()
    with whole_bank():  # nobody is shown
        journey.travellers.filter(state=Traveller.State.INSIDE).update(
            state=Traveller.State.STOPPED, step="", due_at=None, ended_at=now
        )
        queued = Message.objects.filter(journey__journey=journey, state=Message.State.QUEUED)
        queued.update(state=Message.State.CANCELLED)
        JourneyComing.objects.filter(journey=journey).delete()
    journey.versions.filter(state=Version.PENDING).update(state=Version.WITHDRAWN)
    return journey


@transaction.atomic
def let_in(viewer: Viewer, journey_id: int) -> int:
    """Let the members of a manual trigger's segment enter at the next tick.

    Returns:
        How many are in the segment now.

    Raises:
        NotAllowed, NotFound, JourneyMoved: as ``save``; it does not run, or enters by itself.
    """
    _whole_banks(viewer)
    journey = _found(journey_id, State.RUNNING)
    assert journey.in_force is not None  # noqa: S101  (it runs)
    trigger = Definition.model_validate(journey.in_force.definition).trigger
    if trigger.type != "MANUAL" or trigger.segment is None:
        raise JourneyMoved("Customers enter it by themselves", place="trigger", remedy="Reload the page")
    journey.entering = True
    journey.save(update_fields=["entering"])
    audit(viewer, "journey.enter", "journey", f"{journey_id}")
    _wake()
    with whole_bank():  # a number, as segments show it
        return len(members_of(trigger.segment))


def _switch(viewer: Viewer, journey_id: int, deed: str, to: str, *before: str) -> Journey:
    _whole_banks(viewer)
    journey = _found(journey_id, *before)
    journey.state = to
    journey.save(update_fields=["state"])
    audit(viewer, deed, "journey", f"{journey_id}")
    return journey


def _found(journey_id: int, *states: str) -> Journey:
    journey = Journey.objects.select_for_update(no_key=True).filter(id=journey_id).first()
    if journey is None:
        raise NotFound("There is no such journey", place=f"{journey_id}", remedy="Reload the page")
    if journey.state not in states:
        raise JourneyMoved("It has moved on", place=journey.state, remedy="Reload the page")
    return journey


def _open(journey: Journey, state: str) -> JourneyVersion:
    version = journey.versions.filter(state=state).first()
    if version is None:
        raise JourneyMoved("It has moved on", place=state, remedy="Reload the page")
    return version


def _wake() -> None:
    from yinke.outreach.schedule import move_soon

    move_soon()
