"""客户一览 in one answer: PostgreSQL says who, what was done and what is next; the lake how the money moves.

The lake's half is read in other threads meanwhile; what was read of a published version stays in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.care.customer_lake import holdings
from yinke.care.customer_timeline import entries, timeline
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb
from yinke.care.overview_schemas import FlowOut, HabitOut, MaturityOut, Overview, Reach, Silence
from yinke.care.queries.shape import hold_back, silences
from yinke.care.queries.tasks import open_tasks
from yinke.common.thresholds import load_thresholds
from yinke.customers import queries
from yinke.customers.averages import averages
from yinke.customers.models import Customer, ProfileChange
from yinke.customers.schemas import Holdings, Point
from yinke.customers.shape import MIX, customer_out, full_months
from yinke.customers.shown import shown_amount
from yinke.lake.dates import add_months
from yinke.lake.reading import curves, month_days, rows_of
from yinke.lake.store import Lake

CURVE_DAYS, MONTHS, AHEAD_MONTHS, MARKS = 90, 6, 12, 40
"""What the page draws at first sight: its own measure, not the bank's."""
_readers = ThreadPoolExecutor(4, "lake-reader")


@dataclass(frozen=True)
class _Months:
    flows: list[dict[str, Any]]
    habits: list[dict[str, Any]]


def overview(viewer: Viewer, customer_id: int, biz_date: date) -> Overview:
    """Everything that 客户一览 shows at first sight.

    Raises:
        NotFound: no such customer in the viewer's scope, or the lake has no such day.
    """
    customer = queries.one(viewer, customer_id)
    lake = Lake(settings.YINKE.lake)
    values = load_thresholds(settings.YINKE.thresholds).at(biz_date)
    drawn = _readers.submit(curves, lake, customer_id, biz_date, CURVE_DAYS)
    months = _readers.submit(_months, lake, customer_id, biz_date)
    stands = _readers.submit(holdings, viewer, lake, customer_id, biz_date)
    wishes = silences([customer_id], biz_date)[customer_id]
    shown = customer_out(
        viewer, customer, biz_date, queries.owners([customer_id]).get(customer_id), do_not_disturb=hold_back(wishes)
    )  # fmt: skip
    reach = _reach(customer, wishes)
    tasks = open_tasks(viewer, customer, wishes, biz_date)
    page = timeline(viewer, customer)
    first_day = biz_date - timedelta(days=CURVE_DAYS)
    marks, _ = entries(viewer, customer, ("MONEY", "TIER"), "", MARKS)
    held = stands.result()
    due = list(_maturities(held, biz_date))
    curve = drawn.result()
    read = months.result()
    return Overview(
        customer=shown,
        reach=reach,
        tags=list(_tags(customer, biz_date, due, values)),
        curve=[Point(day=day, aum=shown_amount(viewer, aum)) for day, aum in curve.aum],
        debts=[Point(day=day, aum=shown_amount(viewer, lum)) for day, lum in curve.lum],
        marks=[mark for mark in marks if timezone.localdate(mark.at) >= first_day],
        holdings=held,
        maturities=due,
        flows=_flows(viewer, read.flows, values),
        habits=_habits(read.habits),
        tasks=tasks,
        timeline=page,
    )


def _months(lake: Lake, cust_id: int, biz_date: date) -> _Months:
    days = month_days(lake, biz_date, MONTHS)
    return _Months(
        flows=rows_of(days, "flow", cust_id, ("direction", "kind", "amount", "txns")),
        habits=rows_of(days, "habit", cust_id, ("channel", "part", "visits", "txns", "last_on")),
    )


def _reach(customer: Customer, wishes: Sequence[DoNotDisturb]) -> Reach:
    """A number is good once the customer answered it, until it changes or is found out of use."""
    state, on = "UNTRIED", None
    if not customer.mobile_index:
        state = "NONE"
    elif bad := BadNumber.objects.filter(customer=customer, mobile_index=customer.mobile_index).first():
        state, on = "BAD", timezone.localdate(bad.found_at)
    else:
        reached = (
            ContactRecord.objects.filter(customer=customer, channel="PHONE", withdrawn_at=None)
            .exclude(result__in=ContactRecord.NOT_REACHED).order_by("-at").first()
        )  # fmt: skip
        if reached is not None:
            on = timezone.localdate(reached.at)
            changed = ProfileChange.objects.filter(customer=customer, field="mobile", on_date__gte=on)
            state, on = ("UNTRIED", None) if changed.exists() else ("GOOD", on)
    return Reach(
        mobile=state, verified_on=on,
        silences=[
            Silence(scope=row.scope, since=timezone.localdate(row.since), until=row.until) for row in wishes
        ],
    )  # fmt: skip


