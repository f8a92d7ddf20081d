"""The small bank of the task tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.bench_bank import Bank


@pytest.fixture
def bank(db: None, tmp_path: Path) -> Bank:
    """An empty bank with its head office."""
    return Bank(tmp_path)
