"""活动效果: the goal among those who took part and those held out, and what the experiment's newest look says of their money."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from django.db.models import Count

from yinke.common.row_security import whole_bank
from yinke.effect.models import Look
from yinke.effect.schemas import EffectOut
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignPlan
from yinke.outreach.campaigns.schemas import CampaignEffect, Verdict
from yinke.outreach.journeys.schemas import Arm, Comparison
from yinke.scoring.effect.difference import rate_difference

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


def compared(campaign: Campaign) -> Comparison:
    """The goal in both arms; no difference is told of fewer than ``difference.LEAST_ARM`` customers in one of them."""
    with whole_bank():  # whole arms, which tell of no customer
        rows = campaign.members.values_list("held_out").annotate(
            many=Count("id"), reached=Count("reached_on")
        )
        arms = {held: (many, reached) for held, many, reached in rows.order_by()}
    (n1, r1), (n0, r0) = (arms.get(held, (0, 0)) for held in (False, True))
    happened = np.concatenate([np.arange(n1) < r1, np.arange(n0) < r0])
    found = rate_difference(np.repeat([False, True], [n1, n0]), happened, np.zeros(n1 + n0, np.intp))
    low, high = found.interval(CRITICAL) if found else (None, None)
    return Comparison(
        treated=Arm(customers=n1, reached=r1), held_out=Arm(customers=n0, reached=r0),
        difference=_points(found.difference if found else None), low=_points(low), high=_points(high),
    )  # fmt: skip


def _points(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)
