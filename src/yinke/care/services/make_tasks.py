"""日终出任务: the night's events become reasons, and the reasons of one customer become one task.

A customer has at most one open task. A reason of a later night joins it: the task keeps its date and its
history, takes the best priority and the soonest due date of the reasons that still stand, and lives as
long as the last of them. Only a customer without an open task gets a new one, so that a manager never
sees the same person twice and never loses a promise that he made. An urgent reason (priority 1) brings a
task back to today's list even if the manager had put it off.

Bulk SQL throughout; the caller's transaction holds it all. The same day twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
from django.db import connection

from yinke.access.standing import roles_with
from yinke.care.services.order import DUE, RECOUNT, SCORE, weights
from yinke.care.services.rank import rank_lists
from yinke.lake.store import Day
from yinke.privacy.consents import allowed
from yinke.privacy.models import Purpose

MANY = 1_000
"""From so many new reasons on the planner is told of them at once: the next date may follow in this transaction."""
BRINGERS: list[Callable[[Any, Day, date], int]] = []
"""Asked once the events of a date stand in ``incoming``: they add reasons of their own (an experiment's on a segment) and say
how many; see ``effect/services/bring.py``. Types of which they tell the date whole stand in ``retold``: what they told of it
before and do not tell again is taken back (``own_events/night.py``)."""
HOLDERS: list[Callable[[Any, Day, date], int]] = []
"""Asked once the new reasons of a date stand in ``fresh``: they take away those of customers held out by an experiment
and say how many; see ``effect/services/hold_out.py``."""

MESSENGERS: list[Callable[[Any, date], int]] = []
"""Asked once it stands in ``fresh`` whom the night gives a reason to contact: they ask for messages, may take reasons away that a
message answers, and say how many messages; see ``outreach/services/plans_night.py``."""


@dataclass(frozen=True)
class Made:
    """What a night did to the tasks. ``reasons`` counts those raised; ``muted`` those held back.

    ``withheld`` those of customers held out by an experiment, ``messages`` those asked for by plans of care. ``tasks`` are new, ``joined`` are open ones that got a
    further reason, ``moved`` changed hands.
    """

    tasks: int
    joined: int
    reasons: int
    muted: int
    withheld: int
    expired: int
    moved: int
    overflow: int
    messages: int = 0


def make_tasks(day: Day, biz_date: date, values: Mapping[str, Any]) -> Made:
    """Turn the events of a published day into tasks for the work day after it.

    In order: reasons that a correction of this day took back are deleted; tasks whose time is over
    expire; open tasks follow their customer's main manager; events become reasons unless their
    ``dedup_key`` is known, they end before the work day, or the customer must not be approached;
    last, each manager's list is cut at the cap (``rank.py``). Reasons drawn from a profile (``task.profiling_events``) stand only
    for those who have agreed to personal recommendations (PIPL art. 24).

    Suppression (conflict order of the events handbook): customers who died or closed get no task at
    all; under do-not-disturb, a judicial freeze or a restriction (PIPL art. 47) only the service events of ``task.service_events``
    pass, since a statutory notice is no marketing.

    Args:
        day: holds ``events`` (columns EVENTS of lake/snapshot.py).
        biz_date: the business date; the list is for the next calendar day.
        values: thresholds in force, codes ``task.*``.
    """
    workday = biz_date + timedelta(days=1)
    given: dict[str, Any] = {
        "biz_date": biz_date,
        "muted": list(values["task.mute_statuses"]),
        "service": list(values["task.service_events"]),
        "workers": roles_with("workbench"),  # who has a list of their own; the pool has the rest
        "by_hand": False,
        "made_at": None,
        "grace": int(values["task.promise_grace_days"]),
        **weights(workday, values),
    }
    with connection.cursor() as cursor:

        def run(sql: str) -> int:
            cursor.execute(sql, given)
            return int(cursor.rowcount)

        cursor.execute(SCRATCH)
        rows = _load(cursor, day) + sum(bring(cursor, day, biz_date) for bring in BRINGERS)
        run(POOLS)
        known = run(KNOWN)
        run(RAISED_EARLIER)
        taken_back = run(TAKE_BACK)
        expired = run(EXPIRE)
        run(SILENCE)
        moved = run(FOLLOW_MANAGER)
        run(QUIET)
        cursor.execute("ANALYZE quiet")
        fresh = run(FRESH)
        run(ALONE)
        fresh -= run(RAISED_MEANWHILE) + not_agreed(cursor, list(values["task.profiling_events"]))
        cursor.execute("ANALYZE fresh")
        withheld = sum(hold(cursor, day, biz_date) for hold in HOLDERS)
        messages = sum(ask(cursor, biz_date) for ask in MESSENGERS)
        tasks = run(NEW_TASKS)
        joined = run(JOINED)
        reasons = run(NEW_REASONS)
        if reasons >= MANY:
            cursor.execute("ANALYZE care_task, care_reason")
        run(BRING_BACK)
        run(LATELY_EXPIRED)
        run(AT_RISK)
        cursor.execute("ANALYZE touched")
        run(RECOUNT.format(which="SELECT task_id FROM touched"))
        if taken_back:
            run(LEFT_WITHOUT_REASON)
        run(END_LOANS)
        overflow = rank_lists(cursor, workday, int(values["task.cap"]))
        cursor.execute(DROP)
    return Made(tasks, joined, reasons, rows - known - fresh, withheld, expired, moved, overflow, messages)


def not_agreed(cursor: Any, types: list[str]) -> int:
    """Take away reasons that need the customer's consent to personal recommendations, of those who have not given it."""
    cursor.execute("SELECT DISTINCT customer_id FROM fresh WHERE type = ANY(%s)", [types])
    whom = {customer for (customer,) in cursor.fetchall()}
    silent = sorted(whom - allowed(whom, Purpose.PROFILING))
    cursor.execute("DELETE FROM fresh WHERE type = ANY(%s) AND customer_id = ANY(%s)", [types, silent])
    return int(cursor.rowcount)


def _load(cursor: Any, day: Day) -> int:
    columns = ["dedup_key", "type", "cust_id", "priority", "expire_on", "amount", "payload"]
    events = pq.read_table(day.path("events"), columns=columns)
    with cursor.copy("COPY incoming FROM STDIN") as copy:
        for row in zip(*(events[name].to_pylist() for name in columns), strict=True):
            copy.write_row(row)
    cursor.execute("ANALYZE incoming")
    return int(events.num_rows)


DROP = "DROP TABLE IF EXISTS incoming, known, fresh, touched, pool_of, quiet, retold"

SCRATCH = f"""
SET LOCAL work_mem = '64MB';
{DROP};
CREATE TEMP TABLE incoming (dedup_key text, type text, customer_id int, priority smallint, expire_on date,
    amount numeric(18,2), payload jsonb) ON COMMIT DROP;
CREATE TEMP TABLE known (reason_id bigint, biz_date date, dedup_key text) ON COMMIT DROP;
CREATE TEMP TABLE fresh (LIKE incoming, org_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE touched (task_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE quiet (customer_id int) ON COMMIT DROP;
CREATE TEMP TABLE retold (type text) ON COMMIT DROP;
CREATE TEMP TABLE pool_of (org_id bigint PRIMARY KEY, pool_id bigint) ON COMMIT DROP;
"""

POOLS = """
INSERT INTO pool_of
SELECT o.id, COALESCE(max(a.id), o.id) FROM access_org o
LEFT JOIN access_org a ON a.level = 4 AND starts_with(o.path, a.path) GROUP BY o.id
"""

TAKE_BACK = """
WITH gone AS (
    DELETE FROM care_reason r USING care_task t
    WHERE t.id = r.task_id AND t.status = 'NEW' AND r.biz_date = %(biz_date)s AND r.made_at IS NULL
      AND (starts_with(r.type, 'E') OR r.type IN (SELECT type FROM retold))
      AND NOT EXISTS (SELECT FROM incoming i WHERE i.dedup_key = r.dedup_key)
    RETURNING r.task_id)
INSERT INTO touched SELECT DISTINCT task_id FROM gone
"""

# Only what the lake raises can be taken back by it: what people asked for, an experiment drew, or a live event told stands.

KNOWN = """
INSERT INTO known SELECT r.id, r.biz_date, r.dedup_key FROM incoming i JOIN care_reason r ON r.dedup_key = i.dedup_key
"""

RAISED_EARLIER = """
UPDATE care_reason r SET biz_date = %(biz_date)s FROM known k
WHERE r.id = k.reason_id AND k.biz_date > %(biz_date)s
"""

EXPIRE = """
UPDATE care_task SET status = 'EXPIRED', is_overflow = false
WHERE status IN ('NEW', 'IN_PROGRESS')
  AND GREATEST(expire_on, next_on + %(grace)s) < %(workday)s
"""

SILENCE = """
UPDATE care_task t SET status = 'CANCELLED', is_overflow = false
FROM customers_customer c
WHERE c.id = t.customer_id AND t.status IN ('NEW', 'IN_PROGRESS') AND c.status = ANY(%(muted)s)
"""

_MANAGER = """
LEFT JOIN customers_assignment m
    ON m.customer_id = {customer} AND m.rel_type = 'MAIN' AND m.end_date IS NULL
LEFT JOIN access_user u ON u.id = m.user_id AND u.is_active AND u.role = ANY(%(workers)s)
"""

FOLLOW_MANAGER = f"""
WITH suspect AS (
    SELECT t.id FROM care_task t JOIN customers_assignment a ON a.customer_id = t.customer_id
    WHERE t.status IN ('NEW', 'IN_PROGRESS')
      AND (a.start_date >= %(biz_date)s OR a.end_date >= %(biz_date)s)
    UNION
    SELECT t.id FROM care_task t JOIN access_user u ON u.id = t.assignee_id
    WHERE t.status IN ('NEW', 'IN_PROGRESS') AND NOT (u.is_active AND u.role = ANY(%(workers)s))
    UNION
    SELECT t.id FROM care_task t JOIN access_org o ON o.id = t.org_id
    WHERE t.status IN ('NEW', 'IN_PROGRESS') AND NOT o.is_open
), w AS (
    SELECT t.id, u.id AS user_id, CASE WHEN u.id IS NULL THEN p.pool_id ELSE c.org_id END AS org_id
    FROM suspect JOIN care_task t ON t.id = suspect.id
    JOIN customers_customer c ON c.id = t.customer_id
    JOIN pool_of p ON p.org_id = c.org_id
    {_MANAGER.format(customer="t.customer_id")}
    LEFT JOIN access_user hand ON hand.id = t.assignee_id AND t.assigned_by_id IS NOT NULL AND hand.is_active
    WHERE hand.id IS NULL
)
UPDATE care_task t SET assignee_id = w.user_id, org_id = w.org_id, assigned_by_id = NULL, is_overflow = false
FROM w WHERE w.id = t.id AND (t.assignee_id, t.org_id) IS DISTINCT FROM (w.user_id, w.org_id)
"""
# Only what can have changed is looked at: the write-back dates each change of manager by its business date.

QUIET = """
INSERT INTO quiet
WITH wish AS (
    SELECT d.customer_id, m.one_id FROM care_donotdisturb d
    LEFT JOIN customers_personmember m ON m.customer_id = d.customer_id
    WHERE d.lifted_at IS NULL AND d.scope IN ('ALL_MARKETING', 'CALLS') AND (d.until IS NULL OR d.until >= %(workday)s))
SELECT customer_id FROM wish
UNION SELECT m.customer_id FROM wish JOIN customers_personmember m ON m.one_id = wish.one_id
"""
# A person's wish not to be disturbed holds for all the customer numbers that he has.

FRESH = """
INSERT INTO fresh
SELECT DISTINCT ON (i.dedup_key) i.*, c.org_id
FROM incoming i JOIN customers_customer c ON c.id = i.customer_id
WHERE i.expire_on >= %(workday)s AND c.status <> ALL(%(muted)s) AND c.status <> 'ERASED'
  AND NOT EXISTS (SELECT FROM known k WHERE k.dedup_key = i.dedup_key)
  AND (i.type = ANY(%(service)s) OR (c.status <> 'FROZEN' AND NOT EXISTS (
      SELECT FROM quiet q WHERE q.customer_id = i.customer_id)
      AND NOT EXISTS (SELECT FROM privacy_restriction p WHERE p.customer_id = i.customer_id)))
"""

ALONE = """
SELECT FROM customers_customer WHERE id IN (SELECT customer_id FROM fresh) ORDER BY id FOR NO KEY UPDATE
"""
# From here on nobody makes these customers a task by hand, and no live event (live/take.py) does.

RAISED_MEANWHILE = "DELETE FROM fresh f USING care_reason r WHERE r.dedup_key = f.dedup_key"

NEW_TASKS = f"""
WITH s AS (
    SELECT f.customer_id, f.org_id, min(f.priority) AS priority, max(f.expire_on) AS expire_on,
        min({DUE.format(r="f", date="%(biz_date)s::date", chosen="")}) AS due_on
    FROM fresh f GROUP BY f.customer_id, f.org_id
), made AS (
    SELECT s.*, u.id AS assignee_id, CASE WHEN u.id IS NULL THEN p.pool_id ELSE s.org_id END AS desk_id,
        {SCORE} AS score
    FROM s
    JOIN pool_of p ON p.org_id = s.org_id
    LEFT JOIN customers_metrics x ON x.customer_id = s.customer_id
    {_MANAGER.format(customer="s.customer_id")}
    WHERE NOT EXISTS (
        SELECT FROM care_task t WHERE t.customer_id = s.customer_id AND t.status IN ('NEW', 'IN_PROGRESS'))
), waiting AS (
    SELECT assignee_id, max(score) AS score FROM care_task
    WHERE status IN ('NEW', 'IN_PROGRESS') AND is_overflow AND assignee_id IN (SELECT assignee_id FROM made)
    GROUP BY assignee_id
)
INSERT INTO care_task (customer_id, biz_date, assignee_id, org_id, priority, score, due_on, expire_on,
    status, is_overflow, result, by_hand)
SELECT made.customer_id, %(biz_date)s, made.assignee_id, desk_id, priority, made.score, due_on, expire_on,
    'NEW', COALESCE(made.score < waiting.score, false), '', %(by_hand)s
FROM made LEFT JOIN waiting ON waiting.assignee_id = made.assignee_id
ORDER BY made.customer_id
ON CONFLICT (customer_id, biz_date) WHERE NOT by_hand DO UPDATE SET status = 'NEW', done_at = NULL, next_on = NULL, result = '',
    assignee_id = EXCLUDED.assignee_id, org_id = EXCLUDED.org_id, priority = EXCLUDED.priority,
    score = EXCLUDED.score, due_on = EXCLUDED.due_on, expire_on = EXCLUDED.expire_on,
    is_overflow = EXCLUDED.is_overflow
"""
# What ranks behind a task that waits already will wait too: it is written so at once (rank.py has the last word).
# The conflict is a correction that brings a new reason after the day's task was closed: it opens again.

JOINED = """
INSERT INTO touched
SELECT DISTINCT t.id FROM fresh f JOIN care_task t ON t.customer_id = f.customer_id
WHERE t.status IN ('NEW', 'IN_PROGRESS') AND (t.biz_date <> %(biz_date)s OR t.by_hand)
"""

NEW_REASONS = """
INSERT INTO care_reason (task_id, customer_id, type, biz_date, priority, expire_on, amount, payload, dedup_key, made_at)
SELECT t.id, f.customer_id, f.type, %(biz_date)s, f.priority, f.expire_on, f.amount, f.payload, f.dedup_key, %(made_at)s::timestamptz
FROM fresh f JOIN care_task t ON t.customer_id = f.customer_id AND t.status IN ('NEW', 'IN_PROGRESS')
ORDER BY f.customer_id, f.dedup_key
"""

BRING_BACK = """
UPDATE care_task t SET next_on = %(workday)s FROM fresh f
WHERE f.customer_id = t.customer_id AND f.priority = 1 AND t.status = 'IN_PROGRESS' AND t.next_on > %(workday)s
"""

LATELY_EXPIRED = """
INSERT INTO touched
SELECT DISTINCT r.task_id FROM care_reason r JOIN care_task t ON t.id = r.task_id
WHERE r.expire_on = %(biz_date)s AND t.status IN ('NEW', 'IN_PROGRESS')
"""

AT_RISK = """
INSERT INTO touched
SELECT t.id FROM care_task t JOIN scoring_churnalert a ON a.customer_id = t.customer_id
WHERE t.status IN ('NEW', 'IN_PROGRESS') AND (a.ended_on IS NULL OR a.ended_on >= %(biz_date)s)
"""
# A score that rises, falls or ends moves the task that is open already.

LEFT_WITHOUT_REASON = """
UPDATE care_task t SET status = 'CANCELLED', is_overflow = false
WHERE t.id IN (SELECT task_id FROM touched) AND t.status = 'NEW'
  AND NOT EXISTS (SELECT FROM care_reason r WHERE r.task_id = t.id)
"""

END_LOANS = """
UPDATE customers_assignment a SET end_date = %(biz_date)s
WHERE a.rel_type = 'CO' AND a.reason = 'TASK' AND a.end_date IS NULL AND NOT EXISTS (
    SELECT FROM care_task t WHERE t.customer_id = a.customer_id AND t.assignee_id = a.user_id
       AND t.status IN ('NEW', 'IN_PROGRESS'))
"""
