from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yinke.demo.generate import generate

FIRST, LAST = date(2026, 3, 9), date(2026, 3, 24)  # paydays, the quarter's interest and two weekends


@pytest.fixture(scope="session")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen nights of a bank of 900 customers."""
    out = tmp_path_factory.mktemp("bank")
    generate(900, FIRST, LAST, 7, out)
    return out
