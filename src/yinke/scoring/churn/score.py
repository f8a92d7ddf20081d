"""夜间评分: each night, who of the population may leave, with what is at stake and why.

Customers are taken slice by slice and streamed to one file, so memory does not grow with the bank. If something is
wrong with the model or with what it is given, no score is written that night: the rules (``care/events``) stand alone,
and the step says why.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, slices
from yinke.lake.engine.files import ROW_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.score_table import BANDS, REASONS, SCORE, money, named, numbers, repeated, without
from yinke.scoring.churn.store import StoredModel, read_model, released_number
from yinke.scoring.churn.train import frame_of
from yinke.scoring.learning.drift import Drift, score_frame
from yinke.scoring.learning.frame import Frame, Numbers, Rows

_MADE = SCORE.append(pa.field("drift", pa.string()))
"""What comes of a batch: its scores, and on one row of it the counts of ``Drift``."""


class Unfit(Exception):
    """What is scored today is not what the model was tested on."""

    def __init__(self, why: str, features: list[str], psi: dict[str, float]) -> None:
        super().__init__(why)
        self.why, self.features, self.psi = why, features, psi

    def told(self) -> dict[str, Any]:
        """As the night's step tells it."""
        return {"blocked": self.why, "blocked_features": self.features, "psi": self.psi}


class Strange(Exception):
    """The model was trained on other features."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


def opened(lake: Lake, number: int) -> StoredModel:
    """A churn model that can score.

    Raises:
        YinkeError: it cannot be read. Strange: it was trained on other features.
    """
    stored = read_model(lake, "churn", number)
    strange = {f.name for f in stored.model.features} ^ {f.name for f in FEATURES}
    if strange:
        raise Strange(sorted(strange))
    return stored


def score_churn(
    engine: Engine, building: Building, lake: Lake, values: Mapping[str, Any], unscored: Collection[int] = ()
) -> dict[str, Any]:
    """Write ``score`` alone for a date whose ``snapshot`` and tables around the customer are there, if a model is released.

    A night whose values are wanted too takes ``value.score.score_all``.

    Args:
        unscored: customers who objected to automated decisions (PIPL art. 24).

    Returns:
        ``model`` (null: none is released), ``scored``, ``bands``, ``psi`` (drift by feature; empty: too few customers
        to tell) and ``score_psi`` (that of the score; null: not known). If no score was written though a model is
        released: ``blocked`` (``model``: it cannot be read; ``features``: it was trained on others; ``missing``,
        ``drift``: of the ``blocked_features``).
    """
    number = released_number(lake, "churn")
    if number is None:
        return {"model": None, "scored": 0}
    told: dict[str, Any] = {"model": number, "scored": 0}
    try:
        stored = opened(lake, number)
        seen = Seen(stored)
        work = _Batch(stored, frozenset(unscored))
        with building.writing("score") as path, writer(path, SCORE) as file:
            for part in slices(engine, building.path("customer")):
                asked = observe(engine, building, lake, values, part)
                parts = path.with_name("score.parts")
                for made in engine.mapped(asked, work, _MADE, sort="cust_id", scratch=parts):
                    for counts in made["drift"].drop_null().to_pylist():
                        seen.join(json.loads(counts))
                    seen.count(made["band"])
                    file.write_table(made.select(SCORE.names), row_group_size=ROW_GROUP)
            return told | seen.told(values)
    except YinkeError as problem:
        return told | {"blocked": "model", "problem": problem.message}
    except Strange as strange:
        return told | {"blocked": "features", "blocked_features": strange.names}
    except Unfit as unfit:
        return told | unfit.told()


class Seen:
    """What has been scored, and how far it is from what the model was tested on."""

    def __init__(self, stored: StoredModel) -> None:
        self.stored = stored
        self.drift = Drift(stored.card["reference"])
        of_score = stored.card.get("score_reference")
        self.of_score = Drift({"score": of_score} if of_score else {})
        self.bands = dict.fromkeys(BANDS, 0)

    def add(self, frame: Frame, score: Numbers) -> None:
        """Count rows."""
        self.drift.add(frame)
        if self.of_score.reference:
            self.of_score.add(score_frame(score))

    def counts(self) -> dict[str, dict[str, list[int]]]:
        """What has been counted, for another's ``join``."""
        return {"features": self.drift.counts(), "score": self.of_score.counts()}

    def join(self, counts: Mapping[str, Mapping[str, list[int]]]) -> None:
        """Take in what was counted elsewhere."""
        self.drift.join(counts["features"])
        self.of_score.join(counts["score"])

    def count(self, band: pa.ChunkedArray) -> None:
        """Count customers by band; none of whom has no band."""
        for name in BANDS:
            self.bands[name] += pc.sum(pc.equal(band, name)).as_py() or 0

    def told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """``scored``, ``bands``, ``psi`` and ``score_psi`` as ``score_churn`` tells them.

        Raises:
            Unfit: what was scored is too far from what the model was tested on.
        """
        scored = sum(self.bands.values())
        many = scored >= int(values["churn.psi_customers"])
        psi = check(self.drift, self.stored.card["reference"], values) if many else {}
        score_psi = self.of_score.by_feature().get("score") if many else None
        return {
            "scored": scored, "bands": self.bands, "psi": psi,
            "score_psi": None if score_psi is None else round(score_psi, 4),
        }  # fmt: skip


