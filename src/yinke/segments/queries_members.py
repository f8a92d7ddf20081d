"""What can be asked about the members of segments: who they are, how many there were, what overlaps, who moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from pyroaring import BitMap

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.customers.models import ERASED
from yinke.customers.queries import one, visible
from yinke.customers.shown import shown_amount, shown_name
from yinke.segments.asking import Asking
from yinke.segments.definitions import said, visible_segments
from yinke.segments.kept import members_of, members_store, within
from yinke.segments.members.store import NotKept
from yinke.segments.models import Segment
from yinke.segments.moves import keys_of
from yinke.segments.queries import beyond_bands, in_bands
from yinke.segments.queries_store import Told, one_segment
from yinke.segments.store_schemas import (
    CustomerSegment,
    OverlapSet,
    SegmentFlow,
    SegmentFlowLink,
    SegmentMember,
    SegmentMembers,
    SegmentName,
    SegmentOverlap,
    SegmentSize,
    SegmentSizes,
)  # fmt: skip

PAGE = 50
DEEPEST = 200
"""The last page that can be opened, as in the list of customers."""


def members_page(viewer: Viewer, code: str, page: int, sort: str) -> SegmentMembers:
    """A page of a segment's members among the viewer's customers.

    Args:
        sort: ``aum`` or ``entered``, with ``-`` to reverse.

    Raises:
        NotFound: there is no such segment, or no night has run yet.
        YinkeError: no such order; or the rule bounds between bands for a viewer who sees bands only.
    """
    segment, asking, counts = one_segment(viewer, code), Asking(viewer), Told(viewer)
    if not _tellable(asking, segment):
        raise beyond_bands()
    found = within(_members_now(segment), counts.scope)
    page = min(max(page, 1), DEEPEST)
    ids = _page(asking, segment, found, page, sort)
    entered = members_store().entered_on(segment.key, BitMap(ids)) if ids else {}
    people = {
        c.id: c
        for c in visible(viewer).filter(id__in=ids).exclude(status=ERASED).select_related("metrics", "org")
    }
    rows = [
        SegmentMember(
            id=c.id, cust_no=c.cust_no, name=shown_name(viewer, c), org_name=c.org.name, tier=c.metrics.tier,
            stage=c.metrics.stage, aum=shown_amount(viewer, c.metrics.aum), entered=entered.get(c.id),
        )
        for c in (people[each] for each in ids if each in people)
    ]  # fmt: skip
    sizes = members_store().sizes(segment.key)
    return SegmentMembers(
        as_of=sizes[-1].biz_date if sizes else None, total=counts.number(len(found)),
        pages=min(-(-len(found) // PAGE), DEEPEST), rows=rows,
    )  # fmt: skip


def _members_now(segment: Segment) -> BitMap:
    return members_of(segment.code) if segment.status == Segment.Status.IN_USE else BitMap()


def _page(asking: Asking, segment: Segment, found: BitMap, page: int, sort: str) -> list[int]:
    skip, down = (page - 1) * PAGE, sort.startswith("-")
    by = sort.lstrip("-")
    if by == "aum":
        return asking.live.first(asking.world, "aum", found, PAGE, skip, down=down)
    if by != "entered":
        raise YinkeError(
            "No such order",
            code="no_such_choice",
            place="sort",
            remedy="Take aum or entered, with '-' to reverse",
        )
    days = [one_day for one_day in _entries(segment, found) if one_day]
    return [each for one_day in (days if down else days[::-1]) for each in one_day][skip : skip + PAGE]


def _entries(segment: Segment, found: BitMap) -> list[BitMap]:
    """Members by the day on which they entered last, newest first; at the end who was there before what is kept."""
    store, left, days = members_store(), found.copy(), []
    sizes = store.sizes(segment.key)
    if sizes:
        for moved in reversed(store.moved(segment.key, date.min, sizes[-1].biz_date)):
            days.append(moved.entered & left)
            left -= moved.entered
    return [*days, left]


def sizes(viewer: Viewer, code: str) -> SegmentSizes:
    """A segment's sizes: all that are kept for who sees the whole bank; else the newest, in the own scope.

    A history within a scope would tell of customers who were in it then and are not any more.
    """
    segment, counts = one_segment(viewer, code), Told(viewer)
    rows = members_store().sizes(segment.key)
    number = counts.number
    if counts.scope is None:
        out = [
            SegmentSize(
                biz_date=s.biz_date, version=s.version, customers=number(s.customers), entered=number(s.entered),
                left=number(s.left),
            )
            for s in rows
        ]  # fmt: skip
    else:
        out = [
            SegmentSize(
                biz_date=s.biz_date, version=s.version, customers=counts.count(members_of(code)), entered=None,
                left=None,
            )
            for s in rows[-1:]
        ]  # fmt: skip
    return SegmentSizes(whole=counts.scope is None, few=counts.few, rows=out)


def overlap(viewer: Viewer, codes: Sequence[str]) -> SegmentOverlap:
    """How two to five segments overlap: each intersection, the largest first.

    Raises:
        NotFound: one of them is none that the viewer sees.
    """
    segments = _named(viewer, codes)
    counts = Told(viewer)
    found = {s.code: within(_members_now(s), counts.scope) for s in segments}
    sets = []
    for size in range(1, len(found) + 1):
        for some in combinations(found, size):
            both = BitMap.intersection(*(found[code] for code in some))
            alone = both.difference(*(found[code] for code in found if code not in some)) if both else both
            sets.append(
                OverlapSet(
                    codes=list(some), exactly=counts.number(len(alone)), at_least=counts.number(len(both))
                )
            )
    order = sorted(sets, key=lambda each: (-(each.exactly or 0), len(each.codes)))
    return SegmentOverlap(few=counts.few, segments=_names(viewer, segments), sets=order)


def _named(viewer: Viewer, codes: Sequence[str]) -> list[Segment]:
    return [one_segment(viewer, code) for code in dict.fromkeys(codes)]


def _names(viewer: Viewer, segments: Sequence[Segment]) -> list[SegmentName]:
    return [SegmentName(code=s.code, name=said(s.name_zh, s.name_en, viewer.language)) for s in segments]


def flow(viewer: Viewer, codes: Sequence[str], since: date, until: date | None) -> SegmentFlow:
    """From which of the segments to which the viewer's customers of today went between two dates.

    Args:
        since, until: the newest kept date up to each is taken; until null: the newest.

    Raises:
        NotFound: a segment is none that the viewer sees, or nothing is kept that far back.
    """
    segments, counts = _named(viewer, codes), Told(viewer)
    kept = members_store().dates()
    first = max((day for day in kept if day <= since), default=None)
    last = max((day for day in kept if until is None or day <= until), default=None)
    if first is None or last is None or last <= first:
        raise NotFound(
            "Nothing is kept of these dates", place=f"{since}", remedy="Take two dates of the size history"
        )
    before, after = (_sorted_out(segments, day, counts) for day in (first, last))
    links = []
    everybody = [BitMap.union(*side.values()) for side in (before, after)]
    before[""], after[""] = everybody[1] - everybody[0], everybody[0] - everybody[1]
    for source, were in before.items():
        for target, are in after.items():
            if (source or target) and (number := len(were & are)):
                links.append(SegmentFlowLink(source=source, target=target, customers=counts.number(number)))
    return SegmentFlow(
        since=first, until=last, few=counts.few, segments=_names(viewer, segments), links=links
    )


def _sorted_out(segments: Sequence[Segment], on: date, counts: Told) -> dict[str, BitMap]:
    """Each segment's members on a date, a customer of several under the first one only."""
    found: dict[str, BitMap] = {}
    taken = BitMap()
    for segment in segments:
        members = within(members_of(segment.code, on), counts.scope) - taken
        taken |= members
        found[segment.code] = members
    return found


