"""到期提醒: cards and certificates (E16), risk assessments (E21)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from yinke.care.events.night import Night, days_between, tail
from yinke.care.events.rows import Found
from yinke.lake.engine import Table


def _case(days: Any) -> Any:
    return (days > 0).ifelse("AHEAD", "TODAY")


def papers(night: Night) -> Iterator[Found]:
    """E16 卡片/证件到期: a card not renewed at T-60 and T-30, a certificate at T-90, T-30 and on the day."""
    card, customer = night.table("card"), night.table("customer")
    if card is not None:
        rows = card.filter(
            card.status == "NORMAL", card.expiry.isin([night.day(n) for n in night.values["E16.card_days"]])
        ).inner_join(night.tiers(), "cust_id")
        days = days_between(night.biz_date, rows.expiry)
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
    if customer is not None:
        rows = customer.filter(
            customer.cert_expiry.isin([night.day(n) for n in night.values["E16.certificate_days"]])
        ).select("cust_id", "cert_expiry").inner_join(night.tiers(), "cust_id")  # fmt: skip
        days = days_between(night.biz_date, rows.cert_expiry)
        yield Found(
            rows,
            object="CERTIFICATE",
            cycle=ibis.literal("T-") + days.cast("string") + " " + rows.cert_expiry.cast("string"),
            due=rows.cert_expiry,
            facts={
                "what": "CERTIFICATE",
                "case": _case(days),
                "due": rows.cert_expiry,
                "days": days,
            },
        )


def assessments(night: Night) -> Iterator[Found]:
    """E21 风评到期: at T-30 and T-7, of those who hold or lately looked at products of R2 and above."""
    customer = night.table("customer")
    if customer is None:
        return
    rows = customer.filter(
        customer.risk_expiry.isin([night.day(n) for n in night.values["E21.ahead_days"]])
    ).select("cust_id", "risk_expiry", "risk_level").inner_join(night.tiers(), "cust_id")  # fmt: skip
    interested = [table for table in (_holders(night), _viewers(night)) if table is not None]
    if not interested:
        return
    who = interested[0] if len(interested) == 1 else interested[0].union(interested[1])
    rows = rows.semi_join(who, "cust_id")
    days = days_between(night.biz_date, rows.risk_expiry)
    yield Found(
        rows,
        cycle=ibis.literal("T-") + days.cast("string") + " " + rows.risk_expiry.cast("string"),
        due=rows.risk_expiry,
        facts={"case": _case(days), "level": rows.risk_level, "due": rows.risk_expiry, "days": days},
    )


def _holders(night: Night) -> Table | None:
    holding = night.table("holding")
    return None if holding is None else holding.filter(holding.risk_level >= "R2").select("cust_id")


def _viewers(night: Night) -> Table | None:
    """Who looked at a product of R2 and above in the last days."""
    product = night.table("product")
    days = [night.lake.day(night.day(-n)) for n in range(1, int(night.values["E21.browse_days"]))]
    logs = [day.path("channel_log") for day in days if day is not None and day.has("channel_log")]
    if night.building.has("channel_log"):
        logs.append(night.building.path("channel_log"))
    if product is None or not logs:
        return None
    log = night.engine.tables(logs)
    log = log.filter(log.event_code == "VIEW_PRODUCT").select("cust_id", "prod_code")
    return log.semi_join(product.filter(product.risk_level >= "R2"), "prod_code").select("cust_id")
