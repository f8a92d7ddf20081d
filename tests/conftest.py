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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip Spark's tests by name where there is no Java."""
    java = shutil.which("java")
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(
                pytest.mark.skipif(java is None, reason="Spark needs Java 17, which is not installed")
            )