def segments_of(viewer: Viewer, customer_id: int) -> list[CustomerSegment]:
    """The segments that one customer is in, those that the viewer may see, by name.

    Raises:
        NotFound: no such customer among the viewer's.
    """
    one(viewer, customer_id)
    keys = {key.removeprefix("segment:") for key in keys_of(members_store(), customer_id)}
    rows = visible_segments(viewer).filter(status=Segment.Status.IN_USE, code__in=keys)
    asking = Asking(viewer)
    found = []
    for segment in rows.order_by("name_zh", "code"):
        if not _tellable(asking, segment):
            continue
        try:
            since = members_store().entered_on(segment.key, BitMap([customer_id])).get(customer_id)
        except NotKept:
            continue
        language = viewer.language
        found.append(
            CustomerSegment(
                code=segment.code, name=said(segment.name_zh, segment.name_en, language),
                reason=said(segment.reason_zh, segment.reason_en, language),
                care=said(segment.care_zh, segment.care_en, language), since=since,
            )
        )  # fmt: skip
    return found


def _tellable(asking: Asking, segment: Segment) -> bool:
    """Whether a viewer may learn of single customers that they are in.

    Who sees bands of amounts may not by exact ones of their own drawing; what others have approved is another matter.
    """
    meant = asking.segments.meant.get(segment.code) if asking.viewer.masked else None
    if meant is None or meant.checked:
        return True
    try:
        rule = asking.segments.drawn(segment.code)
    except KeyError:
        return False
    return rule is None or in_bands(asking, rule)
