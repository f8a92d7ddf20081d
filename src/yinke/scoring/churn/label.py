"""Who left: the label of an observation month, from what happened in the three months after it.

Asset churn: the mean daily AUM of the second and third month after is at most half of that of the three months up to
the observation, and at least 20,000 CNY less (from tier T3 up 200,000). What the feeds show to be no leaving is left
out: money for a house, for an own loan, to the own household within the bank; and who died or whose money was frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

import ibis

from yinke.common.errors import YinkeError
from yinke.lake.around import SCHEMAS
from yinke.lake.dates import add_months, month_end
from yinke.lake.engine import Bound, Engine, Inputs, Table
from yinke.lake.store import Day, Lake

WINDOW = 3
"""Months after the observation in which it shows; the first is the time to act."""


def ends_later(month: date, months: int) -> date:
    """The end of the month so many months after (or before).

    >>> ends_later(date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    return month_end(add_months(month.replace(day=1), months))


def observed_months(lake: Lake) -> list[date]:
    """Ends of months of the lake whose window is over, oldest first; from the third month on, as the base needs three."""
    dates = lake.dates()
    ends = [day for day in dates if day == month_end(day)]
    if not ends:
        return []
    known, first = set(ends), ends_later(dates[0], 2)
    return [m for m in ends if m >= first and all(ends_later(m, n) in known for n in range(1, WINDOW + 1))]


def label(engine: Engine, lake: Lake, month: date, values: Mapping[str, Any]) -> Table:
    """``cust_id``, ``left`` (null: left out), ``closed``, ``payroll_lost``, ``was``, ``after`` (CNY); lazy.

    ``closed``: all accounts were closed within the window. ``payroll_lost``: was a payroll customer, and no salary
    came within it. Neither counts as ``left`` by itself.

    Raises:
        YinkeError: the window is not over (``window_open``).
    """
    days = [lake.day(ends_later(month, n)) for n in range(WINDOW + 1)]
    if None in days:
        raise YinkeError(
            f"The three months after {month} are not all in the lake", place="yinke score", code="window_open",
            remedy="Choose an earlier month, or wait for the nights",
        )  # fmt: skip
    there: list[Day] = [day for day in days if day is not None]
    tables: dict[str, Any] = {"was": [there[0].path("snapshot")], "then": [there[-1].path("snapshot")]}
    for name in ("flow", "tie", "relation"):
        used = there[1:] if name != "relation" else there[-1:]
        files = [day.path(name) for day in used if day.has(name)]
        tables[name] = files or SCHEMAS[name]
    shape = tuple(repr(values[c]) for c in sorted(values) if c.startswith("churn."))
    return engine.plan("churn_label", shape, Inputs(tables, {"month": month}), lambda b: _label(b, values))


def _label(b: Bound, values: Mapping[str, Any]) -> Table:
    was, then = b["was"], b["then"]
    then = then.select(
        then_id="cust_id", then_status="status", mda_3="mda", mda_2="mda_m1", then_open="open_accounts",
        paid=reduce(lambda a, c: a + c, [then[f"payrolls_m{n}"].fill_null(0) for n in range(WINDOW)]),
    )  # fmt: skip
    rows = was.inner_join(then, was.cust_id == then.then_id)
    benign = _benign(b, values).rename(benign_id="cust_id")
    rows = rows.left_join(benign, rows.cust_id == benign.benign_id)
    number = [value.cast("float64") for value in (rows.mda, rows.mda_m1, rows.mda_m2, rows.mda_2, rows.mda_3)]
    rows = rows.mutate(
        base=(number[0] + number[1] + number[2]) / 3.0, after=(number[3] + number[4]) / 2.0,
        excused=rows.excused.fill_null(0).cast("float64"),
    )  # fmt: skip
    high = rows.tier.fill_null(0) >= int(values["churn.high_tier"])
    floor = ibis.ifelse(high, float(values["churn.drop_floor_high"]), float(values["churn.drop_floor"]))

    def fell(after: Any) -> Any:
        share = float(values["churn.drop_share"])
        return (after <= rows.base * share) & (rows.base - after >= floor)

    gone = fell(rows.after)
    outside = rows.then_status.isin(["DECEASED", "FROZEN"])
    explained = gone & ~fell(rows.after + rows.excused)
    return rows.select(
        "cust_id",
        left=ibis.ifelse(outside | explained, None, gone.cast("int32")),
        closed=((rows.open_accounts > 0) & (rows.then_open == 0)).cast("int32"),
        payroll_lost=(rows.is_payroll.fill_null(False) & (rows.paid == 0)).cast("int32"),
        was=rows.base,
        after=rows.after,
    )


def _benign(b: Bound, values: Mapping[str, Any]) -> Table:
    """What went out within the window for a reason that is no leaving, per customer."""
    flow, tie, relation = b["flow"], b["tie"], b["relation"]
    known = flow.filter((flow.direction == "OUT") & flow.kind.isin(list(values["churn.benign_out"])))
    home = relation.filter(relation.kind == "HOUSEHOLD")
    pairs = home.select(one="cust_id", two="other_id").union(home.select(one="other_id", two="cust_id"))
    family = tie.join(pairs.distinct(), [tie.cust_id == pairs.one, tie.other_id == pairs.two])
    both = known.select("cust_id", "amount").union(family.select("cust_id", "amount"))
    return both.group_by("cust_id").agg(excused=both.amount.sum())
