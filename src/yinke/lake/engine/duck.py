"""DuckDB inside this process: the default engine."""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from yinke.lake.engine.files import ROW_GROUP, as_ibis, quoted, schema_of, sql_types, writer
from yinke.lake.engine.plans import SCALAR_TYPES, VARIABLES, Bound, Build, Files, Inputs, Shape

warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
"""What DuckDB recommends instead plans every statement twice; the copy that it warns of costs less."""

OPEN_TABLES = 400
"""Views kept of the tables read last."""
PIECE = 32_768
"""The most rows that ``mapped`` hands over at a time."""


class DuckEngine:
    """Implements ``Engine`` on one in-memory DuckDB database that reads and writes the lake's files."""

    kind = "duckdb"
    slice_customers: int | None = 250_000

    def __init__(self, *, threads: int, memory: str, scratch: Path) -> None:
        spill = scratch / ".spill"
        self._ibis = ibis.duckdb.connect(
            ":memory:", threads=threads, memory_limit=memory, temp_directory=str(spill)
        )
        self._db = self._ibis.con
        self._threads = threads
        self._db.execute("SET parquet_metadata_cache=true")
        self._views: OrderedDict[tuple[str, ...], tuple[str, ibis.Schema]] = OrderedDict()
        self._made = 0
        self._meaning: dict[str, str] = {}

    def table(self, path: Path) -> Any:
        """See ``Engine.table``."""
        return self.tables([path])

    def tables(self, paths: Sequence[Path]) -> Any:
        """See ``Engine.tables``."""
        key = tuple(str(path) for path in paths)
        schema = schema_of(paths)
        known = self._views.pop(key, None)
        if known is None or known[1] != schema:
            name = known[0] if known else f"lake_{self._made}"
            self._made += known is None
            files = ", ".join(quoted(path) for path in key)
            self._db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{files}])")
            known = (name, schema)
        self._views[key] = known
        if len(self._views) > OPEN_TABLES:
            _, (oldest, _) = self._views.popitem(last=False)
            self._db.execute(f"DROP VIEW IF EXISTS {oldest}")
        return ops.DatabaseTable(name=known[0], schema=schema, source=self._ibis).to_expr()

    def use_threads(self, threads: int) -> None:
        """See ``Engine.use_threads``."""
        self._db.execute(f"SET threads={int(threads)}")
        self._threads = int(threads)

    def plan(self, name: str, shape: Shape, inputs: Inputs, build: Build) -> Any:
        """See ``Engine.plan``: tables and scalars stand under names, for which ``_sql`` puts what they mean."""
        schemas = {t: self._offer(_named(name, t), files) for t, files in inputs.tables.items()}
        for scalar, value in inputs.scalars.items():
            self._meaning[_named(name, scalar)] = f"CAST('{value}' AS {SCALAR_TYPES[type(value)]})"
        key: tuple[object, ...] = (name, shape, tuple(schemas.items()), tuple(inputs.scalars))
        if key not in _plans:
            bound = Bound(
                {t: ibis.table(s, name=_named(name, t)) for t, s in schemas.items()},
                {n: VARIABLES[type(v)](_named(name, n)) for n, v in inputs.scalars.items()},
            )
            expr = build(bound)
            _compiled[expr.op()] = str(self._ibis.compile(expr))
            _plans[key] = expr
        return _plans[key]

    def _offer(self, table: str, files: Files) -> ibis.Schema:
        """Put files, a table or an empty one behind a name."""
        if isinstance(files, pa.Table):
            self._meaning.pop(table, None)
            self._db.register(table, files)
            return as_ibis(files.schema)
        if isinstance(files, pa.Schema):
            nulls = (f'CAST(NULL AS {_duck(kind)}) AS "{c}"' for c, kind in sql_types(files).items())
            self._meaning[table] = f"(SELECT {', '.join(nulls)} WHERE false)"
            return as_ibis(files)
        self._meaning[table] = f"read_parquet([{', '.join(quoted(str(path)) for path in files)}])"
        return schema_of(files)

    def memtable(self, table: pa.Table) -> Any:
        """See ``Engine.memtable``."""
        return ibis.memtable(table)

    def write(
        self,
        expr: Any,
        path: Path,
        schema: pa.Schema,
        sort: Sequence[str] = (),
        *,
        row_group: int = ROW_GROUP,
    ) -> int:
        """See ``Engine.write``. One expression goes straight from DuckDB to the file; of several, one is
        computed while the one before is being encoded."""
        if isinstance(expr, ibis.Table):
            sql = self._sql(expr, schema, sort)
            rows = self._db.execute(
                f"COPY ({sql}) TO {quoted(str(path))}"
                f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {row_group})"
            ).fetchone()
            return int(rows[0]) if rows else 0
        return self._write_many(expr, path, schema, sort, row_group)

    def _write_many(
        self, parts: Iterable[Any], path: Path, schema: pa.Schema, sort: Sequence[str], row_group: int
    ) -> int:
        def computed() -> Iterator[pa.Table]:
            for part in parts:
                yield self._db.execute(self._sql(part, schema, sort)).to_arrow_table()

        total = 0
        with (
            writer(path, schema) as file,
            ThreadPoolExecutor(1) as encoder,
        ):
            pending = None
            for table in computed():
                if pending is not None:
                    pending.result()
                total += table.num_rows
                pending = encoder.submit(file.write_table, table.cast(schema), row_group_size=row_group)
                del table
            if pending is not None:
                pending.result()
        return total

    def to_arrow(self, expr: Any) -> pa.Table:
        """See ``Engine.to_arrow``."""
        return self._db.execute(self._select(expr)).to_arrow_table().cast(expr.schema().to_pyarrow())

    def mapped(
        self, expr: Any, work: Callable[[pa.Table], pa.Table], schema: pa.Schema, *, sort: str, scratch: Path
    ) -> Iterator[pa.Table]:
        """See ``Engine.mapped``. Threads share the pieces; the rows are read all at once: who asks takes slices."""
        table = self.to_arrow(expr).sort_by(sort)
        size = min(PIECE, len(table) // self._threads + 1)
        pieces = [table.slice(start, size) for start in range(0, max(len(table), 1), size)]
        with ThreadPoolExecutor(self._threads) as pool:
            for made in pool.map(work, pieces):
                yield made.cast(schema)

    def _sql(self, expr: Any, schema: pa.Schema, sort: Sequence[str]) -> str:
        columns = ", ".join(
            f'CAST("{name}" AS {_duck(kind)}) AS "{name}"' for name, kind in sql_types(schema).items()
        )
        order = f" ORDER BY {', '.join(sort)}" if sort else ""
        return f"SELECT {columns} FROM ({self._select(expr)}){order}"

    def _select(self, expr: Any) -> str:
        sql = _compiled.get(expr.op())
        if sql is None:
            self._ibis._run_pre_execute_hooks(expr)  # memtables become visible to plain SQL
            sql = str(self._ibis.compile(expr))
        return _NAMED.sub(lambda found: self._meaning.get(found[1] or found[2], found[0]), sql)


_plans: dict[tuple[object, ...], Any] = {}
_compiled: dict[Any, str] = {}
"""Plans and their SQL, which speak of names only: those of every engine of this process."""
_NAMED = re.compile(r"""GETVARIABLE\('(plan:\w+:\w+)'\)|"(plan:\w+:\w+)\"""")
"""A scalar or a table of a plan in compiled SQL. Written out, it spares a statement for each, which a small bank's
night would notice, and tells DuckDB the value when it plans."""


def _named(plan: str, name: str) -> str:
    return f"plan:{plan}:{name}"


def _duck(kind: str) -> str:
    if kind.startswith("ARRAY<"):
        return f"{_duck(kind[6:-1])}[]"
    return kind.removesuffix("_NTZ")
