"""A bank that hands over its past weekly tells the same as one that delivered every day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from tests.demo.bank_files import dates, every_byte, rows
from yinke.demo.generate import generate
from yinke.lake.dates import delivery_dates

FIRST, LAST, DAILY_FROM = date(2026, 2, 20), date(2026, 4, 12), date(2026, 4, 6)
DELIVERED = delivery_dates(FIRST, LAST, DAILY_FROM)


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("daily")
    generate(2500, FIRST, LAST, 11, out)
    return out


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("weekly")
    generate(2500, FIRST, LAST, 11, out, daily_from=DAILY_FROM)
    return out


def _all(inbox: Path, feed: str, days: Iterable[date]) -> list[dict[str, str]]:
    return [row for day in days for row in rows(inbox, feed, day)]


def _state(
    inbox: Path, feed: str, key: tuple[str, ...], days: Iterable[date]
) -> dict[tuple[str, ...], dict[str, str]]:
    """What a receiver knows who lays each delivery over the one before; without what says when it was sent."""
    known = {}
    for row in _all(inbox, feed, days):
        known[tuple(row[column] for column in key)] = {
            name: value for name, value in row.items() if name not in ("UPD_TS", "UNSIGN_DT")
        }
    return known


def test_only_the_delivered_dates_have_files(weekly: Path) -> None:
    assert sorted(p.name for p in weekly.glob("2*")) == [f"{day:%Y%m%d}" for day in DELIVERED]
    assert len(DELIVERED) == 17  # the first, seven Sundays, two month ends, a week of days


@pytest.mark.parametrize("feed", ["balance", "holding", "fx", "staff", "product"])
def test_balances_of_a_delivered_date_are_those_of_that_day(daily: Path, weekly: Path, feed: str) -> None:
    for day in DELIVERED:
        assert rows(weekly, feed, day) == rows(daily, feed, day)


@pytest.mark.parametrize("feed", ["transaction", "payroll", "channel_log"])
def test_journals_hold_every_booking_since_the_delivery_before(daily: Path, weekly: Path, feed: str) -> None:
    assert _all(weekly, feed, DELIVERED) == _all(daily, feed, dates(FIRST, LAST))


@pytest.mark.parametrize(
    ("feed", "key"),
    [("customer", ("CUST_NO",)), ("account", ("ACCT_NO",)), ("loan", ("LOAN_NO",)), ("card", ("CARD_NO",)),
     ("signup", ("CUST_NO", "SVC_CD"))],
)  # fmt: skip
def test_records_are_told_as_they_stand_at_the_end(
    daily: Path, weekly: Path, feed: str, key: tuple[str, ...]
) -> None:
    told = _state(weekly, feed, key, DELIVERED)
    assert told == _state(daily, feed, key, dates(FIRST, LAST))
    if feed == "account":
        assert any(account["STATUS"] == "9" and account["TERM"] for account in told.values())
    for day in DELIVERED:  # a key stands once in a file
        numbers = [tuple(row[column] for column in key) for row in rows(weekly, feed, day)]
        assert len(numbers) == len(set(numbers))


def test_a_stopped_hand_over_goes_on_where_it_stopped(weekly: Path, tmp_path: Path) -> None:
    generate(2500, FIRST, LAST, 11, tmp_path, daily_from=DAILY_FROM, block=600)
    for day in DELIVERED[4:]:
        for file in (tmp_path / f"{day:%Y%m%d}").iterdir():
            file.unlink()
        (tmp_path / f"{day:%Y%m%d}").rmdir()
    generate(2500, FIRST, LAST, 11, tmp_path, daily_from=DAILY_FROM)
    assert every_byte(tmp_path) == every_byte(weekly)
