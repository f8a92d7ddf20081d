"""Months of money and channels, debts, and the relations that the data show."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lake.bank_tables import DEFAULTS, Bank
from yinke.lake.around import SCHEMAS, compute_around
from yinke.lake.dates import monday
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.reading import curves
from yinke.lake.store import Day
from yinke.segments.classify import classify

DAY = date(2026, 3, 30)


class Around(Bank):
    """A bank whose nights make the tables around a customer."""

    def night_around(self, day: date, around: Engine | None = None) -> Day:
        """Make a date; the tables around the customer by another engine, if one is given."""
        building, earlier = self.prepare(day)
        compute_features(self.engine, building, self.lake, earlier, self.values)
        classify(self.engine, building, self.lake, earlier, self.values)
        compute_around(around or self.engine, building, self.lake, earlier, self.values)
        return self.lake.publish(building)

    def pays(self, cust: int, other: int, amount: str | int = 100) -> None:
        self.moves(cust, "TRANSFER", amount, opp_acct=f"A{other}")


def rows(day: Day, table: str) -> list[dict[str, Any]]:
    return pq.read_table(day.path(table)).to_pylist()


def relations(day: Day) -> set[tuple[Any, ...]]:
    return {(r["kind"], r["cust_id"], r["other_id"], r["party"]) for r in rows(day, "relation")}


def opened(root: Path, engine: Engine, **thresholds: int) -> Around:
    found = Around(root, engine, {**DEFAULTS, **thresholds})
    for cust in (1, 2, 3):
        found.has_customer(cust).has_account(cust, 10_000)
    return found


@pytest.fixture
def bank(tmp_path: Path, duck: Engine) -> Around:
    return opened(tmp_path / "lake", duck)


def test_money_and_channels_are_folded_by_month(bank: Around) -> None:
    bank.moves(1, "CASH", 100, "IN", txn_time="10:30:00")
    taken = bank.moves(1, "PAYMENT", 70, txn_time="20:00:00")
    bank.moves(1, "PAYMENT", 20, "IN", reverses=taken)
    bank.logs_in(1)
    bank.night_around(DAY)
    bank.moves(1, "CASH", 11, "IN", txn_time="11:00:00")
    last = bank.night_around(DAY + timedelta(days=1))
    assert rows(last, "flow") == [
        {"cust_id": 1, "direction": "IN", "kind": "CASH", "amount": D(111), "txns": 2},
        {"cust_id": 1, "direction": "OUT", "kind": "PAYMENT", "amount": D(50), "txns": 1},
    ]
    assert {(r["channel"], r["part"], r["visits"], r["txns"], r["last_on"].day) for r in rows(last, "habit")} == {
        ("APP", 1, 1, 2, 31), ("APP", 3, 0, 1, 30),
    }  # fmt: skip
    bank.moves(1, "CASH", 5, "IN")
    april = bank.night_around(DAY + timedelta(days=2))
    assert [r["amount"] for r in rows(april, "flow")] == [D(5)]


def test_a_night_made_again_gives_the_same_months(bank: Around) -> None:
    bank.moves(1, "CASH", 100, "IN")
    bank.night_around(DAY)
    bank.moves(1, "CASH", 11, "IN", seq="X")
    first = bank.night_around(DAY + timedelta(days=1))
    bank.moves(1, "CASH", 11, "IN", seq="X")
    again = bank.night_around(DAY + timedelta(days=1))
    assert first.version != again.version
    assert all(rows(first, table) == rows(again, table) for table in SCHEMAS)


def test_a_weeks_curve_grows_by_a_day_a_night_and_begins_anew_on_monday(bank: Around) -> None:
    sunday = monday(DAY) + timedelta(days=6)
    bank.night_around(sunday - timedelta(days=2))
    bank.owes(2, "CONSUMER", 700)
    bank.night_around(sunday - timedelta(days=1))
    week = {row["cust_id"]: row for row in rows(bank.night_around(sunday), "curve")}
    assert all(len(row["aum"]) == 3 for row in week.values())
    assert {number: row["lum"] for number, row in week.items() if row["lum"]} == {2: [D(700), D(700)]}
    next_week = rows(bank.night_around(sunday + timedelta(days=1)), "curve")
    assert {len(row["aum"]) for row in next_week} == {1}
    drawn = curves(bank.lake, 2, sunday + timedelta(days=1), 90)
    assert [day for day, _ in drawn.aum] == [sunday + timedelta(days=n) for n in (-2, -1, 0, 1)]
    assert [lum for _, lum in drawn.lum] == [D(0), D(700), D(700), D(700)]


def test_transfers_in_three_of_the_last_six_months_make_a_relation_and_it_fades(bank: Around) -> None:
    found = {}
    months = [date(2026, month, 28) for month in range(1, 10)]
    for month in months:
        if month.month in (1, 2, 4):
            bank.pays(1, 2)
        bank.pays(3, 3, 5)  # to himself
        found[month.month] = relations(bank.night_around(month))
    tie = ("TRANSFERS", 1, 2, "")
    assert [month for month, seen in found.items() if tie in seen] == [4, 5, 6]
    assert not any(kind == "TRANSFERS" and a == b for seen in found.values() for kind, a, b, _ in seen)


def test_money_to_a_card_is_money_to_its_holder_once(bank: Around) -> None:
    bank.has_account(2, 5, "second", card_no="62280000000001")
    bank.has_account(2, 5, "third", card_no="62280000000001")
    bank.moves(1, "TRANSFER", 30, opp_acct="62280000000001")
    bank.moves(1, "TRANSFER", 30, opp_acct="62280000000001", own_name=True)
    (tie,) = rows(bank.night_around(DAY), "tie")
    assert (tie["cust_id"], tie["other_id"], tie["txns"], tie["amount"]) == (1, 2, 1, D(30))


def test_the_same_room_or_mobile_makes_a_household_a_dormitory_does_not(bank: Around) -> None:
    bank.has_customer(1, address="徐汇区漕溪路1号201室", mobile="138")
    bank.has_customer(2, address=" 徐汇区漕溪路1号201室", mobile="138")
    bank.has_customer(3, mobile="138")
    for cust in range(10, 18):
        bank.has_customer(cust, address="东川路800号宿舍")
    bank.has_customer(20, address="x", status="CLOSED").has_customer(21, address="x")
    found = [r for r in rows(bank.night_around(DAY), "relation") if r["kind"] == "HOUSEHOLD"]
    assert {(r["cust_id"], r["other_id"], r["confidence"]) for r in found} == {
        (1, 2, 90),
        (1, 3, 70),
        (2, 3, 70),
    }


def test_who_pays_the_salary_is_the_employer_while_he_pays(bank: Around) -> None:
    bank.is_paid(1, 5000, unit="U7")
    assert ("EMPLOYER", 1, None, "U7") in relations(bank.night_around(DAY))
    bank.night_around(date(2026, 5, 31))
    assert relations(bank.night_around(date(2026, 7, 15))) == set()


@pytest.mark.spark
def test_spark_gives_the_same_tables(duck: Engine, spark: Engine, tmp_path: Path) -> None:
    """Two months of everything the tests above have: all that a night carries, ends and begins anew."""
    made = {}
    for engine in (duck, spark):
        bank = opened(tmp_path / engine.kind, duck, **{"relation.transfer_months": 2})
        for day in (date(2026, 2, 28), DAY, DAY + timedelta(days=1)):
            bank.has_customer(1, address="徐汇区漕溪路1号201室", mobile="138")
            bank.has_customer(2, address=" 徐汇区漕溪路1号201室", mobile="138").has_customer(3, mobile="138")
            for cust in range(10, 18):
                bank.has_customer(cust, address="东川路800号宿舍")
            bank.has_account(2, 5, "second", card_no="62280000000001")
            bank.moves(1, "TRANSFER", 30, opp_acct="62280000000001", txn_time="20:00:00")
            bank.moves(1, "TRANSFER", 30, opp_acct="62280000000001", own_name=True, opp_bank="他行")
            taken = bank.moves(1, "PAYMENT", 70, txn_time="10:30:00")
            bank.moves(1, "PAYMENT", 20, "IN", reverses=taken)
            bank.pays(3, 1, "7.77")
            bank.logs_in(1)
            bank.owes(2, "CONSUMER", 700)
            bank.is_paid(3, 5000, unit="U7")
            night = bank.night_around(day, engine)
            made[engine.kind, day] = {table: rows(night, table) for table in SCHEMAS}
    for (kind, day), tables in made.items():
        assert tables == made["duckdb", day], (kind, day)
    last = made["spark", DAY + timedelta(days=1)]
    assert all(last.values())
    assert {r["kind"] for r in last["relation"]} == {"EMPLOYER", "HOUSEHOLD", "TRANSFERS"}
    assert max(r["txns"] for r in last["flow"]) > 1


@settings(max_examples=5)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(1, 3),
            st.sampled_from(["CASH", "PAYMENT", "PURCHASE"]),
            st.sampled_from(["IN", "OUT"]),
            st.integers(1, 10_000),
        ),
        max_size=25,
    )
)
def test_a_months_flows_are_the_sums_of_its_days(
    tmp_path_factory: pytest.TempPathFactory, duck: Engine, moves: list[tuple[int, int, str, str, int]]
) -> None:
    bank = Around(tmp_path_factory.mktemp("lake"), duck, DEFAULTS)
    for cust in (1, 2, 3):
        bank.has_customer(cust).has_account(cust, 0)
    wanted: dict[tuple[int, str, str], int] = defaultdict(int)
    last = None
    for n in range(4):
        for _, cust, kind, way, fen in (move for move in moves if move[0] == n):
            bank.moves(cust, kind, str(D(fen) / 100), way)
            wanted[cust, way, kind] += fen
        last = bank.night_around(date(2026, 3, 1) + timedelta(days=10 * n))
    assert last is not None
    found = {(r["cust_id"], r["direction"], r["kind"]): int(r["amount"] * 100) for r in rows(last, "flow")}
    assert found == dict(wanted)
