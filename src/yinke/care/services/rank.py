"""任务上限: a manager's list of a day holds so many tasks; the rest waits as overflow, in order of score."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

_RANK = """
WITH kept AS (
    SELECT best.id
    FROM access_user u
    LEFT JOIN (
        SELECT assignee_id, count(*) AS done FROM care_task
        WHERE status = 'DONE' AND done_at >= %(workday)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        GROUP BY assignee_id
    ) d ON d.assignee_id = u.id
    CROSS JOIN LATERAL (
        SELECT o.id FROM care_task o
        WHERE o.assignee_id = u.id AND o.status IN ('NEW', 'IN_PROGRESS')
          AND COALESCE(o.next_on, %(workday)s) <= %(workday)s
        ORDER BY o.score DESC, o.id LIMIT GREATEST(%(cap)s - COALESCE(d.done, 0), 0)
    ) best
    WHERE {one}
), wrong AS (
    SELECT id FROM care_task o
    WHERE o.status IN ('NEW', 'IN_PROGRESS') AND o.is_overflow AND {of_one}
      AND (o.assignee_id IS NULL OR o.next_on > %(workday)s OR o.id IN (SELECT id FROM kept))
    UNION ALL
    SELECT id FROM care_task o
    WHERE o.status IN ('NEW', 'IN_PROGRESS') AND NOT o.is_overflow AND o.assignee_id IS NOT NULL AND {down}
      AND COALESCE(o.next_on, %(workday)s) <= %(workday)s AND o.id NOT IN (SELECT id FROM kept)
)
UPDATE care_task t SET is_overflow = NOT t.is_overflow FROM wrong
WHERE wrong.id = t.id AND t.status IN ('NEW', 'IN_PROGRESS')
"""


def rank_lists(cursor: Any, workday: date, cap: int) -> int:
    """Cut every manager's list at ``cap``: tasks done on the work day count, tasks put off do not.

    Returns:
        How many open tasks are overflow afterwards.
    """
    cursor.execute(_RANK.format(one="true", of_one="true", down="true"), {"workday": workday, "cap": cap})
    cursor.execute("SELECT count(*) FROM care_task WHERE status IN ('NEW', 'IN_PROGRESS') AND is_overflow")
    return int(cursor.fetchone()[0])


def move_up(user_id: int | None, workday: date, cap: int) -> None:
    """Fill the room that a manager's list got (a task cancelled, given away or put off) from his overflow.

    During the day nothing is pushed out of the list again: what one has seen stays.
    """
    if user_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _RANK.format(one="u.id = %(user)s", of_one="o.assignee_id = %(user)s", down="false"),
            {"workday": workday, "cap": cap, "user": user_id},
        )
