"""事件清单: every kind of event that a night looks for, with family, priority and expiry."""

from __future__ import annotations

from yinke.care.events import (
    activity,
    churn,
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
from yinke.care.events.rows import EventType

EVENT_TYPES: dict[str, EventType] = {
    kind.code: kind
    for kind in (
        EventType("E01", "MATURITY", 2, "DUE", maturity.deposits, ("account", "balance")),
        EventType("E02", "MATURITY", 2, "DUE", maturity.wealth, ("holding", "holding_before", "product")),
        EventType("E03", "FLOW", 2, "TRIGGER", flow.large_in, ("transaction",)),
        EventType("E04", "FLOW", 1, "TRIGGER", flow.large_out, ("transaction",)),
        EventType("E05", "FLOW", 1, "TRIGGER", flow.falling, ("events_before",)),
        EventType("E06", "PAYROLL", 1, "TRIGGER", payroll.stopped, ()),
        EventType("E07", "PAYROLL", 2, "TRIGGER", payroll.first, ()),
        EventType("E08", "TIER", 2, "MONTH_END", tier.near_upgrade, ()),
        EventType("E09", "TIER", 1, "MONTH_END", tier.near_downgrade, ()),
        EventType("E10", "TIER", 3, "TRIGGER", tier.changed, ()),
        EventType("E11", "CARE", 3, "DUE", greeting.birthdays, ("customer", "birthdays")),
        EventType("E12", "CARE", 3, "DUE", greeting.greetings, ("festivals",)),
        EventType("E13", "ACTIVITY", 2, "TRIGGER", activity.woken, ("transaction",)),
        EventType("E14", "ACTIVITY", 3, "TRIGGER", activity.silent, ()),
        EventType("E15", "LOAN", 2, "TRIGGER", loan.repaid, ("loan", "loan_before", "channel_log")),
        EventType("E16", "SERVICE", 3, "DUE", expiry.papers, ("card", "customer")),
        EventType("E19", "NEW", 1, "TRIGGER", onboarding.interviews, ("snapshot_before",)),
        EventType("E20", "NEW", 3, "TRIGGER", onboarding.onboarding, (), urgent=2),
        EventType(
            "E21", "SERVICE", 3, "DUE", expiry.assessments, ("customer", "holding", "log_E21", "product")
        ),
        EventType("E22", "CARE", 2, "TRIGGER", product.drawdowns, ("holding", "product", "events_before")),
        EventType(
            "E23", "ACTIVITY", 2, "TRIGGER", product.interested, ("customer", "holding", "log_E23", "product")
        ),
        EventType("E25", "CHURN", 2, "TRIGGER", churn.feared, ("score", "events_before")),
        EventType("E26", "CHURN", 1, "TRIGGER", churn.leaving, ("signup", "channel_log")),
        EventType("E27", "CARE", 3, "DUE", greeting.anniversaries, ("customer", "anniversaries")),
    )
}
"""By code, as numbered in the bank's event handbook; see ``docs/`` for how to add one."""
