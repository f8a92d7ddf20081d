"""Who the customers are when they open, and what the old ones already hold on the bank's first date.

Wealth: 57.5 % below 10,000 yuan, 18 % to 50,000, 20.5 % to 500,000, 3.6 % to 5 million, 0.3 % to 10 million,
0.1 % above. That is the pyramid of a listed retail bank (the 2023 report of 招商银行: 2.4 % of its customers
above 500,000 hold four fifths of the assets), with the broader middle of a city bank. Four in ten are paid
through the bank; incomes are log-normal around the 2024 urban averages (wages of some 7,000 to 10,000 yuan a
month, pensions of 3,600).
"""

from __future__ import annotations

from datetime import date

import numpy as np

from yinke.demo.generate.days import add_months, number
from yinke.demo.generate.draws import Floats
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
    SLOTS,
    TERM_DAYS,
    TERMS,
    TRUST,
)
from yinke.demo.generate.state import (
    AUTO_DEBIT,
    BROKER,
    COMPETITOR,
    DEPOSITS,
    ELDER,
    HELD,
    MOBILE,
    NEVER,
    NONE,
    PAYROLL,
    PAYROLL_MOVED,
    QUICKPAY,
    RATE,
    SALARIED,
    SELF_EMPLOYED,
    SERVICE,
    SMS,
    STUDENT,
    Customers,
    World,
    home,
)  # fmt: skip
from yinke.demo.generate.twins import homes, persons

REFERENCE = number(date(2025, 7, 1))
"""Ages are told as of this day."""
TIER_SHARES = (0.575, 0.18, 0.205, 0.036, 0.003, 0.001)
FLOORS = np.array([200, 10_000, 50_000, 500_000, 5_000_000, 10_000_000], dtype=np.float64)
TOPS = np.array([10_000, 50_000, 500_000, 5_000_000, 10_000_000, 60_000_000], dtype=np.float64)
PAYMENTS = np.array([12, 10.8, 3.2, 12, 7.6])
"""Tenths of a payment a day, by persona (see ``spending``)."""
CHURN_A_YEAR = np.array([0.19, 0.17, 0.165, 0.15, 0.14, 0.14])
"""Hazard by tier: surveys of retail banks report 15 to 20 % of customers a year whose money leaves."""

#            time  closed open  fund  fund2 insur metal bond  secur
PRESENT = np.array([
            [0.03, 0.00, 0.02, 0.01, 0.00, 0.01, 0.00, 0.00, 0.01],
            [0.55, 0.08, 0.15, 0.08, 0.00, 0.05, 0.01, 0.02, 0.03],
            [0.75, 0.25, 0.30, 0.20, 0.05, 0.15, 0.03, 0.08, 0.08],
            [0.80, 0.50, 0.45, 0.40, 0.20, 0.35, 0.08, 0.15, 0.20],
            [0.80, 0.65, 0.60, 0.55, 0.35, 0.50, 0.12, 0.30, 0.30],
            [0.75, 0.70, 0.70, 0.60, 0.45, 0.55, 0.15, 0.50, 0.35],
])  # fmt: skip
WEIGHT = np.array([0.45, 0.30, 0.16, 0.12, 0.09, 0.10, 0.05, 0.14, 0.07])
IN_DEMAND = np.array([1.0, 0.4, 0.15, 0.08, 0.06, 0.05])
LEAST = np.array([1_000, 10_000, 100, 100, 100, 2_000, 500, 1_000, 100], dtype=np.float64)


def open_customers(world: World, part: Customers, day: int, *, old: bool) -> None:
    """Fill a range of empty columns: ``old`` customers have a past and a portfolio, new ones open today."""
    _persons(world, part, day, old)
    _lives(world, part, day)
    if old:
        _portfolio(world, part)
        _credit(world, part)
    else:
        part.td_next[:] = 1


