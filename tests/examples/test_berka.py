"""The PKDD'99 bank, loaded by the descriptions of docs/examples/berka alone and run night by night.

``YINKE_BERKA`` names the folder with its ``.asc`` files; they are not part of the project.
"""

from __future__ import annotations

import csv
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pytest_django import DjangoDbBlocker

from yinke.care.models import Task
from yinke.common.thresholds import load_thresholds
from yinke.lake.dates import delivery_dates
from yinke.lake.engine import open_engine
from yinke.lake.feeds import load_feeds
from yinke.lake.ingest import ingest
from yinke.lake.sealing import open_rows
from yinke.lake.store import Day, Lake
from yinke.nightly.history import run_history
from yinke.nightly.lake_night import Bench
from yinke.nightly.pipeline import Outcome

FOLDER = os.environ.get("YINKE_BERKA", "")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "berka"
FIRST, LAST = date(1993, 1, 1), date(1993, 4, 30)
DATES = delivery_dates(FIRST, LAST, date(1993, 4, 1))
"""Three months by weeks, then one by days."""
CLIENTS, ACCOUNTS, TRANSACTIONS = 462, 375, 2_161
"""Counted in the files by hand."""
RATE = Decimal("0.2")

pytestmark = [
    pytest.mark.skipif(
        not FOLDER,
        reason="YINKE_BERKA names no folder with the PKDD'99 files, see docs/examples/berka/README.md",
    ),
    pytest.mark.django_db,
]


