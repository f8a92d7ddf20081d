"""资金流动: large money in (E03) or out (E04), assets that keep falling (E05)."""

from __future__ import annotations

from collections.abc import Iterator

import ibis

from yinke.care.events.night import Night, at_least, money, number, percent
from yinke.care.events.rows import Found
from yinke.lake.engine import Table
from yinke.lake.features import net_of_reversals


def _large(night: Night, column: str, code: str) -> Table:
    """Customers whose day's sum of ``column`` is large for them: max(floor, share of MDA); flat from T4 up."""
    people = night.people("tier", "mda", column).rename(moved=column)
    limit = ibis.ifelse(
        people.tier >= night.values["E03.flat_from_tier"],
        float(night.values[f"{code}.flat"]),
        ibis.greatest(
            float(night.values[f"{code}.floor"]),
            number(people.mda) * float(night.values[f"{code}.mda_share"]),
        ),
    )
    return people.filter(at_least(number(people.moved), limit))


def _own(night: Night, direction: str) -> Table:
    """Per customer: what moved from or to the customer's own name at another bank, and to a broker."""
    txn = night["transaction"]
    not_counted = night.values["flow.not_in" if direction == "IN" else "flow.not_out"]
    txn = net_of_reversals(txn.filter((txn.direction == direction) | txn.reverses.notnull()))
    elsewhere = txn.own_name.fill_null(False) & (ibis.coalesce(txn.opp_bank, "") != "")
    txn = txn.filter(
        txn.direction == direction, txn.kind.notin(not_counted), elsewhere | (txn.kind == "SECURITIES")
    )
    amount = night.cny(txn.amount, txn.ccy)
    broker = txn.kind == "SECURITIES"
    grouped = txn.group_by("cust_id").agg(
        own=ibis.ifelse(broker, 0.0, amount).sum(),
        broker=ibis.ifelse(broker, amount, 0.0).sum(),
        banks=txn.opp_bank.nunique(where=~broker),
        bank=txn.opp_bank.max(where=~broker),
    )
    return grouped.mutate(bank=(grouped.banks == 1).ifelse(grouped.bank, ibis.null()))


def _moves(night: Night, column: str, direction: str, code: str) -> Iterator[Found]:
    rows = _large(night, column, code).left_join(_own(night, direction), "cust_id")
    own_sum, broker_sum = ibis.coalesce(rows.own, 0.0), ibis.coalesce(rows.broker, 0.0)
    is_own = own_sum > 0
    is_broker = ~is_own & (broker_sum > 0)
    part = ibis.ifelse(is_own, own_sum, broker_sum)
    is_part = (part > 0) & ~at_least(part, number(rows.moved))
    yield Found(
        rows,
        cycle=night.today,
        amount=rows.moved,
        urgent=rows.tier >= night.values["E03.flat_from_tier"],
        facts={
            "case": ibis.cases((is_own, "OWN_NAME"), (is_broker, "BROKER"), else_="PLAIN"),
            "on": night.today,
            "amount": rows.moved,
            "own": is_part.ifelse(money(part), ibis.null()),
            "bank": rows.bank,
            "weight": ibis.ifelse(is_own | is_broker, night.values["E04.own_weight"], 1).cast("int32"),
        },
    )


def large_in(night: Night) -> Iterator[Found]:
    """E03 大额转入: the day's transfers in reach max(5万, 20% MDA), from T4 up 50万."""
    yield from _moves(night, "in_today", "IN", "E03")


def large_out(night: Night) -> Iterator[Found]:
    """E04 大额转出: the same limits; to the own name elsewhere or to a broker it weighs twice."""
    yield from _moves(night, "out_today", "OUT", "E04")


def falling(night: Night) -> Iterator[Found]:
    """E05 连续资产下降: 30% and 5万 less than 30 days ago, or three monthly averages falling by 25% in all."""
    people = night.people("aum", "aum_30d_ago", *(f"mda_m{n}" for n in range(1, 5)))
    was, now = number(people.aum_30d_ago), number(people.aum)
    drop = people.filter(
        at_least(was - now, float(night.values["E05.drop_floor"])),
        at_least(was - now, was * float(night.values["E05.drop_share"])),
    )
    fell = money(number(drop.aum_30d_ago) - number(drop.aum))
    yield Found(
        drop,
        object="DROP",
        cycle=night.month,
        amount=fell,
        episode=True,
        facts={
            "case": "DROP",
            "amount": fell,
            "percent": percent(number(drop.aum_30d_ago) - number(drop.aum), drop.aum_30d_ago),
            "aum": drop.aum,
        },
    )
    m4, m3, m2, m1 = (number(people[f"mda_m{n}"]) for n in (4, 3, 2, 1))
    months = people.filter(
        m4 > m3, m3 > m2, m2 > m1,
        at_least(m4 - m1, float(night.values["E05.months_floor"])),
        at_least(m4 - m1, m4 * float(night.values["E05.months_share"])),
    )  # fmt: skip
    fell = money(number(months.mda_m4) - number(months.mda_m1))
    yield Found(
        months,
        object="MONTHS",
        cycle=night.month,
        amount=fell,
        facts={
            "case": "MONTHS",
            "amount": fell,
            "percent": percent(number(months.mda_m4) - number(months.mda_m1), months.mda_m4),
            "aum": months.aum,
        },
    )
