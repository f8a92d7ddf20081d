"""旅程引擎: customers go on in sets. Pure: what a tick needs to know it asks of ``World``, what it does it tells ``Deeds``.

Within a tick each step is passed at most once: customers stand at steps that wait, and go from there along steps that don't,
in an order in which every step comes after all that lead to it (``check.py`` refuses a way round that never waits).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap

from yinke.common.workdays import is_workday
from yinke.outreach.journeys.definition import (
    WAITS,
    Await,
    ChangeField,
    ChangeTag,
    Condition,
    Definition,
    Holdout,
    ManagerTask,
    SendMessage,
    Split,
    Step,
    Wait,
    WorkTime,
    exits,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENTERING = ""
"""Where somebody stands who has just entered."""


class World(Protocol):
    """What a journey may ask of the bank at one moment."""

    now: datetime

    @property
    def hours(self) -> tuple[int, int]:
        """Working hours: the first, and the one that is no longer."""
        ...

    def inside(self, segment: str, whom: BitMap) -> BitMap:
        """Those who are in a segment now."""
        ...

    def came(self, step: str, what: str, whom: BitMap) -> BitMap:
        """Those whose message of an earlier step was SENT, DELIVERED or REPLIED to."""
        ...


class Deeds(Protocol):
    """What a journey does to customers."""

    def message(self, step: SendMessage, whom: BitMap) -> BitMap:
        """Ask for a message; for whom it was: none, if the text is not approved any more."""
        ...

    def task(self, step: ManagerTask, whom: BitMap) -> None:
        """Ask for a task of the manager's."""
        ...

    def tag(self, step: ChangeTag, whom: BitMap) -> None:
        """Give or take a tag."""
        ...

    def fill(self, step: ChangeField, whom: BitMap) -> BitMap:
        """Write down a value of a field; for whom it was: none, if the field is retired or does not take it any more."""
        ...


@dataclass(frozen=True)
class Flow:
    """Customers on the same way: what they passed in this tick, and what a hold-out drew."""

    whom: BitMap
    path: tuple[str, ...] = ()
    held_out: bool | None = None

    def by(self, step: str, out: str, whom: BitMap | None = None) -> Flow:
        """Those of them who left a step by a way out."""
        return replace(self, whom=self.whom if whom is None else whom, path=(*self.path, f"{step}:{out}"))


@dataclass(frozen=True)
class Placed:
    """Where customers of one flow stand after a tick. ``step`` null: it has ended for them, as ``state`` says."""

    flow: Flow
    step: str | None
    state: str = "INSIDE"
    due_at: datetime | None = None
    heard: bool = False


@dataclass(frozen=True)
class Plan:
    """A definition made ready: its steps by id, those that don't wait in the order in which they are passed."""

    definition: Definition
    steps: Mapping[str, Step]
    order: tuple[str, ...]
    seed: str
    """Of its chances: the same customer takes the same way, whatever version."""


def plan_of(definition: Definition, seed: str) -> Plan:
    """Make a definition ready.

    Raises:
        ValueError: it goes round without a wait, or leads to a step that is not there.
    """
    steps = {step.id: step for step in definition.steps}
    order: list[str] = []
    open_ones: set[str] = set()

    def visit(name: str) -> None:
        if name in order or isinstance(steps.get(name), WAITS):
            return
        if name in open_ones or name not in steps:
            raise ValueError(name)
        open_ones.add(name)
        for _, target in exits(steps[name]):
            if target is not None:
                visit(target)
        open_ones.discard(name)
        order.append(name)

    for name in steps:
        visit(name)
    return Plan(definition, steps, tuple(reversed(order)), seed)


def advance(
    plan: Plan, leaving: Mapping[tuple[str, bool], BitMap], world: World, deeds: Deeds
) -> list[Placed]:
    """Let customers who are due leave the steps at which they stand, and go on to where they wait next.

    Args:
        leaving: by the step at which they stand (``ENTERING``, or one that waits) and whether what it awaits has come.

    Returns:
        Where they stand now; each of them once.
    """
    flows: dict[str | None, list[Flow]] = defaultdict(list)
    for (name, heard), whom in leaving.items():
        if name == ENTERING:
            flows[plan.definition.start].append(Flow(whom))
            continue
        step = plan.steps[name]
        out = ("yes" if heard else "no") if isinstance(step, Await) else "next"
        flows[dict(exits(step))[out]].append(Flow(whom).by(name, out))
    for name in plan.order:
        if name in flows:
            arrived = flows.pop(name)
            _pass(plan, plan.steps[name], arrived, flows, world, deeds)
    return [placed for name, arrived in flows.items() for placed in _stand(plan, name, arrived, world)]


HELD_OUT = "#held"
"""Where those held out go; no step can be named so."""


