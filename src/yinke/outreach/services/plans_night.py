"""夜间关怀: the night's events become the messages of the running plans of care, in the transaction that makes the tasks.

Who may not be approached, or is held out by an experiment, is not among ``fresh`` any more. The gate decides once more when
a message is due. A date made anew asks for nothing twice: the plan, the customer and the day are the key.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from yinke.common.thresholds import load_thresholds
from yinke.outreach.models import CarePlan, TemplateVersion

_WHO = """
FROM fresh f JOIN customers_metrics m ON m.customer_id = f.customer_id
WHERE f.type = %(event)s AND m.tier BETWEEN %(low)s AND %(high)s
"""
ASK = f"""
INSERT INTO outreach_message (customer_id, version_id, channel, kind, plan_id, request_key, made_at, expires_at, next_at, state, why,
    attempts, provider, provider_ref)
SELECT customer_id, %(version)s, %(channel)s, %(kind)s, %(plan)s, 'plan|' || %(plan)s || '|' || customer_id || '|' || on_day, now(),
    moment + %(lives)s * interval '1 hour', moment, 'QUEUED', '', 0, '', ''
FROM (
    SELECT DISTINCT d.customer_id, d.on_day, (d.on_day + make_interval(hours => %(hour)s)) AT TIME ZONE 'Asia/Shanghai' AS moment
    FROM (
        SELECT f.customer_id, CASE WHEN %(on_due)s THEN GREATEST((f.payload ->> 'due')::date, %(workday)s::date)
            ELSE %(workday)s::date END AS on_day
        {_WHO}
    ) d
    WHERE d.on_day IS NOT NULL
) told
ON CONFLICT (request_key) DO NOTHING
"""
INSTEAD = (
    f"DELETE FROM fresh USING (SELECT f.dedup_key {_WHO}) answered WHERE fresh.dedup_key = answered.dedup_key"
)


def ask_for_messages(cursor: Any, biz_date: date) -> int:
    """Ask for the messages of all running plans.

    Args:
        cursor: of the transaction in which the night's tasks are made; the temporary table ``fresh`` has its new reasons.

    Returns:
        How many messages were asked for.
    """
    workday = biz_date + timedelta(days=1)
    values = load_thresholds(settings.YINKE.thresholds).at(workday)
    asked = 0
    for plan in (
        CarePlan.objects.filter(state=CarePlan.State.RUNNING).select_related("template").order_by("id")
    ):
        version = (
            TemplateVersion.objects.filter(
                template_id=plan.template_id, state=TemplateVersion.State.APPROVED, template__retired_at=None
            )
            .order_by("-number")
            .first()
        )
        if version is None:  # retired: the manager's task stands
            continue
        given = {
            "plan": plan.id, "event": plan.event, "low": plan.tier_from, "high": plan.tier_to, "version": version.id,
            "channel": plan.template.channel, "kind": plan.template.kind, "on_due": plan.on_due, "workday": workday,
            "hour": int(values["outreach.from_hour"]), "lives": int(values["outreach.lives_hours"]),
        }  # fmt: skip
        cursor.execute(ASK, given)
        asked += int(cursor.rowcount)
        if plan.instead:
            cursor.execute(INSTEAD, given)
    return asked