def _persons(world: World, part: Customers, day: int, old: bool) -> None:
    draws, ids = world.draws, part.ids
    person = persons(draws, ids)
    persona = draws.pick("persona", person, [0.42, 0.15, 0.20, 0.08, 0.15])
    tier = draws.pick("tier", ids, TIER_SHARES)
    tier = np.where((persona == STUDENT) & (tier > 1), 1, tier)
    low, span = np.array([22, 25, 60, 18, 20])[persona], np.array([37, 38, 28, 6, 46])[persona]
    wide = draws.unit("age", person)
    wide = np.where(persona == ELDER, wide**1.6, wide)
    part.born[:] = REFERENCE - ((low + wide * span) * 365.25).astype(np.int64)
    part.female[:] = draws.below("female", person, 0.51)
    part.persona[:], part.tier[:] = persona, tier
    part.wealth[:] = FLOORS[tier] * (TOPS[tier] / FLOORS[tier]) ** (draws.unit("wealth", ids) ** 1.35)
    past = (draws.unit("open-day", ids) * 15 * 365).astype(np.int64) + 100
    part.open_day[:] = np.maximum(day - past, part.born + 16 * 366) if old else day
    part.open_day[:] = np.minimum(part.open_day, day - 100 if old else day)
    at = homes(draws, home(part, draws))
    part.sub[:] = world.bank.sub_of(at)
    part.org[:] = world.bank.open_org(ids, part.sub.astype(np.int64))
    level = (
        np.array([7000.0, 8500, 3600, 1800, 3500])[persona] * np.array([0.75, 0.95, 1.2, 2.2, 4.0, 6.0])[tier]
    )
    level = np.where(persona == ELDER, 3600 * np.array([0.9, 1, 1.1, 1.3, 1.5, 1.5])[tier], level)
    income = level * draws.lognormal("income", ids, 0.4)
    idle = (tier == 0) & (persona != SALARIED) & draws.below("idle", ids, 0.45)
    part.income[:] = np.where(idle, 0, np.round(income) * 100)
    part.spend[:] = part.income * np.array([0.97, 0.9, 0.8, 0.62, 0.5, 0.4])[tier]
    lam = PAYMENTS[persona] * world.payments * draws.lognormal("payments", ids, 0.35)
    part.lam[:] = np.where(idle, 0, np.clip(lam, 1, 60))
    mobile = ~idle & (draws.unit("mobile-bank", ids) < np.array([0.85, 0.75, 0.35, 0.95, 0.6])[persona])
    part.login[:] = np.where(mobile, np.minimum(0.18 * draws.lognormal("logins", ids, 0.9), 0.9), 0)
    part.manager[:] = (
        world.bank.manager(at, part.sub.astype(np.int64), part.wealth, mobile, day) if old else 0
    )
    kinds = draws.bits("slots", ids)
    second, third = (kinds & np.uint64(1023)) < 563, ((kinds >> np.uint64(10)) & np.uint64(1023)) < 410
    dollars = (tier >= 2) & (
        (kinds >> np.uint64(20)) & np.uint64(1023) < np.array([0, 0, 40, 120, 250, 300])[tier]
    )
    part.slots[:] = 1 | (second << 1) | (third << 2) | ((dollars & second) << 3)
    part.risk[:] = np.where(
        (tier == 0) & draws.below("unassessed", ids, 0.6),
        0,
        1 + draws.pick("risk", ids, [0.15, 0.3, 0.3, 0.17, 0.08]),
    )
    part.risk_until[:] = np.where(part.risk > 0, day - 20 + draws.whole("risk-until", ids, 385), 0)
    if not old:
        part.risk[:], part.risk_until[:] = 0, 0


