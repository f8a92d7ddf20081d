"""Learn topic and tone from labelled texts: those that come with Yinke, and the bank's own."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from yinke.common.errors import YinkeError
from yinke.common.personal import find_personal
from yinke.lake.store import Lake
from yinke.scoring.churn.store import code_version, lay_files, read_card
from yinke.scoring.text.features import TONES, TOPICS, examples, grams, normal
from yinke.scoring.text.model import Matrix, TextModel, parts

TERMS = 50_000
"""N-grams kept, those of most texts."""
FEW = 5
"""Of the bank's own texts only n-grams are kept that so many share: a name that one customer wrote is not learned."""
RECIPE = {"C": 10.0, "solver": "liblinear", "class_weight": "balanced", "random_state": 0}
FOLDS = 10
PRECISE = 0.8
"""A text counts as a complaint from the likelihood on at which so many that were not learned from were one."""
COLUMNS = ("text", "topic", "tone")
LONGEST, MOST_ROWS = 2_000, 200_000
Classes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Example:
    """A labelled text."""

    text: str
    topic: str
    tone: str


def read_examples(body: bytes, name: str) -> list[Example]:
    """The bank's own labelled texts: CSV in UTF-8 with the columns text, topic and tone.

    Args:
        name: of the file, for messages.

    Raises:
        YinkeError: it is no such file, or a row has no text, an unknown label, or holds personal data; the row is named.
    """
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            raise _wrong(name, f"it has not the columns {', '.join(COLUMNS)}", "Name them in the first line")
        found = [_example(name, number, row) for number, row in enumerate(rows, 2)]
    except (UnicodeDecodeError, csv.Error):
        raise _wrong(name, "it is no CSV in UTF-8", "Save it as CSV UTF-8") from None
    if len(found) > MOST_ROWS:
        raise _wrong(name, f"it has {len(found):,} rows", f"Give {MOST_ROWS:,} at most")
    return found


def _example(name: str, number: int, row: dict[str, str | None]) -> Example:
    text, topic, tone = ((row.get(column) or "").strip() for column in COLUMNS)
    place = f"row {number}"
    if not text or len(text) > LONGEST:
        raise _wrong(
            name, f"{place} has no text of 1 to {LONGEST:,} characters", "Fill it in, or leave the row out"
        )
    for said, known in ((topic, TOPICS), (tone, TONES)):
        if said not in known:
            raise _wrong(name, f"{place} has the label '{said[:20]}'", f"Use one of {', '.join(known)}")
    if what := find_personal(text):
        raise _wrong(name, f"{place} holds {what}", "Strike it out: a model must not learn it")
    return Example(text, topic, tone)


def _wrong(name: str, what: str, remedy: str) -> YinkeError:
    return YinkeError(
        f"The examples cannot be used: {what}", place=name, code="examples_wrong", remedy=remedy
    )


def shipped() -> list[Example]:
    """The examples that come with Yinke."""
    return [Example(*one) for one in examples()]


def train_text(lake: Lake, own: Sequence[Example], on: date) -> dict[str, Any]:
    """Train a model, measure it on texts it has not learned from, and lay it down.

    Args:
        own: the bank's; Yinke's come with them.
        on: the date that the card tells.

    Returns:
        The card.
    """
    known = [*shipped(), *own]
    plain = [normal(one.text) for one in known]
    topics = np.array([TOPICS.index(one.topic) for one in known])
    tones = np.array([TONES.index(one.tone) for one in known])
    metrics, limit = _measured(plain, topics, tones)
    model = fit(plain, topics, tones)
    card = {
        "metrics": metrics, "rows": len(known), "positives": int(_complaints(topics, tones).sum()), "own": len(own),
        "window": dict.fromkeys(("learned_from", "learned_to", "tested_on", "outcome_to"), on.isoformat()),
        "months": 0, "rounds": 0, "bands": {}, "thresholds": {"complaint": limit}, "recipe": RECIPE, "lightgbm": "",
        "code_version": code_version(),
    }  # fmt: skip
    return read_card(lake, "text", lay_files(lake, "text", {"weights.json": model.dumps()}, (), card))


