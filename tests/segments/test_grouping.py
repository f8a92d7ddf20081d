"""自动分群: customers made in three kinds are found as three groups, told in words, and kept as segments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as django_settings
from pyroaring import BitMap

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry
from yinke.common.thresholds import load_thresholds
from yinke.lake.store import Lake
from yinke.segments import asking
from yinke.segments.grouping import Grouping, group
from yinke.segments.models import Segment
from yinke.segments.services import group as finding

MONTH_END = date(2026, 9, 30)
EACH = 40
KINDS = {
    "saver": {"aum": 200_000, "time": 190_000, "demand": 10_000, "categories": 2, "birth_date": date(1955, 3, 1)},
    "payroll": {"rfm_r": 1, "rfm_f": 1, "rfm_m": 1, "aum": 8_000, "demand": 8_000, "payroll_3m": 9_000, "txns_90d": 90, "logins_m1": 25, "categories": 4, "birth_date": date(1997, 3, 1)},
    "investor": {"rfm_r": 5, "rfm_f": 5, "rfm_m": 5, "aum": 3_000_000, "wealth": 2_000_000, "fund": 900_000, "demand": 100_000, "txns_90d": 20, "logins_m1": 8, "categories": 8, "birth_date": date(1978, 3, 1)},
}  # fmt: skip


def snapshot(seed: int) -> list[dict[str, Any]]:
    """Forty of each kind, each a little different; one whose account is closed and one who has nothing."""
    rng, rows = Random(seed), []
    for n, (_, figures) in enumerate(KINDS.items()):
        for k in range(EACH):
            row = {
                name: round(value * rng.uniform(0.8, 1.2)) if isinstance(value, int) and value > 10 else value
                for name, value in figures.items()
            }
            rows.append(
                {"cust_id": n * EACH + k + 1, "stage": "STABLE", "open_date": date(2015, 1, 1), **row}
            )
    closed = {"cust_id": 998, "stage": "CLOSED", "aum": 50_000}
    return [*rows, closed, {"cust_id": 999, "stage": "STABLE", "aum": 3}]


def kinds(found: Grouping) -> dict[str, int]:
    """The group's number of each kind; fails if a kind is spread over several."""
    told = {}
    for n, kind in enumerate(KINDS):
        mine = set(range(n * EACH + 1, (n + 1) * EACH + 1))
        (told[kind],) = [one.number for one in found.groups if set(one.members) == mine]
    return told


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = a_lake(tmp_path)
    a_day(lake, MONTH_END, snapshot=snapshot(1))
    a_day(lake, TODAY, snapshot=snapshot(2))
    return lake


def test_kinds_of_customers_are_found_told_and_held_against_the_month_before(lake: Lake) -> None:
    day = lake.day(TODAY)
    assert day is not None
    values = load_thresholds(django_settings.YINKE.thresholds).at(TODAY)
    found = group(lake, day, {**values, "group.numbers": [2, 3, 4, 5]})
    assert found is not None
    assert max(found.apart, key=lambda n: found.apart[n]) == len(found.groups) == 3
    assert found.of == 3 * EACH
    number = kinds(found)
    names = {kind: found.groups[number[kind] - 1].name("zh") for kind in KINDS}
    assert (
        "多为定期" in names["saver"] and "有代发" in names["payroll"] and "多为理财投资" in names["investor"]
    )
    assert "paid here" in found.groups[number["payroll"] - 1].name("en")
    assert found.stability == ((MONTH_END, 1.0),)
    assert {one.kept for one in found.groups} == {1.0}
    again = group(lake, day, values, number=3)
    assert again is not None and [one.members for one in again.groups] == [
        one.members for one in found.groups
    ]
    some = BitMap([*range(1, EACH + 1), *range(2 * EACH + 1, 3 * EACH + 1)])
    part = group(lake, day, {**values, "group.numbers": [2, 3, 4, 5]}, among=some)
    assert part is not None and [one.members for one in part.groups] == [
        BitMap(range(1, EACH + 1)),
        BitMap(range(81, 121)),
    ]
    assert part.of == 2 * EACH and {one.kept for one in part.groups} == {1.0}
    few = {**values, "group.least_aum": 1_000_000, "group.numbers": [EACH, EACH + 1]}
    assert group(lake, day, few) is None


