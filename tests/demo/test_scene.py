"""The demo's people leave something to see on each page, once, and each of them within their rights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry, RoleRequest
from yinke.customers.models import Handover
from yinke.demo.people import branch_no, head_no, hq_no, manager_no
from yinke.demo.scene import NEEDED, play
from yinke.segments.services.install import install_ready_segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Bank:
    settings.YINKE = replace(settings.YINKE, lake=tmp_path)
    a_day(a_lake(tmp_path), TODAY, snapshot=[], features=[])
    bank = a_bank()
    install_ready_segments()
    for name, role, number in (("运营", "HQ_OPS", 0), ("合规", "COMPLIANCE", 1), ("安全", "SEC_ADMIN", 3)):
        bank.with_staff(name, role, emp_no=hq_no(number))
    bank.with_staff("客服", "CC_AGENT", emp_no=hq_no(6)).with_org("江城", under="总行", level=2)
    bank.with_staff("零售", "RETAIL_MGR", emp_no=branch_no(0, 0)).with_branch("城中", under="江城")
    bank.with_staff("行长", "BR_MGR", emp_no=head_no(0))
    bank.with_staff("甲", "RM", emp_no=manager_no(0, 0)).with_staff("乙", "RM", emp_no=manager_no(0, 1))
    for manager in ("甲", "乙"):
        for number in range(NEEDED):
            bank.with_customer(f"{manager}的客户{number}", of=manager)
    return bank.with_customer("公海客户", of=None)


def test_each_page_has_something_to_see(bank: Bank) -> None:
    assert play()

    def get(who: str, path: str) -> Any:
        return bank.client(who).get(f"/api/{path}").json()

    assert get("甲", "handovers")["waiting"] == 1
    assert get("行长", "handovers")["waiting"] == 1
    assert {row["status"] for row in get("甲", "handovers")["rows"]} == {"SUBMITTED", "ACCEPTED", "APPROVED"}
    assert get("甲", "pool")["claims"][0]["name"].startswith("公")
    assert [row["shared"] for row in get("甲", "customer-lists")] == [True]
    assert {row["name"] for row in get("甲", "tags")} == {"养老规划", "常来网点"}
    assert get("客服", "rights-cases")["open"] == 2
    assert "MANY_REVEALS" in {row["kind"] for row in get("合规", "alerts")["rows"]}
    assert RoleRequest.objects.filter(status="WAITING").count() == 1
    statuses = {row["status"] for row in get("行长", "exports")["mine"]}
    assert statuses == {"SUBMITTED", "CHECKED"}


def test_what_was_done_is_accounted_for_and_kept_with_who_did_it(bank: Bank) -> None:
    play()
    done = set(AuditEntry.objects.exclude(user=None).values_list("action", flat=True))
    assert {"handover.approve", "export.approve", "rights.verify", "customer.reveal", "pool.claim"} <= done
    history = bank.client("合规").get("/api/history", {"kind": "handover"}).json()["rows"]
    assert {row["by"] for row in history} == {"甲", "乙", "行长"}


def test_it_is_played_once(bank: Bank) -> None:
    assert play()
    count = Handover.objects.count()
    assert not play()
    assert Handover.objects.count() == count


def test_a_bank_of_few_customers_stays_as_it_is() -> None:
    a_bank()
    assert not play()
