"""夜间评分与估值: each night, who may leave, what everybody brings and will bring, and what to propose to whom.

All of it in one pass, for it is told from the same features. Customers are taken slice by slice, or by the partitions of a cluster, and streamed
to two files, so memory does not grow with the bank. Contribution needs no model. A model that cannot be read or does not fit the day is left out, and
the step says why; the rest is written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, Slice, Table, slices
from yinke.lake.engine.files import PAGE_GROUP, ROW_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.lake.tables import CATEGORIES
from yinke.scoring.churn.score_table import SCORE, money, named, numbers, without
from yinke.scoring.churn.store import features_of, read_boosters, released_number
from yinke.scoring.value.contribution import standing
from yinke.scoring.value.suitability import least_risks
from yinke.scoring.value.value_table import PROPOSALS, REASONS, VALUE

if TYPE_CHECKING:
    from yinke.scoring.churn.score import Seen
    from yinke.scoring.churn.store import StoredModel
    from yinke.scoring.learning.drift import Drift
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.learning.frame import Frame, Numbers, Rows
    from yinke.scoring.learning.trees import Columns
    from yinke.scoring.value.expected import ValueModel

KINDS = ("churn", "value", "product")
_OF_CHURN = pa.schema([pa.field(f"churn_{field.name}", field.type) for field in SCORE])
_MADE = pa.schema([*VALUE, *_OF_CHURN, pa.field("drift", pa.string())])
"""What comes of a batch: its rows, those of ``score`` beside them (null of whom churn is not told), and on one of them what was counted by model."""


def score_all(
    engine: Engine, building: Building, lake: Lake, values: Mapping[str, Any], unscored: Collection[int] = ()
) -> dict[str, dict[str, Any]]:
    """Write ``score`` (if a churn model is released) and ``value`` for a date whose ``snapshot`` and tables around the customer are there.

    Args:
        unscored: customers who objected to automated decisions (PIPL art. 24): they have no row.

    Returns:
        By kind what ``score_churn`` tells of its own: ``model``, ``scored``, ``psi``, ``blocked`` ...
    """
    told: dict[str, dict[str, Any]] = {}
    used: dict[str, _Used] = {}
    for kind in KINDS:
        number = released_number(lake, kind)
        told[kind] = {"model": number, "scored": 0}
        if number is not None:
            from yinke.scoring.churn.score import Strange

            try:
                used[kind] = _opened(lake, kind, number)
            except YinkeError as problem:
                told[kind] |= {"blocked": "model", "problem": problem.message}
            except Strange as strange:
                told[kind] |= {"blocked": "features", "blocked_features": strange.names}
    night = _Night(engine, building, lake, values, frozenset(unscored))
    while True:
        try:
            found = night.write(used)
        except _Unfit as unfit:
            for kind, why in unfit.kinds.items():  # written anew without it
                told[kind] |= why
                del used[kind]
        else:
            return {kind: told[kind] | found.get(kind, {}) for kind in KINDS}


class _Unfit(Exception):
    """Models do not fit the day: by kind, why."""

    def __init__(self, kinds: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        self.kinds = kinds


@dataclass(frozen=True)
class _Used:
    """A released model as the night uses it."""

    number: int
    card: dict[str, Any]
    churn: StoredModel | None = None
    value: ValueModel | None = None
    products: Mapping[str, Model] | None = None


def _opened(lake: Lake, kind: str, number: int) -> _Used:
    from yinke.scoring.churn.score import Strange, opened
    from yinke.scoring.learning.calibration import Calibrator
    from yinke.scoring.learning.fit import Model
    from yinke.scoring.value.expected import ValueModel
    from yinke.scoring.value.features import FEATURES

    if kind == "churn":
        stored = opened(lake, number)
        return _Used(number, stored.card, churn=stored)
    card, boosters = read_boosters(lake, kind, number)
    features = features_of(card)
    strange = {f.name for f in features} ^ {f.name for f in FEATURES}
    if strange:
        raise Strange(sorted(strange))
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

    def write(self, used: Mapping[str, _Used]) -> dict[str, dict[str, Any]]:
        """Write the tables with these models.

        Returns:
            By kind what it came to: ``scored``, ``psi`` ...

        Raises:
            _Unfit: some of the models do not fit the day; nothing is written.
        """
        churn = used["churn"].churn if "churn" in used else None
        work = _Batch(used, self.left_out, self.values, least_risks(self.building), self.building.biz_date)
        counted = _Counted(used)
        with ExitStack() as files:
            path = files.enter_context(self.building.writing("value"))
            value = files.enter_context(writer(path, VALUE))
            if churn is not None:
                score = files.enter_context(
                    writer(files.enter_context(self.building.writing("score")), SCORE)
                )
            parts = path.with_name("value.parts")
            for part in slices(self.engine, self.building.path("customer")):
                asked, leaving = self._asked(used, part), list[pa.Table]()
                for made in self.engine.mapped(asked, work, _MADE, sort="cust_id", scratch=parts):
                    counted.add(made)
                    value.write_table(made.select(VALUE.names), row_group_size=PAGE_GROUP)
                    told = made.filter(pc.is_valid(made["churn_cust_id"]))
                    leaving.append(told.select(_OF_CHURN.names).rename_columns(SCORE.names))
                if churn is not None:
                    score.write_table(pa.concat_tables(leaving), row_group_size=ROW_GROUP)
            return counted.told(self.values)

    def _asked(self, used: Mapping[str, _Used], part: Slice) -> Table:
        if not used:
            table = standing(self.engine, self.building, self.values, part)
            return table.filter(table.normal)
        from yinke.scoring.value.features import observe

        return observe(self.engine, self.building, self.lake, self.values, part)


class _Counted:
    """What a night's rows came to, and how far they are from what each model was tested on."""

    def __init__(self, used: Mapping[str, _Used]) -> None:
        self.rows = 0
        self.churn: Seen | None = None
        self.drifts: dict[str, Drift] = {}
        for kind, model in used.items():
            if model.churn is not None:
                from yinke.scoring.churn.score import Seen

                self.churn = Seen(model.churn)
            else:
                from yinke.scoring.learning.drift import Drift

                self.drifts[kind] = Drift(model.card["reference"])

    def add(self, made: pa.Table) -> None:
        self.rows += len(made)
        if self.churn is not None:
            self.churn.count(made["churn_band"])
        for told in made["drift"].drop_null().to_pylist():
            seen = json.loads(told)
            for kind, drift in self.drifts.items():
                drift.join(seen[kind])
            if self.churn is not None and "churn" in seen:
                self.churn.join(seen["churn"])

    def told(self, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        if self.churn is None and not self.drifts:
            return {}
        from yinke.scoring.churn.score import Unfit, check

        found, unfit = dict[str, dict[str, Any]](), dict[str, dict[str, Any]]()
        many = self.rows >= int(values["churn.psi_customers"])
        if self.churn is not None:
            try:
                found["churn"] = self.churn.told(values)
            except Unfit as why:
                unfit["churn"] = why.told()
        for kind, drift in self.drifts.items():
            try:
                psi = check(drift, drift.reference, values) if many else {}
                found[kind] = {"scored": self.rows, "psi": psi, "score_psi": None}
            except Unfit as why:
                unfit[kind] = why.told()
        if unfit:
            raise _Unfit(unfit)
        return found


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
        table = without(table, self.left_out)
        if not len(table):
            return _MADE.empty_table()
        if not self.used:
            now = table["contribution"].to_numpy()
            return _table(_nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)})
        from yinke.scoring.value.features import frame_of, place_of

        frame = frame_of(table)
        now = table["f_contribution"].to_numpy()
        seen: dict[str, Any] = self._drift(frame)
        columns = _nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)}
        leaving = np.full(len(table), np.nan)
        if "churn" in self.used:
            asked = np.flatnonzero(table["population"].to_numpy())
            if len(asked):
                churn, seen["churn"] = self._leaving(table.take(asked))
                leaving[asked] = churn["probability"].to_numpy()
                place = np.full(len(table), -1)
                place[asked] = np.arange(len(asked))
                beside = churn.take(pa.array(place, mask=place < 0))
                columns |= {f"churn_{name}": beside[name] for name in SCORE.names}
        if "value" in self.used:
            columns |= _expected(self.used["value"], frame, now, leaving)
        if "product" in self.used:
            holds = np.column_stack([frame.values[:, place_of(f"holds_{c.lower()}")] > 0 for c in CATEGORIES])
            columns |= _proposals(self.used["product"], table, frame, holds, self)
        columns["drift"] = pa.array([json.dumps(seen), *[None] * (len(table) - 1)], pa.string())
        return _table(columns)

    def _leaving(self, table: pa.Table) -> tuple[pa.Table, dict[str, dict[str, list[int]]]]:
        from yinke.scoring.churn.score import score_rows

        stored = self.used["churn"].churn
        assert stored is not None  # noqa: S101
        return score_rows(stored, table)

    def _drift(self, frame: Frame) -> dict[str, Any]:
        from yinke.scoring.learning.drift import Drift

        seen, counted = dict[str, Any](), list[Drift]()
        for kind, model in self.used.items():
            if model.churn is not None:
                continue  # of whom it is told only
            reference = model.card["reference"]
            drift = next((one for one in counted if one.reference == reference), None)
            if drift is None:  # models trained on the same day have the same
                drift = Drift(reference)
                drift.add(frame)
                counted.append(drift)
            seen[kind] = drift.counts()
        return seen


