"""自定义事件的经办与复核: asked for by one person, approved by another, in force from the next night; changed by a new version only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.care.own_events.models import OwnEvent, OwnEventVersion
from yinke.care.own_events.night import usable
from yinke.care.own_events.schemas import OwnEventIn
from yinke.care.own_events.words import forget
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.personal import find_personal
from yinke.common.text import clean
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date
from yinke.segments.models import Segment

State = OwnEventVersion.State
TEXTS = {"name_zh": 20, "name_en": 60, "says_zh": 120, "says_en": 240, "script_zh": 500, "script_en": 1000}
"""Characters at most."""
MOST = 999
"""Numbers that a code has room for."""


class OwnEventMoved(YinkeError):
    """The event does not stand where this step begins."""

    code = "own_event_moved"
    status = 409


class OwnEventWords(YinkeError):
    """Its words hold what no manager may say, or the number of a person."""

    code = "own_event_words"


class OwnEventSegment(YinkeError):
    """Its segment is not the whole bank's, not found every night, not in use, or not approved for outreach."""

    code = "own_event_segment"


@dataclass(frozen=True)
class Limits:
    """What a bank allows of its own events (``own_event.*``, days)."""

    expire_days: int
    longest_days: int
    quiet_days: int
    most_quiet_days: int
    look_back: int
    few_nights: int


def limits() -> Limits:
    """The limits in force today."""
    values = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())
    return Limits(**{name: int(values[f"own_event.{name}"]) for name in Limits.__dataclass_fields__})


@transaction.atomic
def submit(viewer: Viewer, event_id: int | None, asked: OwnEventIn) -> OwnEventVersion:
    """Ask for a new event, or for another version of one; until it is approved the one before goes on.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: no such event. OwnEventMoved: it has stopped, or a
            version waits. OwnEventWords, OwnEventSegment: its words or its segment can't be. YinkeError: the name or the
            sentence is missing, or a number is out of bounds.
    """
    _whole_banks(viewer)
    words = {name: clean(getattr(asked, name), most) for name, most in TEXTS.items()}
    for name in ("name_zh", "name_en", "says_zh", "says_en"):
        words[name] = " ".join(words[name].split())
    segment = _fit(words, asked.segment)
    _within(asked)
    event = _new(viewer) if event_id is None else _running(event_id)
    newest = event.versions.order_by("-number").first()
    if newest is not None and newest.state == State.PENDING:
        raise OwnEventMoved("A version waits for approval", place="PENDING", remedy="Take it back first")
    version = event.versions.create(
        number=newest.number + 1 if newest else 1, segment=segment, family=asked.family, channel=asked.channel,
        priority=asked.priority, expire_days=asked.expire_days, quiet_days=asked.quiet_days, tier_from=asked.tier_from,
        made_by_id=viewer.user_id, made_at=timezone.now(), **words,
    )  # fmt: skip
    forget()
    audit(viewer, "own_event.submit", "own_event", event.code, reason=f"v{version.number}")
    return version


@transaction.atomic
def decide(viewer: Viewer, event_id: int, *, fit: bool, reason: str = "") -> OwnEventVersion:
    """Put the version that waits in force from the next night on, or refuse it.

    Raises:
        NotFound: there is none. NotAllowed: the viewer made it. OwnEventMoved: none waits. OwnEventWords, OwnEventSegment: it
            can't be any more. YinkeError: refused without a reason.
    """
    event = _running(event_id)
    version = _waiting(event)
    another_persons(viewer, version.made_by_id, event.code)
    why = "" if fit else said_why(reason)
    if fit:
        _fit({name: getattr(version, name) for name in TEXTS}, version.segment.code)
        version.valid_from = (business_date() or timezone.localdate()) + timedelta(days=1)
    version.state, version.reason = State.APPROVED if fit else State.REFUSED, why
    version.decided_by_id, version.decided_at = viewer.user_id, timezone.now()
    version.save(update_fields=["state", "reason", "valid_from", "decided_by", "decided_at"])
    forget()
    deed = "own_event.approve" if fit else "own_event.refuse"
    audit(viewer, deed, "own_event", event.code, reason=f"v{version.number} {why}".strip())
    return version


