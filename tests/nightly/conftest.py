"""A bank whose whole nights run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nightly.night_bank import NightBank
from yinke.lake.engine import Engine, open_engine


@pytest.fixture(scope="package", autouse=True)
def no_ready_tags() -> Iterator[None]:
    """The hundreds of rules that come with Yinke take seconds of planning a night; these tests run hundreds of nights.

    ``tests/segments`` and the browser's demo bank have them all.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yinke.segments.night.ready_tags", dict)
        patch.setattr("yinke.nightly.people.install_ready_segments", lambda: None)
        yield


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for all nights: it keeps the plans it has compiled."""
    return open_engine("duckdb", threads=1, memory="1GB", scratch=tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def bank(tmp_path: Path, engine: Engine) -> NightBank:
    """A bank of two customers, one manager and an operator."""
    return NightBank(tmp_path, engine)
