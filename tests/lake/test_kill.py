"""kill -9 at any point of a night: run again, it ends in the very bytes of an undisturbed night."""

from __future__ import annotations

import random
import shutil
import time
from datetime import date
from pathlib import Path

import pytest

from tests.lake.killing import Killer, state
from tests.lake.small_bank import FIRST, SmallBank, a_lake, following
from yinke.lake.feeds import load_feeds
from yinke.lake.ingest import ingest
from yinke.lake.store import Lake

DAYS = (FIRST, following(FIRST))
POINTS = 32
MOMENTS = 10


def nights(folder: Path, days: tuple[date, ...]) -> None:
    """Ingest and publish dates of a small bank."""
    lake, feeds = Lake(folder / "lake"), load_feeds(folder / "feeds")
    for day in days:
        if lake.finish_publishing(day) is None:
            building = lake.build(day)
            summary = ingest(lake, feeds, folder / "inbox", building, lake.latest(before=day))
            building.note("ingest", {"rows": sum(feed.rows for feed in summary.feeds)})
            lake.publish(building)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank with two nights' files: new customers, changes, deletions, rows for the quarantine."""
    bank = SmallBank(tmp_path_factory.mktemp("bank"))
    for feed in ("customer", "account", "balance", "transaction"):
        bank.feeds[feed]["tolerance"] = {"bad_rows": 0.5}
    bank.rows["customer"].append(["C3", "李四", "", "1", "19850231", "11", "20210630", "0", "20260129080000"])
    bank.rows["transaction"].append(["20260130", "T2", "A404", "C", "1.00", "CNY", "TRANSFER", "无主"])
    bank.write(DAYS[0])
    bank.rows["customer"] = [["C0", "新客", "", "2", "20000229", "11", "20260131", "0", "20260131080000"]]
    bank.rows["account"] = [
        ["A4", "C0", "D", "CNY", "20260131", "0", "", "I"], ["A3", "", "", "", "", "", "", "D"],
    ]  # fmt: skip
    bank.rows["balance"] = [["A1", "7.00", "CNY"], ["A2", "500000.00", "CNY"], ["A4", "1.00", "CNY"]]
    bank.rows["transaction"] = [["20260131", "T3", "A4", "C", "-1.00", "CNY", "TRANSFER", ""]] + [
        ["20260131", f"T{n}", "A4", "C", "1.00", "CNY", "TRANSFER", ""] for n in range(4, 9)
    ]
    bank.write(DAYS[1])
    bank.described()
    shutil.rmtree(bank.folder / "lake")
    return bank.folder


@pytest.fixture(scope="module")
def killer() -> Killer:
    """Processes that can be killed."""
    return Killer(nights)


def fresh(written: Path, folder: Path) -> Path:
    """The bank's files and feeds with an empty lake; the inbox is shared, so that times are equal too."""
    folder.mkdir()
    a_lake(folder / "lake")
    for name in ("inbox", "feeds"):
        (folder / name).symlink_to(written / name)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    written: Path, killer: Killer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], int, float]:
    """(state, steps, seconds) of the nights when nobody disturbs them."""
    folder = fresh(written, tmp_path_factory.mktemp("undisturbed") / "bank")
    killer.run(folder, DAYS)  # the fork server's own start is not counted
    shutil.rmtree(folder / "lake")
    a_lake(folder / "lake")
    started = time.perf_counter()
    assert killer.run(folder, DAYS)
    return state(folder / "lake"), killer.steps(folder), time.perf_counter() - started


def test_the_undisturbed_nights_hold_what_a_kill_could_lose(
    undisturbed: tuple[dict[str, str], int, float],
) -> None:
    names = set(undisturbed[0])
    assert {"days/2026-01-30", "days/2026-01-31", "ids/2026-01.parquet"} <= names
    assert {"quarantine/2026-01-30/customer.parquet", "quarantine/2026-01-31/transaction.parquet"} <= names
    assert {"versions/2026-01-31-1/balance.parquet", "versions/2026-01-31-1/day.json"} <= names
    assert undisturbed[1] > POINTS


@pytest.mark.parametrize("part", range(POINTS))
def test_killed_at_any_step_the_nights_end_as_if_undisturbed(
    part: int, written: Path, killer: Killer, undisturbed: tuple[dict[str, str], int, float], tmp_path: Path
) -> None:
    expected, steps, _ = undisturbed
    chosen = random.Random(part).randint(part * steps // POINTS + 1, (part + 1) * steps // POINTS)
    folder = fresh(written, tmp_path / "bank")
    assert not killer.run(folder, DAYS, at=chosen)
    assert killer.run(folder, DAYS)
    assert state(folder / "lake") == expected


@pytest.mark.parametrize("seed", range(MOMENTS))
def test_killed_at_any_moment_the_nights_end_as_if_undisturbed(
    seed: int, written: Path, killer: Killer, undisturbed: tuple[dict[str, str], int, float], tmp_path: Path
) -> None:
    expected, _, seconds = undisturbed
    folder = fresh(written, tmp_path / "bank")
    moment = random.Random(seed)
    for _ in range(2):
        killer.run(folder, DAYS, after=moment.uniform(0.1, 0.9) * seconds)
    assert killer.run(folder, DAYS)
    assert state(folder / "lake") == expected
