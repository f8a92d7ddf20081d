"""Plans: an expression made once and run every night, for each slice, with other files and other dates.

Making and compiling a wide Ibis expression takes about a second, running it on a small bank a tenth of
that. So a plan names its tables and scalars, and each night binds them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

ibis.options.sql.fuse_selects = False
"""Each step of an expression stays a subquery of its own. Ibis else writes the columns of one step into the
next, where one that is used three times stands three times: a few such steps make megabytes of SQL."""

Scalar: TypeAlias = date | int | Decimal

SCALAR_TYPES: dict[type, str] = {date: "DATE", int: "INT", Decimal: "DECIMAL(18, 6)"}
"""The types of scalars as both engines' SQL writes them."""

Files: TypeAlias = Sequence[Path] | pa.Schema | pa.Table
"""The files of a table; or only its columns, if it has no rows this time; or a small table from memory."""


@dataclass(frozen=True)
class Inputs:
    """What a plan is run with. Names are identifiers; each scalar keeps its type from run to run."""

    tables: Mapping[str, Files]
    scalars: Mapping[str, Scalar]


@dataclass(frozen=True)
class Bound:
    """The same inside an expression: tables and scalars by name."""

    tables: Mapping[str, Any]
    scalars: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        """A table."""
        return self.tables[name]

    def has(self, name: str) -> bool:
        """Whether the plan was given that table."""
        return name in self.tables


Build: TypeAlias = Callable[[Bound], Any]
"""Makes the expression. Pure: all that varies is in the inputs, or in the plan's ``shape``."""

Shape: TypeAlias = Hashable


def _variable(kind: dt.DataType) -> Any:
    def getvariable(key: str) -> Any: ...

    return ibis.udf.scalar.builtin(getvariable, signature=((dt.string,), kind))


VARIABLES: dict[type, Any] = {
    date: _variable(dt.date), int: _variable(dt.int32), Decimal: _variable(dt.Decimal(18, 6)),
}  # fmt: skip
"""How an expression names a scalar that is given only when it runs: a call, for which the engine writes the value."""
