"""夜间评分与估值: each night, who may leave, what everybody brings and will bring, and what to propose to whom.

All of it in one pass, for it is told from the same features. Customers are taken slice by slice, or by the partitions of a cluster, and streamed
to two files, so memory does not grow with the bank. Contribution needs no model. A model that cannot be read or does not fit the day is left out, and
the step says why; the rest is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yinke.common.errors import YinkeError
from yinke.lake.engine import Engine, Slice, Table, slices
from yinke.lake.engine.files import PAGE_GROUP, ROW_GROUP, writer
from yinke.lake.store import Building, Lake
from yinke.scoring.churn.score_table import SCORE, money, repeated, without
from yinke.scoring.churn.store import challenger_number, released_number
from yinke.scoring.value.contribution import standing
from yinke.scoring.value.suitability import least_risks
from yinke.scoring.value.used import KINDS, Used, opened_model
from yinke.scoring.value.value_table import VALUE

if TYPE_CHECKING:
    from yinke.scoring.champion.beside import Challengers, Tally
    from yinke.scoring.churn.score import Seen
    from yinke.scoring.learning.drift import Drift
    from yinke.scoring.learning.frame import Frame, Numbers

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
        By kind what ``score_churn`` tells of its own: ``model``, ``scored``, ``psi``, ``blocked`` ... And ``challengers``: by kind that of a
        challenger (``champion.beside.Tally``), where one stands beside a model that was used.
    """
    used, told = _opened(lake, released_number)
    for one in told.values():
        one["scored"] = 0
    beside, of_beside = _opened(lake, challenger_number)
    night = _Night(engine, building, lake, values, frozenset(unscored), beside)
    while True:
        try:
            found, of_found = night.write(used)
        except _Unfit as unfit:
            for kind, why in unfit.kinds.items():  # written anew without it
                told[kind] |= why
                del used[kind]
        else:
            asked = [kind for kind in used if of_beside[kind]["model"] is not None]
            whole = {kind: told[kind] | found.get(kind, {}) for kind in KINDS}
            challengers = {
                kind: {"champion": used[kind].number, **of_beside[kind], **of_found.get(kind, {})}
                for kind in asked
            }
            return whole | ({"challengers": challengers} if challengers else {})


def _opened(
    lake: Lake, number_of: Callable[[Lake, str], int | None]
) -> tuple[dict[str, Used], dict[str, dict[str, Any]]]:
    """Models by kind, and of each kind its ``model`` and, if it cannot score, why it is ``blocked``."""
    used, told = dict[str, Used](), dict[str, dict[str, Any]]()
    for kind in KINDS:
        number = number_of(lake, kind)
        told[kind] = {"model": number}
        if number is not None:
            from yinke.scoring.churn.score import Strange

            try:
                used[kind] = opened_model(lake, kind, number)
            except YinkeError as problem:
                told[kind] |= {"blocked": "model", "problem": problem.message}
            except Strange as strange:
                told[kind] |= {"blocked": "features", "blocked_features": strange.names}
    return used, told


class _Unfit(Exception):
    """Models do not fit the day: by kind, why."""

    def __init__(self, kinds: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        self.kinds = kinds


@dataclass(frozen=True)
class _Night:
    engine: Engine
    building: Building
    lake: Lake
    values: Mapping[str, Any]
    left_out: frozenset[int]
    beside: Mapping[str, Used]

    def write(self, used: Mapping[str, Used]) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        """Write the tables with these models.

        Returns:
            By kind what it came to, ``scored``, ``psi`` ...; and what the challengers beside them came to.

        Raises:
            _Unfit: some of the models do not fit the day; nothing is written.
        """
        churn = used["churn"].churn if "churn" in used else None
        risks, on = least_risks(self.building), self.building.biz_date
        challengers = self._challengers(used, risks)
        work = _Batch(used, self.left_out, self.values, risks, on, challengers)
        counted = _Counted(used, challengers)
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
            return counted.told(self.values), counted.beside(self.values)

    def _challengers(self, used: Mapping[str, Used], risks: Mapping[str, int]) -> Challengers | None:
        beside = {kind: model for kind, model in self.beside.items() if kind in used}
        if not beside:
            return None
        from yinke.scoring.champion.beside import Challengers

        everybody = pq.read_metadata(self.building.path("customer")).num_rows
        share = int(self.values["challenger.customers"]) / max(everybody, 1)
        return Challengers(beside, share, self.values, risks, self.building.biz_date)

    def _asked(self, used: Mapping[str, Used], part: Slice) -> Table:
        if not used:
            table = standing(self.engine, self.building, self.values, part)
            return table.filter(table.normal)
        from yinke.scoring.value.features import observe

        return observe(self.engine, self.building, self.lake, self.values, part)


class _Counted:
    """What a night's rows came to, and how far they are from what each model was tested on."""

    def __init__(self, used: Mapping[str, Used], challengers: Challengers | None) -> None:
        self.rows = 0
        self.tallies: dict[str, Tally] = {}
        if challengers is not None:
            from yinke.scoring.champion.beside import Tally

            self.tallies = {kind: Tally(model) for kind, model in challengers.used.items()}
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
            for kind, counts in seen.get("challengers", {}).items():
                self.tallies[kind].join(counts)

    def beside(self, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        return {kind: tally.told(values) for kind, tally in self.tallies.items()}

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

    used: Mapping[str, Used]
    left_out: frozenset[int]
    values: Mapping[str, Any]
    risks: Mapping[str, int]
    on: date
    challengers: Challengers | None

    def __call__(self, table: pa.Table) -> pa.Table:
        """``_MADE`` of rows as ``features.observe`` or ``contribution.standing`` gives them; the first tells how often what was seen."""
        table = without(table, self.left_out)
        if not len(table):
            return _MADE.empty_table()
        if not self.used:
            now = table["contribution"].to_numpy()
            return _table(_nothing(len(table)) | {"cust_id": table["cust_id"], "contribution": money(now)})
        from yinke.scoring.value.features import frame_of

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
            from yinke.scoring.value.proposals import proposals, ranked

            product = self.used["product"]
            found = ranked(product, table, frame, self.values, self.risks, self.on)
            columns |= proposals(product, frame, found)
        if self.challengers is not None:
            seen["challengers"] = self.challengers.tallies(table, frame, columns, leaving)
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


def _expected(used: Used, frame: Frame, now: Numbers, leaving: Numbers) -> dict[str, Any]:
    from yinke.scoring.value.expected import rounded

    span = used.year(frame, now, leaving)
    return {
        "model": repeated(used.number, len(frame)),
        **{name: money(rounded(getattr(span, name))) for name in ("expected", "low", "high")},
    }
