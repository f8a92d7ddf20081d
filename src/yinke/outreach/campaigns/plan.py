"""营销活动方案: what a campaign is to do, as one document; its digest is what an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.scoring.effect.draw import SHARES

Objective = Literal["KEEP", "GROW", "WIN_BACK", "ACTIVATE", "PRODUCT"]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
UnitCost = Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=4)]
SegmentCode = Annotated[str, Field(max_length=40)]
LONGEST = 180
"""Days from the first day of a campaign to the day at whose end its effect is measured: as of experiments."""
CENT = Decimal("0.01")


class CampaignLeads(Schema):
    """线索: customers are handed to their managers, day by day, those with the highest AUM first."""

    script: str = Field(default="", max_length=200)
    """What to speak of."""
    priority: int = Field(default=2, ge=1, le=3)
    days: int = Field(default=7, ge=1, le=30)
    """For so many days a lead stands on the manager's list."""
    daily_cap: int = Field(default=5, ge=1, le=50)
    """Of this campaign, for each manager and day."""


class CampaignGoal(Schema):
    """目标: what counts as converted. It is asked each night, of those who are held out too.

    ``SEGMENT``: being in a segment (who is in it at the start takes no part). ``AUM``: an AUM of ``amount`` CNY above the one
    at the start.
    """

    type: Literal["SEGMENT", "AUM"] = "AUM"
    segment: SegmentCode = ""
    amount: Money = Decimal(0)
    days: int = Field(default=30, ge=7, le=90)
    """Counted up to so many days after the campaign's last day."""


class CampaignVariant(Schema):
    """文案: another text of the first one's channel and kind, for ``share`` percent of those who are written to."""

    template: int
    share: int = Field(ge=1, le=99)


class CampaignPlan(Schema):
    """What is drawn up, approved and carried out. Dates are of Asia/Shanghai, money is CNY."""

    objective: Objective = "KEEP"
    about: str = Field(default="", max_length=500)
    segment: SegmentCode = ""
    """The audience: who is in it when the campaign starts."""
    exclude: list[SegmentCode] = Field(default=[], max_length=10)
    starts_on: date
    ends_on: date
    """Its last day."""
    by_hand: bool = False
    """It starts when an operator says so, within its window; else by itself on the first day."""
    template: int | None = None
    """The text that is sent first; null: none."""
    template_share: int = Field(default=100, ge=1, le=100)
    """Percent of those who are written to who get it; with the shares of ``variants`` 100."""
    variants: list[CampaignVariant] = Field(default=[], max_length=3)
    """Who gets which is drawn at the start."""
    otherwise: list[int] = Field(default=[], max_length=2)
    """渠道顺位: texts of other channels, each for whom the one before did not reach (``services/next_channel.py``)."""
    leads: CampaignLeads | None = None
    offer: str = Field(default="", max_length=200)
    budget: Money = Decimal(0)
    message_cost: UnitCost = Decimal(0)
    """Of each message that goes, by whatever channel."""
    lead_cost: UnitCost = Decimal(0)
    """Of each lead with what is handed over in it."""
    holdout: int = 10
    """Percent of the audience who are left alone; one of ``draw.SHARES``."""
    holdout_least: int = Field(default=100, ge=0, le=1_000_000)
    """With fewer held out it does not start."""
    goal: CampaignGoal = CampaignGoal()

    @property
    def horizon(self) -> int:
        """Days from its first day until its effect is measured."""
        return (self.measured_on - self.starts_on).days

    @property
    def measured_on(self) -> date:
        """The business date at whose end its effect is measured; until then who is held out is left alone."""
        return self.ends_on + timedelta(days=self.goal.days)


class CampaignFault(Schema):
    """What stands against a plan: the field, a code, what it is about."""

    field: str
    code: str
    about: str = ""


class Named(Schema):
    """What a plan may name now."""

    approachable: set[str]
    """Segments that are approved for outreach."""
    segments: set[str]
    """All segments in use."""
    templates: dict[int, tuple[str, str]]
    """Approved texts, each with its kind and channel."""
    banned: list[str]
    """Words that may not be said."""


