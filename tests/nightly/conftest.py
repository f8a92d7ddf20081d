"""A bank whose whole nights run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nightly.night_bank import NightBank
from yinke.lake.engine import Engine, open_engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for all nights: it keeps the plans it has compiled."""
    return open_engine("duckdb", threads=1, memory="1GB", scratch=tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def bank(tmp_path: Path, engine: Engine) -> NightBank:
    """A bank of two customers, one manager and an operator."""
    return NightBank(tmp_path, engine)
