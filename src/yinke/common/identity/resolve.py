"""From pairs to persons: what surely belongs together becomes one, and what people keep apart stays apart.

A function of the set of its inputs: their order does not matter, twice is once, and taking a decision back gives
exactly what was before. A person's number is the least of its customers' numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SAME = "SAME"
"""The rule of an edge that a person drew."""
_RANK = {SAME: 0, "K1": 1, "K1H": 2, "K2": 3}


class Edge(NamedTuple):
    """Two customers that are one person, by a rule or by a person's word."""

    a: int
    b: int
    rule: str
    score: float


@dataclass(frozen=True)
class Member:
    """A customer of a person of several: whose, and the strongest rule that ties it to another member."""

    one_id: int
    rule: str
    score: float


def resolve(edges: Iterable[Edge], apart: Iterable[tuple[int, int]]) -> Mapping[int, Member]:
    """Group customers into persons.

    Edges join, the strongest first, unless two customers that are kept ``apart`` would meet. Weak links are no
    edges: whoever calls gives only rules that merge.

    Returns:
        The members of persons with two or more customers; whoever is not there is a person alone.

    >>> found = resolve([Edge(1, 2, "K1", 1.0), Edge(2, 3, "K2", 0.96)], [(1, 3)])
    >>> {number: member.one_id for number, member in found.items()}
    {1: 1, 2: 1}
    """
    # Each edge from its lesser to its greater end; of two with the same ends the stronger comes first.
    ordered = sorted(
        {Edge(min(e.a, e.b), max(e.a, e.b), e.rule, e.score) for e in edges if e.a != e.b},
        key=lambda e: (_RANK[e.rule], -e.score, e.a, e.b),
    )
    foes: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        foes[one].add(other)
        foes[other].add(one)
    group: dict[int, list[int]] = {}
    tie: dict[int, Edge] = {}
    for edge in ordered:
        mine, theirs = group.setdefault(edge.a, [edge.a]), group.setdefault(edge.b, [edge.b])
        if mine is not theirs:
            if any(foe in foes[member] for member in mine if member in foes for foe in theirs):
                continue
            if len(mine) < len(theirs):
                mine, theirs = theirs, mine
            mine.extend(theirs)
            for member in theirs:
                group[member] = mine
        tie.setdefault(edge.a, edge)
        tie.setdefault(edge.b, edge)
    persons = {id(members): members for members in group.values() if len(members) > 1}.values()
    return {
        number: Member(members[0], tie[number].rule, tie[number].score)
        for members in sorted(map(sorted, persons)) for number in members
    }  # fmt: skip
