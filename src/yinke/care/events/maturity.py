"""到期: deposits (E01) and wealth products (E02) that mature, or have just matured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ibis

from yinke.care.events.night import Night, at_least, days_between, money, tail
from yinke.care.events.rows import Found
from yinke.lake.engine import Table


def stages(ahead: Sequence[int], after: int) -> list[tuple[str, int, int]]:
    """(name, least, most days to maturity) of the windows: each is announced once, when first seen.

    >>> stages([7, 3, 0], 3)
    [('T-7', 4, 7), ('T-3', 1, 3), ('T-0', 0, 0), ('T+3', -3, -1)]
    """
    nearest = [*(day + 1 for day in ahead[1:]), 0]
    return [
        *((f"T-{day}", low, day) for day, low in zip(ahead, nearest, strict=True)),
        (f"T+{after}", -after, -1),
    ]


def _stage(days: Any, windows: list[tuple[str, int, int]]) -> Any:
    return ibis.cases(*((days.between(low, high), name) for name, low, high in windows))


def _summed(rows: Table, by: Sequence[str], first: Any, name: Any) -> Table:
    """One row per customer and window. ``first`` sorts the earliest to the front, ``name`` is kept if alone."""
    grouped = rows.group_by("cust_id", *by).agg(
        amount=rows.amount.sum(),
        largest=rows.amount.max(),
        number=rows.count().cast("int32"),
        due=rows.maturity.min(),
        first=first.min(),
        name=name.max(),
    )
    alone = grouped.number == 1
    return grouped.mutate(
        name=alone.ifelse(grouped.name, ibis.null()),
        several=alone.ifelse(ibis.null(), grouped.number).cast("int32"),
    )


def _case(stage: Any, after: str, past: str) -> Any:
    return ibis.cases((stage == "T-0", "TODAY"), (stage == after, past), else_="AHEAD")


def deposits(night: Night) -> Iterator[Found]:
    """E01 定期/大额存单到期: once each at T-7, T-3, T-0 and T+1..T+3 if neither renewed nor paid out.

    Deposits in the same window are summed. Auto-renewing ones are told at T-7 only.
    """
    account, balance = night["account"], night["balance"]
    windows = stages(night.values["E01.ahead_days"], night.values["E01.after_days"])
    ahead, after = windows[0][2], -windows[-1][1]
    due = account.filter(
        account.category == "TIME",
        account.status.isin(["NORMAL", "DORMANT"]),
        account.maturity.between(night.day(-after), night.day(ahead)),
    )
    held = balance.filter(balance.category == "TIME").select(
        "acct_no", amount=night.cny(balance.balance, balance.ccy)
    )
    due = due.select(
        "cust_id", "acct_no", "maturity", "subject",
        renews=due.auto_renew.fill_null(False),
        stage=_stage(days_between(night.today, due.maturity), windows),
    ).inner_join(held, "acct_no")  # fmt: skip
    due = due.filter(due.amount > 0, ~due.renews | (due.stage == windows[0][0]))
    sums = _summed(due, ["stage", "renews"], due.maturity.cast("string") + due.acct_no, due.subject)
    sums = sums.inner_join(night.tiers(), "cust_id")
    floor, single = night.values["E01.sum_floor"], night.values["E01.single_floor"]
    wealthy = sums.tier >= night.values["E01.single_from_tier"]
    sums = sums.filter(ibis.ifelse(wealthy, at_least(sums.largest, single), at_least(sums.amount, floor)))
    days = days_between(night.today, sums.due)
    account_tail = tail(sums["first"])
    yield Found(
        sums,
        object=account_tail,
        cycle=sums.stage + sums.renews.ifelse("R", "") + " " + sums.due.cast("string"),
        amount=money(sums.amount),
        urgent=(days <= 1) & ~sums.renews,
        due=sums.due,
        facts={
            "case": sums.renews.ifelse("RENEWS", _case(sums.stage, windows[-1][0], "AFTER")),
            "amount": money(sums.amount),
            "due": sums.due,
            "days": days.abs(),
            "count": sums.several,
            "tail": (sums.number == 1).ifelse(account_tail, ibis.null()),
            "subject": sums.name,
        },
    )


def _wealth(night: Night, holding: Table) -> Table:
    """Wealth holdings near maturity, with a key that tells the same holding on two days."""
    rows = holding.filter(
        holding.category == "WEALTH",
        holding.maturity.between(
            night.day(-night.values["E02.after_days"]), night.day(max(night.values["E02.ahead_days"]))
        ),
    )
    parts = (rows.acct_no, rows.prod_code, rows.start_date.cast("string"))
    return rows.select(
        "cust_id", "prod_code", "maturity",
        amount=night.cny(rows.market_value, rows.ccy),
        key=ibis.literal("|").join([ibis.coalesce(part, "") for part in parts]),
    ).filter(lambda t: t.amount > 0)  # fmt: skip


def wealth(night: Night) -> Iterator[Found]:
    """E02 理财到期/开放赎回: one event per customer and window with the sum, and one when the money arrives.

    The money has arrived when a matured holding is gone from today's file, or at the latest on T+1.
    """
    windows = stages(night.values["E02.ahead_days"], night.values["E02.after_days"])
    arrived = windows[-1][0]
    now = _wealth(night, night["holding"])
    due = now.mutate(stage=_stage(days_between(night.today, now.maturity), windows))
    was = _wealth(night, night["holding_before"])
    gone = was.filter(was.maturity <= night.today).anti_join(now, ["cust_id", "key"])
    due = due.union(gone.mutate(stage=ibis.literal(arrived)))
    due = due.left_join(night["product"].select("prod_code", product="name"), "prod_code")
    sums = _summed(due, ["stage"], due.maturity.cast("string") + due.prod_code, due.product)
    sums = sums.inner_join(night.tiers(), "cust_id")
    sums = sums.filter(at_least(sums.amount, night.values["E02.sum_floor"]))
    days = days_between(night.today, sums.due)
    yield Found(
        sums,
        object=sums["first"].substr(10),
        cycle=sums.stage + " " + sums.due.cast("string"),
        amount=money(sums.amount),
        urgent=days <= 1,
        due=sums.due,
        facts={
            "case": _case(sums.stage, arrived, "ARRIVED"),
            "amount": money(sums.amount),
            "due": sums.due,
            "days": days.abs(),
            "count": sums.several,
            "product": sums.name,
        },
    )
