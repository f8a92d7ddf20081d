"""夜间估值: each night, what everybody brings and will bring, and what to propose to whom.

Customers are taken slice by slice, or by the partitions of a cluster, and streamed to one file, so memory does not grow
with the bank. Contribution needs no model. A model that cannot be read or does not fit the day is left out, and the step says why; the rest is written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, Slice, Table, slices
from yinke.lake.engine.files import PAGE_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.score_table import money
from yinke.scoring.churn.store import features_of, read_boosters, released_number
from yinke.scoring.value.contribution import standing
from yinke.scoring.value.suitability import least_risks
from yinke.scoring.value.value_table import PROPOSALS, REASONS, VALUE

if TYPE_CHECKING:
    from yinke.scoring.learning.drift import Drift
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.learning.frame import Frame, Numbers, Rows
    from yinke.scoring.learning.trees import Columns
    from yinke.scoring.value.expected import ValueModel

KINDS = ("value", "product")
_MADE = VALUE.append(pa.field("drift", pa.string()))
"""What comes of a batch: its rows, and on one of them the counts of ``Drift`` by model."""


def score_value(
    engine: Engine, building: Building, lake: Lake, values: Mapping[str, Any], unscored: Collection[int] = ()
) -> dict[str, dict[str, Any]]:
    """Write ``value`` for a date whose ``snapshot`` (and ``score``, if churn is scored) are there.

    Args:
        unscored: customers who objected to automated decisions (PIPL art. 24): they have no row.

    Returns:
        By kind, ``value`` and ``product``, what ``score_churn`` tells of its own: ``model``, ``scored``, ``psi``, ``blocked`` ...
    """
    told: dict[str, dict[str, Any]] = {}
    used: dict[str, _Used] = {}
    for kind in KINDS:
        number = released_number(lake, kind)
        told[kind] = {"model": number, "scored": 0}
        if number is not None:
            try:
                used[kind] = _opened(lake, kind, number)
            except YinkeError as problem:
                told[kind] |= {"blocked": "model", "problem": problem.message}
            except _Strange as strange:
                told[kind] |= {"blocked": "features", "blocked_features": strange.names}
    night = _Night(engine, building, lake, values, frozenset(unscored))
    while True:
        rows, psi, unfit = night.write(used)
        if not unfit:
            break
        for kind, why in unfit.items():  # written anew without it
            told[kind] |= why
            del used[kind]
    for kind in used:
        told[kind] |= {"scored": rows, "psi": psi.get(kind, {}), "score_psi": None}
    return told


class _Strange(Exception):
    """The model was trained on other features."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


@dataclass(frozen=True)
class _Used:
    """A released model as the night uses it."""

    number: int
    card: dict[str, Any]
    value: ValueModel | None = None
    products: Mapping[str, Model] | None = None


def _opened(lake: Lake, kind: str, number: int) -> _Used:
    from yinke.scoring.learning.calibration import Calibrator
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.value.expected import ValueModel
    from yinke.scoring.value.features import FEATURES

    card, boosters = read_boosters(lake, kind, number)
    features = features_of(card)
    strange = {f.name for f in features} ^ {f.name for f in FEATURES}
    if strange:
        raise _Strange(sorted(strange))
    if kind == "value":
        return _Used(number, card, value=ValueModel(features, boosters, card["widened"]))
    models = {
        name: Model(features, (booster,), Calibrator.of(card["calibrators"][name]), 0)
        for name, booster in boosters.items()
    }
    return _Used(number, card, products=models)


