"""客户归并 through whole nights: from the bank's files to the persons, and what a steward decided back to the lake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest
from django.test import Client
from typer.testing import CliRunner

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank
from yinke import cli
from yinke.access.models import User
from yinke.care.models import DoNotDisturb, Task
from yinke.customers.models import Customer, IdentityPair, PersonMember
from yinke.nightly.models import Run

pytestmark = pytest.mark.django_db
SECOND, THIRD = following(FIRST, 1), following(FIRST, 2)
ID = "11010519491231002X"


def customer(
    number: str, name: str, cert: str, *, mobile: str = "", stamp: str = "20260129080000"
) -> list[str]:
    return [number, name, cert, "2", "19491231", "11", "20200101", "0", stamp, "E1", "10100", mobile]


@pytest.fixture
def bank(bank: NightBank) -> NightBank:
    """C1 and C3 are one person, written differently; C4 has C1's mobile, name and birth date, and no certificate."""
    feed = bank.feeds["customer"]
    feed["columns"] = [*feed["columns"], "CERT_TYPE", "MOBILE"]  # type: ignore[misc]
    feed["map"] = {**feed["map"], "cert_type": "CERT_TYPE", "mobile": "MOBILE"}  # type: ignore[dict-item]
    bank.bench = replace(bank.bench, feeds=bank.described(), secret=b"of a test")
    bank.rows["customer"] = [
        customer("C1", "张三", ID, mobile="13812345678"), customer("C2", "李四", "310101198502281236"),
        customer("C3", "張 三", ID[:6] + ID[8:17]), customer("C4", "张三", "", mobile="+86 138-1234-5678"),
    ]  # fmt: skip
    return bank


def night(bank: NightBank, day: Any, **more: Any) -> None:
    bank.send(day)
    out = bank.run(day, **more)
    assert out.status == "SUCCEEDED", out.message


def number(cust_no: str) -> int:
    return Customer.objects.get(cust_no=cust_no).id


def persons() -> list[set[str]]:
    rows = PersonMember.objects.select_related("customer")
    return [
        {row.customer.cust_no for row in rows if row.one_id == one}
        for one in sorted({row.one_id for row in rows})
    ]


def in_lake(bank: NightBank) -> dict[int, int]:
    latest = bank.lake.latest()
    assert latest is not None
    return {row["cust_id"]: row["one_id"] for row in pq.read_table(latest.path("oneid_map")).to_pylist()}


def decide(verdict: str) -> None:
    client = Client()
    client.force_login(User.objects.get(emp_no="E2"))
    found = IdentityPair.objects.get(rule="K3")
    answer = client.post(
        f"/api/oneid/pairs/{found.id}/decide", {"verdict": verdict}, content_type="application/json"
    )
    assert answer.status_code == 204, answer.content


def test_a_night_finds_who_is_one_person_and_what_a_person_must_look_at(bank: NightBank) -> None:
    night(bank, FIRST)
    assert persons() == [{"C1", "C3"}]
    pairs = IdentityPair.objects.values_list("a__cust_no", "b__cust_no", "rule", "verdict")
    assert set(pairs) == {("C1", "C3", "K2", "MERGE"), ("C1", "C4", "K3", "REVIEW")}
    detail = Run.objects.get().steps.get(name="oneid").detail
    assert (detail["changed"], detail["merge"], detail["review"], detail["persons"]) == (4, 1, 1, 1)
    assert Run.objects.get().steps.get(name="customers").detail["unconfirmed"] == 0


def test_what_a_steward_decides_holds_at_once_and_the_night_confirms_it(bank: NightBank) -> None:
    night(bank, FIRST)
    decide("SAME")
    assert persons() == [{"C1", "C3", "C4"}]
    assert in_lake(bank) == {number("C1"): number("C1"), number("C3"): number("C1")}
    night(bank, SECOND)
    assert in_lake(bank) == dict(PersonMember.objects.values_list("customer_id", "one_id"))
    assert len(in_lake(bank)) == 3
    run = Run.objects.order_by("id").last()
    assert run is not None
    assert run.steps.get(name="customers").detail["unconfirmed"] == 0
    assert run.steps.get(name="oneid").detail["changed"] == 0


