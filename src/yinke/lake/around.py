"""What a customer's page and the map of relations read: months of money and channels, and who is tied to whom.

A night folds its own journals into the month so far and starts anew with the month, so it reads no more than
yesterday's file and today's; a month's last day keeps the month. Tables, all sorted by ``cust_id``:

- ``flow``: money in and out by kind (CNY, net of reversals).
- ``own_out``: what went to the customer's own name at other banks (CNY, net of reversals).
- ``habit``: visits and the customer's own transactions by channel and part of the day.
- ``tie``: what went from one of the bank's customers to another.
- ``curve``: AUM at the end of each of the week's dates so far, and LUM of those who owed something in it. The
  lists end with the file's own date; who came later has a shorter one, who owed later none before.
- ``relation``: the relations that the data show today; PostgreSQL follows what changed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import pyarrow as pa

from yinke.lake.dates import add_months, monday, month_end
from yinke.lake.engine import Bound, Engine, Files, Inputs, Slice, Table, slices
from yinke.lake.engine.files import PAGE_GROUP
from yinke.lake.features.money import MONEY, to_cny, total
from yinke.lake.features.night import Night
from yinke.lake.features.transactions import is_initiated, net_of_reversals
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES

_INT, _MONEY = pa.int32(), pa.decimal128(18, 2)
SCHEMAS: dict[str, pa.Schema] = {
    "flow": pa.schema([
        ("cust_id", _INT), ("direction", pa.string()), ("kind", pa.string()), ("amount", _MONEY), ("txns", _INT),
    ]),
    "own_out": pa.schema([("cust_id", _INT), ("amount", _MONEY), ("txns", _INT)]),
    "habit": pa.schema([
        ("cust_id", _INT), ("channel", pa.string()), ("part", _INT), ("visits", _INT), ("txns", _INT),
        ("last_on", pa.date32()),
    ]),
    "tie": pa.schema([
        ("cust_id", _INT), ("other_id", _INT), ("txns", _INT), ("amount", _MONEY), ("last_on", pa.date32()),
    ]),
    "curve": pa.schema([("cust_id", _INT), ("aum", pa.list_(_MONEY)), ("lum", pa.list_(_MONEY))]),
    "relation": pa.schema([
        ("kind", pa.string()), ("cust_id", _INT), ("other_id", _INT), ("party", pa.string()), ("months", _INT),
        ("txns", _INT), ("amount", _MONEY), ("confidence", _INT), ("since", pa.date32()),
    ]),
}  # fmt: skip
NIGHT, MORNING, AFTERNOON, EVENING = range(4)
"""Parts of the day: six hours each from midnight."""

_SETTLED = ("CLOSED", "DECEASED")


def compute_around(
    engine: Engine, building: Building, lake: Lake, earlier: Day | None, values: Mapping[str, Any]
) -> int:
    """Write the tables of ``SCHEMAS`` for a date whose ``features`` are there.

    Returns:
        How many relations the data show.
    """
    night = Night(engine, building, lake, earlier, values)
    rates = {f"rate_{ccy}": rate for ccy, rate in night.rates.items()}
    rules = tuple(
        (code, repr(value)) for code, value in sorted(values.items()) if code[:4] in ("txn.", "rela")
    )

    def table(name: str) -> Files:
        return [building.path(name)] if building.has(name) else TABLES[name].arrow_schema()

    def so_far(name: str) -> Files:
        same = earlier is not None and earlier.has(name) and night.months_passed == 0
        return [earlier.path(name)] if earlier is not None and same else SCHEMAS[name]

    def write(name: str, reads: Mapping[str, Files], build: Callable[[Bound], Table], sort: list[str]) -> int:
        parts = slices(engine, building.path("customer"))
        expressions = (
            engine.plan(
                f"around_{name}", (rules, tuple(rates)), Inputs(reads, {**rates, **part.scalars(), **periods}), build
            )
            for part in parts
        )  # fmt: skip
        with building.writing(name) as path:
            found = next(expressions) if len(parts) == 1 else expressions
            return engine.write(found, path, SCHEMAS[name], sort, row_group=PAGE_GROUP)

    periods = {"today": night.today}
    write(
        "flow",
        {"transaction": table("transaction"), "was": so_far("flow")},
        _flow,
        ["cust_id", "direction", "kind"],
    )
    write("own_out", {"transaction": table("transaction"), "was": so_far("own_out")}, _own_out, ["cust_id"])
    reads = {name: table(name) for name in ("transaction", "channel_log")}
    write(
        "habit",
        {**reads, "was": so_far("habit")},
        lambda b: _habit(b, values),
        ["cust_id", "channel", "part"],
    )
    same_week = earlier is not None and earlier.has("curve") and earlier.biz_date >= monday(night.today)
    was = [earlier.path("curve")] if earlier is not None and same_week else SCHEMAS["curve"]
    write("curve", {"features": [building.path("features")], "was": was}, _curve, ["cust_id"])
    whole = Slice()
    reads = {name: table(name) for name in ("transaction", "account")}
    ties = engine.plan(
        "around_tie", tuple(rates), Inputs({**reads, "was": so_far("tie")}, {**rates, **whole.scalars(), **periods}),
        _tie,
    )  # fmt: skip
    with building.writing("tie") as path:
        engine.write(ties, path, SCHEMAS["tie"], ["cust_id", "other_id"], row_group=PAGE_GROUP)
    months = [building.path("tie"), *_month_ends(lake, night, int(values["relation.months"]) - 1)]
    inputs = Inputs(
        {"tie": months, "customer": table("customer"), "features": [building.path("features")]},
        {"today": night.today},
    )
    with building.writing("relation") as path:
        found = engine.plan("around_relation", rules, inputs, lambda b: _relations(b, values))
        return engine.write(found, path, SCHEMAS["relation"], ["kind", "cust_id", "other_id", "party"])


def _month_ends(lake: Lake, night: Night, months: int) -> list[Any]:
    """The ``tie`` files of so many months before this one."""
    ends = [lake.latest(before=add_months(night.today.replace(day=1), -n)) for n in range(months)]
    firsts = [add_months(night.today.replace(day=1), -n - 1) for n in range(months)]
    return [
        day.path("tie")
        for day, first in zip(ends, firsts, strict=True)
        if day and first <= day.biz_date <= month_end(first) and day.has("tie")
    ]


def _flow(b: Bound) -> Table:
    rows = net_of_reversals(Slice.bound(b["transaction"], b))
    today = rows.select("cust_id", "direction", "kind", amount=to_cny(rows.amount, rows.ccy, b), txns=_int(1))
    both = today.union(Slice.bound(b["was"], b).select("cust_id", "direction", "kind", "amount", "txns"))
    return both.group_by("cust_id", "direction", "kind").agg(
        amount=total(both.amount), txns=both.txns.sum().cast("int32")
    )


def _own_out(b: Bound) -> Table:
    """To the own name elsewhere: what leavers do first, and what a payment to others is not."""
    rows = Slice.bound(b["transaction"], b)
    rows = net_of_reversals(rows.filter((rows.direction == "OUT") | rows.reverses.notnull()))
    rows = rows.filter(
        (rows.direction == "OUT") & rows.own_name.fill_null(False) & (rows.opp_bank.fill_null("") != "")
    )
    today = rows.select("cust_id", amount=to_cny(rows.amount, rows.ccy, b), txns=_int(1))
    both = today.union(Slice.bound(b["was"], b).select("cust_id", "amount", "txns"))
    return both.group_by("cust_id").agg(amount=total(both.amount), txns=both.txns.sum().cast("int32"))


def _habit(b: Bound, values: Mapping[str, Any]) -> Table:
    log = Slice.bound(b["channel_log"], b)
    visits = log.group_by("cust_id", "channel", "session_id").agg(at=log.event_at.min())
    visits = visits.select(
        "cust_id", "channel", part=(visits.at.hour() // 6).cast("int32"), visits=_int(1), txns=_int(0),
        last_on=ibis.least(visits.at.date(), b.scalars["today"]),
    )  # fmt: skip
    rows = net_of_reversals(Slice.bound(b["transaction"], b))
    rows = rows.filter(is_initiated(rows, values) & rows.channel.notnull() & rows.txn_time.notnull())
    own = rows.select(
        "cust_id", "channel", part=(rows.txn_time.substr(0, 2).cast("int32") // 6).cast("int32"), visits=_int(0), txns=_int(1),
        last_on=ibis.least(rows.txn_date, b.scalars["today"]),
    )  # fmt: skip
    was = Slice.bound(b["was"], b).select("cust_id", "channel", "part", "visits", "txns", "last_on")
    both = visits.union(own).union(was)
    return both.group_by("cust_id", "channel", "part").agg(
        visits=both.visits.sum().cast("int32"), txns=both.txns.sum().cast("int32"), last_on=both.last_on.max()
    )


def _curve(b: Bound) -> Table:
    features, was = Slice.bound(b["features"], b), Slice.bound(b["was"], b)
    was = was.select(was_id="cust_id", was_aum="aum", was_lum="lum")
    rows = features.select("cust_id", now="aum", owes=features.lum.fill_null(0))
    rows = rows.left_join(was, rows.cust_id == was.was_id)
    held, owed = ibis.array([rows.now]), ibis.array([rows.owes])
    return rows.select(
        "cust_id",
        aum=ibis.ifelse(rows.was_aum.isnull(), held, rows.was_aum.concat(held)),
        lum=ibis.cases(
            (rows.was_lum.notnull(), rows.was_lum.concat(owed)), (rows.owes > 0, owed), else_=ibis.null(owed.type())
        ),
    )  # fmt: skip


def _tie(b: Bound) -> Table:
    """Transfers to accounts or cards of other customers of this bank; the payer's side speaks."""
    rows = net_of_reversals(b["transaction"])
    rows = rows.filter(
        (rows.direction == "OUT") & (rows.kind == "TRANSFER") & rows.opp_acct.notnull()
        & ~rows.own_name.fill_null(False)
    ).select(
        "cust_id", "txn_seq", number=rows.opp_acct, amount=to_cny(rows.amount, rows.ccy, b),
        last_on=ibis.least(rows.txn_date, b.scalars["today"]),
    )  # fmt: skip
    account = b["account"]
    numbers = account.select(other_id="cust_id", own_no="acct_no").union(
        account.filter(account.card_no.notnull()).select(other_id="cust_id", own_no="card_no")
    )
    met = rows.join(numbers, rows.number == numbers.own_no)
    met = met.filter(met.other_id != met.cust_id)
    once = met.select("cust_id", "other_id", "txn_seq", "amount", "last_on").distinct()
    today = once.select("cust_id", "other_id", "amount", "last_on", txns=_int(1))
    both = today.union(b["was"].select("cust_id", "other_id", "amount", "last_on", "txns"))
    return both.group_by("cust_id", "other_id").agg(
        txns=both.txns.sum().cast("int32"), amount=total(both.amount), last_on=both.last_on.max()
    )


