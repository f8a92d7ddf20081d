"""Shared by all tests: hypothesis profiles, and the marks that say why a test is skipped."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import duck, engine, spark  # noqa: F401  (fixtures)

settings.register_profile(
    "yinke", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("yinke")


LONGEST = ("spark", "tests/examples/test_berka.py", "tests/e2e/test_pages.py")
"""Groups that take minutes: they start first, lest one worker be left with them at the end."""


def _group(item: pytest.Item) -> str:
    """The tests of a file run in one process, those of Spark in a single one: its cluster is slow to start."""
    return "spark" if item.get_closest_marker("spark") else item.nodeid.split("::")[0]


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests for ``--dist loadgroup``, and skip Spark's by name where there is no Java."""
    java = shutil.which("java")
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
        if item.get_closest_marker("spark"):
            item.add_marker(
                pytest.mark.skipif(java is None, reason="Spark needs Java 17, which is not installed")
            )
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(_group(item), len(order)))
