"""产品: holdings well below their cost (E22), a product that somebody looks at again and again (E23)."""

from __future__ import annotations

from collections.abc import Iterator

import ibis

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


def interested(night: Night) -> Iterator[Found]:
    """E23 高意向浏览: the page of one product seen three times in seven days, not bought, and it suits who looked.

    R ≤ C by a valid assessment, nothing of risk for minors, nothing of high risk from 65 on. Whether the customer has agreed to
    personal recommendations is asked where the night makes tasks.
    """
    customer, holding, log, product = (night[name] for name in ("customer", "holding", "log_E23", "product"))
    views = log.filter(log.event_code == "VIEW_PRODUCT", log.prod_code.notnull())
    views = views.group_by("cust_id", "prod_code").agg(views=views.count())
    rows = views.filter(views.views >= night.values["E23.views"]).anti_join(holding, ["cust_id", "prod_code"])
    sold = product.filter(product.status.fill_null("ON_SALE") != "CLOSED")
    sold = sold.select(
        "prod_code", product="name", risk=ibis.coalesce(sold.risk_level.substr(1, 1).cast("int32"), 0)
    )
    bears = ibis.coalesce(customer.risk_level.substr(1, 1).cast("int32"), 0)
    valid = (customer.risk_expiry > night.today).fill_null(False)
    adult = (customer.birth_date <= night.scalar("adult_born_by")).fill_null(False)
    elder = (customer.birth_date <= night.scalar("elder_born_by")).fill_null(False)
    capped = elder.ifelse(ibis.least(bears, int(night.values["value.elder_risk"])), bears)
    people = customer.select("cust_id", up_to=(valid & adult).ifelse(capped, 0))
    rows = rows.inner_join(sold, "prod_code").inner_join(people, "cust_id")
    rows = rows.filter(rows.risk <= rows.up_to).inner_join(night.tiers(), "cust_id")
    yield Found(
        rows,
        object=rows.prod_code,
        cycle=night.month,
        facts={"product": rows.product, "views": rows.views.cast("int32")},
    )
