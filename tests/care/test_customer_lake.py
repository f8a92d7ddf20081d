"""What a customer's page reads from the lake: curve, holdings, transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank, a_day
from yinke.access.viewer import Viewer
from yinke.care.customer_lake import transactions
from yinke.lake.reading import curve_days, curves
from yinke.lake.store import Lake

pytestmark = pytest.mark.django_db
CARD = "6228480402564890018"
ME = 1


def account(acct_no: str, **fields: Any) -> dict[str, Any]:
    return {
        "cust_id": ME, "cust_no": "C1", "acct_no": acct_no, "category": "DEMAND", "ccy": "CNY", "status": "NORMAL",
        "open_date": date(2020, 1, 1), **fields,
    }  # fmt: skip


def txn(day: date, seq: str, **fields: Any) -> dict[str, Any]:
    return {
        "cust_id": ME, "txn_date": day, "txn_time": "09:30:00", "txn_seq": seq, "acct_no": CARD, "direction": "OUT",
        "amount": "100.00", "ccy": "CNY", "kind": "TRANSFER", "channel": "APP", "opp_name": "欧阳晓晓", **fields,
    }  # fmt: skip


class Site:
    """A bank with one customer, and a lake in the place where the pages read it."""

    def __init__(self, lake: Lake, bank: Bank) -> None:
        self.lake = lake
        self.bank = bank

    def get(self, part: str, who: str = "李", **query: Any) -> Any:
        answer = self.bank.client(who).get(f"/api/customers/{ME}/{part}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_customer("张三丰", id=ME)
    bank.with_staff("运营", "HQ_OPS", at="总行")
    env = django_settings.YINKE
    monkeypatch.setattr(django_settings, "YINKE", env.__class__(**{**vars(env), "lake": tmp_path}))
    yield Site(Lake(tmp_path), bank)


def test_the_curve_is_daily_for_ninety_days_and_weekly_before(site: Site) -> None:
    for back in (104, 97, 91, 90, 89, 1, 0):
        week = {89: [91, 90, 89], 90: [91, 90], 0: [1, 0]}.get(back, [back])
        other = {"cust_id": 2, "aum": [Decimal(9_999)] * len(week)}
        day = TODAY - timedelta(days=back)
        a_day(site.lake, day, curve=[{"cust_id": ME, "aum": [*map(Decimal, week)]}, other])
    points = site.get("aum", days=120)
    ages = [(TODAY - date.fromisoformat(point["day"])).days for point in points]
    assert ages == [104, 97, 90, 89, 1, 0]
    assert [Decimal(point["aum"]) for point in points] == ages
    assert len(site.get("aum")) == 3


def test_a_curve_begins_with_the_customer_and_ends_with_the_pages_date(site: Site) -> None:
    a_day(site.lake, TODAY - timedelta(days=1), curve=[{"cust_id": 2, "aum": [Decimal(5)]}])
    a_day(site.lake, TODAY, curve=[{"cust_id": ME, "aum": [Decimal(7)]}])
    a_day(
        site.lake, TODAY + timedelta(days=1), curve=[{"cust_id": ME, "aum": [Decimal(7), Decimal(8)]}]
    )  # the night still writes this one
    assert site.get("aum") == [{"day": "2026-10-30", "aum": "7.00"}]


def test_head_office_sees_a_curve_of_bands(site: Site) -> None:
    a_day(site.lake, TODAY, curve=[{"cust_id": ME, "aum": [Decimal("612345.67")]}])
    assert site.get("aum", "运营") == [{"day": "2026-10-30", "aum": "500000"}]


def test_holdings_show_what_is_held_largest_first_with_masked_numbers(site: Site) -> None:
    a_day(
        site.lake, TODAY,
        account=[
            account(CARD), account("6228480402564890026", category="TIME", maturity=date(2026, 11, 6), auto_renew=False),
            {**account("6228480402564890034"), "cust_id": 2}, account("6228480402564890042", status="CLOSED"),
        ],
        balance=[
            {"cust_id": ME, "acct_no": CARD, "balance": 100, "ccy": "CNY", "category": "DEMAND"},
            {"cust_id": ME, "acct_no": "6228480402564890026", "balance": 500_000, "ccy": "CNY", "category": "TIME"},
        ],
        product=[{"prod_code": "F1", "name": "安心基金", "category": "FUND"}],
        holding=[
            {"cust_id": ME, "cust_no": "C1", "prod_code": "F1", "category": "FUND", "market_value": 90, "ccy": "CNY"},
            {"cust_id": ME, "cust_no": "C1", "prod_code": "F2", "category": "FUND", "market_value": 95, "ccy": "USD"},
        ],
        loan=[{"cust_id": ME, "cust_no": "C1", "loan_no": "L0001", "kind": "MORTGAGE", "balance": 7, "ccy": "CNY"}],
        card=[{"cust_id": ME, "cust_no": "C1", "card_no": CARD, "kind": "CREDIT", "status": "NORMAL", "ccy": "CNY"}],
    )  # fmt: skip
    held = site.get("holdings")
    assert [(row["acct_masked"], row["balance"]) for row in held["accounts"]] == [
        ("622848*********0026", "500000.00"), ("622848*********0018", "100.00"), ("622848*********0042", "0"),
    ]  # fmt: skip
    assert [(row["name"], row["market_value"]) for row in held["holdings"]] == [
        ("F2", "95.00"),
        ("安心基金", "90.00"),
    ]
    assert held["loans"][0]["kind"] == "MORTGAGE"
    assert held["cards"][0]["card_masked"] == "622848*********0018"
    assert CARD not in str(held)


def test_a_day_that_the_lake_has_lost_is_told_with_the_remedy(site: Site) -> None:
    answer = site.bank.client("李").get(f"/api/customers/{ME}/holdings")
    assert (answer.status_code, answer.json()["place"]) == (404, "2026-10-30")


def test_transactions_come_newest_first_and_hide_the_counterparty(site: Site) -> None:
    early, late = txn(TODAY, "1", txn_time="08:00:00"), txn(TODAY, "2", remark="房租")
    a_day(
        site.lake,
        TODAY - timedelta(days=1),
        transaction=[txn(TODAY - timedelta(days=1), "0"), {**late, "cust_id": 2}],
    )
    a_day(site.lake, TODAY, transaction=[early, late])
    body = site.get("transactions")
    assert [(row["txn_date"], row["txn_time"]) for row in body["rows"]] == [
        ("2026-10-30", "09:30:00"), ("2026-10-30", "08:00:00"), ("2026-10-29", "09:30:00"),
    ]  # fmt: skip
    assert (body["rows"][0]["opp_name_masked"], body["rows"][0]["remark"], body["before"]) == (
        "欧**晓",
        "房租",
        None,
    )
    assert site.get("transactions", "运营")["rows"][0]["remark"] is None


def test_the_bookings_of_a_week_in_one_delivery_come_day_by_day(site: Site) -> None:
    days = [TODAY - timedelta(days=n) for n in range(3)]
    week = [
        txn(day, f"{n}{clock}", txn_time=f"{clock}:00:00")
        for n, day in enumerate(days)
        for clock in ("08", "20")
    ]
    a_day(site.lake, TODAY, transaction=week)
    found = [(row["txn_date"], row["txn_time"][:2]) for row in site.get("transactions")["rows"]]
    assert found == [(f"{day}", clock) for day in days for clock in ("20", "08")]


@given(st.lists(st.integers(0, 70), min_size=1, max_size=6))
def test_paging_through_transactions_gives_each_once_in_order(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    viewer = Viewer(1, "RM", 1, "/1/", frozenset(), "zh-hans")
    expected = []
    for back, number in enumerate(counts):
        day = TODAY - timedelta(days=20 * back)
        rows = [txn(day, f"{n:05}", amount=str(n + 1)) for n in range(number)]
        a_day(lake, day, transaction=rows)
        expected += [(day, Decimal(n + 1)) for n in reversed(range(number))]
    seen: list[tuple[date, Decimal]] = []
    before: date | None = None
    for _ in range(20):
        page = transactions(viewer, lake, ME, TODAY, before)
        seen += [(row.txn_date, row.amount) for row in page.rows]
        before = page.before
        if before is None:
            break
    assert seen == expected
    assert before is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 400))
def test_curve_days_reach_back_as_asked_without_gaps_of_more_than_a_week(last: date, days: int) -> None:
    chosen = curve_days(last, days)
    assert chosen[-1] == last
    assert last - timedelta(days=days) < chosen[0] <= last - timedelta(days=max(days - 7, 0))
    gaps = [(b - a).days for a, b in pairwise(chosen)]
    assert set(gaps) <= {1, 7}
    assert gaps == sorted(gaps, reverse=True)


def test_a_lake_without_curves_draws_nothing(tmp_path: Path) -> None:
    drawn = curves(Lake(tmp_path), ME, TODAY, 90)
    assert (drawn.aum, drawn.lum) == ([], [])
