"""Everyday life: payments, cash, transfers, bills, reversals, and what the leaving do with their money.

About 0.9 bookings per customer and day over all customers. The country's cards made 531.1 billion bookings in
2023, of them 307.4 billion purchases of 442 yuan on average (中国人民银行, 2023年支付体系运行总体情况): one a day
per inhabitant over all the banks that he uses, of which this one is the main one for most. Phone payments
dominate (1.2 a day for those in work, a third of one for the retired), amounts log-normal with a mean that spends
the customer's monthly budget, most between 11 and 21 o'clock. One payment in two thousand is reversed within minutes. A tenth of the
paid move most of their salary elsewhere the day after (发薪转走).
"""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.draws import LEVELS, Bools, lognormal_levels, poisson_levels
from yinke.demo.generate.ledger import NUMBER, Live
from yinke.demo.generate.state import ELDER, NEVER, TOGETHER, partners

HOURS = np.array(
    [1, 1, 0, 0, 0, 1, 3, 8, 9, 7, 7, 12, 14, 8, 6, 6, 7, 10, 14, 14, 12, 9, 5, 2], dtype=np.float64
)
_SECONDS = np.repeat(np.arange(24) * 3600, np.round(HOURS / HOURS.sum() * 1024).astype(np.int64))


def live_on(live: Live) -> None:
    """Book the day's ordinary payments."""
    _bills(live)
    _transfers(live)
    _payments(live)


def _payments(live: Live) -> None:
    part, draws = live.part, live.draws
    mean = np.clip(part.lam * live.today.spending * live.activity, 0, 127).astype(np.int64)
    level = (draws.bits("count", live.ids, live.day) >> np.uint64(52)).astype(np.int64)
    count = poisson_levels()[mean, level].astype(np.int64)
    who = np.repeat(np.arange(part.count), count)
    if not len(who):
        return
    nth = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count)
    bits = draws.bits("payment", live.ids[who] + (nth.astype(np.uint64) << np.uint64(48)), live.day)
    table = lognormal_levels(1.1)
    # Whoever has little and for once has cash (a bonus, a lump sum) spends it: the small stay small.
    spare = np.clip((live.cash - 2 * part.spend) / np.maximum(part.spend, 1), 0, 4) * 0.3 * (part.tier < 2)
    mean_fen = part.spend * (1 + spare) / np.maximum(part.lam, 1) * (10 / 30.4 * 0.93) * live.today.amount
    amount = np.maximum(
        (mean_fen[who] * table[(bits & np.uint64(LEVELS - 1)).astype(np.int64)]).astype(np.int64), 100
    )
    second = _SECONDS[((bits >> np.uint64(12)) & np.uint64(1023)).astype(np.int64) % len(_SECONDS)]
    second = second + ((bits >> np.uint64(22)) & np.uint64(4095)).astype(np.int64) % 3600
    code = np.where((bits >> np.uint64(34)) & np.uint64(7), NUMBER["pay"], NUMBER["pos"])
    live.spend(who, amount, code, second, bits)
    _reverse(live)


def _reverse(live: Live) -> None:
    """Cancel one payment in two thousand some minutes later."""
    who, amount, second, party = live.newest()
    back = np.flatnonzero(((party >> np.uint64(38)) & np.uint64(2047)) == 0)
    if not len(back):
        return
    who, first = np.unique(who[back], return_index=True)
    back = back[first]
    at = np.minimum(second[back] + 60 + (party[back] & np.uint64(255)).astype(np.int64), 86_399)
    live.book(who, -amount[back], "reverse", at, party=party[back])


