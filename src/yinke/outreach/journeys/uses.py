"""Which journeys use a segment or a field of the bank's own: it stays in use as long as one does."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, F, OuterRef, Q

from yinke.access.viewer import Viewer
from yinke.customers.hooks import FieldUse
from yinke.outreach.journeys.definition import ChangeField, Definition, segments_of
from yinke.outreach.journeys.models import Journey, JourneyVersion, Traveller
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

State = JourneyVersion.State


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Journeys that name a segment.

    A viewer who may not read journeys is told that there is one, and not which.
    """
    may = viewer.may("template.read")
    return [
        SegmentUse(kind="journey", code=f"{number}" if may else "", name=name if may else "")
        for number, name in _naming(lambda drawn: segment.code in segments_of(drawn)).items()
    ]


def field_used(viewer: Viewer, code: str) -> FieldUse:
    """Journeys that write a field of the bank's own down, as ``used_by``."""
    found = _naming(
        lambda drawn: any(isinstance(step, ChangeField) and step.field == code for step in drawn.steps)
    )
    return FieldUse(tuple(found.values())) if viewer.may("template.read") else FieldUse(others=len(found))


def _naming(names: Callable[[Definition], bool]) -> dict[int, str]:
    """Journeys that are not stopped, of which such a version is in force, may yet be, or has customers inside: names by number."""
    inside = Traveller.objects.filter(version=OuterRef("id"), state=Traveller.State.INSIDE)
    versions = JourneyVersion.objects.exclude(journey__state=Journey.State.STOPPED).filter(
        Q(state__in=(State.DRAFT, State.PENDING)) | Q(id=F("journey__in_force")) | Q(Exists(inside))
    )
    return {
        version.journey_id: version.journey.name
        for version in versions.select_related("journey").order_by("journey_id")
        if names(Definition.model_validate(version.definition))
    }
