"""The life of an experiment: asked for by one person, approved by another, started, and stopped if it must be."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.common.crypto import encrypt
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.text import clean
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date
from yinke.effect.models import OF_SEGMENT, Experiment
from yinke.scoring.effect.draw import SHARES, seal_of
from yinke.segments.definitions import visible_segments
from yinke.segments.models import Segment

Status, Measure = Experiment.Status, Experiment.Measure
HORIZONS, ENROLS, PLANNED = (7, 180), (7, 365), (100, 1_000_000)
"""Smallest and largest of days until measured, days of taking in, customers."""


class ExperimentWrong(YinkeError):
    """A plan that can't be."""

    code = "experiment_wrong"


class ExperimentMoved(YinkeError):
    """The experiment does not stand where this step begins, or another one tests the same event."""

    code = "experiment_moved"
    status = 409


@dataclass(frozen=True)
class Plan:
    """What somebody asks for; see ``Experiment``. On events, or on the members of ``segment`` (its code), never on both."""

    name: str
    note: str
    events: list[str]
    share: int
    measure: str
    horizon_days: int
    enrol_days: int
    planned: int
    segment: str = ""


def testable(on: date | None) -> list[str]:
    """Events that may be put to the test: those that the bank raises, but for what customers are owed."""
    values = load_thresholds(settings.YINKE.thresholds).at(on or timezone.localdate())
    out = {*values["event.off"], *values["effect.protected_events"], *values["task.service_events"]}
    return [code for code in EVENT_TYPES if code not in out]


@transaction.atomic
def plan(viewer: Viewer, asked: Plan) -> Experiment:
    """Ask for an experiment; its seed is drawn now, and only its digest is shown until the end.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. ExperimentWrong: names what can't be.
    """
    _whole_bank(viewer)
    name, note = clean(asked.name, 60), clean(asked.note, 500)
    if not name:
        raise ExperimentWrong("A name is needed", place="name", remedy="Write one")
    if not note:
        raise YinkeError(
            "Say what it is to find out", place="note", code="reason_missing", remedy="Write a sentence"
        )
    segment = _segment(viewer, asked) if asked.segment else None
    _check(asked)
    seed = secrets.token_bytes(32)
    experiment = Experiment.objects.create(
        name=name, note=note, events=[OF_SEGMENT] if segment else sorted(set(asked.events)), segment=segment,
        share=asked.share, measure=asked.measure, horizon_days=asked.horizon_days,
        enrol_days=1 if segment else asked.enrol_days, planned=asked.planned,
        seed_sealed=encrypt(seed.hex()), seed_digest=seal_of(seed), made_by_id=viewer.user_id,
    )  # fmt: skip
    audit(viewer, "experiment.plan", "experiment", f"{experiment.id}", reason=note)
    return experiment


def choosable(viewer: Viewer) -> QuerySet[Segment]:
    """Segments whose members another person has approved to be approached: those that an experiment may be on."""
    found = visible_segments(viewer).filter(status=Segment.Status.IN_USE, outreach=True)
    return found.exclude(scope=Segment.Scope.MINE)


def _segment(viewer: Viewer, asked: Plan) -> Segment:
    if asked.events:
        raise ExperimentWrong(
            "Either events or a segment", place="segment", remedy="Plan an experiment for each"
        )
    found = choosable(viewer).filter(code=asked.segment[:40].replace("\0", "")).first()
    if found is None:
        raise _not_approachable(asked.segment[:40])
    return found


def _not_approachable(code: str) -> ExperimentWrong:
    return ExperimentWrong(
        f"The members of {code} may not be approached", place="segment", code="segment_not_approachable",
        remedy="Have the segment approved for outreach first",
    )  # fmt: skip


def _check(asked: Plan) -> None:
    wrong = [code for code in asked.events if code not in testable(business_date())]
    if not (asked.events or asked.segment) or wrong:
        raise ExperimentWrong(
            f"No experiment may withhold {', '.join(wrong)}" if wrong else "Which events are tested?",
            place="events", code="event_protected" if wrong else "",
            remedy="Choose among those offered: maturity and service notices and complaints are owed to everybody",
        )  # fmt: skip
    if asked.share not in SHARES:
        raise ExperimentWrong(
            "Shares are steps of 5 %", place="share", remedy=f"Choose {SHARES[0]} to {SHARES[-1]}"
        )
    if asked.measure not in Measure.values:
        raise ExperimentWrong("There is no such measure", place="measure", remedy="Choose KEPT or AUM")
    for field, (least, most) in (("horizon_days", HORIZONS), ("enrol_days", ENROLS), ("planned", PLANNED)):
        if field == "enrol_days" and asked.segment:
            continue  # drawn on one date
        if not least <= getattr(asked, field) <= most:
            raise ExperimentWrong(
                f"{least} to {most} are possible", place=field, remedy="Choose a number between"
            )


@transaction.atomic
def approve(viewer: Viewer, number: int) -> Experiment:
    """Find a plan fit to be run.

    Raises:
        NotFound: there is none. NotAllowed: the viewer asked for it. ExperimentMoved: it does not wait any more.
        ExperimentWrong: what it would withhold may not be withheld any more.
    """
    experiment = _another_persons(viewer, number)
    _still_approachable(experiment)
    wrong = [code for code in experiment.events if code not in (OF_SEGMENT, *testable(business_date()))]
    if wrong:
        raise ExperimentWrong(
            f"No experiment may withhold {', '.join(wrong)}", place="events", code="event_protected",
            remedy="Refuse it",
        )  # fmt: skip
    return _decided(viewer, experiment, Status.APPROVED, "experiment.approve")