def _pass(
    plan: Plan,
    step: Step,
    arrived: list[Flow],
    flows: dict[str | None, list[Flow]],
    world: World,
    deeds: Deeds,
) -> None:
    everybody = BitMap.union(*(flow.whom for flow in arrived))
    ways = dict(exits(step))

    def go(out: str, whom: BitMap, target: str | None, *, held_out: bool | None = None) -> None:
        for flow in arrived:
            if mine := flow.whom & whom:
                moved = flow.by(step.id, out, mine)
                flows[target].append(moved if held_out is None else replace(moved, held_out=held_out))

    match step:
        case Condition():
            yes = (
                world.inside(step.segment, everybody)
                if step.segment
                else world.came(step.message or "", step.came or "", everybody)
            )
            go("yes", everybody & yes, ways["yes"])
            go("no", everybody - yes, ways["no"])
        case Split():
            bounds = np.cumsum([path.share for path in step.paths])
            for n, whom in enumerate(drawn(plan.seed, step.id, everybody, bounds.tolist())):
                go(f"{n}", whom, ways[f"{n}"])
        case Holdout():
            held, kept = drawn(plan.seed, step.id, everybody, [step.share, 100])
            go("held", held, HELD_OUT, held_out=True)
            go("next", kept, ways["next"], held_out=False)
        case SendMessage():
            asked = deeds.message(step, everybody)
            go("next", asked, ways["next"])
            go("none", everybody - asked, ways["next"])
        case ManagerTask():
            deeds.task(step, everybody)
            go("next", everybody, ways["next"])
        case ChangeTag():
            deeds.tag(step, everybody)
            go("next", everybody, ways["next"])
        case ChangeField():
            filled = deeds.fill(step, everybody)
            go("next", filled, ways["next"])
            go("none", everybody - filled, ways["next"])
        case _:  # those that wait are not in the order
            raise AssertionError(step.type)


def _stand(plan: Plan, name: str | None, arrived: list[Flow], world: World) -> list[Placed]:
    if name is None:
        return [Placed(flow, None, "DONE") for flow in arrived]
    if name == HELD_OUT:
        return [Placed(flow, None, "HELD_OUT") for flow in arrived]
    step, found = plan.steps[name], list[Placed]()
    for flow in arrived:
        match step:
            case Wait():
                found.append(Placed(flow, name, due_at=after(step, world.now)))
            case WorkTime():
                found.append(Placed(flow, name, due_at=work_time(world.now, world.hours)))
            case Await():
                already = world.inside(step.segment, flow.whom) if step.segment else BitMap()
                late = world.now + timedelta(days=step.days)
                for whom, due, heard in ((already, world.now, True), (flow.whom - already, late, False)):
                    if whom:
                        found.append(Placed(replace(flow, whom=whom), name, due_at=due, heard=heard))
    return found


def after(step: Wait, now: datetime) -> datetime:
    """When somebody who comes to a wait now goes on.

    >>> wait = Wait(type="WAIT", id="a", days=1, at_hour=9)
    >>> f"{after(wait, datetime(2026, 11, 2, 21, 30, tzinfo=SHANGHAI)):%m-%d %H:%M}"
    '11-04 09:00'
    """
    due = now + timedelta(days=step.days, hours=step.hours)
    if step.at_hour is None:
        return due
    here = due.astimezone(SHANGHAI)
    at = datetime.combine(here.date(), time(step.at_hour), SHANGHAI)
    return at if at >= here else at + timedelta(days=1)


def work_time(now: datetime, hours: tuple[int, int]) -> datetime:
    """The first moment from now on within the hours of a working day.

    >>> f"{work_time(datetime(2026, 9, 30, 19, 0, tzinfo=SHANGHAI), (9, 18)):%m-%d %H:%M}"
    '10-08 09:00'
    """
    here = now.astimezone(SHANGHAI)
    day = here.date() + timedelta(days=here.hour >= hours[1])
    while not is_workday(day):
        day += timedelta(days=1)
    return max(here, datetime.combine(day, time(hours[0]), SHANGHAI))


@cache
def _salt(seed: str, step: str) -> np.uint64:
    return np.uint64(int.from_bytes(sha256(f"{seed}|{step}".encode()).digest()[:8], "big"))


def drawn(seed: str, step: str, whom: BitMap, bounds: list[int]) -> list[BitMap]:
    """Customers by chance, as many parts as ``bounds`` (percent, ascending, the last 100); always the same for the same customer."""
    ids = numbers(whom)
    mixed = ids.astype(np.uint64) ^ _salt(seed, step)
    with np.errstate(over="ignore"):  # splitmix64 (Steele, Lea and Flood 2014)
        mixed = mixed + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    part = np.searchsorted(np.array(bounds), (mixed % np.uint64(100)).astype(np.int64), side="right")
    return [BitMap(ids[part == n]) for n in range(len(bounds))]


def numbers(whom: BitMap) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Customers' numbers, ascending."""
    return np.frombuffer(whom.to_array(), dtype=np.uint32) if whom else np.empty(0, dtype=np.uint32)
