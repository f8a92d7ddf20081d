"""A bank that holds salons: what their tests need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.outreach.campaigns import CampaignBank
from yinke.outreach.channels import settings as channels
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.models import Message
from yinke.outreach.salons import guests, services
from yinke.outreach.salons.models import Salon, SalonGuest
from yinke.outreach.salons.plan import SalonPlan
from yinke.outreach.services.templates import Draft, decide, submit

BEGINS = datetime(2026, 11, 10, 14, tzinfo=SHANGHAI)
"""A week after the bank's now."""
LINKS = "https://bank.example/api/salons/i"


class SalonBank(CampaignBank):
    """Customers of 李 (even) and 王 (odd) of one outlet, of which 陈 is the head, and an approved invitation."""

    def __init__(self, folder: Path, settings: Any, customers: int = 6) -> None:
        super().__init__(folder, settings, customers)
        self.with_head("陈", at=self.place.name if self.place else None)
        version = submit(
            self.viewer("运营"),
            Draft("沙龙邀请", "GREETING", "{称呼}，{时间}在{地点}办{活动}，报名：{报名链接}"),
        )
        self.invitation = decide(self.viewer("合规"), version.id, fit=True).template_id
        path = folder / "channels.yaml"
        path.write_text(f"salon_url: {LINKS}\n", encoding="utf-8")
        settings.YINKE = replace(settings.YINKE, channels=path)
        assert channels.configured().salon_url == LINKS

    def salon_plan(self, **more: Any) -> SalonPlan:
        """Three seats, two may wait; two of one customer."""
        plan = {
            "theme": "家庭资产配置", "place": "徐汇支行二楼", "starts_at": BEGINS, "ends_at": BEGINS + timedelta(hours=2),
            "closes_at": BEGINS - timedelta(days=1), "seats": 3, "waiting": 2, "party": 2, "template": self.invitation,
        }  # fmt: skip
        return SalonPlan.model_validate(plan | more)

    def salon(self, name: str = "茶会", **more: Any) -> Salon:
        """One that the head has planned and compliance approved."""
        head = self.viewer("陈")
        with self.at_now():
            made = services.save(head, None, name, head.org_id, self.salon_plan(**more))
            services.submit(head, made.id)
            digest = Salon.objects.get(id=made.id).digest
            return services.approve(self.viewer("合规"), made.id, digest)

    def asked(self, salon: Salon, customers: Iterable[int] | None = None, by: str = "陈") -> list[SalonGuest]:
        """Customers who are invited by word, all of them if none is named, in the order of their numbers."""
        whom = list(self.ids if customers is None else customers)
        with self.at_now():
            guests.invite(self.viewer(by), salon.id, whom, by_text=False)
        return list(salon.guests.filter(customer_id__in=whom).order_by("customer_id"))

    def says(self, guest: SalonGuest, *, coming: bool = True, seats: int = 1) -> SalonGuest:
        """The customer answers on the page."""
        with self.at_now():
            return guests.answer_by_page(guest.id, coming=coming, seats=seats)

    def came(self, guest: SalonGuest) -> None:
        """The customer is checked in, at the beginning."""
        before, self.now = self.now, BEGINS
        with self.at_now():
            guests.check_in_by_hand(self.viewer("陈"), guest.salon_id, guest.id, came=True)
        self.now = before

    def messages(self, salon: Salon) -> list[Message]:
        """What its guests are sent."""
        return list(Message.objects.filter(salon_guest__salon=salon).order_by("customer_id"))
