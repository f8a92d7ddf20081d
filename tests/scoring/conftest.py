"""One lake for all tests of the churn model that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scoring.bank import LeaverBank
from yinke.lake.engine import Engine


@pytest.fixture(scope="session")
def leavers(tmp_path_factory: pytest.TempPathFactory, duck: Engine) -> LeaverBank:
    root: Path = tmp_path_factory.mktemp("leavers")
    return LeaverBank(root / "lake", duck).made()
