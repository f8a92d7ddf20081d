"""到店失效: a visit is a reason for two hours; the worker takes it off the list when they are over."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.care.queries.day import today
from yinke.care.services.order import RECOUNT, weights
from yinke.common.thresholds import load_thresholds

OVER = """
UPDATE care_reason r SET expire_on = %(yesterday)s FROM care_task t
WHERE t.id = r.task_id AND t.status IN ('NEW', 'IN_PROGRESS') AND r.type = 'E24' AND r.expire_on >= %(workday)s
  AND (r.payload ->> 'until')::timestamptz <= %(now)s
RETURNING r.task_id
"""

ENDED = """
UPDATE care_task t SET status = 'EXPIRED', is_overflow = false
WHERE t.id = ANY(%(tasks)s) AND t.status = 'NEW'
  AND NOT EXISTS (SELECT FROM care_reason r WHERE r.task_id = t.id AND r.expire_on >= %(workday)s)
"""


def lapse() -> int:
    """End the visits whose time is over; a task that nobody has begun and nothing else speaks for ends with them.

    Returns:
        How many reasons ended.
    """
    day = today()
    values = load_thresholds(settings.YINKE.thresholds).at(day.workday)
    given = weights(day.workday, values) | {
        "now": timezone.now(), "yesterday": day.workday - timedelta(days=1),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OVER, given)
        tasks = [task for (task,) in cursor.fetchall()]
        if tasks:
            given["tasks"] = tasks
            cursor.execute(RECOUNT.format(which="SELECT unnest(%(tasks)s::bigint[])"), given)
            cursor.execute(ENDED, given)
    return len(tasks)