def _maturities(held: Holdings, biz_date: date) -> Iterator[MaturityOut]:
    last = add_months(biz_date, AHEAD_MONTHS)
    found = [
        *(
            MaturityOut(on=row.maturity, kind="DEPOSIT", name=row.subject or row.category, number=row.acct_masked,
                        ccy=row.ccy, amount=row.balance, auto_renew=row.auto_renew)
            for row in held.accounts if row.maturity and row.status != "CLOSED"
        ),
        *(
            MaturityOut(on=row.maturity, kind="PRODUCT", name=row.name, number="", ccy=row.ccy,
                        amount=row.market_value, auto_renew=None)
            for row in held.holdings if row.maturity
        ),
        *(
            MaturityOut(on=row.due_date, kind="LOAN", name=row.kind, number=row.loan_masked, ccy=row.ccy,
                        amount=row.balance, auto_renew=None)
            for row in held.loans if row.due_date and row.balance
        ),
        *(
            MaturityOut(on=row.expiry, kind="CARD", name=row.kind, number=row.card_masked, ccy="CNY", amount=None,
                        auto_renew=None)
            for row in held.cards if row.expiry and row.status == "NORMAL"
        ),
    ]  # fmt: skip
    yield from sorted((row for row in found if biz_date <= row.on <= last), key=lambda row: row.on)


def _flows(viewer: Viewer, rows: Sequence[dict[str, Any]], values: Any) -> list[FlowOut]:
    inner = set(values["flow.inner_kinds"])
    shown = [
        FlowOut(
            month=f"{row['biz_date']:%Y-%m}", direction=row["direction"], kind=row["kind"], txns=row["txns"],
            amount=shown_amount(viewer, row["amount"]), inner=row["kind"] in inner,
        )
        for row in sorted(rows, key=lambda row: row["amount"], reverse=True)
    ]  # fmt: skip
    return sorted(shown, key=lambda row: row.month, reverse=True)


def _habits(rows: Sequence[dict[str, Any]]) -> list[HabitOut]:
    """The months together, the liveliest first."""
    by: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by[row["channel"], row["part"]].append(row)
    found = [
        HabitOut(
            channel=channel, part=part, visits=sum(row["visits"] for row in same),
            txns=sum(row["txns"] for row in same), last_on=max(row["last_on"] for row in same),
        )
        for (channel, part), same in by.items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.visits - row.txns, row.channel, row.part))


def _tags(customer: Customer, biz_date: date, due: Sequence[MaturityOut], values: Any) -> Iterator[str]:
    """What the customer's own facts say in a word; each a threshold of the bank's (``tag.*``)."""
    metrics, counted = customer.metrics, averages(customer.metrics, biz_date)
    if (
        customer.birth_date
        and full_months(customer.birth_date, biz_date) >= int(values["tag.elder_years"]) * 12
    ):
        yield "ELDER"
    if metrics.is_payroll:
        yield "PAYROLL"
    soon = biz_date + timedelta(days=int(values["tag.maturing_days"]))
    if any(row.kind in ("DEPOSIT", "PRODUCT") and row.on <= soon for row in due):
        yield "MATURING"
    before = counted.months[-4] if len(counted.months) > 3 else None
    if before is not None and max(before, counted.mda) >= Decimal(values["tag.least_aum"]):
        change = Decimal(values["tag.trend_pct"]) / 100
        if counted.mda >= before * (1 + change):
            yield "AUM_UP"
        elif counted.mda <= before * (1 - change):
            yield "AUM_DOWN"
    share = Decimal(values["tag.single_pct"]) / 100
    largest = max(range(len(MIX)), key=lambda kind: metrics.mix[kind])
    if (
        metrics.aum >= Decimal(values["tag.least_aum"])
        and metrics.mix[largest] >= metrics.aum * share
        and MIX[largest] in ("DEMAND", "TIME")
    ):
        yield f"ONLY_{MIX[largest]}"
    if metrics.last_login and (biz_date - metrics.last_login).days >= int(values["tag.silent_days"]):
        yield "APP_SILENT"
    if metrics.lum > 0:
        yield "BORROWER"
    if customer.risk_expiry and customer.risk_expiry < biz_date:
        yield "RISK_EXPIRED"
