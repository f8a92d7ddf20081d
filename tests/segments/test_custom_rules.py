"""Fields of the bank's own in rules, through the API: who a condition holds of, what is said of it, what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.bank import TODAY, Bank
from tests.segments.rules.made import OWN, Maker, made_bank
from tests.segments.test_rules_api import bank, post  # noqa: F401  (fixture)
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.segments.custom import held
from yinke.segments.models import Segment
from yinke.segments.rules.custom import mark_of, read_mark
from yinke.segments.rules.language import Compare

pytestmark = pytest.mark.django_db


def asks(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"type": "compare", "field": f"custom.{field}", "op": op, "value": value}


@pytest.fixture
def fields(bank: Bank) -> Bank:  # noqa: F811
    """富0 and 富1 marry in 7 and 8 days, 富2's day was yesterday; 富0 likes fishing and cats, 富1 earns 30."""
    owner = bank.staff["运营"]
    made = {
        code: CustomField.objects.create(code=code, kind=kind, name_zh=zh, name_en=en, owner=owner, options=options)
        for code, kind, zh, en, options in (
            ("wedding", "DATE", "结婚纪念日", "Wedding day", []), ("hobby", "TEXT", "爱好", "Hobby", []),
            ("income", "NUMBER", "家庭年收入", "Income", []), ("old", "TEXT", "旧的", "Old", []),
            ("pets", "CHOICES", "宠物", "Pets", [{"code": "o1", "zh": "猫", "en": "Cat", "active": True}]),
        )
    }  # fmt: skip
    CustomField.objects.filter(code="old").update(is_active=False)
    for name, code, column, value in (
        ("富0", "wedding", "day", TODAY + timedelta(days=7)), ("富1", "wedding", "day", TODAY + timedelta(days=8)),
        ("富2", "wedding", "day", TODAY - timedelta(days=1)), ("王", "wedding", "day", TODAY + timedelta(days=1)),
        ("富0", "hobby", "text", "钓鱼"), ("富0", "pets", "choices", ["o1"]), ("富1", "income", "number", 30),
    ):  # fmt: skip
        customer = bank.customers[name]
        CustomValue.objects.create(customer=customer, field=made[code], by=owner, **{column: value})
    return bank


def test_a_condition_is_counted_in_scope_explained_and_said_in_both_languages(fields: Bank) -> None:
    client = fields.client("徐头")
    soon = {"where": asks("wedding", "in_next", {"n": 7})}
    counted = post(client, "check", rule=soon).json()["count"]
    assert counted["customers"] == 1  # not 王, who is another branch's
    assert [row["name"] for row in post(client, "sample", rule=soon).json()] == ["富0"]
    told = post(client, "check", rule=soon).json()
    assert (told["zh"], told["en"]) == ("结婚纪念日在未来 7 天内", "Wedding day in the next 7 days")
    rule = {"where": {"type": "all", "of": [
        soon["where"], asks("pets", "has_any", ["o1"]), asks("hobby", "is_unknown"), asks("income", "lt", 40),
    ]}}  # fmt: skip
    why = post(client, "explain", rule=rule, customer_id=fields.customers["富0"].id).json()
    assert [(r["state"], r["value"], r["kind"]) for r in why["reasons"]] == [
        ("met", "2026-11-06", "date"), ("met", "猫", "set"), ("not_met", "钓鱼", "text"), ("unknown", None, "number"),
    ]  # fmt: skip
    typed = post(client, "parse", text="家庭年收入大于20").json()
    assert typed["rule"]["where"]["field"] == "custom.income"
    assert post(client, "check", rule=typed["rule"]).json()["count"]["customers"] == 1
    for op, value, count in (("more_than_ago", {"n": 1}, 1), ("in_this", "month", 1), ("is_unknown", None, 3),
                             ("ge", "2026-11-06", 2), ("in_last", {"n": 1, "unit": "week"}, 1)):  # fmt: skip
        counted = post(client, "check", rule={"where": asks("wedding", op, value)}).json()["count"]
        assert counted["customers"] == count, op


