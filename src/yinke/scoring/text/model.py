"""A trained model of texts: numbers in a JSON file, read without any library of learning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from yinke.scoring.text.features import MOST, TONES, TOPICS, WORD, grams, listed, normal, word_lists, words_in

Matrix = npt.NDArray[np.float64]
SHOWN = 4
"""Words told as reasons, at most."""


@dataclass(frozen=True)
class Reading:
    """What a text is about. ``complaint``: how likely it is one, 0 to 1; ``because``: the words that speak for the topic."""

    topic: str
    topic_sure: float
    tone: str
    tone_sure: float
    complaint: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class TextModel:
    """Weights of n-grams and listed words for each topic and tone.

    ``terms``: n-grams, each with its inverse document frequency in ``rarity``; rows of the weights are terms, then the
    lists of words; columns are ``TOPICS`` and ``TONES``.
    """

    terms: tuple[str, ...]
    rarity: Matrix
    topics: Matrix
    topic_base: Matrix
    tones: Matrix
    tone_base: Matrix

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: n for n, term in enumerate(self.terms)}

    def read(self, text: str) -> Reading:
        """Read one text."""
        plain = normal(text)
        places, values = parts(plain, self._places, self.rarity)
        topic = _shares(values @ self.topics[places] + self.topic_base)
        tone = _shares(values @ self.tones[places] + self.tone_base)
        best, mood = int(topic.argmax()), int(tone.argmax())
        about = 1.0 - float(topic[TOPICS.index("NONE")])
        return Reading(
            TOPICS[best],
            float(topic[best]),
            TONES[mood],
            float(tone[mood]),
            about * float(tone[TONES.index("NEGATIVE")]),
            self._because(plain, best),
        )

    def _because(self, plain: str, topic: int) -> tuple[str, ...]:
        """Listed words of the topic in the text."""
        return tuple(words_in(plain, word_lists().get(TOPICS[topic], ()))[:SHOWN])

    def dumps(self) -> str:
        """As JSON; weights to five digits."""
        return json.dumps(
            {
                "terms": self.terms,
                **{name: getattr(self, name).round(5).tolist() for name in _ARRAYS},
            },
            ensure_ascii=False,
        )

    @classmethod
    def loads(cls, text: str) -> TextModel:
        """Back from ``dumps``."""
        raw: dict[str, Any] = json.loads(text)
        return cls(tuple(raw["terms"]), **{name: np.array(raw[name]) for name in _ARRAYS})


_ARRAYS = ("rarity", "topics", "topic_base", "tones", "tone_base")


def parts(plain: str, places: Mapping[str, int], rarity: Matrix) -> tuple[npt.NDArray[np.int64], Matrix]:
    """A normal text as numbers: tf-idf of its n-grams, of length one together (Manning et al. 2008, ch. 6), then its
    listed words. Gives the rows of the weights that it touches, and how much."""
    found = {places[gram]: 1 + log(times) for gram, times in grams(plain).items() if gram in places}
    at = np.array(list(found), np.int64)
    values = np.array(list(found.values())) * rarity[at]
    length = float(np.sqrt((values**2).sum()))
    counts = np.minimum(listed(plain), MOST).astype(float)
    there = np.flatnonzero(counts)
    return (
        np.concatenate([at, len(rarity) + there]),
        np.concatenate([values / (length or 1.0), WORD * counts[there]]),
    )


def _shares(weights: Matrix) -> Matrix:
    """How likely each class is: the likelihoods of each against all others, made to be one together."""
    each = 1 / (1 + np.exp(-weights))
    found: Matrix = each / each.sum()
    return found
