"""行为: logins and payroll credits of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from yinke.lake.engine import Bound, Table
from yinke.lake.features.money import total


def logins(b: Bound, values: Mapping[str, Any]) -> Table:
    """Logins per customer; of those, the ones that count for MAU (``login.channels``)."""
    log = b["channel_log"]
    log = log.filter(log.event_code == "LOGIN")
    return log.group_by("cust_id").agg(
        app_logins=log.channel.isin(values["login.channels"]).cast("int32").sum(),
        login_day=ibis.least(log.event_at.date(), b.scalars["today"]).max(),
    )


def payrolls(b: Bound) -> Table:
    """Payroll credits per customer from the payroll files (CNY). With several employers the greatest number stands."""
    payroll = b["payroll"]
    return payroll.group_by("cust_id").agg(
        paid=payroll.count(),
        paid_sum=total(payroll.amount),
        paid_day=ibis.least(payroll.pay_date, b.scalars["today"]).max(),
        paid_by=payroll.unit_no.max(),
    )
