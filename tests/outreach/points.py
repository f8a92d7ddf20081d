"""A bank with missions, rewards and segments whose rules speak of this and that: what points need."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.utils import timezone
from pyroaring import BitMap

from tests.bank import TODAY
from tests.outreach.journeys import JourneyBank
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.points import counter, services
from yinke.outreach.points.models import Mission, PointsAccount, PointsEntry, Redemption, Reward
from yinke.outreach.points.plan import MissionPlan, RewardPlan
from yinke.segments.kept import members_store
from yinke.segments.models import Segment

DAY = timedelta(days=1)
NOON = datetime(2026, 10, 30, 12, tzinfo=SHANGHAI)
"""Noon of the bank's business date."""


def asks(field: str, op: str = "ge", value: Any = 1) -> dict[str, Any]:
    """A rule with one comparison."""
    return {"where": {"type": "compare", "field": field, "op": op, "value": value}}


class PointsBank(JourneyBank):
    """Customers of 李 and 王 in turn, all of them in the segment ``everybody``; who has a card is in ``carded``."""

    def __init__(self, folder: Path, settings: Any, customers: int = 0) -> None:
        super().__init__(folder, settings)
        self.now = NOON
        self.people = [
            self.customer(f"客{n}", of="李王"[n % 2], mobile=f"138{n:08}") for n in range(customers)
        ]
        self.ids = [customer.id for customer in self.people]
        self.segment("everybody", asks("is_staff", "is_false", None))
        self.segment("carded", asks("has_credit_card", "is_true", None))
        self.found("everybody", self.ids)
        self.found("carded", [])

    def segment(self, code: str, rule: Any, *, outreach: bool = True, kind: str = "DYNAMIC") -> Segment:
        """A segment of the bank's with a rule."""
        made = Segment.objects.create(
            code=code, name_zh=f"客群{code}", kind=kind, scope="BANK", status="IN_USE", outreach=outreach
        )
        made.versions.create(number=1, rule=rule, status="APPROVED")
        return made

    def found(self, code: str, customers: Iterable[int], on: date = TODAY) -> None:
        """Who is in a segment at the end of a date."""
        members_store().put(f"segment:{code}", 1, on, BitMap(customers))

    def at_now(self) -> Any:
        """The clock shows the bank's own time."""
        return patch.object(timezone, "now", lambda: self.now)

    def mission(self, **more: Any) -> MissionPlan:
        """100 points, once, for who enters ``carded``."""
        plan = {
            "segment": "everybody", "counts": {"type": "SEGMENT", "segment": "carded"}, "points": 100, "budget": 1_000_000,
            "starts_on": TODAY, "ends_on": TODAY + 60 * DAY,
        }  # fmt: skip
        return MissionPlan.model_validate(plan | more)

    def reward(self, **more: Any) -> RewardPlan:
        """A cup for 60 points."""
        plan = {"points": 60, "stock": 1000, "value": "30", "starts_on": TODAY, "ends_on": TODAY + 60 * DAY}
        return RewardPlan.model_validate(plan | more)

    def approved(self, name: str, plan: MissionPlan | RewardPlan) -> Any:
        """It runs: 运营 planned it, 合规 approved it."""
        kind = "mission" if isinstance(plan, MissionPlan) else "reward"
        with self.at_now():
            row = services.save(self.viewer("运营"), None, name, plan)
            services.submit(self.viewer("运营"), kind, row.id)
            row.refresh_from_db()
            services.approve(self.viewer("合规"), kind, row.id, row.digest)
        row.refresh_from_db()
        return row

    def running(self, **more: Any) -> Mission:
        """A mission that runs."""
        found = self.approved("绑卡有礼", self.mission(**more))
        assert isinstance(found, Mission)
        return found

    def by_hand(self, **more: Any) -> Mission:
        """A mission that runs and counts what staff have seen."""
        return self.running(counts={"type": "HAND"}, often="DAY", **more)

    def offered(self, **more: Any) -> Reward:
        """A reward that runs."""
        found = self.approved("保温杯", self.reward(**more))
        assert isinstance(found, Reward)
        return found

    def award(self, mission: Mission, customer: int, who: str = "李") -> PointsEntry:
        """Points by hand."""
        with self.at_now():
            return counter.award_by_hand(self.viewer(who), customer, mission.id, "到店办理")

    def redeem(self, reward: Reward, customer: int, who: str = "李") -> Redemption:
        """A reward for points."""
        with self.at_now():
            return counter.redeem(self.viewer(who), customer, reward.id, secrets.token_hex(8))

    def cancel(self, redemption: Redemption, who: str = "李") -> Redemption:
        """Taken back."""
        with self.at_now():
            return counter.cancel(self.viewer(who), redemption.id, "客户不要了")

    def balance(self, customer: int) -> int:
        """What a customer has."""
        account = PointsAccount.objects.filter(customer_id=customer).first()
        return account.balance if account else 0
