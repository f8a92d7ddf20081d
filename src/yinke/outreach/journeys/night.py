"""旅程与日终: the night's events let customers enter journeys and answer what steps await; what journeys ask of managers joins its tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from pyroaring import BitMap

from yinke.lake.store import Day
from yinke.outreach.journeys.definition import Await, Definition
from yinke.outreach.journeys.models import Journey, JourneyVersion
from yinke.outreach.journeys.tick import enter, hear

OF_JOURNEY = "J01"
"""Type of the reason that a journey gives; it is no event of a night."""
ALIVE = (Journey.State.RUNNING, Journey.State.PAUSED)


def take_events(cursor: Any, biz_date: date) -> int:
    """Let those enter to whom the event of a journey's trigger has happened, and those go on who stand where it is awaited.

    Whoever may not be approached, or is held out by an experiment, is not among ``fresh``. What was over before today, in a
    night that is made up for, lets nobody enter. A paused journey takes them in too; they go on with it.

    Args:
        cursor: of the transaction in which the night's tasks are made; the temporary table ``fresh`` has its new reasons.

    Returns:
        0: it asks for no messages yet.
    """
    now, happened = timezone.now(), dict[str, BitMap]()

    def whom(event: str) -> BitMap:
        if event not in happened:
            cursor.execute(
                "SELECT DISTINCT customer_id FROM fresh WHERE type = %s AND expire_on >= %s",
                [event, timezone.localdate(now)],
            )
            happened[event] = BitMap([customer for (customer,) in cursor.fetchall()])
        return happened[event]

    for journey in Journey.objects.filter(state__in=ALIVE).order_by("id"):
        for version in journey.versions.filter(state=JourneyVersion.State.APPROVED):
            definition = Definition.model_validate(version.definition)
            for step in definition.steps:
                if isinstance(step, Await) and step.event and whom(step.event):
                    hear(version.id, step.id, whom(step.event), now)
            trigger = definition.trigger
            if version.id == journey.in_force_id and trigger.event and whom(trigger.event):
                enter(journey.id, whom(trigger.event))
    return 0


_BRING = """
INSERT INTO incoming (dedup_key, type, customer_id, priority, expire_on, payload)
SELECT %(type)s || '|' || t.request_key, %(type)s, t.customer_id, t.priority, t.expire_on, t.facts
FROM outreach_journeytask t JOIN outreach_journeyversion v ON v.id = t.version_id JOIN outreach_journey j ON j.id = v.journey_id
WHERE j.state = 'RUNNING' AND t.asked_on <= %(workday)s AND t.expire_on >= %(workday)s
"""


def bring_tasks(cursor: Any, day: Day, biz_date: date) -> int:
    """Add the tasks that running journeys have asked for to the night's reasons; a date made anew brings the same ones.

    Returns:
        How many were added.
    """
    cursor.execute(_BRING, {"type": OF_JOURNEY, "workday": biz_date + timedelta(days=1)})
    return int(cursor.rowcount)
