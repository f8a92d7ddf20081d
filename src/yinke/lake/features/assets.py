"""资产负债: what customers hold and owe at the day's end, in CNY at the day's mid rate, and in how many ways."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import ibis

from yinke.common.errors import Held
from yinke.lake.engine import Bound, Inputs, Table
from yinke.lake.features.money import MONEY, to_cny, total
from yinke.lake.features.night import Night

KINDS = {
    "wealth": "WEALTH", "fund": "FUND", "insurance": "INSURANCE", "metal": "METAL", "bond": "BOND",
    "securities": "SECURITIES",
}  # fmt: skip
"""Columns of AUM that come from holdings, by category."""


CURRENCIES = ("balance", "holding", "loan", "card", "transaction")
"""Tables with amounts in several currencies."""


def check_rates(night: Night) -> None:
    """Refuse a date on which some currency has no mid rate: its amounts would silently count nothing.

    Raises:
        Held: names the table and the currency.
    """
    tables = night.tables()
    inputs = Inputs({name: tables[name] for name in CURRENCIES}, {})
    for row in night.engine.to_arrow(night.engine.plan("currencies", (), inputs, _currencies)).to_pylist():
        ccy = row["ccy"]
        if ccy != "CNY" and ccy not in night.rates:
            raise Held(
                "no_rate", f"There is no mid rate for {ccy}", place=f"{row['table']}.ccy",
                remedy=f"Have it sent with the exchange rates, or state it as threshold fx.{ccy}",
            )  # fmt: skip


def _currencies(b: Bound) -> Table:
    found = [b[name].select("ccy").distinct().mutate(table=ibis.literal(name)) for name in CURRENCIES]
    return reduce(lambda left, right: left.union(right), found)


def accounts(b: Bound) -> Table:
    """Accounts per customer: all, open, and open by category. A joint account is its customer's."""
    account = b["account"]
    is_open = account.status != "CLOSED"
    return account.group_by("cust_id").agg(
        accounts=account.count(),
        open_accounts=is_open.cast("int32").sum(),
        has_demand=(is_open & (account.category == "DEMAND")).any(),
        has_time=(is_open & (account.category == "TIME")).any(),
    )


def deposits(b: Bound) -> Table:
    """Deposits per customer, an overdraft being negative; what is frozen is included, and told.

    A closed account counts nothing, even if its last balance still stands in an upserted table.
    """
    account, balance = b["account"], b["balance"]
    matures = (account.category == "TIME") & _matures(account.maturity, b)
    closed = account.status == "CLOSED"
    special = account.filter(closed | matures).select(
        special_no=account.acct_no, closed=closed, matures=matures & ~closed
    )
    rows = balance.left_join(special, balance.acct_no == special.special_no)
    rows = rows.filter(~rows.closed.fill_null(False))
    rows = rows.select(
        "cust_id",
        "category",
        cny=to_cny(rows.balance, rows.ccy, b),
        held=to_cny(rows.frozen, rows.ccy, b),
        matures=rows.matures.fill_null(False),
    )
    return rows.group_by("cust_id").agg(
        demand=total(rows.cny, rows.category == "DEMAND"),
        time=total(rows.cny, rows.category == "TIME"),
        frozen=total(rows.held),
        maturing_deposits=total(rows.cny, rows.matures),
    )


def known_navs(b: Bound) -> Table:
    """Newest known net asset value per fund (``prod_code``, ``nav``): of this day, else the last one known.

    Tables: ``holding``, and ``was_nav``, the NAVs of the day before.
    """
    holding = b["holding"]
    today = holding.filter((holding.category == "FUND") & holding.nav.notnull())
    today = today.group_by("prod_code").agg(nav=today.nav.max())
    was = b["was_nav"].select(was_code="prod_code", was_nav="nav")
    rows = today.outer_join(was, today.prod_code == was.was_code)
    return rows.select(prod_code=rows.prod_code.coalesce(rows.was_code), nav=rows.nav.coalesce(rows.was_nav))


def holdings(b: Bound, values: Mapping[str, Any]) -> Table:
    """Market value per customer and category. A fund is worth its share × the newest NAV known.

    Threshold ``aum.insurance_value``: an insurance counts its cash value or the premium paid.
    """
    nav = b["nav"].select(nav_code="prod_code", last_nav="nav")
    rows = b["holding"].left_join(nav, b["holding"].prod_code == nav.nav_code)
    fund = (
        (rows.share.cast("decimal(20, 6)") * rows.nav.coalesce(rows.last_nav))
        .round(2)
        .cast(MONEY)
        .coalesce(rows.market_value)
    )
    value = ibis.ifelse(rows.category == "FUND", fund, rows.market_value)
    if values["aum.insurance_value"] == "COST":
        value = ibis.ifelse(rows.category == "INSURANCE", rows.cost.coalesce(rows.market_value), value)
    rows = rows.select(
        "cust_id", "category",
        cny=to_cny(value, rows.ccy, b),
        matures=_matures(rows.maturity, b),
    )  # fmt: skip
    return rows.group_by("cust_id").agg(
        **{column: total(rows.cny, rows.category == category) for column, category in KINDS.items()},
        maturing_products=total(rows.cny, rows.matures),
    )


def _matures(maturity: Any, b: Bound) -> Any:
    """After today, within 30 days."""
    return ((maturity > b.scalars["today"]) & (maturity <= b.scalars["maturing_until"])).fill_null(False)


def debts(b: Bound) -> tuple[Table, Table]:
    """LUM: outstanding loans, and receivables of credit cards, per customer."""
    loan = b["loan"]
    loan = loan.select("cust_id", "kind", cny=to_cny(loan.balance, loan.ccy, b))
    loans = loan.group_by("cust_id").agg(
        loans=total(loan.cny),
        has_mortgage=((loan.kind == "MORTGAGE") & (loan.cny > 0)).any(),
        has_consumer_loan=((loan.kind == "CONSUMER") & (loan.cny > 0)).any(),
    )
    card = b["card"]
    card = card.filter((card.kind == "CREDIT") & (card.status != "CLOSED"))
    cards = card.group_by("cust_id").agg(
        receivables=total(to_cny(card.balance, card.ccy, b)), has_credit_card=card.count() > 0
    )
    return loans, cards


def signups(b: Bound) -> Table:
    """Services signed for: payroll, and any of securities transfer, quick payment, mobile bank."""
    signup = b["signup"]
    signup = signup.filter(signup.status == "ON")
    return signup.group_by("cust_id").agg(
        signed_payroll=(signup.service == "PAYROLL").any(),
        has_signup=signup.service.isin(["SECURITIES", "QUICKPAY", "MOBILE_BANK"]).any(),
    )