@transaction.atomic
def refuse(viewer: Viewer, number: int, reason: str) -> Experiment:
    """Refuse a plan, with the reason. Raises as ``approve``; YinkeError: no reason is given."""
    experiment = _another_persons(viewer, number)
    experiment.reason = said_why(reason)
    return _decided(viewer, experiment, Status.REFUSED, "experiment.refuse")


@transaction.atomic
def withdraw(viewer: Viewer, number: int) -> Experiment:
    """Take one's own plan back before it starts.

    Raises:
        NotFound: the viewer asked for none such. ExperimentMoved: it has started, or waits no more.
    """
    experiment = Experiment.objects.select_for_update().filter(id=number, made_by_id=viewer.user_id).first()
    if experiment is None:
        raise NotFound("You asked for no such experiment", place=f"{number}", remedy="Reload the page")
    _stands(experiment, Status.PENDING, Status.APPROVED)
    experiment.status = Status.WITHDRAWN
    experiment.save(update_fields=["status"])
    audit(viewer, "experiment.withdraw", "experiment", f"{number}")
    return experiment


@transaction.atomic
def start(viewer: Viewer, number: int, *, on: date | None = None) -> Experiment:
    """Let an approved experiment take customers in from the next night on.

    Args:
        on: its first business date, if not the next one.

    Raises:
        NotFound: there is none, or no night has run yet. ExperimentMoved: it is not approved, or a running one tests one of its
            events, or its segment. ExperimentWrong: its segment may not be approached any more.
    """
    _whole_bank(viewer)
    _one_at_a_time()
    experiment = _found(number)
    _stands(experiment, Status.APPROVED)
    _still_approachable(experiment)
    for other in Experiment.objects.filter(status=Status.RUNNING).select_related("segment"):
        if both := _both_test(experiment, other):
            raise ExperimentMoved(
                f"{both} is tested by {other.name}", place=f"{other.id}", code="experiment_overlaps",
                remedy="Wait until that one has ended",
            )  # fmt: skip
    today = business_date()
    if on is None and today is None:
        raise NotFound("No night has run yet", place="experiment", remedy="Run one: yinke nightly --date ...")
    experiment.starts_on = on or (today or date.min) + timedelta(days=1)
    experiment.status = Status.RUNNING
    experiment.save(update_fields=["status", "starts_on"])
    audit(viewer, "experiment.start", "experiment", f"{number}")
    return experiment


@transaction.atomic
def stop(viewer: Viewer, number: int, reason: str) -> Experiment:
    """End a running experiment before its time: from the next night on nobody is held out, and nothing more is claimed.

    Raises:
        NotFound, ExperimentMoved: as above. YinkeError: no reason is given.
    """
    _whole_bank(viewer)
    experiment = _found(number)
    _stands(experiment, Status.RUNNING)
    experiment.reason = said_why(reason)
    experiment.status, experiment.ended_on = Status.STOPPED, business_date()
    experiment.save(update_fields=["status", "ended_on", "reason"])
    audit(viewer, "experiment.stop", "experiment", f"{number}", reason=experiment.reason)
    return experiment


def _both_test(one: Experiment, other: Experiment) -> str:
    """What two experiments would both test: events, or a segment; empty if nothing."""
    if one.segment_id is not None or other.segment_id is not None:
        return one.segment.code if one.segment and one.segment_id == other.segment_id else ""
    return ", ".join(sorted(set(one.events) & set(other.events)))


def _still_approachable(experiment: Experiment) -> None:
    segment = experiment.segment
    if segment is not None and not (segment.outreach and segment.status == Segment.Status.IN_USE):
        raise _not_approachable(segment.code)


def _found(number: int) -> Experiment:
    experiment = Experiment.objects.select_for_update().filter(id=number).first()
    if experiment is None:
        raise NotFound("There is no such experiment", place=f"{number}", remedy="Reload the page")
    return experiment


def _another_persons(viewer: Viewer, number: int) -> Experiment:
    _whole_bank(viewer)
    experiment = _found(number)
    another_persons(viewer, experiment.made_by_id, f"{number}")
    _stands(experiment, Status.PENDING)
    return experiment


def _stands(experiment: Experiment, *where: Any) -> None:
    if experiment.status not in where:
        raise ExperimentMoved(
            f"It is {experiment.status}", place=f"{experiment.id}", remedy="Reload the page"
        )


def _decided(viewer: Viewer, experiment: Experiment, status: Experiment.Status, deed: str) -> Experiment:
    experiment.status, experiment.decided_by_id, experiment.decided_at = (
        status,
        viewer.user_id,
        timezone.now(),
    )
    experiment.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    audit(viewer, deed, "experiment", f"{experiment.id}", reason=experiment.reason)
    return experiment


def _whole_bank(viewer: Viewer) -> None:
    if viewer.org_ids is not None:
        raise NotAllowed("Experiments hold for the whole bank", place="effect", remedy="Ask the head office")


def _one_at_a_time() -> None:
    """Two that start at once would both find that nobody tests their event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('experiment start', 0))")
