"""Close a segment that nothing uses, and open it again. Nothing is deleted: versions and history stay."""

from __future__ import annotations

from django.db import transaction

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.segments.models import Segment
from yinke.segments.queries_store import may_edit, newest_approved_of, one_segment, where_used
from yinke.segments.services.refresh import refresh_now
from yinke.segments.services.save import editable

Status = Segment.Status


class SegmentUsed(YinkeError):
    """Something refers to it; the place names how many."""

    code = "segment_used"
    status = 409


@transaction.atomic
def close(viewer: Viewer, code: str) -> Segment:
    """Close a segment: it has no members any more, and no rule may refer to it.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        SegmentUsed: something uses it still.
    """
    segment = editable(viewer, code)
    if users := where_used(viewer, code):
        names = "、".join(use.name for use in users if use.name)[:120]
        raise SegmentUsed(
            f"{len(users)} others use it", place=names or code, remedy="Take it out of their rules first"
        )
    segment.status, segment.outreach = Status.CLOSED, False
    segment.save(update_fields=["status", "outreach"])
    audit(viewer, "segment.change", "segment", code, reason="closed")
    return segment


@transaction.atomic
def reopen(viewer: Viewer, code: str) -> Segment:
    """Open a closed segment again, as it was; outreach must be approved anew.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
    """
    segment = one_segment(viewer, code, lock=True)
    if not may_edit(viewer, segment):
        raise NotAllowed("It is not yours to change", place=code, remedy="Ask its owner")
    if segment.status == Status.CLOSED:
        holds = newest_approved_of(segment)
        segment.status = Status.IN_USE if holds else Status.DRAFT
        segment.save(update_fields=["status"])
        audit(viewer, "segment.change", "segment", code, reason="opened")
        if holds is not None and segment.kind == Segment.Kind.DYNAMIC:
            refresh_now(holds, viewer)
    return segment
