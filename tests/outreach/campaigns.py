"""A bank with an audience, a published day, approved texts and consents: what campaigns need."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from tests.bank import a_day, a_lake
from tests.outreach.journeys import NOON, JourneyBank
from yinke.customers.models import Metrics
from yinke.outreach.campaigns import services
from yinke.outreach.campaigns.engine import Moved, tick
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignPlan
from yinke.outreach.services.templates import Draft, decide, submit
from yinke.privacy.models import Consent, Policy

FIRST = NOON.date()
"""The first day of a campaign that names no other; a Tuesday."""
DAY = timedelta(days=1)


class CampaignBank(JourneyBank):
    """Customers of 李 and 王 in turn, the first one with the highest AUM, all of them in the segment ``rich``."""

    def __init__(self, folder: Path, settings: Any, customers: int = 0) -> None:
        super().__init__(folder, settings)
        self.root = folder
        version = submit(self.viewer("运营"), Draft("活动短信", "GREETING", "{称呼}，您好。"))
        self.greeting = decide(self.viewer("合规"), version.id, fit=True).template_id
        self.people = [
            self.customer(f"客{n}", of="李王"[n % 2], aum=1_000_000 - n, mobile=f"138{n:08}")
            for n in range(customers)
        ]
        self.ids = [customer.id for customer in self.people]
        self.members("rich", self.ids)
        self.agree(self.ids)
        self.publish()

    def agree(self, customers: Iterable[int]) -> None:
        """They agree to be sent texts."""
        policy = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
        Consent.objects.bulk_create(
            Consent(
                customer_id=customer, purpose="MARKETING_SMS", answer="GRANTED", policy=policy, text_hash=policy.text_hash,
                channel="COUNTER", at=NOON - 30 * DAY, request_key=secrets.token_hex(8),
            )
            for customer in customers
        )  # fmt: skip

    def publish(self) -> None:
        """The lake has the night of the business date, with everybody's AUM as it stands."""
        rows = [
            {"cust_id": row.customer_id, "tier": row.tier, "aum": row.aum, "status": "NORMAL"}
            for row in Metrics.objects.all()
        ]
        a_day(a_lake(self.root), self.biz_date, snapshot=rows)

    def at_now(self) -> Any:
        """The clock shows the bank's own time."""
        return patch.object(timezone, "now", lambda: self.now)

    def plan(self, **more: Any) -> CampaignPlan:
        """It writes to everybody but a tenth, and costs nothing; goal: 100 CNY more."""
        plan = {
            "segment": "rich", "starts_on": FIRST, "ends_on": FIRST + 20 * DAY, "template": self.greeting, "budget": 1000,
            "holdout": 10, "holdout_least": 1, "goal": {"type": "AUM", "amount": 100, "days": 14},
        }  # fmt: skip
        return CampaignPlan.model_validate(plan | more)

    def drafted(self, name: str = "秋收", **more: Any) -> Campaign:
        """A draft of the operator's."""
        with self.at_now():
            return services.save(self.viewer("运营"), None, name, self.plan(**more))

    def approved(self, name: str = "秋收", **more: Any) -> Campaign:
        """A campaign that compliance has approved."""
        campaign = self.drafted(name, **more)
        with self.at_now():
            services.submit(self.viewer("运营"), campaign.id)
            digest = Campaign.objects.get(id=campaign.id).digest
            return services.approve(self.viewer("合规"), campaign.id, digest)

    def running(self, name: str = "秋收", **more: Any) -> Campaign:
        """A campaign that has started."""
        campaign = self.approved(name, **more)
        self.minute()
        found = Campaign.objects.get(id=campaign.id)
        assert found.state == "RUNNING", found.halted
        return found

    def minute(self, **later: float) -> Moved:
        """The worker's next minute, or so much later."""
        self.now += timedelta(**later) if later else timedelta(minutes=1)
        with self.at_now():
            return tick()

    def held_out(self, campaign: Campaign) -> set[int]:
        """Who is left alone."""
        return set(campaign.members.filter(held_out=True).values_list("customer_id", flat=True))

    def balances(self, aum: Mapping[int, int | Decimal], on: date | None = None) -> None:
        """New balances, as a night would have written them."""
        for customer, amount in aum.items():
            Metrics.objects.filter(customer_id=customer).update(aum=amount)
