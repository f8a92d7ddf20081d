"""The customer list: narrowed, ordered, cut to pages."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.care.models import ContactRecord, Task
from yinke.customers import listing
from yinke.customers.averages import averages
from yinke.customers.models import Frontier

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank().with_branch("徐汇").with_manager("李").with_head("陈")
        .with_customer("张三丰", aum=80_000, tier=2, mobile="13911112222")
        .with_customer("欧阳晓晓", aum=7_200_000, tier=4, stage="NEW", mobile="13933334444")
        .with_customer("单小雨", aum=600_000, tier=3, of=None, cert_no="110105198801011234")
    )  # fmt: skip


def names(bank: Bank, who: str = "陈", **wanted: Any) -> list[str]:
    answer = bank.client(who).get("/api/customers", wanted)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["rows"]]


def test_the_largest_come_first_unless_asked_otherwise(bank: Bank) -> None:
    assert names(bank) == ["欧阳晓晓", "单小雨", "张三丰"]
    assert names(bank, sort="aum") == ["张三丰", "单小雨", "欧阳晓晓"]
    assert names(bank, sort="name") == ["欧阳晓晓", "单小雨", "张三丰"]  # oyxx, sxy, zsf


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("oyx", "欧阳晓晓"), ("SXY", "单小雨"), ("张三丰", "张三丰"), ("张 三 丰", "张三丰"), ("13933334444", "欧阳晓晓"),
        ("+86 139-3333-4444", "欧阳晓晓"), ("c00000001", "张三丰"), ("110105198801011234", "单小雨"),
    ],
)  # fmt: skip
def test_a_customer_is_found_by(bank: Bank, q: str, found: str) -> None:
    assert names(bank, q=q) == [found]


@pytest.mark.parametrize("q", ["三丰", "1393333", "3334444", "%", "_", "'; --", "\x00", "王五", "z" * 99])
def test_half_a_name_or_number_finds_nobody(bank: Bank, q: str) -> None:
    assert names(bank, q=q) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"tier": [2, 3]}, ["单小雨", "张三丰"]), ({"stage": "NEW"}, ["欧阳晓晓"]), ({"pool": True}, ["单小雨"]),
        ({"tier": 3, "stage": "NEW"}, []),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by(bank: Bank, wanted: dict[str, Any], found: list[str]) -> None:
    assert names(bank, **wanted) == found


def test_the_list_is_narrowed_to_a_manager_and_an_org(bank: Bank) -> None:
    assert names(bank, manager=bank.staff["李"].id) == ["欧阳晓晓", "张三丰"]
    assert names(bank, org=bank.orgs["徐汇"].id, tier=3) == ["单小雨"]
    assert names(bank, org=10**6) == []


def test_an_order_that_does_not_exist_is_refused_with_the_ones_that_do(bank: Bank) -> None:
    answer = bank.client("李").get("/api/customers", {"sort": "password"})
    assert answer.status_code == 400
    assert "net_month" in answer.json()["remedy"]


def test_a_row_tells_manager_trend_last_contact_and_open_tasks(bank: Bank) -> None:
    customer, manager = bank.customers["张三丰"], bank.staff["李"]
    ContactRecord.objects.create(
        customer=customer, user=manager, channel="PHONE", result="BUSY", at=timezone.now() - timedelta(days=1),
        biz_date=TODAY, request_key="a",
    )  # fmt: skip
    Task.objects.create(
        customer=customer, biz_date=TODAY, assignee=manager, org=customer.org, priority=1, score=1, due_on=TODAY,
        expire_on=TODAY,
    )  # fmt: skip
    row = next(r for r in bank.client("陈").get("/api/customers").json()["rows"] if r["name"] == "张三丰")
    assert row["manager"]["name"] == "李"
    assert row["open_tasks"] == 1
    assert row["last_contact"] == timezone.localdate(timezone.now() - timedelta(days=1)).isoformat()
    assert (row["aum"], row["mda"], row["net_month"], len(row["months"])) == (
        "80000.00",
        "80000.00",
        "0.00",
        13,
    )
    assert names(bank, sort="-last_contact")[0] == "张三丰"
    assert names(bank, sort="last_contact")[-1] == "张三丰"


def test_head_office_sees_masked_names_and_bands(bank: Bank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行")
    body = bank.client("运营").get("/api/customers").json()
    assert body["banded"]
    assert [(r["name"], r["aum"]) for r in body["rows"]] == [
        ("欧**晓", "5000000"),
        ("单*雨", "500000"),
        ("张*丰", "50000"),
    ]


def test_before_the_first_night_the_list_is_empty_and_says_so(bank: Bank) -> None:
    Frontier.objects.all().delete()
    body = bank.client("李").get("/api/customers").json()
    assert (body["rows"], body["biz_date"]) == ([], None)


money = st.integers(-100, 10**7).map(lambda cents: Decimal(cents) / 100)
figures = st.lists(
    st.tuples(money, st.integers(0, 5), money, st.integers(0, 70)), min_size=1, max_size=9,
)  # fmt: skip
"""AUM, tier, AUM at the month's start, and how many days ago something last changed."""


