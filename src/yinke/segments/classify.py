"""classify: features + the day before's classes → the snapshot with tiers, lifecycle and RFM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from yinke.lake.dates import add_months, months_between
from yinke.lake.engine import Bound, Engine, Files, Inputs, Scalar, Slice, Table, slices
from yinke.lake.snapshot import SNAPSHOT, arrow_schema
from yinke.lake.store import Building, Day, Lake
from yinke.segments.lifecycle import is_closed, lifecycle
from yinke.segments.rfm import bounds
from yinke.segments.tiers import with_tiers

CARRIED = (
    "tier", "tier_before", "tier_changed", "tier_below_months",
    "stage", "stage_since", "lost_on", "lost_base", "had_base", "above_half_base_days", "won_back_on",
)  # fmt: skip
"""What a night needs from the day before."""

_SNAPSHOT = arrow_schema(SNAPSHOT)


def classify(
    engine: Engine, building: Building, lake: Lake, earlier: Day | None, values: Mapping[str, Any]
) -> int:
    """Write ``snapshot`` (columns SNAPSHOT): one row per customer, sorted by ``cust_id``.

    Reads ``features`` of the date, the snapshot of ``earlier`` and that of 6 months ago.

    Args:
        values: thresholds in force (``segments/thresholds.yaml``).

    Returns:
        The number of customers.
    """
    night = _Night(engine, building, lake, earlier, values)
    everybody = engine.plan("scored", night.shape, night.inputs(Slice()), night.scored)
    limits = bounds(engine.to_arrow(everybody))
    parts = slices(engine, building.path("features"))
    expressions = (
        engine.plan("snapshot", night.shape, night.inputs(part, limits), night.snapshot) for part in parts
    )
    with building.writing("snapshot") as path:
        return engine.write(
            next(expressions) if len(parts) == 1 else expressions, path, _SNAPSHOT, sort=["cust_id"]
        )


def moves(engine: Engine, lake: Lake, day: Day, values: Mapping[str, Any]) -> pa.Table:
    """试算: who would stand elsewhere on a published day if other thresholds held.

    The day's features are classified again from the day before's classes, as its own night did.

    Returns:
        ``org_no``, ``tier_before``, ``tier_after`` (calculated tiers), ``granted`` (the tier served as),
        ``stage_before``, ``stage_after``, ``customers``, ``aum`` (CNY): a row for each combination that there is.
    """
    night = _Night(engine, day, lake, lake.latest(before=day.biz_date), values)
    found = [
        engine.to_arrow(engine.plan("moves", night.shape, night.again(day, part), night.moves))
        for part in slices(engine, day.path("features"))
    ]
    keys = ["org_no", "tier_before", "tier_after", "granted", "stage_before", "stage_after"]
    sums = pa.concat_tables(found).group_by(keys).aggregate([("customers", "sum"), ("aum", "sum")])
    return sums.rename_columns([*keys, "customers", "aum"])


@dataclass(frozen=True)
class _Night:
    engine: Engine
    building: Building | Day
    lake: Lake
    earlier: Day | None
    values: Mapping[str, Any]

    @property
    def passed(self) -> int:
        """Calendar months that ended since the day before."""
        return months_between(self.earlier.biz_date, self.building.biz_date) if self.earlier else 0

    @property
    def shape(self) -> tuple[object, ...]:
        return (self.passed, tuple((code, repr(value)) for code, value in sorted(self.values.items())))

    def inputs(self, part: Slice, limits: pa.Table | None = None) -> Inputs:
        """``features`` of today, ``was`` and ``then`` (the snapshots before and 6 months ago), ``bounds``."""
        today, values = self.building.biz_date, self.values
        then = self.lake.latest(before=add_months(today, -6) + timedelta(days=1))
        tables: dict[str, Files] = {
            "features": [self.building.path("features")],
            "was": [self.earlier.path("snapshot")] if self.earlier else _SNAPSHOT,
        }
        if limits is not None:
            tables |= {"then": [then.path("snapshot")] if then else _SNAPSHOT, "bounds": limits}
        days_ago = {
            "kept_since": "win_back.keep_days", "new_since": "new.days", "silent_since": "lost.silent_days",
            "dormant_since": "dormant.days",
        }  # fmt: skip
        scalars: dict[str, Scalar] = {
            **part.scalars(),
            "today": today,
            "first": min([*self.lake.dates()[:1], today]),
            "gap": (today - self.earlier.biz_date).days if self.earlier else 1,
            "lost_since": add_months(today, -int(values["win_back.months"])),
            "mature_since": add_months(today, -int(values["mature.months"])),
            **{name: today - timedelta(days=int(values[code])) for name, code in days_ago.items()},
        }
        return Inputs(tables, scalars)

    def again(self, day: Day, part: Slice) -> Inputs:
        """The inputs of a published day's ``moves``: ``now`` is its own snapshot."""
        empty = pa.table({"tier": pa.array([], pa.int32())})
        inputs = self.inputs(part, empty)
        return Inputs({**inputs.tables, "now": [day.path("snapshot")]}, inputs.scalars)

    def moves(self, b: Bound) -> Table:
        """Counts and sums by what was and what would be."""
        now = Slice.bound(b["now"], b).select(
            now_id="cust_id", tier_before="tier_asset", granted="tier", stage_before="stage"
        )
        then = self._classed(b).select(
            "cust_id", "org_no", "aum", tier_after="tier_asset", stage_after="stage"
        )
        rows = then.inner_join(now, then.cust_id == now.now_id)
        keys = ("org_no", "tier_before", "tier_after", "granted", "stage_before", "stage_after")
        return rows.group_by(*keys).agg(customers=rows.count(), aum=rows.aum.sum())

    def scored(self, b: Bound) -> Table:
        """Tier and the values behind R, F and M of everybody who is still a customer, as integers."""
        rows = self._tiered(b)
        rows = rows.filter(~is_closed(rows))
        return rows.select("tier", **_values(rows))

    def snapshot(self, b: Bound) -> Table:
        """The columns of SNAPSHOT for a slice."""
        rows = self._classed(b)
        limits = b["bounds"].rename(bound_tier="tier")
        rows = rows.left_join(limits, rows.tier == limits.bound_tier)
        scores = {score: _quintile(rows, score, value) for score, value in _values(rows).items()}
        closed = rows.stage == "CLOSED"
        return rows.mutate(**{s: ibis.ifelse(closed, ibis.null("int32"), n) for s, n in scores.items()})

    def _classed(self, b: Bound) -> Table:
        """Features with tiers and lifecycle."""
        then = Slice.bound(b["then"], b).select(then_id="cust_id", tier_6m_ago="tier")
        rows = self._tiered(b)
        rows = rows.left_join(then, rows.cust_id == then.then_id)
        return rows.mutate(**lifecycle(rows, b.scalars, self.values))

    def _tiered(self, b: Bound) -> Table:
        features = Slice.bound(b["features"], b)
        was = Slice.bound(b["was"], b).select(was_id="cust_id", **{f"was_{name}": name for name in CARRIED})
        rows = features.left_join(was, features.cust_id == was.was_id)
        return with_tiers(rows, b.scalars["today"], self.passed, self.values)


def _values(rows: Table) -> dict[str, Any]:
    """Later is better, more is better; a day or a balance that does not exist is the worst."""
    return {
        "rfm_r": rows.last_txn.delta(ibis.date(1970, 1, 1), unit="day").fill_null(0).cast("int64"),
        "rfm_f": rows.txns_90d.cast("int64"),
        "rfm_m": (rows.mda.cast("float64") * 100).round().cast("int64"),
    }


def _quintile(rows: Table, score: str, value: Any) -> Any:
    above = ((value > rows[f"{score}_{k}"]).cast("int32") for k in range(1, 5))
    return reduce(lambda n, one: n + one, above, ibis.literal(1))
