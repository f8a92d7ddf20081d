"""旅程推进: each minute, whoever is due goes on: in sets, one transaction for so many, all that it does within it.

A kill loses the transaction and nothing else; the next tick does it again. A journey's customers go in lanes, by their numbers,
each moved by one worker at a time: two workers move one journey side by side and never the same customer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from pyroaring import BitMap

from yinke.common.many import array_of
from yinke.outreach.gate import GONE_STATUSES
from yinke.outreach.journeys.bank import STANDING, BankDeeds, BankWorld
from yinke.outreach.journeys.check import moment
from yinke.outreach.journeys.definition import WAITS, Await, Definition
from yinke.outreach.journeys.engine import ENTERING, Placed, Plan, advance, numbers, plan_of
from yinke.outreach.journeys.models import Journey, JourneyComing, JourneyVersion, Traveller
from yinke.segments.definitions import in_use
from yinke.segments.kept import members_of, members_store
from yinke.segments.moves import Cursor, moves_since, newest

CHUNK = 125_000
"""Customers of one transaction."""
MANY = 50_000
"""Customers due from which on another worker is told that it may help."""
LANES = 2
"""Workers that may move one journey side by side; `serve` starts as many."""
State = Traveller.State


@dataclass
class Ticked:
    """What a tick came to."""

    entered: int = 0
    reached: int = 0
    moved: int = 0


def tick(only: int | None = None, many: Callable[[], None] = lambda: None) -> Ticked:
    """Let customers enter running journeys, take out those who have reached the goal, and move all who are due.

    A journey that cannot go on stops no other.

    Args:
        only: this journey alone.
        many: called once, when ``MANY`` are due: another worker may help.

    Raises:
        ExceptionGroup: some journeys could not go on; of each what went wrong.
    """
    done, began = Ticked(), timezone.now()
    running = Journey.objects.filter(state=Journey.State.RUNNING)
    if only is not None:
        running = running.filter(id=only)
    wrong: list[Exception] = []
    for journey_id in list(running.order_by("id").values_list("id", flat=True)):
        try:
            _look_around(journey_id, began, done)
            if _many_due(journey_id, began):
                many()
                many = _nothing
            while _move_some(journey_id, began, done):
                pass
        except Exception as problem:
            logging.getLogger(__name__).exception("journey %s", journey_id)
            wrong.append(problem)
    if wrong:
        raise ExceptionGroup("Journeys could not go on", wrong)
    return done


def _nothing() -> None:
    """Another worker has been told."""


def _held(journey_id: int) -> Journey | None:
    """The journey, its row held, if it runs and nobody moves it."""
    rows = Journey.objects.select_for_update(skip_locked=True, no_key=True)
    return rows.filter(id=journey_id, state=Journey.State.RUNNING).first()


_SHARED = "SELECT * FROM outreach_journey WHERE id = %s AND state = 'RUNNING' FOR SHARE SKIP LOCKED"
"""Who pauses or stops it waits until the lanes' transactions have ended."""


def versions_of(journey: Journey) -> dict[int, Definition]:
    """The approved versions of a journey: by them customers may be inside."""
    rows = journey.versions.filter(state=JourneyVersion.State.APPROVED).order_by("number")
    return {row.id: Definition.model_validate(row.definition) for row in rows}


@transaction.atomic
def _look_around(journey_id: int, now: datetime, done: Ticked) -> None:
    """Who entered the segments that it watches since the last tick; who enters it by a date or by hand."""
    journey = _held(journey_id)
    if journey is None or journey.in_force_id is None:
        return
    versions = versions_of(journey)
    entered = _entered(journey, versions)
    for version_id, definition in versions.items():
        if definition.goal and definition.goal.segment in entered:
            done.reached += _reach(version_id, entered[definition.goal.segment], definition.goal.days, now)
        for step in definition.steps:
            if isinstance(step, Await) and step.segment in entered:
                hear(version_id, step.id, entered[step.segment], now)
    trigger = versions[journey.in_force_id].trigger
    coming = BitMap()
    if trigger.type == "DATE" and not journey.date_done and trigger.at and moment(trigger.at) <= now:
        journey.date_done = journey.entering = True
    if trigger.segment and in_use().filter(code=trigger.segment, outreach=True).exists():
        if trigger.type == "SEGMENT":
            coming = entered.get(trigger.segment, BitMap())
        if journey.entering:
            coming = members_of(trigger.segment)
    enter(journey_id, coming)
    journey.entering, journey.ticked_at = False, now
    journey.save(update_fields=["cursor", "entering", "date_done", "ticked_at"])


