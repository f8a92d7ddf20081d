"""kill -9 at any step of the lake's whole night: run again, it ends in the very bytes of an undisturbed one."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.lake.killing import Killer, state
from tests.lake.small_bank import FIRST, SmallBank, following
from tests.lake.test_kill import fresh
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import open_engine
from yinke.lake.feeds import load_feeds
from yinke.lake.store import Lake
from yinke.nightly.lake_night import Bench, run_lake_nights

DAYS = (following(FIRST), following(FIRST, 2))  # over a month's end
POINTS = 4


def nights(folder: Path, days: tuple[date, ...]) -> None:
    """Run the lake's half of some nights."""
    lake = Lake(folder / "lake")
    engine = open_engine("duckdb", threads=2, memory="1GB", scratch=lake.root / "building")
    bench = Bench(lake, engine, load_feeds(folder / "feeds"), folder / "inbox", load_thresholds())
    assert [day for day, _ in run_lake_nights(bench, days)] == list(days)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank with two nights' files."""
    bank = SmallBank(tmp_path_factory.mktemp("bank"))
    for number, day in enumerate(DAYS):
        bank.rows["transaction"] = [
            [f"{day:%Y%m%d}", f"T{number}", "A1", "C", "60000.00", "CNY", "TRANSFER", ""]
        ]
        bank.rows["balance"][0][1] = f"{60000 * (number + 1)}.00"
        bank.write(day)
    bank.described()
    shutil.rmtree(bank.folder / "lake")
    return bank.folder


@pytest.fixture(scope="module")
def killer() -> Killer:
    """Processes that can be killed."""
    return Killer(nights)


@pytest.fixture(scope="module")
def undisturbed(
    written: Path, killer: Killer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], int]:
    """(state, steps) of the nights when nobody disturbs them."""
    folder = fresh(written, tmp_path_factory.mktemp("undisturbed") / "bank")
    assert killer.run(folder, DAYS)
    return state(folder / "lake"), killer.steps(folder)


def test_the_undisturbed_nights_hold_what_a_kill_could_lose(undisturbed: tuple[dict[str, str], int]) -> None:
    for name in ("balance", "features", "snapshot", "events"):
        assert f"versions/{DAYS[1]}-1/{name}.parquet" in undisturbed[0]


@pytest.mark.parametrize("part", range(POINTS))
def test_killed_at_any_step_the_nights_end_as_if_undisturbed(
    part: int, written: Path, killer: Killer, undisturbed: tuple[dict[str, str], int], tmp_path: Path
) -> None:
    expected, steps = undisturbed
    folder = fresh(written, tmp_path / "bank")
    chosen = random.Random(part).randint(part * steps // POINTS + 1, (part + 1) * steps // POINTS)
    assert not killer.run(folder, DAYS, at=chosen)
    assert killer.run(folder, DAYS)
    found = state(folder / "lake")
    assert found.keys() == expected.keys()
    assert {name for name, digest in found.items() if digest != expected[name]} == set()
