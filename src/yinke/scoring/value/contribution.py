"""价值贡献: what a customer brings in a month, from what stands at the day's end and the margins of each category.

Balance × yearly margin ÷ 12, and fees by category. It is *contribution* and no EVA (经济增加值): costs, expected loss,
capital and tax are not taken off, for the core bank's files tell none of them. Margins are dated thresholds
(``value.margin_*``, ``value.fee_*``) that the bank's finance department sets by its own transfer prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from yinke.lake.engine import Bound, Engine, Files, Inputs, Scalar, Slice, Table
from yinke.lake.features.money import day_rates, to_cny, total
from yinke.lake.store import Building, Day
from yinke.lake.tables import CATEGORIES, TABLES

HELD = ("demand", "time", "wealth", "fund", "insurance", "metal", "bond", "securities")
"""What lies with the bank, by the snapshot's columns."""
OWED = ("mortgage", "consumer_loan", "business_loan", "credit_card")
"""What is owed to the bank."""
FEES = ("credit_card", "payroll", "signup")
"""Categories that bring something beside a balance."""
BALANCES = (*HELD, *OWED)
_LOANS = {"mortgage": "MORTGAGE", "consumer_loan": "CONSUMER", "business_loan": "BUSINESS"}


def inputs_of(day: Day | Building, values: Mapping[str, Any], part: Slice) -> tuple[Inputs, tuple[Any, ...]]:
    """The files and scalars that ``standing`` needs, and what decides its form."""
    tables: dict[str, Files] = {"snapshot": [day.path("snapshot")]}
    for name in ("loan", "card"):
        tables[name] = [day.path(name)] if day.has(name) else TABLES[name].arrow_schema()
    rates = day_rates(day, values)
    scalars: dict[str, Scalar] = {**{f"rate_{ccy}": rate for ccy, rate in rates.items()}, **part.scalars()}
    shape = (tuple(rates), *(repr(values[code]) for code in sorted(values) if code.startswith("value.")))
    return Inputs(tables, scalars), shape


def standing(
    engine: Engine, day: Day | Building, values: Mapping[str, Any], part: Slice | None = None
) -> Table:
    """How all customers of a day stand: ``cust_id``, ``contribution`` (CNY a month), ``normal`` (their status), ``overdue`` (days), ``sum_*`` of
    ``BALANCES`` (CNY) and ``holds_*`` of the twelve categories (0 or 1), as doubles; lazy, good until the next call."""
    inputs, shape = inputs_of(day, values, part or Slice())
    return engine.plan("value_standing", shape, inputs, lambda b: standing_in(b, values))


def standing_in(b: Bound, values: Mapping[str, Any]) -> Table:
    """The same as an expression over ``snapshot``, ``loan`` and ``card``."""
    people, loan, card = (Slice.bound(b[name], b) for name in ("snapshot", "loan", "card"))
    loan = loan.select(
        "cust_id", "kind", late=loan.days_past_due.fill_null(0), cny=to_cny(loan.balance, loan.ccy, b)
    )
    earns = loan.late < int(values["value.overdue_days"])
    loans = loan.group_by("cust_id").agg(
        **{name: total(loan.cny, loan.kind == kind) for name, kind in _LOANS.items()},
        **{f"earning_{name}": total(loan.cny, (loan.kind == kind) & earns) for name, kind in _LOANS.items()},
        overdue=loan.late.max(),
    )
    card = card.filter((card.kind == "CREDIT") & (card.status != "CLOSED"))
    cards = card.group_by("cust_id").agg(credit_card=total(to_cny(card.balance, card.ccy, b)))
    rows = people
    for n, each in enumerate((loans, cards)):
        each = each.rename({f"owed_key_{n}": "cust_id"})
        rows = rows.left_join(each, people.cust_id == each[f"owed_key_{n}"])

    def amount(name: str) -> Any:
        return rows[name].cast("float64").fill_null(0.0).clip(lower=0.0)

    earning = {name: amount(f"earning_{name}" if name in _LOANS else name) for name in BALANCES}
    parts = [balance * float(values[f"value.margin_{name}"]) for name, balance in earning.items()]
    parts += [
        rows[f"has_{name}"].fill_null(False).cast("float64") * float(values[f"value.fee_{name}"])
        for name in FEES
    ]
    return rows.select(
        "cust_id",
        contribution=(reduce(lambda a, c: a + c, parts) / 12.0 * 100.0).round().cast("float64") / 100.0,
        normal=rows.status == "NORMAL",
        overdue=rows.overdue.fill_null(0).cast("float64"),
        **{f"sum_{name}": amount(name) for name in BALANCES},
        **{
            f"holds_{c.lower()}": rows[f"has_{c.lower()}"].fill_null(False).cast("float64")
            for c in CATEGORIES
        },
    )


def worth(category: str, balance: float, values: Mapping[str, Any]) -> float:
    """What a category with so much in it brings in a year, CNY.

    >>> worth("FUND", 20_000.0, {"value.margin_fund": 0.005}), worth("SIGNUP", 0.0, {"value.fee_signup": 12})
    (100.0, 12.0)
    """
    name = category.lower()
    return balance * float(values.get(f"value.margin_{name}", 0)) + float(values.get(f"value.fee_{name}", 0))
