"""分层: the calculated tier of every day, and the granted tier that follows it month by month.

A month is judged when it is over, by its daily average, in the first night after it: a higher tier is
granted at once; a lower one only when the average has stayed below the tier's floor for as many months as
the protection (保级期) lasts. Who is new gets the calculated tier of the first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import ibis


def tier_of(average: Any, values: Mapping[str, Any]) -> Any:
    """Rank of the tier that an average AUM belongs to: floors are inclusive, a negative one is rank 0."""
    floors = [Decimal(str(floor)) for floor in values["tier.floors"]]
    ranks = [(average >= floor, ibis.literal(rank, "int32")) for rank, floor in enumerate(floors)]
    return ibis.cases(*reversed(ranks[1:]), else_=ibis.literal(0, "int32"))


def floor_of(tier: Any, values: Mapping[str, Any]) -> Any:
    """Least average AUM of a tier, CNY."""
    floors = [(tier == rank, float(floor)) for rank, floor in enumerate(values["tier.floors"])]
    return ibis.cases(*floors, else_=0.0)


def with_tiers(rows: Any, today: Any, passed: int, values: Mapping[str, Any]) -> Any:
    """``rows`` with ``tier_asset``, ``tier``, ``tier_before``, ``tier_changed``, ``tier_below_months``.

    Args:
        rows: FEATURES, and the day before's classes as ``was_<name>`` (null for who is new).
        passed: calendar months that ended since the day before; each is judged in turn.
    """
    rows = rows.mutate(tier=rows.was_tier, tier_below_months=rows.was_tier_below_months)
    for n in range(
        passed, 0, -1
    ):  # a step each: one expression within the other would double with each month
        rows = rows.mutate(of_month=tier_of(rows[f"mda_m{n}"], values))
        count = ibis.ifelse(rows.of_month < rows.tier, rows.tier_below_months + 1, 0)
        rows = rows.mutate(below=count)
        moves = (rows.of_month > rows.tier) | (rows.below >= int(values["tier.protection_months"]))
        rows = rows.mutate(
            tier=ibis.ifelse(moves, rows.of_month, rows.tier),
            tier_below_months=ibis.ifelse(moves, 0, rows.below),
        )
    asset = tier_of(rows.mda, values)
    changed = (rows.tier != rows.was_tier).fill_null(False)
    return rows.mutate(
        tier_asset=asset,
        tier=rows.tier.coalesce(asset),
        tier_before=ibis.ifelse(changed, rows.was_tier, rows.was_tier_before),
        tier_changed=ibis.ifelse(changed, today, rows.was_tier_changed),
        tier_below_months=rows.tier_below_months.fill_null(0),
    )
