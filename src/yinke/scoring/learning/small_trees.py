"""SHAP values of small trees, by table.

LightGBM walks every tree for every row anew (TreeSHAP: Lundberg et al., *From local explanations to global understanding with
explainable AI for trees*, Nature Machine Intelligence 2, 2020). Yet a row's SHAP values of one tree depend only on how
the row answers that tree's questions, and a tree of seven leaves asks six: its 64 possible answers are worked out once,
and a row only looks its own up. Equal to LightGBM's to rounding, some thirty times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from yinke.scoring.learning.frame import Numbers, Rows, Values

MOST_LEAVES = 9
"""Of 2 to the number of questions a tree's table has rows."""
BLOCK = 16_384
"""Rows at a time: their columns stay in the processor's cache."""


@dataclass(frozen=True)
class _Question:
    """Whether a feature is at most ``limit``; who is not known answers ``unknown``."""

    feature: int
    limit: float
    single: np.float32
    """The limit to compare single precision with: the largest such number that is no larger."""
    unknown: bool


@dataclass(frozen=True)
class _Tree:
    """``effects``: by the answers, read as bits (the first question's is the lowest), what each of ``features`` adds."""

    questions: tuple[_Question, ...]
    features: tuple[int, ...]
    effects: Numbers
    base: float


class SmallTrees:
    """A booster whose trees have up to ``MOST_LEAVES`` leaves and ask of numbers only."""

    def __init__(self, booster: lgb.Booster) -> None:
        """Work the tables out.

        Raises:
            ValueError: a tree is larger, or asks of a category.
        """
        self._width = booster.num_feature()
        trees = booster.dump_model()["tree_info"]
        self._trees = [_tabled(tree["tree_structure"]) for tree in trees]

    def effects(self, values: Values) -> Numbers:
        """SHAP values of rows × features, and the base as the last column: what LightGBM's ``pred_contrib`` tells."""
        blocks = [block.T for _, block in self._blocks(values)]
        found = np.concatenate(blocks) if blocks else np.empty((0, self._width))
        base = sum(tree.base for tree in self._trees)
        return np.column_stack([found, np.full(len(values), base)])

    def strongest(self, values: Values, most: int) -> Rows:
        """Of each row the features that raise its score most, the strongest first; -1 where there are fewer."""
        found = np.full((len(values), most), -1, np.intp)
        for start, effects in self._blocks(values):
            rows = np.arange(effects.shape[1])
            for n in range(most):
                best = effects.argmax(axis=0)
                found[start : start + len(rows), n] = np.where(effects[best, rows] > 0, best, -1)
                effects[best, rows] = -np.inf
        return found

    def _blocks(self, values: Values) -> Iterator[tuple[int, Numbers]]:
        """SHAP values of features × rows, block by block, with the first row's place."""
        for start in range(0, len(values), BLOCK):
            columns = np.ascontiguousarray(values[start : start + BLOCK].T)
            unknown = np.isnan(columns)
            found = np.zeros((self._width, columns.shape[1]))
            for tree in self._trees:
                answers = np.zeros(columns.shape[1], np.uint8)
                for n, asked in enumerate(tree.questions):
                    limit = asked.single if columns.dtype == np.float32 else asked.limit
                    yes = columns[asked.feature] <= limit
                    if asked.unknown:
                        yes |= unknown[asked.feature]
                    answers |= yes.view(np.uint8) << np.uint8(n)
                for feature, effects in zip(tree.features, tree.effects, strict=True):
                    found[feature] += effects[answers]
            yield start, found


def _tabled(root: dict[str, Any]) -> _Tree:
    questions: list[_Question] = []
    leaves: list[tuple[float, list[tuple[int, bool, float]]]] = []
    """Each leaf's value, and the way to it: question, answer, and the share of the rows there that so answered."""

    def walk(node: dict[str, Any], way: list[tuple[int, bool, float]]) -> None:
        if "split_index" not in node:
            leaves.append((float(node["leaf_value"]), way))
            return
        n = len(questions)
        questions.append(_question(node))
        for branch, answer in (("left_child", True), ("right_child", False)):
            child = node[branch]
            walk(child, [*way, (n, answer, _rows(child) / _rows(node))])

    walk(root, [])
    if len(leaves) > MOST_LEAVES:
        raise ValueError(f"A tree has {len(leaves)} leaves; up to {MOST_LEAVES} can be tabled")
    features = tuple(sorted({question.feature for question in questions}))
    place = [features.index(question.feature) for question in questions]
    answers, known = _bits(len(questions)), _bits(len(features))
    # what the tree says if only some features are known, by the answers: the others' branches count by their share
    said = np.zeros((len(answers), len(known)))
    for value, way in leaves:
        reached = np.full(said.shape, value)
        for n, answer, share in way:
            follows = (answers[:, n] == answer)[:, None].astype(np.float64)
            reached *= np.where(known[:, place[n]], follows, share)
        said += reached
    return _Tree(tuple(questions), features, (said @ _weights(known)).T.copy(), float(said[0, 0]))


def _question(node: dict[str, Any]) -> _Question:
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ValueError(f"A tree asks {node['decision_type']!r} of feature {node['split_feature']}")
    limit = float(node["threshold"])
    with np.errstate(over="ignore"):  # "any number": the largest double
        single = np.float32(limit)
    if float(single) > limit:
        single = np.nextafter(single, np.float32(-np.inf))
    # a feature of which everything was known when it was learned has no branch for what is not: LightGBM takes zero
    unknown = bool(node["default_left"]) if node["missing_type"] == "NaN" else limit >= 0
    return _Question(int(node["split_feature"]), limit, single, unknown)


def _rows(node: dict[str, Any]) -> float:
    return float(node["internal_count"] if "split_index" in node else node["leaf_count"])


def _bits(count: int) -> npt.NDArray[np.bool_]:
    """All ways to choose among ``count`` things: 2 to its power × ``count``."""
    return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(np.bool_)


def _weights(known: npt.NDArray[np.bool_]) -> Numbers:
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
