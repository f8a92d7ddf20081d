"""活动效果: the goal among those who took part and those held out, what the experiment's newest look says of their money, and what
came of each of the texts that were compared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import numpy as np
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from yinke.common.row_security import whole_bank
from yinke.effect.models import Look
from yinke.effect.schemas import EffectOut
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignPlan
from yinke.outreach.campaigns.schemas import (
    CampaignEffect,
    CampaignVariantOut,
    VariantRate,
    VariantStep,
    Verdict,
)
from yinke.outreach.journeys.schemas import Arm, Comparison
from yinke.outreach.models import Message, TemplateVersion
from yinke.scoring.effect.difference import Estimate, rate_difference, rate_interval

CRITICAL = 1.96
"""Standard errors of a 95 % interval."""


def effect_of(campaign: Campaign, plan: CampaignPlan) -> CampaignEffect:
    """The campaign's effect so far, of whole arms as they were drawn, whoever was touched (intention to treat)."""
    assert campaign.experiment_id is not None  # noqa: S101
    look = Look.objects.filter(experiment=campaign.experiment_id).order_by("-biz_date").first()
    result: dict[str, Any] = look.result if look else {}
    return CampaignEffect(
        experiment_id=campaign.experiment_id, measured_on=plan.measured_on, comparison=compared(campaign),
        verdict=cast(Verdict | None, result.get("verdict")), as_of=look.biz_date if look else None,
        aum=EffectOut(**result["aum"]) if result.get("aum") else None,
    )  # fmt: skip


_OF_VARIANTS = """
SELECT m.variant, count(*), count(*) FILTER (WHERE x.state = ANY(%(gone)s)), count(*) FILTER (WHERE x.state = 'DELIVERED'),
    count(*) FILTER (WHERE r.answered), count(*) FILTER (WHERE r.opted_out), count(m.reached_on)
FROM outreach_campaignmember m
JOIN outreach_message x ON x.campaign_id = m.campaign_id AND x.customer_id = m.customer_id
    AND x.version_id = (%(texts)s::bigint[])[m.variant + 1]
LEFT JOIN LATERAL (
    SELECT bool_or(y.meaning <> 'OPT_OUT') AS answered, bool_or(y.meaning = 'OPT_OUT') AS opted_out FROM outreach_reply y
    WHERE y.customer_id = x.customer_id AND y.channel = x.channel AND y.at >= x.gone_at AND y.at < %(until)s
) r ON true
WHERE m.campaign_id = %(campaign)s
GROUP BY m.variant
"""
# Who was asked for follows from the order of AUM and the goal alone, not from the draw: so the arms stay alike meanwhile. What stands
# in for a text that reached nobody is no merit of the text.
STEPS: tuple[VariantStep, ...] = ("SENT", "DELIVERED", "ANSWERED", "OPTED_OUT", "REACHED")
"""What is told of each text: it went, arrived, was answered (not by "no more"), was answered by "no more"; the goal was reached."""


def variants_of(campaign: Campaign, plan: CampaignPlan) -> list[CampaignVariantOut]:
    """What came of each of the first texts, in the plan's order; no difference is told as by ``compared``."""
    if not campaign.variants or campaign.text_id is None or campaign.experiment_id is None:
        return []
    texts, over = [campaign.text_id, *campaign.variants], plan.measured_on + timedelta(days=1)
    given: dict[str, Any] = {
        "campaign": campaign.id, "texts": texts, "gone": list(Message.GONE),
        "until": timezone.make_aware(datetime.combine(over, datetime.min.time())),
    }  # fmt: skip
    with whole_bank(), connection.cursor() as cursor:  # whole arms, which tell of no customer
        cursor.execute(_OF_VARIANTS, given)
        counted = {variant: (many, came) for variant, many, *came in cursor.fetchall()}
    names = dict(TemplateVersion.objects.filter(id__in=texts).values_list("id", "template__name"))
    shares = (plan.template_share, *(variant.share for variant in plan.variants))
    nobody = (0, [0] * len(STEPS))
    first, found = counted.get(0, nobody), list[CampaignVariantOut]()
    for n, (text, share) in enumerate(zip(texts, shares, strict=True)):
        many, came = counted.get(n, nobody)
        rates = [
            _rate(code, (many, came[step]), (first[0], first[1][step]) if n else None)
            for step, code in enumerate(STEPS)
        ]
        found.append(CampaignVariantOut(name=names[text], share=share, customers=many, rates=rates))
    return found


def _rate(code: VariantStep, mine: tuple[int, int], first: tuple[int, int] | None) -> VariantRate:
    many, came = mine
    low, high = rate_interval(came, many, CRITICAL) or (None, None)
    told = _against(mine, first) if first is not None else None
    below, above = told.interval(CRITICAL) if told else (None, None)
    return VariantRate(
        code=code, customers=came, rate=came / many if many else None, low=low, high=high,
        difference=_points(told.difference if told else None), difference_low=_points(below), difference_high=_points(above),
    )  # fmt: skip


def _against(arm: tuple[int, int], other: tuple[int, int]) -> Estimate | None:
    """The rate of one arm less that of another; each as customers, and those to whom it happened."""
    (n1, r1), (n0, r0) = arm, other
    happened = np.concatenate([np.arange(n1) < r1, np.arange(n0) < r0])
    return rate_difference(np.repeat([False, True], [n1, n0]), happened, np.zeros(n1 + n0, np.intp))


def compared(campaign: Campaign) -> Comparison:
    """The goal in both arms; no difference is told of fewer than ``difference.LEAST_ARM`` customers in one of them."""
    with whole_bank():  # whole arms, which tell of no customer
        rows = campaign.members.values_list("held_out").annotate(
            many=Count("id"), reached=Count("reached_on")
        )
        arms = {held: (many, reached) for held, many, reached in rows.order_by()}
    (n1, r1), (n0, r0) = (arms.get(held, (0, 0)) for held in (False, True))
    found = _against((n1, r1), (n0, r0))
    low, high = found.interval(CRITICAL) if found else (None, None)
    return Comparison(
        treated=Arm(customers=n1, reached=r1), held_out=Arm(customers=n0, reached=r0),
        difference=_points(found.difference if found else None), low=_points(low), high=_points(high),
    )  # fmt: skip


def _points(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)
