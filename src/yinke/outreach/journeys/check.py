"""旅程检查: what stands against a definition before anybody is asked to approve it. It knows no database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yinke.outreach.journeys.definition import (
    Await,
    ChangeField,
    ChangeTag,
    Condition,
    Definition,
    Holdout,
    SendMessage,
    Split,
    Step,
    Wait,
    exits,
)
from yinke.outreach.journeys.engine import SHANGHAI
from yinke.outreach.journeys.schemas import Fault

DATE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Known:
    """What a definition may name. ``templates``: by id, whether it has an approved version. ``fields``: by code, whether a value fits."""

    approachable: Set[str]
    """Segments in use that are approved for outreach."""
    segments: Set[str]
    """Segments in use."""
    events: Set[str]
    tags: Set[int]
    templates: Mapping[int, bool]
    kinds: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """Of those with an approved version, the channel and the kind."""
    fields: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)


def moment(at: str) -> datetime:
    """The moment of a trigger's date.

    Raises:
        ValueError: there is no such date.
    """
    return datetime.strptime(at, DATE).replace(tzinfo=SHANGHAI)


def faults(definition: Definition, known: Known, now: datetime) -> list[Fault]:
    """All that is wrong, those of the trigger first, then step by step; empty: it may run."""
    return [*_trigger(definition, known, now), *_steps(definition, known), *_ways(definition)]


def hints(definition: Definition) -> list[Fault]:
    """What is allowed, but worth a thought."""
    holdout = next((step.id for step in definition.steps if isinstance(step, Holdout)), None)
    if definition.goal is None and holdout is not None:
        return [Fault(step=holdout, code="HOLDOUT_WITHOUT_GOAL")]
    if definition.goal is not None and holdout is None:
        return [Fault(step=None, code="NO_HOLDOUT")]
    return []


def _trigger(definition: Definition, known: Known, now: datetime) -> Iterator[Fault]:
    trigger = definition.trigger
    if trigger.type == "EVENT":
        if trigger.event is None:
            yield Fault(step=None, code="NO_TRIGGER_EVENT")
        elif trigger.event not in known.events:
            yield Fault(step=None, code="NO_SUCH_EVENT", about=trigger.event)
    elif trigger.segment is None:
        yield Fault(step=None, code="NO_TRIGGER_SEGMENT")
    elif trigger.segment not in known.approachable:
        code = "SEGMENT_NOT_FOR_OUTREACH" if trigger.segment in known.segments else "NO_SUCH_SEGMENT"
        yield Fault(step=None, code=code, about=trigger.segment)
    if trigger.type == "DATE":
        try:
            if trigger.at is None:
                yield Fault(step=None, code="NO_TRIGGER_DATE")
            elif moment(trigger.at) <= now:
                yield Fault(step=None, code="DATE_PAST", about=trigger.at)
        except ValueError:
            yield Fault(step=None, code="NO_TRIGGER_DATE", about=trigger.at or "")
    if definition.goal is not None and definition.goal.segment not in known.segments:
        yield Fault(step=None, code="NO_SUCH_SEGMENT", about=definition.goal.segment)


def _steps(definition: Definition, known: Known) -> Iterator[Fault]:
    if definition.start is None or not definition.steps:
        yield Fault(step=None, code="NO_STEPS")
    seen = set[str]()
    for step in definition.steps:
        if step.id in seen:
            yield Fault(step=step.id, code="SAME_ID", about=step.id)
        seen.add(step.id)
        code, about = _wrong(step, definition, known)
        if code:
            yield Fault(step=step.id, code=code, about=about)


def _wrong(step: Step, definition: Definition, known: Known) -> tuple[str, str]:
    match step:
        case Wait(days=0, hours=0, at_hour=None):
            return "NO_WAIT", ""
        case Await():
            if (step.event is None) == (step.segment is None):
                return "NOTHING_ASKED", ""
            if step.event is not None and step.event not in known.events:
                return "NO_SUCH_EVENT", step.event
            return _segment(step.segment, known)
        case Condition():
            if (step.segment is None) == (step.message is None) or (step.message is None) != (
                step.came is None
            ):
                return "NOTHING_ASKED", ""
            if step.message is not None and step.message not in _before(step.id, definition):
                return "NOT_A_MESSAGE_BEFORE", step.message
            return _segment(step.segment, known)
        case Split() if sum(path.share for path in step.paths) != 100:
            return "SHARES_NOT_100", f"{sum(path.share for path in step.paths)}"
        case SendMessage() if not known.templates.get(step.template):
            code = "TEMPLATE_NOT_APPROVED" if step.template in known.templates else "NO_SUCH_TEMPLATE"
            return code, f"{step.template}"
        case SendMessage() if step.otherwise is not None:
            if not known.templates.get(step.otherwise):
                code = "TEMPLATE_NOT_APPROVED" if step.otherwise in known.templates else "NO_SUCH_TEMPLATE"
                return code, f"{step.otherwise}"
            (channel, kind), (other, its_kind) = known.kinds[step.template], known.kinds[step.otherwise]
            return ("OTHERWISE_UNFIT", "") if channel == other or kind != its_kind else ("", "")
        case ChangeTag() if step.tag not in known.tags:
            return "NO_SUCH_TAG", f"{step.tag}"
        case ChangeField() if step.field not in known.fields:
            return "NO_SUCH_FIELD", step.field
        case ChangeField() if step.value is None or not known.fields[step.field](step.value):
            return "VALUE_DOES_NOT_FIT", step.field
    return "", ""


def _segment(code: str | None, known: Known) -> tuple[str, str]:
    return ("NO_SUCH_SEGMENT", code) if code is not None and code not in known.segments else ("", "")


def _before(step: str, definition: Definition) -> set[str]:
    """The messages from which a way leads to a step."""
    reached = _reached(definition)
    return {
        one.id for one in definition.steps if isinstance(one, SendMessage) and step in reached.get(one.id, ())
    }


def _reached(definition: Definition) -> dict[str, set[str]]:
    """By step, all steps to which ways lead from it."""
    ways = {step.id: {target for _, target in exits(step) if target is not None} for step in definition.steps}
    found = {name: set(targets) for name, targets in ways.items()}
    growing = True
    while growing:
        growing = False
        for targets in found.values():
            more = set().union(*(found.get(target, set()) for target in targets)) - targets
            if more:
                targets |= more
                growing = True
    return found


def _ways(definition: Definition) -> Iterator[Fault]:
    names = {step.id for step in definition.steps}
    if definition.start is not None and definition.start not in names:
        yield Fault(step=None, code="NO_SUCH_STEP", about=definition.start)
    for step in definition.steps:
        for _, target in exits(step):
            if target is not None and target not in names:
                yield Fault(step=step.id, code="NO_SUCH_STEP", about=target)
    reached = _reached(definition)
    from_start = {definition.start} | reached.get(definition.start or "", set())
    for step in definition.steps:
        if step.id not in from_start:
            yield Fault(step=step.id, code="UNREACHABLE")
    unwaiting = definition.model_copy(update={"steps": [s for s in definition.steps if not _takes_time(s)]})
    round_and_round = _reached(unwaiting)
    for step in unwaiting.steps:
        if step.id in round_and_round[step.id]:
            yield Fault(step=step.id, code="LOOP_WITHOUT_WAIT")


def _takes_time(step: Step) -> bool:
    """Only a wait for a time: what is awaited may have come already."""
    return isinstance(step, Wait) and (step.days > 0 or step.hours > 0)
