"""现成客群: the ready segments as segments of the bank, approved as they came; what a bank made of them stays."""

from __future__ import annotations

from django.db import transaction

from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.ready import ReadySegment, ready_segments

NOTE = "银客自带 · Delivered with Yinke"


@transaction.atomic
def install_ready_segments() -> int:
    """Bring the bank's ready segments to what this Yinke delivers. Again: nothing changes.

    They may be used at once; to approach their members somebody of the bank must approve that first. A segment that
    the bank has changed, described anew or closed, or whose code it had taken, is left as it is.

    Returns:
        How many were made or renewed.
    """
    known = {s.code: s for s in Segment.objects.filter(code__in=ready_segments())}
    versions = SegmentVersion.objects.filter(segment__in=known.values()).order_by("segment_id", "-number")
    newest = {v.segment_id: v for v in versions.distinct("segment_id")}
    changed = 0
    for code, ready in ready_segments().items():
        segment = known.get(code)
        changed += _install(ready, segment, newest.get(segment.id) if segment else None)
    return changed


def _install(ready: ReadySegment, known: Segment | None, newest: SegmentVersion | None) -> bool:
    if known is not None and (not known.delivered or known.status == Segment.Status.CLOSED):
        return False
    texts = {
        "name_zh": ready.zh, "name_en": ready.en, "about_zh": ready.about_zh, "about_en": ready.about_en,
        "reason_zh": ready.reason_zh, "reason_en": ready.reason_en, "care_zh": ready.care_zh,
        "care_en": ready.care_en,
    }  # fmt: skip
    rule = ready.rule.model_dump(mode="json")
    if known is None:
        known = Segment.objects.create(
            code=ready.code, kind=Segment.Kind.DYNAMIC, scope=Segment.Scope.BANK, delivered=True,
            status=Segment.Status.IN_USE, **texts,
        )  # fmt: skip
    same_rule = newest is not None and newest.rule == rule
    if same_rule and all(getattr(known, name) == text for name, text in texts.items()):
        return False
    if not same_rule:
        SegmentVersion.objects.create(
            segment=known, number=newest.number + 1 if newest else 1, rule=rule, note=NOTE,
            status=SegmentVersion.Status.APPROVED,
        )  # fmt: skip
    Segment.objects.filter(id=known.id).update(**texts)
    return True
