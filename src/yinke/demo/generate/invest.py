"""Wealth products, funds, insurance, metals, bonds, securities cash: buying, maturing, redeeming.

Whoever has clearly more on his demand account than he needs (a tenth of his wealth, or six weeks' spending)
places the surplus within about five working days: 45 % in time deposits, a quarter in closed wealth products,
the rest in cash management, funds and others. So matured money mostly stays, and AUM moves only by flows and
valuation.
"""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.deposits import place
from yinke.demo.generate.draws import Bools, Ints
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.products import (
    BOND,
    CLOSED,
    FUND,
    FUND2,
    INSURANCE,
    METAL,
    OF_SLOT,
    OPEN,
    RISK,
    SECURITIES,
    SHELF,
    TERM_DAYS,
    TRUST,
)  # fmt: skip
from yinke.demo.generate.state import BROKER

MILLION = 1_000_000
CHOICES = (
    (CLOSED, 0.25, 2),
    (OPEN, 0.13, 1),
    (FUND, 0.07, 3),
    (FUND2, 0.02, 3),
    (INSURANCE, 0.03, 0),
    (METAL, 0.015, 3),
    (BOND, 0.025, 1),
)
"""(slot, share of placements, least risk tolerance)."""
LEAST = {CLOSED: 1_000_000, INSURANCE: 200_000, METAL: 100_000}


def mature(live: Live) -> None:
    """Pay out the products due today."""
    part = live.part
    for slot in (CLOSED, BOND):
        due = (
            live.alive
            & (part.product[:, slot] > 0)
            & (part.until[:, slot] > 0)
            & (part.until[:, slot] <= live.day)
        )
        if due.any():
            _sell(live, np.flatnonzero(due), slot, "wealth_due", 16)


def value(live: Live, who: Ints, slot: int) -> Ints:
    """Market value in fen."""
    part = live.part
    worth: Ints = (
        part.share[who, slot] * live.world.prices.nav[part.product[who, slot].astype(np.int64) - 1] // MILLION
    )
    return worth


def _sell(live: Live, who: Ints, slot: int, code: str, hour: int) -> None:
    if not len(who):
        return
    part = live.part
    worth = np.maximum(value(live, who, slot), 1)
    live.book(who, worth, code, hour * 3600 + live.draws.whole(f"sell{slot}", live.ids[who], 3600, live.day))
    part.product[who, slot], part.share[who, slot], part.cost[who, slot] = 0, 0, 0


def _add(live: Live, who: Ints, slot: int, amount: Ints, item: Ints) -> None:
    """Add bought units to a slot that is free or holds the same product."""
    part = live.part
    fresh = part.product[who, slot] == 0
    item = np.where(fresh, item, part.product[who, slot].astype(np.int64) - 1)
    part.product[who, slot] = item + 1
    part.share[who, slot] += amount * MILLION // live.world.prices.nav[item]
    part.cost[who, slot] += amount
    part.since[who, slot] = np.where(fresh, live.day, part.since[who, slot])
    term = np.where(slot == CLOSED, TERM_DAYS[item], np.where(item == TRUST, 730, 1096 * (slot == BOND)))
    part.until[who, slot] = np.where(fresh, np.where(term > 0, live.day + term, 0), part.until[who, slot])


def buy(live: Live, slot: int, mask: Bools, amount: Ints, hour: int = 10) -> Bools:
    """Buy for those who can; says who did."""
    part, ids = live.part, live.ids
    item = OF_SLOT[slot][live.draws.whole(f"choose{slot}", ids, len(OF_SLOT[slot]), live.day)]
    calm = OF_SLOT[slot][np.argmin(RISK[OF_SLOT[slot]])]
    item = np.where(RISK[item] > np.maximum(part.risk, 1), calm, item)
    item = np.where((item == TRUST) & (amount < 30_000_000), TRUST - 1, item)
    ok = mask & (amount >= LEAST.get(slot, 10_000))
    if slot in (CLOSED, BOND, INSURANCE):
        ok &= part.product[:, slot] == 0
    who = live.pay(ok, amount, "buy", hour)
    _add(live, who, slot, amount[who], item[who])
    done: Bools = np.zeros(part.count, dtype=bool)
    done[who] = True
    return done


