"""The bank's own fields through the API: defined, filled in within the scope, checked by kind, kept as history, retired."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.customers.custom_models import CustomValue

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_staff("运营", "HQ_OPS").with_staff("合规", "COMPLIANCE")
    bank.with_branch("徐汇").with_head("徐头").with_manager("李").with_customer("张三丰").with_manager("王")
    return bank.with_customer("李四")


def send(bank: Bank, who: str, method: str, path: str, body: Any = None) -> Any:
    return bank.client(who).generic(method, f"/api/{path}", json.dumps(body), content_type="application/json")


def define(bank: Bank, kind: str, name: str, **more: Any) -> Any:
    made = send(bank, "运营", "POST", "custom-fields", {"kind": kind, "name_zh": name, **more})
    assert made.status_code == 200, made.content
    return made.json()


def fill(bank: Bank, who: str, customer: str, field: dict[str, Any], value: Any) -> Any:
    path = f"customers/{bank.customers[customer].id}/custom-fields/{field['code']}"
    return send(bank, who, "PUT", path, {"value": value})


def card(bank: Bank, who: str, customer: str) -> Any:
    return send(bank, who, "GET", f"customers/{bank.customers[customer].id}/custom-fields").json()


def test_what_a_manager_fills_in_is_on_the_customers_page_with_who_and_when_and_what_was_before(
    bank: Bank,
) -> None:
    field = define(
        bank, "CHOICE", "宠物", name_en="Pet", code="pet", options=[{"zh": "猫", "en": "Cat"}, {"zh": "狗"}]
    )
    assert [option["code"] for option in field["options"]] == ["o1", "o2"]
    for value in ("o1", "o2", "o2"):
        assert fill(bank, "李", "张三丰", field, value).status_code == 204
    [told] = card(bank, "合规", "张三丰")
    assert (told["title"], told["value"], told["by"]) == ("宠物", "o2", "李")
    path = f"customers/{bank.customers['张三丰'].id}/custom-fields/pet/past"
    [past] = send(bank, "徐头", "GET", path).json()
    assert (past["said"], past["by"], past["ended_by"]) == ("猫", "李", "李")
    assert fill(bank, "徐头", "张三丰", field, None).status_code == 204
    assert card(bank, "李", "张三丰")[0]["value"] is None
    assert CustomValue.objects.count() == 2  # nothing is thrown away
    assert AuditEntry.objects.filter(action="field.fill", reason="pet").count() == 3
    [listed] = send(bank, "运营", "GET", "custom-fields").json()
    assert (listed["owner"], listed["customers"]) == ("运营", 0)


def test_only_those_who_know_the_customer_fill_in_and_only_the_head_office_defines(bank: Bank) -> None:
    field = define(bank, "TEXT", "爱好")
    assert fill(bank, "王", "张三丰", field, "钓鱼").status_code == 404
    assert fill(bank, "运营", "张三丰", field, "钓鱼").status_code == 403
    assert (
        send(bank, "王", "GET", f"customers/{bank.customers['张三丰'].id}/custom-fields").status_code == 404
    )
    for method, path in (
        ("GET", "custom-fields"),
        ("POST", "custom-fields"),
        ("POST", "custom-fields/f1/retire"),
    ):
        body = {"kind": "TEXT", "name_zh": "别的"} if path == "custom-fields" else None
        assert send(bank, "徐头", method, path, body).status_code == 403
    assert fill(bank, "李", "张三丰", {"code": "none"}, "x").status_code == 404


@pytest.mark.parametrize(
    ("kind", "right", "kept", "wrong"),
    [
        (
            "TEXT",
            " 钓鱼　和茶（绿茶） ",
            "钓鱼 和茶（绿茶）",
            ["x" * 201, 5, "电话 138 1234 5678", "a\u202eb"],
        ),
        ("NUMBER", 12.5, 12.5, ["12", True, 1e11, 0.0000001, float("inf"), [1]]),
        ("DATE", "2026-02-28", "2026-02-28", ["2026-02-30", "28.2.2026", 20260228, "1700-01-01"]),
        ("YES_NO", False, False, ["false", 0]),
        ("CHOICE", "o2", "o2", ["o3", "甲", ["o1"], {"o1": 1}]),
        ("CHOICES", ["o2", "o1", "o2"], ["o1", "o2"], ["o1", ["o3"], [["o1"]]]),
    ],
)
def test_a_value_is_checked_by_its_kind(
    bank: Bank, kind: str, right: Any, kept: Any, wrong: list[Any]
) -> None:
    options = [{"zh": "甲"}, {"zh": "乙"}, {"zh": "丙", "active": False}]
    field = define(bank, kind, "字段", options=options)
    assert fill(bank, "李", "张三丰", field, right).status_code == 204
    for value in wrong:
        refused = fill(bank, "李", "张三丰", field, value)
        assert refused.status_code in (400, 422), (value, refused.content)
        assert refused.status_code == 422 or refused.json()["code"] in ("field_value", "field_personal")
    assert card(bank, "李", "张三丰")[0]["value"] == kept


def test_names_codes_and_options_that_would_confuse_are_refused(bank: Bank) -> None:
    define(bank, "TEXT", "爱好", name_en="Hobby", code="hobby")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name_zh": "爱好"}, "name_taken"), ({"name_zh": "hobby"}, "name_taken"), ({"code": "hobby"}, "name_taken"),
        ({"name_zh": "a，且b"}, "bad_field_name"), ({"name_zh": " "}, "bad_field_name"), ({"code": "A b"}, "bad_field_code"),
        ({"kind": "CHOICE"}, "no_options"), ({"kind": "CHOICE", "options": [{"zh": "甲"}, {"zh": "甲"}]}, "same_option"),
    ]  # fmt: skip
    for told, code in wrong:
        answer = send(bank, "运营", "POST", "custom-fields", {"kind": "TEXT", "name_zh": "新的", **told})
        assert (answer.status_code >= 400, answer.json()["code"]) == (True, code), told


def test_an_option_out_of_use_stays_with_who_has_it_and_a_retired_field_keeps_what_it_said(
    bank: Bank,
) -> None:
    field = define(bank, "CHOICES", "关注", options=[{"zh": "养老"}, {"zh": "教育"}])
    fill(bank, "李", "张三丰", field, ["o1", "o2"])
    change = {"name_zh": "关注点", "options": [{"code": "o2", "zh": "子女教育"}, {"zh": "移民"}]}
    assert send(bank, "运营", "PUT", "custom-fields/f1", change).status_code == 204
    [told] = card(bank, "李", "张三丰")
    assert [option["name"] for option in told["options"]] == ["子女教育", "移民", "养老"]
    assert [option["name"] for option in card(bank, "王", "李四")[0]["options"]] == ["子女教育", "移民"]
    assert send(bank, "运营", "GET", "custom-fields/f1/use").json()["customers"] == 1
    assert send(bank, "运营", "POST", "custom-fields/f1/retire").status_code == 204
    assert card(bank, "李", "张三丰") == [] and fill(bank, "李", "张三丰", field, []).status_code == 404
    assert send(bank, "运营", "POST", "custom-fields/f1/restore").status_code == 204
    assert card(bank, "李", "张三丰")[0]["value"] == ["o1", "o2"]
    events = apps.get_model("customers.CustomFieldEvent").objects.order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update", "update", "update"]
    assert events[0].pgh_context == {"user": bank.staff["运营"].id}