def test_the_builder_offers_them_in_a_class_of_their_own_but_not_retired_ones(fields: Bank) -> None:
    told = fields.client("运营").get("/api/segments/fields").json()
    assert told["groups"][-1] == {"code": "CUSTOM", "title": "本行字段"}
    own = {field["name"]: field for field in told["fields"] if field["group"] == "CUSTOM"}
    assert set(own) == {"custom.wedding", "custom.hobby", "custom.income", "custom.pets"}
    assert own["custom.pets"]["operators"] == ["has_any", "has_all", "is_known", "is_unknown"]
    assert own["custom.pets"]["values"] == [{"value": "o1", "name": "猫", "parent": None}]


@pytest.mark.parametrize(
    ("where", "place", "code"),
    [
        (asks("none", "is_known"), "/where/field", "no_field"),
        (asks("old", "is_known"), "/where/field", "retired_field"),
        (asks("income", "contains", "3"), "/where/op", "operator"),
        (asks("income", "gt", "viel"), "/where/value", "number"),
        (asks("wedding", "eq", "2026-02-30"), "/where/value", "date"),
        (asks("pets", "has_any", ["o1", "o9"]), "/where/value/1", "code"),
        ({"type": "at", "on": {"n": 1}, "of": asks("hobby", "is_known")}, "/where/of/field", "not_then"),
        ({"type": "peer", "field": "custom.income", "percent": 10}, "/where/field", "peer_field"),
    ],
)
def test_a_mistake_is_told_at_its_place(fields: Bank, where: Any, place: str, code: str) -> None:
    problems = post(fields.client("徐头"), "check", rule={"where": where}).json()["problems"]
    assert (place, code) in [(p["place"], p["code"]) for p in problems]


def test_a_field_that_segments_name_is_not_retired(fields: Bank) -> None:
    rule = {"version": 1, "where": {"type": "not", "of": asks("wedding", "in_next", {"n": 7})}}
    for code, status, scope in (
        ("soon", "IN_USE", "BANK"),
        ("gone", "CLOSED", "BANK"),
        ("mine", "DRAFT", "MINE"),
    ):
        made = Segment.objects.create(
            code=code, name_zh=code, kind="DYNAMIC", scope=scope, status=status, owner=fields.staff["徐头"]
        )
        made.versions.create(number=1, rule=rule, status="PENDING" if scope == "MINE" else "APPROVED")
    client = fields.client("运营")
    assert client.get("/api/custom-fields/wedding/use").json() == {
        "customers": 4,
        "used_by": ["soon"],
        "others": 1,
    }
    refused = client.post("/api/custom-fields/wedding/retire")
    assert (refused.status_code, refused.json()["code"]) == (409, "field_in_use")
    Segment.objects.exclude(code="gone").update(status="CLOSED")
    assert client.post("/api/custom-fields/wedding/retire").status_code == 204
    body = json.dumps({"kind": "TEXT", "name_zh": "aum"})
    taken = client.post("/api/custom-fields", body, content_type="application/json")
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")  # rules mean something else by it


def test_the_database_answers_every_kind_of_condition_as_row_by_row(fields: Bank) -> None:
    CustomValue.objects.all().delete()
    naive = made_bank(5, customers=7)
    columns = CustomValue.COLUMNS
    for own in OWN:
        code = own.name.partition(".")[2]
        options = [{"code": one, "zh": zh, "en": en, "active": True} for one, zh, en in own.named]
        made = CustomField.objects.create(
            code=code, kind=code.upper(), name_zh=own.zh + "二", options=options, owner=fields.staff["运营"]
        )
        for cust, value in naive.own[own.name].items():
            CustomValue.objects.create(
                customer_id=cust, field=made, by=fields.staff["运营"], **{columns[made.kind]: value}
            )
    rng, seen = Random(5), set()
    while len(seen) < 120:
        for leaf in Maker(rng.randint(0, 1 << 30), naive).now:
            if not leaf.get("field", "").startswith("custom."):
                continue
            asked = Compare.model_validate(leaf)
            mark = mark_of(asked, naive.today)[0].partition(":")[2]
            if mark not in seen:
                seen.add(mark)
                ((said, found),) = held(frozenset([mark]), TODAY)
                assert (said, sorted(found)) == (mark, sorted(naive.who_has(read_mark(mark))))
