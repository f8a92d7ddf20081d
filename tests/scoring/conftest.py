"""One lake for all tests of the churn model that only read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scoring.bank import SMALL, LeaverBank
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.scoring.churn.store import numbers_of, set_released
from yinke.scoring.churn.train import train_churn


@pytest.fixture(scope="session")
def leavers(tmp_path_factory: pytest.TempPathFactory, duck: Engine) -> LeaverBank:
    root: Path = tmp_path_factory.mktemp("leavers")
    return LeaverBank(root / "lake", duck).made()


@pytest.fixture
def lake(leavers: LeaverBank, tmp_path: Path) -> Lake:
    """A copy of the leavers' lake in which a model is released."""
    bank = leavers.bank
    if not numbers_of(bank.lake, "churn"):
        train_churn(bank.engine, bank.lake, bank.values, threads=1, recipe=SMALL)
    root = tmp_path / "lake"
    shutil.copytree(bank.lake.root, root, symlinks=True)
    found = Lake(root)
    set_released(found, "churn", 1)
    return found