def _relations(b: Bound, values: Mapping[str, Any]) -> Table:
    columns = SCHEMAS["relation"].names
    parts = (_households(b, values), _employers(b, values), _payers(b, values))
    first, *others = (part.select(*columns) for part in parts)
    for other in others:
        first = first.union(other)
    return first


def _nothing(kind: str) -> Any:
    return ibis.null(kind)


def _int(value: int) -> Any:
    return ibis.literal(value, "int32")


def _employers(b: Bound, values: Mapping[str, Any]) -> Table:
    """代发单位: who pays the salary."""
    rows = b["features"]
    rows = rows.filter(rows.is_payroll & rows.payroll_unit.notnull() & rows.status.notin(_SETTLED))
    return rows.select(
        "cust_id", kind=ibis.literal("EMPLOYER"), other_id=_nothing("int32"), party=rows.payroll_unit,
        months=_nothing("int32"), txns=_nothing("int32"), amount=_nothing(MONEY),
        confidence=_int(int(values["relation.sure_payroll"])), since=rows.first_payroll,
    )  # fmt: skip


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def trim(text: str) -> str:  # type: ignore[empty-body]
    """Without spaces before and after, as ingestion trims. Ibis' ``strip`` takes other white space too, and took
    three quarters of the time of all relations."""


