"""Loans and credit cards.

Annuities fall due on the day of month of the drawdown; an instalment that the account can't pay stays open
and makes the loan overdue. Some 3 % of loans a year are prepaid in part or whole, with an appointment in the
app a week before. Three in ten adults hold a card: a third of the days bring a purchase, the statement is
debited monthly in full, or at least a tenth of it. Cards last five years; three quarters of the holders have
a new one 45 days before the end.
"""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.days import add_months
from yinke.demo.generate.draws import Bools, Ints, rounded
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.opening import LOAN_RATES
from yinke.demo.generate.state import SELF_EMPLOYED

CARD_MONTHS = 60
RENEWED_BEFORE = 45


def instalment(live: Live, k: int) -> Ints:
    """Monthly annuity in fen."""
    part = live.part
    rate = LOAN_RATES[k] / 12e6
    months = np.maximum(part.loan_months[:, k].astype(np.float64), 1)
    return rounded(part.loan_limit[:, k] * rate / (1 - (1 + rate) ** -months))


def lend(live: Live) -> None:
    """Collect instalments, prepayments and arrears; draw new consumer loans."""
    part, day = live.part, live.day
    for k in range(2):
        owing = live.alive & (part.loan[:, k] > 0)
        if owing.any():
            _collect(live, k, owing)
    wants = (
        live.alive
        & ~live.leaving
        & (part.persona <= SELF_EMPLOYED)
        & (part.loan_limit[:, 1] == 0)
        & (part.income > 0)
    )
    who = np.flatnonzero(wants & live.chance("borrows", 0.00012) & live.today.workday)
    if len(who):
        amount = np.maximum(part.income[who] * 6 // 1_000_000, 1) * 1_000_000
        live.book(who, amount, "drawdown", 14)
        part.loan[who, 1], part.loan_limit[who, 1], part.loan_open[who, 1] = amount, amount, day
        part.loan_months[who, 1] = 12 * (1 + live.draws.whole("new-months", live.ids[who], 3))
        live.changed_loan[who, 1] = True


def due_today(live: Live, k: int) -> Bools:
    """Whose instalment falls due: the drawdown's day of month, the 28th for later ones."""
    opened = live.part.loan_open[:, k].astype("datetime64[D]")
    into = (opened - opened.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    due: Bools = (np.minimum(into, 28) == live.today.date.day) & (live.part.loan_open[:, k] < live.day)
    return due


def _collect(live: Live, k: int, owing: Bools) -> None:
    part = live.part
    part.arrears[:, k] += (owing & due_today(live, k)).astype(np.uint8)
    open_ = owing & (part.arrears[:, k] > 0)
    interest = part.loan[:, k] * LOAN_RATES[k] // 12_000_000
    amount = np.minimum(instalment(live, k), part.loan[:, k] + interest)
    who = live.pay(open_, amount, "repay", 4)
    principal = np.maximum(amount[who] - interest[who], 0)
    part.loan[who, k] -= np.minimum(principal, part.loan[who, k])
    part.arrears[who, k] -= 1
    live.changed_loan[who, k] = True
    behind = owing & (part.arrears[:, k] > 0)
    late = np.where(behind, part.late[:, k] + 1, 0)
    live.changed_loan[:, k] |= late != part.late[:, k]
    part.late[:, k] = late
    quarter = live.day // 91
    plans = owing & live.draws.below(f"prepays{k}", live.ids, 0.008, quarter) & ~live.leaving
    on = quarter * 91 + live.draws.whole(f"prepay-day{k}", live.ids, 84, quarter)
    live.views.append((np.flatnonzero(plans & (on == live.day)), "LOAN_PREPAY"))
    who = np.flatnonzero(plans & (on + 7 == live.day) & (part.loan[:, k] > 0))
    if len(who):
        share = np.where(
            live.draws.below("settles", live.ids[who], 0.4),
            100,
            20 + live.draws.whole("part", live.ids[who], 50),
        )
        amount = np.maximum(part.loan[who, k] * share // 100, 1)
        at = 50_000 + live.draws.whole("prepay-at", live.ids[who], 9000, live.day)
        live.book(who, amount, "own_in", at)
        live.book(who, -amount, "prepay", at + 60)
        part.loan[who, k] -= amount
        live.changed_loan[who, k] = True


def charge_cards(live: Live) -> None:
    """Card purchases, the monthly debit, renewals and ends."""
    part, draws, ids = live.part, live.draws, live.ids
    has = live.alive & (part.card_limit > 0)
    buys = has & live.chance("card-buys", 0.33 * np.minimum(live.activity * live.today.spending, 1.5))
    amount = np.round(part.spend * 0.05 * draws.lognormal("card-amount", ids, 0.9, live.day)).astype(np.int64)
    amount = np.minimum(amount, part.card_limit - part.card)
    part.card[:] += np.where(buys & (amount > 0), amount, 0)
    live.changed_card |= buys & (amount > 0)
    due = has & (part.card > 0) & (1 + draws.whole("card-day", ids, 28) == live.today.date.day)
    debit = np.where(part.card <= live.cash, part.card, np.maximum(part.card // 10, 100))
    who = live.pay(due, debit, "card_repay", 5)
    part.card[who] -= debit[who]
    live.changed_card[who] = True
    ends = (
        has
        & (part.card_until - RENEWED_BEFORE == live.day)
        & ~live.leaving
        & draws.below("renews", ids, 0.75)
    )
    live.renewed_card |= ends
    gone = has & (part.card_until < live.day)
    part.card_limit[gone] = 0
    live.changed_card |= gone


def later_card(until: Ints) -> Ints:
    """When the card that follows one ends."""
    return add_months(until, np.full(len(until), CARD_MONTHS))


def renew_cards(live: Live) -> None:
    """Give the renewed cards their new number and end; the old one's record must have been written before."""
    part, who = live.part, np.flatnonzero(live.renewed_card)
    live.changed_card[who] = True
    part.card_no[who] += 1
    part.card_until[who] = later_card(part.card_until[who].astype(np.int64))
