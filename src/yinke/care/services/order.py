"""排序: by when a task is due and where it stands on the list, reckoned alike by the night and by hand.

``score`` = priority x ``task.weight_priority`` + tier x ``task.weight_tier`` + what is at risk - days to the due date x
``task.weight_urgency`` - contacts of the last days x ``task.weight_fatigue``. What is at risk: ``task.weight_churn`` for a
standing alert of the high band, half of it for the medium one, and ``task.weight_at_risk`` for each tenfold of AUM at risk
from 10 万 on, two at most. It stays below a step of priority: an urgent or statutory reason is never pushed back by a score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection

LONGEST_LIFT = 0.4
"""Of a step of priority: no churn risk lifts a task by more, whatever the weights."""

DUE = """COALESCE({chosen}LEAST({r}.expire_on, {date} + CASE {r}.priority
    WHEN 1 THEN %(due_1)s WHEN 2 THEN %(due_2)s ELSE %(due_3)s END))"""
"""By when a reason wants the contact; ``chosen`` is the day that a person has set, and a comma, where there may be one."""

SCORE = """
    %(w_priority)s * (4 - s.priority) + %(w_tier)s * COALESCE(x.tier, 0)
    - %(w_urgency)s * (s.due_on - DATE '2020-01-01')
    - %(w_fatigue)s * (SELECT count(*) FROM care_contactrecord k
        WHERE k.customer_id = s.customer_id AND k.biz_date >= %(fatigue_since)s AND k.withdrawn_at IS NULL)
    + LEAST(%(most_risk)s, COALESCE((
        SELECT CASE a.band WHEN 'HIGH' THEN %(w_churn)s ELSE %(w_churn)s / 2 END
            + %(w_at_risk)s * LEAST(GREATEST(floor(log(GREATEST(a.aum_at_risk, 1))) - 4, 0), 2)::int
        FROM scoring_churnalert a WHERE a.customer_id = s.customer_id AND a.ended_on IS NULL), 0))
"""
# Urgency grows by the same step each day for every task, so the order holds without rewriting old scores; what is at risk
# counts in steps, so that a night rewrites the few tasks whose customer has moved from one to another.

RECOUNT = f"""
UPDATE care_task t SET priority = w.priority, due_on = w.due_on, expire_on = w.expire_on, score = w.score
FROM (
    SELECT s.*, {SCORE} AS score FROM (
        SELECT r.task_id, r.customer_id, min(r.priority) AS priority, max(r.expire_on) AS expire_on,
            min({DUE.format(r="r", date="r.biz_date", chosen="r.due_on, ")}) AS due_on
        FROM care_reason r
        WHERE r.task_id IN ({{which}}) AND r.expire_on >= %(workday)s
        GROUP BY r.task_id, r.customer_id
    ) s LEFT JOIN customers_metrics x ON x.customer_id = s.customer_id
) w
WHERE t.id = w.task_id AND t.status IN ('NEW', 'IN_PROGRESS')
  AND (t.priority, t.due_on, t.expire_on, t.score) IS DISTINCT FROM (w.priority, w.due_on, w.expire_on, w.score)
"""


def weights(workday: date, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the statements of this module are given.

    Args:
        workday: the day whose list it is.
        values: thresholds in force, codes ``task.*``.
    """
    step = float(values["task.weight_priority"])
    return {
        "workday": workday,
        "fatigue_since": workday - timedelta(days=int(values["task.fatigue_days"])),
        "w_priority": step,
        "w_tier": float(values["task.weight_tier"]),
        "w_urgency": float(values["task.weight_urgency"]),
        "w_fatigue": float(values["task.weight_fatigue"]),
        "w_churn": float(values["task.weight_churn"]),
        "w_at_risk": float(values["task.weight_at_risk"]),
        "most_risk": step * LONGEST_LIFT,
        **{f"due_{n}": int(days) for n, days in enumerate(values["task.due_days"], 1)},
    }


def recount(task_ids: Collection[int], workday: date, values: Mapping[str, Any]) -> None:
    """Reckon priority, dates and score of open tasks anew from the reasons that still stand."""
    given = weights(workday, values) | {"tasks": list(task_ids)}
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT.format(which="SELECT unnest(%(tasks)s::bigint[])"), given)
