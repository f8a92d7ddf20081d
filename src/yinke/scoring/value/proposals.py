"""What to propose: of each customer the categories that suit, that are likely enough, and of those what pays best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.score_table import money, named, numbers, repeated
from yinke.scoring.learning.fit import Model
from yinke.scoring.learning.frame import Frame, Numbers, Rows
from yinke.scoring.learning.trees import Columns
from yinke.scoring.value.expected import rounded
from yinke.scoring.value.suitability import Judged, judge, told
from yinke.scoring.value.used import Used
from yinke.scoring.value.value_table import PROPOSALS, REASONS


@dataclass(frozen=True)
class Ranked:
    """Customers × the categories that a model knows, ``names``."""

    names: list[str]
    judged: Judged
    holds: npt.NDArray[np.bool_]
    """Customers × ``CATEGORIES``."""
    columns: Columns
    chance: Numbers
    """To be newly held within three months; 0 of what may not be proposed."""
    pays: Numbers
    """By category: what a new holder brings in a year, CNY."""
    rank: Numbers
    """Chance × what it pays; -1 of what is not proposed."""


def ranked(
    used: Used, table: pa.Table, frame: Frame, values: Mapping[str, Any], risks: Mapping[str, int], on: date
) -> Ranked:
    """Rank the categories for rows as ``features.observe`` gives them.

    Args:
        frame: the features of the same rows.
        risks: the lowest risk level on sale by category, as ``suitability.least_risks``.
        on: the business date, on which an assessment must be valid.
    """
    from yinke.scoring.value.features import place_of

    assert used.products is not None  # noqa: S101
    holds = np.column_stack([frame.values[:, place_of(f"holds_{c.lower()}")] > 0 for c in CATEGORIES])
    judged, names = judge(table, risks, values, on), list(used.products)
    place = [CATEGORIES.index(name) for name in names]
    may = ~holds[:, place] & (judged.barred[:, place] == 0)
    chance: Numbers = np.zeros(may.shape)
    columns = Columns(frame.values)
    for n, model in enumerate(used.products.values()):
        asked = np.flatnonzero(may[:, n])
        (trees,) = model.trees
        chance[asked, n] = model.calibrator(trees.scores(columns.take(asked)))
    may &= chance >= float(values["value.least_probability"])
    pays = np.array([used.card["metrics"]["categories"][name]["worth"] for name in names])
    rank = np.where(may, chance * np.maximum(pays, 0.01), -1.0)
    return Ranked(names, judged, holds, columns, chance, pays, rank)


def best(rank: Numbers) -> Rows:
    """The place of the best category of each row; -1: nothing is proposed.

    >>> best(np.array([[0.2, 0.5], [-1.0, -1.0]])).tolist()
    [1, -1]
    """
    found = rank.argmax(axis=1)
    return np.where(rank[np.arange(len(rank)), found] > 0, found, -1)


def proposals(used: Used, frame: Frame, found: Ranked) -> dict[str, Any]:
    """The columns of ``value`` that tell what is proposed, why, and what is forbidden."""
    assert used.products is not None  # noqa: S101
    count, rank, chance = len(frame), found.rank.copy(), np.round(found.chance, 3)
    columns: dict[str, Any] = {
        "product_model": repeated(used.number, count), "up_to": pa.array(found.judged.up_to),
        "barred": told(found.judged.barred, ~found.holds),
    }  # fmt: skip
    for n in range(min(PROPOSALS, len(found.names))):
        chosen = best(rank)
        rows = np.flatnonzero(chosen >= 0)
        which = chosen[rows]
        columns |= {
            f"product_{n + 1}": named(chosen, found.names),
            f"probability_{n + 1}": numbers(_spread(count, rows, chance[rows, which])),
            f"worth_{n + 1}": money(_spread(count, rows, rounded(found.pays)[which])),
            **_reasons(n + 1, list(used.products.values()), chosen, frame, found.columns),
        }
        rank[rows, which] = -1.0
    return columns


def _reasons(n: int, models: list[Model], chosen: Rows, frame: Frame, rows: Columns) -> dict[str, Any]:
    """The features that raise the log-odds of each customer's ``n``-th proposal most, with their values."""
    reason = np.full((len(frame), REASONS), -1, np.intp)
    for category, model in enumerate(models):
        mine = np.flatnonzero(chosen == category)
        (trees,) = model.trees
        reason[mine] = trees.strongest(rows.take(mine), REASONS)
    value = np.take_along_axis(frame.values, reason, axis=1).astype(np.float64)
    value[reason < 0] = np.nan
    found: dict[str, Any] = {}
    for k in range(REASONS):
        found[f"reason_{n}_{k + 1}"] = named(reason[:, k], frame.names)
        found[f"value_{n}_{k + 1}"] = numbers(value[:, k])
    return found


def _spread(count: int, rows: Rows, numbers: Numbers) -> Numbers:
    found = np.full(count, np.nan)
    found[rows] = numbers
    return found
