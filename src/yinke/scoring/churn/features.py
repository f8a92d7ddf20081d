"""What is known of a customer at a day's end that may tell who leaves. Nothing later than that day is read.

A month is rarely over when a night scores, but models learn from months' ends. So whatever counts by month *rolls*:
on the 10th of a month of 30 days this month counts wholly and the month before by two thirds. At a month's end that is
the month itself. What is not known is null, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from itertools import pairwise
from typing import Any

import ibis

from yinke.lake.around import SCHEMAS
from yinke.lake.dates import add_months, month_end, month_start
from yinke.lake.engine import Bound, Engine, Files, Inputs, Scalar, Slice, Table
from yinke.lake.features.money import day_rates, to_cny
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES
from yinke.scoring.learning.frame import Feature


@dataclass(frozen=True)
class Known:
    """One feature with its name to people. ``monotone`` as in ``Feature``."""

    name: str
    zh: str
    en: str
    monotone: int = 0


_K = Known
KNOWN: tuple[Known, ...] = (
    _K("mda", "月日均AUM", "Monthly average AUM"),
    # where the money stands against where it stood
    _K("aum_to_base", "AUM较近三月日均", "AUM against the average of three months", -1),
    _K("aum_to_peak", "AUM较一年峰值", "AUM against the year's peak"),
    _K("slope_3m", "三个月走势", "Trend of three months"),
    _K("slope_6m", "六个月走势", "Trend of six months"),
    _K("swing_6m", "六个月波动", "Volatility of six months"),
    _K("drop_30d", "30天降幅", "Fall within 30 days", 1),
    # what it lies in, and what of it becomes free
    _K("demand_share", "活期占比", "Share in demand deposits"),
    _K("time_share", "定期占比", "Share in time deposits"),
    _K("wealth_share", "理财占比", "Share in wealth products"),
    _K("fund_share", "基金占比", "Share in funds"),
    _K("maturing_30d", "30天内到期占比", "Share maturing within 30 days"),
    _K("maturing_60d", "60天内到期占比", "Share maturing within 60 days"),
    _K("maturing_90d", "90天内到期占比", "Share maturing within 90 days"),
    # where it goes
    _K("net_flow", "近一月净流入", "Net inflow of a month", -1),
    _K("own_out", "近一月转本人他行", "To the own name elsewhere in a month", 1),
    _K("own_out_txns", "近一月转本人他行笔数", "Transfers to the own name elsewhere", 1),
    # the salary
    _K("payroll_months", "代发停了几个月", "Months for which payroll is overdue"),
    _K("payroll_trend", "最近代发较平均", "Last salary against the average"),
    # whether the bank is used
    _K("login_days", "未登录天数", "Days since the last login"),
    _K("login_trend", "登录较三月平均", "Logins against three months"),
    _K("txn_days", "未交易天数", "Days since the last own transaction"),
    _K("txns_90d", "90天主动交易笔数", "Own transactions in 90 days"),
    _K("categories", "产品覆盖度", "Product categories"),
    _K("categories_change", "产品覆盖度半年变化", "Change of product categories in half a year"),
    _K("open_accounts", "未销账户数", "Open accounts"),
    _K("debt_to_aum", "负债与AUM之比", "Debt against AUM"),
    # who it is
    _K("tier", "服务等级", "Tier"),
    _K("below_months", "低于等级月数", "Months below the tier"),
    _K("tenure_years", "开户年数", "Years with the bank"),
    _K("age", "年龄", "Age"),
)
FEATURES: tuple[Feature, ...] = tuple(Feature(k.name, monotone=k.monotone) for k in KNOWN)
WHO = ("cust_id", "tier_rank", "aum", "base", "rule_e05")
"""Columns beside the features: who it is, what is at stake, whether the rule E05 holds on that day."""

_TABLES = ("account", "balance", "holding")
_MONTHLY = ("flow", "own_out")


def inputs_of(
    day: Day | Building, lake: Lake, values: Mapping[str, Any], part: Slice
) -> tuple[Inputs, tuple[Any, ...]]:
    """The files and scalars of a day (published, or being built), and what decides the expression's form."""
    today = day.biz_date
    before = lake.latest(before=month_start(today))
    last_month = before if before and before.biz_date >= month_start(add_months(today, -1)) else None
    tables: dict[str, Files] = {"snapshot": [day.path("snapshot")]}
    for name in _TABLES:
        tables[name] = [day.path(name)] if day.has(name) else TABLES[name].arrow_schema()
    for name in _MONTHLY:
        tables[name] = [day.path(name)] if day.has(name) else SCHEMAS[name]
        known = last_month is not None and last_month.has(name)
        tables[f"{name}_before"] = [last_month.path(name)] if last_month and known else SCHEMAS[name]
    rates = day_rates(day, values)
    scalars: dict[str, Scalar] = {
        "today": today,
        "month_day": today.day,
        "month_days": month_end(today).day,
        **{f"in_{n}": today + timedelta(days=n) for n in (30, 60, 90)},
        "known_since": add_months(today, -int(values["churn.tenure_months"])),
        **{f"has_{name}": int(day.has(name)) for name in _MONTHLY},
        **{f"rate_{ccy}": rate for ccy, rate in rates.items()},
    }
    rules = ("churn.mda_floor", "flow.not_in", "flow.not_out", *E05)
    shape = (tuple(rates), tuple(repr(values[code]) for code in rules))
    return Inputs(tables, scalars | part.scalars()), shape


