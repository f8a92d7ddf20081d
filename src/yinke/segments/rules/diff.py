"""What differs between two rules: conditions added, removed, changed, each at its place in the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from yinke.segments.rules.language import (
    All,
    AnyOf,
    At,
    Behaviour,
    Compare,
    Condition,
    Not,
    Peer,
    Rule,
    children,
)

Kind = Literal["added", "removed", "changed", "joined"]


@dataclass(frozen=True)
class Change:
    """One difference. Places are JSON pointers, '' where there is none.

    ``joined``: the same conditions are joined by "and" instead of "or", or the other way around.
    """

    kind: Kind
    place_before: str
    place_after: str
    before: Condition | None
    after: Condition | None


def diff(before: Rule, after: Rule) -> list[Change]:
    """The changes in the order of the newer rule, what was removed last.

    >>> old = Rule(where=Compare(field="aum", op="ge", value=5))
    >>> new = Rule(where=All(of=[Compare(field="aum", op="ge", value=6), Compare(field="tier", op="eq", value=3)]))
    >>> [(c.kind, c.place_before, c.place_after) for c in diff(old, new)]
    [('changed', '/where', '/where/of/0'), ('added', '', '/where/of/1')]
    """
    return list(_between("/where", before.where, "/where", after.where))


def _between(was_at: str, was: Condition, now_at: str, now: Condition) -> Iterator[Change]:
    if was == now:
        return
    if isinstance(was, All | AnyOf) and isinstance(now, All | AnyOf):
        if type(was) is not type(now):
            yield Change("joined", was_at, now_at, was, now)
        yield from _lists(_parts(was_at, was), _parts(now_at, now))
    elif isinstance(now, All | AnyOf):  # one condition became several
        yield from _lists([(was_at, was)], _parts(now_at, now))
    elif isinstance(was, All | AnyOf):
        yield from _lists(_parts(was_at, was), [(now_at, now)])
    elif (isinstance(was, Not) and isinstance(now, Not)) or (
        isinstance(was, At) and isinstance(now, At) and was.on == now.on
    ):
        yield from _between(f"{was_at}/of", was.of, f"{now_at}/of", now.of)
    elif _subject(was) == _subject(now):
        yield Change("changed", was_at, now_at, was, now)
    else:
        yield Change("added", "", now_at, None, now)
        yield Change("removed", was_at, "", was, None)


Placed = tuple[str, Condition]


def _parts(at: str, group: Condition) -> list[Placed]:
    return [(at + below, child) for below, child in children(group)]


def _lists(was: Sequence[Placed], now: Sequence[Placed]) -> Iterator[Change]:
    """Equal ones are the same; of the rest, those that ask about the same thing, in their order."""
    left = list(was)
    rest: list[Placed] = []
    for placed in now:
        same = next((one for one in left if one[1] == placed[1]), None)
        if same:
            left.remove(same)
        else:
            rest.append(placed)
    for at, one in rest:
        like = next((each for each in left if _subject(each[1]) == _subject(one)), None)
        if like is None:
            yield Change("added", "", at, None, one)
        else:
            left.remove(like)
            yield from _between(*like, at, one)
    for at, one in left:
        yield Change("removed", at, "", one, None)


def _subject(condition: Condition) -> tuple[str, ...]:
    """What a condition is about, whatever it compares with."""
    if isinstance(condition, All | AnyOf):
        return ("group",)
    if isinstance(condition, Compare | Peer):
        return (condition.type, condition.field)
    if isinstance(condition, Behaviour):
        return (condition.type, condition.table)
    if isinstance(condition, Not):
        return ("not", *_subject(condition.of))
    return (condition.type,)