@transaction.atomic
def withdraw(viewer: Viewer, event_id: int) -> OwnEventVersion:
    """Take back what one asked for and nobody has decided.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked. OwnEventMoved: none waits.
    """
    event = _running(event_id)
    version = _waiting(event)
    ones_own(viewer, version.made_by_id, event.code)
    version.state = State.WITHDRAWN
    version.save(update_fields=["state"])
    forget()
    audit(viewer, "own_event.withdraw", "own_event", event.code, reason=f"v{version.number}")
    return version


@transaction.atomic
def stop(viewer: Viewer, event_id: int) -> OwnEvent:
    """End an event for good: no night raises it any more. What it has raised stands until it expires.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: there is none. OwnEventMoved: it has stopped, or was
            never approved.
    """
    _whole_banks(viewer)
    event = _running(event_id)
    if not event.versions.filter(state=State.APPROVED).exists():
        raise OwnEventMoved("It was never approved", place=event.code, remedy="Take back what waits")
    event.stopped_at = timezone.now()
    event.save(update_fields=["stopped_at"])
    event.versions.filter(state=State.PENDING).update(state=State.WITHDRAWN)
    forget()
    audit(viewer, "own_event.stop", "own_event", event.code)
    return event


def _whole_banks(viewer: Viewer) -> None:
    if viewer.org_ids is not None:
        raise NotAllowed("Own events are the whole bank's", remedy="Ask retail operations at head office")


def _fit(words: dict[str, str], segment: str) -> Segment:
    """The segment of what may be said.

    Raises:
        YinkeError, OwnEventWords, OwnEventSegment: as ``submit``.
    """
    if not words["name_zh"]:
        raise YinkeError("A name is needed", place="name_zh", code="name_missing", remedy="Write one")
    if not words["says_zh"]:
        raise OwnEventWords(
            "The sentence is missing", place="says_zh", remedy="Say why the customer is contacted"
        )
    values = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())
    for name, text in words.items():
        banned = [word for word in values["outreach.banned_words"] if word in text]
        if banned or (what := find_personal(text)):
            raise OwnEventWords(
                "A word may not be used", place=f"{name}: {banned[0] if banned else what}", remedy="Say it in other words"
            )  # fmt: skip
    found = usable().filter(code=segment).first() if "\x00" not in segment else None
    if found is None:
        raise OwnEventSegment(
            "The segment can't be followed", place=segment[:40],
            remedy="Take a dynamic one of the whole bank that is found every night and approved for outreach",
        )  # fmt: skip
    return found


def _within(asked: OwnEventIn) -> None:
    bounds = limits()
    for name, most in (("expire_days", bounds.longest_days), ("quiet_days", bounds.most_quiet_days)):
        if not 1 <= getattr(asked, name) <= most:
            raise YinkeError(
                f"It is 1 to {most} days",
                place=name,
                code="no_such_choice",
                remedy="Take fewer days, at least one",
            )


def _new(viewer: Viewer) -> OwnEvent:
    with connection.cursor() as cursor:  # two at once would take the same number
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('own events', 0))")
    number = OwnEvent.objects.count() + 1  # none is ever deleted
    if number > MOST:
        raise YinkeError(
            "There are too many", place="code", code="no_such_choice", remedy="Change one that was stopped"
        )
    return OwnEvent.objects.create(code=f"U{number:03}", made_by_id=viewer.user_id)


def _running(event_id: int) -> OwnEvent:
    event = OwnEvent.objects.select_for_update(no_key=True).filter(id=event_id).first()
    if event is None:
        raise NotFound("There is no such event", place=f"{event_id}", remedy="Reload the page")
    if event.stopped_at is not None:
        raise OwnEventMoved("It has been stopped", place=event.code, remedy="Make a new one")
    return event


def _waiting(event: OwnEvent) -> OwnEventVersion:
    version = event.versions.filter(state=State.PENDING).select_related("segment").first()
    if version is None:
        raise OwnEventMoved("It has moved on", place=event.code, remedy="Reload the page")
    return version