@dataclass(frozen=True)
class _Batch:
    """Scores some customers, wherever they are."""

    stored: StoredModel
    unscored: frozenset[int]

    def __call__(self, table: pa.Table) -> pa.Table:
        """``_MADE`` of rows as ``features.observe`` gives them; the first row tells how often what was seen."""
        table = without(table, self.unscored)
        if not len(table):
            return _MADE.empty_table()
        rows, counts = score_rows(self.stored, table)
        drift = pa.array([json.dumps(counts), *[None] * (len(rows) - 1)], pa.string())
        return rows.append_column(_MADE.field("drift"), drift)


def score_rows(stored: StoredModel, table: pa.Table) -> tuple[pa.Table, dict[str, dict[str, list[int]]]]:
    """The rows of ``score`` for rows as ``features.observe`` gives them, and what ``Seen`` counted of them."""
    frame = frame_of(table)
    score = stored.model.scores(frame)
    seen = Seen(stored)
    seen.add(frame, score)
    return scored(stored, table, frame, score), seen.counts()


def scored(stored: StoredModel, table: pa.Table, frame: Frame, score: Numbers) -> pa.Table:
    """The rows of ``score`` for rows as ``features.observe`` gives them.

    Args:
        frame: the features of the same rows.
        score: their scores, as ``Model.scores`` gives them.
    """
    count = len(frame)
    probability = stored.model.calibrator(score)
    band = bands_of(stored, score)
    aum, base = table["aum"].to_numpy(), table["base"].to_numpy()
    columns: dict[str, Any] = {
        "cust_id": table["cust_id"].cast(pa.int32()),
        "model": repeated(stored.number, count),
        "probability": pa.array(probability),
        "band": named(band, BANDS),
        "aum": money(aum),
        "aum_at_risk": money(np.maximum(aum, 0.0) * probability),
        "base": money(np.where(np.isnan(base), aum, base)),
    }
    reason, effect = np.full((count, REASONS), -1), np.full((count, REASONS), np.nan)
    feared = np.flatnonzero(band < BANDS.index("LOW"))
    if len(feared):
        effects = stored.model.contributions(frame.take(feared))[:, :-1]
        order = np.argsort(-effects, axis=1, kind="stable")[:, :REASONS]
        raises = np.take_along_axis(effects, order, axis=1)
        reason[feared] = np.where(raises > 0, order, -1)
        effect[feared] = np.where(raises > 0, raises, np.nan)
    value = np.take_along_axis(frame.values, reason, axis=1).astype(np.float64)
    value[reason < 0] = np.nan
    for n in range(REASONS):
        columns |= {
            f"reason_{n + 1}": named(reason[:, n], frame.names),
            f"effect_{n + 1}": numbers(effect[:, n]),
            f"value_{n + 1}": numbers(value[:, n]),
        }
    return pa.table([columns[name] for name in SCORE.names], schema=SCORE)


def bands_of(stored: StoredModel, score: Numbers) -> Rows:
    """The place in ``BANDS`` of each score: isotonic probabilities have steps on which many customers stand."""
    high, medium = stored.card["bands"]["high"], stored.card["bands"]["medium"]
    return np.where(score >= high, 0, np.where(score >= medium, 1, 2)).astype(np.intp)


def check(drift: Drift, reference: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, float]:
    """The PSI of each feature tonight.

    Raises:
        Unfit: a feature that was known is known of nobody, or one has drifted too far.
    """
    psi = {name: round(index, 4) for name, index in drift.by_feature().items()}
    known = drift.known_shares()
    missing = [name for name, share in known.items() if share == 0 and reference[name]["shares"][-1] < 1]
    if missing:
        raise Unfit("missing", missing, psi)
    far = [name for name, index in psi.items() if index > float(values["churn.psi_block"])]
    if far:
        raise Unfit("drift", far, psi)
    return psi