def _bills(live: Live) -> None:
    part, draws, ids = live.part, live.draws, live.ids
    billed = (
        live.alive
        & ((part.signed & ~part.unsigned & 32) > 0)
        & (1 + draws.whole("bill-day", ids, 28) == live.today.date.day)
    )
    live.pay(billed, 5_000 + draws.whole("bill", ids, 30_000, live.day), "utility", 6)
    cash = live.alive & ~live.left & (part.lam > 0)
    rate = np.where(cash, np.where(part.persona == ELDER, 0.03, 0.006), 0.0)
    most = np.minimum(live.cash // 4, 500_000) // 10_000 * 10_000
    live.pay(live.chance("cash", rate), most, "cash_out", 15)
    if live.today.workday:
        taxed = live.alive & (part.persona == 1) & live.chance("tax", 0.004)
        live.pay(taxed, part.income // 8, "tax", 11)
    # A flat for one in twenty a year: a large, benign outflow that looks like leaving.
    buys = live.alive & ~live.leaving & (part.tier >= 2) & live.chance("house", 0.00015)
    live.pay(buys, live.cash * 9 // 10, "house", 14)


def _transfers(live: Live) -> None:
    part, draws, ids = live.part, live.draws, live.ids
    usual = live.alive & ~live.left & (part.lam > 0)
    amount = np.round(part.spend * 0.06 * draws.lognormal("sends", ids, 0.8, live.day)).astype(np.int64)
    live.pay(live.chance("sends", np.where(usual, 0.03 * live.activity, 0.0)), amount, "transfer_out", 12)
    _at_home(live, usual)
    sweeps = usual & draws.below("sweeper", ids, 0.1) & (part.pay_to > live.day) & (part.employer >= 0)
    live.pay(
        sweeps & (live.cash > part.income) & live.chance("sweep", 0.6), part.income * 7 // 10, "own_out", 10
    )
    away = usual & ~live.leaving & (part.tier > 0) & live.chance("moves", 0.0012)
    live.pay(
        away, live.cash * (20 + draws.whole("moves-size", ids, 60, live.day)) // 10_000 * 100, "own_out", 13
    )
    for slot in (1, 2):
        has = (
            live.alive
            & ((part.slots >> slot) & 1 > 0)
            & ((part.slots & 8) == 0)
            & live.chance(f"self{slot}", 0.012 * live.activity)
        )
        _between(live, has, slot)


def _at_home(live: Live, usual: Bools) -> None:
    """Who lives with another customer of the bank sends him or her housekeeping money some times a month."""
    part, draws, ids = live.part, live.draws, live.ids
    pair = ids & ~np.uint64(1)
    partner = partners(part)
    both = (partner >= 0) & live.alive[partner] & draws.below("together", pair, TOGETHER)
    amount = np.round(part.spend * 0.2 * draws.lognormal("home", ids, 0.5, live.day)).astype(np.int64)
    sends = usual & both & (draws.below("payer", pair, 0.5) == (ids == pair)) & live.chance("home", 0.12)
    who = live.pay(sends, amount // 100 * 100, "family_out", 19)
    live.book(partner[who], amount[who] // 100 * 100, "family_in", 21)


def _between(live: Live, mask: np.ndarray, slot: int) -> None:
    """Move money between a customer's own accounts: up when the small one is low, else back."""
    part = live.part
    low = part.bal[:, slot] < (100_000 if slot == 1 else 20_000)
    amount = np.minimum(live.cash // 5, 200_000 if slot == 1 else 50_000) // 100 * 100
    who = live.pay(mask & low, amount, "self", 17)
    live.book(who, amount[who], "self", 19, slot=slot)
    back = np.flatnonzero(mask & ~low)
    amount = part.bal[back, slot] // 200 * 100
    back, amount = back[amount > 0], amount[amount > 0]
    live.book(back, -amount, "self", 17, slot=slot)
    live.book(back, amount, "self", 19)


def leave(live: Live) -> None:
    """Move the leaving ones' money to their own accounts elsewhere: in slices at first, then all of it."""
    part, draws, ids = live.part, live.draws, live.ids
    going = live.alive & live.leaving & (part.gone < NEVER)
    early = going & ~live.left & live.chance("slice", 0.03 + 0.12 * live.progress)
    share = 20 + draws.whole("slice-size", ids, 50, live.day)
    live.pay(early & (live.cash > 50_000), live.cash * share // 10_000 * 100, "own_out", 14)
    late = going & live.left & live.chance("empties", 0.6)
    keep = draws.whole("keeps", ids, 6_000)
    live.pay(late & (live.cash > keep + 20_000), live.cash - keep, "own_out", 14)
    for slot in (1, 2):
        rest = (
            going
            & live.left
            & (part.bal[:, slot] > 10_000)
            & ((part.slots & 8) == 0)
            & live.chance(f"empties{slot}", 0.3)
        )
        who = np.flatnonzero(rest)
        live.book(who, -part.bal[who, slot], "own_out", 15, slot=slot)
