"""事件清单: every kind of event that a night looks for, with family, priority and expiry."""

from __future__ import annotations

from yinke.care.events import (
    activity,
    expiry,
    flow,
    greeting,
    loan,
    maturity,
    onboarding,
    payroll,
    product,
    tier,
)
from yinke.care.events.rows import EventType as _E

EVENT_TYPES: dict[str, _E] = {
    kind.code: kind
    for kind in (
        _E("E01", "MATURITY", 2, "DUE", maturity.deposits),
        _E("E02", "MATURITY", 2, "DUE", maturity.wealth),
        _E("E03", "FLOW", 2, "TRIGGER", flow.large_in),
        _E("E04", "FLOW", 1, "TRIGGER", flow.large_out),
        _E("E05", "FLOW", 1, "TRIGGER", flow.falling),
        _E("E06", "PAYROLL", 1, "TRIGGER", payroll.stopped),
        _E("E07", "PAYROLL", 2, "TRIGGER", payroll.first),
        _E("E08", "TIER", 2, "MONTH_END", tier.near_upgrade),
        _E("E09", "TIER", 1, "MONTH_END", tier.near_downgrade),
        _E("E10", "TIER", 3, "TRIGGER", tier.changed),
        _E("E11", "CARE", 3, "DUE", greeting.birthdays),
        _E("E12", "CARE", 3, "DUE", greeting.greetings),
        _E("E13", "ACTIVITY", 2, "TRIGGER", activity.woken),
        _E("E14", "ACTIVITY", 3, "TRIGGER", activity.silent),
        _E("E15", "LOAN", 2, "TRIGGER", loan.repaid),
        _E("E16", "SERVICE", 3, "DUE", expiry.papers),
        _E("E19", "NEW", 1, "TRIGGER", onboarding.interviews),
        _E("E20", "NEW", 3, "TRIGGER", onboarding.onboarding, urgent=2),
        _E("E21", "SERVICE", 3, "DUE", expiry.assessments),
        _E("E22", "CARE", 2, "TRIGGER", product.drawdowns),
    )
}
"""By code, as numbered in the bank's event handbook; see ``docs/`` for how to add one."""
