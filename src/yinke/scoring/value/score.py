"""夜间估值: each night, what everybody brings and will bring, and what to propose to whom.

Customers are taken slice by slice and streamed to one file, so memory does not grow with the bank. Contribution needs no
model. A model that cannot be read or does not fit the day is left out, and the step says why; the rest is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, Slice, slices
from yinke.lake.engine.files import PAGE_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.score_table import money
from yinke.scoring.churn.store import features_of, read_boosters, released_number
from yinke.scoring.value.contribution import standing
from yinke.scoring.value.value_table import PROPOSALS, REASONS, VALUE

if TYPE_CHECKING:
    from yinke.scoring.learning.drift import Drift
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.learning.frame import Frame, Numbers
    from yinke.scoring.value.expected import ValueModel

KINDS = ("value", "product")


def score_value(
    engine: Engine, building: Building, lake: Lake, values: Mapping[str, Any], threads: int = 2,
    unscored: Collection[int] = (),
) -> dict[str, dict[str, Any]]:  # fmt: skip
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
    night = _Night(engine, building, lake, values, threads, pa.array(sorted(unscored), pa.int32()))
    while True:
        rows, unfit = night.write(used)
        if not unfit:
            break
        for kind, why in unfit.items():  # written anew without it
            told[kind] |= why
            del used[kind]
    for kind, model in used.items():
        told[kind] |= {"scored": rows, "psi": model.psi, "score_psi": None}
    return told


class _Strange(Exception):
    """The model was trained on other features."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


@dataclass
class _Used:
    """A released model as the night uses it."""

    number: int
    card: dict[str, Any]
    value: ValueModel | None = None
    products: Mapping[str, Model] | None = None
    drift: Drift | None = None
    psi: Mapping[str, float] = field(default_factory=dict)


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
    threads: int
    left_out: pa.Array

    def write(self, used: Mapping[str, _Used]) -> tuple[int, dict[str, dict[str, Any]]]:
        """Write the table with these models; the rows, and of a model that does not fit the day why."""
        leaving = _leaving(self.building) if "value" in used else None
        written, unfit = 0, dict[str, dict[str, Any]]()
        for model in used.values():
            from yinke.scoring.learning.drift import Drift

            model.drift = Drift(model.card["reference"])
        with self.building.writing("value") as path:
            with writer(path, VALUE) as file:
                for part in slices(self.engine, self.building.path("customer")):
                    rows = self._slice(part, used, leaving)
                    written += len(rows)
                    file.write_table(rows, row_group_size=PAGE_GROUP)
            if written >= int(self.values["churn.psi_customers"]):
                unfit = self._unfit(used)
        return written, unfit

    def _unfit(self, used: Mapping[str, _Used]) -> dict[str, dict[str, Any]]:
        found = {}
        for kind, model in used.items():
            from yinke.scoring.churn.score import Unfit, check

            assert model.drift is not None  # noqa: S101
            try:
                model.psi = check(model.drift, model.card["reference"], self.values)
            except Unfit as why:
                found[kind] = {"blocked": why.why, "blocked_features": why.features, "psi": why.psi}
        return found

    def _slice(self, part: Slice, used: Mapping[str, _Used], leaving: tuple[Any, Any] | None) -> pa.Table:
        if not used:
            table = self.engine.to_arrow(standing(self.engine, self.building, self.values, part))
            table = self._known(table.filter(table["normal"]))
            columns = _nothing(len(table))
            columns |= {"cust_id": table["cust_id"], "contribution": money(table["contribution"].to_numpy())}
            return _table(columns)
        from yinke.scoring.value.features import frame_of, observe, place_of

        table = self._known(
            self.engine.to_arrow(observe(self.engine, self.building, self.lake, self.values, part))
        )
        frame = frame_of(table)
        for model in used.values():
            assert model.drift is not None  # noqa: S101
            model.drift.add(frame)
        now = table["f_contribution"].to_numpy()
        columns = _nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)}
        if len(table) and "value" in used:
            assert leaving is not None  # noqa: S101
            columns |= _expected(used["value"], table, frame, now, leaving, self.threads)
        if len(table) and "product" in used:
            holds = np.column_stack([frame.values[:, place_of(f"holds_{c.lower()}")] > 0 for c in CATEGORIES])
            columns |= _proposals(used["product"], table, frame, holds, self)
        return _table(columns)

    def _known(self, table: pa.Table) -> pa.Table:
        table = table.sort_by("cust_id")
        return table.filter(pc.invert(pc.is_in(table["cust_id"].cast(pa.int32()), self.left_out)))


def _nothing(count: int) -> dict[str, Any]:
    return {field.name: pa.nulls(count, field.type) for field in VALUE}