HALF_A_CENT = 0.005
"""Money held as doubles reaches a limit that it equals."""
E05 = ("E05.drop_floor", "E05.drop_share", "E05.months_floor", "E05.months_share")


def observe(
    engine: Engine, day: Day | Building, lake: Lake, values: Mapping[str, Any], part: Slice | None = None
) -> Table:
    """The population of a day (MDA and tenure at least as the thresholds say, neither closed nor frozen nor
    deceased) with the columns WHO and FEATURES, as doubles; lazy, and good until the next call."""
    inputs, shape = inputs_of(day, lake, values, part or Slice())
    return engine.plan("churn_features", shape, inputs, lambda b: features_in(b, values))


def _num(value: Any) -> Any:
    return value.cast("float64")


def _ratio(part: Any, whole: Any) -> Any:
    return ibis.ifelse(whole > 0, part / whole, None)


def features_in(b: Bound, values: Mapping[str, Any], *, everybody: bool = False) -> Table:
    """The same as an expression.

    Args:
        everybody: all whose status is normal, however little they hold and however short a time; ``population`` says
            who of them churn is told of.
    """
    b = Bound({name: Slice.bound(table, b) for name, table in b.tables.items()}, b.scalars)
    s = b.scalars
    people = b["snapshot"]
    parts = [_maturing(b), _flows(b, values), _own_out(b)]
    rows = people.filter(people.status == "NORMAL")
    if not everybody:  # before the joins: they are few
        rows = rows.filter(rows.open_date <= s["known_since"])
    for n, part in enumerate(parts):
        part = part.rename({f"key_{n}": "cust_id"})
        rows = rows.left_join(part, people.cust_id == part[f"key_{n}"])
    passed = s["month_day"].cast("float64") / s["month_days"].cast("float64")
    rolled = _rolled([rows.mda, *(rows[f"mda_m{n}"] for n in range(1, 13))], passed)
    logins = _rolled([rows[f"logins_m{n}"] for n in range(4)], passed, grows=True)
    rows = rows.mutate(
        now=_num(rows.aum),
        then=_num(rows.aum_30d_ago),
        base=(rolled[0] + rolled[1] + rolled[2]) / 3.0,
        peak=reduce(ibis.greatest, [month.fill_null(0.0) for month in rolled]),
        **{f"r{n}": month for n, month in enumerate(rolled[:7])},
        **{f"l{n}": count for n, count in enumerate(logins)},
        paid=_total(rows, "payroll_sum_m"),
        pay_days=_total(rows, "payrolls_m"),
        passed=passed,
    )
    if not everybody:
        rows = rows.filter(rows.r0 >= float(values["churn.mda_floor"]))
    months = [rows[f"r{n}"] for n in range(6)]
    mean = reduce(lambda a, c: a + c, months) / 6.0
    spread = (reduce(lambda a, c: a + c, [(m - mean) * (m - mean) for m in months]) / 6.0).sqrt()
    maturing = [_num(rows[f"maturing_{n}"]).fill_null(0.0) for n in (30, 60, 90)]
    moved = {
        name: ibis.ifelse(s[f"has_{table}"] == 1, rows[name].fill_null(0.0), None)
        for name, table in (("came", "flow"), ("went", "flow"), ("own_sum", "own_out"), ("own_n", "own_out"))
    }

    def share(name: str) -> Any:
        return _ratio(_num(rows[name]), rows.now)

    def since(day: Any) -> Any:
        return s["today"].delta(day, unit="day").cast("float64")

    found = {
        "mda": rows.r0,
        "aum_to_base": _ratio(rows.now, rows.base),
        "aum_to_peak": _ratio(rows.now, rows.peak),
        "slope_3m": _ratio(rows.r0 - rows.r3, rows.r3 + 10_000.0),
        "slope_6m": _ratio(rows.r0 - rows.r6, rows.r6 + 10_000.0),
        "swing_6m": _ratio(spread, mean),
        "drop_30d": _ratio(rows.then - rows.now, rows.then),
        **{f"{name}_share": share(name) for name in ("demand", "time", "wealth", "fund")},
        **{f"maturing_{n}d": _ratio(m, rows.now) for n, m in zip((30, 60, 90), maturing, strict=True)},
        "net_flow": _ratio(moved["came"] - moved["went"], rows.base),
        "own_out": _ratio(moved["own_sum"], rows.base),
        "own_out_txns": moved["own_n"],
        # a salary comes once a month: within it, the days since would tell the day of the month
        "payroll_months": (since(rows.last_payroll) - 31.0).clip(lower=0.0) / 30.0,
        # salaries, not months: a pay day that a weekend moves over a month's end would be two in one month and none in another
        "payroll_trend": _ratio(_num(rows.payroll_last), _ratio(rows.paid, rows.pay_days)),
        "login_days": since(rows.last_login),
        "login_trend": _ratio(rows.l0, (rows.l0 + rows.l1 + rows.l2) / 3.0),
        "txn_days": since(rows.last_txn),
        "txns_90d": _num(rows.txns_90d),
        "categories": _num(rows.categories),
        "categories_change": _num(rows.categories) - _num(rows.categories_6m_ago),
        "open_accounts": _num(rows.open_accounts),
        "debt_to_aum": _ratio(_num(rows.lum), rows.now),
        "tier": _num(rows.tier),
        "below_months": _num(rows.tier_below_months),
        "tenure_years": since(rows.open_date) / 365.25,
        "age": since(rows.birth_date) / 365.25,
    }
    who = {
        "tier_rank": rows.tier.fill_null(0).cast("int32"),
        "aum": rows.now,
        "base": rows.base,
        "rule_e05": _rule_e05(rows, values),
    }
    if everybody:
        enough = (rows.open_date <= s["known_since"]) & (rows.r0 >= float(values["churn.mda_floor"]))
        who["population"] = enough.fill_null(False)
    return rows.select(
        "cust_id", **who, **{f"f_{name}": value.cast("float64") for name, value in found.items()}
    )


