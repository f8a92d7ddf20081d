"""Make a segment, describe it, and save versions of its rule: nothing that was saved is overwritten."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.models import Org
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.text import clean
from yinke.customers.names import syllables
from yinke.segments.asking import Asking
from yinke.segments.definitions import visible_segments
from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.queries_store import around_of_segment, may_edit, one_segment
from yinke.segments.services.refresh import refresh_now
from yinke.segments.store_schemas import SegmentIn, SegmentTexts, VersionIn

Kind, Scope, Status = Segment.Kind, Segment.Scope, Segment.Status
TEXTS = ("name_zh", "name_en", "about_zh", "about_en", "reason_zh", "reason_en", "care_zh", "care_en")
RESERVED = frozenset({
    "check", "count", "explain", "fields", "flow", "groups", "new", "overlap", "parse", "rfm", "sample",
    "standards", "tags",
})  # fmt: skip
"""Addresses of pages and of the API that no segment's code may take."""


class SegmentMoved(YinkeError):
    """Somebody else saved meanwhile; nothing was overwritten, and the page keeps what was drawn."""

    code = "segment_moved"
    status = 409


class SegmentNameTaken(YinkeError):
    """There is a segment of that name among those the viewer sees."""

    code = "name_taken"
    status = 409


def _texts(body: SegmentTexts) -> dict[str, str]:
    found = {name: clean(getattr(body, name), 500) for name in TEXTS}
    for name, most in (("name_zh", 60), ("name_en", 120)):
        found[name] = re.sub(r"\s+", " ", found[name])
        if len(found[name]) > most:
            raise YinkeError(
                f"A name has 1 to {most} characters",
                place=name,
                code="bad_name",
                remedy="Write a shorter one",
            )
    found["name_zh"] = found["name_zh"] or found["name_en"][:60]
    if not found["name_zh"]:
        raise YinkeError("A name is needed", place="name_zh", code="bad_name", remedy="Write one")
    return found


def _new_code(name: str) -> str:
    """A code out of a name, as nobody has it yet.

    >>> re.sub("[^a-z0-9]+", "_", "_".join(syllables("临近提升")))
    'lin_jin_ti_sheng'
    """
    stem = re.sub(r"[^a-z0-9]+", "_", "_".join(syllables(name))).strip("_")[:32] or "segment"
    taken = set(Segment.objects.filter(code__startswith=stem).values_list("code", flat=True)) | RESERVED
    return next(
        code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}_{n}") not in taken
    )


def place_of(viewer: Viewer, scope: str, org_id: int | None) -> tuple[str, Org | None]:
    """Scope and org of a segment that a viewer makes; an org that is the whole bank makes it the bank's.

    Raises:
        NotAllowed: the scope is beyond what the viewer oversees.
    """
    if scope == Scope.MINE:
        own = Org.objects.get(id=viewer.org_id)
        return scope, None if own.parent_id is None else own
    if scope == Scope.ORG:
        org = Org.objects.filter(id=org_id or viewer.org_id).first()
        if org is None or (viewer.org_ids is not None and org.id not in viewer.org_ids):
            raise NotAllowed(
                "The org is not among yours", place="org", remedy="Take your own org or one below it"
            )
        if org.parent_id is not None:
            return scope, org
    if viewer.org_ids is not None:
        raise NotAllowed(
            "Only the head office makes segments of the whole bank", place="scope", remedy="Take your own org"
        )
    return Scope.BANK, None


def create(viewer: Viewer, body: SegmentIn) -> Segment:
    """Make a segment; with a rule, its first version too.

    Raises:
        NotAllowed: the role draws none, or the scope is beyond the viewer.
        SegmentNameTaken: there is one of that name.
        YinkeError: the rule has a problem, or a list was given one.
    """
    _check_draws(viewer)
    scope, org = place_of(viewer, body.scope, body.org_id)
    texts = _texts(body)
    _check_name(viewer, texts["name_zh"])
    if body.kind == Kind.LIST and body.rule is not None:
        raise YinkeError(
            "A list has no rule",
            place="rule",
            code="list_no_rule",
            remedy="Upload its file, or take another kind",
        )
    for _ in range(5):
        try:
            with transaction.atomic():
                made = Segment.objects.create(
                    code=_new_code(texts["name_en"] or texts["name_zh"]), kind=body.kind, scope=scope, org=org,
                    schedule=body.schedule, owner_id=viewer.user_id, **texts,
                )  # fmt: skip
                audit(viewer, "segment.save", "segment", made.code, reason="v0")
                if body.rule is not None:
                    save_version(viewer, made.code, VersionIn(rule=body.rule, note=body.note, based_on=0))
            made.refresh_from_db()
            return made
        except IntegrityError:  # two took the same code at once
            continue
    raise SegmentMoved("Others save at this moment", place=texts["name_zh"], remedy="Try again")