def _table(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table([_cast(columns[field.name], field.type) for field in VALUE], schema=VALUE)


def _cast(column: Any, kind: pa.DataType) -> Any:
    return column if column.type == kind else column.cast(kind)


def _leaving(building: Building) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The churn model's probabilities of this night, by customer; nobody's if it is not used."""
    if not building.has("score"):
        return np.empty(0, np.int64), np.empty(0)
    table = pq.read_table(building.path("score"), columns=["cust_id", "probability"])
    return table["cust_id"].to_numpy().astype(np.int64), table["probability"].to_numpy()


def _expected(
    used: _Used, table: pa.Table, frame: Frame, now: Numbers, leaving: tuple[Any, Any], threads: int
) -> dict[str, Any]:
    from yinke.scoring.value.expected import carried, rounded

    assert used.value is not None  # noqa: S101
    decay = used.card["decay"]
    ids, (known, chance) = table["cust_id"].to_numpy(), leaving
    goes = np.full(len(ids), float(decay["leaving"]))
    if len(known):
        place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        goes = np.where(known[place] == ids, chance[place], goes)
    span = carried(used.value.quarter(frame, now, threads), goes, float(decay["loss"]))
    return {
        "model": _same(used.number, len(ids)),
        **{name: money(rounded(getattr(span, name))) for name in ("expected", "low", "high")},
    }


def _same(number: int, count: int) -> pa.Array:
    return pa.array(np.full(count, number, np.int32))


def _proposals(
    used: _Used, table: pa.Table, frame: Frame, holds: npt.NDArray[np.bool_], night: _Night
) -> dict[str, Any]:
    from yinke.scoring.value.expected import rounded
    from yinke.scoring.value.suitability import judge, least_risks, told

    assert used.products is not None  # noqa: S101
    judged = judge(table, least_risks(night.building), night.values, night.building.biz_date)
    count, names = len(table), list(used.products)
    place = [CATEGORIES.index(name) for name in names]
    chance = np.column_stack([used.products[name].probabilities(frame, night.threads) for name in names])
    may = ~holds[:, place] & (judged.barred[:, place] == 0)
    may &= chance >= float(night.values["value.least_probability"])
    pays = np.array([used.card["metrics"]["categories"][name]["worth"] for name in names])
    rank = np.where(may, chance * np.maximum(pays, 0.01), -1.0)
    order = np.argsort(-rank, axis=1, kind="stable")[:, :PROPOSALS]
    columns: dict[str, Any] = {
        "product_model": _same(used.number, count), "up_to": pa.array(judged.up_to),
        "barred": pa.array(told(judged.barred, ~holds), pa.string()),
    }  # fmt: skip
    for n in range(min(PROPOSALS, order.shape[1])):
        chosen = order[:, n]
        rows = np.flatnonzero(rank[np.arange(count), chosen] > 0)
        which = chosen[rows]
        columns |= {
            f"product_{n + 1}": _texts(count, rows, np.array(names, object)[which]),
            f"probability_{n + 1}": _numbers(count, rows, np.round(chance[rows, which], 3)),
            f"worth_{n + 1}": money(_spread(count, rows, rounded(pays)[which])),
            **_reasons(n + 1, used.products, names, frame, rows, which, night.threads),
        }
    return columns


def _reasons(
    n: int, models: Mapping[str, Model], names: list[str], frame: Frame, rows: npt.NDArray[Any],
    which: npt.NDArray[Any], threads: int,
) -> dict[str, Any]:  # fmt: skip
    """The features that raise the log-odds of each customer's ``n``-th proposal most, with their values."""
    count = len(frame)
    features = np.array([feature.name for feature in frame.features], object)
    reason = np.full((count, REASONS), None, object)
    value = np.full((count, REASONS), np.nan)
    for category, name in enumerate(names):
        mine = rows[which == category]
        if not len(mine):
            continue
        effects = models[name].contributions(frame.take(mine), threads)[:, :-1]
        best = np.argsort(-effects, axis=1, kind="stable")[:, :REASONS]
        raises = np.take_along_axis(effects, best, axis=1) > 0
        reason[mine] = np.where(raises, features[best], np.array(None, object))
        value[mine] = np.where(raises, np.take_along_axis(frame.values[mine], best, axis=1), np.nan)
    found: dict[str, Any] = {}
    for k in range(REASONS):
        found[f"reason_{n}_{k + 1}"] = pa.array(reason[:, k].tolist(), pa.string())
        found[f"value_{n}_{k + 1}"] = pa.array(value[:, k], mask=np.isnan(value[:, k]))
    return found


def _texts(count: int, rows: npt.NDArray[Any], texts: npt.NDArray[Any]) -> pa.Array:
    found = np.full(count, None, object)
    found[rows] = texts
    return pa.array(found.tolist(), pa.string())


def _spread(count: int, rows: npt.NDArray[Any], numbers: Numbers) -> Numbers:
    found = np.full(count, np.nan)
    found[rows] = numbers
    return found


def _numbers(count: int, rows: npt.NDArray[Any], numbers: Numbers) -> pa.Array:
    found = _spread(count, rows, numbers)
    return pa.array(found, mask=np.isnan(found))
