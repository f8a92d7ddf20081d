"""What can be asked about segments: the library, one of them, its versions, what differs, where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.conf import settings
from django.db.models import Q, QuerySet
from pyroaring import BitMap

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.thresholds import load_thresholds
from yinke.customers.hooks import FieldUse
from yinke.customers.queries import business_date
from yinke.segments.asking import Asking
from yinke.segments.definitions import (
    Usable,
    meant,
    names_of,
    newest_approved,
    referable,
    said,
    visible_segments,
)
from yinke.segments.kept import members_of, members_store, scope_of, within
from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.queries import problems_of, told
from yinke.segments.ready import ready_segments
from yinke.segments.rules.check import Around
from yinke.segments.rules.diff import diff
from yinke.segments.rules.fields import CUSTOM
from yinke.segments.rules.language import All, Compare, Condition, InSegment, Leaf, Rule, leaves
from yinke.segments.rules.sentence import sentence
from yinke.segments.store_schemas import (
    ConditionChange,
    Deed,
    LibraryIn,
    RuleDiff,
    SegmentList,
    SegmentOut,
    SegmentRow,
    SegmentTexts,
    SegmentUse,
    UploadReport,
    UploadReportLine,
    UploadReportLines,
    VersionOut,
)  # fmt: skip

MOST = 500
"""Segments that the library shows; it is narrowed beyond."""
Scope, Status = Segment.Scope, Segment.Status

USES: list[Callable[[Viewer, Segment], Iterable[SegmentUse]]] = []
"""Where contexts above use segments: each registers here when it starts."""


@dataclass(frozen=True)
class Told:
    """How counts are told to a viewer: within the scope, and not where they are few."""

    viewer: Viewer

    @cached_property
    def scope(self) -> BitMap | None:
        """Whom the viewer may see; null for the whole bank."""
        return scope_of(self.viewer)

    @cached_property
    def few(self) -> int:
        """Counts below this are not told."""
        biz_date = business_date()
        if not self.viewer.masked or biz_date is None:
            return 0
        return int(load_thresholds(settings.YINKE.thresholds).at(biz_date)["rule.few"])

    def count(self, found: BitMap) -> int | None:
        """How many of them the viewer is told."""
        return self.number(len(within(found, self.scope)))

    def number(self, customers: int) -> int | None:
        """The same of a number that is counted already."""
        return told(customers, self.few)


def one_segment(viewer: Viewer, code: str, *, lock: bool = False) -> Segment:
    """A segment that the viewer sees.

    Raises:
        NotFound: there is none.
    """
    found = visible_segments(viewer).filter(code=code)
    if lock:
        found = found.select_for_update(of=("self",))
    segment = found.select_related("org", "owner").first() if "\x00" not in code else None
    if segment is None:
        raise NotFound(
            "No such segment among yours", place=f"segment {code[:40]}", remedy="Go back to the library"
        )
    return segment


def one_version(segment: Segment, number: int) -> SegmentVersion:
    """A version of a segment.

    Raises:
        NotFound: there is none of that number.
    """
    rows = segment.versions.select_related("segment__org", "made_by", "decided_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound("No such version", place=f"{segment.code} v{number}", remedy="Reload the page")
    return found


def newest_approved_of(segment: Segment) -> SegmentVersion | None:
    """The version that holds; null if none was approved."""
    return newest_approved(Segment.objects.filter(id=segment.id)).first()


def oversees(viewer: Viewer, segment: Segment) -> bool:
    """Whether the segment's customers are all in the orgs that the viewer oversees."""
    if viewer.org_ids is None:
        return True
    return segment.org_id is not None and segment.org_id in viewer.org_ids


def may_edit(viewer: Viewer, segment: Segment) -> bool:
    """Its owner; what is an org's or the bank's, whoever oversees it."""
    if not viewer.may("segment.draw"):
        return False
    own = segment.owner_id is not None and segment.owner_id in viewer.looks_after
    return own or (segment.scope != Scope.MINE and oversees(viewer, segment))


