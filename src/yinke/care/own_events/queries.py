"""What the page of own events shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any, cast

from django.db.models import Count
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.care.models import Reason
from yinke.care.own_events.models import OwnEvent, OwnEventVersion
from yinke.care.own_events.night import usable
from yinke.care.own_events.schemas import (
    OwnEventChoices,
    OwnEventOut,
    OwnEventSegment,
    OwnEventVersionOut,
)
from yinke.care.own_events.services import limits
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.customers.queries import business_date
from yinke.segments.definitions import said
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

State = OwnEventVersion.State
COUNTED = 30
"""Days of which the reasons are counted."""


def own_events(viewer: Viewer, only: int | None = None) -> list[OwnEventOut]:
    """All of them: those that wait first, then those that run, then the rest, newest first."""
    rows = OwnEvent.objects.order_by("-id")
    events = list(rows if only is None else rows.filter(id=only))
    versions: dict[int, list[OwnEventVersion]] = defaultdict(list)
    related = OwnEventVersion.objects.filter(event__in=events).select_related(
        "segment", "made_by", "decided_by"
    )
    for version in related.order_by("number"):
        versions[version.event_id].append(version)
    raised, good = _raised(), set(usable().values_list("id", flat=True))
    found = [_event(viewer, event, versions[event.id], raised[event.code], good) for event in events]
    return sorted(found, key=_place)


def own_event(viewer: Viewer, event_id: int) -> OwnEventOut:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    found = own_events(viewer, event_id)
    if not found:
        raise NotFound("There is no such event", place=f"{event_id}", remedy="Reload the page")
    return found[0]


def choices(viewer: Viewer) -> OwnEventChoices:
    """What an event may name."""
    bounds = limits()
    rows = usable().order_by("name_zh", "code").values_list("code", "name_zh", "name_en")
    segments = [OwnEventSegment(code=code, name=said(zh, en, viewer.language)) for code, zh, en in rows]
    return OwnEventChoices(
        segments=segments, expire_days=bounds.expire_days, longest_days=bounds.longest_days, quiet_days=bounds.quiet_days,
        most_quiet_days=bounds.most_quiet_days,
    )  # fmt: skip


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Own events that follow a segment or are to: it stays open as long."""
    waiting = OwnEventVersion.objects.filter(
        segment=segment, state__in=(State.PENDING, State.APPROVED), event__stopped_at=None
    )
    found = []
    for event in OwnEvent.objects.filter(id__in=waiting.values("event")).order_by("id"):
        held = event.versions.filter(state=State.APPROVED).order_by("-number").first()
        live = [
            v
            for v in (held, event.versions.filter(state=State.PENDING).first())
            if v and v.segment_id == segment.id
        ]
        if live:
            name = said(live[0].name_zh, live[0].name_en, viewer.language)
            found.append(SegmentUse(kind="own_event", code=f"{event.id}", name=name))
    if not viewer.may("template.read"):  # told that there is one, and not which
        return [SegmentUse(kind="own_event", code="", name="") for _ in found]
    return found


def _place(event: OwnEventOut) -> int:
    if event.newest is not None and event.newest.state == "PENDING":
        return 0
    return 1 if event.holds is not None and event.stopped_at is None else 2


@whole_bank()  # numbers only
def _raised() -> Counter[str]:
    since = (business_date() or timezone.localdate()) - timedelta(days=COUNTED)
    rows = Reason.objects.filter(biz_date__gt=since, type__startswith="U")
    return Counter(dict(rows.values_list("type").annotate(many=Count("id"))))


def _event(
    viewer: Viewer, event: OwnEvent, versions: list[OwnEventVersion], raised: int, good: set[int]
) -> OwnEventOut:
    newest = versions[-1]
    holds = next((one for one in reversed(versions) if one.state == State.APPROVED), None)
    shown, runs = holds or newest, event.stopped_at is None
    pending, own = newest.state == State.PENDING, newest.made_by_id == viewer.user_id
    writes = runs and viewer.org_ids is None and viewer.may("template.write")
    return OwnEventOut(
        id=event.id, code=event.code, name=said(shown.name_zh, shown.name_en, viewer.language), stopped_at=event.stopped_at,
        holds=_version(viewer, holds) if holds else None, newest=None if newest is holds else _version(viewer, newest),
        raised=raised, idle=runs and holds is not None and holds.segment_id not in good, may_edit=writes and not pending,
        may_decide=runs and pending and not own and viewer.may("template.approve"), may_withdraw=runs and pending and own,
        may_stop=writes and holds is not None,
    )  # fmt: skip


def _version(viewer: Viewer, row: OwnEventVersion) -> OwnEventVersionOut:
    return OwnEventVersionOut(
        number=row.number, name_zh=row.name_zh, name_en=row.name_en, says_zh=row.says_zh, says_en=row.says_en,
        script_zh=row.script_zh, script_en=row.script_en, segment=row.segment.code,
        segment_name=said(row.segment.name_zh, row.segment.name_en, viewer.language), family=cast(Any, row.family),
        channel=cast(Any, row.channel), priority=row.priority, expire_days=row.expire_days, quiet_days=row.quiet_days,
        tier_from=row.tier_from, state=cast(Any, row.state), valid_from=row.valid_from, made_by=row.made_by.name,
        made_at=row.made_at, decided_by=row.decided_by.name if row.decided_by else None, decided_at=row.decided_at,
        reason=row.reason,
    )  # fmt: skip
