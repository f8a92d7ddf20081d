"""Find the members of one segment at once, so that nobody who saved or approved it waits for the night."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from pyroaring import BitMap

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.customers.models import ERASED
from yinke.customers.queries import business_date
from yinke.segments.asking import Asking
from yinke.segments.definitions import below, rules_by_code
from yinke.segments.following import following
from yinke.segments.kept import members_store
from yinke.segments.marks import marks_of_bank
from yinke.segments.members.store import Size
from yinke.segments.models import ListedCustomer, Segment, SegmentVersion
from yinke.segments.moves import found_anew, take_turn
from yinke.segments.queries_store import may_edit, newest_approved_of, one_segment
from yinke.segments.rules.check import check
from yinke.segments.rules.world import World


def refresh_now(version: SegmentVersion, viewer: Viewer) -> Size | None:
    """Find the members of an approved version and keep them on the business date.

    They are looked for in the whole bank, whoever asks: each reader is shown those in the own scope.

    Returns:
        The size; null where no night has run yet, or the rule can't be evaluated on this day.
    """
    segment, biz_date = version.segment, business_date()
    if biz_date is None:
        return None
    if version.rule is None and segment.kind == Segment.Kind.STATIC:  # a group stays as it was found
        return members_store().sizes(segment.key)[-1]
    take_turn()
    with whole_bank():
        found = _listed(version) if version.rule is None else _found(version, viewer)
        if found is None:
            return None
        return found_anew(members_store(), segment.key, version.number, biz_date, found)


def _listed(version: SegmentVersion) -> BitMap:
    rows = ListedCustomer.objects.filter(version=version).exclude(customer__status=ERASED)
    return BitMap(rows.values_list("customer_id", flat=True))


def _found(version: SegmentVersion, viewer: Viewer) -> BitMap | None:
    asking = Asking(viewer)
    try:
        day = asking.day
    except NotFound:
        return None
    segments = rules_by_code(asking.bare)
    rule = check(version.rule, replace(asking.bare, segments=segments)).rule
    if rule is None:
        return None
    org = version.segment.org
    world = World(
        asking.world.engine,
        asking.lake,
        day,
        asking.values,
        segments=segments,
        marks=marks_of_bank(day.biz_date),
        following=following(day.biz_date),
    )
    return asking.live.all(world, below(rule, org.org_no if org else None))


@transaction.atomic
def refresh(viewer: Viewer, code: str) -> Size | None:
    """Find a segment's members anew by hand.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to refresh.
        YinkeError: it is not in use, or is a list, whose members come from its file.
    """
    segment = one_segment(viewer, code, lock=True)
    if not may_edit(viewer, segment):
        raise NotAllowed("It is not yours to change", place=code, remedy="Ask its owner")
    version = newest_approved_of(segment)
    if segment.status != Segment.Status.IN_USE or version is None or version.rule is None:
        raise YinkeError(
            "Only a segment in use that has a rule is refreshed", place=code, code="nothing_to_refresh",
            remedy="Have it approved first, or upload the list anew",
        )  # fmt: skip
    size = refresh_now(version, viewer)
    audit(viewer, "segment.refresh", "segment", code, reason=f"v{version.number}")
    return size
