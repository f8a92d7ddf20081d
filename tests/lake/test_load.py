"""Guards of a load, reruns, corrections, files that did not change, and a disk that is full."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.lake.killing import state
from tests.lake.small_bank import FIRST, SmallBank, following
from yinke.common.errors import Held
from yinke.lake import quarantine
from yinke.lake.store import Lake

NEXT = following(FIRST)


def many(bank: SmallBank, number: int) -> None:
    """Give the bank many customers, each with one account and its balance."""
    bank.rows["customer"] = [
        [f"C{n}", "某人", "", "1", "19900101", "11", "20200101", "0", "20260129080000"] for n in range(number)
    ]
    bank.rows["account"] = [[f"A{n}", f"C{n}", "D", "CNY", "20200101", "0", "", "I"] for n in range(number)]
    bank.rows["balance"] = [[f"A{n}", "10.00", "CNY"] for n in range(number)]
    bank.rows["transaction"] = []
    bank.rows["channel_log"] = []


def held_on_the_second_night(bank: SmallBank, *feeds: str) -> Held:
    """The reason that holds the second night; the first one must stay the newest day."""
    bank.write(NEXT)
    with pytest.raises(Held) as problem:
        bank.load(NEXT)
    assert bank.lake.dates() == [FIRST]
    assert bank.lake.latest() == bank.day()
    return problem.value


def test_an_empty_full_file_holds_the_date(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    bank.rows["balance"] = []
    problem = held_on_the_second_night(bank)
    assert (problem.reason, problem.feed) == ("empty", "balance")
    bank.load(NEXT, frozenset({"balance:empty"}))
    assert bank.table("balance", NEXT) == []


def test_a_full_file_that_lost_many_keys_holds_the_date(bank: SmallBank) -> None:
    many(bank, 200)
    bank.write()
    bank.load()
    del bank.rows["balance"][:11]
    problem = held_on_the_second_night(bank)
    assert (problem.reason, problem.feed) == ("vanished", "balance")
    bank.load(NEXT, frozenset({"balance:vanished"}))
    assert bank.arrow("balance", NEXT).num_rows == 189


def test_a_few_lost_keys_are_gone_from_that_date_on_and_stay_in_the_days_before(bank: SmallBank) -> None:
    many(bank, 200)
    bank.write()
    bank.load()
    del bank.rows["balance"][:10]
    bank.write(NEXT)
    bank.load(NEXT)
    assert (bank.arrow("balance").num_rows, bank.arrow("balance", NEXT).num_rows) == (200, 190)


def test_a_large_swing_of_rows_holds_the_date(bank: SmallBank) -> None:
    many(bank, 1000)
    bank.write()
    bank.load()
    many(bank, 1250)
    problem = held_on_the_second_night(bank)
    assert (problem.reason, problem.feed) == ("row_swing", "balance")
    bank.load(NEXT, frozenset({"balance:row_swing"}))
    assert bank.arrow("balance", NEXT).num_rows == 1250


def test_more_bad_rows_than_tolerated_hold_the_date_and_can_be_read(bank: SmallBank) -> None:
    many(bank, 200)
    bank.feeds["customer"]["tolerance"] = {"bad_rows": 0.01}
    for row in bank.rows["customer"][:2]:
        row[4] = "19900231"
    bank.feeds["account"]["tolerance"] = bank.feeds["balance"]["tolerance"] = {"bad_rows": 0.5}
    bank.write()
    bank.load()  # 2 of 200 may be bad
    bank.rows["customer"][2][4] = "19900231"
    problem = held_on_the_second_night(bank)
    assert (problem.reason, problem.feed) == ("tolerance", "customer")
    assert quarantine.counts(bank.lake, NEXT) == {("customer", "not_date"): 3}
    bank.load(NEXT, frozenset({"customer:tolerance"}))
    assert bank.arrow("customer", NEXT).num_rows == 198


def test_orphans_beyond_the_tolerance_hold_the_date(bank: SmallBank) -> None:
    bank.feeds["balance"]["tolerance"] = {"bad_rows": 0.1}
    bank.rows["balance"].append(["A404", "1.00", "CNY"])
    bank.write()
    with pytest.raises(Held) as problem:
        bank.load()
    assert (problem.value.reason, problem.value.feed) == ("tolerance", "balance")
    assert quarantine.counts(bank.lake, FIRST) == {("balance", "unknown_parent"): 1}


def test_a_corrected_file_takes_its_bad_rows_out_of_quarantine(bank: SmallBank) -> None:
    bank.rows["balance"].append(["A404", "1.00", "CNY"])
    bank.feeds["balance"]["tolerance"] = {"bad_rows": 0}
    bank.write()
    with pytest.raises(Held):
        bank.load()
    bank.rows["balance"].pop()
    bank.write(FIRST, "balance")
    bank.load()
    assert quarantine.counts(bank.lake, FIRST) == {}


def test_a_rerun_gives_the_same_bytes(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    before = state(bank.day().folder)
    bank.load()
    assert bank.day().version == "2026-01-30-2"
    assert state(bank.day().folder) == before


def test_a_file_delivered_twice_changes_nothing(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    before = state(bank.lake.root / "versions")
    bank.write()  # the same bytes again, at a later time
    bank.load()
    again = state(bank.day().folder)
    assert {f"2026-01-30-1/{name}": digest for name, digest in again.items()} == before


def test_a_late_correction_makes_a_new_version_on_which_the_next_day_builds(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    bank.rows["customer"][0][1] = "王大伟"
    bank.write(FIRST, "customer")
    bank.load()
    assert bank.day().version == "2026-01-30-2"
    bank.rows["customer"] = []
    bank.write(NEXT)
    bank.load(NEXT)
    assert bank.table("customer", NEXT)[0]["name"] == "王大伟"
    first = pq.read_table(bank.lake.root / "versions" / "2026-01-30-1" / "customer.parquet")
    assert bank.lake.keys.texts.open(first["name"])[0].as_py() == "王伟"


def test_a_correction_while_the_date_is_being_made_begins_it_anew(bank: SmallBank) -> None:
    bank.write()
    bank.data("balance").unlink()
    with pytest.raises(Held):
        bank.load()
    bank.write(FIRST, "balance")
    data = bank.data("transaction")
    data.write_bytes(data.read_bytes() + b"x")
    with pytest.raises(Held):
        bank.load()
    bank.rows["balance"][0][1] = "5.00"
    bank.write()
    bank.load()
    assert bank.table("balance")[0]["balance"] == Decimal("5.00")


def test_files_that_did_not_change_are_carried_without_copying(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    bank.rows["account"], bank.rows["transaction"] = [], []
    bank.write(NEXT)
    bank.load(NEXT)
    for name in ("org", "fx", "account", "balance"):
        assert bank.day().path(name).samefile(bank.day(NEXT).path(name)), name


def test_an_accounts_new_category_reaches_its_balance_though_the_balances_did_not_change(
    bank: SmallBank,
) -> None:
    bank.write()
    bank.load()
    bank.rows["account"] = [["A1", "C2", "T", "CNY", "20200101", "0", "", "U"]]
    bank.write(NEXT)
    bank.load(NEXT)
    assert {b["acct_no"]: (b["cust_id"], b["category"]) for b in bank.table("balance", NEXT)}["A1"] == (
        2,
        "TIME",
    )


def test_another_mapping_of_the_same_file_is_another_table(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    bank.feeds["fx"]["map"] = {"ccy": "CCY", "mid_rate": {"expr": "RATE::DECIMAL(18,6) * 2"}}
    bank.write(NEXT)
    bank.load(NEXT)
    assert [str(row["mid_rate"]) for row in bank.table("fx", NEXT)] == ["2.000000", "14.200000"]


def test_several_feeds_fill_one_table_and_repeat_no_key(bank: SmallBank) -> None:
    bank.feeds["branches"] = bank.feeds["org"] | {
        "feed": "branches", "file": "feeds:/branches.csv", "encoding": "UTF-8", "delimiter": ",", "control": None,
    }  # fmt: skip
    del bank.feeds["branches"]["control"]
    (bank.folder / "feeds").mkdir()
    side = bank.folder / "feeds" / "branches.csv"
    side.write_text("12,1,静安支行,4\n", "utf-8")
    bank.write()
    bank.load()
    assert [row["org_no"] for row in bank.table("org")] == ["1", "11", "12"]
    side.write_text("12,1,静安支行,4\n11,1,又一家,4\n", "utf-8")
    assert held_on_the_second_night(bank).reason == "duplicate_key"


def test_a_lookup_takes_a_value_from_another_file(bank: SmallBank) -> None:
    bank.feeds["balance"]["lookups"] = {
        "currency": {
            "file": "ccy.csv",
            "columns": ["A", "C"],
            "key": "A",
            "value": "C",
            "where": "C <> 'XXX'",
        }
    }
    bank.feeds["balance"]["map"] = {
        "acct_no": "ACCT_NO", "balance": "BAL", "ccy": {"lookup": "currency", "key": "ACCT_NO"},
    }  # fmt: skip
    side = bank.inbox / "ccy.csv"
    side.write_text("A1,EUR\nA2,XXX\nA2,JPY\nA3,USD\n", "utf-8")
    bank.write()
    bank.load()
    assert [row["ccy"] for row in bank.table("balance")] == ["EUR", "JPY", "USD"]
    side.write_text("A1,GBP\nA2,JPY\nA3,USD\n", "utf-8")
    bank.rows["account"], bank.rows["transaction"] = [], []
    bank.write(NEXT)
    bank.load(NEXT)  # the balances did not change, but the side file did
    assert [row["ccy"] for row in bank.table("balance", NEXT)] == ["GBP", "JPY", "USD"]


def test_a_file_of_many_dates_gives_each_night_its_rows(bank: SmallBank) -> None:
    for feed, start in (("balance", True), ("transaction", False)):
        body = bank.feeds[feed]
        body |= {
            "file": f"{feed}.txt",
            "slice": "DAY",
            "slice_from_start": start,
            "tolerance": {"bad_rows": 0.9},
        }
        body["columns"] = ["DAY", *body["columns"]]  # type: ignore[misc]
        del body["control"]
    bank.feeds["balance"] |= {"mode": "UPSERT", "newest": "DAY"}
    (bank.inbox / "balance.txt").write_text(
        "20260128|+|A1|+|1.00|+|CNY\n20260130|+|A1|+|2.00|+|CNY\n20260130|+|A1|+|3.00|+|CNY\n"
        "20260129|+|A2|+|4.00|+|CNY\n20260131|+|A2|+|5.00|+|CNY\nsometime|+|A3|+|6.00|+|CNY\n", "utf-8",
    )  # fmt: skip
    (bank.inbox / "transaction.txt").write_text(
        "".join(
            f"{d}|+|{d}|+|T{d}|+|A1|+|C|+|1.00|+|CNY|+|CASH|+|\n" for d in (20260129, 20260130, 20260131)
        ),
        "utf-8",
    )
    others = [feed for feed in bank.feeds if feed not in ("balance", "transaction")]
    bank.write(FIRST, *others)
    bank.load()
    balances = {row["acct_no"]: row["balance"] for row in bank.table("balance")}
    assert balances == {"A1": Decimal("3.00"), "A2": Decimal("4.00")}
    assert [row["txn_seq"] for row in bank.table("transaction")] == ["T20260130"]
    assert quarantine.counts(bank.lake, FIRST) == {("balance", "not_date"): 1}
    for day, seq, a2 in ((NEXT, ["T20260131"], "5.00"), (following(NEXT), [], "5.00")):
        bank.write(day, *others)
        bank.load(day)
        assert {row["acct_no"]: row["balance"] for row in bank.table("balance", day)}["A2"] == Decimal(a2)
        assert [row["txn_seq"] for row in bank.table("transaction", day)] == seq


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where the machine lets one be mounted."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def big(bank: SmallBank) -> None:
    """Files of about 10 MB, and hardly to be compressed tables."""
    many(bank, 60_000)
    for n, row in enumerate(bank.rows["customer"]):
        row[1], row[2] = f"某{hash((n, 'name')):x}", f"{hash((n, 'cert')):x}{hash((n, 'more')):x}"


def test_a_full_disk_holds_the_date_and_loses_nothing(bank: SmallBank, tiny_disk: Path) -> None:
    bank.lake = Lake(tiny_disk / "lake")
    bank.write()
    bank.load()
    before = state(bank.day().folder)
    big(bank)
    bank.write(NEXT)
    with pytest.raises(Held) as problem:
        bank.load(NEXT)
    assert problem.value.reason == "disk_full"
    assert "Free space" in problem.value.remedy
    assert bank.lake.dates() == [FIRST]
    assert state(bank.day().folder) == before
    subprocess.run(["mount", "-o", "remount,size=64m", str(tiny_disk)], check=True)
    bank.load(NEXT)
    assert bank.arrow("customer", NEXT).num_rows == 60_000


@pytest.mark.parametrize("where", ["yinke.lake.ingest.load.merge", "yinke.lake.ingest.load.arrive"])
def test_the_systems_word_for_a_full_disk_becomes_a_held_date(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "customer.parquet")

    bank.write()
    monkeypatch.setattr(where, full)
    with pytest.raises(Held) as problem:
        bank.load()
    assert problem.value.reason == "disk_full"
    monkeypatch.undo()
    bank.load()
    assert bank.arrow("customer").num_rows == 2


def test_the_wrong_encoding_is_told_line_by_line(bank: SmallBank) -> None:
    bank.write()
    text = "".join("|+|".join(row) + "\n" for row in bank.rows["customer"])
    bank.feeds["customer"]["encoding"] = "UTF-8"
    bank.write_bytes("customer", text.encode("GB18030"))
    with pytest.raises(Held) as problem:
        bank.load()
    assert problem.value.reason == "tolerance"
    assert quarantine.counts(bank.lake, FIRST)[("customer", "bad_encoding")] == 2


def test_an_unknown_column_in_the_header_is_told(bank: SmallBank) -> None:
    bank.feeds["fx"]["header"] = True
    bank.write()
    bank.write_bytes("fx", b"CCY|+|RATE|+|NEW\nCNY|+|1|+|x\n")
    with pytest.raises(Held) as problem:
        bank.load()
    assert (problem.value.reason, problem.value.feed) == ("header", "fx")
    assert "NEW" in problem.value.message
