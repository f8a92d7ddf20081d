"""The bank's own fields through the API: defined, filled in within the scope, checked by kind, kept as history, retired."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

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


OPTIONS = ("o1", "o2", "o3")
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "TEXT": st.sampled_from(["钓鱼", "品茶 钓鱼", "Golf", "golf~1"]), "NUMBER": st.sampled_from([-2.5, 0, 1, 30, 300000]),
    "DATE": st.sampled_from(["1999-12-31", "2026-02-28", "2026-10-30"]), "YES_NO": st.booleans(),
    "CHOICE": st.sampled_from(OPTIONS), "CHOICES": st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True),
}  # fmt: skip
some = st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True).map("|".join)
ASKED: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "TEXT": {"has": st.sampled_from(["鱼", "GOLF", "~", "棋"])},
    "NUMBER": {"from": st.sampled_from(["-3", "0", "1.5"]), "to": st.sampled_from(["0", "30", "1e3"])},
    "DATE": {"from": st.just("2026-02-28"), "to": st.sampled_from(["2026-02-27", "2026-10-30"])},
    "YES_NO": {"is": st.sampled_from(["true", "false"])}, "CHOICE": {"is": some}, "CHOICES": {"is": some},
}  # fmt: skip


def holds(way: str, value: str, known: Any) -> bool:
    """A condition read plainly."""
    if known is None:
        return False
    if way == "has":
        return value.lower() in known.lower()
    if way == "is":
        has = known if isinstance(known, list) else [str(known).lower()]
        return bool(set(value.split("|")) & set(has))
    asked: Any = value if isinstance(known, str) else float(value)
    return bool(known >= asked if way == "from" else known <= asked)


@settings(max_examples=12)
@given(data=st.data())
def test_the_list_is_narrowed_to_whom_the_cards_say_it_holds_of(data: st.DataObject) -> None:
    with transaction.atomic():
        bank = a_bank().with_staff("运营", "HQ_OPS").with_branch("徐汇").with_manager("李")
        for number in range(4):
            bank.with_customer(f"客户{number}")
        fields = {
            kind: define(bank, kind, f"字段{n}", options=[{"zh": zh} for zh in "甲乙丙"] if "CHOICE" in kind else [])
            for n, kind in enumerate(KNOWN)
        }  # fmt: skip
        known: dict[tuple[str, str], Any] = {}
        for customer in bank.customers:
            for kind in KNOWN:
                known[customer, kind] = data.draw(st.none() | KNOWN[kind])
                assert fill(bank, "李", customer, fields[kind], known[customer, kind]).status_code == 204
        asked = []
        for kind in data.draw(st.lists(st.sampled_from(list(KNOWN)), min_size=1, max_size=3)):
            way = data.draw(st.sampled_from(list(ASKED[kind])))
            asked.append((kind, way, data.draw(ASKED[kind][way])))
        wanted = {
            bank.customers[customer].id for customer in bank.customers
            if all(holds(way, value, known[customer, kind]) for kind, way, value in asked)
        }  # fmt: skip
        said = [f"{fields[kind]['code']}~{way}~{value}" for kind, way, value in asked]
        found = bank.client("李").get("/api/customers", {"custom": said}).json()["rows"]
        assert {row["id"] for row in found} == wanted
        transaction.set_rollback(True)


def test_a_wrong_condition_says_which_and_hidden_fields_narrow_nothing(bank: Bank) -> None:
    number, pet = define(bank, "NUMBER", "收入", unit="万元"), define(bank, "TEXT", "宠物", on_page=False)
    code = number["code"]
    shown = send(bank, "李", "GET", "custom-fields/shown").json()
    assert [(field["code"], field["title"], field["unit"]) for field in shown] == [(code, "收入", "万元")]
    for said in (
        f"{pet['code']}~has~猫", "none~is~1", f"{code}~is~3", f"{code}~from~many", f"{code}~from~NaN", f"{code}~to~",
        f"{code}~to~1e40", code, "", "~~", f"{code}~from~{'9' * 300}",
    ):  # fmt: skip
        refused = bank.client("李").get("/api/customers", {"custom": said})
        assert (refused.status_code, refused.json()["code"]) == (400, "custom_condition_wrong"), said
        assert refused.json()["place"].startswith("custom")
    many = bank.client("李").get("/api/customers", {"custom": [f"{code}~from~1"] * 21})
    assert many.json()["code"] == "custom_condition_wrong"


def test_a_saved_view_keeps_its_conditions_on_own_fields(bank: Bank) -> None:
    field = define(bank, "YES_NO", "有车")
    assert fill(bank, "李", "张三丰", field, True).status_code == 204
    query = {"custom": [f"{field['code']}~is~true"]}
    made = send(
        bank,
        "李",
        "POST",
        "customer-views",
        {"name": "有车的", "query": query, "columns": [], "shared": False},
    )
    assert made.status_code == 200, made.content
    [view] = send(bank, "李", "GET", "customer-views").json()
    assert view["query"] == query
