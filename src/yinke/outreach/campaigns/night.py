"""活动与日终: each night running campaigns hand leads to managers, and everybody who takes part is asked whether the goal is reached."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from psycopg.types.json import Jsonb

from yinke.access.standing import roles_with
from yinke.common.many import array_of
from yinke.effect.models import RUNNING
from yinke.lake.store import Day
from yinke.outreach.campaigns.engine import OF_CAMPAIGN, committed, digest_now, plan_of
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignPlan, affordable
from yinke.segments.kept import members_of

ALL = 1_000_000_000
"""More leads than any night has."""
_OFFER = """
WITH manager AS (
    SELECT m.id, m.customer_id, m.place, m.lead_on, COALESCE(u.id, -c.org_id) AS desk
    FROM outreach_campaignmember m JOIN customers_customer c ON c.id = m.customer_id
    LEFT JOIN customers_assignment a ON a.customer_id = m.customer_id AND a.rel_type = 'MAIN' AND a.end_date IS NULL
    LEFT JOIN access_user u ON u.id = a.user_id AND u.is_active AND u.role = ANY(%(workers)s)
    WHERE m.campaign_id = %(campaign)s AND NOT m.held_out
      AND (m.lead_on = %(workday)s OR m.lead_on IS NULL AND m.reached_on IS NULL AND (m.offered_on IS NULL OR m.offered_on = %(workday)s))
      AND NOT EXISTS (
        SELECT FROM effect_member o JOIN effect_experiment e ON e.id = o.experiment_id
        WHERE o.customer_id = m.customer_id AND o.held_out AND o.due_on > %(biz_date)s AND e.status = %(running)s)
), turn AS (
    SELECT *, row_number() OVER (PARTITION BY desk ORDER BY lead_on IS NULL, place) AS turn FROM manager
), offered AS (
    SELECT id, customer_id FROM turn WHERE lead_on IS NULL AND turn <= %(cap)s ORDER BY place LIMIT %(most)s
), marked AS (
    UPDATE outreach_campaignmember m SET offered_on = %(workday)s FROM offered o WHERE m.id = o.id
)
INSERT INTO incoming (dedup_key, type, customer_id, priority, expire_on, payload)
SELECT %(type)s || '|' || %(campaign)s || '|' || customer_id, %(type)s, customer_id, %(priority)s, %(until)s, %(facts)s
FROM offered
"""
# Who stands on this day's lists already counts first, so that a night made anew hands out no more than the cap.


def bring_leads(cursor: Any, day: Day, biz_date: date) -> int:
    """Ask of all who take part, held out or not, whether they have reached the goal. Then add the next leads of running campaigns
    to the night's reasons: of each manager (of an outlet's pool, if there is none) up to the cap of a day, those with the
    highest AUM first, as long as the budget bears them.

    Who may not be contacted is left out by what every reason passes; they are not offered again.

    Returns:
        How many were added.
    """
    _follow_all(cursor, biz_date)
    workday, added = biz_date + timedelta(days=1), 0
    rows = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related("text__template")
    for campaign in rows.filter(state=Campaign.State.RUNNING).order_by("id"):
        plan = plan_of(campaign)
        began = campaign.started_at and timezone.localdate(campaign.started_at)
        if plan.leads is None or began is None or not began <= workday <= plan.ends_on:
            continue
        if digest_now(campaign) != campaign.digest:
            continue  # the next minute says so on its page
        facts = {"campaign": campaign.name, "offer": plan.offer or None, "script": plan.leads.script or None}
        cursor.execute(
            _OFFER,
            {
                "campaign": campaign.id, "workday": workday, "biz_date": biz_date, "workers": roles_with("workbench"),
                "running": RUNNING, "cap": plan.leads.daily_cap, "type": OF_CAMPAIGN, "priority": plan.leads.priority,
                "most": affordable(plan.budget, committed(campaign, plan), plan.lead_cost, ALL),
                "until": workday + timedelta(days=plan.leads.days), "facts": Jsonb(facts),
            },
        )  # fmt: skip
        added += int(cursor.rowcount)
    return added


_LEADS = """
UPDATE outreach_campaignmember m SET lead_on = %(workday)s
FROM fresh f WHERE f.type = %(type)s AND m.campaign_id = split_part(f.dedup_key, '|', 2)::bigint AND m.customer_id = f.customer_id
  AND m.lead_on IS NULL
"""


def take_leads(cursor: Any, biz_date: date) -> int:
    """Note whom the night hands to a manager.

    Args:
        cursor: of the transaction in which the night's tasks are made; the temporary table ``fresh`` has its new reasons.

    Returns:
        0: it asks for no messages.
    """
    cursor.execute(_LEADS, {"type": OF_CAMPAIGN, "workday": biz_date + timedelta(days=1)})
    return 0


def _follow_all(cursor: Any, biz_date: date) -> None:
    followed = Campaign.objects.filter(
        experiment__starts_on__lt=biz_date, state__in=("RUNNING", "PAUSED", "ENDED")
    )
    for campaign in followed.order_by("id"):
        plan = plan_of(campaign)
        if biz_date <= plan.measured_on:
            _follow(cursor, campaign, plan, biz_date)


_AUM_REACHED = """
UPDATE outreach_campaignmember m SET reached_on = %(biz_date)s FROM customers_metrics x
WHERE m.campaign_id = %(campaign)s AND m.reached_on IS NULL AND x.customer_id = m.customer_id AND x.aum >= m.aum_before + %(amount)s
"""
_SEGMENT_REACHED = """
UPDATE outreach_campaignmember m SET reached_on = %(biz_date)s
WHERE m.campaign_id = %(campaign)s AND m.reached_on IS NULL AND m.customer_id = ANY(%(whom)s)
"""


def _follow(cursor: Any, campaign: Campaign, plan: CampaignPlan, biz_date: date) -> None:
    given: dict[str, Any] = {"campaign": campaign.id, "biz_date": biz_date, "amount": plan.goal.amount}
    if plan.goal.type == "AUM":
        cursor.execute(_AUM_REACHED, given)
    else:
        cursor.execute(_SEGMENT_REACHED, given | {"whom": array_of(members_of(plan.goal.segment))})