def fit(plain: Sequence[str], topics: Classes, tones: Classes) -> TextModel:
    """Learn from normal texts (logistic regression with an L2 penalty, each class against the others; Fan et al. 2008)."""
    in_texts = Counter(gram for text in plain for gram in grams(text))
    ours = {gram for one in shipped() for gram in grams(normal(one.text))}
    shared = [gram for gram, texts in in_texts.most_common() if texts >= FEW or gram in ours]
    terms = tuple(sorted(shared[:TERMS]))
    rarity = np.array([1 + log((1 + len(plain)) / (1 + in_texts[term])) for term in terms])
    rows = _matrix(plain, {term: n for n, term in enumerate(terms)}, rarity)
    topic, topic_base = _learned(rows, topics, len(TOPICS))
    tone, tone_base = _learned(rows, tones, len(TONES))
    return TextModel(terms, rarity, topic, topic_base, tone, tone_base)


def _matrix(plain: Sequence[str], places: dict[str, int], rarity: Matrix) -> Any:
    from scipy.sparse import csr_matrix

    from yinke.scoring.text.features import word_lists

    found = [parts(text, places, rarity) for text in plain]
    starts = np.cumsum([0, *(len(at) for at, _ in found)])
    wide = len(rarity) + len(word_lists())
    at, values = (np.concatenate([one[n] for one in found]) for n in (0, 1))
    return csr_matrix((values, at, starts), shape=(len(plain), wide))


def _learned(rows: Any, classes: Classes, many: int) -> tuple[Matrix, Matrix]:
    """Weights (a column for each class, told from all others) and their base; a class without a text is never chosen."""
    from sklearn.linear_model import LogisticRegression

    weights, base = np.zeros((rows.shape[1], many)), np.full(many, -50.0)
    for one in np.unique(classes):
        found = LogisticRegression(**RECIPE).fit(rows, classes == one)
        weights[:, one], base[one] = found.coef_[0], found.intercept_[0]
    return weights, base


def _complaints(topics: Classes, tones: Classes) -> npt.NDArray[np.bool_]:
    """Unhappy, and about something."""
    found: npt.NDArray[np.bool_] = (tones == TONES.index("NEGATIVE")) & (topics != TOPICS.index("NONE"))
    return found


def _measured(plain: Sequence[str], topics: Classes, tones: Classes) -> tuple[dict[str, Any], float]:
    """What a model is worth on texts it has not learned from; and from which likelihood on a text is a complaint."""
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    told, moods, likely, of = [], [], [], []
    for known, unknown in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(topics, topics):
        model = fit([plain[n] for n in known], topics[known], tones[known])
        read = [model.read(plain[n]) for n in unknown]
        told += [TOPICS.index(one.topic) for one in read]
        moods += [TONES.index(one.tone) for one in read]
        likely += [one.complaint for one in read]
        of += unknown.tolist()
    truth, mood, is_one = topics[of], tones[of], _complaints(topics, tones)[of]
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, told, labels=range(len(TOPICS)), zero_division=0.0
    )
    limit = _limit(np.array(likely), is_one)
    found = np.array(likely) >= limit
    once = np.bincount(topics, minlength=len(TOPICS))
    return {
        "model": {
            "auc": float(roc_auc_score(is_one, likely)), "average_precision": float(average_precision_score(is_one, likely)),
            "topic": float(np.mean(truth == told)), "macro_f1": float(np.mean(f1)), "tone": float(np.mean(mood == moods)),
            "precision": float(is_one[found].mean()) if found.any() else 0.0, "recall": float(found[is_one].mean()),
        },
        "topics": [
            {"topic": topic, "texts": int(once[n]), "precision": float(precision[n]), "recall": float(recall[n])}
            for n, topic in enumerate(TOPICS)
        ],
        "folds": FOLDS,
    }, limit  # fmt: skip


def _limit(likely: Matrix, is_one: npt.NDArray[np.bool_]) -> float:
    """The lowest likelihood from which on ``PRECISE`` of the texts are complaints; never below a half."""
    order = np.argsort(-likely)
    precise = np.cumsum(is_one[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precise >= PRECISE)
    return round(max(0.5, float(likely[order][enough[-1]]) if len(enough) else 1.0), 4)
