"""Begin from what was saved before: an earlier version anew, or another segment's rule."""

from __future__ import annotations

from yinke.access.viewer import Viewer
from yinke.common.errors import YinkeError
from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.queries_store import one_segment, one_version
from yinke.segments.services.save import create, save_version
from yinke.segments.services.upload import restore_list
from yinke.segments.store_schemas import SegmentIn, VersionIn

Kind = Segment.Kind


def restore(viewer: Viewer, code: str, number: int, based_on: int) -> SegmentVersion:
    """Save an earlier version's rule, or list, as the newest one.

    Raises:
        NotFound: there is no such version. Else as ``save_version``.
    """
    segment = one_segment(viewer, code)
    found = one_version(segment, number)
    if segment.kind == Kind.LIST:
        return restore_list(viewer, found, based_on)
    wanted = VersionIn(rule=found.rule, note=f"= v{number}", based_on=based_on)
    return save_version(viewer, code, wanted)


def copy(viewer: Viewer, code: str, body: SegmentIn) -> Segment:
    """Make a segment of one's own scope out of another's newest rule; ``body.rule`` is not looked at.

    Raises:
        YinkeError: it is a list, or nothing was saved yet. Else as ``create``.
    """
    of = one_segment(viewer, code)
    newest = of.versions.order_by("-number").first()
    if newest is None or newest.rule is None:
        raise YinkeError(
            "Only a rule can be copied", place=code, code="nothing_to_copy", remedy="Upload the list anew"
        )
    kind = body.kind if body.kind != Kind.LIST else of.kind
    update = {"rule": newest.rule, "kind": kind, "note": body.note or f"= {code} v{newest.number}"}
    return create(viewer, body.model_copy(update=update))
