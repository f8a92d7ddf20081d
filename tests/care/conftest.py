"""The small bank of the care tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.nights import TaskBank


@pytest.fixture
def bank(db: None, tmp_path: Path) -> TaskBank:
    """Two managers of one outlet, a customer each."""
    return TaskBank(tmp_path)
