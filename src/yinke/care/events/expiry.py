"""到期提醒: cards and certificates (E16), risk assessments (E21)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from yinke.care.events.night import Night, days_between, tail
from yinke.care.events.rows import Found


def _case(days: Any) -> Any:
    return (days > 0).ifelse("AHEAD", "TODAY")


def papers(night: Night) -> Iterator[Found]:
    """E16 卡片/证件到期: a card not renewed at T-60 and T-30, a certificate at T-90, T-30 and on the day."""
    card, customer = night["card"], night["customer"]
    rows = card.filter(
        card.status == "NORMAL", days_between(night.today, card.expiry).isin(night.values["E16.card_days"])
    ).inner_join(night.tiers(), "cust_id")
    days = days_between(night.today, rows.expiry)
    yield Found(
        rows,
        object=tail(rows.card_no),
        cycle=ibis.literal("CARD T-") + days.cast("string") + " " + rows.expiry.cast("string"),
        due=rows.expiry,
        facts={
            "what": "CARD",
            "case": _case(days),
            "kind": rows.kind,
            "due": rows.expiry,
            "days": days,
            "tail": tail(rows.card_no),
        },
    )
    rows = customer.select("cust_id", "cert_expiry").filter(
        days_between(night.today, customer.cert_expiry).isin(night.values["E16.certificate_days"])
    )
    rows = rows.inner_join(night.tiers(), "cust_id")
    days = days_between(night.today, rows.cert_expiry)
    yield Found(
        rows,
        object="CERTIFICATE",
        cycle=ibis.literal("T-") + days.cast("string") + " " + rows.cert_expiry.cast("string"),
        due=rows.cert_expiry,
        facts={"what": "CERTIFICATE", "case": _case(days), "due": rows.cert_expiry, "days": days},
    )


def assessments(night: Night) -> Iterator[Found]:
    """E21 风评到期: at T-30 and T-7, of those who hold or lately looked at products of R2 and above."""
    customer, holding, log, product = (night[name] for name in ("customer", "holding", "log_E21", "product"))
    holders = holding.filter(holding.risk_level >= "R2").select("cust_id")
    views = log.filter(log.event_code == "VIEW_PRODUCT").select("cust_id", "prod_code")
    viewers = views.semi_join(product.filter(product.risk_level >= "R2"), "prod_code").select("cust_id")
    rows = customer.select("cust_id", "risk_expiry", "risk_level").filter(
        days_between(night.today, customer.risk_expiry).isin(night.values["E21.ahead_days"])
    )
    rows = rows.semi_join(holders.union(viewers), "cust_id").inner_join(night.tiers(), "cust_id")
    days = days_between(night.today, rows.risk_expiry)
    yield Found(
        rows,
        cycle=ibis.literal("T-") + days.cast("string") + " " + rows.risk_expiry.cast("string"),
        due=rows.risk_expiry,
        facts={"case": _case(days), "level": rows.risk_level, "due": rows.risk_expiry, "days": days},
    )
