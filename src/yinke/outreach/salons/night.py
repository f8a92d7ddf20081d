"""沙龙与日终: what managers are asked to do about salons, and what became of those who were asked to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yinke.lake.store import Day
from yinke.outreach.salons.models import AFTER

OF_SALON = "S01"
"""Type of the reason that a salon gives; it is no event of a night."""
LATE = 7
"""So many days late AUM is not looked at any more: it would be another day's figure."""
_SHOWN = "(s.starts_at AT TIME ZONE 'Asia/Shanghai')::date"
_BRING = f"""
WITH salon AS (
    SELECT s.id, s.name, s.state, s.plan, s.plan->>'place' AS place, {_SHOWN} AS held_on
    FROM outreach_salon s WHERE s.state IN ('OPEN', 'CANCELLED')
      AND s.starts_at > %(workday)s::date - interval '32 days' AND s.starts_at < %(workday)s::date + interval '400 days'
), told AS (
    SELECT g.id, g.customer_id, s.name, s.held_on, s.place, c.what, c.priority, c.until
    FROM outreach_salonguest g JOIN salon s ON s.id = g.salon_id CROSS JOIN LATERAL (
        SELECT 'CAME_' || day AS what, 2 AS priority, %(workday)s::date + 6 AS until
        FROM jsonb_array_elements_text(s.plan->'follow_days') AS day
        WHERE s.state = 'OPEN' AND g.attended_at IS NOT NULL AND s.held_on + day::int = %(workday)s::date
        UNION ALL
        SELECT 'ABSENT', 2, %(workday)s::date + 6
        WHERE s.state = 'OPEN' AND g.state = 'COMING' AND g.attended_at IS NULL AND s.held_on + 1 = %(workday)s::date
          AND EXISTS (SELECT FROM outreach_salonguest o WHERE o.salon_id = s.id AND o.attended_at IS NOT NULL)
        UNION ALL
        SELECT 'REMIND', 2, s.held_on
        WHERE s.state = 'OPEN' AND g.state = 'COMING' AND s.held_on - 1 = %(workday)s::date
        UNION ALL
        SELECT 'MOVED_UP', 1, s.held_on
        WHERE s.state = 'OPEN' AND g.state = 'COMING' AND g.moved_up_at IS NOT NULL AND s.held_on >= %(workday)s::date
        UNION ALL
        SELECT 'CANCELLED', 1, s.held_on
        WHERE s.state = 'CANCELLED' AND g.state IN ('COMING', 'WAITING') AND s.held_on >= %(workday)s::date
    ) c
)
INSERT INTO incoming (dedup_key, type, customer_id, priority, expire_on, payload)
SELECT %(type)s || '|' || id || '|' || what, %(type)s, customer_id, priority, until,
    jsonb_build_object('salon', name, 'case', regexp_replace(what, '_[0-9]+$', ''), 'on', held_on, 'place', place)
FROM told
"""
# Without a single check-in nobody can be said to have stayed away.


def bring_salons(cursor: Any, day: Day, biz_date: date) -> int:
    """Add to the night's reasons: those who came, so many days after; who stayed away; who is to be reminded, has moved up, or must
    be told that it was cancelled. And keep the guests' AUM before the salon, and 30, 60 and 90 days after it.

    Returns:
        How many reasons were added.
    """
    # a salon is held before its guests, as by whoever answers: else the two could wait for each other
    cursor.execute(_HOLD, {"biz_date": biz_date, "days": max(days for days, _ in AFTER) + LATE})
    cursor.execute(_BEFORE, {"biz_date": biz_date})
    for days, column in AFTER:
        cursor.execute(_LATER.format(column=column), {"biz_date": biz_date, "days": days})
    cursor.execute(_BRING, {"type": OF_SALON, "workday": biz_date + timedelta(days=1)})
    return int(cursor.rowcount)


_HOLD = f"""
SELECT FROM outreach_salon s WHERE s.state = 'OPEN' AND {_SHOWN} + %(days)s > %(biz_date)s ORDER BY s.id FOR NO KEY UPDATE
"""
_BEFORE = f"""
UPDATE outreach_salonguest g SET aum_before = x.aum FROM outreach_salon s, customers_metrics x
WHERE s.id = g.salon_id AND s.state = 'OPEN' AND {_SHOWN} > %(biz_date)s AND x.customer_id = g.customer_id
  AND g.aum_before IS DISTINCT FROM x.aum
"""
_LATER = f"""
UPDATE outreach_salonguest g SET {{column}} = x.aum FROM outreach_salon s, customers_metrics x
WHERE s.id = g.salon_id AND s.state = 'OPEN' AND {_SHOWN} + %(days)s <= %(biz_date)s AND g.{{column}} IS NULL
  AND {_SHOWN} + %(days)s > %(biz_date)s::date - {LATE} AND x.customer_id = g.customer_id
"""
