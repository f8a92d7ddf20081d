"""Rules through the API: what a marketer, a branch head and others may draw, count and see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.segments import asking

pytestmark = pytest.mark.django_db

RICH = {"version": 1, "where": {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}}


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[Bank]:
    """Two branches; five rich customers and one poor in the first, one rich in the second."""
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path, home=tmp_path)
    bank = a_bank().with_staff("运营", "HQ_OPS").with_staff("审计", "AUDITOR")
    bank.with_branch("徐汇").with_head("徐头").with_manager("徐经")
    for n in range(5):
        bank.with_customer(f"富{n}", aum=600_000 + n)
    bank.with_customer("贫", aum=10, tier=0)
    bank.with_branch("黄浦").with_head("黄头").with_manager("黄经").with_customer("王", aum=900_000)
    orgs = {org.id: org.org_no for org in bank.orgs.values()}
    rows = [
        {"cust_id": c.id, "org_no": orgs[c.org_id], "aum": c.metrics.aum, "tier": c.metrics.tier, "stage": "STABLE",
         "birth_date": date(1980, 5, 17)}
        for c in bank.customers.values()
    ]  # fmt: skip
    spent = [
        {"cust_id": 1, "txn_date": TODAY, "txn_seq": str(n), "direction": "OUT", "amount": "30000", "ccy": "CNY",
         "kind": "TRANSFER", "own_name": True, "opp_bank": "别行"}
        for n in range(3)
    ]  # fmt: skip
    lines = [
        {"org_no": org.org_no, "parent_no": orgs.get(org.parent_id), "name": org.name}
        for org in bank.orgs.values()
    ]
    a_day(a_lake(tmp_path), TODAY, snapshot=rows, org=lines, transaction=spent)
    asking._live.clear()
    yield bank
    asking._live.clear()


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/segments/{path}", json.dumps(body), content_type="application/json")


def test_a_rule_is_counted_within_the_viewers_scope_by_org_tier_and_stage(bank: Bank) -> None:
    whole = post(bank.client("运营"), "check", rule=RICH).json()["count"]
    assert (whole["customers"], whole["of"], whole["share"]) == (6, 7, 0.857143)
    assert [(o["name"], o["customers"]) for o in whole["orgs"]] == [("徐汇", 5), ("黄浦", None)]
    assert [(t["name"], t["customers"]) for t in whole["tiers"]] == [("金葵花", 6)]
    assert [(s["key"], s["name"]) for s in whole["stages"]] == [("STABLE", "平稳")]
    mine = post(bank.client("黄头"), "check", rule=RICH).json()["count"]
    assert (mine["customers"], mine["of"], mine["few"]) == (1, 1, 0)


def test_who_sees_bands_only_learns_no_exact_amount(bank: Bank) -> None:
    exact = {"where": {"type": "compare", "field": "aum", "op": "ge", "value": 600_003}}
    assert post(bank.client("运营"), "check", rule=exact).json()["count"]["customers"] is None
    for path, more in (("sample", {}), ("explain", {"customer_id": 1})):
        refused = post(bank.client("运营"), path, rule=exact, **more)
        assert (refused.status_code, refused.json()["code"]) == (400, "band_edges_only")
        assert post(bank.client("运营"), path, rule=RICH, **more).status_code == 200
    told = post(bank.client("运营"), "explain", rule=RICH, customer_id=1).json()
    assert told["reasons"][0]["value"] == "500000"
    told = post(bank.client("徐头"), "explain", rule=exact, customer_id=1).json()
    assert (told["holds"], told["reasons"][0]["state"], told["reasons"][0]["value"]) == (
        False,
        "not_met",
        "600000.00",
    )


def test_the_sample_holds_own_customers_only_and_is_audited(bank: Bank) -> None:
    rows = post(bank.client("徐头"), "sample", rule=RICH).json()
    assert {row["name"] for row in rows} == {f"富{n}" for n in range(5)}
    assert {row["name"] for row in post(bank.client("黄头"), "sample", rule=RICH).json()} == {"王"}
    assert post(bank.client("黄头"), "explain", rule=RICH, customer_id=1).status_code == 404
    assert "富0" not in post(bank.client("运营"), "sample", rule=RICH).content.decode()
    post(bank.client("徐头"), "explain", rule=RICH, customer_id=1)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", "object_id"))
    assert ("segment.sample", "") in actions and ("segment.explain", "1") in actions


def test_behaviour_of_the_last_days_is_counted(bank: Bank) -> None:
    away = {
        "type": "behaviour", "table": "transaction", "last": {"n": 14}, "filters": [
            {"field": "direction", "op": "eq", "value": "OUT"}, {"field": "own_name", "op": "is_true"},
            {"field": "opp_bank", "op": "is_known"},
        ],
    }  # fmt: skip
    total = {**away, "measure": "sum", "column": "amount", "value": 50_000}
    rule = {"where": {"type": "all", "of": [{**away, "value": 3}, total]}}
    assert post(bank.client("徐头"), "check", rule=rule).json()["count"]["customers"] == 1
    told = post(bank.client("徐头"), "explain", rule=rule, customer_id=1).json()
    assert [(r["state"], r["value"]) for r in told["reasons"]] == [("met", "3"), ("met", "90000.00")]
    assert told["reasons"][0]["text"] == "最近 14 天内交易（借贷为 转出；是本人同名；对方行已知）笔数不低于 3"


def test_tags_and_wishes_count_as_soon_as_they_are_written(bank: Bank) -> None:
    tag = Tag.objects.create(org=bank.orgs["徐汇"], name="老客户", made_by=bank.staff["徐头"])
    rule = {"where": {"type": "compare", "field": "tag", "op": "has_any", "value": [str(tag.id)]}}
    quiet = {
        "where": {"type": "compare", "field": "do_not_disturb", "op": "has_any", "value": ["ALL_MARKETING"]}
    }
    client = bank.client("徐头")
    assert post(client, "check", rule=rule).json()["count"]["customers"] == 0
    act = BulkAction.objects.create(user=bank.staff["徐头"], kind="TAG_ADD", tag=tag, count=1)
    CustomerTag.objects.create(customer=bank.customers["富1"], tag=tag, by=bank.staff["徐头"], added_in=act)
    DoNotDisturb.objects.create(customer=bank.customers["富2"], source="RM")
    assert post(client, "check", rule=rule).json()["count"]["customers"] == 1
    assert [row["name"] for row in post(client, "sample", rule=quiet).json()] == ["富2"]
    assert post(client, "check", rule=rule).json()["sentence"] == "标签有“老客户”"
    consent = {"where": {"type": "compare", "field": "consent", "op": "has_any", "value": ["MARKETING_SMS"]}}
    assert post(client, "check", rule=consent).json()["count"]["customers"] == 0


def test_a_mistake_is_told_at_its_place_in_the_readers_language(bank: Bank) -> None:
    wrong = {
        "where": {
            "type": "all",
            "of": [RICH["where"], {"type": "compare", "field": "no", "op": "eq", "value": 1}],
        }
    }
    client = bank.client("徐头")
    told = post(client, "check", rule=wrong).json()
    assert [(p["place"], p["code"]) for p in told["problems"]] == [("/where/of/1/field", "no_field")]
    assert told["problems"][0]["text"].startswith("没有“no”这个字段") and told["sentence"] == ""
    assert told["count"] is None
    refused = post(client, "sample", rule=wrong)
    assert (refused.status_code, refused.json()["code"], refused.json()["place"]) == (
        400,
        "rule_wrong",
        "/where/of/1/field",
    )
    late = {"where": {"type": "compare", "field": "risk_expiry", "op": "in_next", "value": {"n": 7}}}
    assert post(client, "check", rule=late).json()["problems"][0]["code"] == "not_delivered"
    deep = '{"rule":' + '{"type":"not","of":' * 3000 + "1" + "}" * 3000 + "}"
    answer = client.post("/api/segments/check", deep, content_type="application/json")
    assert answer.status_code in (200, 400, 422)


def test_what_is_typed_becomes_a_rule_or_is_not_understood(bank: Bank) -> None:
    told = post(bank.client("徐头"), "parse", text="AUM 50万以上且徐汇的客户").json()
    assert told["sentence"] == "AUM不低于 50 万元，且 开户机构在“徐汇”及下级"
    assert post(bank.client("徐头"), "check", rule=told["rule"]).json()["count"]["customers"] == 5
    told = post(bank.client("徐头"), "parse", text="AUM 50万以上且爱钓鱼").json()
    assert told["rule"] is None
    assert [part["text"] for part in told["parts"] if not part["understood"]] == ["爱钓鱼"]


def test_the_field_catalogue_is_for_those_who_draw_and_holds_nothing_of_money_laundering(bank: Bank) -> None:
    told = bank.client("运营").get("/api/segments/fields").json()
    names = {field["name"]: field for field in told["fields"]}
    assert "aml_level" not in names and "birth_date" not in names
    assert names["tier"]["values"][3] == {"value": 3, "name": "金葵花", "parent": None}
    assert names["tier"]["group"] == "VALUE"
    above = {org["name"]: org["parent"] for org in names["org_no"]["values"]}
    assert above["徐汇"] and above["徐汇"] == above["黄浦"]
    assert names["aum"]["operators"][0] == "lt" and names["aum"]["unit"] == "CNY"
    assert len(told["groups"]) == 10
    for person in ("徐经", "审计"):
        assert bank.client(person).get("/api/segments/fields").status_code == 403
        assert post(bank.client(person), "check", rule=RICH).status_code == 403
