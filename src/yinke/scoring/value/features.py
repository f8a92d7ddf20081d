"""What is known of a customer that may tell their value and their next product: churn's figures, of everybody, and what
they hold. Nothing later than the day is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from yinke.lake.engine import Bound, Engine, Inputs, Slice, Table
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import CATEGORIES, CUSTOMER
from yinke.scoring.churn import features as churn
from yinke.scoring.churn.features import Known
from yinke.scoring.learning.frame import Feature, Frame
from yinke.scoring.value import contribution

_NAMES = (
    ("活期", "demand deposits"), ("定期", "time deposits"), ("理财", "wealth products"), ("基金", "funds"),
    ("保险", "insurance"), ("贵金属", "precious metals"), ("国债信托", "bonds or trusts"), ("信用卡", "a credit card"),
    ("消费贷", "a consumer loan"), ("房贷", "a mortgage"), ("代发", "payroll here"), ("签约", "services signed for"),
)  # fmt: skip
MORE: tuple[Known, ...] = (
    Known("contribution", "月价值贡献", "Contribution of a month"),
    *(Known(f"holds_{c.lower()}", f"持有{zh}", f"Holds {en}")
      for c, (zh, en) in zip(CATEGORIES, _NAMES, strict=True)),
    Known("insurance_share", "保险占比", "Share in insurance"),
    Known("metal_share", "贵金属占比", "Share in precious metals"),
    Known("bond_share", "国债信托占比", "Share in bonds and trusts"),
    Known("risk", "风险承受等级", "Risk tolerance"),
)  # fmt: skip
KNOWN: tuple[Known, ...] = (*churn.KNOWN, *MORE)
FEATURES: tuple[Feature, ...] = tuple(Feature(known.name) for known in KNOWN)
"""No direction is demanded: what raises the wish for one product lowers that for another."""
WHO = ("cust_id", "aum", "base", "population", "overdue", "risk_level", "risk_expiry", "birth_date")
"""Columns beside the features: who it is, what is at stake and whether churn is told of them, and what suitability is judged by."""


def observe(
    engine: Engine, day: Day | Building, lake: Lake, values: Mapping[str, Any], part: Slice | None = None
) -> Table:
    """All customers of a day whose status is normal, with WHO, FEATURES (``f_*``) and ``sum_*``; lazy, and good until the
    next call."""
    one, first = churn.inputs_of(day, lake, values, part or Slice())
    other, second = contribution.inputs_of(day, values, part or Slice())
    customer = [day.path("customer")] if day.has("customer") else CUSTOMER.arrow_schema()
    tables = {**one.tables, **other.tables, "customer": customer}
    inputs = Inputs(tables, {**one.scalars, **other.scalars})
    return engine.plan("value_features", (first, second), inputs, lambda b: _features(b, values))


def _features(b: Bound, values: Mapping[str, Any]) -> Table:
    known = churn.features_in(b, values, everybody=True)
    stands = contribution.standing_in(b, values).rename(stands_id="cust_id")
    people = Slice.bound(b["customer"], b)
    people = people.select(person_id="cust_id", level="risk_level", expiry="risk_expiry", born="birth_date")
    rows = known.inner_join(stands, known.cust_id == stands.stands_id)
    rows = rows.left_join(people, known.cust_id == people.person_id)

    def share(name: str) -> Any:
        return (rows.aum > 0).ifelse(rows[f"sum_{name}"] / rows.aum, None)

    return rows.select(
        *("cust_id", "aum", "base", "population", "overdue"),
        risk_level=rows.level, risk_expiry=rows.expiry, birth_date=rows.born,
        **{f"f_{feature.name}": rows[f"f_{feature.name}"] for feature in churn.FEATURES},
        f_contribution=rows.contribution,
        **{f"f_holds_{c.lower()}": rows[f"holds_{c.lower()}"] for c in CATEGORIES},
        **{f"f_{name}_share": share(name) for name in ("insurance", "metal", "bond")},
        f_risk=rows.level.substr(1, 1).cast("float64"),
    )  # fmt: skip


def frame_of(table: pa.Table) -> Frame:
    """The features of rows as ``observe`` gives them, in single precision."""
    columns = [table[f"f_{feature.name}"].to_numpy() for feature in FEATURES]
    return Frame(FEATURES, np.column_stack(columns).astype(np.float32))


def place_of(feature: str) -> int:
    """A feature's column in the frame."""
    return _PLACES[feature]


_PLACES = {feature.name: n for n, feature in enumerate(FEATURES)}
