"""compute_features: one row per customer, from the day's tables, the day before and single days long past."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from yinke.lake.engine import Bound, Engine, Inputs, Slice, Table, slices
from yinke.lake.engine.files import PAGE_GROUP
from yinke.lake.features import assets, behaviour, periods, transactions
from yinke.lake.features.money import average, sum_of
from yinke.lake.features.night import Night
from yinke.lake.snapshot import FEATURES, arrow_schema
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import CATEGORIES

CARRIED = (
    "aum", "sum_m", "sum_q", "sum_y", *(f"mda_m{n}" for n in range(1, 13)),
    "aum_month_start", "aum_year_start", "base_peak",
    "last_txn", "txns_90d", "last_login", *(f"logins_m{n}" for n in range(4)),
    *(f"payrolls_m{n}" for n in range(5)), *(f"payroll_sum_m{n}" for n in range(4)),
    "payroll_last", "first_payroll", "last_payroll", "payroll_unit",
)  # fmt: skip
"""What a night needs from the day before."""

_FEATURES = arrow_schema(FEATURES)
_AUM = pa.schema([_FEATURES.field("cust_id"), _FEATURES.field("aum")])
_NAV = pa.schema([("prod_code", pa.string()), ("nav", pa.decimal128(18, 6))])


def compute_features(
    engine: Engine, building: Building, lake: Lake, earlier: Day | None, values: Mapping[str, Any]
) -> int:
    """Write ``features`` (columns FEATURES), ``aum`` (cust_id, aum) and ``nav`` of a date.

    Reads the date's own tables, the snapshot of ``earlier``, the AUM of 30 days ago, the journals of the
    day that leaves the 90 days and the snapshot of 6 months ago; nothing else, however old the lake.

    Args:
        earlier: the newest published day before; None for the lake's first date.
        values: thresholds in force (``lake/thresholds.yaml``, ``fx.<CCY>``).

    Returns:
        The number of customers.

    Raises:
        Held: a currency has no mid rate.
    """
    night = Night(engine, building, lake, earlier, values)
    assets.check_rates(night)
    if building.has("holding"):
        before = [earlier.path("nav")] if earlier and earlier.has("nav") else _NAV
        inputs = Inputs({"holding": [building.path("holding")], "was_nav": before}, {})
        with building.writing("nav") as path:
            engine.write(engine.plan("navs", (), inputs, assets.known_navs), path, _NAV, sort=["prod_code"])
    parts = slices(engine, building.path("customer"))
    expressions = (
        engine.plan("features", night.shape, night.inputs(part), lambda b: _features(night, b))
        for part in parts
    )
    with building.writing("features") as path:
        written = next(expressions) if len(parts) == 1 else expressions
        rows = engine.write(written, path, _FEATURES, sort=["cust_id"])
    inputs = Inputs({"features": [building.path("features")]}, {})
    with building.writing("aum") as path:
        narrow = engine.plan("aum", (), inputs, lambda b: b["features"].select("cust_id", "aum"))
        engine.write(narrow, path, _AUM, sort=["cust_id"], row_group=PAGE_GROUP)
    return rows


def _features(night: Night, b: Bound) -> Table:
    """The columns of FEATURES. Of ``night`` only what its ``shape`` tells is used; the rest is in ``b``."""
    b = Bound({name: Slice.bound(table, b) for name, table in b.tables.items()}, b.scalars)
    first_day, passed, values = night.earlier is None, night.months_passed, night.values
    rows = _facts(b, values)
    rows = rows.mutate(
        **{name: rows[name].fill_null(0) for name in (*assets.KINDS, "demand", "time", "frozen")},
        lum=sum_of(rows.loans, rows.receivables),
        maturing_30d=sum_of(rows.maturing_deposits, rows.maturing_products),
        paid=rows.paid.coalesce(rows.paid_txns, 0),
        paid_sum=rows.paid_sum.coalesce(rows.paid_txn_sum),
        paid_day=rows.paid_day.coalesce(rows.paid_txn_day),
    )
    kinds = [
        k for k in ("demand", "time", *assets.KINDS) if k != "securities" or values["aum.with_securities"]
    ]
    rows = rows.mutate(aum=sum_of(*(rows[kind] for kind in kinds)))
    rows = rows.mutate(
        **periods.sums(rows, b, first_day=first_day),
        **periods.marks(rows, b, passed, first_day=first_day),
        **periods.counts(rows, "logins", 3, rows.app_logins, passed),
        **periods.counts(rows, "payrolls", 4, rows.paid, passed),
        **periods.counts(rows, "payroll_sum", 3, rows.paid_sum, passed),
        last_txn=ibis.greatest(rows.was_last_txn, rows.own_txn_day),
        last_login=ibis.greatest(rows.was_last_login, rows.login_day),
        prev_active=ibis.greatest(rows.was_last_txn, rows.was_last_login),
        last_payroll=ibis.greatest(rows.was_last_payroll, rows.paid_day),
        first_payroll=rows.was_first_payroll.coalesce(rows.paid_day),
        payroll_last=ibis.ifelse(rows.paid > 0, rows.paid_sum, rows.was_payroll_last),
        payroll_unit=rows.paid_by.coalesce(rows.was_payroll_unit),
        txns_90d=rows.was_txns_90d.fill_null(0) + rows.own_txns.fill_null(0) - rows.gone.fill_null(0),
        aum_30d_ago=ibis.ifelse(
            b.scalars["has_then_aum"] == 1, rows.aum_30d_ago.fill_null(0), rows.aum_30d_ago
        ),
        **{name: rows[name].fill_null(0) for name in ("accounts", "open_accounts", "in_today", "out_today")},
    )
    return _judge(rows, b, values)


def _facts(b: Bound, values: Mapping[str, Any]) -> Table:
    """Everything known of a customer in one wide row: today's sums and counts, and what is carried (``was_``)."""
    customer = b["customer"].select(
        "cust_id", "cust_no", "manager_no", "status", "gender", "birth_date", "open_date", "risk_level",
        org_no="open_org",
    )  # fmt: skip
    parts = [
        b["was"].select("cust_id", **{f"was_{name}": name for name in CARRIED}),
        assets.accounts(b),
        assets.deposits(b),
        assets.holdings(b, values),
        *assets.debts(b),
        assets.signups(b),
        transactions.flows(b, values),
        transactions.leaving_transactions(b, values),
        behaviour.logins(b, values),
        behaviour.payrolls(b),
        b["then_aum"].select("cust_id", aum_30d_ago="aum"),
        b["then_snapshot"].select("cust_id", categories_6m_ago="categories"),
    ]
    rows = customer
    for n, part in enumerate(parts):  # a key of its own for each keeps them one flat chain of joins
        part = part.rename({f"key_{n}": "cust_id"})
        rows = rows.left_join(part, customer.cust_id == part[f"key_{n}"])
    return rows


