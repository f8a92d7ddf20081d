"""随户移交: the open tasks and churn alerts of customers who changed hands follow them to the new manager, or to the pool."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from yinke.access.standing import roles_with
from yinke.care.queries.day import today
from yinke.care.services.rank import move_up
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.scoring.services.alerts import move_alerts

_FOLLOW = """
UPDATE care_task t SET assignee_id = w.user_id, org_id = w.org_id, assigned_by_id = NULL,
    is_overflow = w.user_id IS NOT NULL
FROM (
    SELECT t.id, u.id AS user_id, CASE WHEN u.id IS NULL THEN COALESCE(
        (SELECT a.id FROM access_org o JOIN access_org a ON a.level = 4 AND starts_with(o.path, a.path)
         WHERE o.id = c.org_id LIMIT 1), c.org_id) ELSE c.org_id END AS org_id
    FROM care_task t JOIN customers_customer c ON c.id = t.customer_id
    LEFT JOIN customers_assignment m ON m.customer_id = c.id AND m.rel_type = 'MAIN' AND m.end_date IS NULL
    LEFT JOIN access_user u ON u.id = m.user_id AND u.is_active AND u.role = ANY(%(workers)s)
    WHERE t.customer_id = ANY(%(ids)s) AND t.status IN ('NEW', 'IN_PROGRESS')
      AND (t.assigned_by_id IS NULL OR t.assignee_id = ANY(%(before)s))
) w WHERE w.id = t.id AND (t.assignee_id, t.org_id) IS DISTINCT FROM (w.user_id, w.org_id)
RETURNING t.assignee_id
"""
# What a head gave to a third colleague by hand stays with that colleague.


@whole_bank()  # who gave the customer away sees them no more
def follow(customer_ids: Iterable[int], before: Iterable[int] = ()) -> int:
    """Give open tasks to whoever looks after the customer now; they wait as overflow where the list is full.

    Args:
        before: who looked after them until now.

    Returns:
        Tasks that changed hands.
    """
    ids = list(customer_ids)
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"ids": ids, "before": list(before), "workers": roles_with("workbench")})
        receivers = [row[0] for row in cursor.fetchall()]
    move_alerts(ids)
    workday = today().workday
    cap = int(load_thresholds(settings.YINKE.thresholds).at(workday)["task.cap"])
    for user_id in {*receivers, *before} - {None}:
        move_up(user_id, workday, cap)
    return len(receivers)
