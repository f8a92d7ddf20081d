"""价值与下一产品 on 客户一览: what the night told, in the viewer's scope; an objection takes it away at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.bank import TODAY, a_day
from tests.care.nights import ONE, TaskBank
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Frontier
from yinke.lake.engine import Engine
from yinke.lake.store import Day
from yinke.privacy.consents import objecting
from yinke.privacy.services.record_consent import Said, record_consent
from yinke.scoring.models import CustomerValue, ScoreNight
from yinke.scoring.services.alerts import take_scores
from yinke.scoring.services.values import take_values
from yinke.segments.kept import members_store
from yinke.segments.moves import now
from yinke.segments.night import refresh_members

pytestmark = pytest.mark.django_db
FUND: dict[str, Any] = {
    "product_model": 2, "up_to": 3, "barred": "METAL:RISK BOND:RISK MORTGAGE:OVERDUE", "product_1": "FUND",
    "probability_1": 0.31, "worth_1": 150, "reason_1_1": "mda", "value_1_1": 600_000.0, "reason_1_2": "demand_share",
    "value_1_2": 0.6, "product_2": "SIGNUP", "probability_2": 0.5, "worth_2": 12,
}  # fmt: skip


class ValueBank(TaskBank):
    """Its nights bring values."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder)
        self.engine = engine
        self.with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
        self.since: Day | None = None

    def values(self, on: date, *rows: dict[str, Any]) -> int:
        people = [{"cust_id": who.id, "aum": 90_000} for who in (self.zhao, self.qian)]
        told = {"model": None, "scored": 0, "value": {"model": 1, "scored": len(rows), "psi": {"mda": 0.4}}}
        day = a_day(self.lake, on, {"scores": told}, value=rows, snapshot=people)
        take_scores(self.engine, self.lake, day, load_thresholds(None).at(on), objecting())
        written = take_values(day, self.since, objecting())
        Frontier.objects.update(biz_date=on, lake_version=day.version)
        self.since = day
        return written

    def card(self, who: str, customer: Any, status: int = 200) -> Any:
        answer = self.client(who).get(f"/api/customers/{customer.id}/value")
        assert answer.status_code == status, answer.content
        return answer.json()

    def row(self, customer: Any, **more: Any) -> dict[str, Any]:
        known = {"contribution": 410, "model": 1, "expected": 5_100, "low": 3_900, "high": 6_400}
        return {"cust_id": customer.id, **known, **more}


@pytest.fixture
def bank(db: None, tmp_path: Path, duck: Engine, settings: Any) -> ValueBank:
    found = ValueBank(tmp_path, duck)
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path)
    return found


def test_the_card_tells_value_proposals_and_what_is_forbidden(bank: ValueBank) -> None:
    assert bank.card("李", bank.zhao)["state"] == "NONE"
    assert bank.values(TODAY, bank.row(bank.zhao, **FUND), bank.row(bank.qian)) == 2
    card = bank.card("李", bank.zhao)
    assert (card["state"], card["day"], card["contribution"], card["low"]) == (
        "KNOWN",
        f"{TODAY}",
        "410.00",
        "3900.00",
    )
    fund, sign = card["proposals"]
    assert (fund["label"], fund["probability"], fund["up_to"]) == ("基金", 0.31, 3)
    assert fund["reasons"] == ["活期占资产的 60%", "月日均 60 万"]  # what happens before who it is
    assert (sign["category"], sign["up_to"], sign["reasons"]) == ("SIGNUP", None, [])
    assert card["forbidden"] == [
        {"why": "RISK", "labels": ["贵金属", "国债信托"]}, {"why": "OVERDUE", "labels": ["房贷"]}
    ]  # fmt: skip
    assert not card["elder"]
    masked = bank.card("运营", bank.zhao)
    assert (
        masked["banded"]
        and masked["expected"] == "0"
        and masked["proposals"][0]["reasons"] == ["活期占资产的 60%"]
    )
    bank.card("王", bank.zhao, 404)  # another manager's
    bank.card("合规", bank.zhao, 403)
    assert ScoreNight.objects.get(kind="value").psi == {"mda": 0.4}


def test_the_next_night_writes_what_changed(bank: ValueBank) -> None:
    bank.values(TODAY, bank.row(bank.zhao), bank.row(bank.qian))
    assert bank.values(TODAY + ONE, bank.row(bank.zhao), bank.row(bank.qian)) == 0
    assert bank.values(TODAY + 2 * ONE, bank.row(bank.zhao, **FUND)) == 2  # one changed, one is gone
    assert CustomerValue.objects.get().products == ["FUND", "SIGNUP"]
    bank.since = None  # the version is gone: all is compared with what PostgreSQL has
    bank.values(TODAY + 3 * ONE, bank.row(bank.qian))
    assert CustomerValue.objects.get().customer_id == bank.qian.id


def test_who_objects_has_no_value_and_leaves_the_segments_at_once(bank: ValueBank) -> None:
    bank.values(TODAY, bank.row(bank.zhao, **FUND), bank.row(bank.qian, product_1="FUND"))
    day = bank.since
    assert day is not None
    refresh_members(bank.engine, bank.lake, day, load_thresholds(None).at(TODAY))
    members = members_store()
    assert set(now(members, "tag:next_fund")) == {bank.zhao.id, bank.qian.id}
    record_consent(
        bank.viewer("李"), bank.zhao.id, Said("PROFILING", "REFUSED", "COUNTER", "objection-value")
    )
    assert set(now(members, "tag:next_fund")) == {bank.qian.id}
    assert bank.card("李", bank.zhao) == {**bank.card("李", bank.zhao), "state": "OBJECTED", "contribution": None, "proposals": []}  # fmt: skip
    # a night that began before the objection still tells of them
    bank.values(TODAY + ONE, bank.row(bank.zhao, **{**FUND, "expected": 9_000}), bank.row(bank.qian))
    assert set(CustomerValue.objects.values_list("customer_id", flat=True)) == {bank.qian.id}