def _judge(rows: Table, b: Bound, values: Mapping[str, Any]) -> Table:
    """Yes and no: which categories are held, payroll customer, effective customer."""
    is_payroll = (rows.last_payroll > b.scalars["paid_since"]).fill_null(False)
    is_active = (rows.last_txn > b.scalars["active_since"]).fill_null(False)
    months = [rows[f"payroll_sum_m{n}"] for n in (1, 2, 3)]
    paid_months = reduce(lambda n, month: n + (month > 0).cast("int32"), months, ibis.literal(0))
    own = ("demand", "time", "credit_card", "consumer_loan", "mortgage")
    rows = rows.mutate(
        is_payroll=is_payroll,
        is_effective=(rows.mda >= values["effective.mda"]) | is_active,
        payroll_3m=average(sum_of(*months), paid_months.nullif(0)),
        **{f"has_{name}": rows[f"has_{name}"].fill_null(False) for name in own},
        **{f"has_{kind}": rows[kind] > 0 for kind in assets.KINDS if kind != "securities"},
        has_payroll=rows.signed_payroll.fill_null(False) | is_payroll,
        has_signup=rows.has_signup.fill_null(False) | (rows.securities > 0),
    )
    held = reduce(lambda n, c: n + rows[f"has_{c.lower()}"].cast("int32"), CATEGORIES, ibis.literal(0))
    return rows.mutate(categories=held)