def _entered(journey: Journey, versions: Mapping[int, Definition]) -> dict[str, BitMap]:
    """Who entered each watched segment since the cursor, which moves on."""
    members = members_store()
    watched = set[str]()
    for definition in versions.values():
        watched |= {
            one for one in (definition.trigger.segment, definition.goal and definition.goal.segment) if one
        }
        watched |= {step.segment for step in definition.steps if isinstance(step, Await) and step.segment}
    cursor = read_cursor(journey.cursor) if journey.cursor else newest(members)
    found: dict[str, BitMap] = {}
    if watched:
        changes, cursor = moves_since(members, cursor, {f"segment:{code}" for code in watched})
        for change in changes:
            code = change.key.removeprefix("segment:")
            found[code] = (found.get(code, BitMap()) | change.entered) - change.left
    journey.cursor = written_cursor(cursor)
    return {code: whom for code, whom in found.items() if whom}


def read_cursor(kept: Mapping[str, Any]) -> Cursor:
    """A cursor as ``written_cursor`` wrote it."""
    return Cursor(date.fromisoformat(kept["night"]), kept["move"], kept["finding"])


def written_cursor(cursor: Cursor) -> dict[str, Any]:
    """A cursor as JSON."""
    return {"night": cursor.night.isoformat(), "move": cursor.move, "finding": cursor.finding}


def enter(journey_id: int, whom: BitMap) -> None:
    """Let customers enter at the next tick, who may then: nothing is locked and nothing looked at for it."""
    ids = numbers(whom)
    for lane in range(LANES):
        some = ids[ids % LANES == lane]
        for start in range(0, len(some), CHUNK):
            part = BitMap(some[start : start + CHUNK]).serialize()
            JourneyComing.objects.create(journey_id=journey_id, lane=lane, customers=part)


def hear(version_id: int, step: str, whom: BitMap, now: datetime) -> int:
    """What a step awaits has come for those of the customers who stand there: they go on at the next tick."""
    standing = Traveller.objects.filter(
        version_id=version_id, step=step, state=State.INSIDE, customer_id__any_of=whom
    )
    return standing.filter(heard=False).update(heard=True, due_at=now)


_REACH = """
UPDATE outreach_traveller SET reached_at = %(now)s, step = CASE WHEN state = 'INSIDE' THEN '' ELSE step END,
    due_at = NULL, ended_at = COALESCE(ended_at, %(now)s), state = CASE WHEN state = 'INSIDE' THEN 'GOAL' ELSE state END
WHERE version_id = %(version)s AND customer_id = ANY(%(whom)s) AND reached_at IS NULL AND entered_at > %(since)s
  AND entered_at < %(now)s AND state <> 'STOPPED'
RETURNING customer_id
"""


