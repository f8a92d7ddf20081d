"""The engines that tests of the lake run on: ``engine`` is DuckDB and, marked ``spark``, PySpark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yinke.lake.engine import Engine, open_engine

LOCAL_CLUSTER = "local-cluster[1,2,1024]"
"""A Spark cluster on this machine whose worker, of two tasks at a time, is a process of its own."""


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine("duckdb", threads=2, memory="1GB", scratch=tmp_path_factory.mktemp("duck"))


SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Java processes that end after a minute: thorough compiling costs them more than it brings."""

FEW_ROWS = {
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2", "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
}  # fmt: skip
"""For a dozen rows: Spark compiles Java for each step of each plan, which takes most of a test's time."""


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    scratch: Path = tmp_path_factory.mktemp("spark")
    os.environ.setdefault("JDK_JAVA_OPTIONS", SHORT_LIVED)
    engine = open_engine("spark", threads=2, memory="1GB", scratch=scratch, master=LOCAL_CLUSTER)
    for key, value in FEW_ROWS.items():
        engine._session.conf.set(key, value)  # type: ignore[attr-defined]
    return engine


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue("duck" if request.param == "duckdb" else "spark")
