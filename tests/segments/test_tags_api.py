"""The catalogue of tags and a customer's ready tags through the API, and rules that ask for ready tags."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pyroaring import BitMap

from tests.bank import TODAY, Bank
from tests.segments.test_rules_api import bank, post  # noqa: F401  (fixture)
from yinke.access.models import RoleRight
from yinke.care.models import ContactRecord
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.segments.members import Members

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked_out(bank: Bank) -> Bank:  # noqa: F811
    """The bank of the rules' tests, its ready tags worked out: of the first six in 徐汇, of the seventh in 黄浦."""
    members = Members(django_settings.YINKE.lake / "members")
    members.write(
        {
            "tag:aum_500k_1m": (1, BitMap([1, 2, 3, 4, 5, 7])),
            "tag:single": (1, BitMap([1, 2])),
            "tag:payroll": (1, BitMap([1])),
            "tag:near_sunflower": (1, BitMap([1])),
            "tag:aml_high": (1, BitMap([1, 2, 3, 4, 5, 6])),
        },
        TODAY,
    )
    return bank.with_staff("合规", "COMPLIANCE", at="总行")


def catalogue(bank: Bank, who: str) -> dict[str, Any]:  # noqa: F811
    told = bank.client(who).get("/api/segments/tags").json()
    return {**told, "tags": {tag["code"]: tag for tag in told["tags"]}}


def test_the_catalogue_tells_what_each_tag_comes_from_and_how_many_of_ones_own_have_it(
    worked_out: Bank,
) -> None:
    tag = Tag.objects.create(
        org=worked_out.orgs["徐汇"], name="老客户", expire_days=90, made_by=worked_out.staff["徐头"]
    )
    act = BulkAction.objects.create(user=worked_out.staff["徐头"], kind="TAG_ADD", tag=tag, count=1)
    CustomerTag.objects.create(
        customer=worked_out.customers["富1"], tag=tag, by=worked_out.staff["徐头"], added_in=act
    )
    told = catalogue(worked_out, "徐头")
    assert told["as_of"] == TODAY.isoformat() and len(told["groups"]) == 10 and told["few"] == 0
    sweep = told["tags"]["salary_sweep"]
    assert (sweep["group"], sweep["title"], sweep["type"], sweep["level"]) == (
        "TX",
        "发薪即转走",
        "rule",
        "C2",
    )
    assert [(s["title"], s["feeds"]) for s in sweep["sources"]] == [
        ("交易流水", ["交易流水"]),
        ("代发", ["代发"]),
    ]
    assert sweep["sentence"].startswith("最近 30 天内先有代发，之后 3 天内有交易")
    assert (sweep["expires_days"], sweep["delivered"], sweep["customers"]) == (
        30,
        False,
        None,
    )  # no payroll file here
    assert (told["tags"]["aum_500k_1m"]["delivered"], told["tags"]["aum_500k_1m"]["one_of"]) == (
        True,
        "aum_band",
    )
    mine = told["tags"][str(tag.id)]
    assert (mine["title"], mine["type"], mine["customers"], mine["expires_days"]) == (
        "老客户",
        "manual",
        1,
        90,
    )
    assert told["tags"]["aum_500k_1m"]["customers"] == 5 and told["tags"]["payroll"]["customers"] == 1
    whole = catalogue(worked_out, "运营")
    assert (
        whole["few"],
        whole["tags"]["aum_500k_1m"]["customers"],
        whole["tags"]["single"]["customers"],
    ) == (5, 6, None)
    assert worked_out.client("徐经").get("/api/segments/tags").status_code == 403


