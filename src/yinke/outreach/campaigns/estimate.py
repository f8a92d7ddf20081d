"""活动测算: what would become of a plan today: who takes part, what it costs, and how small an effect it could show."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pyroaring import BitMap

from yinke.common.many import array_of
from yinke.common.row_security import whole_bank
from yinke.lake.store import Lake
from yinke.outreach.campaigns.audience import consenting, sift, ways_of
from yinke.outreach.campaigns.plan import CENT, CampaignPlan
from yinke.outreach.campaigns.schemas import CampaignChance, CampaignEstimate, CampaignWay, Loss
from yinke.outreach.campaigns.services import check
from yinke.outreach.gate import PURPOSES
from yinke.outreach.journeys.engine import numbers
from yinke.outreach.schemas import ChannelCode
from yinke.scoring.effect.draw import SHARES
from yinke.scoring.effect.power import detectable_rate
from yinke.segments.kept import members_of

BACK = timedelta(days=30)
LEAST = 30
"""Customers below whom no rate is told."""


def estimated(name: str, plan: CampaignPlan) -> CampaignEstimate:
    """What a plan comes to. Of the whole bank: who may plan campaigns oversees it; no customer is named."""
    with whole_bank():
        sifted = sift(plan, timezone.localdate())
        eligible = len(sifted.eligible)
        held_out = eligible * plan.holdout // 100
        touched = eligible - held_out
        leads = min(touched, _room(sifted.eligible, plan)) if plan.leads is not None else 0
        ways = _ways(sifted.eligible, plan)
    messages = touched if plan.template is not None else 0
    base = _base(plan)
    points = (
        detectable_rate(eligible, plan.holdout / 100, base)
        if base is not None and plan.holdout in SHARES
        else None
    )
    return CampaignEstimate(
        targeted=sifted.targeted, lost=[Loss(why=why, customers=many) for why, many in sifted.lost.items()],
        eligible=eligible, held_out=held_out, messages=messages, leads=leads, ways=ways,
        cost=(messages * plan.message_cost + leads * plan.lead_cost).quantize(CENT),
        cost_most=(messages * (1 + len(plan.otherwise)) * plan.message_cost + leads * plan.lead_cost).quantize(CENT),
        chance=CampaignChance(base=base, points=points), faults=check(name.strip(), plan),
    )  # fmt: skip


def _ways(whom: BitMap, plan: CampaignPlan) -> list[CampaignWay]:
    """By channel, in the order of the texts, who has agreed to it and to none before it."""
    if not plan.otherwise:
        return []
    left, found = whom, list[CampaignWay]()
    for text in ways_of(plan):
        agreed = consenting(left, [PURPOSES[text.channel]])
        found.append(CampaignWay(channel=cast(ChannelCode, text.channel), customers=len(agreed)))
        left = left - agreed
    return found


_DESKS = """
SELECT count(*) FROM customers_customer c
LEFT JOIN customers_assignment a ON a.customer_id = c.id AND a.rel_type = 'MAIN' AND a.end_date IS NULL
WHERE c.id = ANY(%s) GROUP BY COALESCE(a.user_id, -c.org_id)
"""


def _room(whom: BitMap, plan: CampaignPlan) -> int:
    """How many leads all managers together can be handed within the window."""
    assert plan.leads is not None  # noqa: S101
    days = max(0, (plan.ends_on - max(plan.starts_on, timezone.localdate())).days + 1)
    with connection.cursor() as cursor:
        cursor.execute(_DESKS, [array_of(whom)])
        return sum(min(many, days * plan.leads.daily_cap) for (many,) in cursor.fetchall())


def _base(plan: CampaignPlan) -> float | None:
    """Of the audience as of 30 days ago, the share who have reached the goal since, without a campaign."""
    newest = Lake(settings.YINKE.lake).latest()
    if newest is None or not plan.segment:
        return None
    if plan.goal.type == "SEGMENT":
        return _entered(plan, newest.biz_date)
    whom = numbers(members_of(plan.segment)).tolist()
    rows = pq.read_table(
        newest.path("snapshot"), columns=["aum_30d_ago", "aum"],
        filters=pc.field("cust_id").isin(whom) & pc.field("aum_30d_ago").is_valid(),
    )  # fmt: skip
    if rows.num_rows < LEAST:
        return None
    before, after = (rows[column].cast("float64").to_numpy() for column in ("aum_30d_ago", "aum"))
    return float((np.nan_to_num(after) >= before + float(plan.goal.amount or Decimal(0))).mean())


def _entered(plan: CampaignPlan, newest: date) -> float | None:
    before = members_of(plan.segment, newest - BACK) - members_of(plan.goal.segment, newest - BACK)
    if len(before) < LEAST:
        return None
    return len(before & members_of(plan.goal.segment)) / len(before)
