"""实时出任务: what the rules found becomes tasks by the night's own statements (services/make_tasks.py), and its manager is told.

All rules of the night hold: one open task a customer, silences, experiments, plans of care. What comes live stands on the
list at once, beyond the cap too, for a list cut at dawn must not hide what happens at noon.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from yinke.access.standing import roles_with
from yinke.care.live.rules import Raised
from yinke.care.queries.day import today
from yinke.care.services import make_tasks as night
from yinke.care.services.by_hand import held_out
from yinke.care.services.order import RECOUNT, weights
from yinke.common.streams import CHANNEL
from yinke.lake.store import Lake

INCOMING = """
INSERT INTO incoming SELECT n.dedup_key, n.type, n.customer_id, n.priority, n.expire_on, n.amount, n.payload::jsonb
FROM unnest(%(keys)s::text[], %(types)s::text[], %(customers)s::int[], %(priorities)s::smallint[], %(expire)s::date[],
    %(amounts)s::numeric[], %(payloads)s::text[]) AS n (dedup_key, type, customer_id, priority, expire_on, amount, payload)
"""

MORE = """
UPDATE care_reason r SET amount = i.amount, payload = i.payload
FROM incoming i JOIN care_task t ON t.customer_id = i.customer_id AND t.status IN ('NEW', 'IN_PROGRESS')
WHERE r.dedup_key = i.dedup_key AND r.task_id = t.id AND r.made_at IS NOT NULL AND i.type IN ('E03', 'E04')
"""
# The day's sum has grown since: the manager reads the newest one, and is not told twice.

POOLS = """
INSERT INTO pool_of
SELECT o.id, COALESCE(max(a.id), o.id) FROM access_org o LEFT JOIN access_org a ON a.level = 4 AND starts_with(o.path, a.path)
WHERE o.id IN (SELECT c.org_id FROM incoming i JOIN customers_customer c ON c.id = i.customer_id) GROUP BY o.id
"""

QUIET = """
INSERT INTO quiet
SELECT i.customer_id FROM incoming i
WHERE EXISTS (
    SELECT FROM care_donotdisturb d
    WHERE d.lifted_at IS NULL AND d.scope IN ('ALL_MARKETING', 'CALLS') AND (d.until IS NULL OR d.until >= %(workday)s)
      AND (d.customer_id = i.customer_id OR d.customer_id IN (
        SELECT o.customer_id FROM customers_personmember m JOIN customers_personmember o ON o.one_id = m.one_id
        WHERE m.customer_id = i.customer_id)))
"""
# ``POOLS`` and ``QUIET`` of the night, asked for a few customers instead of the whole bank.

TOUCHED = """
INSERT INTO touched
SELECT DISTINCT t.id FROM fresh f JOIN care_task t ON t.customer_id = f.customer_id AND t.status IN ('NEW', 'IN_PROGRESS')
"""

SHOWN = "UPDATE care_task SET is_overflow = false WHERE id IN (SELECT task_id FROM touched) AND is_overflow"

TELL = """
SELECT pg_notify(%(channel)s, json_build_object('user', t.assignee_id, 'task', t.id, 'reason', r.id)::text)
FROM fresh f JOIN care_reason r ON r.dedup_key = f.dedup_key JOIN care_task t ON t.id = r.task_id
WHERE t.assignee_id IS NOT NULL
"""

EXPERIMENTS = "SELECT pg_advisory_xact_lock(hashtextextended('live events draw', 0))"


def raise_live(raised: Sequence[Raised], values: Mapping[str, Any], now: datetime) -> int:
    """Make or join tasks in this transaction, and tell the managers' open pages once it is committed.

    The customers' rows are locked (``take._alone``).

    Args:
        values: thresholds in force.
        now: the moment that the reasons are dated by.

    Returns:
        How many reasons were raised.
    """
    day = today()
    biz_date = day.workday - timedelta(days=1)
    given = {
        "biz_date": biz_date, "muted": list(values["task.mute_statuses"]), "service": list(values["task.service_events"]),
        "workers": roles_with("workbench"), "by_hand": True, "made_at": now, "channel": CHANNEL, **weights(day.workday, values),
    }  # fmt: skip
    with connection.cursor() as cursor:

        def run(sql: str) -> int:
            cursor.execute(sql, given)
            return int(cursor.rowcount)

        cursor.execute(night.SCRATCH)
        cursor.execute(INCOMING, _columns(raised))
        run(MORE)
        run(night.KNOWN)
        run(POOLS)
        run(QUIET)
        run(night.FRESH)
        night.not_agreed(cursor, list(values["task.profiling_events"]))
        _ask_others(cursor, biz_date)
        reasons = 0
        if _any(cursor):
            run(night.NEW_TASKS)
            reasons = run(night.NEW_REASONS)
            run(night.BRING_BACK)
            run(TOUCHED)
            run(RECOUNT.format(which="SELECT task_id FROM touched"))
            run(SHOWN)
            run(TELL)
        cursor.execute(night.DROP)
    return reasons


def _columns(raised: Sequence[Raised]) -> dict[str, list[Any]]:
    return {
        "keys": [one.dedup_key for one in raised], "types": [one.type for one in raised],
        "customers": [one.customer_id for one in raised], "priorities": [one.priority for one in raised],
        "expire": [one.expire_on for one in raised], "amounts": [one.amount for one in raised],
        "payloads": [json.dumps(one.payload, ensure_ascii=False) for one in raised],
    }  # fmt: skip


def _any(cursor: Any) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM fresh)")
    return bool(cursor.fetchone()[0])


def _ask_others(cursor: Any, biz_date: date) -> None:
    """Experiments take away the reasons of who is held out, plans of care those that a message answers; as in the night."""
    if not _any(cursor):
        return
    cursor.execute(EXPERIMENTS)  # two draws at once would give two customers one number
    lake_day = Lake(settings.YINKE.lake).day(biz_date)
    if lake_day is not None:
        for hold in night.HOLDERS:
            hold(cursor, lake_day, biz_date)
    else:  # nobody can be drawn without the day's strata; who is held out already stays so
        cursor.execute("SELECT DISTINCT customer_id FROM fresh")
        held = held_out([customer for (customer,) in cursor.fetchall()], biz_date)
        cursor.execute("DELETE FROM fresh WHERE customer_id = ANY(%s)", [list(held)])
    for ask in night.MESSENGERS:
        ask(cursor, biz_date)
