"""口径: simulated on the newest day, asked for by one, approved by another, in force from its date on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry
from yinke.common.thresholds import load_thresholds
from yinke.segments.models import StandardChange
from yinke.segments.services.standards import approved_file, lay_down

pytestmark = pytest.mark.django_db
JSON = "application/json"
FLOORS = [0, 10_000, 50_000, 500_000, 5_000_000, 10_000_000]
HIGHER = [0, 10_000, 50_000, 600_000, 5_000_000, 10_000_000]
LATER = "2026-12-01"


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[Bank]:
    """East: averages of 550,000 and 700,000, and 520,000 served one tier lower; west: 590,000."""
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path / "lake", home=tmp_path)
    bank = (
        a_bank()
        .with_staff("运营", "HQ_OPS")
        .with_staff("合规", "COMPLIANCE")
        .with_staff("零售", "RETAIL_MGR")
    )
    bank.with_org("东分行", level=2).with_staff("东零售", "RETAIL_MGR").with_branch("徐汇", under="东分行")
    bank.with_manager("李").with_customer("甲").with_customer("乙").with_customer("丙")
    bank.with_org("西分行", level=2).with_branch("宝鸡", under="西分行").with_customer("丁", of=None)
    means = {"甲": (550_000, 3), "乙": (700_000, 3), "丙": (520_000, 2), "丁": (590_000, 3)}
    orgs = {org.id: org.org_no for org in bank.orgs.values()}
    features, snapshot = [], []
    for name, (mda, granted) in means.items():
        c = bank.customers[name]
        row = {
            "cust_id": c.id, "org_no": orgs[c.org_id], "aum": mda, "mda": mda, "status": "NORMAL", "accounts": 1,
            "open_accounts": 1, "open_date": date(2010, 1, 1), "last_txn": TODAY, "last_login": TODAY,
            "aum_30d_ago": 800_000 if name == "丁" else mda,
        }  # fmt: skip
        features.append(row)
        snapshot.append({**row, "tier": granted, "tier_asset": 3, "stage": "STABLE"})
    a_day(a_lake(tmp_path / "lake"), TODAY, features=features, snapshot=snapshot)
    yield bank
    approved_file().unlink(missing_ok=True)


def ask(bank: Bank, who: str, path: str, body: Any, status: int = 200) -> Any:
    answer = bank.client(who).post(f"/api/standards/{path}", body, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_simulation_tells_who_would_fall_by_branch_and_changes_nothing(bank: Bank) -> None:
    found = ask(bank, "运营", "simulate", {"values": {"tier.floors": HIGHER}})
    moved = {(m["before"], m["after"]): (m["customers"], m["aum"]) for m in found["tiers"]}
    assert moved == {("3", "2"): (3, "1660000.00"), ("3", "3"): (1, "700000.00")}
    assert found["kept"] == 2  # whose granted tier is above: 丙 is served as 2 already
    assert [(o["org"], o["up"], o["down"], o["stages"]) for o in found["orgs"]] == [
        ("东分行", 0, 2, 0), ("西分行", 0, 1, 0)]  # fmt: skip
    found = ask(bank, "运营", "simulate", {"values": {"alert.fall": 0.25}})  # 丁 has lost 26 percent
    moved = {(m["before"], m["after"]): m["customers"] for m in found["stages"]}
    assert moved == {("STABLE", "STABLE"): 3, ("STABLE", "CHURN_ALERT"): 1}
    assert [(o["org"], o["stages"]) for o in found["orgs"]] == [("西分行", 1)]
    found = ask(bank, "运营", "simulate", {"values": {"alert.fall": 0.25, "alert.amount": 300_000}})
    assert found["orgs"] == []
    assert not StandardChange.objects.exists()


def test_what_one_asks_for_another_approves_and_it_holds_from_its_date_on(
    bank: Bank, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    body = {"values": {"tier.floors": HIGHER, "new.days": 90}, "valid_from": LATER, "note": "提高门槛"}
    made = ask(bank, "运营", "changes", body)
    assert (made["status"], made["values"], made["before"]) == (
        "PENDING", {"tier.floors": HIGHER}, {"tier.floors": FLOORS})  # fmt: skip
    assert made["effect"]["orgs"][0]["down"] == 2
    ask(bank, "零售", "changes", body, 409)  # one at a time
    ask(bank, "运营", f"changes/{made['id']}/approve", {}, 403)
    assert StandardChange.objects.get().status == "PENDING"
    StandardChange.objects.update(made_by=bank.staff["合规"])  # of a role to which a bank gave both rights
    assert ask(bank, "合规", f"changes/{made['id']}/approve", {}, 403)["code"] == "maker_checker"
    StandardChange.objects.update(made_by=bank.staff["运营"])
    with django_capture_on_commit_callbacks(execute=True):
        ask(bank, "合规", f"changes/{made['id']}/approve", {})
    floors = load_thresholds(django_settings.YINKE.thresholds)
    assert floors.at(date(2026, 11, 30))["tier.floors"] == FLOORS
    assert floors.at(date(2026, 12, 1))["tier.floors"] == HIGHER
    shown = bank.client("合规").get("/api/standards").json()
    (row,) = (one for one in shown["standards"] if one["code"] == "tier.floors")
    assert (row["value"], row["next_value"], row["next_from"]) == (FLOORS, HIGHER, LATER)
    again = {**body, "valid_from": "2027-01-01", "values": {"tier.floors": [0, 1, 2, 3, 4, 5]}}
    assert (
        ask(bank, "运营", "changes", again, 400)["place"] == "tier.floors"
    )  # it would take back what is coming
    assert not [one["code"] for one in shown["standards"] if one["code"] == "alert.reveals"]
    assert len(shown["standards"]) == 21
    approved_file().unlink()
    lay_down()  # as after a database was brought back
    assert load_thresholds(django_settings.YINKE.thresholds).at(date(2026, 12, 1))["tier.floors"] == HIGHER
    assert set(AuditEntry.objects.filter(object_type="standard").values_list("action", flat=True)) == {
        "standard.propose", "standard.approve"}  # fmt: skip


def test_a_change_is_refused_with_a_reason_or_taken_back_by_whoever_asked(bank: Bank) -> None:
    body = {"values": {"dormant.days": 365}, "valid_from": LATER, "note": "放宽"}
    one = ask(bank, "零售", "changes", body)["id"]
    ask(bank, "合规", f"changes/{one}/refuse", {"reason": "  "}, 400)
    assert ask(bank, "合规", f"changes/{one}/refuse", {"reason": "依据不足"})["status"] == "REFUSED"
    ask(bank, "合规", f"changes/{one}/approve", {}, 409)
    two = ask(bank, "零售", "changes", body)["id"]
    ask(bank, "运营", f"changes/{two}/withdraw", {}, 404)
    assert ask(bank, "零售", f"changes/{two}/withdraw", {})["status"] == "WITHDRAWN"
    assert not approved_file().exists()


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"tier.floors": FLOORS}, "values"),
        ({"tier.floors": [0, 10_000]}, "tier.floors"),
        ({"tier.floors": [0, 50_000, 10_000, 500_000, 5_000_000, 10_000_000]}, "tier.floors"),
        ({"alert.fall": 30}, "alert.fall"),
        ({"alert.fall": 0}, "alert.fall"),
        ({"new.days": 1.5}, "new.days"),
        ({"new.days": 0}, "new.days"),
        ({"rule.few": 1}, "rule.few"),
    ],
)
def test_a_value_that_cannot_be_names_its_place(bank: Bank, values: dict[str, Any], place: str) -> None:
    found = ask(bank, "运营", "simulate", {"values": values}, 400)
    assert (found["code"], found["place"]) == ("standard_wrong", place)


def test_a_date_that_has_begun_a_part_of_the_bank_and_others_are_refused(bank: Bank) -> None:
    body = {"values": {"new.days": 60}, "valid_from": f"{TODAY}", "note": "缩短"}
    assert ask(bank, "运营", "changes", body, 400)["place"] == "valid_from"
    assert ask(bank, "运营", "changes", {**body, "valid_from": LATER, "note": " "}, 400)["place"] == "note"
    ask(bank, "东零售", "changes", {**body, "valid_from": LATER}, 403)
    assert bank.client("李").get("/api/standards").status_code == 403
