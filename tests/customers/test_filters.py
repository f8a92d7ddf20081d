"""Every filter of the list finds exactly those whom a plain reading of the shown figures finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.access.masking import BANDS
from yinke.care.models import ContactRecord, Task
from yinke.customers.filters import AMOUNTS, ORDERS
from yinke.customers.list_models import BulkAction, CustomerList, CustomerTag, ListEntry, Tag

pytestmark = pytest.mark.django_db

money = st.integers(-5_000, 5_000).map(lambda n: Decimal(n * 331) / 100)
days = st.none() | st.integers(0, 800).map(lambda n: TODAY - timedelta(days=n))
births = st.none() | st.dates(date(1930, 1, 1), date(2020, 12, 31)) | st.just(date(2008, 2, 29)) | st.just(
    TODAY.replace(year=1990)
) | st.just(TODAY.replace(year=1990) + timedelta(days=1))  # fmt: skip
people = st.lists(
    st.fixed_dictionaries(
        {
            "aum": money, "lum": money, "sum": money, "start": st.none() | money, "ago": st.integers(0, 400),
            "categories": st.integers(0, 12), "birth": births, "gender": st.sampled_from(["F", "M", ""]),
            "risk": st.sampled_from(["", "C1", "C3", "C5"]), "risk_expiry": days, "last_txn": days, "last_login": days,
            "open": st.integers(0, 800), "rfm": st.sampled_from(["", "111", "155", "321", "543"]),
            "payroll": st.booleans(), "effective": st.booleans(), "task": st.booleans(),
            "contact": st.none() | st.integers(0, 30), "tagged": st.booleans(), "listed": st.booleans(),
        }
    ),
    min_size=1, max_size=7,
)  # fmt: skip
bound = st.none() | money | st.sampled_from([Decimal(0), *BANDS])
day_bound = st.none() | st.integers(0, 800).map(lambda n: TODAY - timedelta(days=n))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(AMOUNTS), max_size=2, unique=True)):
        wanted |= {f"{name}_from": draw(bound), f"{name}_to": draw(bound)}
    names = ("risk_expiry", "last_txn", "last_login", "open_date", "last_contact")
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        wanted |= {f"{name}_from": draw(day_bound), f"{name}_to": draw(day_bound)}
    for name, most in (("age", 100), ("categories", 12)):
        if draw(st.booleans()):
            wanted[f"{name}_{draw(st.sampled_from(['from', 'to']))}"] = draw(st.integers(0, most))
    for name, choices in (
        ("gender", ["F", "M"]), ("risk_level", ["C1", "C3"]), ("rfm_r", [1, 3, 5]), ("rfm_f", [5, 4]), ("rfm_m", [1, 5]),
    ):  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            wanted[name] = draw(st.lists(st.sampled_from(choices), min_size=1, unique=True))
    for name in ("payroll", "effective", "has_task"):
        if draw(st.integers(0, 3)) == 0:
            wanted[name] = draw(st.booleans())
    for name in ("tagged", "listed"):
        if draw(st.integers(0, 4)) == 0:
            wanted[name] = True
    return {name: value for name, value in wanted.items() if value is not None}


def build(rows: list[dict[str, Any]]) -> Bank:
    bank = a_bank().with_branch("徐汇").with_head("陈").with_manager("李")
    li = bank.staff["李"]
    tag = Tag.objects.create(org=bank.orgs["总行"], name="重点", made_by=li)
    roster = CustomerList.objects.create(owner=bank.staff["陈"], name="名单")
    done = BulkAction.objects.create(user=li, kind="TAG_ADD", count=1)
    for number, row in enumerate(rows):
        as_of = TODAY - timedelta(days=row["ago"])
        bank.with_customer(
            f"客户{number}", aum=row["aum"], gender=row["gender"], birth_date=row["birth"], risk_level=row["risk"],
            risk_expiry=row["risk_expiry"], open_date=TODAY - timedelta(days=row["open"]),
            metrics={
                "as_of": as_of, "lum": row["lum"], "sum_m": row["sum"], "sum_q": row["sum"] * 2, "sum_y": row["sum"] * 5,
                "aum_month_start": row["start"], "aum_year_start": row["start"], "categories": row["categories"],
                "rfm": row["rfm"], "last_txn": row["last_txn"], "last_login": row["last_login"],
                "is_payroll": row["payroll"], "is_effective": row["effective"],
            },
        )  # fmt: skip
        customer = bank.customers[f"客户{number}"]
        if row["task"]:
            Task.objects.create(
                customer=customer, biz_date=TODAY, assignee=li, org=customer.org, priority=1, score=1, due_on=TODAY,
                expire_on=TODAY,
            )  # fmt: skip
        if row["contact"] is not None:
            noon = timezone.make_aware(datetime(TODAY.year, TODAY.month, TODAY.day, 0, 5))
            ContactRecord.objects.create(
                customer=customer, user=li, channel="PHONE", result="BUSY", biz_date=TODAY, request_key=f"{number}",
                at=noon - timedelta(days=row["contact"]),
            )  # fmt: skip
        if row["tagged"]:
            CustomerTag.objects.create(customer=customer, by=li, added_in=done, tag=tag)
        elif number % 2:  # taken off, or expired yesterday: neither holds
            off = {"removed_at": timezone.now()} if number % 3 else {"expires_on": TODAY - timedelta(days=1)}
            CustomerTag.objects.create(customer=customer, by=li, added_in=done, tag=tag, **off)
        if row["listed"]:
            ListEntry.objects.create(customer=customer, by=li, added_in=done, of_list=roster)
    return bank


def fits(shown: dict[str, Any], truth: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """In plain words, from the figures that the list shows."""

    def value(name: str) -> Any:
        found = shown[name]
        if found is None:
            return None
        if name in AMOUNTS:
            return Decimal(found)
        return date.fromisoformat(found) if isinstance(found, str) and name not in ("rfm",) else found

    checks: dict[str, Callable[[Any], bool]] = {
        "gender": lambda v: shown["gender"] in v, "risk_level": lambda v: shown["risk_level"] in v,
        "rfm_r": lambda v: shown["rfm"][:1] in map(str, v), "rfm_f": lambda v: shown["rfm"][1:2] in map(str, v),
        "rfm_m": lambda v: shown["rfm"][2:3] in map(str, v), "payroll": lambda v: shown["is_payroll"] == v,
        "effective": lambda v: shown["is_effective"] == v, "has_task": lambda v: (shown["open_tasks"] > 0) == v,
        "tagged": lambda _: bool(shown["tags"]), "listed": lambda _: truth["listed"],
    }  # fmt: skip
    for name, limit in wanted.items():
        if name in checks:
            if not checks[name](limit):
                return False
        elif name.endswith("_from"):
            found = value(name.removesuffix("_from"))
            if found is None or found < limit:
                return False
        else:
            found = value(name.removesuffix("_to"))
            if name == "last_contact_to" and found is None:
                continue
            if found is None or found > limit:
                return False
    return True


@settings(max_examples=30)
@given(people, conditions())
def test_a_filter_finds_whom_the_shown_figures_find(
    rows: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    with transaction.atomic():
        bank = build(rows)
        client = bank.client("陈")
        everybody = client.get("/api/customers").json()["rows"]
        assert len(everybody) == len(rows)
        truth = {bank.customers[f"客户{n}"].id: row for n, row in enumerate(rows)}
        asked = {name: value for name, value in wanted.items() if name not in ("tagged", "listed")}
        if "tagged" in wanted:
            asked["tag"] = Tag.objects.get().id
        if "listed" in wanted:
            asked["on_list"] = CustomerList.objects.get().id
        answer = client.get("/api/customers", asked)
        assert answer.status_code == 200, answer.content
        expected = {row["id"] for row in everybody if fits(row, truth[row["id"]], wanted)}
        assert {row["id"] for row in answer.json()["rows"]} == expected
        transaction.set_rollback(True)


@settings(max_examples=20)
@given(people, st.sampled_from([o for o in ORDERS if o != "tier"]), st.booleans())
def test_every_order_is_that_of_the_column_with_the_unknown_last(
    rows: list[dict[str, Any]], order: str, down: bool
) -> None:
    with transaction.atomic():
        client = build(rows).client("陈")
        shown = client.get("/api/customers", {"sort": f"{'-' if down else ''}{order}"}).json()["rows"]
        values = [Decimal(r[order]) if order in AMOUNTS and r[order] is not None else r[order] for r in shown]
        known = [v for v in values if v is not None]
        assert known == sorted(known, reverse=down)
        assert values == known + [None] * (len(values) - len(known))
        transaction.set_rollback(True)


def test_who_sees_bands_may_not_find_out_an_amount_by_asking_for_less_than_a_band() -> None:
    bank = (
        a_bank().with_staff("运营", "HQ_OPS").with_branch("徐汇").with_manager("李").with_customer("张三丰")
    )
    client = bank.client("运营")
    for name in AMOUNTS:
        refused = client.get("/api/customers", {f"{name}_from": 599_999})
        assert (refused.status_code, refused.json()["code"]) == (400, "band_edges_only")
    assert client.get("/api/customers", {"aum_from": 500_000, "aum_to": 1_000_000}).json()["total"] == 1
    assert bank.client("李").get("/api/customers", {"aum_from": "599999.99"}).json()["total"] == 1


def test_a_list_that_is_not_the_viewers_tells_nothing() -> None:
    bank = (
        a_bank().with_branch("徐汇").with_manager("李").with_manager("王").with_customer("张三丰", co=["李"])
    )
    roster = CustomerList.objects.create(owner=bank.staff["王"], name="私下")
    done = BulkAction.objects.create(user=bank.staff["王"], kind="LIST_ADD", count=1)
    ListEntry.objects.create(
        customer=bank.customers["张三丰"], by=bank.staff["王"], added_in=done, of_list=roster
    )
    assert bank.client("王").get("/api/customers", {"on_list": roster.id}).json()["total"] == 1
    assert bank.client("李").get("/api/customers", {"on_list": roster.id}).json()["total"] == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"aum_from": "nan"},
        {"aum_from": "Infinity"},
        {"age_from": -1},
        {"open_date_to": "2026-02-30"},
        {"payroll": "x"},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(wanted: dict[str, Any]) -> None:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_customer("张三丰")
    assert bank.client("李").get("/api/customers", wanted).status_code == 422
    for edge in ("0001-01-01", "9999-12-31"):
        for name in ("open_date", "last_contact", "last_txn"):
            for end in ("from", "to"):
                answer = bank.client("李").get("/api/customers", {f"{name}_{end}": edge})
                assert answer.status_code == 200, answer.content