@dataclass(frozen=True)
class _Night:
    engine: Engine
    building: Building
    lake: Lake
    values: Mapping[str, Any]
    left_out: frozenset[int]

    def write(
        self, used: Mapping[str, _Used]
    ) -> tuple[int, dict[str, dict[str, float]], dict[str, dict[str, Any]]]:
        """Write the table with these models: the rows, each model's drift, and of one that does not fit the day why."""
        from yinke.scoring.learning.drift import Drift

        on, risks = self.building.biz_date, least_risks(self.building)
        work = _Batch(used, self.left_out, self.values, risks, on)
        drifts = {kind: Drift(model.card["reference"]) for kind, model in used.items()}
        written = 0
        with self.building.writing("value") as path:
            parts = path.with_name("value.parts")
            with writer(path, VALUE) as file:
                for part in slices(self.engine, self.building.path("customer")):
                    for made in self.engine.mapped(
                        self._asked(used, part), work, _MADE, sort="cust_id", scratch=parts
                    ):
                        for told in made["drift"].drop_null().to_pylist():
                            for kind, seen in json.loads(told).items():
                                drifts[kind].join(seen)
                        written += len(made)
                        file.write_table(made.select(VALUE.names), row_group_size=PAGE_GROUP)
        if written < int(self.values["churn.psi_customers"]):
            return written, {}, {}
        return written, *self._checked(used, drifts)

    def _asked(self, used: Mapping[str, _Used], part: Slice) -> Table:
        if not used:
            table = standing(self.engine, self.building, self.values, part)
            return table.filter(table.normal)
        from yinke.scoring.value.features import observe

        return observe(self.engine, self.building, self.lake, self.values, part, leaving=True)

    def _checked(
        self, used: Mapping[str, _Used], drifts: Mapping[str, Drift]
    ) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, Any]]]:
        from yinke.scoring.churn.score import Unfit, check

        psi, unfit = dict[str, dict[str, float]](), dict[str, dict[str, Any]]()
        for kind, model in used.items():
            try:
                psi[kind] = check(drifts[kind], model.card["reference"], self.values)
            except Unfit as why:
                unfit[kind] = {"blocked": why.why, "blocked_features": why.features, "psi": why.psi}
        return psi, unfit


@dataclass(frozen=True)
class _Batch:
    """Values some customers, wherever they are."""

    used: Mapping[str, _Used]
    left_out: frozenset[int]
    values: Mapping[str, Any]
    risks: Mapping[str, int]
    on: date

    def __call__(self, table: pa.Table) -> pa.Table:
        """``_MADE`` of rows as ``features.observe`` or ``contribution.standing`` gives them; the first tells how often what was seen."""
        left_out = pa.array(sorted(self.left_out), pa.int32())
        table = table.filter(pc.invert(pc.is_in(table["cust_id"].cast(pa.int32()), left_out)))
        if not len(table):
            return _MADE.empty_table()
        if not self.used:
            now = table["contribution"].to_numpy()
            return _table(_nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)})
        from yinke.scoring.learning.drift import Drift
        from yinke.scoring.value.features import frame_of, place_of

        frame = frame_of(table)
        seen, counted = {}, list[Drift]()
        for kind, model in self.used.items():
            reference = model.card["reference"]
            drift = next((one for one in counted if one.reference == reference), None)
            if drift is None:  # models trained on the same day have the same
                drift = Drift(reference)
                drift.add(frame)
                counted.append(drift)
            seen[kind] = drift.counts()
        now = table["f_contribution"].to_numpy()
        columns = _nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)}
        columns["drift"] = pa.array([json.dumps(seen), *[None] * (len(table) - 1)], pa.string())
        if "value" in self.used:
            columns |= _expected(self.used["value"], table, frame, now)
        if "product" in self.used:
            holds = np.column_stack([frame.values[:, place_of(f"holds_{c.lower()}")] > 0 for c in CATEGORIES])
            columns |= _proposals(self.used["product"], table, frame, holds, self)
        return _table(columns)


def _nothing(count: int) -> dict[str, Any]:
    return {field.name: pa.nulls(count, field.type) for field in _MADE}


