"""PySpark: the engine for a bank that has outgrown one machine. Needs the extra ``spark`` and Java 17."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.common.errors import ConfigurationError
from yinke.lake.engine.files import ROW_GROUP, as_ibis, schema_of, sql_types, writer
from yinke.lake.engine.plans import SCALAR_TYPES, Bound, Build, Files, Inputs, Shape

OPEN_TABLES = 400
"""Views kept of the tables read last."""


class SparkEngine:
    """Implements ``Engine`` on a Spark session; one session per process.

    The workers must see the lake's folder under the same path as this process.
    """

    kind = "spark"
    slice_customers: int | None = None

    def __init__(self, *, threads: int, memory: str, scratch: Path, master: str = "") -> None:
        self._session = _session(threads, memory, scratch, master)
        from ibis.backends.pyspark.datatypes import PySparkSchema

        self._types = PySparkSchema.from_ibis
        self._ibis = ibis.pyspark.connect(self._session)
        self._views: list[str] = []
        self._made = 0

    def table(self, path: Path) -> Any:
        """See ``Engine.table``."""
        return self.tables([path])

    def tables(self, paths: Sequence[Path]) -> Any:
        """See ``Engine.tables``."""
        schema = schema_of(paths)  # told, so that Spark need not start a job to find it out
        reader = self._session.read.schema(self._types(schema))
        return self._view(reader.parquet(*(str(Path(path).absolute()) for path in paths)), schema)

    def use_threads(self, threads: int) -> None:
        """See ``Engine.use_threads``."""

    def plan(self, name: str, shape: Shape, inputs: Inputs, build: Build) -> Any:
        """See ``Engine.plan``. Here it is made anew each time: planning is little beside Spark's own start."""
        tables = {table: self._offer(files) for table, files in inputs.tables.items()}
        scalars = {
            scalar: ibis.literal(value, SCALAR_TYPES[type(value)].lower().replace("int", "int32"))
            for scalar, value in inputs.scalars.items()
        }
        return build(Bound(tables, scalars))

    def _offer(self, files: Files) -> Any:
        if isinstance(files, pa.Schema):
            return self.memtable(files.empty_table())
        return self.memtable(files) if isinstance(files, pa.Table) else self.tables(files)

    def memtable(self, table: pa.Table) -> Any:
        """See ``Engine.memtable``. In one piece: Spark reads no further than an empty one between others."""
        schema = as_ibis(table.schema)
        rows = table.combine_chunks() if table.num_rows else []
        return self._view(self._session.createDataFrame(rows, schema=self._types(schema)), schema)

    def _view(self, frame: Any, schema: ibis.Schema) -> Any:
        name = f"lake_{self._made}"
        self._made += 1
        frame.createOrReplaceTempView(name)
        self._views.append(name)
        if len(self._views) > OPEN_TABLES:
            self._session.catalog.dropTempView(self._views.pop(0))
        return ops.DatabaseTable(name=name, schema=schema, source=self._ibis).to_expr()

    def write(
        self,
        expr: Any,
        path: Path,
        schema: pa.Schema,
        sort: Sequence[str] = (),
        *,
        row_group: int = ROW_GROUP,
    ) -> int:
        """See ``Engine.write``. Workers write sorted parts beside ``path``; they are joined to one file."""
        expr = expr if isinstance(expr, ibis.Table) else reduce(lambda a, b: a.union(b), expr)
        frame = self._session.sql(str(self._ibis.compile(expr)))
        frame = frame.select(*(frame[name].cast(kind) for name, kind in sql_types(schema).items()))
        if sort:
            frame = frame.orderBy(*sort)
        parts = path.with_name(f"{path.name}.parts")
        try:
            frame.write.mode("overwrite").option("compression", "zstd").parquet(str(parts.absolute()))
            return _join(sorted(parts.glob("part-*.parquet")), path, schema, row_group)
        finally:
            shutil.rmtree(parts, ignore_errors=True)

    def to_arrow(self, expr: Any) -> pa.Table:
        """See ``Engine.to_arrow``."""
        table = self._session.sql(str(self._ibis.compile(expr))).toArrow()
        return table.cast(expr.schema().to_pyarrow())

    def mapped(
        self, expr: Any, work: Callable[[pa.Table], pa.Table], schema: pa.Schema, *, sort: str, scratch: Path
    ) -> Iterator[pa.Table]:
        """See ``Engine.mapped``. Each worker takes batches of its partitions and writes what it makes of them."""
        frame = self._session.sql(str(self._ibis.compile(expr))).orderBy(sort)
        read = expr.schema().to_pyarrow()

        def each(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from work(pa.Table.from_batches([batch]).cast(read)).to_batches()

        made = frame.mapInArrow(each, self._types(as_ibis(schema)))
        try:
            made.write.mode("overwrite").option("compression", "zstd").parquet(str(scratch.absolute()))
            for part in sorted(scratch.glob("part-*.parquet")):
                yield pq.read_table(part).cast(schema)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _join(parts: Sequence[Path], path: Path, schema: pa.Schema, row_group: int) -> int:
    total = 0
    with writer(path, schema) as file:
        waiting: list[pa.RecordBatch] = []
        for batch in (batch for part in parts for batch in pq.ParquetFile(part).iter_batches(ROW_GROUP)):
            waiting.append(batch)
            if sum(len(b) for b in waiting) >= ROW_GROUP:
                total += _put(file, waiting, schema, row_group)
        return total + _put(file, waiting, schema, row_group)


def _put(file: pq.ParquetWriter, waiting: list[pa.RecordBatch], schema: pa.Schema, row_group: int) -> int:
    if not waiting:
        return 0
    table = pa.Table.from_batches(waiting).cast(schema)
    waiting.clear()
    file.write_table(table, row_group_size=row_group)
    return int(table.num_rows)


def _session(threads: int, memory: str, scratch: Path, master: str) -> Any:
    missing = ConfigurationError(
        "Spark can't be started", place="YINKE_ENGINE",
        remedy="Install Java 17 and: uv sync --extra spark; or set YINKE_ENGINE=duckdb",
    )  # fmt: skip
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise missing from None
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise missing
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need what this process has
    spill = scratch / ".spill"
    spill.mkdir(parents=True, exist_ok=True)
    return (
        SparkSession.builder.appName("yinke")
        .master(master or f"local[{threads}]")
        .config("spark.driver.memory", memory.upper().removesuffix("B"))
        .config("spark.local.dir", str(spill.absolute()))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .config("spark.sql.shuffle.partitions", str(max(threads * 2, 4)))
        .config("spark.sql.adaptive.enabled", "true")
        .getOrCreate()
    )
