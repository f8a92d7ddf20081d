"""未了事项: who takes a customer over reads at once that a case is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.bank import Bank, a_bank
from yinke.care.models import ContactRecord
from yinke.privacy.models import RightsCase

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_branch("徐汇").with_head("陈").with_manager("王").with_manager("李")
    return bank.with_customer("张三丰").with_customer("李四").with_customer("赵六", of=None)


def a_contact(bank: Bank, name: str, result: str, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    ContactRecord.objects.create(
        customer=bank.customers[name], user=bank.staff["李"], channel="PHONE", result=result, at=at,
        biz_date=at.date(), request_key=f"{name}{days_ago}",
    )  # fmt: skip


def told(bank: Bank, who: str, number: int) -> dict[int, Any]:
    rows = bank.client(who).get(f"/api/handovers/{number}/items").json()["rows"]
    return {row["customer_id"]: row["matters"] for row in rows}


def test_the_receiver_of_a_handover_reads_of_an_open_case_and_a_likely_complaint(bank: Bank) -> None:
    body = {"giver": bank.staff["李"].id, "receiver": bank.staff["王"].id, "reason": "CAPACITY"}
    number = bank.client("李").post("/api/handovers", body, content_type=JSON).json()["id"]
    first, second = (bank.customers[name].id for name in ("张三丰", "李四"))
    assert told(bank, "王", number) == {first: [], second: []}
    asked = {"customer_id": first, "kind": "ACCESS", "channel": "PHONE"}
    assert bank.client("李").post("/api/rights-cases", asked, content_type=JSON).status_code == 201
    a_contact(bank, "李四", "COMPLAINT_RISK", 3)
    assert told(bank, "王", number) == {first: ["RIGHTS"], second: ["COMPLAINT"]}
    a_contact(bank, "李四", "CONSIDER", 1)  # it was settled since
    RightsCase.objects.update(status="DONE", closed_at=timezone.now())
    assert told(bank, "王", number) == {first: [], second: []}


def test_the_pool_tells_of_it_before_a_customer_is_claimed(bank: Bank) -> None:
    a_contact(bank, "赵六", "COMPLAINT_RISK", 2)
    (row,) = bank.client("王").get("/api/pool").json()["rows"]
    assert (row["id"], row["matters"]) == (bank.customers["赵六"].id, ["COMPLAINT"])
