"""The tier rule as a bank clerk would apply it, month by month, for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

FLOORS = (0, 10_000, 50_000, 500_000, 5_000_000, 10_000_000)


def tier_of(average: Decimal) -> int:
    return max([rank for rank, floor in enumerate(FLOORS) if average >= floor], default=0)


def tier_after(first: int, months: Sequence[Decimal], protection: int = 3) -> int:
    """The granted tier after the months' averages have been judged one by one."""
    tier, below = first, 0
    for average in months:
        earned = tier_of(average)
        below = below + 1 if earned < tier else 0
        if earned > tier or below == protection:
            tier, below = earned, 0
    return tier


def quintiles(values: Sequence[int]) -> list[int]:
    """1 + how many of the four bounds each value lies above."""
    ordered = sorted(values)
    n = len(ordered)
    limits = [next(v for v in ordered if 5 * sum(w <= v for w in ordered) >= k * n) for k in range(1, 5)]
    return [1 + sum(value > limit for limit in limits) for value in values]
