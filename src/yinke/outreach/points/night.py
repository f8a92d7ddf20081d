"""积分与日终: each night points whose time is over expire, and running missions award theirs for the business date. By sets."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from yinke.care.own_events.firing import entered_on
from yinke.common.many import array_of
from yinke.common.thresholds import load_thresholds
from yinke.lake.store import Day
from yinke.outreach.gate import GONE_STATUSES
from yinke.outreach.points.known import HALTING, digest_of, faults_of, known, mission_plan
from yinke.outreach.points.ledger import Owner, bank_account
from yinke.outreach.points.models import Mission, Stand
from yinke.outreach.points.plan import Known, MissionPlan, good_until, period
from yinke.segments.kept import members_of, members_store

logger = logging.getLogger(__name__)
SCRATCH = """
DROP TABLE IF EXISTS points_came, points_due;
CREATE TEMP TABLE points_came (customer_id int, source text) ON COMMIT DROP;
CREATE TEMP TABLE points_due (customer_id int, source text, natural_key text) ON COMMIT DROP;
"""
_ENTERED = "INSERT INTO points_came SELECT customer_id, '' FROM unnest(%(whom)s::int[]) AS came (customer_id)"
_HAPPENED = """
INSERT INTO points_came SELECT customer_id, dedup_key FROM incoming
WHERE type = %(event)s AND customer_id = ANY(%(whom)s) AND length(dedup_key) <= 160
"""
_DUE = """
INSERT INTO points_due
SELECT customer_id, source, natural_key FROM (
    SELECT DISTINCT ON (c.customer_id) c.customer_id, c.source,
        'award|' || %(mission)s || '|' || c.customer_id || '|' || %(period)s AS natural_key
    FROM points_came c JOIN customers_customer k ON k.id = c.customer_id
    WHERE k.status <> ALL(%(gone)s)
      AND NOT EXISTS (SELECT FROM privacy_restriction p WHERE p.customer_id = c.customer_id)
      AND NOT EXISTS (
        SELECT FROM outreach_pointsentry e WHERE e.mission_id = %(mission)s AND e.source = c.source AND c.source <> '')
    ORDER BY c.customer_id, c.source) one
WHERE NOT EXISTS (SELECT FROM outreach_pointsentry e WHERE e.natural_key = one.natural_key)
  AND %(points)s + COALESCE((
    SELECT sum(e.points) FROM outreach_pointsentry e
    WHERE e.customer_id = one.customer_id AND e.biz_date = %(biz_date)s AND e.kind = 'AWARD'), 0) <= %(daily)s
ORDER BY md5(natural_key) LIMIT %(most)s
"""
# Where the budget does not bear all of them, a hash says who: nobody is before others by their number.
_AWARD = (
    """INSERT INTO outreach_pointsaccount (kind, customer_id, balance)
SELECT 'CUSTOMER', customer_id, 0 FROM points_due ORDER BY customer_id ON CONFLICT (customer_id) DO NOTHING""",
    """INSERT INTO outreach_pointsentry (kind, natural_key, source, customer_id, points, mission_id, biz_date, at, why)
SELECT 'AWARD', natural_key, source, customer_id, %(points)s, %(mission)s, %(biz_date)s, %(now)s, '' FROM points_due ORDER BY customer_id""",
    """INSERT INTO outreach_pointslot (entry_id, account_id, points, rest, expires_on)
SELECT e.id, a.id, e.points, e.points, %(good_until)s FROM points_due d JOIN outreach_pointsentry e ON e.natural_key = d.natural_key
JOIN outreach_pointsaccount a ON a.customer_id = d.customer_id ORDER BY e.id""",
    """INSERT INTO outreach_pointsposting (entry_id, account_id, points, of_bank)
SELECT e.id, CASE WHEN side.of_bank THEN %(issued)s ELSE a.id END, CASE WHEN side.of_bank THEN -e.points ELSE e.points END, side.of_bank
FROM points_due d JOIN outreach_pointsentry e ON e.natural_key = d.natural_key
JOIN outreach_pointsaccount a ON a.customer_id = d.customer_id CROSS JOIN (VALUES (true), (false)) AS side (of_bank) ORDER BY e.id""",
)
_EXPIRE = (
    """SELECT FROM outreach_pointsaccount WHERE id IN (
    SELECT account_id FROM outreach_pointslot WHERE rest > 0 AND expires_on <= %(biz_date)s) ORDER BY id FOR NO KEY UPDATE""",
    """INSERT INTO outreach_pointsentry (kind, natural_key, source, customer_id, points, biz_date, at, why)
SELECT 'EXPIRY', 'expire|' || a.customer_id || '|' || %(biz_date)s || '|' || max(l.id), '', a.customer_id, -sum(l.rest), %(biz_date)s, %(now)s, ''
FROM outreach_pointslot l JOIN outreach_pointsaccount a ON a.id = l.account_id
WHERE l.rest > 0 AND l.expires_on <= %(biz_date)s GROUP BY a.customer_id ORDER BY a.customer_id
ON CONFLICT (natural_key) DO NOTHING RETURNING id""",
    """INSERT INTO outreach_pointsposting (entry_id, account_id, points, of_bank)
