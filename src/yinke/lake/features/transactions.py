"""交易: transactions net of reversals, which of them the customer made himself, and what came in and went out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import ibis

from yinke.lake.engine import Bound, Table
from yinke.lake.features.money import MONEY, to_cny, total


def net_of_reversals(transaction: Table, *, of_many_days: bool = False) -> Table:
    """A day's transactions after 冲正: pairs are netted, a reversal itself never counts.

    What is wholly taken back on its day is gone; what is taken back in part counts the rest. A reversal of
    an earlier day's transaction is left out; that day stands as it was published. With ``of_many_days`` the
    table holds several days and each is netted by itself (sequences may begin anew every day).
    """
    back = transaction.filter(transaction.reverses.notnull())
    keys = {"back_seq": back.reverses, "back_cust": back.cust_id}
    if of_many_days:
        keys["back_day"] = back.txn_date
    back = back.group_by(**keys).agg(taken_back=total(back.amount))
    kept = transaction.filter(transaction.reverses.isnull())
    same = [kept.txn_seq == back.back_seq, kept.cust_id == back.back_cust]
    if of_many_days:
        same.append(kept.txn_date == back.back_day)
    rows = kept.left_join(back, same)
    net = (rows.amount - rows.taken_back.fill_null(0)).cast(MONEY)
    rows = rows.mutate(amount=net).drop(*keys, "taken_back")
    return rows.filter(rows.amount > 0)


def is_initiated(transaction: Table, values: Mapping[str, Any]) -> Any:
    """Whether the customer made the transaction himself (主动交易), as R and F of RFM count it.

    Not: interest, fees, auto-debits, renewals, maturities, payroll, loan movements
    (``txn.passive_kinds``), anything of the batch (``txn.batch_channels``), money that others sent. Money
    coming in is his own doing if he brought it (``txn.active_in_kinds``) or sent it from his account elsewhere.
    """
    brought = transaction.kind.isin(values["txn.active_in_kinds"]) | (
        (transaction.kind != "SELF_TRANSFER") & transaction.own_name.fill_null(False)
    )
    return (
        transaction.kind.notin(values["txn.passive_kinds"])
        & ~transaction.channel.isin(values["txn.batch_channels"]).fill_null(False)
        & ((transaction.direction == "OUT") | brought)
    )


def flows(b: Bound, values: Mapping[str, Any]) -> Table:
    """This day's transactions per customer: money in and out as E03 and E04 count it, own ones, payroll."""
    rows = net_of_reversals(b["transaction"])
    rows = rows.select(
        "cust_id", "direction", "kind", "txn_date",
        cny=to_cny(rows.amount, rows.ccy, b),
        own=is_initiated(rows, values),
    )  # fmt: skip
    comes = (rows.direction == "IN") & rows.kind.notin(values["flow.not_in"])
    goes = (rows.direction == "OUT") & rows.kind.notin(values["flow.not_out"])
    paid = (rows.direction == "IN") & (rows.kind == "PAYROLL")
    day = ibis.least(rows.txn_date, b.scalars["today"])
    return rows.group_by("cust_id").agg(
        in_today=total(rows.cny, comes),
        out_today=total(rows.cny, goes),
        own_txns=rows.own.cast("int32").sum(),
        own_txn_day=day.max(where=rows.own),
        paid_txns=paid.cast("int32").sum(),
        paid_txn_sum=total(rows.cny, paid),
        paid_txn_day=day.max(where=paid),
    )


def leaving_transactions(b: Bound, values: Mapping[str, Any]) -> Table:
    """Own transactions per customer of the days that fall out of the 90 days tonight (``gone_1`` ...)."""
    days = [net_of_reversals(table) for name, table in b.tables.items() if name.startswith("gone_")]
    kept = [rows.filter(is_initiated(rows, values)).select("cust_id") for rows in days]
    gone = reduce(lambda left, right: left.union(right), kept)
    return gone.group_by("cust_id").agg(gone=gone.count())
