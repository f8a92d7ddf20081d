from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.events.bank import Bank
from yinke.lake.engine import Engine, open_engine


@pytest.fixture(scope="session")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine("duckdb", threads=2, memory="1GB", scratch=tmp_path_factory.mktemp("duckdb"))


@pytest.fixture
def bank(tmp_path: Path, duckdb: Engine) -> Bank:
    """A small bank on Wednesday, 17 June 2026."""
    return Bank(tmp_path, duckdb)
