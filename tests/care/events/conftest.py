from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.events.bank import Bank
from tests.engines import duck, engine, spark
from yinke.lake.engine import Engine

__all__ = ["duck", "engine", "spark"]


@pytest.fixture
def bank(tmp_path: Path, duck: Engine) -> Bank:
    """A small bank on Wednesday, 17 June 2026."""
    return Bank(tmp_path, duck)