@settings(max_examples=15)
@given(
    figures, st.sampled_from(["aum", "mda", "net_month"]), st.booleans(), st.booleans(), st.integers(1, 3),
    st.lists(st.integers(0, 5), max_size=3),
)  # fmt: skip
def test_every_order_is_that_of_the_figures_shown(
    rows: list[tuple[Decimal, int, Decimal, int]],
    key: str,
    down: bool,
    long: bool,
    page: int,
    tiers: list[int],
) -> None:
    """Whether the list is sorted (short) or walks the tiers (long), and on every page."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(listing, "PAGE", 3)
        patch.setattr(listing, "COUNTED", 1 if long else 10_000)
        bank = a_bank().with_branch("徐汇").with_head("陈")
        for number, (aum, tier, start, days) in enumerate(rows):
            as_of = TODAY - timedelta(days=days)
            bank.with_customer(
                f"客户{number}", aum=aum, tier=tier,
                metrics={"as_of": as_of, "sum_m": start * as_of.day, "aum_month_start": start},
            )  # fmt: skip
        wanted = {"sort": f"{'-' if down else ''}{key}", "page": page, "tier": tiers}
        answer = bank.client("陈").get("/api/customers", wanted)
        if long and key != "aum" and any(not tiers or tier in tiers for _, tier, _, _ in rows):
            assert (answer.status_code, answer.json()["code"]) == (400, "list_too_long")
            transaction.set_rollback(True)
            return
        shown = answer.json()["rows"]

        def figure(customer_id: int) -> Decimal:
            metrics = next(c.metrics for c in bank.customers.values() if c.id == customer_id)
            counted = averages(metrics, TODAY)
            return {"aum": metrics.aum, "mda": counted.mda, "net_month": counted.net_month}[key]  # type: ignore[return-value]

        values = [figure(row["id"]) for row in shown]
        everyone = sorted(
            (figure(c.id) for c in bank.customers.values() if not tiers or c.metrics.tier in tiers),
            reverse=down,
        )
        assert values == everyone[3 * page - 3 : 3 * page]
        transaction.set_rollback(True)


def test_the_months_end_of_february_is_counted_right() -> None:
    bank = a_bank(date(2028, 2, 29)).with_branch("徐汇").with_manager("李").with_customer("张三丰", aum=2_900)
    row = bank.client("李").get("/api/customers").json()["rows"][0]
    assert row["mda"] == "2900.00"


@pytest.mark.parametrize("huge", [10**30, -(10**30), 2**31, 0])
def test_numbers_beyond_reason_find_nobody_and_break_nothing(bank: Bank, huge: int) -> None:
    client = bank.client("陈")
    for wanted in ("manager", "org", "tier"):
        assert client.get("/api/customers", {wanted: huge}).json()["rows"] == []
    assert client.get("/api/customers", {"page": huge}).status_code == 200
    for part in ("", "/timeline", "/aum", "/holdings", "/transactions"):
        assert client.get(f"/api/customers/{huge}{part}").status_code == 404
