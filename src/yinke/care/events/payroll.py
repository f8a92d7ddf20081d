"""代发: salaries that stop or shrink (E06), and the first one (E07)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from yinke.care.events.night import Night, at_least, days_between, money, number, percent
from yinke.care.events.rows import Found


def _credits_before(people: Any) -> Any:
    """Payroll credits in the four months before this one."""
    return sum(people[f"payrolls_m{n}"].fill_null(0) for n in range(1, 5))


def stopped(night: Night) -> Iterator[Found]:
    """E06 代发流失: no payroll for 40 days after three in four months, or one that halved.

    Where at least 30% of an employer's staff stopped, the facts carry it for the corporate manager.
    """
    people = night.people(
        "last_payroll", "payroll_last", "payroll_3m", "payroll_unit", *(f"payrolls_m{n}" for n in range(1, 5))
    )
    people = people.filter(_credits_before(people) >= night.values["E06.min_credits"])
    people = people.mutate(
        has_stopped=days_between(people.last_payroll, night.today) >= night.scalar("stop_days")
    )
    staff = people.filter(people.payroll_unit.notnull())
    units = staff.group_by("payroll_unit").agg(
        unit_staff=staff.count().cast("int32"), unit_stopped=staff.has_stopped.sum().cast("int32")
    )
    units = units.mutate(unit_percent=percent(units.unit_stopped, units.unit_staff)).filter(
        units.unit_staff >= night.values["E06.employer_min_staff"],
        number(units.unit_stopped) >= number(units.unit_staff) * float(night.values["E06.employer_share"]),
    )
    gone = people.filter(people.has_stopped).left_join(units, "payroll_unit")
    alert = gone.unit_percent.notnull()
    yield Found(
        gone,
        cycle=gone.last_payroll,
        amount=gone.payroll_last,
        facts={
            "case": "STOPPED",
            "amount": gone.payroll_last,
            "last": gone.last_payroll,
            "days": days_between(gone.last_payroll, night.today),
            "employer_alert": alert,
            "unit": alert.ifelse(gone.payroll_unit, ibis.null()),
            "unit_staff": gone.unit_staff,
            "unit_stopped": gone.unit_stopped,
            "unit_percent": gone.unit_percent,
        },
    )
    yield _less(night)


def _less(night: Night) -> Found:
    """Who was paid today, and by now this month at most half of what the last three months let expect.

    ``payroll_3m`` is a paid month's sum; where it comes in several credits, as many parts of it are
    expected as have come this month.
    """
    months = range(1, 4)
    people = night.people(
        "last_payroll", "payroll_3m", "payroll_sum_m0", "payrolls_m0", "payrolls_m4",
        *(f"{name}_m{n}" for n in months for name in ("payrolls", "payroll_sum")),
    )  # fmt: skip
    people = people.filter(
        people.last_payroll == night.today,
        people.payrolls_m0 > 0,
        people.payroll_3m > 0,
        _credits_before(people) >= night.values["E06.min_credits"],
    )
    number_of = sum(people[f"payrolls_m{n}"].fill_null(0) for n in months)
    paid_months = sum((people[f"payroll_sum_m{n}"].fill_null(0) > 0).cast("int32") for n in months)
    come = ibis.least(number(people.payrolls_m0) * number(paid_months) / number(number_of).nullif(0), 1.0)
    people = people.mutate(usual=number(people.payroll_3m) * come, now=number(people.payroll_sum_m0))
    less = people.filter(at_least(people.usual * (1 - float(night.values["E06.partial_share"])), people.now))
    return Found(
        less,
        object="PARTIAL",
        cycle=less.last_payroll,
        amount=less.payroll_sum_m0,
        facts={
            "case": "PARTIAL",
            "amount": less.payroll_sum_m0,
            "usual": money(less.usual),
            "percent": percent(less.usual - less.now, less.usual),
            "employer_alert": False,
        },
    )


def first(night: Night) -> Iterator[Found]:
    """E07 新增代发: the first payroll credit. A young lake can't tell first from next, so it waits."""
    people = night.people("first_payroll", "payroll_last")
    is_old_enough = night.scalar("lake_age") >= night.values["E07.lake_days"]
    rows = people.filter(people.first_payroll == night.today, is_old_enough)
    yield Found(rows, cycle=rows.first_payroll, amount=rows.payroll_last, facts={"amount": rows.payroll_last})
