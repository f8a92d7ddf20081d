"""高息揽储: which rules speak of what customers have with the bank or bring to it. Points may not hang on that.

What a figure is made of the segments' lineage says (``segments/ready/sources.yaml``): what is worked out of balances speaks of
deposits, so do tiers and stages, which follow from them. Products bought or held count too by their amount, and so does opening
a time deposit. What people tag or list by hand no rule tells; those who approve a mission read the segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from yinke.care.events.registry import EVENT_TYPES
from yinke.segments.custom import custom_fields
from yinke.segments.definitions import in_use, meant
from yinke.segments.ready.lineage import event_sources, figures
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules.fields import Field, known_field, tables
from yinke.segments.rules.language import (
    Behaviour,
    Compare,
    Doing,
    Filter,
    InSegment,
    Leaf,
    Other,
    Peer,
    Rule,
    Sequence,
    leaves,
)

OWED = frozenset({"lum"})
"""Money that customers owe: nothing of theirs is with the bank."""
OPENED = frozenset(
    {
        "has_time",
        "account.category",
        "account.term_months",
        "account.rate",
        "account.maturity",
        "account.auto_renew",
    }
)
"""What tells of a time deposit, whatever its amount."""


def deposit_events() -> frozenset[str]:
    """Events of the night by which no points may be earned: found in balances, or of money that comes in."""
    of_balances = {code for code, made_of in event_sources().items() if "balance" in made_of}
    matures = {code for code, kind in EVENT_TYPES.items() if kind.family in ("MATURITY", "FLOW")}
    return frozenset(of_balances | matures)


def deposits_of_segments() -> dict[str, list[str]]:
    """By segment in use, the fields by which its rule speaks of deposits; only those that do."""
    rules = {code: one.rule for code, one in meant(in_use()).items()}
    custom = custom_fields()
    found = {code: sorted(deposit_fields(rule, rules, custom)) for code, rule in rules.items() if rule}
    return {code: told for code, told in found.items() if told}


def deposit_fields(raw: Any, segments: Mapping[str, Any], custom: Mapping[str, Field]) -> set[str]:
    """The fields by which a rule, itself or through other segments and ready tags, speaks of deposits.

    Args:
        raw: the rule as JSON. ``segments``: rules by code, likewise. ``custom``: the bank's own fields by name.

    >>> def asked(field, **more):
    ...     return {"where": {"type": "compare", "field": field, "op": "ge", "value": 1, **more}}
    >>> deposit_fields(asked("aum"), {}, {}), deposit_fields(asked("open_accounts"), {}, {})
    ({'aum'}, set())
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [raw]
    while waiting:
        try:
            rule = Rule.model_validate(waiting.pop())
        except ValidationError:  # of an older version: it can't be evaluated, and finds nobody
            continue
        for _, leaf in leaves(rule):
            if isinstance(leaf, InSegment):
                if leaf.segment not in seen and segments.get(leaf.segment):
                    seen.add(leaf.segment)
                    waiting.append(segments[leaf.segment])
            elif isinstance(leaf, Compare) and leaf.field == "tag":
                for code in leaf.value if isinstance(leaf.value, list) else []:
                    tag = ready_tags().get(str(code))
                    if tag is not None and f"tag:{code}" not in seen:
                        seen.add(f"tag:{code}")
                        waiting.append(tag.rule.model_dump(mode="json"))
            else:
                found |= {name for name in _asked(leaf) if _of_deposits(name, custom)}
    return found


def _asked(leaf: Leaf) -> Iterator[str]:
    """Names of what is asked: a field, or a table with its column."""
    if isinstance(leaf, Compare):
        yield leaf.field
        if isinstance(leaf.value, Other):
            yield leaf.value.field
    elif isinstance(leaf, Peer):
        yield leaf.field
    elif isinstance(leaf, Behaviour):
        yield from _rows(leaf, leaf.column)
    elif isinstance(leaf, Sequence):
        yield from _rows(leaf.first, None)
        yield from _rows(leaf.then, None)


def _rows(doing: Doing | Behaviour, column: str | None) -> Iterator[str]:
    if doing.table == "events":
        kinds = [one for f in doing.filters if f.field == "type" for one in _values(f)]
        # of no kind: of all, the forbidden ones among them
        if not kinds or deposit_events() & set(kinds):
            yield "events"
        return
    if doing.table == "transaction" and _only(doing.filters, "direction", "OUT"):
        return  # spending, by however much, brings nothing to the bank
    if column is not None:
        yield f"{doing.table}.{column}"
    for asked in doing.filters:
        if not (asked.field == "category" and _values(asked) == ["DEMAND"]):
            yield f"{doing.table}.{asked.field}"
        if isinstance(asked.value, Other):
            yield f"{doing.table}.{asked.value.field}"


def _values(asked: Filter) -> list[str]:
    if asked.op not in ("eq", "in"):
        return []
    return [str(one) for one in (asked.value if isinstance(asked.value, list) else [asked.value])]


def _only(filters: list[Filter], field: str, value: str) -> bool:
    return any(_values(f) == [value] for f in filters if f.field == field)


def _of_deposits(name: str, custom: Mapping[str, Field]) -> bool:
    if name in OPENED or name == "events":
        return True
    table, _, column = name.partition(".")
    if table in tables():
        known = tables()[table].columns.get(column)
        return known is not None and known.kind == "money" and table not in ("loan", "card")
    field = known_field(name, custom)
    if field is None or name in OWED:
        return False
    made_of = figures().get(re.sub(r"_m\d+$", "_m#", name), ())
    return field.kind == "money" or "balance" in made_of