def save(live: Live) -> None:
    """Place surplus money, invest monthly, redeem when short or when it suits, move cash to the broker."""
    part, draws, ids = live.part, live.draws, live.ids
    calm = live.alive & ~live.leaving
    need = np.maximum(part.spend * 3 // 2, part.wealth * 10)
    surplus = np.where(calm, (live.cash - need) // 100_000 * 100_000, 0)
    if live.today.workday:
        least = np.maximum(np.where(part.tier == 0, 2_000_000, 500_000), part.wealth * 4)
        wants = (surplus >= least) & live.chance("places", 0.2)
        lot = draws.unit("choice", ids, live.day)
        edge = 0.0
        for slot, share, least in CHOICES:
            chosen = wants & (lot >= edge) & (lot < edge + share) & (part.risk >= least)
            wants &= ~buy(live, slot, chosen, surplus)
            edge += share
        wants &= ~place(live, wants, surplus)
        buy(live, OPEN, wants & (part.risk > 0), surplus, 14)
        monthly = calm & (part.product[:, FUND] > 0) & draws.below("plan", ids, 0.4)
        monthly &= draws.whole("plan-day", ids, 28) + 1 == live.today.date.day
        buy(live, FUND, monthly, part.income // 1_000_000 * 100_000, 9)
        for slot, chance in ((FUND, 0.0015), (FUND2, 0.0015), (METAL, 0.001), (OPEN, 0.0015)):
            _sell(
                live,
                np.flatnonzero(calm & (part.product[:, slot] > 0) & live.chance(f"tired{slot}", chance)),
                slot,
                "redeem",
                15,
            )
        _broker(live)
    short = calm & (part.product[:, OPEN] > 0) & (live.cash < part.spend // 4) & live.chance("short", 0.35)
    who = np.flatnonzero(short)
    worth = value(live, who, OPEN)
    small = worth <= part.spend[who] * 2
    _sell(live, who[small], OPEN, "redeem", 8)
    who, want = who[~small], part.spend[who[~small]]
    nav = live.world.prices.nav[part.product[who, OPEN].astype(np.int64) - 1]
    units = np.minimum(want * MILLION // nav + 1, part.share[who, OPEN])
    part.cost[who, OPEN] -= part.cost[who, OPEN] * units // np.maximum(part.share[who, OPEN], 1)
    part.share[who, OPEN] -= units
    live.book(who, np.maximum(units * nav // MILLION, 1), "redeem", 8)


def _broker(live: Live) -> None:
    part = live.part
    linked = live.alive & ~live.leaving & ((part.signed & BROKER) > 0)
    amount = live.cash // 3 // 100_000 * 100_000
    who = live.pay(linked & live.chance("to-broker", 0.02), amount, "to_broker", 9)
    _add(live, who, SECURITIES, amount[who], np.full(len(who), len(SHELF) - 1))
    back = np.flatnonzero(linked & (part.product[:, SECURITIES] > 0) & live.chance("from-broker", 0.012))
    back = back[~np.isin(back, who)]
    _sell(live, back, SECURITIES, "from_broker", 15)


def withdraw(live: Live) -> None:
    """The leaving redeem what can be redeemed: little at first, everything once they go."""
    part = live.part
    if not live.today.workday:
        return
    for slot, ease in (
        (OPEN, 1.0),
        (FUND, 0.7),
        (FUND2, 0.7),
        (METAL, 0.7),
        (SECURITIES, 1.0),
        (BOND, 0.3),
        (INSURANCE, 0.05),
    ):
        chance = np.where(live.left, 0.4, 0.01 + 0.05 * live.progress) * ease
        sold = live.alive & live.leaving & (part.product[:, slot] > 0) & live.chance(f"leave{slot}", chance)
        _sell(live, np.flatnonzero(sold), slot, "from_broker" if slot == SECURITIES else "redeem", 15)
