"""自动分群: customers who resemble each other, by k-means on standardised features. No Django.

The centres are found of a sample, so that ten million customers take no longer than a hundred thousand; then each
customer goes to the nearest centre. The same day, number and seed give the same groups. How many groups there are is
the number whose groups stand best apart (silhouette). Groups are told in words by what sets them apart, and compared
with groups found in the same way of the last month ends: groups that come and go are no basis for work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from yinke.lake.dates import month_start
from yinke.lake.store import Day, Lake
from yinke.segments.features import COLUMNS, FEATURES, Rows, features_of

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

SEED = 7
TRIED, JUDGED = 20_000, 2_000
"""Customers of whom numbers of groups are tried, and on whom they are compared: its cost grows with the square."""
TRAITS, APART = 3, 0.5
"""A group is told by so many traits at most, each at least so many standard deviations from all."""


@dataclass(frozen=True)
class Trait:
    """What sets a group apart: ``feature`` of ``FEATURES``, standard deviations from all, and the group's average."""

    feature: str
    apart: float
    average: float


@dataclass(frozen=True)
class Group:
    """One group. ``kept``: the share of its members who were in the matching group at the last month end; None: unknown."""

    number: int
    members: BitMap
    traits: tuple[Trait, ...]
    kept: float | None

    def name(self, language: str) -> str:
        """The group in words, in ``zh`` or ``en``."""
        by_code = {feature.code: feature for feature in FEATURES}
        told = []
        for trait in self.traits:
            words = by_code[trait.feature].high if trait.apart > 0 else by_code[trait.feature].low
            told.append(words[language == "en"])
        if not told:
            return "average in all" if language == "en" else "各方面居中"
        return (", " if language == "en" else "、").join(told)


@dataclass(frozen=True)
class Grouping:
    """All groups of a day, the largest first.

    ``apart``: silhouette of each number of groups tried, -1 to 1. ``stability``: adjusted Rand index against the groups
    of earlier month ends, newest first: 1 the same groups, 0 as good as chance.
    """

    biz_date: date
    groups: tuple[Group, ...]
    of: int
    apart: Mapping[int, float]
    stability: tuple[tuple[date, float], ...]


@dataclass(frozen=True)
class _Found:
    """Centres in standardised features; customers' numbers and their nearest centres."""

    ids: Ints
    labels: Ints
    centres: Floats
    mean: Floats
    spread: Floats


def group(
    lake: Lake, day: Day, values: Mapping[str, Any], number: int | None = None, among: BitMap | None = None
) -> Grouping | None:
    """Group the customers of a day.

    Args:
        values: thresholds in force (``group.*``).
        number: how many groups; None: the number whose groups stand best apart.
        among: of these customers only, now and at the month ends; None: of all.

    Returns:
        None if there are fewer customers than groups to be tried.
    """
    numbers = [int(n) for n in values["group.numbers"]]
    rows = read(day, values, among)
    if len(rows.ids) <= max(*numbers, number or 0):
        return None
    sample = _sample(rows, values)
    apart = _apart(sample, numbers)
    chosen = number or max(numbers, key=lambda n: (apart[n], -n))
    found = _fit(rows, sample, chosen)
    stability, kept = [], None
    for then in _month_ends(lake, day.biz_date, int(values["group.months"])):
        before = read(then, values, among, sampled=True)
        if len(before.ids) <= chosen:
            continue
        earlier = _fit(before, _sample(before, values), chosen)
        index, shares = _compared(found, earlier)
        stability.append((then.biz_date, index))
        kept = shares if kept is None else kept
    return Grouping(day.biz_date, tuple(_groups(rows, found, kept)), len(rows.ids), apart, tuple(stability))


