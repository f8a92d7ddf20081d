"""What changes about the customers themselves: managers, risk assessments, mobiles, services, closing."""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.draws import Bools, Draws, Ids, Ints
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.state import MOBILE, NEVER, PAYROLL, QUICKPAY, Customers

LONG_TERM = 0
"""A certificate without end (from 46 years of age on)."""


def certificate_until(draws: Draws, part: Customers, who: Ints, first: int, day: int) -> Ints:
    """When the ID card ends, 0 = never; most renew in its last three months, the others up to two months late."""
    ids: Ids = part.ids[who]
    base = first - 150 + draws.whole("cert-until", ids, 20 * 365)
    until = np.where(day >= _renewal(draws, ids, base), base + 7305, base)
    return np.where(day - part.born[who] > 46 * 365, LONG_TERM, until)


def _renewal(draws: Draws, ids: Ids, base: Ints) -> Ints:
    lot = draws.whole("cert-renewal", ids, 100)
    return np.where(lot < 70, base - 5 - lot, base + 1 + (lot - 70) * 2)


def enter(live: Live) -> None:
    """Say who is new today, so that all of his accounts are sent."""
    part = live.part
    new = (part.open_day == live.day) & (live.day > live.world.first)
    for slot in range(3):
        live.changed_account[:, slot] |= new & ((part.slots >> slot) & 1 > 0)


def change(live: Live) -> None:
    """Apply the day's changes and mark the customers whose record must be sent."""
    part, draws, ids, day = live.part, live.draws, live.ids, live.day
    age = day - part.open_day
    fresh = (part.open_day >= live.world.first) & (part.open_day > 0)
    live.changed_customer |= age == 0
    claimed = live.alive & fresh & (age == 3)
    if claimed.any():
        manager = live.world.bank.manager(ids, part.sub.astype(np.int64), part.wealth, part.login > 0, day)
        part.manager[claimed] = manager[claimed]
        live.changed_customer |= claimed & (manager > 0)
    if day in live.world.bank.leaves.values():
        manager = live.world.bank.stand_in(ids, part.sub.astype(np.int64), part.manager.astype(np.int64), day)
        live.changed_customer |= manager != part.manager
        part.manager[:] = manager
    moves = live.alive & live.chance("new-mobile", 0.00015) & (part.moved < 200)
    part.moved[moves] += 1
    base = live.world.first - 150 + draws.whole("cert-until", ids, 20 * 365)
    renews = live.alive & (_renewal(draws, ids, base) == day) & (day - part.born <= 46 * 365)
    live.changed_customer |= moves | renews | _assess(live)
    _services(live)
    _close(live)


def _assess(live: Live) -> Bools:
    part, draws, ids, day = live.part, live.draws, live.ids, live.day
    lead = draws.whole("risk-lead", ids, 60, day // 400)
    early = (part.risk > 0) & (part.risk_until - lead == day) & (lead < 33)
    late = (part.risk > 0) & (part.risk_until < day) & live.chance("late-risk", 0.02)
    first = (part.risk == 0) & (part.tier > 0) & (day - part.open_day > 5) & live.chance("first-risk", 0.03)
    done: Bools = live.alive & ~live.left & (early | late | first) & (part.login > 0)
    level = np.where(part.risk == 0, 1 + draws.pick("risk", ids, [0.15, 0.3, 0.3, 0.17, 0.08]), part.risk)
    part.risk[:] = np.where(done, level, part.risk)
    part.risk_until[:] = np.where(done, day + 365, part.risk_until)
    return done


def sign_day(draws: Draws, part: Customers, who: Ints, service: int) -> Ints:
    """When a service was signed: within three weeks of opening."""
    return part.open_day[who] + draws.whole(f"sign{service}", part.ids[who], 21)


def _services(live: Live) -> None:
    part, draws, ids, day = live.part, live.draws, live.ids, live.day
    if day > live.world.first and (day - part.open_day <= 21).any():
        everyone = np.arange(part.count)
        for n in range(6):
            new = ((part.signed >> n) & 1 > 0) & (sign_day(draws, part, everyone, n) == day)
            live.changed_service |= (new.astype(np.uint8) << np.uint8(n)).astype(np.uint8)
    off = np.zeros(part.count, dtype=np.uint8)
    off |= np.where((part.pay_to + 5 == day) & (part.pay_to > 0), PAYROLL, 0).astype(np.uint8)
    unsigns = part.gone + draws.whole("unsign-day", ids, 14) == day
    off |= np.where(unsigns & draws.below("unsign-quickpay", ids, 0.55), QUICKPAY, 0).astype(np.uint8)
    off |= np.where(unsigns & draws.below("unsign-mobile", ids, 0.2), MOBILE, 0).astype(np.uint8)
    off &= np.where(live.alive, part.signed & ~part.unsigned, 0).astype(np.uint8)
    part.unsigned |= off
    live.changed_service |= off


def _close(live: Live) -> None:
    """One in five of the gone closes everything, one to two months after the money went."""
    part, draws, ids, day = live.part, live.draws, live.ids, live.day
    on = part.gone + 30 + draws.whole("close-day", ids, 30)
    asks = live.alive & (part.gone < NEVER) & (on <= day) & draws.below("closes", ids, 0.2)
    asks &= (part.product == 0).all(axis=1) & (part.loan == 0).all(axis=1) & (part.card_limit == 0)
    asks &= (part.td_state == 0).all(axis=1) & (part.bal[:, 1] == 0) & (part.bal[:, 2] == 0)
    asks &= part.bal[:, 0] == live.cash  # nothing else happened today
    who = np.flatnonzero(asks)
    if not len(who):
        return
    rest = part.bal[who, 0].copy()
    some = rest > 0
    live.book(who[some], -rest[some], "own_out", 16)
    part.closed[who] = day
    part.earned[who] = 0
    live.changed_customer[who] = True
    for slot in range(3):
        live.changed_account[who, slot] |= (part.slots[who] >> slot) & 1 > 0
