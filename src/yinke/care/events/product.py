"""产品: holdings well below their cost (E22)."""

from __future__ import annotations

from collections.abc import Iterator

from yinke.care.events.night import Night, at_least, money, percent
from yinke.care.events.rows import Found


def drawdowns(night: Night) -> Iterator[Found]:
    """E22 产品净值大跌/破净: market value 5% below cost (R1 and R2: 1%), per customer and product.

    An insurance's cash value is below its premiums by design, so it is left out.
    """
    holding, product = night["holding"], night["product"]
    rows = holding.filter(
        holding.category.isin(night.values["E22.categories"]), holding.cost > 0,
        holding.market_value < holding.cost,
    )  # fmt: skip
    rows = rows.group_by("cust_id", "prod_code").agg(
        cost=night.cny(rows.cost, rows.ccy).sum(),
        value=night.cny(rows.market_value, rows.ccy).sum(),
        risk=rows.risk_level.max(),
        nav=rows.nav.min(),
    )
    careful = rows.risk.isin(["R1", "R2"]).fill_null(False)
    share = careful.ifelse(float(night.values["E22.careful_share"]), float(night.values["E22.share"]))
    rows = rows.filter(
        at_least(rows.cost, float(night.values["E22.cost_floor"])),
        at_least(rows.cost - rows.value, rows.cost * share),
    )
    rows = rows.inner_join(night.tiers(), "cust_id")
    rows = rows.left_join(product.select("prod_code", product="name"), "prod_code")
    loss = money(rows.cost - rows.value)
    yield Found(
        rows,
        object=rows.prod_code,
        cycle=night.month,
        amount=loss,
        episode=True,
        facts={
            "case": (rows.nav < 1).fill_null(False).ifelse("BELOW_PAR", "DRAWDOWN"),
            "product": rows.product,
            "amount": loss,
            "percent": percent(rows.cost - rows.value, rows.cost),
        },
    )
