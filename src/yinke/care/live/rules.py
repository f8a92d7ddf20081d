"""实时规则: which live events are a reason to act now. Limits and words are those of the night's detectors (``care/events``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from yinke.care.events.registry import EVENT_TYPES
from yinke.care.live.shape import ArrivalEvent, TransactionEvent, day_of
from yinke.care.queries.day import SHANGHAI, today
from yinke.customers.averages import averages
from yinke.customers.models import Metrics

CODES = {"IN": "E03", "OUT": "E04"}


@dataclass(frozen=True)
class Raised:
    """A row of ``incoming`` (see make_tasks): the key is the one with which the night would raise the same."""

    dedup_key: str
    type: str
    customer_id: int
    priority: int
    expire_on: date
    amount: Decimal | None
    payload: dict[str, Any]


@dataclass(frozen=True)
class _Sum:
    """What moved in one direction in one customer's day, net of reversals; ``own``, ``broker``: parts of it."""

    customer_id: int
    day: date
    direction: str
    moved: Decimal
    own: Decimal
    broker: Decimal
    banks: int
    bank: str | None


SUMS = """
WITH asked AS (
    SELECT DISTINCT customer_id, day FROM unnest(%(customers)s::int[], %(days)s::date[]) AS a (customer_id, day)
), moved AS (
    SELECT e.source, e.event_id, e.customer_id, e.day, e.amount, e.facts
    FROM care_liveevent e JOIN asked USING (customer_id, day) WHERE e.kind = 'TRANSACTION' AND e.outcome = 'TAKEN'
), back AS (
    SELECT source, customer_id, day, facts ->> 'reverses' AS event_id, sum(amount) AS amount
    FROM moved WHERE facts ? 'reverses' GROUP BY 1, 2, 3, 4
), net AS (
    SELECT customer_id, day, facts ->> 'direction' AS direction, facts ->> 'kind' AS kind,
        m.amount - COALESCE(b.amount, 0) AS amount, facts ->> 'opp_bank' AS bank, facts ->> 'kind' = 'SECURITIES' AS broker,
        (facts ->> 'own_name')::boolean AND facts ->> 'opp_bank' <> '' AND facts ->> 'kind' <> 'SECURITIES' AS own
    FROM moved m LEFT JOIN back b USING (source, customer_id, day, event_id) WHERE NOT facts ? 'reverses'
)
SELECT customer_id, day, direction, sum(amount), COALESCE(sum(amount) FILTER (WHERE own), 0),
    COALESCE(sum(amount) FILTER (WHERE broker), 0), count(DISTINCT bank) FILTER (WHERE own), max(bank) FILTER (WHERE own)
FROM net
WHERE amount > 0 AND CASE direction WHEN 'IN' THEN kind <> ALL(%(not_in)s) ELSE kind <> ALL(%(not_out)s) END
GROUP BY customer_id, day, direction
HAVING sum(amount) >= CASE direction WHEN 'IN' THEN %(least_in)s ELSE %(least_out)s END
ORDER BY customer_id, day, direction
"""
# The night's arithmetic (events/flow.py, lake/features/transactions.py) over what has been told so far today.


def flows(
    events: Sequence[TransactionEvent], people: Mapping[str, int], values: Mapping[str, Any]
) -> Iterator[Raised]:
    """E03 大额转入, E04 大额转出: the day's sum, with these events, is large for the customer.

    Large is max(floor, share of the monthly daily average), from ``E03.flat_from_tier`` up a flat amount; average and tier
    are those of the last night.

    Args:
        events: just written down.
        people: the customers by number.
    """
    if not events:
        return
    given: dict[str, Any] = {
        "customers": [people[event.cust_no] for event in events], "days": [day_of(event.at) for event in events],
        "not_in": list(values["flow.not_in"]), "not_out": list(values["flow.not_out"]),
        "least_in": _least("E03", values), "least_out": _least("E04", values),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SUMS, given)
        sums = [_Sum(*row) for row in cursor.fetchall()]
    if not sums:
        return
    metrics = Metrics.objects.in_bulk({one.customer_id for one in sums})
    biz_date = today().biz_date
    for one in sums:
        code, row = CODES[one.direction], metrics.get(one.customer_id)
        if code in values["event.off"] or one.moved < _limit(code, row, biz_date, values):
            continue
        high = row is not None and row.tier >= int(values["E03.flat_from_tier"])
        kind = EVENT_TYPES[code]
        yield Raised(
            dedup_key=f"{code}|{one.customer_id}||{one.day}", type=code, customer_id=one.customer_id,
            priority=kind.urgent if high else kind.priority,
            expire_on=one.day + timedelta(days=int(values[f"{code}.expire_days"])),
            amount=one.moved, payload=_told(one, values),
        )  # fmt: skip


def _least(code: str, values: Mapping[str, Any]) -> Decimal:
    """What no limit lies below."""
    return min(Decimal(str(values[f"{code}.floor"])), Decimal(str(values[f"{code}.flat"])))


def _limit(code: str, row: Metrics | None, biz_date: date | None, values: Mapping[str, Any]) -> Decimal:
    """From how much on it is large; of whom no night has told yet, the floor."""
    floor = Decimal(str(values[f"{code}.floor"]))
    if row is None:
        return floor
    if row.tier >= int(values["E03.flat_from_tier"]):
        return Decimal(str(values[f"{code}.flat"]))
    mda = averages(row, max(biz_date or row.as_of, row.as_of)).mda
    return max(floor, mda * Decimal(str(values[f"{code}.mda_share"])))


def _told(one: _Sum, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, as ``flow._moves`` writes them."""
    part = one.own or one.broker
    return {
        "case": "OWN_NAME" if one.own else "BROKER" if one.broker else "PLAIN",
        "on": f"{one.day}", "amount": f"{one.moved:.2f}", "own": f"{part:.2f}" if 0 < part < one.moved else None,
        "bank": one.bank if one.banks == 1 else None, "weight": int(values["E04.own_weight"]) if part else 1,
    }  # fmt: skip


def arrivals(
    events: Sequence[ArrivalEvent], people: Mapping[str, int], outlets: Mapping[str, str], values: Mapping[str, Any],
    now: datetime,
) -> Iterator[Raised]:  # fmt: skip
    """E24 到店: a customer of ``E24.from_tier`` or higher is at an outlet; once a day and outlet, for ``E24.expire_minutes``."""
    if not events or "E24" in values["event.off"]:
        return
    still = timedelta(minutes=int(values["E24.expire_minutes"]))
    high = set(
        Metrics.objects.filter(
            customer__in={people[event.cust_no] for event in events}, tier__gte=int(values["E24.from_tier"])
        ).values_list("customer_id", flat=True)
    )
    told = set()
    for event in sorted(events, key=lambda event: event.at):
        customer, day = people[event.cust_no], day_of(event.at)
        key = f"E24|{customer}|{event.facts.outlet}|{day}"
        if customer not in high or now - event.at > still or key in told:
            continue
        told.add(key)
        at = event.at.astimezone(SHANGHAI)
        yield Raised(
            dedup_key=key, type="E24", customer_id=customer, priority=1, expire_on=day, amount=None,
            payload={
                "case": "ALL", "time": f"{at:%H:%M}", "outlet": outlets[event.facts.outlet],
                "until": (event.at + still).isoformat(),
            },
        )  # fmt: skip
