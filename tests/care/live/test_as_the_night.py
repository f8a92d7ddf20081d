"""The live rules and the night's detectors say the same of the same transactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.care.events.bank import Bank as EventBank
from tests.care.live.telling import Teller, moved
from tests.care.nights import WORKDAY, TaskBank
from yinke.care.models import Reason
from yinke.lake.engine import open_engine

CASES: list[tuple[int, int, list[tuple[str, str, dict[str, Any]]]]] = [
    # tier, AUM, what moved: amount, direction, facts
    (2, 100_000, [("50000", "OUT", {})]),
    (2, 100_000, [("49999.99", "OUT", {})]),
    (2, 400_000, [("79999.99", "IN", {}), ("0.01", "IN", {})]),
    (3, 600_000, [("60000", "OUT", {"opp_bank": "招行", "own_name": True}), ("70000", "OUT", {})]),
    (3, 600_000, [("60000", "OUT", {"opp_bank": "招行", "own_name": True}), ("70000", "OUT", {"opp_bank": "工行", "own_name": True})]),
    (3, 600_000, [("130000", "IN", {"own_name": True})]),
    (3, 600_000, [("130000", "OUT", {"kind": "SECURITIES"})]),
    (3, 600_000, [("30000", "OUT", {"kind": "SECURITIES"}), ("100000", "OUT", {})]),
    (4, 900_000, [("500000", "OUT", {})]),
    (4, 900_000, [("499999.99", "IN", {})]),
    (4, 900_000, [("600000", "IN", {})]),
]  # fmt: skip


@pytest.mark.django_db
def test_a_day_told_live_is_the_day_that_the_night_reads(
    live: TaskBank, core: Teller, tmp_path: Path
) -> None:
    engine = open_engine("duckdb", threads=1, memory="1GB", scratch=tmp_path / "scratch")
    nights = EventBank(tmp_path / "night", engine, WORKDAY)
    nights._number = 100  # beyond the customers that are there
    for tier, aum, transactions in CASES:
        who = nights.customer(tier=tier, aum=aum)
        number = who["cust_id"]
        customer = live.customer(f"客户{number}", tier=tier, aum=aum, id=number, cust_no=f"X{number}")
        for amount, direction, facts in transactions:
            nights.moved(who, amount, direction, **facts)
            core.tell(moved(customer, amount, direction, **facts))
    by_night = {
        found.dedup_key: (found.type, found.cust_id, found.priority, found.expire_on, found.amount, found.payload)
        for found in nights.detect(types=["E03", "E04"])
    }  # fmt: skip
    by_day = {
        one.dedup_key: (one.type, one.customer_id, one.priority, one.expire_on, one.amount, one.payload)
        for one in Reason.objects.all()
    }
    assert len(by_night) == 9
    assert by_day == by_night
