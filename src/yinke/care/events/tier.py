"""等级: close to the next tier (E08), about to fall below the own one (E09), changed (E10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ibis

from yinke.care.events.night import Night, at_least, money, number
from yinke.care.events.rows import Found


def _by_tier(tier: Any, values: Sequence[float]) -> Any:
    return tier.cases(*((rank, float(value)) for rank, value in enumerate(values)))


def near_upgrade(night: Night) -> Iterator[Found]:
    """E08 临界提升: from day 10 to 25, MDA at 90% of the next tier or within its gap.

    ``needed`` = (target x days of month - sum of daily AUM so far) / days left - AUM now: how much more
    must stay every day until the month's end; whole CNY, rounded up.
    """
    day, days = night.scalar("month_day"), night.scalar("month_days")
    floors = night.floors
    people = night.people("tier", "mda", "sum_m", "aum")
    people = people.filter(
        people.tier < len(floors) - 1,
        day.between(int(night.values["E08.from_day"]), int(night.values["E08.to_day"])),
        day < days,
    )
    target, mda = _by_tier(people.tier, floors[1:]), number(people.mda)
    rows = people.filter(
        mda < target,
        at_least(mda, target * float(night.values["E08.share"]))
        | at_least(_by_tier(people.tier, night.values["E08.gaps"]), target - mda),
    )
    target = _by_tier(rows.tier, floors[1:])
    needed = ((target * days - number(rows.sum_m)) / (days - day).nullif(0) - number(rows.aum)).ceil()
    rows = rows.mutate(needed=money(ibis.greatest(needed, 0.0)), needs=needed > 0)
    yield Found(
        rows,
        object=(rows.tier + 1).cast("string"),
        cycle=night.month,
        amount=rows.needed,
        facts={
            "case": rows.needs.ifelse("NEED", "HOLD"),
            "needed": rows.needed,
            "mda": rows.mda,
            "tier": rows.tier + 1,
            "day": night.scalar("month_end"),
        },
    )


def near_downgrade(night: Night) -> Iterator[Found]:
    """E09 临界降级: if AUM stays as it is, the month's average will lie below the granted tier's floor."""
    day, days = night.scalar("month_day"), night.scalar("month_days")
    people = night.people("tier", "sum_m", "aum", "tier_below_months")
    people = people.filter(people.tier >= 1, day >= night.values["E09.from_day"])
    people = people.mutate(
        floor=_by_tier(people.tier, night.floors),
        projected=(number(people.sum_m) + number(people.aum) * (days - day)) / days,
    )
    rows = people.filter(~at_least(people.projected, people.floor))
    short = rows.floor - rows.projected
    yield Found(
        rows,
        object=rows.tier.cast("string"),
        cycle=night.month,
        amount=money(short),
        facts={
            "case": (rows.tier_below_months > 0).fill_null(False).ifelse("AGAIN", "FIRST"),
            "projected": money(rows.projected),
            "short": money(short),
            "tier": rows.tier,
            "months": rows.tier_below_months.fill_null(0),
        },
    )


def changed(night: Night) -> Iterator[Found]:
    """E10 已升级/已降级: on the day on which a new granted tier takes effect."""
    people = night.people("tier", "tier_before", "tier_changed", "mda")
    rows = people.filter(people.tier_changed == night.today, people.tier_before.notnull())
    for case, which in (("UP", rows.tier > rows.tier_before), ("DOWN", rows.tier < rows.tier_before)):
        found = rows.filter(which)
        yield Found(
            found,
            object=case,
            cycle=night.today,
            urgent=case == "DOWN",
            days=int(night.values[f"E10.{case.lower()}_expire_days"]),
            facts={"case": case, "tier": found.tier, "before": found.tier_before, "mda": found.mda},
        )
