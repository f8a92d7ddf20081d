"""Approve, refuse or take back a version; open or close a segment for outreach. Who saved never decides."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.segments.asking import Asking
from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.queries_store import (
    around_of_segment,
    may_decide,
    newest_approved_of,
    one_segment,
    one_version,
)
from yinke.segments.ready.outreach import not_for_outreach
from yinke.segments.rules.language import Rule
from yinke.segments.services.refresh import refresh_now
from yinke.segments.services.save import SegmentMoved, editable

Status = SegmentVersion.Status


@transaction.atomic
def approve(viewer: Viewer, code: str, number: int, *, outreach: bool) -> SegmentVersion:
    """Take a version into use; its members are found at once.

    Args:
        outreach: whether its members may be approached from now on.

    Raises:
        NotFound: there is no such version.
        NotAllowed: it does not wait for this viewer.
        SegmentMoved: it does not wait any more.
        YinkeError: the rule has got a problem since it was saved, or picks customers for outreach by a tag that is not
            usable for marketing.
    """
    segment, version = _waiting(viewer, code, number)
    if version.rule is not None:
        asking = Asking(viewer)
        asking.right(version.rule, around_of_segment(asking, segment))
    if outreach:
        _check_usable(viewer, version)
    version.status, version.decided_by_id, version.decided_at = (
        Status.APPROVED,
        viewer.user_id,
        timezone.now(),
    )
    version.save(update_fields=["status", "decided_by", "decided_at"])
    segment.status, segment.outreach = Segment.Status.IN_USE, outreach
    segment.save(update_fields=["status", "outreach"])
    audit(
        viewer, "segment.approve", "segment", code, reason=f"v{number}{' approachable' if outreach else ''}"
    )
    refresh_now(version, viewer)
    return version


@transaction.atomic
def refuse(viewer: Viewer, code: str, number: int, reason: str) -> SegmentVersion:
    """Refuse a version; the one in use stays.

    Raises:
        YinkeError: no reason is given. Else as ``approve``.
    """
    _, version = _waiting(viewer, code, number)
    version.reason = said_why(reason)
    version.status, version.decided_by_id, version.decided_at = Status.REFUSED, viewer.user_id, timezone.now()
    version.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    audit(viewer, "segment.refuse", "segment", code, reason=f"v{number}: {version.reason}")
    return version


@transaction.atomic
def withdraw(viewer: Viewer, code: str, number: int) -> SegmentVersion:
    """Take a version back that waits.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        SegmentMoved: it does not wait any more.
    """
    version = one_version(editable(viewer, code), number)
    _check_waits(version)
    version.status, version.decided_at = Status.WITHDRAWN, timezone.now()
    version.save(update_fields=["status", "decided_at"])
    audit(viewer, "segment.withdraw", "segment", code, reason=f"v{number}")
    return version


@transaction.atomic
def allow_outreach(viewer: Viewer, code: str, *, allowed: bool) -> Segment:
    """Open a segment in use for outreach, or close it.

    Raises:
        NotFound: there is none that the viewer sees.
        NotAllowed: it is not the viewer's to decide.
        YinkeError: as ``approve``.
    """
    segment = one_segment(viewer, code, lock=True)
    holds = newest_approved_of(segment)
    if holds is None or segment.status != Segment.Status.IN_USE or not may_decide(viewer, holds):
        raise _not_yours(code)
    if allowed:
        _check_usable(viewer, holds)
    segment.outreach = allowed
    segment.save(update_fields=["outreach"])
    audit(viewer, "segment.change", "segment", code, reason="approachable" if allowed else "unapproachable")
    return segment


def _waiting(viewer: Viewer, code: str, number: int) -> tuple[Segment, SegmentVersion]:
    segment = one_segment(viewer, code, lock=True)
    version = one_version(segment, number)
    if viewer.may("segment.approve"):
        another_persons(viewer, version.made_by_id, code)
    if not may_decide(viewer, version) or segment.status == Segment.Status.CLOSED:
        raise _not_yours(code)
    _check_waits(version)
    return segment, version


def _check_usable(viewer: Viewer, version: SegmentVersion) -> None:
    if version.rule is None:
        return
    asking = Asking(viewer)
    found = not_for_outreach(Rule.model_validate(version.rule), asking.segments)
    if found:
        names = ", ".join(tag.en if viewer.language == "en" else tag.zh for tag in found)
        raise YinkeError(
            "It picks customers by tags that marketing may not use", place=names, code="tag_not_usable",
            remedy="Leave these tags out, or do not approach its members",
        )  # fmt: skip


def _check_waits(version: SegmentVersion) -> None:
    if version.status != Status.PENDING:
        raise SegmentMoved("It does not wait any more", place=f"v{version.number}", remedy="Reload the page")


def _not_yours(code: str) -> NotAllowed:
    return NotAllowed(
        "It does not wait for you", place=code,
        remedy="Compliance decides, or the retail department that oversees the org",
    )  # fmt: skip