def _rolled(months: list[Any], passed: Any, *, grows: bool = False) -> list[Any]:
    """Months that end today instead of with the calendar; the oldest is left out.

    Args:
        months: this month's value so far, then those of the months before.
        grows: it is a sum that grows with the month; else an average of the days so far.
    """
    own = [_num(month) for month in months]
    first = own[0] + (1.0 - passed) * own[1] if grows else passed * own[0] + (1.0 - passed) * own[1]
    later = [passed * newer + (1.0 - passed) * older for newer, older in pairwise(own[1:])]
    return [
        ibis.ifelse(passed >= 1.0, whole, part) for whole, part in zip(own, [first, *later], strict=False)
    ]


def _total(rows: Any, name: str) -> Any:
    """The sum of a monthly figure over this month and the three before."""
    return reduce(lambda a, c: a + c, [_num(rows[f"{name}{n}"]).fill_null(0.0) for n in range(4)])


def _maturing(b: Bound) -> Table:
    """What can be taken out without loss within 30, 60 and 90 days, per customer: deposits, those that renew by themselves too, and
    products."""
    s = b.scalars
    account, holding = b["account"], b["holding"]
    due = account.filter(
        (account.category == "TIME") & (account.status != "CLOSED")
        & (account.maturity > s["today"]) & (account.maturity <= s["in_90"])
    ).select("cust_id", "maturity", due_no="acct_no")  # fmt: skip
    balance = b["balance"].select("acct_no", "balance", "ccy")
    rows = due.join(balance, due.due_no == balance.acct_no)
    deposits = rows.select("cust_id", "maturity", cny=to_cny(rows.balance, rows.ccy, b))
    product = holding.filter((holding.maturity > s["today"]) & (holding.maturity <= s["in_90"]))
    products = product.select("cust_id", "maturity", cny=to_cny(product.market_value, product.ccy, b))
    both = deposits.union(products)
    return both.group_by("cust_id").agg(
        **{f"maturing_{n}": both.cny.sum(where=both.maturity <= s[f"in_{n}"]) for n in (30, 60, 90)}
    )