def _lives(world: World, part: Customers, day: int) -> None:
    """Work, services, and whether and why the customer will leave."""
    draws, ids = world.draws, part.ids
    paid = (part.persona == SALARIED) & draws.below("paid-here", ids, 0.9)
    employer = draws.pick("employer", ids, world.employer_shares)
    part.employer[:] = np.where(paid, employer, -1)
    origin = np.maximum(world.first, part.open_day)
    late = draws.below("joins-late", ids, 0.06)
    part.pay_from[:] = np.where(late, origin + 15 + draws.whole("joins-day", ids, 400), part.open_day)
    leaves = world.employer_leaves[employer]
    changes = origin + 30 + (-np.log1p(-draws.unit("job-change", ids)) / 0.06 * 365).astype(np.int64)
    pay_to = np.minimum(np.minimum(changes, leaves), NEVER)

    hazard = CHURN_A_YEAR[part.tier]
    gone = origin + 45 + (-np.log1p(-draws.unit("churn", ids)) / hazard * 365).astype(np.int64)
    lead = np.where(
        draws.below("sudden", ids, 0.15), 1 + draws.whole("lead", ids, 4), 21 + draws.whole("lead", ids, 60)
    )
    cause = np.array([RATE, PAYROLL_MOVED, COMPETITOR, SERVICE])[
        np.where(
            paid,
            draws.pick("cause", ids, [0.3, 0.3, 0.25, 0.15]),
            draws.pick("cause", ids, [0.45, 0, 0.33, 0.22]),
        )
    ]
    follows = paid & (leaves < NEVER) & draws.below("follows", ids, 0.4)
    lead = np.where(follows, 30 + draws.whole("lead", ids, 45), lead)
    gone = np.where(follows, leaves + lead, np.minimum(gone, NEVER))
    part.gone[:] = gone
    part.onset[:] = np.where(gone < NEVER, np.maximum(gone - lead, part.open_day + 1), NEVER)
    part.cause[:] = np.where(gone < NEVER, np.where(follows, PAYROLL_MOVED, cause), NONE)
    pay_to = np.where(
        part.cause == PAYROLL_MOVED, np.minimum(pay_to, part.onset), np.minimum(pay_to, part.gone)
    )
    part.pay_to[:] = np.where(paid, pay_to, 0)

    mobile, chance = part.login > 0, draws.bits("services", ids)
    has = [((chance >> np.uint64(10 * n)) & np.uint64(1023)).astype(np.int64) for n in range(4)]
    active = part.lam > 0
    part.signed[:] = (
        mobile * MOBILE + (active & (has[0] < 560)) * SMS + (active & (has[1] < 850)) * QUICKPAY
        + paid * PAYROLL + (active & (has[2] < 160)) * AUTO_DEBIT
    )  # fmt: skip