def _reach(version_id: int, whom: BitMap, days: int, now: datetime) -> int:
    """Who reached the goal leaves; what he would still have been sent is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REACH,
            {
                "version": version_id, "whom": array_of(whom), "now": now, "since": now - timedelta(days=days),
            },
        )  # fmt: skip
        reached = [customer for (customer,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE outreach_message SET state = 'CANCELLED'"
            " WHERE journey_id = %s AND state = 'QUEUED' AND customer_id = ANY(%s)",
            [version_id, reached],
        )
    return len(reached)


def _many_due(journey_id: int, began: datetime) -> bool:
    """Whether so many wait to enter, or to go on from one step, that another worker should help."""
    coming = JourneyComing.objects.filter(journey_id=journey_id).values_list("customers", flat=True)
    entering = sum(len(BitMap.deserialize(bytes(some))) for some in coming)
    return entering >= MANY or any(
        _standing(version_id, name, began)[MANY - 1 : MANY].exists()
        for version_id, definition in versions_of(Journey.objects.get(id=journey_id)).items()
        for name in (step.id for step in definition.steps if isinstance(step, WAITS))
    )


def _standing(version_id: int, step: str, began: datetime) -> QuerySet[Traveller]:
    """Who is due at a step; who comes to stand there in this tick goes on in the next."""
    return Traveller.objects.filter(
        version_id=version_id, step=step, state=State.INSIDE, due_at__lte=began, since__lt=began
    ).order_by("due_at")


def _move_some(journey_id: int, began: datetime, done: Ticked) -> bool:
    """Move up to ``CHUNK`` customers of one lane and one version; False: nobody is due whom nobody else moves."""
    for lane in range(LANES):
        with transaction.atomic():
            journey = next(iter(Journey.objects.raw(_SHARED, [journey_id])), None)
            if journey is None or not _alone(journey_id, lane):
                continue
            plans = {
                number: plan_of(definition, f"journey {journey_id}")
                for number, definition in versions_of(journey).items()
            }
            coming = _coming(journey_id, lane)
            if coming and journey.in_force_id is not None:
                _enter(journey, plans[journey.in_force_id], coming, began, done)
                return True
            for version_id, plan in plans.items():
                leaving = _due(version_id, plan, lane, began)
                if leaving:
                    deeds = BankDeeds(journey, version_id, began, STANDING)
                    placed = advance(plan, leaving, BankWorld(version_id, began), deeds)
                    _lay_out(placed, began)
                    whom = BitMap.union(*leaving.values())
                    done.moved += _written(
                        _PLACE, journey, version_id, began, first=whom.min(), last=whom.max()
                    )
                    return True
    return False


def _alone(journey_id: int, lane: int) -> bool:
    """Whether this transaction is the only one in the lane, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"journey {journey_id} {lane}"]
        )
        return bool(cursor.fetchone()[0])


def _coming(journey_id: int, lane: int) -> BitMap:
    """Take up to ``CHUNK`` of those who wait to enter by a lane."""
    found = BitMap()
    for row in JourneyComing.objects.filter(journey_id=journey_id, lane=lane).order_by("id").iterator(1):
        some = found | BitMap.deserialize(bytes(row.customers))
        if found and len(some) > CHUNK:
            break
        found = some
        row.delete()
    return found


_COMING = """
DROP TABLE IF EXISTS coming;
CREATE TEMP TABLE coming ON COMMIT DROP AS
WITH before AS MATERIALIZED (
    SELECT DISTINCT ON (customer_id) customer_id, entry, state, ended_at FROM outreach_traveller
    WHERE journey_id = %(journey)s AND customer_id = ANY(%(whom)s) ORDER BY customer_id, entry DESC
)
SELECT c.id AS customer_id, COALESCE(before.entry, 0) + 1 AS entry, '{}'::text[] AS path
FROM unnest(%(whom)s::int[]) w (id) JOIN customers_customer c ON c.id = w.id LEFT JOIN before ON before.customer_id = c.id
WHERE c.status <> ALL(%(gone)s) AND (before.entry IS NULL OR (before.state <> 'INSIDE' AND before.ended_at <= %(again)s))
"""
_ENTER = """
INSERT INTO outreach_traveller (journey_id, version_id, customer_id, entry, state, step, since, due_at, heard, path, held_out, entered_at,
    ended_at)
SELECT %(journey)s, %(version)s, c.customer_id, c.entry, p.state, p.step, %(now)s, p.due_at, p.heard, p.path,
    p.held_out, %(now)s, p.ended_at
FROM coming c JOIN moved m ON m.customer_id = c.customer_id JOIN place p ON p.place = m.place
ORDER BY c.customer_id
"""


