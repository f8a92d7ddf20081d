"""Which journeys use a segment: it stays open as long as one does."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from yinke.access.viewer import Viewer
from yinke.outreach.journeys.definition import Definition, segments_of
from yinke.outreach.journeys.models import Journey, JourneyVersion, Traveller
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

State = JourneyVersion.State


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Journeys that are not stopped, of which a version names the segment that is in force, may yet be, or has customers inside.

    A viewer who may not read journeys is told that there is one, and not which.
    """
    inside = Traveller.objects.filter(version=OuterRef("id"), state=Traveller.State.INSIDE)
    versions = JourneyVersion.objects.exclude(journey__state=Journey.State.STOPPED).filter(
        Q(state__in=(State.DRAFT, State.PENDING)) | Q(id=F("journey__in_force")) | Q(Exists(inside))
    )
    found: dict[int, str] = {}
    for version in versions.select_related("journey").order_by("journey_id"):
        if segment.code in segments_of(Definition.model_validate(version.definition)):
            found[version.journey_id] = version.journey.name
    may = viewer.may("template.read")
    return [
        SegmentUse(kind="journey", code=f"{number}" if may else "", name=name if may else "")
        for number, name in found.items()
    ]
