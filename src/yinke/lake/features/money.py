"""Money in expressions: into CNY, and averages that round alike on every engine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import ibis
import pyarrow.parquet as pq

from yinke.lake.engine import Bound
from yinke.lake.store import Building, Day

MONEY = "decimal(18, 2)"


def to_cny(amount: Any, ccy: Any, b: Bound) -> Any:
    """An amount at the day's mid rate (scalars ``rate_<CCY>``), rounded to the fen half away from zero.

    A currency without rate would give null; ``check_rates`` refuses the date before that can happen.
    """
    return at_rates(amount, ccy, {n[5:]: rate for n, rate in b.scalars.items() if n.startswith("rate_")})


def at_rates(amount: Any, ccy: Any, rates: Mapping[str, Any]) -> Any:
    """The same at given rates: CNY for one unit of each foreign currency."""
    if not rates:
        return amount
    branches = [
        (ccy == code, (amount.cast("decimal(22, 6)") * rate).round(2).cast(MONEY))
        for code, rate in rates.items()
    ]
    return ibis.cases((ccy == "CNY", amount), *branches, else_=None)


def day_rates(day: Day | Building, values: Mapping[str, Any]) -> dict[str, Decimal]:
    """CNY for one unit of each foreign currency: the day's mid rates, else the threshold ``fx.<CCY>``."""
    rates = {code[3:]: Decimal(str(value)) for code, value in values.items() if code.startswith("fx.")}
    if day.has("fx"):
        table = pq.read_table(day.path("fx"), columns=["ccy", "mid_rate"])
        rates |= dict(zip(table["ccy"].to_pylist(), table["mid_rate"].to_pylist(), strict=True))
    return {ccy: rate for ccy, rate in sorted(rates.items()) if ccy != "CNY"}


def average(total: Any, divisor: Any) -> Any:
    """``total / divisor`` to the fen, half away from zero.

    Counted in fen, where a tie is exact in binary: the same answer on each engine up to averages of
    10 billion CNY.
    """
    fen = (total.cast("float64") * 100).round()
    return ((fen.cast("float64") / divisor).round().cast("float64") / 100).cast(MONEY)


def total(value: Any, where: Any = None) -> Any:
    """Sum of money as money; null if there is nothing."""
    return value.sum(where=where).cast(MONEY)


def sum_of(*amounts: Any) -> Any:
    """Sum of amounts, nothing counting as zero."""
    first, *others = (amount.fill_null(0) for amount in amounts)
    for other in others:
        first = first + other
    return first.cast(MONEY)
