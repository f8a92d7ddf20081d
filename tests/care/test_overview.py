"""客户一览 in one answer: what it holds, for whom, and that it costs the same however much there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.bank import TODAY, Bank, a_bank, a_day, statements
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb, Reason, Task
from yinke.customers.models import ProfileChange
from yinke.lake.store import Lake

pytestmark = pytest.mark.django_db
ME = 1
ACCT = "6228480402564890018"


class Site:
    """A bank with one customer, and a lake in the place where the pages read it."""

    def __init__(self, lake: Lake, bank: Bank) -> None:
        self.lake, self.bank = lake, bank

    def get(self, who: str = "李") -> dict[str, Any]:
        answer = self.bank.client(who).get(f"/api/customers/{ME}/overview")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    bank = (
        a_bank().with_branch("徐汇").with_manager("李").with_customer("张三丰", id=ME, mobile="13912345678")
    )
    bank.with_head("陈").with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
    bank.with_branch("静安").with_manager("王")
    env = django_settings.YINKE
    monkeypatch.setattr(django_settings, "YINKE", env.__class__(**{**vars(env), "lake": tmp_path}))
    yield Site(Lake(tmp_path), bank)


def fill(site: Site) -> None:
    """Two month ends and today."""
    for day, money in ((date(2026, 9, 30), 10), (TODAY, 12_345)):
        a_day(
            site.lake, day,
            curve=[{"cust_id": ME, "aum": [Decimal(612_345 + money)], "lum": [Decimal(40_000)]},
                   {"cust_id": 2, "aum": [Decimal(1)]}],
            flow=[
                {"cust_id": ME, "direction": "IN", "kind": "PAYROLL", "amount": money, "txns": 1},
                {"cust_id": ME, "direction": "OUT", "kind": "PURCHASE", "amount": money * 2, "txns": 2},
                {"cust_id": 2, "direction": "OUT", "kind": "PAYMENT", "amount": 99, "txns": 1},
            ],
            habit=[
                {"cust_id": ME, "channel": "APP", "part": 1, "visits": 3, "txns": 1, "last_on": day},
                {"cust_id": ME, "channel": "COUNTER", "part": 2, "visits": 1, "txns": 0, "last_on": day},
            ],
            account=[
                {"cust_id": ME, "cust_no": "C1", "acct_no": ACCT, "category": "TIME", "ccy": "CNY", "status": "NORMAL",
                 "open_date": date(2020, 1, 1), "maturity": date(2026, 11, 20), "auto_renew": False},
                {"cust_id": ME, "cust_no": "C1", "acct_no": "6228480402564890026", "category": "TIME", "ccy": "CNY",
                 "status": "NORMAL", "open_date": date(2020, 1, 1), "maturity": date(2028, 1, 1)},
            ],
            balance=[{"cust_id": ME, "acct_no": ACCT, "balance": 500_123, "ccy": "CNY", "category": "TIME"}],
            holding=[{"cust_id": ME, "cust_no": "C1", "prod_code": "W1", "category": "WEALTH", "market_value": 88_888,
                      "ccy": "CNY", "maturity": date(2027, 2, 1)}],
            loan=[{"cust_id": ME, "cust_no": "C1", "loan_no": "L000000001", "kind": "CONSUMER", "balance": 40_000,
                   "ccy": "CNY", "due_date": date(2026, 12, 1)}],
        )  # fmt: skip


def test_one_answer_holds_what_the_page_shows_first(site: Site) -> None:
    fill(site)
    found = site.get()
    assert found["customer"]["name"] == "张三丰"
    assert [point["aum"] for point in found["curve"]] == ["612355.00", "624690.00"]
    assert [point["aum"] for point in found["debts"]] == ["40000.00", "40000.00"]
    assert [(row["on"], row["kind"], row["amount"]) for row in found["maturities"]] == [
        ("2026-11-20", "DEPOSIT", "500123.00"), ("2026-12-01", "LOAN", "40000.00"), ("2027-02-01", "PRODUCT", "88888.00"),
    ]  # fmt: skip
    assert [(row["month"], row["direction"], row["kind"], row["amount"], row["inner"]) for row in found["flows"]] == [
        ("2026-10", "OUT", "PURCHASE", "24690.00", True), ("2026-10", "IN", "PAYROLL", "12345.00", False),
        ("2026-09", "OUT", "PURCHASE", "20.00", True), ("2026-09", "IN", "PAYROLL", "10.00", False),
    ]  # fmt: skip
    assert [(row["channel"], row["part"], row["visits"], row["txns"]) for row in found["habits"]] == [
        ("APP", 1, 6, 2), ("COUNTER", 2, 2, 0),
    ]  # fmt: skip
    assert found["timeline"]["rows"][-1]["kind"] == "OPENED"


@pytest.mark.parametrize("who", ["运营", "合规"])
def test_masked_roles_get_bands_in_every_figure(site: Site, who: str) -> None:
    fill(site)
    a_task(site, "E01", {"case": "AHEAD", "days": 7, "due": "2026-11-20", "tail": "0018"}, 500_123)
    found = site.get(who)
    text = str(found)
    assert not [
        exact for exact in ("612355", "624690", "500123", "88888", "12345.", "24690") if exact in text
    ]
    assert found["customer"]["name"] == "张*丰"
    assert {point["aum"] for point in found["curve"]} == {"500000"}
    assert {row["amount"] for row in found["flows"]} == {"0", "10000"}
    assert not re.search("50.01 ?万", text)


@pytest.mark.parametrize("who", ["李", "陈", "运营", "合规"])
def test_no_whole_number_of_a_person_is_in_it(site: Site, who: str) -> None:
    fill(site)
    text = site.bank.client(who).get(f"/api/customers/{ME}/overview").content.decode()
    assert not re.search(r"(?<![0-9a-f.])(1[3-9][0-9]{9}|[1-9][0-9]{15,18}[0-9X]?)(?![0-9a-f])", text)


def test_it_is_closed_to_whom_the_customer_is_closed_to(site: Site) -> None:
    fill(site)
    assert site.bank.client("王").get(f"/api/customers/{ME}/overview").status_code == 404


def test_a_lake_without_the_months_leaves_them_empty(site: Site) -> None:
    a_day(site.lake, TODAY, aum=[{"cust_id": ME, "aum": 5}])
    found = site.get()
    assert (found["flows"], found["habits"], found["debts"]) == ([], [], [])


def a_task(site: Site, type: str, payload: dict[str, Any], amount: int) -> Task:
    customer = site.bank.customers["张三丰"]
    task = Task.objects.create(
        customer=customer, biz_date=TODAY, assignee=site.bank.staff["李"], org=customer.org, priority=1, score=1,
        due_on=TODAY, expire_on=TODAY + timedelta(days=5),
    )  # fmt: skip
    Reason.objects.create(
        task=task, customer=customer, type=type, biz_date=TODAY, priority=1, expire_on=task.expire_on, dedup_key=type,
        payload=payload, amount=amount,
    )  # fmt: skip
    return task


def test_next_steps_and_marks_are_in_it(site: Site) -> None:
    fill(site)
    a_task(site, "E01", {"case": "AHEAD", "days": 7, "due": "2026-11-20", "tail": "0018"}, 500_123)
    found = site.get()
    assert [task["status"] for task in found["tasks"]] == ["NEW"]
    assert [(mark["kind"], mark["code"]) for mark in found["marks"]] == [("MONEY", "E01")]


def call(site: Site, n: int, result: str, at: datetime) -> None:
    ContactRecord.objects.create(
        customer=site.bank.customers["张三丰"], user=site.bank.staff["李"], channel="PHONE", result=result, at=at,
        biz_date=at.date(), request_key=f"k{n}",
    )  # fmt: skip


def test_a_number_is_untried_good_bad_or_new_again(site: Site) -> None:
    fill(site)
    customer = site.bank.customers["张三丰"]
    assert site.get()["reach"]["mobile"] == "UNTRIED"
    call(site, 1, "NO_ANSWER", datetime(2026, 10, 20, 2, tzinfo=UTC))
    assert site.get()["reach"]["mobile"] == "UNTRIED"
    call(site, 2, "CONSIDER", datetime(2026, 10, 21, 2, tzinfo=UTC))
    assert site.get()["reach"] == {"mobile": "GOOD", "verified_on": "2026-10-21", "silences": []}
    ProfileChange.objects.create(customer=customer, on_date=date(2026, 10, 25), field="mobile")
    assert site.get()["reach"]["mobile"] == "UNTRIED"
    BadNumber.objects.create(customer=customer, mobile_index=customer.mobile_index)
    assert site.get()["reach"]["mobile"] == "BAD"
    BadNumber.objects.update(mobile_index=b"an older number")
    assert site.get()["reach"]["mobile"] == "UNTRIED"


def test_who_asked_for_silence_is_told_with_its_end(site: Site) -> None:
    fill(site)
    customer = site.bank.customers["张三丰"]
    DoNotDisturb.objects.create(customer=customer, scope="CALLS", source="UNREACHABLE", until=TODAY)
    DoNotDisturb.objects.create(
        customer=customer, scope="OLD", source="UNREACHABLE", until=TODAY - timedelta(days=1)
    )
    (silence,) = site.get()["reach"]["silences"]
    assert (silence["scope"], silence["until"]) == ("CALLS", TODAY.isoformat())


@pytest.mark.parametrize(
    ("facts", "tag", "wanted"),
    [
        ({"birth_date": date(1961, 10, 30)}, "ELDER", True), ({"birth_date": date(1961, 10, 31)}, "ELDER", False),
        ({"risk_expiry": date(2026, 10, 29)}, "RISK_EXPIRED", True), ({"risk_expiry": TODAY}, "RISK_EXPIRED", False),
        ({"last_login": date(2026, 9, 30)}, "APP_SILENT", True), ({"last_login": date(2026, 10, 1)}, "APP_SILENT", False),
        ({"last_login": None}, "APP_SILENT", False), ({"lum": 1}, "BORROWER", True), ({"is_payroll": True}, "PAYROLL", True),
        ({"months": [Decimal(500_000)] * 12}, "AUM_UP", True), ({"months": [Decimal(500_001)] * 12}, "AUM_UP", False),
        ({"months": [Decimal(750_000)] * 12}, "AUM_DOWN", True), ({"months": [None] * 12}, "AUM_UP", False),
        ({"mix": [540_000, 60_000, 0, 0, 0, 0, 0, 0]}, "ONLY_DEMAND", True),
        ({"mix": [539_999, 60_001, 0, 0, 0, 0, 0, 0]}, "ONLY_DEMAND", False),
    ],
)  # fmt: skip
def test_tags_say_what_the_facts_say_to_the_day_and_the_yuan(
    site: Site, facts: dict[str, Any], tag: str, wanted: bool
) -> None:
    fill(site)
    customer = site.bank.customers["张三丰"]
    for name, value in facts.items():
        row = customer if name in ("birth_date", "risk_expiry") else customer.metrics
        setattr(row, name, value)
        row.save()
    assert (tag in site.get()["tags"]) is wanted
    assert "MATURING" in site.get()["tags"]


def test_it_costs_the_same_few_statements_however_much_happened(site: Site) -> None:
    fill(site)
    client = site.bank.client("李")

    def look() -> object:
        return client.get(f"/api/customers/{ME}/overview")

    few = statements(look)
    for n in range(60):
        call(site, n, "CONSIDER", datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=n))
    assert statements(look) <= few + 1
    assert few <= 24
