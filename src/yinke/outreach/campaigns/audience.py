"""活动受众: who of the audience takes part, and why the others don't. By sets; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from pyroaring import BitMap

from yinke.common.many import array_of
from yinke.effect.models import RUNNING
from yinke.outreach.campaigns.plan import CampaignPlan
from yinke.outreach.gate import GONE_STATUSES, PURPOSES
from yinke.outreach.journeys.engine import numbers
from yinke.outreach.models import Kind, Template
from yinke.privacy.consents import allowed
from yinke.segments.kept import members_of

LOSSES = ("EXCLUDED", "GOAL", "STATUS", "RESTRICTED", "DND", "CONSENT", "HELD_OUT", "UNKNOWN")
"""Why somebody of the audience takes no part, in the order in which it is asked: the first one counts. ``UNKNOWN``: the
newest night does not know them yet."""


@dataclass(frozen=True)
class Sifted:
    """An audience: how many are targeted, who of them may take part, how many are lost by each of ``LOSSES``."""

    targeted: int
    eligible: BitMap
    lost: dict[str, int]


def sift(plan: CampaignPlan, on: date) -> Sifted:
    """Who would take part now.

    Who may be reached in no way that the plan has is left out before the draw, so that the arms are alike. What may
    change until a message goes (caps, hours, an address) the gate decides then.

    Args:
        on: today in Asia/Shanghai.
    """
    left = members_of(plan.segment)
    targeted, lost = len(left), dict[str, int]()

    def lose(why: str, whom: BitMap) -> None:
        nonlocal left
        if many := len(left & whom):
            lost[why] = many
        left = left - whom

    lose("EXCLUDED", BitMap.union(BitMap(), *(members_of(code) for code in plan.exclude)))
    if plan.goal.type == "SEGMENT":
        lose("GOAL", members_of(plan.goal.segment))
    lose("STATUS", left - _asked(_OPEN, left, gone=[*GONE_STATUSES, "FROZEN"]))
    lose("RESTRICTED", _asked(_RESTRICTED, left))
    lose("DND", _asked(_QUIET, left, scopes=_scopes(plan), on=on))
    if purposes := _purposes(plan):
        lose("CONSENT", left - consenting(left, purposes))
    lose("HELD_OUT", _asked(_HELD_OUT, left, running=RUNNING, on=on))
    return Sifted(targeted, left, lost)


def ways_of(plan: CampaignPlan) -> list[Template]:
    """The first text and those that stand in for it, in their order."""
    asked = [one for one in (plan.template, *plan.otherwise) if one is not None]
    found = Template.objects.in_bulk(asked)
    return [found[one] for one in asked if one in found]


def consenting(whom: BitMap, purposes: Iterable[str]) -> BitMap:
    """Those who have agreed to one of the purposes."""
    return BitMap.union(BitMap(), *(BitMap(allowed(numbers(whom).tolist(), purpose)) for purpose in purposes))


def _scopes(plan: CampaignPlan) -> list[str]:
    """The wishes that leave no way to a customer."""
    ways = {template.channel for template in ways_of(plan)} | ({"CALLS"} if plan.leads is not None else set())
    return ["ALL_MARKETING", *ways] if len(ways) == 1 else ["ALL_MARKETING"]


def _purposes(plan: CampaignPlan) -> list[str]:
    """The consents of which one is needed, or nothing could be done: of a campaign that only writes."""
    texts = ways_of(plan)
    if plan.leads is not None or any(text.kind == Kind.SERVICE for text in texts):
        return []
    return [PURPOSES[text.channel] for text in texts]


def _asked(sql: str, whom: BitMap, **given: Any) -> BitMap:
    asked: Mapping[str, Any] = {"whom": array_of(whom), **given}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return BitMap([customer for (customer,) in cursor.fetchall()])


_OPEN = "SELECT id FROM customers_customer WHERE id = ANY(%(whom)s) AND status <> ALL(%(gone)s)"
_RESTRICTED = "SELECT customer_id FROM privacy_restriction WHERE customer_id = ANY(%(whom)s)"
_QUIET = """
WITH wish AS (
    SELECT d.customer_id, m.one_id FROM care_donotdisturb d
    LEFT JOIN customers_personmember m ON m.customer_id = d.customer_id
    WHERE d.lifted_at IS NULL AND d.scope = ANY(%(scopes)s) AND (d.until IS NULL OR d.until >= %(on)s))
SELECT customer_id FROM wish WHERE customer_id = ANY(%(whom)s)
UNION SELECT m.customer_id FROM wish JOIN customers_personmember m ON m.one_id = wish.one_id WHERE m.customer_id = ANY(%(whom)s)
"""
# A person's wish holds for all the customer numbers that he has.
_HELD_OUT = """
SELECT m.customer_id FROM effect_member m JOIN effect_experiment e ON e.id = m.experiment_id
WHERE m.customer_id = ANY(%(whom)s) AND m.held_out AND m.due_on > %(on)s AND e.status = %(running)s
"""