def _households(b: Bound, values: Mapping[str, Any]) -> Table:
    """同一家庭: the same address to the room, or the same mobile, of a few people; a dormitory is no household."""
    people = b["customer"]
    people = people.filter(people.status.notin(_SETTLED)).select("cust_id", "address", "mobile")

    def pairs(column: str) -> Table:
        known = people.select("cust_id", shared=trim(people[column]))
        known = known.filter(known.shared != "")
        sizes = known.group_by(same=known.shared).agg(size=known.count())
        sizes = sizes.filter((sizes["size"] > 1) & (sizes["size"] <= int(values["relation.household_max"])))
        few = known.join(sizes, known.shared == sizes.same).select("cust_id", "shared")
        other = few.view()
        met = few.join(other, [few.shared == other.shared, few.cust_id < other.cust_id])
        return met.select("cust_id", other_id="cust_id_right", by=ibis.literal(column))

    found = pairs("address").union(pairs("mobile"))
    found = found.group_by("cust_id", "other_id").agg(
        by_address=(found.by == "address").cast("int32").max(),
        by_mobile=(found.by == "mobile").cast("int32").max(),
    )
    sure = {name: int(values[f"relation.sure_{name}"]) for name in ("address", "mobile", "both")}
    confidence = ibis.cases(
        ((found.by_address + found.by_mobile) == 2, sure["both"]), (found.by_mobile == 1, sure["mobile"]),
        else_=sure["address"],
    )  # fmt: skip
    return found.select(
        "cust_id", "other_id", kind=ibis.literal("HOUSEHOLD"), party=ibis.literal(""), months=_nothing("int32"),
        txns=_nothing("int32"), amount=_nothing(MONEY), confidence=confidence.cast("int32"), since=_nothing("date"),
    )  # fmt: skip


def _payers(b: Bound, values: Mapping[str, Any]) -> Table:
    """资金往来: transfers from one to the other in several months."""
    rows = b["tie"]
    rows = rows.group_by("cust_id", "other_id").agg(
        months=rows.count().cast("int32"), txns=rows.txns.sum().cast("int32"), amount=total(rows.amount)
    )
    rows = rows.filter(rows.months >= int(values["relation.transfer_months"]))
    share = (rows.months * 100 // int(values["relation.months"])).cast("int32")
    return rows.select(
        "cust_id", "other_id", "months", "txns", "amount", kind=ibis.literal("TRANSFERS"), party=ibis.literal(""),
        confidence=ibis.least(share, _int(100)), since=_nothing("date"),
    )  # fmt: skip
