"""A small bank for the tests of the lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lake.small_bank import SmallBank


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    """A bank with two customers and three accounts, whose files are not yet written."""
    return SmallBank(tmp_path)
