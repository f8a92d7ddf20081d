"""The demo bank's files are what a core bank would deliver, and add up."""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.demo.bank_files import control, dates, every_byte, feeds_once, rows
from tests.demo.conftest import FIRST, LAST
from yinke.common.errors import YinkeError
from yinke.demo.generate import generate
from yinke.demo.people import demo_logins
from yinke.lake.feeds import load_feeds
from yinke.lake.ingest import ingest
from yinke.lake.store import Lake
from yinke.lake.tables import TABLES

DAYS = dates(FIRST, LAST)


@pytest.mark.parametrize("block", [101, 450, 10_000])
def test_the_same_seed_gives_the_same_bytes_whatever_the_block(
    small_bank: Path, tmp_path: Path, block: int
) -> None:
    generate(900, FIRST, LAST, 7, tmp_path, block=block)
    assert every_byte(tmp_path) == every_byte(small_bank)


def test_another_seed_gives_another_bank(small_bank: Path, tmp_path: Path) -> None:
    generate(900, FIRST, FIRST, 8, tmp_path)
    mine, other = rows(tmp_path, "customer", FIRST), rows(small_bank, "customer", FIRST)
    assert [r["CERT_NO"] for r in mine] != [r["CERT_NO"] for r in other]


def test_a_shorter_run_is_the_beginning_of_a_longer_one(small_bank: Path, tmp_path: Path) -> None:
    generate(900, FIRST, DAYS[3], 7, tmp_path)
    longer = every_byte(small_bank)
    assert all(longer[name] == data for name, data in every_byte(tmp_path).items() if name != "truth.csv")


def test_a_stopped_run_goes_on_where_it_stopped(small_bank: Path, tmp_path: Path) -> None:
    shutil.copytree(small_bank, tmp_path, dirs_exist_ok=True)
    for day in DAYS[9:]:
        shutil.rmtree(tmp_path / f"{day:%Y%m%d}")
    (tmp_path / f".{DAYS[9]:%Y%m%d}.tmp").mkdir()
    generate(900, FIRST, LAST, 7, tmp_path)
    assert every_byte(tmp_path) == every_byte(small_bank)


def test_every_canonical_table_has_its_feed() -> None:
    assert {feed.table.name for feed in feeds_once().values()} == set(TABLES)


def test_control_files_tell_the_truth(small_bank: Path) -> None:
    for day in DAYS:
        for feed in feeds_once().values():
            data = feed.path(small_bank, day).read_bytes()
            said = control(small_bank, feed.feed, day)
            assert int(str(said["rows"])) == data.count(b"\n")
            assert int(str(said.get("bytes", len(data)))) == len(data)
            assert said.get("sha256") in (None, hashlib.sha256(data).hexdigest())
            assert said.get("md5") in (None, hashlib.md5(data).hexdigest())
            assert said.get("biz_date", f"{day:%Y%m%d}") == f"{day:%Y%m%d}"
            for column, total in dict(said.get("sum_fields", {})).items():  # type: ignore[call-overload]
                assert Decimal(total) == sum(Decimal(r[column]) for r in rows(small_bank, feed.feed, day))


def test_a_balance_is_the_balance_before_and_what_moved(small_bank: Path) -> None:
    before: dict[str, Decimal] = {r["ACCT_NO"]: Decimal(r["BAL"]) for r in rows(small_bank, "balance", FIRST)}
    kinds = set()
    for day in DAYS[1:]:
        running = defaultdict(Decimal, before)
        for txn in rows(small_bank, "transaction", day):
            sign = {"C": 1, "D": -1}[txn["DC_FLG"]]
            running[txn["ACCT_NO"]] += sign * Decimal(txn["AMT"])
            assert running[txn["ACCT_NO"]] == Decimal(txn["BAL_AFT"]) >= 0
            kinds.add(txn["TXN_CD"])
        after = {r["ACCT_NO"]: Decimal(r["BAL"]) for r in rows(small_bank, "balance", day)}
        gone = set(before) - set(after)
        assert all(running[account] == 0 for account in gone)
        assert {account: running[account] for account in after} == after
        before = after
    assert {"1001", "1003", "2001", "3001", "4001", "5001", "6001", "7002"} <= kinds


def test_a_reversal_names_a_payment_of_the_same_amount(small_bank: Path) -> None:
    found = 0
    for day in DAYS:
        book = {t["TXN_SEQ"]: t for t in rows(small_bank, "transaction", day)}
        for txn in book.values():
            if txn["REV_FLG"] == "1":
                first = book[txn["ORIG_SEQ"]]
                assert (first["AMT"], first["ACCT_NO"], first["DC_FLG"], txn["DC_FLG"]) == (
                    txn["AMT"], txn["ACCT_NO"], "D", "C")  # fmt: skip
                assert txn["TXN_TM"] >= first["TXN_TM"]
                found += 1
    assert found >= 5


