"""Train the churn model out of time: learn from months whose windows had ended when the test month was observed.

The newest month whose window is over is the test. A month whose own window reaches beyond the test month's end would
bring the test's outcome into training; it is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.label import WINDOW, ends_later, label, observed_months
from yinke.scoring.churn.prove import prove
from yinke.scoring.churn.store import code_version, keep, read_card
from yinke.scoring.learning.drift import bins_of, score_frame
from yinke.scoring.learning.fit import Recipe, fit
from yinke.scoring.learning.frame import Frame, Labels

RECIPE = Recipe(rounds=400, rate=0.06, leaves=15, least_rows=100, columns=0.7, patience=30, folds=3)
MONTHS = 24
"""The most months to learn from; older customers' ways are of another time."""
SHARED = 100_000
"""Rows from which threads gain more than they lose by waiting for each other."""
OnMonth = Callable[[date, int, int], None]
Explained = Sequence[tuple[int, date]]


@dataclass(frozen=True)
class Observed:
    """A month's population with what became of it; ``left`` is -1 for who is left out."""

    month: date
    cust_id: npt.NDArray[np.int64]
    frame: Frame
    columns: Mapping[str, npt.NDArray[Any]]
    """``tier_rank``, ``aum``, ``base``, ``rule_e05``, ``left``, ``closed``, ``payroll_lost``, ``after``."""

    @property
    def y(self) -> Labels:
        """Who left."""
        return np.asarray(self.columns["left"] == 1, np.bool_)

    def __len__(self) -> int:
        return len(self.cust_id)


def frame_of(table: pa.Table) -> Frame:
    """The features of rows as ``features.observe`` gives them. Single precision: what is learned is scored alike."""
    columns = [table[f"f_{feature.name}"].to_numpy() for feature in FEATURES]
    return Frame(FEATURES, np.column_stack(columns).astype(np.float32))


def observed(
    engine: Engine, lake: Lake, month: date, values: Mapping[str, Any], most: int, explained: Explained = ()
) -> Observed:
    """A month's population, its features as of the month's last day, and its label; who is left out is dropped.

    Args:
        explained: falls of which a manager said that they are no leaving; see ``explained_in``.
    """
    day = lake.day(month)
    assert day is not None  # noqa: S101 (``observed_months`` named it)
    table = engine.to_arrow(observe(engine, day, lake, values)).sort_by("cust_id")
    table = table.filter(pa.array(drawn(table["cust_id"].to_numpy(), most / max(len(table), 1))))
    table = table.filter(pa.array(~np.isin(table["cust_id"].to_numpy(), explained_in(month, explained))))
    truth = engine.to_arrow(label(engine, lake, month, values)).sort_by("cust_id")
    ids, known = table["cust_id"].to_numpy(), truth["cust_id"].to_numpy()
    place = np.minimum(np.searchsorted(known, ids), max(len(known) - 1, 0))
    left = truth["left"].fill_null(-1).to_numpy()[place] if len(known) else np.empty(0, np.int64)
    kept = (known[place] == ids) & (left >= 0) if len(known) else np.zeros(len(ids), np.bool_)
    rows, place = np.flatnonzero(kept), place[kept]
    columns = {name: table[name].to_numpy()[rows] for name in ("tier_rank", "aum", "base", "rule_e05")}
    columns |= {name: truth[name].to_numpy()[place] for name in ("closed", "payroll_lost", "after")}
    return Observed(
        month, ids[rows].astype(np.int64), frame_of(table).take(rows), {**columns, "left": left[kept]}
    )


def explained_in(month: date, explained: Explained) -> npt.NDArray[np.int64]:
    """Customers whose label of a month is left out: somebody explained their fall between the month's end and the end of
    its window.

    >>> told = [(7, date(2026, 2, 3)), (8, date(2026, 4, 30)), (9, date(2026, 5, 1)), (7, date(2026, 1, 31))]
    >>> explained_in(date(2026, 1, 31), told).tolist()
    [7, 8]
    """
    last = ends_later(month, WINDOW)
    return np.array(sorted({cust for cust, day in explained if month <= day <= last}), np.int64)