def read(day: Day, values: Mapping[str, Any], among: BitMap | None, *, sampled: bool = False) -> Rows:
    """The features of those customers of a day who are grouped: not closed, with enough assets; or of a sample."""
    file = pq.ParquetFile(day.path("snapshot"))
    many = file.metadata.num_rows if among is None else len(among)
    one_in = max(1, many // int(values["group.sample"])) if sampled else 1
    wanted = None if among is None else np.asarray(among.to_array(), dtype=np.int32)
    parts = []
    for batch in file.iter_batches(columns=list(COLUMNS)):
        if wanted is not None:
            batch = batch.filter(pa.array(np.isin(batch["cust_id"].to_numpy(zero_copy_only=False), wanted)))
        parts.append(features_of(batch, day.biz_date, float(values["group.least_aum"]), one_in))
    return Rows(np.concatenate([p.ids for p in parts]), np.concatenate([p.values for p in parts]))


def _sample(rows: Rows, values: Mapping[str, Any]) -> Floats:
    most = int(values["group.sample"])
    if len(rows.ids) <= most:
        return rows.values
    return rows.values[np.sort(np.random.default_rng(SEED).choice(len(rows.ids), most, replace=False))]


def _standard(sample: Floats) -> tuple[Floats, Floats]:
    spread = sample.std(axis=0)
    return sample.mean(axis=0), np.where(spread > 1e-6, spread, 1).astype(np.float32)


def _means(number: int) -> MiniBatchKMeans:
    return MiniBatchKMeans(number, random_state=SEED, n_init=3, batch_size=4096, max_iter=100)


def _apart(sample: Floats, numbers: Sequence[int]) -> dict[int, float]:
    mean, spread = _standard(sample)
    scaled = (sample - mean) / spread
    mixed = np.random.default_rng(SEED).permutation(len(scaled))
    tried, judged = scaled[mixed[:TRIED]], scaled[mixed[:JUDGED]]
    found = {}
    for number in numbers:
        labels = _means(number).fit(tried).predict(judged)
        several = 1 < len(np.unique(labels)) < len(judged)
        found[number] = round(float(silhouette_score(judged, labels)), 4) if several else -1.0
    return found


def _fit(rows: Rows, sample: Floats, number: int) -> _Found:
    mean, spread = _standard(sample)
    model = _means(number).fit((sample - mean) / spread)
    labels = np.empty(len(rows.ids), dtype=np.int32)
    for start in range(0, len(labels), 1 << 20):
        part = slice(start, start + (1 << 20))
        labels[part] = model.predict((rows.values[part] - mean) / spread)
    return _Found(rows.ids, labels, model.cluster_centers_.astype(np.float32), mean, spread)


def _month_ends(lake: Lake, today: date, many: int) -> list[Day]:
    found, first = [], month_start(today)
    for _ in range(many):
        day = lake.latest(before=first)
        if day is None or day.biz_date != first - timedelta(days=1) or not day.has("snapshot"):
            break
        found.append(day)
        first = month_start(day.biz_date)
    return found


def _compared(now: _Found, then: _Found) -> tuple[float, dict[int, float]]:
    """The Rand index of those who are in both, and of each group the share that was in the matching one then.

    Groups match so that as many customers as can be stay in theirs.
    """
    _, here, there = np.intersect1d(now.ids, then.ids, assume_unique=True, return_indices=True)
    if not len(here):
        return 0.0, {}
    before, after = then.labels[there], now.labels[here]
    both = np.zeros((len(now.centres), len(then.centres)), dtype=np.int64)
    np.add.at(both, (after, before), 1)
    mine, theirs = linear_sum_assignment(both, maximize=True)
    shares = {}
    for one, other in zip(mine, theirs, strict=True):
        inside = after == one
        if inside.any():
            shares[int(one)] = round(float((before[inside] == other).mean()), 4)
    return round(float(adjusted_rand_score(before, after)), 4), shares


def _groups(rows: Rows, found: _Found, kept: Mapping[int, float] | None) -> list[Group]:
    made = []
    for label in range(len(found.centres)):
        inside = found.labels == label
        if not inside.any():
            continue
        middle = rows.values[inside].mean(axis=0)
        apart = (middle - found.mean) / found.spread
        outstanding = sorted(range(len(apart)), key=lambda n: -abs(float(apart[n])))[:TRAITS]
        traits = tuple(
            Trait(FEATURES[n].code, round(float(apart[n]), 2), round(FEATURES[n].shown(float(middle[n])), 2))
            for n in outstanding if abs(apart[n]) >= APART
        )  # fmt: skip
        members = BitMap(rows.ids[inside].astype(np.uint32))
        made.append((label, members, traits))
    made.sort(key=lambda one: (-len(one[1]), one[0]))
    return [
        Group(n, members, traits, None if kept is None else kept.get(label))
        for n, (label, members, traits) in enumerate(made, 1)
    ]