def _enter(journey: Journey, plan: Plan, whom: BitMap, now: datetime, done: Ticked) -> None:
    """Let customers enter by the version in force and go on to where they wait first, but those who are inside, may not enter again
    yet, or are at the goal."""
    definition = plan.definition
    if definition.goal is not None:
        whom = whom - members_of(definition.goal.segment)
    again = definition.trigger.again_days
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "journey": journey.id, "whom": array_of(whom), "gone": list(GONE_STATUSES),
            "again": None if again is None else now - timedelta(days=again),
        }  # fmt: skip
        cursor.execute(_COMING, given)
        cursor.execute("ANALYZE coming")
        cursor.execute("SELECT customer_id FROM coming")
        whom = BitMap([customer for (customer,) in cursor.fetchall()])
    if not whom:
        return
    assert journey.in_force_id is not None  # noqa: S101  (the caller asked)
    deeds = BankDeeds(journey, journey.in_force_id, now, "coming t WHERE t.customer_id = ANY(%(whom)s)")
    _lay_out(advance(plan, {(ENTERING, False): whom}, BankWorld(journey.in_force_id, now), deeds), now)
    entered = _written(_ENTER, journey, journey.in_force_id, now)
    done.entered += entered
    done.moved += entered


def _due(version_id: int, plan: Plan, lane: int, began: datetime) -> dict[tuple[str, bool], BitMap]:
    """Who of a lane is due, by the step and whether what it awaits has come."""
    found: dict[tuple[str, bool], BitMap] = {}
    left = CHUNK
    for name in (name for name, step in plan.steps.items() if isinstance(step, WAITS)):
        rows = _standing(version_id, name, began).annotate(lane=F("customer_id") % LANES).filter(lane=lane)
        some = list(rows.values_list("heard", "customer_id")[:left])
        for heard in {heard for heard, _ in some}:
            found[name, heard] = BitMap([customer for was, customer in some if was == heard])
        left -= len(some)
        if left <= 0:
            break
    return found


_PLACE = """
UPDATE outreach_traveller t SET step = p.step, state = p.state, since = %(now)s, due_at = p.due_at, heard = p.heard,
    path = t.path || p.path, held_out = COALESCE(p.held_out, t.held_out), ended_at = p.ended_at
FROM moved m JOIN place p ON p.place = m.place
WHERE t.journey_id = %(journey)s AND t.customer_id = m.customer_id AND t.version_id = %(version)s AND t.state = 'INSIDE'
  AND t.customer_id BETWEEN %(first)s AND %(last)s
"""


def _lay_out(placed: Sequence[Placed], now: datetime) -> None:
    """Write down who stands where, for the statement that places them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS moved, place;"
            "CREATE TEMP TABLE moved (customer_id int, place int) ON COMMIT DROP;"
            "CREATE TEMP TABLE place (place int, step text, state text, due_at timestamptz, heard boolean, path text[],"
            " held_out boolean, ended_at timestamptz) ON COMMIT DROP"
        )
        with cursor.copy("COPY place FROM STDIN") as copy:
            for n, one in enumerate(placed):
                ended = now if one.step is None else None
                copy.write_row(
                    (
                        n,
                        one.step or "",
                        one.state,
                        one.due_at,
                        one.heard,
                        list(one.flow.path),
                        one.flow.held_out,
                        ended,
                    )
                )
        with cursor.copy("COPY moved FROM STDIN") as copy:
            for n, one in enumerate(placed):
                copy.write("".join(f"{customer}\t{n}\n" for customer in one.flow.whom))
        cursor.execute("ANALYZE moved")


def _written(sql: str, journey: Journey, version_id: int, now: datetime, **given: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"journey": journey.id, "version": version_id, "now": now, **given})
        return int(cursor.rowcount)
