"""Time deposits: maturity, renewal, early withdrawal, new ones.

A third renew by themselves. Of the others the money lands on the demand account, where most owners place it
again within a fortnight (see ``invest``); those who are leaving move it away.
"""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.days import add_months
from yinke.demo.generate.draws import Bools, Ints
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.products import CERTIFICATE_PLUS, DEMAND_RATE, TERM_RATES, TERMS
from yinke.demo.generate.state import DEMAND, DEPOSITS, ELDER, EMPTY, ENDED, HELD, Customers

CERTIFICATE = 20_000_000
"""大额存单 begins at 200,000 yuan (in fen)."""


def rate(part: Customers, who: Ints, k: int | Ints) -> Ints:
    """Yearly rate of time deposits in millionths."""
    plus = np.where(part.bal[who, DEMAND + k] >= CERTIFICATE, CERTIFICATE_PLUS, 0)
    rates: Ints = TERM_RATES[part.td_term[who, k].astype(np.int64)] + plus
    return rates


def mature(live: Live) -> None:
    """Let the deposits due today end or renew; the leaving ones may break theirs."""
    part = live.part
    part.td_state[part.td_state == ENDED] = EMPTY
    for k in range(DEPOSITS):
        held = live.alive & (part.td_state[:, k] == HELD)
        due = held & (part.td_until[:, k] <= live.day)
        staying = due & part.td_auto[:, k] & ~live.leaving
        who = np.flatnonzero(staying)
        if len(who):
            live.book(who, _interest(part, who, k, rate(part, who, k)), "renew", 1, slot=DEMAND + k)
            part.td_open[who, k] = live.day
            part.td_until[who, k] = add_months(
                part.td_until[who, k].astype(np.int64), TERMS[part.td_term[who, k]]
            )
            live.changed_account[who, DEMAND + k] = True
        who = np.flatnonzero(due & ~staying)
        _end(live, who, k, rate(part, who, k), "matured")
        breaks = (
            held
            & ~due
            & live.left
            & live.draws.below("breaks", live.ids, 0.8)
            & live.chance(f"break{k}", 0.3)
        )
        _end(live, np.flatnonzero(breaks), k, np.int64(DEMAND_RATE), "break")


def _interest(part: Customers, who: Ints, k: int, rates: Ints | np.int64) -> Ints:
    span = (part.td_until[who, k] - part.td_open[who, k]).astype(np.int64)
    fen: Ints = np.maximum(part.bal[who, DEMAND + k] * rates // 1_000_000 * span // 365, 1)
    return fen


def _end(live: Live, who: Ints, k: int, rates: Ints | np.int64, code: str) -> None:
    if not len(who):
        return
    part = live.part
    early = code == "break"
    if early:
        part.td_until[who, k] = live.day
    live.book(who, _interest(part, who, k, rates), "td_interest", np.full(len(who), 3600), slot=DEMAND + k)
    whole = part.bal[who, DEMAND + k].copy()
    second = (
        36_000 + live.draws.whole("break-at", live.ids[who], 20_000, live.day)
        if early
        else np.full(len(who), 3700)
    )
    live.book(who, -whole, "break" if early else "mature", second, slot=DEMAND + k)
    live.book(who, whole, code, second + 1)
    part.td_state[who, k] = ENDED
    live.changed_account[who, DEMAND + k] = True


def place(live: Live, mask: Bools, amount: Ints) -> Bools:
    """Open a time deposit in the first free slot; says for whom."""
    part = live.part
    done: Bools = np.zeros(part.count, dtype=bool)
    term = live.draws.pick("new-term", live.ids, [0.2, 0.2, 0.35, 0.1, 0.15], live.day)
    for k in range(DEPOSITS):
        free = mask & ~done & (part.td_state[:, k] == EMPTY) & (part.td_next < 900)
        who = np.flatnonzero(free & (amount <= live.cash) & (amount > 0))
        if not len(who):
            continue
        second = 36_000 + live.draws.whole("place-at", live.ids[who], 20_000, live.day)
        live.cash[who] -= amount[who]
        live.book(who, -amount[who], "to_deposit", second)
        live.book(who, amount[who], "to_deposit", second + 1, slot=DEMAND + k)
        part.td_open[who, k] = live.day
        part.td_until[who, k] = add_months(np.full(len(who), live.day), TERMS[term[who]])
        part.td_term[who, k], part.td_state[who, k] = term[who], HELD
        part.td_no[who, k] = part.td_next[who]
        part.td_next[who] += 1
        likes = np.where(part.persona[who] == ELDER, 0.5, 0.3)
        part.td_auto[who, k] = live.draws.below("likes-renewal", live.ids[who], likes, live.day)
        live.changed_account[who, DEMAND + k] = True
        done[who] = True
    return done
