"""Evaluate the training code on a public set: repeated stratified folds, and windows in time where rows have an order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from yinke.scoring.learning.fit import Recipe, fit, yardstick
from yinke.scoring.learning.frame import Frame, Labels, Numbers, Rows
from yinke.scoring.learning.metrics import Metrics, measure
from yinke.scoring.public.sets import PublicSet, Sample, locate

FOLDS = 5
WINDOWS = 5
METRICS = ("auc", "average_precision", "log_loss", "calibration_error", "lift")


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over repeats (or windows)."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.4f} ± {self.deviation:.4f}"


@dataclass(frozen=True)
class Tested:
    """One way of testing, one kind of model: what was measured in each repeat or window."""

    split: str
    """``folds`` or ``time``."""
    model: str
    """``lightgbm`` or ``logistic``."""
    runs: tuple[Metrics, ...]

    def spread(self, metric: str) -> Spread:
        """Of one metric over the runs."""
        found = [getattr(run, metric) for run in self.runs]
        return Spread(float(np.mean(found)), float(np.std(found)))


@dataclass(frozen=True)
class Evaluation:
    """Everything measured on a set."""

    of: PublicSet
    rows: int
    positives: int
    features: int
    repeats: int
    tests: tuple[Tested, ...]
    notes: tuple[str, ...]
    seconds: float


def evaluate(
    of: PublicSet, path: Path, *, repeats: int | None = None, threads: int = 1,
    on_run: Callable[[], None] = lambda: None,
) -> Evaluation:  # fmt: skip
    """Measure the training code on a set.

    In each repeat all rows are scored once, each by a model that did not see it, and measured together.

    Args:
        path: the file, or a folder that holds it.
        repeats: how often the folds are drawn anew; the set's own number if left out.

    Raises:
        YinkeError: the file is missing or is not what the set is.
    """
    started = time.perf_counter()
    sample = of.read(locate(path, of.file))
    recipe = replace(of.recipe, threads=threads)
    count = repeats or of.repeats
    runs = []
    for n in range(count):
        runs.append(_folds(sample, recipe, seed=1_000 + n))
        on_run()
    tests = list(_tested("folds", runs))
    if of.in_time_order:
        windows = []
        for train, test in windows_of(len(sample.frame)):
            windows.append(_scored_pair(sample, recipe, train, test))
            on_run()
        tests += _tested("time", windows)
    return Evaluation(
        of, len(sample.frame), int(sample.y.sum()), len(sample.frame.features), count, tuple(tests), sample.notes,
        time.perf_counter() - started,
    )  # fmt: skip


def windows_of(rows: int) -> Iterator[tuple[Rows, Rows]]:
    """Train on the rows up to 50, 60, 70, 80, 90 % and test on the next 10 %.

    >>> [(len(train), len(test)) for train, test in windows_of(20)]
    [(10, 2), (12, 2), (14, 2), (16, 2), (18, 2)]
    """
    cuts = np.linspace(0.5, 1.0, WINDOWS + 1) * rows
    for start, end in zip(cuts[:-1].astype(int), cuts[1:].astype(int), strict=True):
        yield np.arange(start), np.arange(start, end)


_Pair = dict[str, Metrics]


def _tested(split: str, runs: Iterable[_Pair]) -> Iterator[Tested]:
    listed = list(runs)
    for model in ("lightgbm", "logistic"):
        yield Tested(split, model, tuple(run[model] for run in listed))


def _folds(sample: Sample, recipe: Recipe, seed: int) -> _Pair:
    frame, y = sample.frame, sample.y
    scores = {name: np.empty((2, len(y))) for name in ("lightgbm", "logistic")}
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(frame.values, y):
        for name, found in _predict(frame, y, replace(recipe, seed=seed), train, test).items():
            scores[name][:, test] = found
    return {name: measure(y, score, probability) for name, (score, probability) in scores.items()}


def _scored_pair(sample: Sample, recipe: Recipe, train: Rows, test: Rows) -> _Pair:
    found = _predict(sample.frame, sample.y, recipe, train, test)
    return {name: measure(sample.y[test], *pair) for name, pair in found.items()}


def _predict(
    frame: Frame, y: Labels, recipe: Recipe, train: Rows, test: Rows
) -> dict[str, tuple[Numbers, Numbers]]:
    """Score and probability of the test rows by each kind of model."""
    model = fit(frame.take(train), y[train], recipe)
    score = model.scores(frame.take(test))
    straight = yardstick(frame.take(train), y[train], recipe.seed).predict_proba(frame.values[test])[:, 1]
    return {"lightgbm": (score, model.calibrator(score)), "logistic": (straight, straight)}
