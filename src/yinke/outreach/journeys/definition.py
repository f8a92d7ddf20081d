"""旅程定义: what an operator draws: one trigger, steps that lead to one another, a goal. It knows no database.

A step leads to others by their ids; where it leads to nothing, the journey ends for that customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from yinke.common.schema import Schema

MOST_STEPS = 60
MOST_PATHS = 5
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,11}$")]
Next = Id | None
SegmentCode = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
EventCode = Annotated[str, Field(pattern=r"^[A-Z]\d\d$")]
Option = Annotated[str, Field(max_length=30)]
Share = Annotated[int, Field(ge=1, le=99)]


class _Part(Schema):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trigger(_Part):
    """触发: who enters, and when.

    SEGMENT: whoever enters the segment, with ``members`` also who is in it when the journey starts. EVENT: to whom the event
    happens. DATE: who is in the segment at ``at`` (Asia/Shanghai, ``YYYY-MM-DD HH:MM``). MANUAL: the segment's members whenever
    an operator says so.
    """

    type: Literal["SEGMENT", "EVENT", "DATE", "MANUAL"]
    segment: SegmentCode | None = None
    event: EventCode | None = None
    members: bool = False
    at: str | None = Field(default=None, pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
    again_days: int | None = Field(default=None, ge=1, le=3650)
    """So many days after it ended for a customer he may enter again; null: once only."""


class Goal(_Part):
    """目标: being in the segment, within ``days`` of entering; who reaches it leaves the journey."""

    segment: SegmentCode
    days: int = Field(ge=1, le=365)


class _Step(_Part):
    id: Id


class Wait(_Step):
    """等待: ``days`` days and ``hours`` hours; then, with ``at_hour``, until that hour of the day (Asia/Shanghai)."""

    type: Literal["WAIT"]
    days: int = Field(default=0, ge=0, le=365)
    hours: int = Field(default=0, ge=0, le=23)
    at_hour: int | None = Field(default=None, ge=0, le=23)
    next: Next = None


class WorkTime(_Step):
    """等到工作时间: until the next working day's hours, at once if it is such a time."""

    type: Literal["WORKTIME"]
    next: Next = None


class Await(_Step):
    """等待事件: until the event happens, or he enters the segment (``yes``); ``no`` once ``days`` have passed."""

    type: Literal["AWAIT"]
    event: EventCode | None = None
    segment: SegmentCode | None = None
    days: int = Field(ge=1, le=365)
    yes: Next = None
    no: Next = None


class Condition(_Step):
    """条件: whether he is in the segment now, or what came of an earlier message of the journey."""

    type: Literal["CONDITION"]
    segment: SegmentCode | None = None
    message: Id | None = None
    came: Literal["SENT", "DELIVERED", "REPLIED"] | None = None
    yes: Next = None
    no: Next = None


class Path(_Part):
    """One way out of a split."""

    share: Share
    """Percent; those of all paths make 100."""
    next: Next = None


class Split(_Step):
    """随机分流: by chance, always the same way for the same customer."""

    type: Literal["SPLIT"]
    paths: list[Path] = Field(min_length=2, max_length=MOST_PATHS)


class Holdout(_Step):
    """保留对照: ``share`` percent go no further, so that the goal can be compared."""

    type: Literal["HOLDOUT"]
    share: Annotated[int, Field(ge=1, le=50)]
    next: Next = None


class SendMessage(_Step):
    """消息: the newest approved version of a template; the gate decides when it is due."""

    type: Literal["MESSAGE"]
    template: int
    otherwise: int | None = None
    """否则用: the text of another channel for whom the first did not reach (``services/next_channel.py``)."""
    next: Next = None


class ManagerTask(_Step):
    """客户经理待办: a reason to contact the customer, on the manager's list of the next night."""

    type: Literal["TASK"]
    title: str = Field(min_length=1, max_length=40)
    script: str = Field(default="", max_length=120)
    days: int = Field(default=7, ge=1, le=60)
    """It stands for so many days."""
    priority: int = Field(default=2, ge=1, le=3)
    next: Next = None


class ChangeTag(_Step):
    """标签变更: gives or takes a tag that people may set."""

    type: Literal["TAG"]
    tag: int
    add: bool = True
    next: Next = None


class ChangeField(_Step):
    """改字段: writes down a value of one of the bank's own fields, as its kind has it; null: nobody has said which yet."""

    type: Literal["FIELD"]
    field: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,30}$")]
    value: (
        Annotated[str, Field(max_length=200)]
        | bool
        | float
        | Annotated[list[Option], Field(max_length=50)]
        | None
    ) = None
    next: Next = None


Step = Annotated[
    Wait
    | WorkTime
    | Await
    | Condition
    | Split
    | Holdout
    | SendMessage
    | ManagerTask
    | ChangeTag
    | ChangeField,
    Field(discriminator="type"),
]
WAITS = (Wait, WorkTime, Await)
"""Steps at which customers stand; all others are passed at once."""


class Definition(_Part):
    """A whole journey. ``start``: the first step."""

    trigger: Trigger
    start: Next = None
    steps: list[Step] = Field(default=[], max_length=MOST_STEPS)
    goal: Goal | None = None


def segments_of(definition: Definition) -> set[str]:
    """The segments that a journey names: of its trigger, its goal, and what its steps ask or await."""
    named = [definition.trigger.segment, definition.goal.segment if definition.goal else None]
    named += [step.segment for step in definition.steps if isinstance(step, Await | Condition)]
    return {code for code in named if code}


def exits(step: Step) -> Iterator[tuple[str, Next]]:
    """The ways out of a step, each by its name: ``next``; ``yes`` and ``no``; ``0``, ``1`` and so on of a split."""
    if isinstance(step, Split):
        for n, path in enumerate(step.paths):
            yield f"{n}", path.next
    elif isinstance(step, Await | Condition):
        yield "yes", step.yes
        yield "no", step.no
    else:
        yield "next", step.next
