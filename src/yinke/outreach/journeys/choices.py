"""What the steps of a journey may name: segments, events, tags, fields and texts, in the viewer's language."""

from __future__ import annotations

from typing import cast

from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.reasons import event_name
from yinke.customers.queries_custom import defined, said
from yinke.customers.queries_kept import tags
from yinke.outreach.journeys.schemas import Choice, FieldChoice, JourneyChoices, TagChoice, TextChoice
from yinke.outreach.schemas import ChannelCode, KindCode
from yinke.outreach.services.send import templates_in_use
from yinke.segments.definitions import in_use, names_of, visible_segments
from yinke.segments.kept import members_of, scope_of, within


def choices(viewer: Viewer) -> JourneyChoices:
    """What the steps of a journey may name, by name."""
    scope = scope_of(viewer)
    seen = visible_segments(viewer).filter(id__in=in_use())
    names = names_of(seen, viewer.language)
    approachable = set(seen.filter(outreach=True).values_list("code", flat=True))
    segments = [
        Choice(code=code, name=name, size=len(within(members_of(code), scope))) for code, name in sorted(names.items(), key=lambda one: one[1])
    ]  # fmt: skip
    return JourneyChoices(
        fields=_fields(viewer),
        segments=[one for one in segments if one.code in approachable], conditions=segments,
        events=[Choice(code=code, name=event_name(code, viewer.language)) for code in sorted(EVENT_TYPES)],
        tags=[TagChoice(id=tag.id, name=tag.name) for tag in tags(viewer).order_by("name")],
        templates=[
            TextChoice(
                id=version.template_id, name=version.template.name, channel=cast(ChannelCode, version.template.channel),
                kind=cast(KindCode, version.template.kind),
            )
            for version in templates_in_use()
        ],
    )  # fmt: skip


def _fields(viewer: Viewer) -> list[FieldChoice]:
    """The bank's own fields in use, in their order."""
    return [
        FieldChoice(
            code=one.code, name=said(viewer, one.name_zh, one.name_en), kind=one.kind, unit=one.unit,  # type: ignore[arg-type]
            options=[
                Choice(code=each["code"], name=said(viewer, each["zh"], each["en"])) for each in one.options if each["active"]
            ],
        )
        for one in defined().filter(is_active=True)
    ]  # fmt: skip