def test_payrolls_are_credited_to_the_account(small_bank: Path) -> None:
    paid = 0
    for day in DAYS:
        credits = {
            (t["CUST_NO"], t["AMT"]) for t in rows(small_bank, "transaction", day) if t["TXN_CD"] == "3001"
        }
        slips = {(p["CUST_NO"], p["AMT"]) for p in rows(small_bank, "payroll", day)}
        assert slips == credits
        paid += len(slips)
    assert paid > 100


def test_holdings_are_worth_share_times_nav(small_bank: Path) -> None:
    for holding in rows(small_bank, "holding", LAST):
        exact = Decimal(holding["SHARE"]) * Decimal(holding["NAV"])
        assert abs(exact - Decimal(holding["MKT_VAL"])) <= Decimal("0.01")


def test_everything_refers_to_something_known(small_bank: Path) -> None:
    orgs = {r["ORG_NO"]: r for r in rows(small_bank, "org", FIRST)}
    assert [r for r in orgs.values() if not r["PARENT_NO"]] == [orgs["10000000"]]
    for org in orgs.values():
        assert not org["PARENT_NO"] or int(orgs[org["PARENT_NO"]]["ORG_LVL"]) < int(org["ORG_LVL"])
    staff = {r["EMP_NO"]: r for r in rows(small_bank, "staff", FIRST)}
    assert {r["ORG"] for r in staff.values()} <= set(orgs)
    customers: dict[str, dict[str, str]] = {}
    accounts: set[str] = set()
    for day in DAYS:
        for customer in rows(small_bank, "customer", day):
            customers[customer["CUST_NO"]] = customer
            assert customer["OPEN_ORG"] in orgs
            assert customer["CUST_MGR_ID"] in staff or customer["CUST_MGR_ID"] == ""
        accounts |= {r["ACCT_NO"] for r in rows(small_bank, "account", day)}
        assert {r["ACCT_NO"] for r in rows(small_bank, "balance", day)} <= accounts
        assert {r["ACCT_NO"] for r in rows(small_bank, "transaction", day)} <= accounts
        products = {r["PROD_CD"] for r in rows(small_bank, "product", day)} | {""}
        for feed in ("holding", "loan", "card", "signup", "payroll", "channel_log", "account"):
            for row in rows(small_bank, feed, day):
                assert row["CUST_NO"] in customers
                assert row.get("PROD_CD", "") in products
    assert len(customers) > 900  # some joined


@pytest.mark.parametrize("customers", [50, 2_000, 20_000])
def test_the_demo_logins_are_staff_in_their_roles(tmp_path: Path, customers: int) -> None:
    generate(customers, FIRST, FIRST, 3, tmp_path)
    posts = dict(feeds_once()["staff"].sources["post"].codes)
    staff = {r["EMP_NO"]: posts[r["POST"]] for r in rows(tmp_path, "staff", FIRST)}
    assert {login.emp_no: staff[login.emp_no] for login in demo_logins()} == {
        d.emp_no: d.role for d in demo_logins()
    }


def test_managers_of_the_default_demo_hold_a_few_hundred_customers(tmp_path: Path) -> None:
    generate(20_000, FIRST, FIRST, 20260101, tmp_path)
    held: dict[str, int] = defaultdict(int)
    posts = {r["EMP_NO"]: r["POST"] for r in rows(tmp_path, "staff", FIRST)}
    for customer in rows(tmp_path, "customer", FIRST):
        held[customer["CUST_MGR_ID"]] += 1
    own = [n for manager, n in held.items() if posts.get(manager) in ("01", "02")]
    assert min(own) >= 200 and max(own) <= 700
    assert held[""] > 8_000  # the pool


def test_ingestion_takes_every_row(small_bank: Path, tmp_path: Path) -> None:
    lake, described, earlier = Lake(tmp_path), load_feeds(Path(feeds_once()["org"].described_in).parent), None
    for day in DAYS[:3]:
        building = lake.build(day)
        summary = ingest(lake, described, small_bank, building, earlier)
        assert sum(load.quarantined for load in summary.feeds) == 0
        assert {load.feed: load.rows for load in summary.feeds} == {
            code: len(rows(small_bank, code, day)) for code in feeds_once()
        }
        earlier = lake.publish(building)


@pytest.mark.parametrize(
    ("customers", "first", "last"),
    [(0, FIRST, LAST), (10, LAST, FIRST), (10, date(1999, 1, 1), LAST)],
)
def test_senseless_numbers_are_refused_with_a_remedy(
    tmp_path: Path, customers: int, first: date, last: date
) -> None:
    with pytest.raises(YinkeError) as refused:
        generate(customers, first, last, 1, tmp_path)
    assert refused.value.remedy
    assert not list(tmp_path.iterdir())


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(YinkeError, match="written") as refused:
        generate(10, FIRST, FIRST, 1, tmp_path / "taken")
    assert "taken" in refused.value.place and refused.value.remedy
