"""沙龙方案: what a salon is to be, as one document; its digest is what an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field

from yinke.common.schema import Schema
from yinke.outreach.campaigns.plan import Money

MOST_SEATS = 1_000


class SalonPlan(Schema):
    """What is drawn up, approved and held. Money is CNY."""

    theme: str = Field(default="", max_length=500)
    """What it is about, as customers read it."""
    place: str = Field(default="", max_length=120)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    closes_at: AwareDatetime
    """报名截止: no answer is taken after it."""
    seats: int = Field(default=20, ge=1, le=MOST_SEATS)
    waiting: int = Field(default=10, ge=0, le=MOST_SEATS)
    """候补: seats of those who wait, at most."""
    party: int = Field(default=1, ge=1, le=5)
    """Seats that one customer may take, their own among them."""
    speaker: str = Field(default="", max_length=120)
    materials: str = Field(default="", max_length=500)
    """宣传材料: what is shown and handed out; it is approved with the rest."""
    risk: int | None = Field(default=None, ge=1, le=5)
    """Highest risk level of the products that it speaks of; None: of none. Whom they do not suit is marked, to be told."""
    template: int | None = None
    """The text by which customers may be invited; None: by word only."""
    follow_days: list[Annotated[int, Field(ge=1, le=30)]] = Field(default=[1, 3, 7], max_length=5)
    """回访: so many days after it, managers get a task for each customer who came."""
    budget: Money = Decimal(0)


class SalonFault(Schema):
    """What stands against a plan: the field, a code, what it is about."""

    field: str
    code: str
    about: str = ""


def faults(
    name: str, plan: SalonPlan, templates: Collection[int], banned: Collection[str], now: datetime
) -> list[SalonFault]:
    """Everything that keeps a plan from being submitted, in the order of the form.

    Args:
        templates: approved texts that may invite to a salon.
        banned: words that may not be said to customers.
    """
    found: list[SalonFault] = []

    def fault(field: str, code: str, about: str = "") -> None:
        found.append(SalonFault(field=field, code=code, about=about))

    if not name:
        fault("name", "NO_NAME")
    if not plan.theme.strip():
        fault("theme", "NO_THEME")
    if not plan.place.strip():
        fault("place", "NO_PLACE")
    if plan.ends_at <= plan.starts_at:
        fault("window", "WINDOW_BACKWARDS")
    elif plan.starts_at <= now:
        fault("window", "WINDOW_OVER")
    if plan.closes_at > plan.starts_at:
        fault("closes_at", "CLOSES_LATE")
    elif plan.closes_at <= now:
        fault("closes_at", "CLOSED_ALREADY")
    if plan.party > plan.seats:
        fault("party", "PARTY_LARGE")
    if plan.risk is not None and not plan.materials.strip():
        fault("materials", "NO_MATERIALS")  # what speaks of products is seen before it is shown
    if plan.template is not None and plan.template not in templates:
        fault("template", "TEXT_NOT_APPROVED")
    for field, words in (("name", name), ("theme", plan.theme), ("materials", plan.materials)):
        for word in banned:
            if word in words:
                fault(field, "BANNED_WORD", word)
    return found


def digest(name: str, host_id: int, plan: SalonPlan) -> str:
    """SHA-256 of everything that is approved: the name, the host and the plan. The text of its invitation has an approval of its own.

    >>> from datetime import timezone
    >>> moment = datetime(2026, 11, 30, 6, tzinfo=timezone.utc)
    >>> plan = SalonPlan(starts_at=moment, ends_at=moment, closes_at=moment)
    >>> len(digest("茶会", 1, plan)), digest("茶会", 1, plan) == digest("茶会", 1, plan.model_copy(update={"seats": 21}))
    (64, False)
    """
    bound = {"name": name, "host": host_id, "plan": plan.model_dump(mode="json")}
    return hashlib.sha256(
        json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