def test_of_groups_that_come_and_go_it_is_told_how_much_stayed(tmp_path: Path) -> None:
    """Half of the savers were investors a month before: of 7,140 pairs 1,940 are together both times (Hubert and Arabie 1985)."""
    lake, before = a_lake(tmp_path), snapshot(1)
    for k in range(EACH // 2):
        before[k] = {**before[2 * EACH + k], "cust_id": k + 1}
    a_day(lake, MONTH_END, snapshot=before)
    a_day(lake, TODAY, snapshot=snapshot(2))
    day = lake.day(TODAY)
    assert day is not None
    found = group(lake, day, load_thresholds(django_settings.YINKE.thresholds).at(TODAY), number=3)
    assert found is not None
    number = kinds(found)
    kept = {kind: found.groups[number[kind] - 1].kept for kind in KINDS}
    assert kept == {"saver": 0.5, "payroll": 1.0, "investor": 1.0}
    expected = 2_340 * 2_740 / 7_140
    assert found.stability == ((MONTH_END, round((1_940 - expected) / (2_540 - expected), 4)),)


@pytest.fixture
def bank(lake: Lake, settings: Any, db: None) -> Iterator[Bank]:
    settings.YINKE = replace(django_settings.YINKE, lake=lake.root, home=lake.root)
    bank = a_bank().with_staff("运营", "HQ_OPS").with_staff("合规", "COMPLIANCE")
    bank.with_branch("徐汇").with_head("徐头").with_manager("徐经").with_customer("甲", id=45).with_customer(
        "乙", id=90
    )
    asking._live.clear()
    finding._found.clear()
    yield bank
    asking._live.clear()
    finding._found.clear()


@pytest.mark.django_db
def test_groups_are_kept_as_segments_that_stay_as_they_were_found(bank: Bank) -> None:
    client = bank.client("运营")
    told = client.get("/api/segments/groups", {"number": 3}).json()
    assert [one["customers"] for one in told["groups"]] == [EACH] * 3 and told["of"] == 3 * EACH
    assert told["stability"] == [{"month_end": "2026-09-30", "alike": 1.0}] and len(told["tried"]) == 5
    assert bank.client("徐头").get("/api/segments/groups").status_code == 403
    assert bank.client("徐经").get("/api/segments/groups").status_code == 403

    def send(who: str, path: str, body: Any) -> Any:
        return bank.client(who).post(
            f"/api/segments/{path}", json.dumps(body), content_type="application/json"
        )

    assert told["few"] == 5 and {t["unit"] for one in told["groups"] for t in one["traits"]} >= {"share"}
    moved = send("运营", "groups", {"number": 3, "as_of": str(MONTH_END)})
    assert (moved.status_code, moved.json()["code"]) == (409, "groups_moved")
    alone = send("运营", "groups", {"number": 4, "group": 1, "as_of": str(TODAY)}).json()["codes"]
    assert len(alone) == 1
    codes = send("运营", "groups", {"number": 3, "as_of": str(TODAY)}).json()["codes"]
    assert len(codes) == 3
    again = send("运营", "groups", {"number": 3, "group": 2, "as_of": str(TODAY)})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert AuditEntry.objects.filter(action="segment.group", object_id=codes[0]).exists()
    one = client.get(f"/api/segments/{codes[0]}").json()
    assert one["kind"] == "STATIC" and one["name"].startswith("2026-10-30 分群1/3 ")
    assert "其中 100% 上月末也在同类群中" in one["about"] and one["status"] == "DRAFT"
    decided = send("合规", f"{codes[0]}/versions/1/approve", {})
    assert decided.status_code == 200, decided.content
    one = client.get(f"/api/segments/{codes[0]}").json()
    assert one["status"] == "IN_USE" and not {"refresh", "copy"} & set(
        one["may"]
    )  # there is no rule to do it by
    members = finding.members_store().members(f"segment:{codes[0]}")
    assert len(members) == EACH
    few = client.get("/api/segments/groups", {"segment": codes[0], "number": 12}).json()
    assert sum(one["customers"] is None for one in few["groups"]) > 1
    assert all((one["customers"] is None) == (one["share"] is None) for one in few["groups"])
    small = next(one for one in few["groups"] if one["customers"] is None)
    assert {trait["typical"] for trait in small["traits"]} <= {None}
    kept = send(
        "运营", "groups", {"segment": codes[0], "number": 12, "group": small["number"], "as_of": str(TODAY)}
    ).json()
    about = client.get(f"/api/segments/{kept['codes'][0]}").json()["about"]
    assert about.endswith("不足 5 人") and len(about) > 20
    assert few["of"] == EACH and "分群1/3" in Segment.objects.get(code=codes[0]).name_zh


@pytest.mark.django_db
def test_rfm_counts_its_tiles_and_kinds_among_the_viewers_own_and_of_a_segment(bank: Bank) -> None:
    told = bank.client("运营").get("/api/segments/rfm").json()
    assert len(told["cells"]) == 25 and told["of"] == 2 * EACH and told["as_of"] == str(TODAY)
    tiles = {(one["r"], one["f"]): (one["customers"], one["m"]) for one in told["cells"]}
    assert tiles[5, 5] == (EACH, 5.0) and tiles[1, 1] == (EACH, 1.0) and tiles[3, 3] == (0, None)
    kinds = {one["code"]: one["customers"] for one in told["kinds"]}
    assert len(kinds) == 8 and kinds["rfm_111"] == kinds["rfm_000"] == EACH and kinds["rfm_101"] == 0
    rule = {"where": {"type": "compare", "field": "rfm_f", "op": "eq", "value": 5}}
    made = bank.client("运营").post(
        "/api/segments", json.dumps({"name_zh": "勤", "rule": rule, "scope": "MINE"}), content_type="application/json"
    ).json()  # fmt: skip
    part = bank.client("运营").get("/api/segments/rfm", {"segment": made["code"]}).json()
    assert part["of"] == EACH and sum(one["customers"] for one in part["cells"]) == EACH
    assert bank.client("徐头").get("/api/segments/rfm").json()["of"] == 2
    assert bank.client("徐头").get("/api/segments/rfm", {"segment": made["code"]}).status_code == 404
    assert bank.client("徐经").get("/api/segments/rfm").status_code == 403
