"""What customers are compared by when they are grouped: figures of the snapshot, on scales on which distances mean something.

Amounts and counts count by their logarithm (from 1,000 to 10,000 is as far as from 10,000 to 100,000), shares from 0 to 1.
Nothing that the law forbids to go by is among them: no ethnicity, no health, no religion, no level of money laundering.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float32]
Made = npt.NDArray[np.float64]
Unit = Literal["money", "share", "count", "years", "times"]


@dataclass(frozen=True)
class Rows:
    """Customers and, for each, a value of every feature."""

    ids: npt.NDArray[np.int32]
    values: Floats


@dataclass(frozen=True)
class Feature:
    """One feature. ``high`` and ``low``: what a group is called by it, (zh, en). ``log``: it counts by its logarithm.

    ``unit``: of its values as people know them: ``money``, ``share``, ``count``, ``years``, ``times``.
    """

    code: str
    zh: str
    en: str
    high: tuple[str, str]
    low: tuple[str, str]
    unit: Unit
    make: Callable[[Mapping[str, Made]], Made]
    log: bool = False

    def shown(self, value: float) -> float:
        """A value (or an average) as people know it."""
        return float(np.expm1(value)) if self.log else value


def _share(*kinds: str) -> Callable[[Mapping[str, Made]], Made]:
    def made(c: Mapping[str, Made]) -> Made:
        total = sum((c[kind] for kind in kinds), np.zeros_like(c["aum"]))
        found: Made = np.clip(total / np.maximum(c["aum"], 1), 0, 1)
        return found

    return made


def _trend(c: Mapping[str, Made]) -> Made:
    """The month's average over that of three months ago; who has none of then has not changed."""
    then = np.where(c["mda_m3"] > 0, c["mda_m3"], c["mda"])
    found: Made = np.clip(c["mda"] / np.maximum(then, 1), 0, 3)
    return found


FEATURES: tuple[Feature, ...] = (
    Feature("aum", "资产", "assets", ("资产高", "high assets"), ("资产低", "low assets"), "money", lambda c: c["aum"], True),
    Feature("demand_share", "活期占比", "share on demand", ("多为活期", "mostly on demand"), ("少有活期", "little on demand"), "share", _share("demand")),
    Feature("time_share", "定期占比", "share of time deposits", ("多为定期", "mostly time deposits"), ("少有定期", "few time deposits"), "share", _share("time")),
    Feature("invested_share", "投资占比", "share invested", ("多为理财投资", "mostly invested"), ("少有理财投资", "hardly invested"), "share",
            _share("wealth", "fund", "metal", "bond", "securities")),
    Feature("lum", "贷款", "loans", ("贷款多", "large loans"), ("贷款少", "small loans"), "money", lambda c: c["lum"], True),
    Feature("payroll", "代发", "payroll", ("有代发", "paid here"), ("无代发", "not paid here"), "money", lambda c: c["payroll_3m"], True),
    Feature("txns", "交易笔数", "transactions", ("交易多", "many transactions"), ("交易少", "few transactions"), "count", lambda c: c["txns_90d"], True),
    Feature("logins", "登录次数", "logins", ("登录多", "many logins"), ("登录少", "few logins"), "count", lambda c: c["logins_m1"] + c["logins_m0"], True),
    Feature("categories", "产品类数", "products", ("产品多", "many products"), ("产品少", "few products"), "count", lambda c: c["categories"]),
    Feature("age", "年龄", "age", ("年长", "older"), ("年轻", "younger"), "years", lambda c: c["age"]),
    Feature("tenure", "开户年数", "years with the bank", ("老客户", "long with the bank"), ("新客户", "new to the bank"), "years", lambda c: c["tenure"]),
    Feature("trend", "资产变化", "change of assets", ("资产上升", "assets rising"), ("资产下降", "assets falling"), "times", _trend),
)  # fmt: skip

_FIGURES = ("aum", "demand", "time", "wealth", "fund", "metal", "bond", "securities", "lum", "payroll_3m", "txns_90d",
            "logins_m0", "logins_m1", "categories", "mda", "mda_m3")  # fmt: skip
COLUMNS = ("cust_id", "stage", "birth_date", "open_date", *_FIGURES)
"""What is read of the snapshot."""


def features_of(batch: pa.RecordBatch, today: date, least_aum: float, one_in: int = 1) -> Rows:
    """The features of the customers of a batch who are not closed and have ``least_aum`` or more.

    Args:
        one_in: of so many customers take one, always the same ones, spread over the bank.
    """
    if one_in > 1:
        ids = batch["cust_id"].to_numpy(zero_copy_only=False).astype(np.uint64)
        batch = batch.filter(
            pa.array((ids * np.uint64(2_654_435_761) % np.uint64(1 << 32)) % np.uint64(one_in) == 0)
        )
    wanted = pc.and_(
        pc.fill_null(pc.not_equal(batch["stage"], "CLOSED"), True),
        pc.fill_null(pc.greater_equal(pc.cast(batch["aum"], pa.float64()), least_aum), False),
    )
    rows = batch.filter(wanted)
    columns: dict[str, Made] = {name: _numbers(rows[name]) for name in _FIGURES}
    columns["age"], columns["tenure"] = (_years(rows[name], today) for name in ("birth_date", "open_date"))
    made = [_scaled(feature, columns) for feature in FEATURES]
    return Rows(rows["cust_id"].to_numpy(zero_copy_only=False), np.stack(made, axis=1).astype(np.float32))


def _numbers(column: Any) -> Made:
    found: Made = pc.fill_null(pc.cast(column, pa.float64()), 0.0).to_numpy(zero_copy_only=False)
    return found


def _years(column: Any, today: date) -> Made:
    """Years since a date; where it is not known, those of the middle of all known ones."""
    days = pc.cast(column, pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    years: Made = (today.toordinal() - date(1970, 1, 1).toordinal() - days) / 365.25
    known = years[~np.isnan(years)]
    return np.where(np.isnan(years), np.median(known) if len(known) else 0.0, years)


def _scaled(feature: Feature, columns: Mapping[str, Made]) -> Made:
    value = feature.make(columns)
    return np.log1p(np.maximum(value, 0)) if feature.log else value
