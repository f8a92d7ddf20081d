"""LightGBM's trees asked of many rows at once: their scores, and the SHAP values of small ones.

LightGBM takes row by row through every tree, and for SHAP values walks each tree anew (TreeSHAP: Lundberg et al., *From local
explanations to global understanding with explainable AI for trees*, Nature Machine Intelligence 2, 2020). Asked the other
way round, each question of all rows, the processor compares whole columns: a night's scores take some third of the time, and are the same to the last
bit. And what some leaves of a tree add to a row's SHAP values depends only on how it answers the questions that lead to
them: of leaves that hang on eight questions the 256 possible answers are worked out once, and a row looks its own up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from yinke.scoring.learning.frame import Numbers, Rows, Values

TABLED, MOST_TABLED = 8, 11
"""Questions that leaves hang on which are tabled together, and that one leaf may hang on: a table has as many rows as 2 to their
number, and takes the square of it to work out."""
BLOCK = 32_768
"""Rows at a time: their columns stay in the processor's cache."""

Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Question:
    """Whether a feature is at most ``limit``; who is not known answers ``unknown``.

    ``yes`` and ``no`` are the places of the next questions; where there is none, -1 - the place of a leaf.
    """

    feature: int
    limit: float
    single: np.float32
    """The limit to compare single precision with: the largest such number that is no larger."""
    unknown: bool
    yes: int
    no: int
    share: float
    """Of the rows that came here when it was learned, those that answered yes."""


@dataclass(frozen=True)
class _Tree:
    """Questions, each before those it leads to, and the leaves' values."""

    questions: tuple[_Question, ...]
    leaves: Numbers

    def ends(self, rows: Columns) -> npt.NDArray[np.uint8]:
        """The leaf that each row comes to."""
        found = np.zeros(len(rows), np.uint8)
        there = {0: np.ones(len(rows), np.bool_)}
        for n, question in enumerate(self.questions):
            here = there.pop(n)
            yes = here & rows.answers(question)
            for way, who in ((question.yes, yes), (question.no, here ^ yes)):
                if way >= 0:
                    there[way] = who
                else:
                    found |= who.view(np.uint8) * np.uint8(-1 - way)
        return found


class Columns:
    """Rows of a frame, by columns: each is laid out when it is first asked for, once for all the boosters that ask."""

    def __init__(self, values: Values, part: slice | None = None) -> None:
        self._values = values if part is None else values[part]
        self._rows: Rows | None = None
        self._of: Columns | None = None
        self._kept: dict[int, tuple[Values, Bits]] = {}

    def __len__(self) -> int:
        return len(self._values) if self._rows is None else len(self._rows)

    def take(self, rows: Rows) -> Columns:
        """Some of the rows."""
        found = Columns(self._values)
        found._rows, found._of = rows, self
        return found

    def answers(self, question: _Question) -> Bits:
        """Who answers yes."""
        column, unknown = self._column(question.feature)
        yes: Bits = column <= (question.single if column.dtype == np.float32 else question.limit)
        if question.unknown:
            yes |= unknown
        return yes

    def _column(self, feature: int) -> tuple[Values, Bits]:
        """A feature's numbers, and whose is not known."""
        kept = self._kept.get(feature)
        if kept is None:
            if self._of is None:
                column = np.ascontiguousarray(self._values[:, feature])
                kept = column, np.isnan(column)
            else:
                column, unknown = self._of._column(feature)
                kept = column[self._rows], unknown[self._rows]
            self._kept[feature] = kept
        return kept


def parts(values: Values) -> Iterator[Columns]:
    """The rows, so many at a time that their columns stay in the processor's cache."""
    for start in range(0, len(values), BLOCK):
        yield Columns(values, slice(start, start + BLOCK))


@dataclass(frozen=True)
class _Table:
    """Of some leaves of a tree: by the answers to the ``questions`` that lead to them, read as bits (the first's is the lowest), what each
    feature that is asked of adds.

    ``places``: of these features, among those that the booster asks of.
    """

    questions: tuple[int, ...]
    places: tuple[int, ...]
    effects: Numbers
    base: float


class Trees:
    """A booster that asks of numbers only, in trees of up to 256 leaves."""

    def __init__(self, booster: lgb.Booster) -> None:
        """Take it apart.

        Raises:
            ValueError: a tree asks of a category, or is larger.
        """
        self._width = booster.num_feature()
        self._trees = [_tree(one["tree_structure"]) for one in booster.dump_model()["tree_info"]]
        self._features = sorted({question.feature for tree in self._trees for question in tree.questions})

    def scores(self, rows: Columns) -> Numbers:
        """What LightGBM's ``predict`` tells with ``raw_score``, to the last bit."""
        found = np.zeros(len(rows))
        for tree in self._trees:  # in this order: a sum of doubles depends on it
            found += tree.leaves[tree.ends(rows)]
        return found

    def effects(self, rows: Columns) -> Numbers:
        """SHAP values of rows × features, and the base as the last column: what ``predict`` tells with ``pred_contrib``.

        Raises:
            ValueError: a leaf hangs on more than ``MOST_TABLED`` questions.
        """
        found = np.zeros((len(rows), self._width + 1))
        found[:, self._features] = self._effects(rows).T
        found[:, -1] = sum(table.base for tables in self._tables for table in tables)
        return found

    def strongest(self, rows: Columns, most: int) -> Rows:
        """Of each row the features that raise its score most, the strongest first; -1 where there are fewer.

        Raises:
            ValueError: as ``effects``.
        """
        found = np.full((len(rows), most), -1, np.intp)
        if not self._features or not len(rows):
            return found
        effects, each, features = self._effects(rows), np.arange(len(rows)), np.array(self._features)
        for n in range(most):
            best = effects.argmax(axis=0)
            found[:, n] = np.where(effects[best, each] > 0, features[best], -1)
            effects[best, each] = -np.inf
        return found

    @cached_property
    def _tables(self) -> list[list[_Table]]:
        return [
            [_tabled(tree, self._features, *some) for some in _together(tree.questions)]
            for tree in self._trees
        ]

    def _effects(self, rows: Columns) -> Numbers:
        """SHAP values of the features that are asked of × rows."""
        found = np.zeros((len(self._features), len(rows)))
        for tree, tables in zip(self._trees, self._tables, strict=True):
            answers = [rows.answers(question) for question in tree.questions]
            for table in tables:
                kind = np.dtype(np.uint8 if len(table.questions) <= TABLED else np.uint16)
                read = np.zeros(len(rows), kind)
                for n, question in enumerate(table.questions):
                    read |= np.left_shift(answers[question].view(np.uint8), n, dtype=kind)
                for place, effects in zip(table.places, table.effects, strict=True):
                    found[place] += effects[read]
        return found