def drawn(ids: npt.NDArray[Any], share: float) -> Labels:
    """About that share of customers (from 1 on all), the same ones whenever it is asked.

    >>> drawn(np.arange(1_000), 0.3).sum(), drawn(np.arange(1_000), 1.5).all()
    (np.int64(300), np.True_)
    """
    mixed = (ids.astype(np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
    return np.asarray(mixed < np.uint64(min(1.0, share) * 2**32), np.bool_)


def months_to_learn(months: Sequence[date]) -> tuple[list[date], date]:
    """The training months, oldest first, and the test month.

    >>> ends = [ends_later(date(2025, 1, 31), n) for n in range(6)]
    >>> learn, test = months_to_learn(ends)
    >>> [m.month for m in learn], test.month
    ([1, 2, 3], 6)

    Raises:
        YinkeError: the lake's past is too short (``too_few_months``).
    """
    learn = [m for m in months if months and ends_later(m, WINDOW) <= months[-1]][-MONTHS:]
    if not learn:
        raise YinkeError(
            f"Only {len(months)} months can be observed; one to learn from must end three before the newest",
            place="yinke score train", code="too_few_months",
            remedy="Load a year of the bank's past first (yinke nightly --from --to)",
        )  # fmt: skip
    return learn, months[-1]


def train_churn(
    engine: Engine, lake: Lake, values: Mapping[str, Any], *, threads: int = 2, recipe: Recipe = RECIPE,
    explained: Explained = (), on_month: OnMonth = lambda month, done, total: None,
) -> dict[str, Any]:  # fmt: skip
    """Train, test and keep a model as the lake's next one.

    Args:
        explained: customers, and the dates of scores, of whom a manager said why the fall is no leaving.

    Returns:
        Its card: number, window, features, metrics (``prove``), bands, reference of drift.

    Raises:
        YinkeError: too few months, or too few leavers to learn from.
    """
    learn, test = months_to_learn(observed_months(lake))
    most, found = int(values["churn.train_customers"]), []
    for n, month in enumerate([*learn, test]):
        on_month(month, n, len(learn) + 1)
        found.append(observed(engine, lake, month, values, most, explained))
    *past, newest = found
    frame = Frame(FEATURES, np.concatenate([o.frame.values for o in past]))
    y = np.concatenate([o.y for o in past])
    who = np.concatenate([o.cust_id for o in past]).astype(np.intp)
    if not 0 < int(newest.y.sum()) < len(newest):
        raise YinkeError(
            f"Of {len(newest)} customers of {test} {int(newest.y.sum())} left: nothing can be tested", place="scoring",
            code="too_few_rows", remedy="Wait until there is more to learn from, or take a longer window",
        )  # fmt: skip
    threads = threads if len(y) >= SHARED else 1
    model = fit(frame, y, replace(recipe, threads=threads), groups=who)
    proof = prove(lake, model, frame, y, newest, values)
    score = model.scores(newest.frame)
    card = {
        "window": {"learned_from": learn[0], "learned_to": learn[-1], "tested_on": test,
                   "outcome_to": ends_later(test, WINDOW)},
        "rows": len(y), "positives": int(y.sum()), "months": len(learn),
        "metrics": proof,
        "bands": {name: float(np.quantile(score, 1 - float(values[f"churn.band_{name}"]))) for name in ("high", "medium")},
        "reference": bins_of(newest.frame), "score_reference": bins_of(score_frame(score))["score"],
        "thresholds": {code: value for code, value in sorted(values.items()) if code.startswith("churn.")},
        "recipe": {k: v for k, v in asdict(recipe).items() if k != "threads"},
        "code_version": code_version(), "lightgbm": lightgbm.__version__,
    }  # fmt: skip
    return read_card(lake, "churn", keep(lake, "churn", model, plain(card)))


def plain(value: Any) -> Any:
    """A card as JSON has it."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