def _nothing(count: int) -> dict[str, Any]:
    return {field.name: pa.nulls(count, field.type) for field in _MADE}


def _table(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table([_cast(columns[field.name], field.type) for field in _MADE], schema=_MADE)


def _cast(column: Any, kind: pa.DataType) -> Any:
    return column if column.type == kind else column.cast(kind)


def _expected(used: _Used, frame: Frame, now: Numbers, leaving: Numbers) -> dict[str, Any]:
    from yinke.scoring.value.expected import carried, rounded

    assert used.value is not None  # noqa: S101
    decay = used.card["decay"]
    goes = np.where(np.isnan(leaving), float(decay["leaving"]), leaving)
    span = carried(used.value.quarter(frame, now), goes, float(decay["loss"]))
    return {
        "model": _same(used.number, len(frame)),
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
            f"product_{n + 1}": named(chosen, names),
            f"probability_{n + 1}": numbers(_spread(count, rows, rounded_chance[rows, which])),
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
        found[f"reason_{n}_{k + 1}"] = named(reason[:, k], frame.names)
        found[f"value_{n}_{k + 1}"] = numbers(value[:, k])
    return found


def _spread(count: int, rows: Rows, numbers: Numbers) -> Numbers:
    found = np.full(count, np.nan)
    found[rows] = numbers
    return found
