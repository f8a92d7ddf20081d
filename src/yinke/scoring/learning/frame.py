"""What a model learns from: a matrix of numbers with names, and what each column is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]
Values: TypeAlias = npt.NDArray[np.floating[Any]]
Rows: TypeAlias = npt.NDArray[np.intp]
Labels: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Feature:
    """One column.

    ``levels``: of a category, its values by code; empty for a number. ``monotone``: +1 if the probability may only
    rise with it, -1 if only fall, 0 if the data decide.
    """

    name: str
    levels: tuple[str, ...] = ()
    monotone: int = 0

    @property
    def is_category(self) -> bool:
        """Whether the column holds codes of ``levels``."""
        return bool(self.levels)


@dataclass(frozen=True)
class Frame:
    """Rows of features: one row for each customer (or loan), NaN for what is not known."""

    features: tuple[Feature, ...]
    values: Values

    def __len__(self) -> int:
        return len(self.values)

    @property
    def names(self) -> list[str]:
        """The columns' names in order."""
        return [feature.name for feature in self.features]

    def take(self, rows: Rows | Labels) -> Frame:
        """Some of the rows."""
        return Frame(self.features, self.values[rows])


def codes(texts: Sequence[str | None], levels: Sequence[str]) -> Numbers:
    """Categories as codes; a text that is no level, or none at all, is not known.

    >>> codes(["b", None, "x"], ["a", "b"]).tolist()
    [1.0, nan, nan]
    """
    place = {level: float(n) for n, level in enumerate(levels)}
    return np.array([place.get(text, np.nan) if text is not None else np.nan for text in texts], np.float64)


def frame_of(columns: dict[Feature, Any]) -> Frame:
    """A frame of columns of equal length, each an array or a list of numbers (NaN: not known)."""
    return Frame(tuple(columns), np.column_stack([np.asarray(c, np.float64) for c in columns.values()]))
