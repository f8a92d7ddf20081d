"""From what a detector found to rows of ``events``: keys, priorities, expiry dates and facts as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis

from yinke.care.events.night import Night, add_days
from yinke.lake.engine import Table

OBJECT_LENGTH = 60
"""Longer objects are cut: the key must fit its column."""


@dataclass(frozen=True)
class Found:
    """Customers to whom an event happened: expressions over ``rows``, one row each.

    ``object`` and ``cycle`` make the event's key: the same on each night on which the same thing stands.
    ``facts`` are what the sentence needs. ``due`` is the date from which expiry counts if the event type
    says so. ``days`` replaces the type's number of days to expiry.
    """

    rows: Table
    facts: Mapping[str, Any]
    object: Any = ""
    cycle: Any = ""
    amount: Any = None
    urgent: Any = False
    due: Any = None
    days: int | None = None
    episode: bool = False
    """A state that may stand for long: it keeps the key of the night on which it began."""


@dataclass(frozen=True)
class EventType:
    """One kind of event of the bank's event list (事件清单).

    ``priority`` 1 is for today, 2 within two days, 3 within seven; ``urgent`` is the priority of the rows
    that its detector calls urgent. It expires ``<code>.expire_days`` after ``expires``: the night that
    raised it (TRIGGER), the date that it is about (DUE), or with the month (MONTH_END).
    """

    code: str
    family: str
    priority: int
    expires: Literal["TRIGGER", "DUE", "MONTH_END"]
    detect: Callable[[Night], Iterator[Found]]
    reads: tuple[str, ...]
    """Tables that it looks at; ``<name>_before`` is the day before's, ``log_<code>`` the channel log of some days."""
    urgent: int = 1


def event_rows(kind: EventType, found: Found, night: Night) -> Table:
    """The rows of ``events`` (columns ``EVENTS``) for what was found."""
    rows = found.rows
    object_ = _text(found.object)[:OBJECT_LENGTH]
    key = _joined([f"{kind.code}|", rows.cust_id.cast("string"), "|", object_, "|", _text(found.cycle)])
    if isinstance(found.urgent, bool):
        priority = ibis.literal(kind.urgent if found.urgent else kind.priority)
    else:
        priority = ibis.ifelse(found.urgent.fill_null(False), kind.urgent, kind.priority)
    table = rows.select(
        dedup_key=key,
        type=ibis.literal(kind.code),
        cust_id=rows.cust_id,
        biz_date=night.today,
        object=ibis.literal(object_) if isinstance(object_, str) else object_,
        priority=priority.cast("int32"),
        expire_on=_expire_on(kind, found, night),
        amount=(ibis.null() if found.amount is None else found.amount).cast("decimal(18,2)"),
        payload=json_object(found.facts),
    )
    return _with_begun_keys(table, kind, night) if found.episode else table


def _expire_on(kind: EventType, found: Found, night: Night) -> Any:
    if kind.expires == "MONTH_END":
        return night.scalar("month_end")
    days = int(night.values[f"{kind.code}.expire_days"]) if found.days is None else found.days
    return add_days(found.due if kind.expires == "DUE" else night.today, days)


def _with_begun_keys(table: Table, kind: EventType, night: Night) -> Table:
    before = night["events_before"]
    stood = before.filter(before.type == kind.code).select(who="cust_id", what="object", begun="dedup_key")
    table = table.view()  # the join must not be chained onto the detector's own joins
    joined = table.left_join(stood, [table.cust_id == stood.who, table.object == stood.what])
    return joined.select(
        dedup_key=ibis.coalesce(joined.begun, joined.dedup_key),
        **{name: joined[name] for name in table.columns if name != "dedup_key"},
    )


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return ibis.coalesce(value.cast("string"), "")


def json_object(facts: Mapping[str, Any]) -> Any:
    """A JSON object as text, built alike by both engines; valid whatever the texts hold.

    Money is written as a string, a date as YYYY-MM-DD, what is missing as null; control characters become
    blanks.
    """
    parts = ["{"]
    for name, value in facts.items():
        parts += ["" if parts == ["{"] else ",", f'"{name}":', _json(value)]
    return _joined([*parts, "}"])


def _joined(parts: Sequence[Any]) -> Any:
    """One text of constant and computed parts; what is constant is joined here, not row by row."""
    joined: list[Any] = []
    for part in parts:
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return ibis.literal("").join([ibis.literal(p) if isinstance(p, str) else p for p in joined])


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value, ensure_ascii=False)
    kind = value.type()
    if kind.is_boolean():
        return ibis.cases((value, "true"), (~value, "false"), else_="null")
    written = value.cast("string")
    if kind.is_string():
        safe = value.replace("\\", "\\\\").replace('"', '\\"').re_replace("[\\x00-\\x1f]", " ")
        written = _joined(['"', safe, '"'])
    elif kind.is_decimal() or kind.is_date():
        written = _joined(['"', written, '"'])
    elif not kind.is_integer():
        raise TypeError(f"A fact can't be a {kind}: engines write it differently")
    return value.isnull().ifelse("null", written)  # joining texts passes over nulls, so ask the value
