"""Money that comes: salaries on paydays, pensions, transfers, cash, interest.

Salaries vary by 2 % from month to month; in the last payday before the Spring Festival a bonus of a
half to two months comes with them. Those not paid through the bank receive their income as about three transfers a
month. Once in some five years a large sum arrives from the customer's own account elsewhere.
"""

from __future__ import annotations

import numpy as np

from yinke.demo.generate.draws import rounded
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.products import DEMAND_RATE, USD_RATE
from yinke.demo.generate.state import DEMAND, ELDER


def earn(live: Live) -> None:
    """Book the day's income."""
    part, world, today, draws = live.part, live.world, live.today, live.draws
    paid_here = live.alive & (part.pay_from <= live.day) & (part.pay_to > live.day)
    if today.paydays:
        due = np.isin(world.paydays, list(today.paydays))
        mask = paid_here & (part.employer >= 0) & due[part.employer]
        amount = part.income * (0.98 + 0.04 * draws.unit("salary", live.ids, live.day))
        if 6 <= today.to_spring <= 36:
            amount = amount * (1.5 + 1.5 * draws.unit("bonus", live.ids, today.date.year))
        salary = rounded(amount)
        who = live.receive(mask, salary, "payroll", 9)
        live.paid = (who, salary[who])
    elder = live.alive & (part.persona == ELDER) & ~live.left
    if today.date.day == 15:
        live.receive(elder & (part.income > 0), part.income, "pension", 8)
    others = live.alive & ~paid_here & ~elder & (part.income > 0) & ~live.left
    rate = np.where(others, 0.1 * (1 - 0.7 * live.progress), 0.0)
    earned = rounded(part.income / 3 * draws.lognormal("earning", live.ids, 0.6, live.day))
    live.receive(live.chance("earns", rate), earned, "transfer_in", 10)
    gift = live.alive & (part.lam > 0) & ~live.left
    given = rounded(
        20_000 * draws.lognormal("gift", live.ids, 1.2, live.day) * (3 if -1 < today.to_spring < 3 else 1)
    )
    live.receive(live.chance("gets", np.where(gift, 0.02, 0.0)), given, "transfer_in", 19)
    cash = live.alive & (part.persona == ELDER) & ~live.leaving & today.workday
    coins = (1 + draws.whole("cash", live.ids, 30, live.day)) * 10_000
    live.receive(live.chance("pays-in", np.where(cash, 0.006, 0.0)), coins, "cash_in", 10)
    idle = live.alive & (part.lam == 0) & ~live.left & live.chance("wakes", 0.0003)
    live.receive(idle, (10 + draws.whole("wake", live.ids, 190, live.day)) * 10_000, "cash_in", 11)
    _fortune(live)
    _arrive(live)


def _fortune(live: Live) -> None:
    part = live.part
    mask = live.alive & ~live.leaving & (part.tier > 0) & live.chance("fortune", 0.0006)
    amount = (
        part.wealth * (10 + live.draws.whole("fortune-size", live.ids, 40, live.day)) // 100_000 * 100_000
    )
    live.receive(mask, amount, "own_in", 11)


def _arrive(live: Live) -> None:
    """A new customer brings his money over in the first three weeks, in three pieces."""
    part, age = live.part, live.day - live.part.open_day
    if live.day > live.world.first:
        first = (
            np.maximum(part.wealth * 4 * live.draws.whole("first-cash", live.ids, 100) // 100, 1) // 100 * 100
            + 1000
        )
        live.receive(live.alive & (age == 0), first, "cash_in", 10)
    if not ((age > 0) & (age < 25)).any():
        return
    for piece in range(3):
        mask = (
            live.alive
            & (age == 1 + live.draws.whole(f"arrives{piece}", live.ids, 21))
            & (part.open_day > live.world.first)
        )
        live.receive(mask, part.wealth * 30, "own_in", 13 + piece)


def accrue(live: Live) -> None:
    """Let demand interest grow, and pay it on the 21st of each quarter's last month."""
    part, when = live.part, live.today.date
    rates = np.full((part.count, DEMAND), DEMAND_RATE, dtype=np.int64)
    rates[(part.slots & 8) > 0, 1] = USD_RATE
    if when.day == 21 and when.month % 3 == 0:
        for slot in range(DEMAND):
            fen = np.where(live.alive, part.earned[:, slot] // 360_000_000, 0)
            who = np.flatnonzero(fen > 0)
            live.book(who, fen[who], "interest", 2, slot=slot)
            part.earned[who, slot] -= fen[who] * 360_000_000
    part.earned += part.bal[:, :DEMAND] * rates