def _tree(root: dict[str, Any]) -> _Tree:
    questions: list[_Question] = []
    leaves: list[float] = []

    def take(node: dict[str, Any]) -> int:
        if "split_index" not in node:
            leaves.append(float(node["leaf_value"]))
            return -len(leaves)
        place = len(questions)
        questions.append(_question(node, -1, -1))
        questions[place] = _question(node, take(node["left_child"]), take(node["right_child"]))
        return place

    take(root)
    if len(leaves) > 256:
        raise ValueError(f"A tree has {len(leaves)} leaves; up to 256 can be asked at once")
    return _Tree(tuple(questions), np.array(leaves))


def _question(node: dict[str, Any], yes: int, no: int) -> _Question:
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ValueError(f"A tree asks {node['decision_type']!r} of feature {node['split_feature']}")
    limit = float(node["threshold"])
    with np.errstate(over="ignore"):  # "any number": the largest double
        single = np.float32(limit)
    if float(single) > limit:
        single = np.nextafter(single, np.float32(-np.inf))
    # a feature of which everything was known when it was learned has no branch for what is not: LightGBM takes zero
    unknown = bool(node["default_left"]) if node["missing_type"] == "NaN" else limit >= 0
    share = _rows(node["left_child"]) / _rows(node)
    return _Question(int(node["split_feature"]), limit, single, unknown, yes, no, share)


def _rows(node: dict[str, Any]) -> float:
    return float(node["internal_count"] if "split_index" in node else node["leaf_count"])


def _together(questions: Sequence[_Question]) -> Iterator[tuple[set[int], set[int]]]:
    """Leaves to be tabled together, side by side in the tree, and the questions that lead to them.

    Raises:
        ValueError: one hangs on more than ``MOST_TABLED`` questions.
    """
    leaves, asked = set[int](), set[int]()
    for leaf, way in _ways(questions):
        if len(way) > MOST_TABLED:
            raise ValueError(f"A leaf hangs on {len(way)} questions; up to {MOST_TABLED} can be tabled")
        if len(asked | way) > TABLED and leaves:
            yield leaves, asked
            leaves, asked = set(), set()
        leaves, asked = leaves | {leaf}, asked | way
    yield leaves, asked


def _ways(questions: Sequence[_Question]) -> Iterator[tuple[int, set[int]]]:
    """Each leaf, and the questions on the way to it."""
    waiting: list[tuple[int, set[int]]] = [(0 if questions else -1, set())]
    while waiting:
        place, way = waiting.pop()
        if place < 0:
            yield -1 - place, way
        else:
            waiting += [(next_, way | {place}) for next_ in (questions[place].no, questions[place].yes)]


def _tabled(tree: _Tree, asked: list[int], leaves: set[int], way: set[int]) -> _Table:
    questions = sorted(way)
    features = tuple(sorted({tree.questions[n].feature for n in questions}))
    answers, known = _choices(len(questions)), _choices(len(features))
    # what these leaves say if only some features are known, by the answers: of others each branch counts by its share
    said = np.zeros((len(answers), len(known)))
    reached = {0: np.ones_like(said)}
    for n, place in enumerate(questions):
        question = tree.questions[place]
        follows = known[:, features.index(question.feature)]
        yes = np.where(follows, answers[:, n][:, None].astype(np.float64), question.share)
        here = reached.pop(place)
        for next_, share in ((question.yes, yes), (question.no, 1 - yes)):
            if next_ in way:
                reached[next_] = here * share
            elif -1 - next_ in leaves:
                said += here * share * tree.leaves[-1 - next_]
    if not questions:
        said += tree.leaves[0]
    places = tuple(asked.index(feature) for feature in features)
    return _Table(tuple(questions), places, (said @ _weights(known)).T.copy(), float(said[0, 0]))


def _choices(count: int) -> Bits:
    """All ways to choose among ``count`` things: 2 to its power × ``count``."""
    return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(np.bool_)


def _weights(known: Bits) -> Numbers:
    """By what is known × feature: how what is said then counts in the feature's SHAP value (Shapley 1953)."""
    count = known.shape[1]
    size = known.sum(axis=1)
    orders = [factorial(n) * factorial(count - n - 1) / factorial(count) for n in range(count)]
    found = np.zeros(known.shape)
    for n in range(count):
        has = known[:, n]
        found[has, n] = [orders[s - 1] for s in size[has]]
        found[~has, n] = [-orders[s] for s in size[~has]]
    return found