def raw(name: str) -> list[dict[str, str]]:
    """The rows of one of the bank's files, read independently of the program."""
    with (Path(FOLDER) / f"{name}.asc").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day_of(text: str) -> date:
    """A date of the files (YYMMDD, all of the twentieth century)."""
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def bench_of(folder: Path) -> Bench:
    """Lake, engine and feeds of the example in a folder."""
    lake = Lake(folder / "lake")
    return Bench(
        lake, open_engine("duckdb", threads=2, memory="2GB", scratch=lake.root / "building"), load_feeds(EXAMPLE),
        Path(FOLDER), load_thresholds(EXAMPLE / "thresholds.yaml"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The bench of the whole run."""
    return bench_of(tmp_path_factory.mktemp("berka"))


@pytest.fixture(scope="module")
def outcome(bank: Bench, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Outcome]:
    """All nights of four months, run once; the people's half is emptied afterwards."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        yield run_history(bank, DATES)
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def last(bank: Bench, outcome: Outcome) -> Day:
    """The last business date."""
    day = bank.lake.day(LAST)
    assert day is not None, outcome.message
    return day


def table(day: Day, name: str, *columns: str) -> list[dict[str, object]]:
    """Rows of a table of a day."""
    stored = pq.read_table(day.path(name), columns=list(columns) or None)
    rows: list[dict[str, object]] = open_rows(stored, name, day.keys).to_pylist()
    return rows


def test_every_night_is_published_and_no_row_is_lost(bank: Bench, outcome: Outcome) -> None:
    assert outcome.status == "SUCCEEDED", outcome.message
    assert outcome.quarantined == 0
    assert bank.lake.dates() == DATES


def test_all_transactions_are_there_with_the_delivery_after_them(bank: Bench, outcome: Outcome) -> None:
    stored = Counter(
        {day: pq.read_metadata(bank.lake.day(day).path("transaction")).num_rows for day in bank.lake.dates()}  # type: ignore[union-attr]
    )
    booked = [day for row in raw("trans") if (day := day_of(row["date"])) <= LAST]
    assert +stored == Counter(DATES[bisect_left(DATES, day)] for day in booked)
    assert stored.total() == TRANSACTIONS


def test_amounts_add_up_by_direction(bank: Bench, outcome: Outcome) -> None:
    found: Counter[object] = Counter()
    for day in bank.lake.dates():
        for row in table(bank.lake.day(day), "transaction", "direction", "amount"):  # type: ignore[arg-type]
            found[row["direction"]] += row["amount"]  # type: ignore[assignment, operator]
    expected: Counter[object] = Counter()
    for item in (row for row in raw("trans") if day_of(row["date"]) <= LAST):
        expected["IN" if item["type"] == "PRIJEM" else "OUT"] += Decimal(item["amount"])  # type: ignore[assignment]
    assert found == expected


def test_customers_accounts_loans_and_cards_are_those_opened_by_then(last: Day) -> None:
    opened = {row["account_id"]: day_of(row["date"]) for row in raw("account")}
    clients = {row["client_id"] for row in raw("disp") if opened[row["account_id"]] <= LAST}
    assert {row["cust_no"] for row in table(last, "customer", "cust_no")} == clients
    assert {row["acct_no"] for row in table(last, "account", "acct_no")} == {
        a for a, d in opened.items() if d <= LAST
    }
    assert (len(clients), sum(day <= LAST for day in opened.values())) == (CLIENTS, ACCOUNTS)
    assert {row["loan_no"] for row in table(last, "loan", "loan_no")} == {
        row["loan_id"] for row in raw("loan") if day_of(row["date"]) <= LAST
    }
    assert {row["card_no"] for row in table(last, "card", "card_no")} == {
        row["card_id"] for row in raw("card") if day_of(row["issued"]) <= LAST
    }
    assert len(table(last, "org", "org_no")) == 1 + 8 + 77


def test_the_whole_bank_is_there_once_all_accounts_are_open(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    end = date(1998, 12, 31)
    building = lake.build(end)
    summary = ingest(lake, load_feeds(EXAMPLE), Path(FOLDER), building, None)
    assert sum(feed.quarantined for feed in summary.feeds) == 0
    counts = {n: pq.read_metadata(building.path(n)).num_rows for n in ("customer", "account", "loan", "card")}
    assert counts == {"customer": 5_369, "account": 4_500, "loan": 682, "card": 892}
    owners = {row["account_id"]: row["client_id"] for row in raw("disp") if row["type"] == "OWNER"}
    with_orders = {owners[row["account_id"]] for row in raw("order")}
    assert {r["cust_no"] for r in pq.read_table(building.path("signup")).to_pylist()} == with_orders
    customers = {row["cust_no"]: row for row in pq.read_table(building.path("customer")).to_pylist()}
    for row in raw("client"):
        number = row["birth_number"]
        month = int(number[2:4])
        customer = customers[row["client_id"]]
        assert customer["gender"] == ("F" if month > 50 else "M")
        assert customer["birth_date"] == date(1900 + int(number[:2]), month % 50, int(number[4:6]))


def end_balances(until: date) -> dict[str, Decimal]:
    """Each account's balance after its last transaction up to a date."""
    return {
        row["account_id"]: Decimal(row["balance"]) for row in raw("trans") if day_of(row["date"]) <= until
    }


def test_each_account_ends_with_the_balance_after_its_last_transaction(last: Day) -> None:
    assert {
        row["acct_no"]: row["balance"] for row in table(last, "balance", "acct_no", "balance")
    } == end_balances(LAST)


def test_month_averages_of_ten_accounts_agree_with_a_count_by_hand(last: Day) -> None:
    owners = {row["account_id"]: row["client_id"] for row in raw("disp") if row["type"] == "OWNER"}
    accounts = sorted(end_balances(date(1993, 2, 28)), key=int)[::17][:10]
    assert len(accounts) == 10
    steps: dict[str, dict[date, Decimal]] = {account: {} for account in accounts}
    for row in raw("trans"):
        if row["account_id"] in steps:
            steps[row["account_id"]][day_of(row["date"])] = Decimal(row["balance"])
    shown = {row["cust_no"]: row["mda"] for row in table(last, "snapshot", "cust_no", "mda")}
    for account in accounts:
        total = Decimal(0)
        for when in delivery_dates(LAST.replace(day=1), LAST):
            balance = steps[account][max(d for d in steps[account] if d <= when)]
            total += (balance * RATE).quantize(Decimal("0.01"), ROUND_HALF_UP)
        average = total / LAST.day
        assert abs(shown[owners[account]] - average) <= Decimal("0.01"), account  # type: ignore[operator]


def test_the_bank_has_tiers_stages_events_and_tasks(bank: Bench, last: Day, outcome: Outcome) -> None:
    snapshot = table(last, "snapshot", "tier", "stage", "cust_no")
    assert len(snapshot) == CLIENTS
    assert len({row["tier"] for row in snapshot}) >= 5
    assert {row["stage"] for row in snapshot} >= {"NEW", "GROWING", "STABLE", "CHURN_ALERT"}
    assert {"E03", "E04", "E05", "E08", "E09", "E11", "E19", "E20"} <= set(outcome.events)
    assert Task.objects.count() > 0
    assert Task.objects.filter(assignee__isnull=False).exists()
    newest = pq.read_table(last.path("events"))
    assert newest.num_rows > 0
    assert pa.types.is_date(newest.schema.field("biz_date").type)
    assert Task.objects.filter(biz_date__gt=LAST - timedelta(days=15)).count() == Task.objects.count()
