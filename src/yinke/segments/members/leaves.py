"""Rules as they are put together of their conditions, each of which is asked once however many rules share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from yinke.segments.members.columns import Bits, Test, Versus, count_test, test_of, versus_of
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.compile import Compiler, Needs
from yinke.segments.rules.custom import is_custom, mark_of
from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    Condition,
    InSegment,
    Not,
    Peer,
    Sequence,
)  # fmt: skip
from yinke.segments.rules.world import World


@dataclass(frozen=True)
class Stored:
    """A column of the snapshot, or of ``customer``, of a day."""

    day: date
    table: str
    name: str


@dataclass(frozen=True)
class Counted:
    """What a behaviour counts or sums, whatever it is compared with."""

    day: date
    said: str
    asked: Behaviour = field(compare=False)


Source: TypeAlias = Stored | Counted


@dataclass(frozen=True)
class Compared:
    """A test of one column."""

    source: Source
    test: Test


@dataclass(frozen=True)
class Paired:
    """One column against another."""

    mine: Source
    theirs: Source
    versus: Versus


@dataclass(frozen=True)
class Computed:
    """What only the engine answers: a birthday, a text within a text, the greatest of some rows."""

    day: date
    said: str
    asked: Condition = field(compare=False)


@dataclass(frozen=True)
class Followed:
    """One thing and then another."""

    day: date
    said: str
    asked: Sequence = field(compare=False)


@dataclass(frozen=True)
class Ranked:
    """A place among peers."""

    day: date
    said: str
    asked: Peer = field(compare=False)


@dataclass(frozen=True)
class Marked:
    """What stands in PostgreSQL: ``tag:12``, ``consent:MARKETING_SMS``, ``segment:vip``, ``custom:[...]``."""

    mark: str


Leaf: TypeAlias = Compared | Paired | Computed | Followed | Ranked | Marked
Node: TypeAlias = tuple[Literal["all", "any"], tuple["Node", ...]] | tuple[Literal["not"], "Node"] | Leaf


class Planner:
    """Takes rules apart, as they stand in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._inner: dict[tuple[date, str], Node] = {}

    def node(self, asked: Condition, today: date) -> Node:
        """A condition as it is put together."""
        if isinstance(asked, All):
            return ("all", tuple(self.node(one, today) for one in asked.of))
        if isinstance(asked, AnyOf):
            return ("any", tuple(self.node(one, today) for one in asked.of))
        if isinstance(asked, Not):
            return ("not", self.node(asked.of, today))
        if isinstance(asked, At):
            return self.node(asked.of, Compiler(self._world, Needs()).then(asked.on, today))
        if isinstance(asked, InSegment):
            rule, key = self._world.segments[asked.segment], (today, asked.segment)
            if rule is None:
                return Marked(f"segment:{asked.segment}")
            if key not in self._inner:
                self._inner[key] = self.node(rule.where, today)
            return self._inner[key]
        if isinstance(asked, Compare) and is_custom(asked.field):
            mark, has = mark_of(asked, today)
            return Marked(mark) if has else ("not", Marked(mark))
        if isinstance(asked, Compare) and asked.op in ("has_any", "has_all"):
            wanted = asked.value if isinstance(asked.value, list) else [asked.value]
            parts = tuple(self._has(asked.field, str(one), today) for one in wanted)
            return ("all" if asked.op == "has_all" else "any", parts)
        return self._leaf(asked, today)

    def _has(self, name: str, code: str, today: date) -> Node:
        """A ready tag is asked as its rule; the rest stands in PostgreSQL."""
        ready = ready_tags().get(code) if name == "tag" else None
        return self.node(ready.rule.where, today) if ready is not None else Marked(f"{name}:{code}")

    def _leaf(self, asked: Compare | Behaviour | Sequence | Peer, today: date) -> Leaf:
        if isinstance(asked, Peer):
            return Ranked(today, asked.model_dump_json(), asked)
        if isinstance(asked, Sequence):
            return Followed(today, asked.model_dump_json(), asked)
        if isinstance(asked, Behaviour):
            if test := count_test(asked, today):
                said = asked.model_dump_json(exclude={"op", "value"})
                return Compared(Counted(today, said, asked), test)
        elif found := test_of(asked, today, self._world):
            table, name, test = found
            return Compared(Stored(today, table, name), test)
        elif pair := versus_of(asked):
            mine, theirs = (Stored(today, one.source, one.name) for one in pair[:2])
            return Paired(mine, theirs, pair[2])
        return Computed(today, asked.model_dump_json(), asked)


def leaves_of(node: Node) -> Iterator[Leaf]:
    """All conditions of a rule; one may come several times."""
    if not isinstance(node, tuple):
        yield node
    elif node[0] == "not":
        yield from leaves_of(node[1])
    else:
        for one in node[1]:
            yield from leaves_of(one)


def joined(node: Node, of: Callable[[Leaf], Bits], there: Bits) -> Bits:
    """Of whom a rule is true; bits of numbers that nobody has may be anything.

    Args:
        of: of whom a condition is true.
        there: the numbers that somebody has.
    """
    if not isinstance(node, tuple):
        return of(node)
    if node[0] == "not":
        return ~joined(node[1], of, there)
    if not node[1]:
        return there if node[0] == "all" else there & ~there
    first, *rest = node[1]
    found = joined(first, of, there)
    for one in rest:
        other = joined(one, of, there)
        found = found & other if node[0] == "all" else found | other
    return found
