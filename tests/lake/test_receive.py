"""Control files: what they promise is compared with what came; a date that does not fit is held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lake.small_bank import FIRST, SmallBank, following
from yinke.common.errors import Held
from yinke.lake.ingest import awaited


def held(bank: SmallBank) -> Held:
    """The reason why the first date is held; nothing of it may be published."""
    with pytest.raises(Held) as problem:
        bank.load()
    assert bank.lake.day(FIRST) is None
    assert problem.value.remedy
    assert problem.value.feed
    return problem.value


def spoil(bank: SmallBank, **promise: object) -> None:
    """Make the balance's control file promise something else."""
    path = bank.control("balance")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | promise), "utf-8")


def test_a_file_cut_short_is_held(bank: SmallBank) -> None:
    bank.write()
    data = bank.data("balance")
    data.write_bytes(data.read_bytes()[:-7])
    problem = held(bank)
    assert (problem.reason, problem.feed, problem.place) == ("bytes", "balance", data.name)


@pytest.mark.parametrize(
    ("promise", "reason"),
    [
        ({"sha256": "0" * 64}, "hash"),
        ({"md5": "0" * 32}, "hash"),
        ({"biz_date": "20260131"}, "wrong_date"),
        ({"biz_date": "2026-01-29"}, "wrong_date"),
        ({"rows": 4}, "rows"),
        ({"rows": "many"}, "control"),
        ({"sum_fields": {"BAL": "501020.52"}}, "sums"),
        ({"sum_fields": {"BAL": "a lot"}}, "control"),
        ({"sum_fields": ["BAL"]}, "control"),
    ],
)
def test_a_promise_that_is_not_kept_holds_the_date(
    bank: SmallBank, promise: dict[str, object], reason: str
) -> None:
    bank.write()
    spoil(bank, **promise)
    assert held(bank).reason == reason


def test_sums_may_differ_by_the_tolerance(bank: SmallBank) -> None:
    bank.write()
    spoil(bank, sum_fields={"BAL": "501020.52"})
    bank.feeds["balance"]["tolerance"] = {"total": 0.02}
    bank.load()


def test_the_right_md5_passes(bank: SmallBank) -> None:
    bank.write()
    spoil(bank, md5=hashlib.md5(bank.data("balance").read_bytes()).hexdigest().upper())
    bank.load()


def test_a_control_file_without_data_is_held(bank: SmallBank) -> None:
    bank.write()
    bank.data("customer").unlink()
    assert held(bank).reason == "missing_data"


def test_data_without_a_control_file_waits(bank: SmallBank) -> None:
    bank.write()
    bank.control("customer").unlink()
    assert held(bank).reason == "missing_control"
    assert [item.feed for item in awaited(bank.described(), bank.inbox, FIRST)] == ["customer"]
    bank.write(FIRST, "customer")
    bank.load()  # the night goes on when it comes


def test_a_feed_of_which_nothing_came_is_held(bank: SmallBank) -> None:
    bank.write()
    bank.data("customer").unlink()
    bank.control("customer").unlink()
    assert held(bank).reason == "missing_control"


@pytest.mark.parametrize("text", ["{not json", "[1]", ""])
def test_a_control_file_that_is_no_json_object_is_held(bank: SmallBank, text: str) -> None:
    bank.write()
    bank.control("org").write_text(text, "utf-8")
    assert held(bank).reason == "control"


@pytest.mark.parametrize("suffix", [".ok", ".OK"])
def test_the_control_files_extension_may_be_of_either_case(bank: SmallBank, suffix: str) -> None:
    bank.write()
    for feed in bank.feeds:
        bank.control(feed).rename(bank.control(feed).with_suffix(suffix))
    bank.load()


def delimited(bank: SmallBank, change: Callable[[list[str]], list[str]]) -> None:
    """Give the customers a control file of one delimited line."""
    data = bank.data("customer")
    bank.feeds["customer"]["control"] = {
        "file": "{date:%Y%m%d}/CUSTOMER_{date:%Y%m%d}.ctl", "form": "delimited", "delimiter": "|+|",
        "fields": ["file", "rows", "bytes", "md5"],
    }  # fmt: skip
    fields = [data.name, "2", str(data.stat().st_size), hashlib.md5(data.read_bytes()).hexdigest()]
    data.with_suffix(".ctl").write_text("|+|".join(change(fields)), "utf-8")


def test_a_delimited_control_file_is_verified(bank: SmallBank) -> None:
    bank.write()
    delimited(bank, lambda fields: fields)
    bank.load()


@pytest.mark.parametrize(
    ("position", "value", "reason"),
    [(0, "OTHER.txt", "wrong_file"), (1, "3", "rows"), (2, "1", "bytes"), (3, "0" * 32, "hash")],
)
def test_a_wrong_field_of_a_delimited_control_file_holds(
    bank: SmallBank, position: int, value: str, reason: str
) -> None:
    bank.write()
    delimited(bank, lambda fields: [*fields[:position], value, *fields[position + 1 :]])
    assert held(bank).reason == reason


