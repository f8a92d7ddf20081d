"""客户一览: who, and how they stand at the business date."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.bank import TODAY, Bank, a_bank
from yinke.care.models import DoNotDisturb

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank().with_branch("徐汇").with_manager("王").with_manager("李").with_head("陈")
        .with_customer("张三丰", co=["王"], aum="1234567.89", mobile="13912345678", metrics={
            "sum_m": Decimal("30000000"), "aum_month_start": Decimal("1000000"), "aum_year_start": None,
            "stage_since": date(2026, 2, 1),
        })
    )  # fmt: skip


def test_the_manager_sees_name_and_exact_figures_but_masked_numbers(bank: Bank) -> None:
    body = bank.client("李").get(f"/api/customers/{bank.customers['张三丰'].id}").json()
    assert (body["name"], body["name_masked"], body["banded"]) == ("张三丰", False, False)
    assert (body["mobile_masked"], body["cert_masked"]) == ("139****5678", "1****************X")
    assert (body["aum"], body["mda"], body["net_month"], body["net_year"]) == (
        "1234567.89", "1000000.00", "234567.89", None,
    )  # fmt: skip
    assert (body["age"], body["tenure_months"], body["biz_date"]) == (46, 91, "2026-10-30")
    assert body["manager"]["name"] == "李"
    assert [person["name"] for person in body["co_managers"]] == ["王"]
    assert body["mix"] == [{"kind": "DEMAND", "amount": "1234567.89"}]


def test_head_office_sees_neither_name_nor_birthday_nor_exact_figures(bank: Bank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行")
    answer = bank.client("运营").get(f"/api/customers/{bank.customers['张三丰'].id}")
    body = answer.json()
    assert (body["name"], body["name_masked"], body["birth_date"]) == ("张*丰", True, None)
    assert (body["banded"], body["aum"], body["mda"]) == (True, "1000000", "1000000")
    assert "1234567" not in answer.content.decode()


@pytest.mark.parametrize("part", ["", "/timeline"])
def test_no_answer_holds_a_whole_mobile_or_certificate_number(bank: Bank, part: str) -> None:
    text = bank.client("李").get(f"/api/customers/{bank.customers['张三丰'].id}{part}").content.decode()
    assert not re.search(r"(?<![0-9a-f.])(1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9X])(?![0-9a-f])", text)


def test_do_not_disturb_is_shown_until_it_ends_or_is_lifted(bank: Bank) -> None:
    customer, client = bank.customers["张三丰"], bank.client("李")

    def silent() -> bool:
        return bool(client.get(f"/api/customers/{customer.id}").json()["do_not_disturb"])

    assert not silent()
    row = DoNotDisturb.objects.create(customer=customer, source="RM", until=TODAY)
    assert silent()
    row.until = TODAY - timedelta(days=1)
    row.save()
    assert not silent()
    row.until, row.lifted_at = None, timezone.now()
    row.save()
    assert not silent()


def test_filters_know_the_managers_of_ones_own_orgs(bank: Bank) -> None:
    bank.with_branch("静安").with_manager("赵").with_staff("运营", "HQ_OPS", at="总行")

    def managers(name: str) -> set[str]:
        return {person["name"] for person in bank.client(name).get("/api/managers").json()}

    assert managers("陈") == {"王", "李", "陈"}
    assert managers("李") == {"李"}
    assert managers("运营") == {"王", "李", "陈", "赵"}
