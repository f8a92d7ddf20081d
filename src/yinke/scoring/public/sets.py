"""A public set: how its file is found and read, what is left out of it and why, and what is published about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from yinke.common.errors import YinkeError
from yinke.scoring.learning.fit import Recipe
from yinke.scoring.learning.frame import Frame, Labels, Numbers


@dataclass(frozen=True)
class Sample:
    """A set as read. ``notes``: what a reader of its figures must know, such as how many rows lack transactions."""

    frame: Frame
    y: Labels
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Published:
    """A figure that others state, with where. ``metric`` is a name of ``Metrics``."""

    metric: str
    figure: str
    source: str


@dataclass(frozen=True)
class PublicSet:
    """One set. ``traps``: what would make its figures dishonest, and how that is avoided."""

    name: str
    title: str
    file: str
    """The file (or, for several, the folder's first file) looked for in a folder."""
    read: Callable[[Path], Sample]
    recipe: Recipe
    traps: tuple[str, ...]
    published: tuple[Published, ...]
    in_time_order: bool = False
    repeats: int = 5


def locate(path: Path, file: str) -> Path:
    """The set's file: ``path`` itself, or the file of that name in it or in one of its folders.

    Raises:
        YinkeError: there is none (``dataset_missing``).
    """
    if path.is_file():
        return path
    found = sorted(path.rglob(file)) if path.is_dir() else []
    if not found:
        raise YinkeError(
            f"There is no {file}", place=str(path), code="dataset_missing",
            remedy="Give --path the file, or the folder in which it lies",
        )  # fmt: skip
    return found[0]


def read_columns(path: Path, wanted: Sequence[str], delimiter: str = ",") -> pa.Table:
    """The columns of a text file, in the clear; every cell a text, an empty one null.

    Raises:
        YinkeError: it is no such file, or lacks a column (``dataset_odd``).
    """
    try:
        table = pc.read_csv(
            path,
            parse_options=pc.ParseOptions(delimiter=delimiter),
            convert_options=pc.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=list(wanted),
                strings_can_be_null=True, quoted_strings_can_be_null=True, null_values=["", "NA", "?"],
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError) as problem:
        said = str(problem).splitlines()[0].strip("'\"")
        raise odd(path, f"The file is not what the set is: {said}") from None
    if table.num_rows == 0:
        raise odd(path, "The file has no rows")
    return table


def odd(path: Path, message: str) -> YinkeError:
    """A file that cannot be the set's."""
    return YinkeError(
        message, place=str(path), code="dataset_odd",
        remedy="Compare it with the set's description in docs/models.md, and give the original file",
    )  # fmt: skip


def numbers(path: Path, table: pa.Table, column: str) -> Numbers:
    """A column of numbers; empty cells are NaN.

    Raises:
        YinkeError: a cell is no number (``dataset_odd``).
    """
    try:
        return np.asarray(table[column].cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowInvalid as problem:
        raise odd(path, f"Column {column}: {str(problem).splitlines()[0]}") from None


def labels(path: Path, table: pa.Table, column: str, yes: Sequence[str], no: Sequence[str]) -> Labels:
    """A column of yes and no.

    Raises:
        YinkeError: a cell is neither, or all are alike (``dataset_odd``).
    """
    texts = table[column].to_pylist()
    strange = sorted({str(text) for text in texts} - {*yes, *no})
    if strange:
        raise odd(path, f"Column {column} has {strange[0]}, which is none of {', '.join([*yes, *no])}")
    found = np.array([text in yes for text in texts])
    if found.all() or not found.any():
        raise odd(path, f"Column {column} is the same in all rows")
    return found


def texts(table: pa.Table, column: str) -> list[str | None]:
    """A column of texts."""
    found: list[str | None] = table[column].to_pylist()
    return found


def levels(values: Sequence[str | None]) -> tuple[str, ...]:
    """The values of a category, in the alphabet's order."""
    return tuple(sorted({value for value in values if value is not None}))