SELECT e.id, CASE WHEN side.of_bank THEN %(expired)s ELSE a.id END, CASE WHEN side.of_bank THEN -e.points ELSE e.points END, side.of_bank
FROM outreach_pointsentry e JOIN outreach_pointsaccount a ON a.customer_id = e.customer_id
CROSS JOIN (VALUES (true), (false)) AS side (of_bank) WHERE e.id = ANY(%(entries)s) ORDER BY e.id""",
    """INSERT INTO outreach_pointsuse (lot_id, entry_id, points)
SELECT l.id, e.id, l.rest FROM outreach_pointsentry e JOIN outreach_pointsaccount a ON a.customer_id = e.customer_id
JOIN outreach_pointslot l ON l.account_id = a.id AND l.rest > 0 AND l.expires_on <= %(biz_date)s WHERE e.id = ANY(%(entries)s)""",
    """UPDATE outreach_pointslot l SET rest = 0 FROM outreach_pointsuse u WHERE u.lot_id = l.id AND u.entry_id = ANY(%(entries)s)""",
)


def bring_points(cursor: Any, day: Day, biz_date: date) -> int:
    """Let points expire whose last day the business date is, then award those of running missions; a date made anew changes nothing.

    Args:
        cursor: of the transaction in which the night's tasks are made; ``incoming`` has the events of the date.

    Returns:
        0: it brings nobody a reason.
    """
    # missions are held before accounts, as by whoever awards by hand: else the two could wait for each other
    running = list(Mission.objects.filter(state=Stand.RUNNING).order_by("id").select_for_update(no_key=True))
    expire(cursor, biz_date)
    missions = [row for row in running if _open(mission_plan(row), biz_date)]
    if missions:
        values = load_thresholds(settings.YINKE.thresholds).at(biz_date)
        held_against = known(values)
        for mission in missions:
            award_all(cursor, mission, held_against, biz_date)
    return 0


def _open(plan: MissionPlan, biz_date: date) -> bool:
    return plan.counts.type != "HAND" and plan.starts_on <= biz_date <= plan.ends_on


def award_all(cursor: Any, mission: Mission, held_against: Known, biz_date: date) -> int:
    """Award a mission's points for a date, to those of its audience for whom it counts, within caps and budget.

    Args:
        mission: its row is held, so that nobody else awards its points meanwhile.

    Returns:
        To how many. None, if what the mission names is not what was approved any more: the page says so.
    """
    plan = mission_plan(mission)
    if mission.digest != digest_of(mission):
        return 0
    if halted := [one for one in faults_of(mission, held_against) if one.code in HALTING]:
        logger.warning("points: mission %s awards nothing: %s", mission.id, halted[0].code)
        return 0
    whom = members_of(plan.segment, biz_date)
    cursor.execute(SCRATCH)
    if plan.counts.type == "SEGMENT":
        came = entered_on(members_store(), f"segment:{plan.counts.segment}", biz_date)
        if came is None:
            return 0  # that night did not find it, or its rule was changed: who entered is not known
        cursor.execute(_ENTERED, {"whom": array_of(came & whom)})
    else:
        cursor.execute(_HAPPENED, {"event": plan.counts.event, "whom": array_of(whom)})
    given: dict[str, Any] = {
        "mission": mission.id, "period": period(plan.often, biz_date), "points": plan.points, "biz_date": biz_date,
        "gone": [*GONE_STATUSES, "FROZEN"], "daily": int(held_against.values["points.daily"]),
        "most": (mission.most - mission.used) // plan.points, "now": timezone.now(), "issued": bank_account(Owner.ISSUED),
        "good_until": good_until(biz_date, int(held_against.values["points.months"])),
    }  # fmt: skip
    cursor.execute(_DUE, given)
    many = int(cursor.rowcount)
    if many:
        cursor.execute("ANALYZE points_due")
        for statement in _AWARD:
            cursor.execute(statement, given)
        mission.used += many * plan.points
        mission.save(update_fields=["used"])
    return many


def expire(cursor: Any, biz_date: date) -> int:
    """Let what is left of lots expire whose last day the business date is, or lies before it: one entry for each customer.

    Returns:
        Of how many customers.
    """
    given: dict[str, Any] = {
        "biz_date": biz_date,
        "now": timezone.now(),
        "expired": bank_account(Owner.EXPIRED),
    }
    hold, entries, *rest = _EXPIRE
    cursor.execute(hold, given)  # a second look after it: who held an account may have spent of it
    cursor.execute(entries, given)
    given["entries"] = [number for (number,) in cursor.fetchall()]
    if given["entries"]:
        for statement in rest:
            cursor.execute(statement, given)
    return len(given["entries"])