def _table(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table([_cast(columns[field.name], field.type) for field in _MADE], schema=_MADE)


def _cast(column: Any, kind: pa.DataType) -> Any:
    return column if column.type == kind else column.cast(kind)


def _expected(used: _Used, table: pa.Table, frame: Frame, now: Numbers) -> dict[str, Any]:
    from yinke.scoring.value.expected import carried, rounded

    assert used.value is not None  # noqa: S101
    decay = used.card["decay"]
    chance = table["leaving"].to_numpy()
    goes = np.where(np.isnan(chance), float(decay["leaving"]), chance)
    span = carried(used.value.quarter(frame, now), goes, float(decay["loss"]))
    return {
        "model": _same(used.number, len(table)),
        **{name: money(rounded(getattr(span, name))) for name in ("expected", "low", "high")},
    }


def _same(number: int, count: int) -> pa.Array:
    return pa.array(np.full(count, number, np.int32))


def _proposals(
    used: _Used, table: pa.Table, frame: Frame, holds: npt.NDArray[np.bool_], batch: _Batch
) -> dict[str, Any]:
    from yinke.scoring.learning.trees import Columns
    from yinke.scoring.value.expected import rounded
    from yinke.scoring.value.suitability import judge, told

    assert used.products is not None  # noqa: S101
    judged = judge(table, batch.risks, batch.values, batch.on)
    count, names = len(table), list(used.products)
    place = [CATEGORIES.index(name) for name in names]
    may = ~holds[:, place] & (judged.barred[:, place] == 0)
    chance: Numbers = np.zeros(may.shape)
    columns_of = Columns(frame.values)
    for n, model in enumerate(used.products.values()):
        asked = np.flatnonzero(may[:, n])
        (trees,) = model.trees
        chance[asked, n] = model.calibrator(trees.scores(columns_of.take(asked)))
    may &= chance >= float(batch.values["value.least_probability"])
    rounded_chance: Numbers = np.round(chance, 3)
    pays = np.array([used.card["metrics"]["categories"][name]["worth"] for name in names])
    rank = np.where(may, chance * np.maximum(pays, 0.01), -1.0)
    columns: dict[str, Any] = {
        "product_model": _same(used.number, count), "up_to": pa.array(judged.up_to),
        "barred": told(judged.barred, ~holds),
    }  # fmt: skip
    for n in range(min(PROPOSALS, len(names))):
        best = rank.argmax(axis=1)
        chosen = np.where(rank[np.arange(count), best] > 0, best, -1)
        rows = np.flatnonzero(chosen >= 0)
        which = chosen[rows]
        columns |= {
            f"product_{n + 1}": _named(chosen, names),
            f"probability_{n + 1}": _numbers(_spread(count, rows, rounded_chance[rows, which])),
            f"worth_{n + 1}": money(_spread(count, rows, rounded(pays)[which])),
            **_reasons(n + 1, list(used.products.values()), chosen, frame, columns_of),
        }
        rank[rows, which] = -1.0
    return columns


def _reasons(n: int, models: list[Model], chosen: Rows, frame: Frame, rows: Columns) -> dict[str, Any]:
    """The features that raise the log-odds of each customer's ``n``-th proposal most, with their values."""
    reason = np.full((len(frame), REASONS), -1, np.intp)
    for category, model in enumerate(models):
        mine = np.flatnonzero(chosen == category)
        (trees,) = model.trees
        reason[mine] = trees.strongest(rows.take(mine), REASONS)
    value = np.take_along_axis(frame.values, reason, axis=1).astype(np.float64)
    value[reason < 0] = np.nan
    found: dict[str, Any] = {}
    for k in range(REASONS):
        found[f"reason_{n}_{k + 1}"] = _named(reason[:, k], frame.names)
        found[f"value_{n}_{k + 1}"] = _numbers(value[:, k])
    return found


def _named(place: Rows, names: list[str]) -> pa.Array:
    """The names at places; none at -1."""
    places = pa.array(place.astype(np.int32), mask=place < 0)
    return pa.DictionaryArray.from_arrays(places, pa.array(names, pa.string())).cast(pa.string())


def _spread(count: int, rows: Rows, numbers: Numbers) -> Numbers:
    found = np.full(count, np.nan)
    found[rows] = numbers
    return found


def _numbers(numbers: Numbers) -> pa.Array:
    """Numbers, null for what is not known."""
    return pa.array(numbers, mask=np.isnan(numbers))
