"""A bank with segments whose members a test sets, and approved texts: what journeys need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings as django_settings
from django.utils import timezone
from pyroaring import BitMap

from tests.care.nights import TaskBank
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.journeys import services
from yinke.outreach.journeys.definition import Definition
from yinke.outreach.journeys.models import Journey, Traveller
from yinke.outreach.journeys.tick import Ticked, tick
from yinke.outreach.services.templates import Draft, decide, submit
from yinke.segments.kept import members_store
from yinke.segments.models import Segment
from yinke.segments.moves import found_anew

NOON = datetime(2026, 11, 3, 12, tzinfo=SHANGHAI)


class JourneyBank(TaskBank):
    """赵一 and 钱二 at an outlet; the segments ``rich`` (for outreach), ``poor`` and ``bought`` (only to be asked)."""

    def __init__(self, folder: Path, settings: Any) -> None:
        super().__init__(folder / "days")
        settings.YINKE = replace(django_settings.YINKE, lake=folder, home=folder)
        self.with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
        self.now = NOON
        for code, outreach in (("rich", True), ("poor", False), ("bought", False)):
            made = Segment.objects.create(
                code=code, name_zh=code, kind="DYNAMIC", scope="BANK", status="IN_USE", outreach=outreach
            )
            made.versions.create(number=1, rule=None, status="APPROVED")
            self.members(code, [])
        version = submit(self.viewer("运营"), Draft("问候", "SERVICE", "{称呼}，您好。"))
        self.text = decide(self.viewer("合规"), version.id, fit=True).template_id

    def members(self, code: str, customers: Iterable[int]) -> None:
        """Who is in a segment from now on, as it was found anew by day."""
        found_anew(members_store(), f"segment:{code}", 1, self.biz_date, BitMap(customers))

    def drawn(self, *steps: dict[str, Any], **more: Any) -> Journey:
        """A journey that runs. Its first step is the first."""
        version = services.save(
            self.viewer("运营"), None, more.pop("name", "旅程"), self.definition(*steps, **more)
        )
        with patch.object(timezone, "now", lambda: self.now):
            services.submit(self.viewer("运营"), version.journey_id)
            services.decide(self.viewer("合规"), version.journey_id, fit=True)
        return Journey.objects.get(id=version.journey_id)

    def definition(self, *steps: dict[str, Any], **more: Any) -> Definition:
        """As it is drawn; who enters the segment ``rich`` enters it."""
        trigger = more.pop("trigger", {"type": "SEGMENT", "segment": "rich"})
        start = steps[0]["id"] if steps else None
        return Definition.model_validate({"trigger": trigger, "start": start, "steps": steps, **more})

    def tick(self, **later: float) -> Ticked:
        """The worker's next minute, or so much later."""
        self.now += timedelta(**later) if later else timedelta(minutes=1)
        with patch.object(timezone, "now", lambda: self.now):
            return tick()

    def places(self, journey: Journey) -> dict[int, tuple[str, str, list[str]]]:
        """By customer, the state, the step and the path of the newest way."""
        rows = Traveller.objects.filter(journey=journey).order_by("entry")
        return {row.customer_id: (row.state, row.step, row.path) for row in rows}