def test_a_delimited_control_file_with_other_fields_is_held(bank: SmallBank) -> None:
    bank.write()
    delimited(bank, lambda fields: fields[:2])
    assert held(bank).reason == "control"


@pytest.mark.parametrize(("text", "reason"), [("2\n", ""), ("rows=2", ""), ("3", "rows"), ("", "control")])
def test_a_control_file_may_hold_the_count_only(bank: SmallBank, text: str, reason: str) -> None:
    bank.write()
    bank.feeds["customer"]["control"] = {"file": "{date:%Y%m%d}/CUSTOMER_{date:%Y%m%d}.OK", "form": "count"}
    bank.control("customer").write_text(text, "utf-8")
    if reason:
        assert held(bank).reason == reason
    else:
        bank.load()


def test_a_control_file_may_be_empty(bank: SmallBank) -> None:
    bank.write()
    bank.feeds["customer"]["control"] = {"file": "{date:%Y%m%d}/CUSTOMER_{date:%Y%m%d}.OK", "form": "empty"}
    bank.control("customer").write_bytes(b"")
    bank.load()


def test_the_raw_copy_is_kept_and_never_changed(bank: SmallBank) -> None:
    bank.write()
    first = bank.data("customer").read_bytes()
    bank.load()
    bank.rows["customer"][0][1] = "王大伟"
    bank.write(FIRST, "customer")
    bank.load()
    copies = sorted((bank.lake.root / "raw" / FIRST.isoformat() / "customer").glob("*/CUSTOMER*.txt"))
    opened = []
    for path in copies:
        with bank.lake.keys.opened_file(path) as file:
            opened.append(file.read())
    assert opened == [first, bank.data("customer").read_bytes()]
    assert all(path.stat().st_mode & 0o222 == 0 for path in copies)


def test_a_date_can_be_made_anew_from_the_raw_copies_alone(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    tables = {path.name: path.read_bytes() for path in bank.day().folder.glob("*.parquet")}
    for path in bank.inbox.rglob("*.*"):
        path.unlink()
    bank.load()
    assert {path.name: path.read_bytes() for path in bank.day().folder.glob("*.parquet")} == tables


def test_of_several_deliveries_the_last_is_the_one_kept_for_a_rebuild(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    first = list(bank.rows["fx"])
    for rate in ("7.2", "7.1"):
        bank.rows["fx"] = [["CNY", "1"], ["USD", rate]]
        bank.write(FIRST, "fx")
        bank.load()
    assert bank.rows["fx"] == first  # the first delivery came again as the third
    (bank.data("fx")).unlink()
    bank.control("fx").unlink()
    bank.load()
    assert str(bank.table("fx")[1]["mid_rate"]) == "7.100000"


def test_a_file_still_being_written_is_held(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.write()
    whole = hashlib.sha256

    class Growing:
        """Appends to the file while it is hashed, as a slow transfer does."""

        def __init__(self, data: bytes = b"") -> None:
            self.digest = whole(data)

        def update(self, block: bytes) -> None:
            self.digest.update(block)
            if bank.data("org").stat().st_size < 1000:
                with bank.data("org").open("ab") as file:
                    file.write(b"2|+|1|+|more|+|2\n" * 100)

        def hexdigest(self) -> str:
            return self.digest.hexdigest()

    monkeypatch.setattr("yinke.lake.ingest.receive.hashlib.sha256", Growing)
    assert held(bank).reason == "unstable"


def test_a_missed_night_must_be_run_first(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    later = following(FIRST, 2)
    bank.write(later)
    with pytest.raises(Held) as problem:
        bank.load(later)
    assert problem.value.reason == "gap"
    assert str(following(FIRST)) in problem.value.remedy


def test_workday_feeds_rest_on_the_days_that_the_banks_calendar_calls_holidays(
    bank: SmallBank, tmp_path: Path
) -> None:
    saturday, monday = following(FIRST), following(FIRST, 3)
    bank.feeds["customer"]["schedule"] = "workdays"
    bank.feeds["calendar"] = {
        "feed": "calendar", "table": "calendar", "name": {"zh": "日历", "en": "Calendar"}, "file": "calendar.csv",
        "encoding": "UTF-8", "delimiter": ",", "mode": "FULL", "columns": ["D", "W"],
        "map": {"day": "D", "is_workday": "W"},
    }  # fmt: skip
    bank.rows["calendar"] = []
    (bank.inbox / "calendar.csv").write_text(f"{saturday:%Y%m%d},1\n{monday:%Y%m%d},0\n", "utf-8")
    daily = [feed for feed in bank.feeds if feed not in ("customer", "calendar")]
    bank.write(FIRST, *daily, "customer")
    bank.load()
    waiting = [item.feed for item in awaited(bank.described(), bank.inbox, saturday, bank.day())]
    assert "customer" in waiting  # a make-up working day
    bank.write(saturday, *daily, "customer")
    bank.load(saturday)
    bank.write(following(FIRST, 2), *daily)
    bank.load(following(FIRST, 2))  # Sunday
    bank.write(monday, *daily)
    bank.load(monday)  # a holiday
    assert len(bank.table("customer", monday)) == 2
