"""Each night a challenger scores some of the customers beside the champion, in the same pass.

Nobody sees what it says of a customer, and nothing follows from it. What is kept is how often both say the same, and whether
what it is given looks like what it was tested on: whoever is to release it knows how many would be told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.scoring.churn import train as churn
from yinke.scoring.churn.score import Unfit, bands_of, check
from yinke.scoring.churn.score_table import BANDS, named
from yinke.scoring.learning.drift import Drift, score_frame
from yinke.scoring.learning.frame import Frame, Labels, Numbers, Rows
from yinke.scoring.value.expected import rounded
from yinke.scoring.value.proposals import best, ranked
from yinke.scoring.value.used import Used

Counts = dict[str, Any]


@dataclass(frozen=True)
class Challengers:
    """The challengers of a night by kind, wherever customers are scored.

    ``share``: of the customers, how many they score. ``values``, ``risks``, ``on``: as ``proposals.ranked``.
    """

    used: Mapping[str, Used]
    share: float
    values: Mapping[str, Any]
    risks: Mapping[str, int]
    on: date

    def tallies(
        self, table: pa.Table, frame: Frame, said: Mapping[str, pa.Array], leaving: Numbers
    ) -> dict[str, Counts]:
        """By kind what ``Tally`` counts of a batch.

        Args:
            table, frame: rows as ``features.observe`` gives them, and their features.
            said: what the champions said of the same rows, by the columns of a night.
            leaving: the champion's probabilities to leave; NaN: not known.
        """
        drawn = churn.drawn(table["cust_id"].to_numpy(), self.share)
        found = {}
        for kind, used in self.used.items():
            rows = np.flatnonzero(drawn & table["population"].to_numpy() if kind == "churn" else drawn)
            if not len(rows):
                continue
            mine = {name: _taken(column, rows) for name, column in said.items() if name in _SAID[kind]}
            if kind == "churn":
                found[kind] = _leaving(used, churn.frame_of(table.take(rows)), mine)
            elif kind == "value":
                now = table["f_contribution"].to_numpy()[rows]
                found[kind] = _worth(used, frame.take(rows), now, leaving[rows], mine)
            else:
                found[kind] = self._proposed(used, table.take(rows), frame.take(rows), mine)
        return found

    def _proposed(self, used: Used, table: pa.Table, frame: Frame, said: Mapping[str, pa.Array]) -> Counts:
        found = ranked(used, table, frame, self.values, self.risks, self.on)
        first = named(best(found.rank), found.names)
        same = np.array(first.to_pylist(), object) == np.array(said["product_1"].to_pylist(), object)
        return _counts(used, frame, same)


_SAID = {"churn": ("churn_band",), "value": ("low", "high"), "product": ("product_1",)}


def _taken(column: Any, rows: Rows) -> pa.Array:
    found = column.take(pa.array(rows))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _leaving(used: Used, frame: Frame, said: Mapping[str, pa.Array]) -> Counts:
    stored = used.churn
    assert stored is not None  # noqa: S101
    score = stored.model.scores(frame)
    band = bands_of(stored, score)
    before = pc.index_in(said["churn_band"], value_set=pa.array(BANDS)).to_numpy(zero_copy_only=False)
    mix = np.zeros((len(BANDS), len(BANDS)), np.int64)
    np.add.at(mix, (before.astype(np.intp), band), 1)
    counts = _counts(used, frame, before == band) | {"mix": mix.tolist()}
    if reference := used.card.get("score_reference"):
        drift = Drift({"score": reference})
        drift.add(score_frame(score))
        counts["score"] = drift.counts()
    return counts


def _worth(used: Used, frame: Frame, now: Numbers, leaving: Numbers, said: Mapping[str, pa.Array]) -> Counts:
    low, high = (said[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in _SAID["value"])
    expected = rounded(used.year(frame, now, leaving).expected)  # as what stands there is
    return _counts(used, frame, np.asarray((low <= expected) & (expected <= high), np.bool_))


def _counts(used: Used, frame: Frame, same: Labels | npt.NDArray[Any]) -> Counts:
    drift = Drift(used.card["reference"])
    drift.add(frame)
    return {"customers": len(frame), "same": int(np.count_nonzero(same)), "features": drift.counts()}


class Tally:
    """What a night's batches came to for one challenger.

    ``customers`` it scored; of how many it said the ``same`` as the champion: of churn the same band, of value an amount within the champion's
    span, of products the same first proposal; ``mix``: of churn, customers by the champion's band and its own, as ``BANDS``.
    """

    def __init__(self, used: Used) -> None:
        self.used = used
        self.customers = self.same = 0
        self.mix: npt.NDArray[np.int64] | None = None
        self.drift = Drift(used.card["reference"])
        of_score = used.card.get("score_reference")
        self.of_score = Drift({"score": of_score} if of_score else {})

    def join(self, counts: Mapping[str, Any]) -> None:
        """Take in what was counted of a batch."""
        self.customers += counts["customers"]
        self.same += counts["same"]
        self.drift.join(counts["features"])
        self.of_score.join(counts.get("score", {}))
        if "mix" in counts:
            mix = np.array(counts["mix"], np.int64)
            self.mix = mix if self.mix is None else self.mix + mix

    def told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """As the night's step tells it: ``customers``, ``same``, ``mix``, ``psi``, ``score_psi``; ``blocked`` with ``blocked_features`` if what it was
        given is too far from what it was tested on."""
        found: dict[str, Any] = {
            "customers": self.customers, "same": self.same, "psi": {}, "score_psi": None,
            "mix": [] if self.mix is None else self.mix.tolist(),
        }  # fmt: skip
        if self.customers < int(values["churn.psi_customers"]):
            return found
        index = self.of_score.by_feature().get("score")
        found["score_psi"] = None if index is None else round(index, 4)
        try:
            return found | {"psi": check(self.drift, self.used.card["reference"], values)}
        except Unfit as unfit:
            return found | unfit.told()
