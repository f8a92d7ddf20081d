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
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, slices
from yinke.lake.engine.files import ROW_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.score_table import BANDS, REASONS, SCORE, money
from yinke.scoring.churn.store import StoredModel, read_model, released_number
from yinke.scoring.churn.train import frame_of
from yinke.scoring.learning.drift import Drift, score_frame
from yinke.scoring.learning.frame import Frame, Numbers

_MADE = SCORE.append(pa.field("drift", pa.string()))
"""What comes of a batch: its scores, and on one row of it the counts of ``Drift``."""


class Unfit(Exception):
    """What is scored today is not what the model was tested on."""

    def __init__(self, why: str, features: list[str], psi: dict[str, float]) -> None:
        super().__init__(why)
        self.why, self.features, self.psi = why, features, psi


def score_churn(
    engine: Engine, building: Building, lake: Lake, values: Mapping[str, Any], unscored: Collection[int] = ()
) -> dict[str, Any]:
    """Write ``score`` for a date whose ``snapshot`` and tables around the customer are there, if a model is released.

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
    try:
        stored = read_model(lake, "churn", number)
    except YinkeError as problem:
        return {"model": number, "scored": 0, "blocked": "model", "problem": problem.message}
    strange = {f.name for f in stored.model.features} ^ {f.name for f in FEATURES}
    if strange:
        return {"model": number, "scored": 0, "blocked": "features", "blocked_features": sorted(strange)}
    drift, of_score = _drifts(stored)
    work = _Batch(stored, frozenset(unscored))
    bands = dict.fromkeys(BANDS, 0)
    try:
        with building.writing("score") as path, writer(path, SCORE) as file:
            for part in slices(engine, building.path("customer")):
                asked = observe(engine, building, lake, values, part)
                parts = path.with_name("score.parts")
                for made in engine.mapped(asked, work, _MADE, sort="cust_id", scratch=parts):
                    for told in made["drift"].drop_null().to_pylist():
                        seen = json.loads(told)
                        drift.join(seen["features"])
                        of_score.join(seen["score"])
                    for band in BANDS:
                        bands[band] += pc.sum(pc.equal(made["band"], band)).as_py() or 0
                    file.write_table(made.select(SCORE.names), row_group_size=ROW_GROUP)
            many = sum(bands.values()) >= int(values["churn.psi_customers"])
            psi = check(drift, stored.card["reference"], values) if many else {}
    except Unfit as unfit:
        return {
            "model": number,
            "scored": 0,
            "blocked": unfit.why,
            "blocked_features": unfit.features,
            "psi": unfit.psi,
        }
    score_psi = of_score.by_feature().get("score") if many else None
    return {
        "model": number, "scored": sum(bands.values()), "bands": bands, "psi": psi,
        "score_psi": None if score_psi is None else round(score_psi, 4),
    }  # fmt: skip


def _drifts(stored: StoredModel) -> tuple[Drift, Drift]:
    """Of the features, and of the score (nothing is counted of it for a model that has no reference)."""
    of_score = stored.card.get("score_reference")
    return Drift(stored.card["reference"]), Drift({"score": of_score} if of_score else {})


@dataclass(frozen=True)
class _Batch:
    """Scores some customers, wherever they are."""

    stored: StoredModel
    unscored: frozenset[int]

    def __call__(self, table: pa.Table) -> pa.Table:
        """``_MADE`` of rows as ``features.observe`` gives them; the first row tells how often what was seen."""
        left_out = pa.array(sorted(self.unscored), pa.int32())
        table = table.filter(pc.invert(pc.is_in(table["cust_id"].cast(pa.int32()), left_out)))
        if not len(table):
            return _MADE.empty_table()
        frame = frame_of(table)
        score = self.stored.model.scores(frame)
        drift, of_score = _drifts(self.stored)
        drift.add(frame)
        if of_score.reference:
            of_score.add(score_frame(score))
        seen = json.dumps({"features": drift.counts(), "score": of_score.counts()})
        rows = scored(self.stored, table, frame, score)
        return rows.append_column(
            _MADE.field("drift"), pa.array([seen, *[None] * (len(rows) - 1)], pa.string())
        )


def scored(stored: StoredModel, table: pa.Table, frame: Frame, score: Numbers) -> pa.Table:
    """The rows of ``score`` for rows as ``features.observe`` gives them.

    Args:
        frame: the features of the same rows.
        score: their scores, as ``Model.scores`` gives them.
    """
    count = len(frame)
    probability = stored.model.calibrator(score)
    high, medium = stored.card["bands"]["high"], stored.card["bands"]["medium"]
    # by the score: isotonic probabilities have steps on which many customers stand
    band = np.where(score >= high, "HIGH", np.where(score >= medium, "MEDIUM", "LOW"))
    aum, base = table["aum"].to_numpy(), table["base"].to_numpy()
    columns: dict[str, Any] = {
        "cust_id": table["cust_id"].cast(pa.int32()),
        "model": pa.array(np.full(count, stored.number, np.int32)),
        "probability": pa.array(probability),
        "band": pa.array(band.tolist(), pa.string()),
        "aum": money(aum),
        "aum_at_risk": money(np.maximum(aum, 0.0) * probability),
        "base": money(np.where(np.isnan(base), aum, base)),
    }
    feared = np.flatnonzero(band != "LOW")
    effects = stored.model.contributions(frame.take(feared))[:, :-1] if len(feared) else np.empty((0, 1))
    order = np.argsort(-effects, axis=1, kind="stable")[:, :REASONS]
    names = np.array([feature.name for feature in stored.model.features], object)
    for n in range(REASONS):
        columns |= _reason(n, count, feared, effects, order, names, frame)
    return pa.table([columns[name] for name in SCORE.names], schema=SCORE)


def _reason(
    n: int, count: int, feared: npt.NDArray[Any], effects: Numbers, order: npt.NDArray[Any], names: npt.NDArray[Any],
    frame: Frame,
) -> dict[str, pa.Array]:  # fmt: skip
    reason = np.full(count, None, object)
    effect, value = np.full(count, np.nan), np.full(count, np.nan)
    if len(feared) and n < order.shape[1]:
        place = order[:, n]
        raises = effects[np.arange(len(feared)), place] > 0
        rows, chosen = feared[raises], place[raises]
        reason[rows] = names[chosen]
        effect[rows] = effects[raises, chosen]
        value[rows] = frame.values[rows, chosen]
    return {
        f"reason_{n + 1}": pa.array(reason.tolist(), pa.string()),
        f"effect_{n + 1}": pa.array(effect, mask=np.isnan(effect)),
        f"value_{n + 1}": pa.array(value, mask=np.isnan(value)),
    }


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
