"""任务与权益方案: what a mission or a reward is, as one document; its digest is what an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from yinke.common.schema import Schema

Often = Literal["ONCE", "DAY", "MONTH"]
"""How often a customer may earn a mission's points."""
Counted = Literal["SEGMENT", "EVENT", "HAND"]
"""What counts: entering a segment, an event of the customer's, or what staff have seen and say."""
SegmentCode = Annotated[str, Field(max_length=40)]
LONGEST = 366
"""Days from the first day of a window to its last: what was approved is looked at anew each year."""


class MissionCounts(Schema):
    """What counts as done. ``segment``: entering it, of SEGMENT; ``event``: its code (E07, U001, ...), of EVENT."""

    type: Counted = "SEGMENT"
    segment: SegmentCode = ""
    event: str = Field(default="", max_length=4)


class MissionPlan(Schema):
    """What a mission is. Dates are business dates."""

    about: str = Field(default="", max_length=500)
    """What the customer is told: what to do, what it earns."""
    segment: SegmentCode = ""
    """The audience: who is in it when it counts."""
    counts: MissionCounts = MissionCounts()
    points: int = Field(default=100, ge=1, le=1_000_000)
    """Each time."""
    often: Often = "ONCE"
    budget: int = Field(default=0, ge=0, le=10**12)
    """Points in all."""
    starts_on: date
    ends_on: date
    """Its last day."""


class RewardPlan(Schema):
    """What a reward is. Dates are of Asia/Shanghai."""

    about: str = Field(default="", max_length=500)
    points: int = Field(default=100, ge=1, le=1_000_000_000)
    stock: int = Field(default=0, ge=0, le=10**9)
    """Pieces in all."""
    value: Decimal = Field(default=Decimal(0), ge=0, max_digits=10, decimal_places=2)
    """What a piece is worth, in CNY."""
    starts_on: date
    ends_on: date


class PointsFault(Schema):
    """What stands against a plan: the field, a code, what it is about."""

    field: str
    code: str
    about: str = ""


@dataclass(frozen=True)
class Known:
    """What a plan is held against.

    ``approachable``: segments approved for outreach; ``enterable``: those of them that each night finds by a rule, so that it is
    known who enters; ``deposits``: by segment, the fields by which its rule speaks of what customers have with the bank; so
    ``deposit_events`` by event. ``values``: thresholds in force.
    """

    approachable: frozenset[str]
    enterable: frozenset[str]
    deposits: Mapping[str, Sequence[str]]
    events: frozenset[str]
    deposit_events: frozenset[str]
    values: Mapping[str, Any]


def mission_faults(name: str, plan: MissionPlan, known: Known, today: date) -> list[PointsFault]:
    """Everything that keeps a mission from being submitted, in the order of the form.

    高息揽储 is forbidden (中华人民共和国商业银行法 art. 47; 银保监办发〔2018〕48号): no points for having, or bringing, so and so much money.
    Neither may what counts speak of it, nor the audience.
    """
    found = [*_named(name, plan.about, known)]
    if plan.segment not in known.approachable:
        found.append(_fault("segment", "NOT_APPROACHABLE" if plan.segment else "NO_SEGMENT", plan.segment))
    elif told := known.deposits.get(plan.segment):
        found.append(_fault("segment", "DEPOSIT_FOR_GIFT", "、".join(told)))
    counts = plan.counts
    if counts.type == "SEGMENT":
        if counts.segment not in known.enterable:
            found.append(
                _fault("counts", "NOT_ENTERABLE" if counts.segment else "NOTHING_COUNTS", counts.segment)
            )
        elif told := known.deposits.get(counts.segment):
            found.append(_fault("counts", "DEPOSIT_FOR_GIFT", "、".join(told)))
    elif counts.type == "EVENT":
        if counts.event not in known.events:
            found.append(
                _fault("counts", "NO_SUCH_EVENT" if counts.event else "NOTHING_COUNTS", counts.event)
            )
        elif counts.event in known.deposit_events:
            found.append(_fault("counts", "DEPOSIT_FOR_GIFT", counts.event))
    if plan.budget < plan.points:
        found.append(_fault("budget", "BUDGET_SMALL", f"{plan.points}"))
    return [*found, *_window(plan.starts_on, plan.ends_on, today)]


def reward_faults(name: str, plan: RewardPlan, known: Known, today: date) -> list[PointsFault]:
    """Everything that keeps a reward from being submitted, in the order of the form."""
    found = [*_named(name, plan.about, known)]
    dearest = Decimal(str(known.values["points.reward_value"]))
    if plan.value <= 0:
        found.append(_fault("value", "NO_VALUE"))
    elif plan.value > dearest:
        found.append(_fault("value", "TOO_DEAR", f"{dearest.normalize():f}"))
    if plan.stock < 1:
        found.append(_fault("stock", "NO_STOCK"))
    return [*found, *_window(plan.starts_on, plan.ends_on, today)]


def _named(name: str, about: str, known: Known) -> Iterator[PointsFault]:
    if not name:
        yield _fault("name", "NO_NAME")
    for word in known.values["outreach.banned_words"]:
        for field, text in (("name", name), ("about", about)):
            if word in text:
                yield _fault(field, "BANNED_WORD", word)


def _window(first: date, last: date, today: date) -> Iterator[PointsFault]:
    if last < first:
        yield _fault("window", "WINDOW_BACKWARDS")
    elif last < today:
        yield _fault("window", "WINDOW_OVER")
    elif (last - first).days > LONGEST:
        yield _fault("window", "TOO_LONG", f"{LONGEST}")


def _fault(field: str, code: str, about: str = "") -> PointsFault:
    return PointsFault(field=field, code=code, about=about)


def digest(kind: str, name: str, plan: MissionPlan | RewardPlan) -> str:
    """SHA-256 of everything that is approved: what it is, its name, its plan."""
    bound = {"kind": kind, "name": name, "plan": plan.model_dump(mode="json")}
    return hashlib.sha256(
        json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def period(often: Often, on: date) -> str:
    """Within which a customer earns a mission's points once.

    >>> period("ONCE", date(2026, 10, 31)), period("DAY", date(2026, 10, 31)), period("MONTH", date(2026, 10, 31))
    ('', '2026-10-31', '2026-10')
    """
    return {"ONCE": "", "DAY": f"{on}", "MONTH": f"{on:%Y-%m}"}[often]


def good_until(earned_on: date, months: int) -> date:
    """The last day of points: the end of the month so many months after the one in which they were earned.

    >>> good_until(date(2026, 10, 31), 24), good_until(date(2026, 11, 2), 1)
    (datetime.date(2028, 10, 31), datetime.date(2026, 12, 31))
    """
    number = earned_on.year * 12 + earned_on.month + months  # the month after, counted from 0
    return date(number // 12, number % 12 + 1, 1) - date.resolution
