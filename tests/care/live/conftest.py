"""A small bank at noon of the day after its night, and a system that tells it what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.care.live.telling import NOW, Teller, a_source
from tests.care.nights import TaskBank


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def core(tmp_path: Path, settings: Any) -> Teller:
    """The core bank, which signs what it tells."""
    return a_source(tmp_path, settings)


@pytest.fixture
def live(db: None, tmp_path: Path, settings: Any) -> TaskBank:
    """Two managers of one outlet, a customer each, and a lake that the settings name."""
    from dataclasses import replace

    bank = TaskBank(tmp_path / "lake")
    settings.YINKE = replace(settings.YINKE, lake=tmp_path / "lake")
    return bank
