"""A small bank whose nights find the segment ``rich`` and raise the own events that follow it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.utils import timezone

from tests.bank import TODAY, Bank, a_day, a_lake
from yinke.care.models import Reason
from yinke.care.own_events import services
from yinke.care.own_events.models import OwnEvent
from yinke.care.own_events.schemas import OwnEventIn
from yinke.care.own_events.words import forget
from yinke.care.services.make_tasks import Made, make_tasks
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer, Frontier, Metrics
from yinke.lake.engine import Engine
from yinke.segments.models import Segment
from yinke.segments.night import refresh_members

RICH = {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}
ASKED: dict[str, Any] = {
    "name_zh": "大额活期", "name_en": "Idle balance", "says_zh": "资产刚过 50 万，[还没有]{安排}", "says_en": "AUM has passed 500K",
    "script_zh": "先问用途。\n\n再约时间。", "segment": "rich", "family": "FLOW", "channel": "VISIT", "priority": 2, "expire_days": 7,
    "quiet_days": 1, "tier_from": 0,
}  # fmt: skip


class OwnBank(Bank):
    """赵一, 钱二 (of 李) and 孙三 (of 王); head office has 运营, 合规 and 合规二."""

    def __init__(self, folder: Path, settings: Any, engine: Engine) -> None:
        super().__init__()
        forget()
        settings.YINKE = replace(django_settings.YINKE, lake=folder, home=folder)
        self.lake, self.engine = a_lake(folder), engine
        self.with_branch("徐汇").with_head("张行长").with_org("徐汇网点", under="徐汇", level=5)
        self.with_manager("李").with_customer("赵一", tier=3).with_customer("钱二", tier=2)
        self.with_manager("王").with_customer("孙三", tier=4)
        self.with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
        self.with_staff("合规二", "COMPLIANCE", at="总行").with_staff("东零售", "RETAIL_MGR", at="徐汇")
        self.rich = Segment.objects.create(
            code="rich",
            name_zh="富裕",
            name_en="Rich",
            kind="DYNAMIC",
            scope="BANK",
            status="IN_USE",
            outreach=True,
        )
        self.rich.versions.create(number=1, rule={"where": RICH}, status="APPROVED")

    def submitted(self, **more: Any) -> OwnEvent:
        """An event that waits for approval."""
        return services.submit(self.viewer("运营"), None, OwnEventIn(**{**ASKED, **more})).event

    def running(self, **more: Any) -> OwnEvent:
        """An approved event, in force from the next night on."""
        event = self.submitted(**more)
        services.decide(self.viewer("合规"), event.id, fit=True)
        return event

    def changed(self, event: OwnEvent, **more: Any) -> None:
        """Another version of it, approved."""
        services.submit(self.viewer("运营"), event.id, OwnEventIn(**{**ASKED, **more}))
        services.decide(self.viewer("合规"), event.id, fit=True)

    def published(self, on: date, rich: Collection[str]) -> None:
        """The lake's part of a night, in which these customers have 600,000 and the others 10."""
        rows = [
            {"cust_id": c.id, "aum": 600_000 if name in rich else 10, "org_no": "1", "tier": self.tier(c), "status": "NORMAL"}
            for name, c in self.customers.items()
        ]  # fmt: skip
        day = a_day(self.lake, on, snapshot=rows, events=[])
        refresh_members(self.engine, self.lake, day, load_thresholds(None).at(on))

    def night(self, on: date, *rich: str) -> Made:
        """A whole night: members found, tasks made, the frontier moved."""
        self.published(on, rich)
        day = self.lake.day(on)
        assert day is not None
        made = make_tasks(day, on, load_thresholds(None).at(on))
        Frontier.objects.update_or_create(
            pk=1, defaults={"biz_date": on, "lake_version": day.version, "written_at": timezone.now()}
        )
        return made

    @staticmethod
    def tier(customer: Customer) -> int:
        """The customer's tier."""
        return Metrics.objects.get(customer=customer).tier

    def told(self) -> list[tuple[int, str]]:
        """Who was told of on which day after ``TODAY``, by name."""
        names = {customer.id: name for name, customer in self.customers.items()}
        rows = Reason.objects.order_by("biz_date", "customer_id").values_list("biz_date", "customer_id")
        return [((on - TODAY).days, names[customer]) for on, customer in rows]


def after(days: int) -> date:
    """A business date so many days after the bank's first."""
    return TODAY + timedelta(days=days)
