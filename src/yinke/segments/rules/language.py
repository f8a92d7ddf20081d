"""The rule language, version 1: a tree of conditions as JSON. ``docs/rules.schema.json`` is made from here.

Every condition is true or false of a customer, never a third thing: a comparison with a value that is not known does
not hold, whatever the operator, and ``not`` turns true and false around. So "not logged in within 30 days" holds of
somebody who never logged in, and "AUM other than 0" does not hold of somebody whose AUM is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

VERSION = 1

Unit = Literal["day", "week", "month", "year"]
Period = Literal["week", "month", "quarter", "year"]
Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "between", "in", "not_in", "contains", "under",
    "is_true", "is_false", "is_known", "is_unknown",
    "in_last", "more_than_ago", "in_next", "in_this", "has_any", "has_all",
]  # fmt: skip
Scalar: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Node):
    """A length of time: 30 days, 2 weeks, 3 months (to the same day of the month)."""

    n: Annotated[StrictInt, Field(ge=1, le=36_500)]
    unit: Unit = "day"


class Other(_Node):
    """Another field's value, times a factor, plus an amount: "AUM below 0.7 × AUM 30 days ago"."""

    field: str
    times: StrictInt | StrictFloat = 1
    plus: StrictInt | StrictFloat = 0


Value: TypeAlias = Scalar | list[Scalar] | Span | Other | None


class Filter(_Node):
    """A comparison of one column of a row (a transaction, a login, a deposit)."""

    field: str
    op: Operator
    value: Value = None


class Compare(_Node):
    """字段比较: a field of the customer (one of the bank's own is ``custom.`` and its code), an operator, a value."""

    type: Literal["compare"] = "compare"
    field: str
    op: Operator
    value: Value = None
    unit: Literal["CNY", "WAN", "YI"] | None = None
    """Of money: the value is in 元, 万元 or 亿元; 元 if it says nothing."""


class Doing(_Node):
    """Rows of a journal that all filters fit."""

    table: str
    filters: list[Filter] = []


class Behaviour(_Node):
    """行为: how many rows, how many days with rows, their sum, their greatest, compared with a value.

    A journal (``transaction``, ``payroll``, ``channel_log``, ``events``) needs ``last``: the days that end with the
    business date. What stands at the day's end (``account``, ``holding``, ``loan``, ``card``, ``signup``) has none.
    """

    type: Literal["behaviour"] = "behaviour"
    table: str
    filters: list[Filter] = []
    measure: Literal["count", "days", "sum", "max", "min"] = "count"
    column: str | None = None
    """What is summed, or the greatest or least of which is taken."""
    last: Span | None = None
    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "between"] = "ge"
    value: Value = 1


class Sequence(_Node):
    """先后: in ``last`` days somebody did ``first``, and ``then`` within so many days, the same day included.

    ``happens`` false: and then did not, which is known only once these days are over.
    """

    type: Literal["sequence"] = "sequence"
    first: Doing
    then: Doing
    happens: StrictBool = True
    within: Span
    last: Span


class Peer(_Node):
    """同类比较: among the first or last so many percent of the own outlet, branch, tier or the bank by a field.

    Of a group of n customers with a known value (closed ones aside) the ``percent`` are the first ceil(n·percent/100);
    who ties with the last of them is in.
    """

    type: Literal["peer"] = "peer"
    field: str
    group: Literal["outlet", "branch", "tier", "bank"] = "outlet"
    side: Literal["top", "bottom"] = "top"
    percent: Annotated[StrictInt, Field(ge=1, le=100)]


class InSegment(_Node):
    """客群: a member of another segment."""

    type: Literal["segment"] = "segment"
    segment: str


class At(_Node):
    """时点: what was true of the customer at the end of an earlier date: the lake's newest one up to it."""

    type: Literal["at"] = "at"
    on: date | Span
    """A date, or how long ago."""
    of: Condition


class All(_Node):
    """且: all of them; of none, true."""

    type: Literal["all"] = "all"
    of: list[Condition]


class AnyOf(_Node):
    """或: at least one of them; of none, false."""

    type: Literal["any"] = "any"
    of: list[Condition]


class Not(_Node):
    """非."""

    type: Literal["not"] = "not"
    of: Condition


Condition: TypeAlias = Annotated[
    All | AnyOf | Not | At | Compare | Behaviour | Sequence | Peer | InSegment, Field(discriminator="type")
]
Leaf: TypeAlias = Compare | Behaviour | Sequence | Peer | InSegment


class Rule(_Node):
    """A rule: whom it holds of."""

    version: Literal[1] = 1
    where: Condition


for _model in (At, All, AnyOf, Not, Rule):
    _model.model_rebuild()


def children(condition: Condition) -> list[tuple[str, Condition]]:
    """The conditions within one, each with its place below it."""
    if isinstance(condition, All | AnyOf):
        return [(f"/of/{n}", child) for n, child in enumerate(condition.of)]
    if isinstance(condition, Not | At):
        return [("/of", condition.of)]
    return []


def leaves(rule: Rule) -> Iterator[tuple[str, Leaf]]:
    """Each condition that asks for something, with its JSON pointer, in the order in which it stands."""
    waiting: list[tuple[str, Condition]] = [("/where", rule.where)]
    while waiting:
        place, condition = waiting.pop()
        inner = children(condition)
        if not inner and not isinstance(condition, All | AnyOf | Not | At):
            yield place, condition
        waiting += [(place + below, child) for below, child in reversed(inner)]


def measure(data: Any) -> tuple[int, int]:
    """Of any JSON: how deep conditions stand within each other, and how many there are. Never recurses.

    What only holds others together is none by itself.

    >>> measure({"where": {"type": "not", "of": {"type": "all", "of": [{"type": "compare"}, {"type": "all", "of": []}]}}})
    (3, 2)
    """
    depth = count = 0
    waiting = [(data, 0)]
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, dict):
            level += "type" in value
            count += "type" in value and not (value.get("of") and isinstance(value["of"], dict | list))
            waiting += [(inner, level) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, level) for inner in value]
        depth = max(depth, level)
    return depth, count


def json_schema() -> dict[str, Any]:
    """The published schema (JSON Schema 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rule.model_json_schema(),
        "title": "Yinke rule, version 1",
    }
