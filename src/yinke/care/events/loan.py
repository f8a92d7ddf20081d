"""贷款: settled, repaid early, or an early repayment booked (E15)."""

from __future__ import annotations

from collections.abc import Iterator

import ibis

from yinke.care.events.night import Night, at_least, days_between, money, percent, tail
from yinke.care.events.rows import Found

DAYS_A_MONTH = 30.4375


def repaid(night: Night) -> Iterator[Found]:
    """E15 贷款结清/提前还款: balance 0 today, or 20% less than yesterday beyond the month's instalment.

    A loan that is no longer in the file counts as settled.
    """
    yield from _booked(night)
    now, before = night["loan"], night["loan_before"]
    was = before.filter(before.balance > 0).select(
        "cust_id", "loan_no", "kind", "due_date", was=night.cny(before.balance, before.ccy)
    )
    today = now.select("loan_no", left=night.cny(now.balance, now.ccy))
    rows = was.left_join(today, "loan_no")
    rows = rows.mutate(left=ibis.coalesce(rows.left, 0.0)).filter(lambda t: t.left < t.was)
    rows = rows.inner_join(night.tiers(), "cust_id")
    settled = rows.filter(rows.left <= 0)
    yield Found(
        settled,
        object=settled.loan_no,
        cycle="SETTLED",
        amount=money(settled.was),
        facts={
            "case": "SETTLED",
            "amount": money(settled.was),
            "kind": settled.kind,
            "tail": tail(settled.loan_no),
        },
    )
    months = ibis.greatest(
        ibis.coalesce(days_between(night.today, rows.due_date).cast("float64") / DAYS_A_MONTH, 1200.0), 1.0
    )
    part = rows.filter(
        rows.left > 0,
        at_least(
            rows.was - rows.left - rows.was / months, rows.was * float(night.values["E15.prepaid_share"])
        ),
    )
    paid = money(part.was - part.left)
    yield Found(
        part,
        object=part.loan_no,
        cycle=night.today,
        amount=paid,
        facts={
            "case": "PREPAID",
            "amount": paid,
            "percent": percent(part.was - part.left, part.was),
            "left": money(part.left),
            "kind": part.kind,
            "tail": tail(part.loan_no),
        },
    )


def _booked(night: Night) -> Iterator[Found]:
    log = night["channel_log"]
    rows = log.filter(log.event_code == "LOAN_PREPAY").select("cust_id").distinct()
    rows = rows.inner_join(night.tiers(), "cust_id")
    yield Found(rows, object="BOOKED", cycle=night.month, facts={"case": "BOOKED"})
