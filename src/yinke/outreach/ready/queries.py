"""What can be asked about ready plans and journeys: what each needs, and how far the bank is with it."""

from __future__ import annotations

from typing import cast

from yinke.access.viewer import Viewer
from yinke.care.reasons import event_name
from yinke.common.errors import NotFound
from yinke.outreach.journeys.models import Journey, JourneyVersion
from yinke.outreach.models import CarePlan, Template
from yinke.outreach.ready.catalogue import ReadyJourney, ReadyPlan, ReadyText, catalogue, spoken
from yinke.outreach.ready.schemas import ReadyOut, ReadyState, ReadyTextOut, TextState
from yinke.outreach.ready.services import standing, states_of
from yinke.outreach.schemas import ChannelCode, KindCode
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import Words, composed
from yinke.segments.definitions import names_of
from yinke.segments.models import Segment


def ready_care(viewer: Viewer) -> list[ReadyOut]:
    """All of them, plans first, in the order of the catalogue."""
    found, states = catalogue(), _texts()
    every: list[ReadyPlan | ReadyJourney] = [*found.plans.values(), *found.journeys.values()]
    return [_out(viewer, one, states) for one in every]


def one_ready(viewer: Viewer, code: str) -> ReadyOut:
    """One of them.

    Raises:
        NotFound: there is none of that code.
    """
    found = catalogue()
    ready = found.plans.get(code) or found.journeys.get(code)
    if ready is None:
        raise NotFound("There is no such ready care", place=code[:30], remedy="Reload the page")
    return _out(viewer, ready, _texts())


def _texts() -> dict[str, str]:
    """By code of a ready text, how far the bank's template of it is."""
    rows = list(Template.objects.exclude(ready="").filter(retired_at=None))
    states = states_of(rows)
    return {row.ready: states[row.id] for row in rows}


def _out(viewer: Viewer, ready: ReadyPlan | ReadyJourney, states: dict[str, str]) -> ReadyOut:
    texts = [_text(viewer, catalogue().texts[code], states.get(code, "NEW")) for code in ready.texts]
    here = standing(ready.code)
    state = _state(ready, here, [text.state for text in texts])
    plan = ready if isinstance(ready, ReadyPlan) else None
    event, goal, tasks, steps = plan.event if plan else "", "", list[str](), 0
    if isinstance(ready, ReadyJourney):
        event, goal = ready.drawn["trigger"]["event"], ready.drawn.get("goal", {}).get("segment", "")
        steps = len(ready.drawn["steps"])
        tasks = [
            spoken(tuple(one["title"]), viewer.language) for one in ready.drawn["steps"] if "title" in one
        ]
    return ReadyOut(
        code=ready.code, kind="PLAN" if plan else "JOURNEY", name=spoken(ready.name, viewer.language),
        about=spoken(ready.about, viewer.language), event=event_name(event, viewer.language),
        tier_from=plan.tiers[0] if plan else None, tier_to=plan.tiers[1] if plan else None,
        on_due=plan.on_due if plan else None, instead=plan.instead if plan else None, steps=steps, tasks=tasks,
        goal=names_of(Segment.objects.filter(code=goal), viewer.language).get(goal, goal) if goal else "", texts=texts, state=state,
        journey_id=here.id if isinstance(here, Journey) else None,
        may_take=viewer.org_ids is None and viewer.may("template.write") and _open(state, texts),
    )  # fmt: skip


def _text(viewer: Viewer, ready: ReadyText, state: str) -> ReadyTextOut:
    words = Words(ready.channel, ready.kind, ready.text, ready.subject)
    return ReadyTextOut(
        name=spoken(ready.name, viewer.language), channel=cast(ChannelCode, ready.channel), kind=cast(KindCode, ready.kind),
        text=composed(words, in_force()), state=cast(TextState, state),
    )  # fmt: skip


def _state(
    ready: ReadyPlan | ReadyJourney, here: CarePlan | Journey | None, texts: list[TextState]
) -> ReadyState:
    if isinstance(here, CarePlan):
        return cast(ReadyState, here.state)
    if isinstance(here, Journey):
        waits = here.versions.filter(state=JourneyVersion.State.PENDING).exists()
        return "PENDING" if waits and here.state == Journey.State.DRAFT else cast(ReadyState, here.state)
    if isinstance(ready, ReadyJourney) or set(texts) <= {"NEW"}:
        return "READY" if set(texts) == {"APPROVED"} else "NEW"
    if "REFUSED" in texts:
        return "REFUSED"
    return "READY" if set(texts) == {"APPROVED"} else "TEXTS"


def _open(state: ReadyState, texts: list[ReadyTextOut]) -> bool:
    """Whether taking it does something now."""
    missing = any(text.state in ("NEW", "WITHDRAWN") for text in texts)
    return state in ("NEW", "READY") or (state in ("TEXTS", "REFUSED") and missing)
