"""取数: take a batch of live events. What is taken, and the task it causes, is one transaction; the same event twice is once.

A sender that got no answer (we were killed, the network broke) sends the batch again: nothing of it stands, or all of it
does and is known by its id. Two transactions never work on one customer side by side, so that neither misses what the other
adds to the day's sum; and none waits for a customer while it holds another, so they never block each other or the night.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from yinke.care.live.rules import arrivals, flows
from yinke.care.live.shape import ArrivalEvent, Refused, TransactionEvent, checked, day_of, plain
from yinke.care.live.tasks import raise_live
from yinke.care.queries.day import today
from yinke.common.errors import YinkeError
from yinke.common.thresholds import load_thresholds

Outcome = Literal["TAKEN", "KNOWN", "REFUSED", "BUSY"]
PATIENCE, PAUSE = 2.0, 0.02
"""Seconds for which customers are waited for whom somebody else is writing about, and between two looks."""


@dataclass(frozen=True)
class Verdict:
    """What became of one event. ``why``: a code, and ``place`` the field, if it was refused.

    BUSY: another transaction, mostly the night's, is writing about the customer; send it again.
    """

    id: str
    outcome: Outcome
    why: str = ""
    place: str = ""
    message: str = ""


class EventsBusy(YinkeError):
    """Others were writing the same; nothing of the batch was taken."""

    code = "events_busy"
    status = 503


def take(source: str, events: Sequence[Any]) -> list[Verdict]:
    """Take events, and raise what the rules find in them.

    Args:
        source: the sender, whose ids these are.
        events: as JSON has them, in any order.

    Returns:
        A verdict for each, in their order. One bad event does not stop the others.

    Raises:
        EventsBusy: nothing was taken; send the batch again.
    """
    now = timezone.now()
    values = load_thresholds(settings.YINKE.thresholds).at(today().workday)
    max_age = timedelta(hours=float(values["live.max_age_hours"]))
    found = [checked(raw, now, max_age) for raw in events]
    good = [event for event in found if not isinstance(event, Refused)]
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(PATIENT)
            people = _people(good)
            free = _alone(sorted(set(people.values())))
            outlets = _outlets(good)
            taken: dict[str, Verdict] = {}
            rows = []
            for event in good:
                verdict = _verdict(event, people, free, outlets)
                if verdict is None and event.id not in taken:
                    rows.append(event)
                taken.setdefault(event.id, verdict or Verdict(event.id, "KNOWN"))
            new = _write(source, rows, people, now)
            taken |= {event_id: Verdict(event_id, "TAKEN") for event_id in new}
            fresh = [event for event in rows if event.id in new]
            moved = [event for event in fresh if isinstance(event, TransactionEvent)]
            came = [event for event in fresh if isinstance(event, ArrivalEvent)]
            raised = [*flows(moved, people, values), *arrivals(came, people, outlets, values, now)]
            if raised:
                raise_live(raised, values, now)
    except (IntegrityError, OperationalError) as clash:
        raise EventsBusy(
            f"Another transaction was in the way: {type(clash).__name__}", place="events",
            remedy="Send the batch again; what was taken is known by its id",
        ) from clash  # fmt: skip
    return _in_order(events, found, taken)


def _in_order(
    events: Sequence[Any],
    found: Sequence[TransactionEvent | ArrivalEvent | Refused],
    taken: dict[str, Verdict],
) -> list[Verdict]:
    """A verdict for each event; the second of one id in a batch is known."""
    told, said = [], set()
    for raw, event in zip(events, found, strict=True):
        if isinstance(event, Refused):
            number = raw.get("id", "") if isinstance(raw, dict) else ""
            number = plain(number)[:64] if isinstance(number, str) else ""
            told.append(Verdict(number, "REFUSED", event.code, event.place, event.message))
            continue
        verdict = taken[event.id]
        again = event.id in said and verdict.outcome == "TAKEN"
        told.append(Verdict(event.id, "KNOWN") if again else verdict)
        said.add(event.id)
    return told


def _people(events: Sequence[TransactionEvent | ArrivalEvent]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cust_no, id FROM customers_customer WHERE cust_no = ANY(%s) AND status <> 'ERASED'",
            [sorted({event.cust_no for event in events})],
        )
        return dict(cursor.fetchall())


def _outlets(events: Sequence[TransactionEvent | ArrivalEvent]) -> dict[str, str]:
    numbers = sorted({event.facts.outlet for event in events if isinstance(event, ArrivalEvent)})
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT org_no, name FROM access_org WHERE org_no = ANY(%s)", [numbers])
        return dict(cursor.fetchall())


def _alone(customers: Sequence[int]) -> set[int]:
    """Lock the customers' rows; those of whom somebody else is writing for too long are left out."""
    patience = time.monotonic() + PATIENCE
    while True:
        mark = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                [list(customers)],
            )
            free = {number for (number,) in cursor.fetchall()}
        if len(free) == len(customers) or time.monotonic() > patience:
            transaction.savepoint_commit(mark)
            return free
        transaction.savepoint_rollback(mark)  # hold nobody while waiting for others
        time.sleep(PAUSE)


def _verdict(
    event: TransactionEvent | ArrivalEvent, people: dict[str, int], free: set[int], outlets: dict[str, str]
) -> Verdict | None:
    """Why an event of the right shape is not written; None: it is."""
    if event.cust_no not in people:
        return Verdict(event.id, "REFUSED", "event_customer_unknown", "cust_no", "No such customer")
    if isinstance(event, ArrivalEvent) and event.facts.outlet not in outlets:
        return Verdict(event.id, "REFUSED", "event_outlet_unknown", "facts.outlet", "No such outlet")
    return None if people[event.cust_no] in free else Verdict(event.id, "BUSY", "event_busy", "cust_no")


PATIENT = "SET LOCAL lock_timeout = '3s'"
"""What a night has drawn and not committed yet is not waited for."""

WRITE = """
INSERT INTO care_liveevent (source, event_id, kind, customer_id, at, received_at, day, amount, facts, outcome, why)
SELECT %(source)s, n.event_id, n.kind, n.customer_id, n.at, %(now)s, n.day, n.amount, n.facts, 'TAKEN', ''
FROM jsonb_to_recordset(%(events)s::jsonb) AS n (event_id text, kind text, customer_id int, at timestamptz, day date, amount numeric,
    facts jsonb)
ON CONFLICT (source, event_id) DO NOTHING
RETURNING event_id
"""
# One text of JSON: arrays of as many values take longer to write than all the rest.


def _write(
    source: str, events: Sequence[TransactionEvent | ArrivalEvent], people: dict[str, int], now: datetime
) -> set[str]:
    """Write them down; the ids of those that were not known."""
    if not events:
        return set()
    rows = [
        {
            "event_id": event.id, "kind": event.kind, "customer_id": people[event.cust_no], "at": event.at.isoformat(),
            "day": f"{day_of(event.at)}",
            "amount": f"{event.facts.amount}" if isinstance(event, TransactionEvent) else None,
            "facts": event.facts.model_dump(exclude={"amount"}, exclude_none=True),
        }
        for event in events
    ]  # fmt: skip
    given: dict[str, Any] = {"source": source, "now": now, "events": json.dumps(rows, ensure_ascii=False)}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
        return {event_id for (event_id,) in cursor.fetchall()}