def _month(b: Bound, name: str, keys: list[str], sums: Mapping[str, str]) -> Table:
    """The month so far and the month before of one of the lake's monthly tables, the latter by what is left of it."""
    rest = 1.0 - b.scalars["month_day"].cast("float64") / b.scalars["month_days"].cast("float64")
    now = b[name].select(*keys, **{new: _num(b[name][old]) for new, old in sums.items()})
    was = b[f"{name}_before"]
    was = was.select(*keys, **{new: _num(was[old]) * rest for new, old in sums.items()})
    return now.union(was)


def _flows(b: Bound, values: Mapping[str, Any]) -> Table:
    rows = _month(b, "flow", ["cust_id", "direction", "kind"], {"amount": "amount"})
    comes = (rows.direction == "IN") & rows.kind.notin(values["flow.not_in"])
    goes = (rows.direction == "OUT") & rows.kind.notin(values["flow.not_out"])
    cents = (rows.amount * 100.0).round().cast("int64")  # a sum of doubles would depend on the rows' order
    return rows.group_by("cust_id").agg(
        came=_num(cents.sum(where=comes)) / 100.0, went=_num(cents.sum(where=goes)) / 100.0
    )


def _own_out(b: Bound) -> Table:
    rows = _month(b, "own_out", ["cust_id"], {"amount": "amount", "txns": "txns"})
    cents, times = (rows.amount * 100.0).round().cast("int64"), (rows.txns * 100.0).round().cast("int64")
    return rows.group_by("cust_id").agg(own_sum=_num(cents.sum()) / 100.0, own_n=_num(times.sum()) / 100.0)


def _rule_e05(rows: Any, values: Mapping[str, Any]) -> Any:
    """Whether E05 (``care/events/flow.falling``) holds on the day: the rule that the model must beat."""
    fell = rows.then - rows.now + HALF_A_CENT
    drop = (fell >= float(values["E05.drop_floor"])) & (fell >= rows.then * float(values["E05.drop_share"]))
    m4, m3, m2, m1 = (_num(rows[f"mda_m{n}"]) for n in (4, 3, 2, 1))
    less = m4 - m1 + HALF_A_CENT
    months = (
        (m4 > m3) & (m3 > m2) & (m2 > m1) & (less >= float(values["E05.months_floor"]))
        & (less >= m4 * float(values["E05.months_share"]))
    )  # fmt: skip
    return (drop.fill_null(False) | months.fill_null(False)).cast("int32")