def faults(name: str, plan: CampaignPlan, named: Named, today: date) -> list[CampaignFault]:
    """Everything that keeps a plan from being submitted, in the order of the form."""
    found: list[CampaignFault] = []

    def fault(field: str, code: str, about: str = "") -> None:
        found.append(CampaignFault(field=field, code=code, about=about))

    if not name:
        fault("name", "NO_NAME")
    if plan.segment not in named.approachable:
        fault("segment", "NOT_APPROACHABLE" if plan.segment else "NO_SEGMENT", plan.segment)
    for code in plan.exclude:
        if code not in named.segments:
            fault("exclude", "NO_SUCH_SEGMENT", code)
    if plan.ends_on < plan.starts_on:
        fault("window", "WINDOW_BACKWARDS")
    elif plan.ends_on < today:
        fault("window", "WINDOW_OVER")
    elif plan.horizon > LONGEST:
        fault("window", "TOO_LONG", f"{LONGEST}")
    if plan.template is None and plan.leads is None:
        fault("touch", "NO_TOUCH")
    if plan.template is not None and plan.template not in named.templates:
        fault("template", "TEXT_NOT_APPROVED")
    elif plan.template is not None and named.templates[plan.template][0] == "SERVICE":
        fault("template", "TEXT_IS_SERVICE")  # it would pass by consent, do-not-disturb and caps
    for code in _of_variants(plan, named):
        fault("variants", code)
    for code in _of_ways(plan, named):
        fault("otherwise", code)
    said = {"offer": plan.offer, "script": plan.leads.script if plan.leads else ""}
    for field, words in said.items():
        for word in named.banned:
            if word in words:
                fault(field, "BANNED_WORD", word)
    dearest = max(
        plan.message_cost if plan.template is not None else Decimal(0),
        plan.lead_cost if plan.leads is not None else Decimal(0),
    )
    if plan.budget < dearest:
        fault("budget", "BUDGET_SMALL", f"{dearest.normalize():f}")
    if plan.holdout not in SHARES:
        fault("holdout", "SHARE", f"{SHARES[0]}–{SHARES[-1]}")
    if plan.goal.type == "SEGMENT" and plan.goal.segment not in named.segments:
        fault("goal", "NO_GOAL")
    if plan.goal.type == "SEGMENT" and plan.goal.segment and plan.goal.segment == plan.segment:
        fault("goal", "GOAL_IS_AUDIENCE")
    if plan.goal.type == "AUM" and plan.goal.amount <= 0:
        fault("goal", "NO_AMOUNT")
    return found


def _of_variants(plan: CampaignPlan, named: Named) -> Iterator[str]:
    """What stands against the texts that are compared, each code once."""
    others = [variant.template for variant in plan.variants]
    if plan.template is None:
        if others:
            yield "NO_FIRST_TEXT"
        return
    if plan.template_share + sum(variant.share for variant in plan.variants) != 100:
        yield "SHARES_NOT_100"
    if len({plan.template, *others}) <= len(others):
        yield "TEXT_TWICE"
    known = [named.templates[one] for one in others if one in named.templates]
    if len(known) < len(others):
        yield "VARIANT_NOT_APPROVED"
    first = named.templates.get(plan.template)
    if first is not None and any(one != first for one in known):
        yield "VARIANT_UNLIKE"  # else two things would differ, and nobody knew which one did it


def _of_ways(plan: CampaignPlan, named: Named) -> Iterator[str]:
    """What stands against the texts that stand in for the first, each code once."""
    if plan.template is None:
        if plan.otherwise:
            yield "NO_FIRST_TEXT"
        return
    known = [named.templates[one] for one in (plan.template, *plan.otherwise) if one in named.templates]
    if any(one not in named.templates for one in plan.otherwise):
        yield "WAY_NOT_APPROVED"
    if len({kind for kind, _ in known}) > 1:
        yield "WAY_OF_OTHER_KIND"
    if len({channel for _, channel in known}) < len(known):
        yield "CHANNEL_TWICE"


ADDED = ("template_share", "variants", "otherwise")
"""Fields that plans did not have at first: left as they are they are no part of the digest, so that what was approved before stands."""


def digest(name: str, plan: CampaignPlan, texts: Sequence[str]) -> str:
    """SHA-256 of everything that is approved: the name, the plan, and the digests of its texts in the plan's order."""
    said = plan.model_dump(mode="json")
    for field in ADDED:
        if said[field] == CampaignPlan.model_fields[field].default:
            del said[field]
    bound = {"name": name, "plan": said, "texts": list(texts)}
    return hashlib.sha256(
        json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def affordable(budget: Decimal, committed: Decimal, each: Decimal, most: int) -> int:
    """How many more, up to ``most``, so that what is committed stays within the budget.

    >>> affordable(Decimal(10), Decimal("9.80"), Decimal("0.05"), 100), affordable(Decimal(1), Decimal(1), Decimal(0), 100)
    (4, 100)
    """
    if each <= 0:
        return most
    return max(0, min(most, int((budget - committed) // each)))
