"""任务上限: a manager's list of a day holds so many tasks; the rest waits as overflow, in order of score."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

_RANK = """
UPDATE care_task t SET is_overflow = r.over
FROM (
    SELECT o.id, o.assignee_id IS NOT NULL AND COALESCE(o.next_on, %(workday)s) <= %(workday)s
        AND row_number() OVER (
            PARTITION BY o.assignee_id, COALESCE(o.next_on, %(workday)s) <= %(workday)s
            ORDER BY o.score DESC, o.id
        ) > %(cap)s - COALESCE(d.done, 0) AS over
    FROM care_task o
    LEFT JOIN (
        SELECT assignee_id, count(*) AS done FROM care_task
        WHERE status = 'DONE' AND done_at >= %(workday)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        GROUP BY assignee_id
    ) d ON d.assignee_id = o.assignee_id
    WHERE o.status IN ('NEW', 'IN_PROGRESS') {only}
) r
WHERE r.id = t.id AND t.is_overflow <> r.over {change}
"""


def rank_lists(cursor: Any, workday: date, cap: int) -> int:
    """Cut every manager's list at ``cap``: tasks done on the work day count, tasks put off do not.

    Returns:
        How many open tasks are overflow afterwards.
    """
    cursor.execute(_RANK.format(only="", change=""), {"workday": workday, "cap": cap})
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
            _RANK.format(only="AND o.assignee_id = %(user)s", change="AND NOT r.over"),
            {"workday": workday, "cap": cap, "user": user_id},
        )
