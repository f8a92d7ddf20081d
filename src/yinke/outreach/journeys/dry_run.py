"""试运行: what would become of real customers, step by step, if nothing happened meanwhile: nothing is written or sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pyroaring import BitMap

from yinke.outreach.journeys.definition import ChangeField, ChangeTag, Definition, ManagerTask, SendMessage
from yinke.outreach.journeys.engine import ENTERING, Deeds, World, advance, plan_of

AHEAD = timedelta(days=366)
"""So far ahead a way is followed."""
MOST_HOPS = 200


@dataclass(frozen=True)
class Passed:
    """A step, when he gets there, and the way out by which he leaves."""

    step: str
    at: datetime
    out: str


@dataclass
class Way:
    """One customer's way. ``end``: DONE, GOAL, HELD_OUT; CUT: it goes on beyond a year."""

    steps: list[Passed] = field(default_factory=list)
    end: str = "CUT"


class NoDeeds(Deeds):
    """Nothing is done; every text would be asked for, every field filled in."""

    def message(self, step: SendMessage, whom: BitMap) -> BitMap:
        """As ``Deeds``."""
        return whom

    def task(self, step: ManagerTask, whom: BitMap) -> None:
        """As ``Deeds``."""

    def tag(self, step: ChangeTag, whom: BitMap) -> None:
        """As ``Deeds``."""

    def fill(self, step: ChangeField, whom: BitMap) -> BitMap:
        """As ``Deeds``."""
        return whom


@dataclass
class Meanwhile(World):
    """The bank as it is today, at a later moment: segments as now; messages have been delivered and not answered."""

    bank: World
    now: datetime

    @property
    def hours(self) -> tuple[int, int]:
        """As ``World``."""
        return self.bank.hours

    def inside(self, segment: str, whom: BitMap) -> BitMap:
        """As ``World``."""
        return self.bank.inside(segment, whom)

    def came(self, step: str, what: str, whom: BitMap) -> BitMap:
        """As ``World``."""
        return BitMap() if what == "REPLIED" else whom


def way_of(customer: int, definition: Definition, seed: str, bank: World) -> Way:
    """Follow one customer from entering now: what he awaits does not come, unless he is in the segment already."""
    way, plan = Way(), plan_of(definition, seed)
    if definition.goal and bank.inside(definition.goal.segment, BitMap([customer])):
        return replace(way, end="GOAL")
    now, standing, heard = bank.now, ENTERING, False
    for _ in range(MOST_HOPS):
        world = Meanwhile(bank, now)
        (placed,) = advance(plan, {(standing, heard): BitMap([customer])}, world, NoDeeds())
        for passed in placed.flow.path:
            step, _, out = passed.partition(":")
            at = way.steps.pop().at if way.steps and way.steps[-1].out == "" else now
            way.steps.append(Passed(step, at, out))
        if placed.step is None:
            way.end = placed.state
            return way
        way.steps.append(Passed(placed.step, now, ""))
        standing, heard = placed.step, placed.heard
        now = max(placed.due_at or now, now + timedelta(seconds=1))
        if now > bank.now + AHEAD:
            return way
    return way