def test_a_decision_made_while_the_night_runs_is_not_lost(bank: NightBank) -> None:
    night(bank, FIRST)
    bank.send(SECOND)
    with patch("yinke.nightly.pipeline.decided_pairs", list):  # it was read before the decision
        decide("SAME")
        assert bank.run(SECOND).status == "SUCCEEDED"
    assert persons() == [{"C1", "C3", "C4"}]
    run = Run.objects.order_by("id").last()
    assert run is not None and run.steps.get(name="customers").detail["unconfirmed"] == 1
    night(bank, THIRD)
    assert len(in_lake(bank)) == 3


def test_a_corrected_certificate_takes_them_apart_and_a_later_one_together_again(bank: NightBank) -> None:
    night(bank, FIRST)
    bank.rows["customer"][2] = customer("C3", "張 三", "310101198502281236", stamp="20260131080000")
    night(bank, SECOND)
    assert persons() == []
    assert set(IdentityPair.objects.values_list("a__cust_no", "b__cust_no", "rule", "verdict")) == {
        ("C1", "C3", "K1H", "REVIEW"), ("C2", "C3", "K2", "REVIEW"), ("C1", "C4", "K3", "REVIEW"),
    }  # fmt: skip
    bank.rows["customer"][2] = customer("C3", "張 三", ID, stamp="20260201080000")
    night(bank, THIRD)
    assert persons() == [{"C1", "C3"}]


def test_a_rebuilt_night_and_a_bank_written_anew_tell_the_same(bank: NightBank) -> None:
    night(bank, FIRST)
    decide("DIFFERENT")
    night(bank, SECOND)
    told = (
        persons(),
        in_lake(bank),
        set(IdentityPair.objects.values_list("a_id", "b_id", "rule", "verdict", "score")),
    )
    assert bank.run(FIRST, rebuild=True).status == "SUCCEEDED"
    assert told == (
        persons(),
        in_lake(bank),
        set(IdentityPair.objects.values_list("a_id", "b_id", "rule", "verdict", "score")),
    )
    IdentityPair.objects.all().delete()
    PersonMember.objects.all().delete()
    with patch("yinke.nightly.people._written_day", lambda *_: None):
        assert bank.run(SECOND, rebuild=True).status == "SUCCEEDED"
    assert told == (
        persons(),
        in_lake(bank),
        set(IdentityPair.objects.values_list("a_id", "b_id", "rule", "verdict", "score")),
    )


def test_do_not_disturb_on_one_number_holds_for_all_of_the_person(bank: NightBank) -> None:
    bank.rows["account"][1][1] = "C3"  # the deposit that matures is C3's
    night(bank, FIRST)
    task = Task.objects.get(customer__cust_no="C3")
    client = Client()
    client.force_login(User.objects.get(emp_no="E1"))

    def flags() -> dict[str, bool]:
        rows = client.get("/api/workbench").json()["tasks"]
        return {
            Customer.objects.get(id=r["customer"]["id"]).cust_no: r["customer"]["do_not_disturb"]
            for r in rows
        }

    assert flags()["C3"] is False
    DoNotDisturb.objects.create(customer_id=number("C1"), source="RM")
    assert flags()["C3"] is True
    page = client.get(f"/api/customers/{number('C3')}").json()
    assert page["do_not_disturb"] is True
    assert client.get(f"/api/customers/{number('C2')}").json()["do_not_disturb"] is False
    # a later night raises nothing for C3 either
    task.delete()
    assert bank.run(FIRST, rebuild=True).status == "SUCCEEDED"
    assert not Task.objects.filter(customer__cust_no="C3").exists()
    DoNotDisturb.objects.all().delete()
    assert bank.run(FIRST, rebuild=True).status == "SUCCEEDED"
    assert Task.objects.filter(customer__cust_no="C3").exists()


def test_the_command_runs_the_step(bank: NightBank, settings: Any) -> None:
    settings.YINKE = replace(settings.YINKE, lake=bank.lake.root, inbox=bank.inbox)
    bank.send(FIRST)
    with patch("yinke.nightly.wiring.open_bench", lambda *_: bank.bench):
        result = CliRunner().invoke(cli.app, ["nightly", "--date", FIRST.isoformat()])
    assert result.exit_code == 0, result.output
    assert "oneid" in result.output
    assert persons() == [{"C1", "C3"}]
