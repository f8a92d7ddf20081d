"""Live the demo bank day by day and write its nightly files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from yinke.common.errors import YinkeError
from yinke.demo.generate import (
    booking_rows,
    credit,
    deposits,
    income,
    invest,
    life,
    parameters,
    rows,
    spending,
)
from yinke.demo.generate.clicks import click
from yinke.demo.generate.days import as_date, number, today
from yinke.demo.generate.files import Delivery
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.opening import open_customers
from yinke.demo.generate.state import CAUSES, NEVER, Customers, World, empty
from yinke.lake.dates import delivery_dates

BLOCK = 250_000


def generate(
    customers: int, start: date, end: date, seed: int, out: Path, *, block: int = BLOCK, daily_from: date | None = None,
    payments: float = 1.0, on_day: Callable[[date], None] | None = None,
) -> None:  # fmt: skip
    """Write the files of every date from ``start`` to ``end`` under ``out``/YYYYMMDD/.

    The same arguments give the same bytes, whatever the ``block`` (customers lived and written at a time, which
    bounds the memory). Each date's folder appears whole. Dates that are there already are lived again but not
    written, so that a stopped run goes on. At the end ``out``/truth.csv tells who leaves, why, and when.

    Args:
        customers: customers on the first date; about 9 % a year join.
        daily_from: the bank delivers every day from here on, before it weekly (``delivery_dates``).
        payments: factor on the number of payments; 2.5 gives two bookings per customer and day, a busy bank's.
        on_day: told each date when its folder is there.

    Raises:
        YinkeError: the numbers make no sense, or the disk is full.
    """
    if customers < 1 or customers > 90_000_000 or end < start or start.year < 2005:
        raise YinkeError(
            "This bank can't be made", place="yinke generate",
            remedy="Give 1 to 90 million customers and a first date from 2005 on, not after the last one",
        )  # fmt: skip
    first, last = number(start), number(end)
    world = World(seed, customers, first, payments)
    total = customers + sum(world.arrivals(day) for day in range(first + 1, last + 1))
    everyone = Customers(0, empty(total))
    count = customers
    dates = delivery_dates(start, end, daily_from)
    delivery = None
    try:
        out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1) as writer:
            for day in range(first, last + 1):
                if day > first:
                    world.prices.move(day, today(day).workday)
                    joined = world.arrivals(day)
                    if joined:
                        open_customers(world, everyone.part(count, count + joined), day, old=False)
                    count += joined
                due = dates[0]
                if delivery is None and not (out / f"{due:%Y%m%d}").exists():
                    delivery = Delivery(out, due, writer)
                _live(world, everyone.part(0, count), day, due == as_date(day), delivery, block)
                if due == as_date(day):
                    if delivery:
                        delivery.finish()
                    dates.pop(0)
                    delivery = None
                if on_day:
                    on_day(as_date(day))
        _truth(everyone.part(0, count), last, out)
    except OSError as problem:
        raise YinkeError(
            f"The files can't be written: {problem.strerror}", place=str(problem.filename or out),
            remedy="Free space or choose another folder, then run it again: it goes on where it stopped",
        ) from None  # fmt: skip


def _live(
    world: World, everyone: Customers, day: int, due: bool, delivery: Delivery | None, block: int
) -> None:
    """Live a day and write what happened into the delivery under way; if it is ``due``, the state as well."""
    firms = booking_rows.employers(world.employers)
    if delivery and due:
        parameters.write_parameters(world, delivery, day)
    first = day == world.first
    block += block % 2  # two who live together lie in one range
    for begin in range(0, everyone.count, block):
        part = everyone.part(begin, min(begin + block, everyone.count))
        if first:
            open_customers(world, part, day, old=True)
        live = Live(world, part, today(day))
        _flows(live)
        log = click(live)
        book = live.bookings()
        if not delivery:
            credit.renew_cards(live)
        else:
            delivery.wait()
            booking_rows.write_bookings(live, delivery, book, firms)
            rows.write_payroll(live, delivery)
            rows.write_clicks(live, delivery, log)
            rows.write_cards(live, delivery, first, due)
            if due:
                _write_state(live, delivery, first, firms)
            else:
                rows.write_ended(live, delivery)
        if due:
            part.delivered()


def _write_state(live: Live, delivery: Delivery, first: bool, firms: tuple[str, ...]) -> None:
    """All records on the first date, those that changed since the last delivery later; balances always whole."""
    part = live.part
    who = np.arange(part.count) if first else np.flatnonzero(live.changed_customer)
    rows.write_customers(live, delivery, who, firms)
    account, slot = rows.open_accounts(part) if first else np.nonzero(live.changed_account)
    rows.write_accounts(live, delivery, account, slot)
    rows.write_balances(live, delivery)
    rows.write_holdings(live, delivery)
    rows.write_loans(live, delivery, first)
    rows.write_services(live, delivery, first)


def _flows(live: Live) -> None:
    """All that moves on a day, in the order in which the core bank books it."""
    life.enter(live)
    deposits.mature(live)
    invest.mature(live)
    income.earn(live)
    credit.lend(live)
    credit.charge_cards(live)
    invest.withdraw(live)
    spending.leave(live)
    invest.save(live)
    spending.live_on(live)
    life.change(live)
    income.accrue(live)


def _truth(everyone: Customers, last: int, out: Path) -> None:
    """Who leaves (by their behaviour, from ``onset`` on) and when the money is gone: labels to judge models by."""
    leaving = np.flatnonzero((everyone.onset <= last) & (everyone.gone < NEVER))
    scratch = out / ".truth.csv.tmp"
    with scratch.open("w", encoding="ascii", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["cust_no", "cause", "onset", "gone"])
        for n, cause, onset, gone in zip(
            rows.customer_no(everyone, leaving), everyone.cause[leaving], everyone.onset[leaving], everyone.gone[leaving],
            strict=True,
        ):  # fmt: skip
            table.writerow([n, CAUSES[cause], as_date(onset), as_date(gone)])
    scratch.replace(out / "truth.csv")
