"""A bank whose whole nights run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nightly.night_bank import NightBank


@pytest.fixture
def bank(tmp_path: Path) -> NightBank:
    """A bank of two customers, one manager and an operator."""
    return NightBank(tmp_path)
