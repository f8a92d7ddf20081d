"""Shared by all tests: hypothesis profiles, and the marks that say why a test is skipped."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import duck, engine, spark  # noqa: F401  (fixtures)

settings.register_profile(
    "yinke", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("yinke")

collect_ignore = ["settings_of_mypy.py"]
"""Names a database that isn't there; imported for its doctests, it would name it to every test."""

SPARK = ("tests/lake/test_features_naive.py", "tests/care/events/test_detect.py", "tests/lake/test_engine.py",
         "tests/lake/test_oneid.py", "tests/lake/test_around.py", "tests/segments/rules/test_evaluators.py",
         "tests/segments/rules/test_check.py", "tests/scoring/test_engines.py")  # fmt: skip
"""Files that need Spark run in one process: its cluster is slow to start and wants much memory."""
E2E = "tests/e2e/"
"""These share one served demo bank and one browser, so they too run in one process."""
LONGEST = ("tests/examples/test_berka.py", "tests/e2e/test_pages.py", *SPARK)
"""Files that take minutes start first, lest one process be left with them at the end."""


def _file(nodeid: str) -> str:
    return nodeid.split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadfile``: Spark's files count as one, so do the browser's; the order stays that of the tests."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduler(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = _file(nodeid)
            return "spark" if file in SPARK else E2E if file.startswith(E2E) else file

    config.option.loadscopereorder = False
    return Scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; Spark's tests are skipped by name where there is no Java."""
    java = shutil.which("java")
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(
                pytest.mark.skipif(java is None, reason="Spark needs Java 17, which is not installed")
            )
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(_file(item.nodeid), len(places)))
