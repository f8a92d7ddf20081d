"""客群入组: on the date on which an experiment on a segment starts, its members stand among the night's reasons, to be drawn.

They pass through what every reason passes: who may not be approached is left out before the draw, and ``hold_out.py`` then
takes away who is held out or was not drawn. It happens once: who enters the segment later is not drawn.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from psycopg.types.json import Jsonb

from yinke.common.thresholds import load_thresholds
from yinke.effect.models import OF_SEGMENT, RUNNING, Experiment
from yinke.lake.store import Day
from yinke.segments.kept import members_of
from yinke.segments.models import Segment

PRIORITY = 2


def key_of(experiment: Experiment) -> str:
    """How the natural keys of its reasons begin."""
    return f"{OF_SEGMENT}|{experiment.id}|"


def bring(cursor: Any, day: Day, biz_date: date) -> int:
    """Add the members of the segments whose experiments start on this date to ``incoming``.

    An experiment that has drawn already brings nobody: a date made anew draws nobody else.

    Returns:
        How many were added.
    """
    added = 0
    starting = Experiment.objects.filter(
        status=RUNNING, starts_on=biz_date, members=None, segment__status=Segment.Status.IN_USE, segment__outreach=True
    )  # fmt: skip
    for experiment in starting.select_related("segment").order_by("id"):
        segment = experiment.segment
        assert segment is not None  # noqa: S101
        days = int(load_thresholds(settings.YINKE.thresholds).at(biz_date)["effect.task_days"])
        facts = Jsonb({"experiment": experiment.name, "segment": segment.name_zh or segment.name_en})
        expire_on, key = biz_date + timedelta(days=days), key_of(experiment)
        with cursor.copy(
            "COPY incoming (dedup_key, type, customer_id, priority, expire_on, payload) FROM STDIN"
        ) as copy:
            for customer in members_of(segment.code, biz_date):
                copy.write_row((f"{key}{customer}", OF_SEGMENT, customer, PRIORITY, expire_on, facts))
                added += 1
    return added