@transaction.atomic
def describe(viewer: Viewer, code: str, body: SegmentTexts) -> Segment:
    """Write name, meaning, reason and suggested care anew.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        SegmentNameTaken: there is another one of that name.
    """
    found = editable(viewer, code)
    texts = _texts(body)
    _check_name(viewer, texts["name_zh"], but=found.id)
    for name, text in texts.items():
        setattr(found, name, text)
    found.delivered = False
    found.save()
    audit(viewer, "segment.change", "segment", found.code, reason="described")
    return found


@transaction.atomic
def reschedule(viewer: Viewer, code: str, schedule: str) -> Segment:
    """Have a dynamic segment's members found anew on other nights; the rule, and who is in now, stay.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        YinkeError: it is not dynamic: its members are found by hand only.
    """
    found = editable(viewer, code)
    if found.kind != Kind.DYNAMIC:
        raise YinkeError(
            "Only a dynamic segment has a schedule", place=code, code="no_schedule",
            remedy="Refresh it by hand, or make a dynamic one",
        )  # fmt: skip
    if found.schedule != schedule:
        audit(viewer, "segment.change", "segment", code, reason=f"{found.schedule} -> {schedule}")
        found.schedule = schedule
        found.save(update_fields=["schedule"])
    return found


@transaction.atomic
def save_version(viewer: Viewer, code: str, body: VersionIn) -> SegmentVersion:
    """Save a rule as a new version. One's own segment takes it at once, any other waits for approval.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        SegmentMoved: ``based_on`` is not the newest version any more; the place says who saved, and when.
        YinkeError: the rule has a problem; the first one is told.
    """
    segment = editable(viewer, code)
    if segment.kind == Kind.LIST:
        raise YinkeError(
            "A list has no rule",
            place="rule",
            code="list_no_rule",
            remedy="Upload its file, or take another kind",
        )
    check_newest(segment, body.based_on)
    rule = check_rule(viewer, segment, body.rule)
    return add_version(viewer, segment, rule=rule, note=body.note)


def add_version(
    viewer: Viewer, segment: Segment, *, rule: Any, note: str, report: Any = None
) -> SegmentVersion:
    """The next version of a segment that the caller has locked and checked; an earlier one that waits is taken back."""
    own = segment.scope == Scope.MINE
    status = SegmentVersion.Status
    segment.versions.filter(status=status.PENDING).update(status=status.WITHDRAWN, decided_at=timezone.now())
    made = SegmentVersion.objects.create(
        segment=segment, number=newest_number(segment) + 1, rule=rule, note=clean(note, 200),
        made_by_id=viewer.user_id, status=status.APPROVED if own else status.PENDING, report=report,
    )  # fmt: skip
    segment.delivered = False
    segment.status = Status.IN_USE if own else segment.status
    segment.save(update_fields=["delivered", "status"])
    audit(viewer, "segment.save", "segment", segment.code, reason=f"v{made.number}")
    if own and segment.kind != Kind.LIST:  # a list's customers are not written yet
        refresh_now(made, viewer)
    return made


def _check_draws(viewer: Viewer) -> None:
    if not viewer.may("segment.draw"):
        raise NotAllowed("Your role draws no segments", remedy="Ask your branch's head")


def _check_name(viewer: Viewer, name: str, but: int = 0) -> None:
    same = visible_segments(viewer).filter(name_zh=name).exclude(status=Status.CLOSED).exclude(id=but)
    if same.exists():
        raise SegmentNameTaken("There is one of that name", place=name, remedy="Take another name")


def editable(viewer: Viewer, code: str) -> Segment:
    """A segment that the viewer may change, locked until the transaction ends.

    Raises:
        NotFound: there is none that the viewer sees.
        NotAllowed: it is another's.
        YinkeError: it is closed.
    """
    _check_draws(viewer)
    found = one_segment(viewer, code, lock=True)
    if not may_edit(viewer, found):
        raise NotAllowed("It is not yours to change", place=code, remedy="Copy it, or ask its owner")
    if found.status == Status.CLOSED:
        raise YinkeError("It is closed", place=code, code="segment_closed", remedy="Open it again first")
    return found


def newest_number(segment: Segment) -> int:
    """Of the version saved last; 0 if none was."""
    return segment.versions.order_by("-number").values_list("number", flat=True).first() or 0


def check_newest(segment: Segment, based_on: int) -> None:
    """Refuse what was drawn on another version than the newest.

    Raises:
        SegmentMoved: the place says who saved which version when.
    """
    newest = segment.versions.select_related("made_by").order_by("-number").first()
    if newest is not None and newest.number != based_on:
        who = newest.made_by.name if newest.made_by else "Yinke"
        at = timezone.localtime(newest.made_at)
        raise SegmentMoved(
            "Somebody else saved meanwhile", place=f"v{newest.number} {who} {at:%Y-%m-%d %H:%M}",
            remedy="Compare with the newest version, then save on top of it",
        )  # fmt: skip


def check_rule(viewer: Viewer, segment: Segment, raw: Any) -> Any:
    """A rule for a segment, as JSON in its full form.

    Raises:
        YinkeError: it has a problem; the first one is told at its place.
    """
    asking = Asking(viewer)
    return asking.right(raw, around_of_segment(asking, segment)).model_dump(mode="json")
