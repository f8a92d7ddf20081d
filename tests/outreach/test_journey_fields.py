"""改字段: a journey writes down what a field says of its customers, as a person would: checked, with history, once, and in sets."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.outreach.journeys import JourneyBank
from yinke.access.models import AuditEntry
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.hooks import MARKED
from yinke.customers.services import custom_fields
from yinke.outreach.journeys import services
from yinke.outreach.journeys.services import JourneyFaulty

OPTIONS = [
    {"code": code, "zh": zh, "en": "", "active": active}
    for code, zh, active in (("o1", "高", True), ("o2", "低", True), ("o3", "旧", False))
]
VALUES: dict[str, tuple[Any, Any]] = {
    "TEXT": ("常来网点", "常来网点"), "NUMBER": (3.5, Decimal("3.5")), "DATE": ("2026-11-05", "2026-11-05"), "YES_NO": (False, False),
    "CHOICE": ("o2", "o2"), "CHOICES": (["o2", "o1"], ["o1", "o2"]),
}  # fmt: skip
WRONG = [
    ("TEXT", "手机13812345678"), ("TEXT", "  "), ("TEXT", True), ("NUMBER", "3"), ("NUMBER", 1e12), ("NUMBER", True), ("DATE", "2026-02-30"),
    ("YES_NO", "true"), ("YES_NO", 1), ("CHOICE", "o3"), ("CHOICE", "高"), ("CHOICES", []), ("CHOICES", "o1"), ("CHOICES", ["o9"]),
]  # fmt: skip


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> JourneyBank:
    return JourneyBank(tmp_path, settings)


def a_field(bank: JourneyBank, kind: str, code: str = "care") -> CustomField:
    options = deepcopy(OPTIONS) if kind in ("CHOICE", "CHOICES") else []
    return CustomField.objects.create(
        code=code, name_zh=f"关怀{code}", kind=kind, options=options, owner=bank.staff["运营"]
    )


def step(value: Any, **more: Any) -> dict[str, Any]:
    return {"id": "f", "type": "FIELD", "field": "care", "value": value, "next": None, **more}


def known(bank: JourneyBank) -> dict[int, Any]:
    return {row.customer_id: row.value for row in CustomValue.objects.filter(ended_at=None)}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_each_kind_is_written_down_in_the_name_of_who_drew_it(
    bank: JourneyBank, kind: str
) -> None:
    a_field(bank, kind)
    told, kept = VALUES[kind]
    journey = bank.drawn(step(told))
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    heard: list[tuple[str, list[int]]] = []
    MARKED.append(lambda field, whom: heard.append((field, sorted(whom))))
    try:
        bank.tick()
    finally:
        MARKED.pop()
    assert known(bank) == {bank.zhao.id: kept, bank.qian.id: kept}
    assert {row.by.name for row in CustomValue.objects.all()} == {"运营"}
    assert sorted(heard) == [
        ("custom.care", [one]) for one in sorted([bank.zhao.id, bank.qian.id])
    ]  # a lane each
    assert all(place == ("DONE", "", ["f:next"]) for place in bank.places(journey).values())
    entries = AuditEntry.objects.filter(action="field.fill").values_list("object_type", "object_id", "reason")
    assert list(entries) == 2 * [("custom_field", "care", f"journey {journey.id} f: 1")]


def test_what_stood_there_stays_as_history_and_the_same_value_is_no_change(bank: JourneyBank) -> None:
    a_field(bank, "CHOICE")
    for customer, value in ((bank.zhao, "o1"), (bank.qian, "o2")):
        manager = "李" if customer == bank.zhao else "王"
        custom_fields.fill(bank.viewer(manager), customer.id, "care", value)
    bank.drawn(step("o2"))
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    bank.tick()
    rows = CustomValue.objects.order_by("id").values_list("customer_id", "text", "by__name", "ended_by__name")
    assert list(rows) == [
        (bank.zhao.id, "o1", "李", "运营"), (bank.qian.id, "o2", "王", None), (bank.zhao.id, "o2", "运营", None)
    ]  # fmt: skip
    assert AuditEntry.objects.get(object_type="custom_field").reason.endswith(": 1")
    past = bank.client("李").get(f"/api/customers/{bank.zhao.id}/custom-fields/care/past").json()
    assert [(one["said"], one["by"], one["ended_by"]) for one in past] == [("高", "李", "运营")]
    custom_fields.fill(bank.viewer("李"), bank.zhao.id, "care", "o1")  # by hand again
    assert known(bank)[bank.zhao.id] == "o1"


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_value_that_does_not_fit_or_holds_a_personal_number_is_a_fault(
    bank: JourneyBank, kind: str, value: Any
) -> None:
    a_field(bank, kind)
    with pytest.raises(JourneyFaulty, match="VALUE_DOES_NOT_FIT care"):
        bank.drawn(step(value))


def test_a_retired_field_is_a_fault_and_in_what_runs_it_is_passed_by(bank: JourneyBank) -> None:
    field = a_field(bank, "YES_NO")
    journey = bank.drawn(step(True, next="w"), {"id": "w", "type": "WAIT", "days": 1, "next": None})
    CustomField.objects.filter(id=field.id).update(is_active=False)
    wrong = services.check(bank.definition(step(True)))
    assert [(fault.step, fault.code, fault.about) for fault in wrong] == [("f", "NO_SUCH_FIELD", "care")]
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    assert bank.places(journey)[bank.zhao.id] == ("INSIDE", "w", ["f:none"])
    assert not CustomValue.objects.exists() and not AuditEntry.objects.filter(action="field.fill").exists()


def test_a_field_that_a_journey_writes_down_is_not_retired_until_it_has_ended(bank: JourneyBank) -> None:
    a_field(bank, "YES_NO")
    a_field(bank, "YES_NO", "other")
    journey = bank.drawn(step(True))
    client = bank.client("运营")
    assert client.post("/api/custom-fields/other/retire").status_code == 204
    assert client.get("/api/custom-fields/care/use").json()["used_by"] == [journey.name]
    refused = client.post("/api/custom-fields/care/retire")
    assert (refused.status_code, refused.json()["code"]) == (409, "field_in_use")
    assert journey.name in str(refused.json())
    services.stop(bank.viewer("运营"), journey.id)
    assert client.post("/api/custom-fields/care/retire").status_code == 204


def test_an_option_that_went_out_of_use_is_written_down_no_more(bank: JourneyBank) -> None:
    field = a_field(bank, "CHOICE")
    journey = bank.drawn(step("o2"))
    field.options[1]["active"] = False
    field.save()
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    assert bank.places(journey)[bank.zhao.id][2] == ["f:none"] and not CustomValue.objects.exists()


def test_fields_may_be_chosen_and_a_dry_run_passes_them_and_writes_nothing(bank: JourneyBank) -> None:
    a_field(bank, "CHOICE")
    a_field(bank, "TEXT", "old")
    CustomField.objects.filter(code="old").update(is_active=False)
    writer = bank.client("运营")
    found = writer.get("/api/journeys/choices").json()["fields"]
    assert [(one["code"], one["kind"], [each["name"] for each in one["options"]]) for one in found] == [
        ("care", "CHOICE", ["高", "低"])
    ]
    bank.members("rich", [bank.zhao.id])
    body = {"definition": bank.definition(step("o2")).model_dump(mode="json")}
    tried = writer.post("/api/journeys/dry-run", data=body, content_type="application/json").json()
    assert [(one["step"], one["out"]) for one in tried["paths"][0]["steps"]] == [("f", "next")]
    assert not CustomValue.objects.exists()
