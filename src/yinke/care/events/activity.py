"""活跃度: a dormant customer stirs (E13), the app falls silent (E14)."""

from __future__ import annotations

from collections.abc import Iterator

import ibis

from yinke.care.events.night import Night, at_least, days_between, money
from yinke.care.events.rows import Found
from yinke.lake.features import is_initiated, net_of_reversals


def woken(night: Night) -> Iterator[Found]:
    """E13 睡眠户激活: a login, or an own transaction of 1,000 or more, after 180 silent days."""
    people = night.people("prev_active", "open_date", "last_txn", "last_login", "aum")
    silent_days = int(night.values["E13.silent_days"])
    long_ago = night.day(-silent_days)
    # without any trace since the lake began, silence is known only once the lake is old enough
    never = people.prev_active.isnull() & (night.scalar("lake_age") >= silent_days)
    people = people.filter((people.prev_active <= long_ago) | (never & (people.open_date <= long_ago)))
    people = people.filter((people.last_txn == night.today) | (people.last_login == night.today))
    txn = net_of_reversals(night["transaction"])
    txn = txn.filter(is_initiated(txn, night.values))
    sums = txn.group_by("cust_id").agg(moved=night.cny(txn.amount, txn.ccy).max())
    rows = people.left_join(sums, "cust_id")
    enough = at_least(rows.moved, float(night.values["E13.amount_floor"])).fill_null(False)
    rows = rows.mutate(enough=enough)
    rows = rows.filter(rows.enough | (rows.last_login == night.today).fill_null(False))
    yield Found(
        rows,
        cycle=night.today,
        amount=rows.enough.ifelse(money(rows.moved), ibis.null()),
        facts={
            "case": rows.enough.ifelse("TRANSACTION", "LOGIN"),
            "amount": rows.enough.ifelse(money(rows.moved), ibis.null()),
            "days": days_between(ibis.coalesce(rows.prev_active, rows.open_date), night.today),
            "aum": rows.aum,
        },
    )


def silent(night: Night) -> Iterator[Found]:
    """E14 App沉默: four logins a month on average of three months, then none for 30 days (T3+: 21)."""
    people = night.people("tier", "last_login", "logins_m1", "logins_m2", "logins_m3")
    logins = sum(people[f"logins_m{n}"].fill_null(0) for n in (1, 2, 3))
    limit = ibis.ifelse(
        people.tier >= night.values["E14.short_from_tier"],
        int(night.values["E14.short_silent_days"]),
        int(night.values["E14.silent_days"]),
    )
    rows = people.filter(
        logins >= 3 * night.values["E14.monthly_logins"],
        days_between(people.last_login, night.today) >= limit,
    )
    logins = sum(rows[f"logins_m{n}"].fill_null(0) for n in (1, 2, 3))
    yield Found(
        rows,
        cycle=rows.last_login,
        facts={
            "days": days_between(rows.last_login, night.today),
            "last": rows.last_login,
            "logins": ((logins + 1) // 3).cast("int32"),
        },
    )
