"""Why a customer is in, or not: each condition of a rule with the customer's own value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from yinke.segments.rules.compile import Answer, Compiler, Needs
from yinke.segments.rules.custom import is_custom
from yinke.segments.rules.fields import fields
from yinke.segments.rules.gather import gather
from yinke.segments.rules.language import (
    At,
    Behaviour,
    Compare,
    Condition,
    InSegment,
    Peer,
    Rule,
    Sequence,
    children,
)  # fmt: skip
from yinke.segments.rules.sentence import Names, measured, sentence
from yinke.segments.rules.world import World

State = Literal["met", "not_met", "unknown"]


@dataclass(frozen=True)
class Reason:
    """One condition, said in words, and how the customer stands to it.

    ``kind``: of ``value``: money, int, date, ...; '' if there is none to show. ``on``: the date it was asked of.
    """

    place: str
    zh: str
    en: str
    state: State
    kind: str
    value: Decimal | int | date | str | bool | None
    on: date


@dataclass(frozen=True)
class Explained:
    """Whether the rule holds, and of each condition why."""

    holds: bool
    reasons: tuple[Reason, ...]


def explain(
    world: World, rule: Rule, cust_id: int, names: Names, custom: Mapping[str, Any] | None = None
) -> Explained | None:
    """Explain a checked rule of one customer; None if the day's snapshot has no such customer.

    Args:
        custom: what the bank's own fields say of the customer, by their names in rules; unknown ones left out.
    """
    own = custom or {}
    needs, found = Needs(), []
    compiler = Compiler(world, needs)
    whole = compiler.condition(rule.where, world.day.biz_date)
    waiting: list[tuple[str, Condition, date]] = [("/where", rule.where, world.day.biz_date)]
    while waiting:
        place, c, today = waiting.pop()
        if isinstance(c, Compare | Behaviour | Sequence | Peer | InSegment):
            found.append((place, c, today, compiler.condition(c, today), _shown(needs, c, today)))
            continue
        then = compiler.then(c.on, today) if isinstance(c, At) else today
        waiting += [(place + below, child, then) for below, child in reversed(children(c))]
    rows = gather(world, needs).filter(lambda t: t.cust_id == cust_id)
    columns: dict[str, Any] = {"whole": whole(rows)}
    for n, (_, _, _, holds, shown) in enumerate(found):
        columns[f"holds_{n}"] = holds(rows)
        if shown:
            columns[f"value_{n}"] = rows[shown]
    got = world.engine.to_arrow(rows.select(**columns)).to_pylist()
    if not got:
        return None
    reasons = tuple(_reason(n, part, got[0], names, own) for n, part in enumerate(found))
    return Explained(bool(got[0]["whole"]), reasons)


Part = tuple[str, Compare | Behaviour | Sequence | Peer | InSegment, date, Answer, str | None]


def _shown(needs: Needs, c: Condition, today: date) -> str | None:
    """The column that holds the customer's value, if one does."""
    if isinstance(c, Behaviour):
        return needs.counted(today, c)
    if isinstance(c, Peer):
        return needs.column(today, "snapshot", c.field)
    if isinstance(c, Compare) and not is_custom(c.field):
        known = fields()[c.field]
        if known.source != "own":
            return needs.column(today, known.source, known.name)
        own = {"age": "birth_date", "tenure_months": "open_date"}.get(c.field)
        return needs.column(today, "snapshot", own) if own else None
    return None


def _reason(n: int, part: Part, got: dict[str, Any], names: Names, custom: Mapping[str, Any]) -> Reason:
    place, c, today, _, shown = part
    value, kind = got.get(f"value_{n}"), ""
    if isinstance(c, Behaviour):
        kind = measured(c).kind
        if kind == "money" and isinstance(value, Decimal):
            value = round(value, 2)
    elif isinstance(c, Compare | Peer):
        kind = names.field(c.field).kind
        value = custom.get(c.field) if is_custom(c.field) else value
        if value is not None and c.field in ("age", "tenure_months"):
            months = (today.year - value.year) * 12 + today.month - value.month - (value.day > today.day)
            value = months // 12 if c.field == "age" else months
    else:
        kind = ""
    asks_known = isinstance(c, Compare) and c.op in ("is_known", "is_unknown")
    shows = shown is not None or (isinstance(c, Compare) and is_custom(c.field))
    unknown = shows and value is None and not asks_known
    state: State = "met" if got[f"holds_{n}"] else "unknown" if unknown else "not_met"
    alone = Rule(where=c)
    return Reason(
        place,
        sentence(alone, "zh", names),
        sentence(alone, "en", names),
        state,
        kind if shows else "",
        value,
        today,
    )