def _portfolio(world: World, part: Customers) -> None:
    """Split an old customer's wealth over accounts and products."""
    draws, ids, first = world.draws, part.ids, world.first
    tier = part.tier.astype(np.int64)
    parts: Floats = np.empty((part.count, 9))
    for n in range(9):
        parts[:, n] = (
            draws.below(f"holds{n}", ids, PRESENT[tier, n])
            * WEIGHT[n]
            * draws.lognormal(f"weight{n}", ids, 0.5)
        )
    for n, least in ((1, 2), (3, 3), (4, 3), (6, 3)):
        parts[part.risk < least, n] = 0
    demand = IN_DEMAND[tier] * draws.lognormal("weight-demand", ids, 0.6)
    amounts = parts * (part.wealth / (parts.sum(axis=1) + demand))[:, None]
    amounts = np.floor(np.where(amounts < LEAST, 0, amounts) / 100) * 100
    amounts[:, 1] = np.floor(amounts[:, 1] / 1000) * 1000
    pieces = np.where(tier >= 3, 2, 1) + (
        draws.unit("pieces", ids) < np.array([0, 0, 0.5, 0.5, 0.5, 0.5])[tier]
    )
    oldest = part.open_day.astype(np.int64)
    for k in range(DEPOSITS):
        term = draws.pick(f"term{k}", ids, [0.15, 0.2, 0.35, 0.12, 0.18])
        amount = np.floor(amounts[:, 0] / pieces / 1000) * 1000
        held = (amount >= 1000) & (k < pieces)
        left = 1 + (draws.unit(f"left{k}", ids) * TERMS[term] * 30.3).astype(np.int64)
        opened = add_months(first + left, -TERMS[term])
        part.td_open[held, k], part.td_until[held, k] = opened[held], (first + left)[held]
        part.td_term[held, k], part.td_state[held, k], part.td_no[held, k] = term[held], HELD, k + 1
        part.td_auto[:, k] = held & draws.below(f"auto{k}", ids, 0.35)
        part.bal[held, DEPOSITS + k] = amount[held] * 100
        oldest = np.where(held, np.minimum(oldest, opened), oldest)
    part.td_next[:] = DEPOSITS + 1
    for slot in range(SLOTS):
        money = np.round(amounts[:, slot + 1]).astype(np.int64) * 100
        held = money > 0
        if not held.any():
            continue
        item = OF_SLOT[slot][draws.whole(f"item{slot}", ids, len(OF_SLOT[slot]))]
        item = np.where((slot == BOND) & (item == TRUST) & (part.wealth < 3_000_000), TRUST - 1, item)
        item = _within_risk(part, slot, item)
        age = draws.unit(f"held{slot}", ids)
        back = 5 + (age * np.where(slot == INSURANCE, 3000, 1000)).astype(np.int64)
        term = np.where(slot == CLOSED, TERM_DAYS[item], np.where(item == TRUST, 730, 1096 * (slot == BOND)))
        elapsed = np.where(term > 0, (age * term * 0.999).astype(np.int64), back)
        gain = np.array([p.drift for p in SHELF])[item] * elapsed / 365
        if slot in (FUND, FUND2, METAL):
            gain = gain + 0.09 * np.log(draws.lognormal(f"gain{slot}", ids, 1.0))
        part.product[held, slot] = item[held] + 1
        part.share[held, slot] = (money * 1_000_000 // world.prices.nav[item])[held]
        part.cost[held, slot] = np.round(money / np.maximum(1 + gain, 0.4))[held]
        part.since[held, slot] = (first - elapsed)[held]
        part.until[held, slot] = np.where(term > 0, first - elapsed + term, 0)[held]
        oldest = np.where(held, np.minimum(oldest, first - elapsed), oldest)
    part.open_day[:] = np.maximum(oldest, part.born + 16 * 365)
    part.signed[:] |= np.where(part.product[:, SECURITIES] > 0, BROKER, 0).astype(np.uint8)
    rest = np.round((part.wealth - amounts.sum(axis=1)) * 100).astype(np.int64)
    rest = np.maximum(rest, 0) + draws.whole("cents", ids, 100)
    third = np.where(part.slots & 4, np.minimum(rest // 20, 50_000), 0)
    second = np.where(part.slots & 2, np.minimum(rest // 8, 500_000), 0)
    dollars = (part.slots & 8) > 0
    part.bal[:, 1] = np.where(dollars, second // 7, second)
    part.bal[:, 2] = third
    part.bal[:, 0] = rest - second - third
    part.earned[:] = part.bal[:, :3] * 500 * 20


def _within_risk(part: Customers, slot: int, item: np.ndarray) -> np.ndarray:
    """Swap a product riskier than the customer bears for the slot's calmest one that he bears."""
    calm = OF_SLOT[slot][np.argmin(RISK[OF_SLOT[slot]])]
    return np.where(RISK[item] > part.risk, calm, item) if slot in (CLOSED, OPEN, FUND, FUND2) else item


def _credit(world: World, part: Customers) -> None:
    """Mortgages, consumer and business loans, credit cards."""
    draws, ids, first = world.draws, part.ids, world.first
    age = (first - part.born) / 365.25
    working = (part.persona <= SELF_EMPLOYED) & (age < 56)
    shares = (np.array([0.0, 0.28, 0.3, 0.35, 0.3, 0.2]), np.array([0.04, 0.08, 0.08, 0.06, 0.03, 0.02]))
    for k in range(2):
        held = working & draws.below(f"loan{k}", ids, shares[k][part.tier])
        months = np.array([[240, 300, 360], [12, 24, 36]])[k][draws.whole(f"months{k}", ids, 3)]
        limit = (
            np.floor(part.income * (55, 6)[k] * draws.lognormal(f"limit{k}", ids, 0.3) / 1_000_000)
            * 1_000_000
        )
        held &= limit > 0
        paid = (draws.unit(f"paid{k}", ids) * months * (0.6, 0.95)[k]).astype(np.int64)
        rate = LOAN_RATES[k] / 12e6
        left = limit * ((1 + rate) ** months - (1 + rate) ** paid) / ((1 + rate) ** months - 1)
        day = add_months(np.full(part.count, first), -paid) - 1 - draws.whole(f"loan-day{k}", ids, 28)
        part.loan[:, k], part.loan_limit[:, k] = np.where(held, np.round(left), 0), np.where(held, limit, 0)
        part.loan_open[:, k], part.loan_months[:, k] = np.where(held, day, 0), np.where(held, months, 0)
        part.spend[:] = np.where(held, part.spend * (0.7, 0.85)[k], part.spend)
    has = (part.persona != ELDER) & (part.lam > 0) & draws.below("card", ids, 0.42)
    part.card_limit[:] = np.where(has, np.clip(part.income * 3 // 100_000, 3, 300) * 100_000, 0)
    part.card_until[:] = np.where(has, first + 10 + draws.whole("card-until", ids, 5 * 365), 0)
    part.card[:] = np.where(has, part.spend * draws.unit("card-owed", ids) * 0.3, 0)


LOAN_RATES = np.array([35_000, 52_000], dtype=np.int64)
"""Mortgage and consumer rates in millionths a year (five-year LPR of 3.5 % in 2025; consumer loans about 5 %)."""
