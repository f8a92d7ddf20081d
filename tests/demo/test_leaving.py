"""Those whom the truth file names as leaving behave so, weeks before their money is gone; the others do not."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import mean, median

import pytest

from tests.demo.bank_files import dates, rows
from yinke.demo.generate import generate

FIRST, LAST = date(2025, 9, 1), date(2026, 1, 28)
AFTER = timedelta(days=25)


class History:
    """Daily AUM, logins, own-name outflows and salaries of every customer, read from the files."""

    def __init__(self, inbox: Path) -> None:
        self.aum: dict[str, dict[date, float]] = defaultdict(dict)
        self.logins: dict[str, list[date]] = defaultdict(list)
        self.away: dict[str, list[date]] = defaultdict(list)
        self.salaries: dict[str, list[date]] = defaultdict(list)
        for day in dates(FIRST, LAST):
            if day.weekday() == 2:
                for r in rows(inbox, "balance", day):
                    self._worth(f"8{int(r['ACCT_NO'][4:13]):09d}", day, r["BAL"])
                for r in rows(inbox, "holding", day):
                    self._worth(r["CUST_NO"], day, r["MKT_VAL"])
            for r in rows(inbox, "channel_log", day):
                if r["EVENT_CD"] == "LOGIN":
                    self.logins[r["CUST_NO"]].append(day)
            for r in rows(inbox, "transaction", day):
                if r["SUMMARY_CD"] == "BRZC":
                    self.away[r["CUST_NO"]].append(day)
            for r in rows(inbox, "payroll", day):
                self.salaries[r["CUST_NO"]].append(day)
        with (inbox / "truth.csv").open() as file:
            self.truth = {
                r["cust_no"]: (r["cause"], date.fromisoformat(r["onset"]), date.fromisoformat(r["gone"]))
                for r in csv.DictReader(file)
            }

    def _worth(self, customer: str, day: date, amount: str) -> None:
        self.aum[customer][day] = self.aum[customer].get(day, 0.0) + float(Decimal(amount))

    def at(self, customer: str, day: date) -> float:
        """AUM on the last Wednesday up to a day."""
        return self.aum[customer].get(day - timedelta(days=(day.weekday() - 2) % 7), 0.0)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    out = tmp_path_factory.mktemp("leaving")
    generate(2500, FIRST, LAST, 11, out)
    return History(out)


def _seen(history: History) -> dict[str, tuple[str, date, date]]:
    """Those whose decline and departure both lie well inside the files, with money worth the name."""
    return {
        customer: (cause, onset, gone)
        for customer, (cause, onset, gone) in history.truth.items()
        if onset >= FIRST + timedelta(days=30) and gone <= LAST - AFTER and (gone - onset).days >= 21
        and history.at(customer, onset) > 10_000
    }  # fmt: skip


def _per_week(days: list[date], first: date, last: date) -> float:
    return sum(first <= day < last for day in days) / ((last - first).days / 7)


def test_a_sixth_of_the_customers_leave_in_a_year(history: History) -> None:
    gone = sum(gone <= LAST for _, _, gone in history.truth.values())
    years = (LAST - FIRST - timedelta(days=45)).days / 365  # nobody is gone in the first weeks
    assert 0.13 < gone / 2500 / years < 0.22


def test_the_money_of_the_leaving_goes_and_that_of_the_others_stays(history: History) -> None:
    left = [
        history.at(c, gone + AFTER) / history.at(c, onset) for c, (_, onset, gone) in _seen(history).items()
    ]
    stayed = [
        history.at(c, LAST) / before
        for c in history.aum
        if c not in history.truth and (before := history.at(c, date(2025, 10, 15))) > 10_000
    ]
    assert len(left) >= 20
    assert median(left) < 0.3
    assert 0.85 < median(stayed) < 1.25


def test_the_leaving_log_in_less_and_move_money_away_before_they_go(history: History) -> None:
    seen = _seen(history)
    middle = {c: onset + (gone - onset) / 2 for c, (_, onset, gone) in seen.items()}
    before = mean(
        _per_week(history.logins[c], onset - timedelta(days=28), onset) for c, (_, onset, _) in seen.items()
    )
    late = mean(_per_week(history.logins[c], middle[c], gone) for c, (_, _, gone) in seen.items())
    assert late < 0.6 * before
    usual = mean(
        _per_week(history.away[c], onset - timedelta(days=28), onset) for c, (_, onset, _) in seen.items()
    )
    moved = mean(_per_week(history.away[c], onset, gone) for c, (_, onset, gone) in seen.items())
    assert moved > 3 * usual


def test_salaries_stop_with_the_decline_of_those_who_take_them_elsewhere(history: History) -> None:
    taken = [(c, onset) for c, (cause, onset, _) in history.truth.items() if cause == "PAYROLL"]
    taken = [
        (c, onset) for c, onset in taken if FIRST + timedelta(days=35) <= onset <= LAST - timedelta(days=35)
    ]
    assert len(taken) >= 5
    assert all(day < onset for c, onset in taken for day in history.salaries[c])
    assert sum(bool(history.salaries[c]) for c, _ in taken) > len(taken) * 0.8