def may_decide(viewer: Viewer, version: SegmentVersion) -> bool:
    """Whoever approves and oversees it, and has not saved it (经办与复核分离)."""
    segment = version.segment
    return (
        viewer.may("segment.approve") and segment.scope != Scope.MINE and oversees(viewer, segment)
        and version.made_by_id != viewer.user_id
    )  # fmt: skip


def library(viewer: Viewer, wanted: LibraryIn) -> SegmentList:
    """The segments that a viewer sees, those that wait first, then by name; closed ones only if asked for."""
    rows = visible_segments(viewer).select_related("org", "owner")
    for name in ("kind", "scope", "status"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if not wanted.status:
        rows = rows.exclude(status=Status.CLOSED)
    if wanted.mine:
        rows = rows.filter(owner_id__in=viewer.looks_after)
    if q := wanted.q.replace("\x00", "").strip()[:60]:
        rows = rows.filter(
            Q(code__icontains=q)
            | Q(name_zh__icontains=q)
            | Q(name_en__icontains=q)
            | Q(about_zh__icontains=q)
        )
    counts, shown = Told(viewer), Rows(viewer, rows)
    found = [shown.row(segment, counts) for segment in rows.order_by("name_zh", "code")[:MOST]]
    if wanted.waiting:
        found = [row for row in found if shown.decides(row.code)]
    return SegmentList(few=counts.few, rows=sorted(found, key=lambda row: row.waiting is None))


class Rows:
    """Segments as the library shows them, with what all of them need read at once."""

    def __init__(self, viewer: Viewer, segments: QuerySet[Segment]) -> None:
        self.viewer = viewer
        ids = segments.order_by().values("id")
        self._holds = {
            v.segment_id: v
            for v in newest_approved(Segment.objects.filter(id__in=ids)).defer("rule", "report")
        }
        newest = SegmentVersion.objects.filter(segment__in=ids).order_by("segment_id", "-number")
        self._newest = {
            v.segment_id: v
            for v in newest.distinct("segment_id").select_related("segment__org").defer("rule", "report")
        }

    def decides(self, code: str) -> bool:
        """Whether a version waits for the viewer."""
        waiting = (v for v in self._newest.values() if v.status == v.Status.PENDING)
        return any(v.segment.code == code and may_decide(self.viewer, v) for v in waiting)

    def row(self, segment: Segment, counts: Told) -> SegmentRow:
        """One of them."""
        language = self.viewer.language
        holds, newest = self._holds.get(segment.id), self._newest.get(segment.id)
        waiting = newest is not None and newest.status == newest.Status.PENDING
        held = segment.status == Status.IN_USE and holds is not None
        ready = ready_segments().get(segment.code)
        as_of, *sizes = _sizes(segment, counts) if held else (None, None, None, None)
        return SegmentRow(
            code=segment.code, name=said(segment.name_zh, segment.name_en, language),
            about=said(segment.about_zh, segment.about_en, language),
            reason=said(segment.reason_zh, segment.reason_en, language),
            care=said(segment.care_zh, segment.care_en, language),
            kind=segment.kind, schedule=segment.schedule, scope=segment.scope, org_name=segment.org.name if segment.org else "",  # type: ignore[arg-type]
            owner=segment.owner.name if segment.owner else "", mine=segment.owner_id in self.viewer.looks_after,
            status=segment.status, outreach=segment.outreach, delivered=segment.delivered,  # type: ignore[arg-type]
            group=ready.group if ready else "", who=list(ready.who) if ready else [],
            version=holds.number if holds else None, waiting=newest.number if newest and waiting else None,
            changed_at=newest.made_at if newest else segment.made_at, as_of=as_of, customers=sizes[0],
            entered=sizes[1], left=sizes[2],
        )  # fmt: skip


def _sizes(segment: Segment, counts: Told) -> tuple[date | None, int | None, int | None, int | None]:
    """The newest date, how many are in, and how many entered and left on it; in the viewer's scope."""
    store = members_store()
    sizes = store.sizes(segment.key)
    if not sizes:
        return None, None, None, None
    *earlier, newest = sizes
    whole = counts.scope is None
    now = counts.number(newest.customers) if whole else counts.count(members_of(segment.code))
    if not earlier:  # on the first date nobody has entered or left
        return newest.biz_date, now, None, None
    if whole:
        return newest.biz_date, now, counts.number(newest.entered), counts.number(newest.left)
    (moved,) = store.moved(segment.key, earlier[-1].biz_date, newest.biz_date)
    return newest.biz_date, now, counts.count(moved.entered), counts.count(moved.left)


def segment_out(viewer: Viewer, code: str) -> SegmentOut:
    """One segment with the rule saved last, its sentence, and what the viewer may do."""
    segment, asking, counts = one_segment(viewer, code), Asking(viewer), Told(viewer)
    newest = segment.versions.select_related("segment__org").order_by("-number").first()
    rule = newest.rule if newest else None
    checked = asking.checked(rule, around_of_segment(asking, segment)) if rule is not None else None
    row = Rows(viewer, Segment.objects.filter(id=segment.id)).row(segment, counts)
    return SegmentOut(
        **row.model_dump(), few=counts.few, org_id=segment.org_id, newest=newest.number if newest else 0, rule=rule,
        texts=SegmentTexts(**{name: getattr(segment, name) for name in SegmentTexts.model_fields}),
        sentence=_sentence(asking, rule), problems=problems_of(viewer, checked) if checked else [],
        may=_deeds(viewer, segment, newest),
    )  # fmt: skip


def around_of_segment(asking: Asking, segment: Segment) -> Around:
    """What a rule of a segment is checked against: no circle back to it, no segment its readers might not see."""
    known = Usable(asking.bare, lambda: meant(referable(asking.viewer, segment.scope, segment.org)))
    return replace(asking.bare, segments=known, own=segment.code)


def _sentence(asking: Asking, raw: object) -> str:
    """Of a rule that may not be right any more: '' if it can't be read."""
    if raw is None:
        return ""
    try:
        return sentence(Rule.model_validate(raw), asking.viewer.language, asking.names)
    except (ValueError, KeyError):
        return ""


def _deeds(viewer: Viewer, segment: Segment, newest: SegmentVersion | None) -> list[Deed]:
    """What the viewer may do with it now."""
    may: list[Deed] = []
    waits = newest is not None and newest.status == newest.Status.PENDING
    is_list, holds = segment.kind == Segment.Kind.LIST, newest_approved_of(segment)
    if may_edit(viewer, segment):
        if segment.status == Status.CLOSED:
            return ["reopen"]
        may += ["edit", "close"]
        may += ["upload"] if is_list else []
        has_rule = holds is not None and holds.rule is not None  # a group has none: it stays as it was found
        may += ["refresh"] if segment.status == Status.IN_USE and has_rule else []
        may += ["withdraw"] if waits else []
    if viewer.may("segment.draw") and newest is not None and newest.rule is not None:
        may.append("copy")
    if newest is not None and segment.status != Status.CLOSED and may_decide(viewer, newest):
        may += ["decide"] if waits else []
    if holds is not None and segment.status == Status.IN_USE and may_decide(viewer, holds):
        may.append("outreach")
    return may


def versions(viewer: Viewer, code: str) -> list[VersionOut]:
    """A segment's versions, newest first."""
    segment, asking = one_segment(viewer, code), Asking(viewer)
    rows = segment.versions.select_related("made_by", "decided_by").order_by("-number")
    return [version_out(asking, version) for version in rows]


def version_out(asking: Asking, version: SegmentVersion) -> VersionOut:
    """A version as the pages show it."""
    report = version.report
    return VersionOut(
        number=version.number, rule=version.rule, sentence=_sentence(asking, version.rule), note=version.note,
        made_by=version.made_by.name if version.made_by else "", made_at=version.made_at,
        status=version.status, decided_by=version.decided_by.name if version.decided_by else "",  # type: ignore[arg-type]
        decided_at=version.decided_at, reason=version.reason,
        report=UploadReport(**{name: report[name] for name in UploadReport.model_fields}) if report else None,
    )  # fmt: skip


def report(viewer: Viewer, code: str, number: int) -> UploadReportLines:
    """Which rows of a list's file were not taken, and why.

    Raises:
        NotFound: there is no such version of a list.
    """
    version = one_version(one_segment(viewer, code), number)
    if version.report is None:
        raise NotFound("The version is no list", place=f"{code} v{number}", remedy="Take another version")
    lines = [UploadReportLine(row=row, why=why) for row, why in version.report["lines"]]
    return UploadReportLines(**{**version.report, "lines": lines})


def differences(viewer: Viewer, code: str, before: int, after: int) -> RuleDiff:
    """What differs between two versions, as sentences at their places.

    Raises:
        NotFound: there is no such segment, or version with a rule that can be read.
    """
    segment, asking = one_segment(viewer, code), Asking(viewer)
    old, new = (_readable(one_version(segment, number)) for number in (before, after))

    def words(condition: Condition | None, kind: str) -> str:
        if condition is None:
            return ""
        if kind == "joined":
            return "all" if isinstance(condition, All) else "any"
        return sentence(Rule(where=condition), viewer.language, asking.names)

    return RuleDiff(
        before=before, after=after,
        changes=[
            ConditionChange(
                kind=c.kind, place_before=c.place_before, place_after=c.place_after, before=words(c.before, c.kind),
                after=words(c.after, c.kind),
            )
            for c in diff(old, new)
        ],
    )  # fmt: skip


def _readable(version: SegmentVersion) -> Rule:
    try:
        return Rule.model_validate(version.rule)
    except ValueError:
        raise NotFound(
            "The version has no rule",
            place=f"{version.segment.code} v{version.number}",
            remedy="Take another version",
        ) from None


def where_used(viewer: Viewer, code: str) -> list[SegmentUse]:
    """Where a segment is used, whatever the viewer sees of it: it can't be closed until nothing does."""
    segment = one_segment(viewer, code)
    seen = names_of(visible_segments(viewer), viewer.language)
    users = [
        SegmentUse(
            kind="segment", code=other.code if other.code in seen else "", name=seen.get(other.code, "")
        )
        for other in using(segment)
    ]
    return users + [use for find in USES for use in find(viewer, segment)]


def using(segment: Segment) -> list[Segment]:
    """Other segments whose rule, in use or waiting, refers to this one."""
    found = _asking(lambda leaf: isinstance(leaf, InSegment) and leaf.segment == segment.code)
    return [one for one in found if one.id != segment.id]


def field_used(viewer: Viewer, code: str) -> FieldUse:
    """Which segments ask for a field of the bank's own, whatever the viewer sees of them."""
    found = _asking(lambda leaf: isinstance(leaf, Compare) and leaf.field == f"{CUSTOM}{code}")
    seen = names_of(visible_segments(viewer), viewer.language)
    names = tuple(seen[one.code] for one in found if one.code in seen)
    return FieldUse(names, len(found) - len(names))


def _asking(asks: Callable[[Leaf], bool]) -> list[Segment]:
    """Segments that are not closed, whose rule, in use or waiting, has such a condition."""
    open_ones = Segment.objects.exclude(status=Status.CLOSED)
    waiting = SegmentVersion.objects.filter(segment__in=open_ones, status=SegmentVersion.Status.PENDING)
    found = {}
    for version in (*newest_approved(open_ones), *waiting.select_related("segment")):
        if version.rule is not None and any(map(asks, _leaves(version.rule))):
            found[version.segment.code] = version.segment
    return [found[code] for code in sorted(found)]


def _leaves(raw: object) -> list[Leaf]:
    try:
        return [leaf for _, leaf in leaves(Rule.model_validate(raw))]
    except ValueError:
        return []
