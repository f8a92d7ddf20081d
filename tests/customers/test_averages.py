"""日均 from sums equal those counted day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from yinke.customers.averages import averages

START = date(2024, 11, 1)


@dataclass
class Row:
    """What the night writes of one customer."""

    as_of: date
    aum: Decimal
    sum_m: Decimal
    sum_q: Decimal
    sum_y: Decimal
    aum_month_start: Decimal | None
    aum_year_start: Decimal | None
    months: list[Decimal | None] = field(default_factory=list)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(series: dict[date, Decimal], first: date, last: date) -> Decimal:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return cents(sum((series[day] for day in days), Decimal(0)) / len(days))


def month_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def past(series: dict[date, Decimal], day: date) -> list[Decimal | None]:
    """Averages of the 12 months before ``day``'s, newest first; None before the series began."""
    found: list[Decimal | None] = []
    for n in range(1, 13):
        first, last = month_before(day, n), month_before(day, n - 1) - timedelta(days=1)
        found.append(mean(series, first, last) if first >= START else None)
    return found


def quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


amounts = st.integers(-(10**6), 10**9).map(lambda n: Decimal(n) / 100)


@given(st.lists(amounts, min_size=62, max_size=480), st.integers(0, 150))
def test_averages_of_a_later_day_equal_those_counted_day_by_day(values: list[Decimal], gap: int) -> None:
    """AUM moves freely up to the last write, then stands still for ``gap`` days."""
    series = {START + timedelta(days=n): value for n, value in enumerate(values)}
    as_of = max(series)
    later = as_of + timedelta(days=gap)
    for n in range(gap):
        series[as_of + timedelta(days=n + 1)] = values[-1]

    def total(first: date) -> Decimal:
        return sum((v for day, v in series.items() if first <= day <= as_of), Decimal(0))

    before_month = as_of.replace(day=1) - timedelta(days=1)
    before_year = as_of.replace(month=1, day=1) - timedelta(days=1)
    row = Row(
        as_of, values[-1], total(as_of.replace(day=1)), total(quarter(as_of)), total(as_of.replace(month=1, day=1)),
        series[before_month], series.get(before_year), past(series, as_of),
    )  # fmt: skip
    counted = averages(row, later)
    assert counted.mda == mean(series, later.replace(day=1), later)
    if quarter(later) >= START:
        assert counted.qda == mean(series, quarter(later), later)
    if later.year > START.year:
        assert counted.yda == mean(series, later.replace(month=1, day=1), later)
        assert counted.net_year == series[later] - series[date(later.year - 1, 12, 31)]
    assert counted.net_month == series[later] - series[later.replace(day=1) - timedelta(days=1)]
    assert counted.months == [*reversed(past(series, later)), counted.mda]