def test_what_tells_of_money_laundering_reaches_compliance_alone(worked_out: Bank) -> None:
    assert catalogue(worked_out, "合规")["tags"]["aml_high"]["customers"] == 6
    RoleRight.objects.create(role="RM", right="aml.read", held=True)
    for who in ("徐头", "运营"):
        assert not [code for code in catalogue(worked_out, who)["tags"] if code.startswith("aml")]
    values = next(
        field["values"]
        for field in worked_out.client("徐头").get("/api/segments/fields").json()["fields"]
        if field["name"] == "tag"
    )
    assert "payroll" in {value["value"] for value in values}
    assert not [value for value in values if str(value["value"]).startswith("aml")]
    rule = {"where": {"type": "compare", "field": "tag", "op": "has_any", "value": ["aml_high"]}}
    near = {"where": {"type": "compare", "field": "tag", "op": "has_any", "value": ["near_sunflower"]}}
    assert post(worked_out.client("运营"), "sample", rule=near).json()["code"] == "band_edges_only"
    told = post(worked_out.client("徐头"), "check", rule=rule).json()
    assert told["problems"] and told["count"] is None
    refused = post(worked_out.client("徐头"), "sample", rule=rule)
    assert (refused.status_code, refused.json()["code"]) == (400, "rule_wrong")
    for who, has in (("徐经", False), ("徐头", False), ("合规", True)):
        told = worked_out.client(who).get("/api/customers/1/ready-tags").json()
        assert ("aml_high" in {tag["code"] for tag in told["tags"]}) is has


def test_a_customers_ready_tags_come_class_by_class_to_who_may_see_the_customer(worked_out: Bank) -> None:
    told = worked_out.client("徐经").get("/api/customers/1/ready-tags").json()
    assert [group["code"] for group in told["groups"]] == ["BASE", "ASSET", "TX", "VALUE"]
    codes = ["single", "aum_500k_1m", "payroll", "near_sunflower"]
    assert [tag["code"] for tag in told["tags"]] == codes
    banded = worked_out.client("运营").get("/api/customers/1/ready-tags").json()  # 45万 is no edge of a band
    assert [tag["code"] for tag in banded["tags"]] == codes[:-1]
    assert (told["tags"][1]["title"], told["as_of"]) == ("AUM50至100万", TODAY.isoformat())
    assert worked_out.client("徐经").get("/api/customers/7/ready-tags").status_code == 404


def test_a_rule_may_ask_for_ready_tags_and_for_contacts(bank: Bank) -> None:  # noqa: F811
    rich = {"type": "compare", "field": "tag", "op": "has_any", "value": ["aum_500k_1m"]}
    client = bank.client("徐头")
    assert post(client, "check", rule={"where": rich}).json()["count"]["customers"] == 5
    assert post(client, "check", rule={"where": rich}).json()["sentence"] == "标签有“AUM50至100万”"
    typed = post(client, "parse", text="标签有“AUM50至100万”").json()
    assert typed["rule"]["where"]["value"] == ["aum_500k_1m"] and typed["problems"] == []
    reached = {"type": "compare", "field": "contact", "op": "has_any", "value": ["7"]}
    rule = {"where": {"type": "all", "of": [rich, {"type": "not", "of": reached}]}}
    for name, result in (("富1", "INTERESTED"), ("富2", "NO_ANSWER")):
        ContactRecord.objects.create(
            customer=bank.customers[name], user=bank.staff["徐经"], channel="PHONE", result=result, request_key=name,
            at=timezone.now(), biz_date=TODAY + timedelta(days=3),
        )  # fmt: skip
    assert post(client, "check", rule=rule).json()["count"]["customers"] == 4
    told = post(client, "explain", rule=rule, customer_id=bank.customers["富1"].id).json()
    assert [reason["state"] for reason in told["reasons"]] == ["met", "met"] and told["holds"] is False


def test_nobody_is_approached_because_of_a_tag_that_marketing_may_not_use(worked_out: Bank) -> None:
    quiet = {"type": "compare", "field": "tag", "op": "has_any", "value": ["risk_c1", "not_disturbed"]}
    for name, where, status in (("勿扰", quiet, 400), ("可联络", {"type": "not", "of": quiet}, 200)):
        made = worked_out.client("运营").post(
            "/api/segments", json.dumps({"name_zh": name, "scope": "BANK", "rule": {"where": where}}),
            content_type="application/json",
        ).json()  # fmt: skip
        answer = post(worked_out.client("合规"), f"{made['code']}/versions/1/approve", outreach=True)
        assert answer.status_code == status, answer.content
        if status == 400:
            assert (answer.json()["code"], answer.json()["place"]) == ("tag_not_usable", "免打扰客户")
            code = made["code"]
    assert post(worked_out.client("合规"), f"{code}/versions/1/approve", outreach=False).status_code == 200
    again = post(worked_out.client("合规"), f"{code}/outreach", allowed=True)
    assert (again.status_code, again.json()["code"]) == (400, "tag_not_usable")
