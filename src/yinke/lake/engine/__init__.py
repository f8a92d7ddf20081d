"""计算引擎: the one seam for computing over the lake. Expressions are Ibis; the engine is a setting.

Whatever engine runs, a table of the lake is always one Parquet file: both engines read what either wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import pyarrow as pa

from yinke.lake.engine.files import ROW_GROUP
from yinke.lake.engine.plans import Bound, Build, Files, Inputs, Scalar, Shape
from yinke.lake.engine.slices import Slice, slices

__all__ = ["Bound", "Engine", "Files", "Inputs", "Kind", "Scalar", "Slice", "Table", "open_engine", "slices"]

Kind = Literal["duckdb", "spark"]

Table: TypeAlias = Any
"""An ``ibis.Table``: lazy, nothing is computed before ``write`` or ``to_arrow``."""


class Engine(Protocol):
    """What a night may ask of an engine."""

    kind: str
    slice_customers: int | None
    """How many customers to take at a time (see ``slices``); None: all at once, the engine spreads them."""

    def table(self, path: Path) -> Table:
        """Scan one table of the lake (``Day.path(name)``, ``Building.path(name)``), lazily."""
        ...

    def tables(self, paths: Sequence[Path]) -> Table:
        """Several days of one table as one; they must have the same columns."""
        ...

    def memtable(self, table: pa.Table) -> Table:
        """A small table from memory."""
        ...

    def use_threads(self, threads: int) -> None:
        """Compute with so many from now on; an engine with workers elsewhere has its own bounds."""
        ...

    def plan(self, name: str, shape: Shape, inputs: Inputs, build: Build) -> Table:
        """An expression that is made once for each name and shape and then only bound to new inputs.

        A plan's expression stands for its newest inputs: compute it before the next call with that name.
        """
        ...

    def write(
        self,
        expr: Table | Iterable[Table],
        path: Path,
        schema: pa.Schema,
        sort: Sequence[str] = (),
        *,
        row_group: int = ROW_GROUP,
    ) -> int:
        """Write a table as one Parquet file: zstd, cast to ``schema``, row groups of ``row_group`` rows.

        Args:
            expr: one expression, or several with the same columns that are written one after another,
                each computed only when the one before has been written (so memory stays bounded).
            sort: order of the rows within each expression.

        Returns:
            The number of rows written.
        """
        ...

    def to_arrow(self, expr: Table) -> pa.Table:
        """Compute an expression whose result is small enough for this process's memory."""
        ...

    def mapped(
        self,
        expr: Table,
        work: Callable[[pa.Table], pa.Table],
        schema: pa.Schema,
        *,
        sort: str,
        scratch: Path,
    ) -> Iterator[pa.Table]:
        """What ``work`` makes of the rows of an expression: as many of them at a time as the engine likes, where they are.

        Args:
            work: pure; threads run it at once, and it can be pickled, for a cluster's workers run it. It should take one thread.
            schema: of what it gives.
            sort: column by which the rows come, and the tables after one another.
            scratch: a path that nothing stands at, where workers may leave what they made until it has been read.
        """
        ...


def open_engine(kind: Kind, *, threads: int, memory: str, scratch: Path, master: str = "") -> Engine:
    """Open an engine with bounded memory.

    Args:
        threads: how many cores it may use in this process.
        memory: e.g. ``4GB``; beyond it, it spills to a folder under ``scratch``.
        master: where Spark's cluster is (``spark://host:7077``, ``yarn``, ``local-cluster[2,1,1024]``);
            empty: this machine. DuckDB needs none.

    Raises:
        ConfigurationError: Spark is asked for and its extra or Java is not installed.
    """
    if kind == "spark":
        from yinke.lake.engine.spark import SparkEngine

        return SparkEngine(threads=threads, memory=memory, scratch=scratch, master=master)
    from yinke.lake.engine.duck import DuckEngine

    return DuckEngine(threads=threads, memory=memory, scratch=scratch)
