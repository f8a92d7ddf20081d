"""The state of all customers as compact columns: some 400 bytes for each, so that ten million fit in memory.

``Customers`` holds one array per fact; ``part`` gives views of a range, in which a day is lived.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from yinke.demo.generate.draws import Draws, Ids, Ints
from yinke.demo.generate.orgs import Bank
from yinke.demo.generate.products import SLOTS, Prices

Column = npt.NDArray[Any]

SALARIED, SELF_EMPLOYED, ELDER, STUDENT, OTHER = range(5)
NONE, RATE, PAYROLL_MOVED, COMPETITOR, SERVICE = range(5)
CAUSES = ("", "RATE", "PAYROLL", "COMPETITOR", "SERVICE")
"""Why a customer leaves: 利率, 代发转走, 他行竞争, 服务."""
MOBILE, SMS, QUICKPAY, PAYROLL, BROKER, AUTO_DEBIT = (1 << n for n in range(6))
"""Services in ``signed`` and ``unsigned``."""
NEVER = 1_000_000
TOGETHER = 0.3
"""Of the pairs of neighbours by number (an even one and the odd one after it): how many live together."""
DEMAND, DEPOSITS = 3, 3
"""Account slots: three demand accounts (Ⅰ, Ⅱ, Ⅲ类), then three time deposits."""
EMPTY, HELD, ENDED = range(3)
"""Of a time deposit's slot; ``ENDED`` until the day's files are written."""

FIELDS: dict[str, tuple[str, int]] = {
    "born": ("i4", 0), "female": ("?", 0), "persona": ("u1", 0), "tier": ("u1", 0), "wealth": ("i8", 0),
    "open_day": ("i4", 0), "closed": ("i4", 0), "sub": ("i4", 0), "org": ("i4", 0), "manager": ("i4", 0),
    "income": ("i8", 0), "spend": ("i8", 0), "lam": ("u1", 0), "login": ("f4", 0), "employer": ("i4", 0),
    "pay_from": ("i4", 0), "pay_to": ("i4", 0), "cause": ("u1", 0), "onset": ("i4", 0), "gone": ("i4", 0),
    "slots": ("u1", 0), "signed": ("u1", 0), "unsigned": ("u1", 0), "risk": ("u1", 0), "risk_until": ("i4", 0),
    "moved": ("u1", 0), "bal": ("i8", DEMAND + DEPOSITS), "earned": ("i8", DEMAND),
    "td_open": ("i4", DEPOSITS), "td_until": ("i4", DEPOSITS), "td_term": ("u1", DEPOSITS), "td_no": ("u2", DEPOSITS),
    "td_state": ("u1", DEPOSITS), "td_auto": ("?", DEPOSITS), "td_next": ("u2", 0),
    "product": ("u1", SLOTS), "share": ("i8", SLOTS), "cost": ("i8", SLOTS), "since": ("i4", SLOTS), "until": ("i4", SLOTS),
    "loan": ("i8", 2), "loan_limit": ("i8", 2), "loan_open": ("i4", 2), "loan_months": ("i2", 2), "arrears": ("u1", 2),
    "changed_customer": ("?", 0), "changed_account": ("?", DEMAND + DEPOSITS), "changed_loan": ("?", 2),
    "changed_card": ("?", 0), "changed_service": ("u1", 0),
    "late": ("i2", 2), "card": ("i8", 0), "card_limit": ("i8", 0), "card_until": ("i4", 0), "card_no": ("u1", 0),
}  # fmt: skip


class Customers:
    """Columns of facts about customers ``first`` to ``first + len``; money in fen, days since 1970.

    ``bal``: per account slot; ``earned``: demand interest not yet paid, in fen × rate millionths × days;
    ``share``: hundredths of a unit; ``product``: index of the shelf + 1, 0 = the slot is free;
    ``changed_…``: which records changed since the last delivery.
    """

    born: Column
    female: Column
    persona: Column
    tier: Column
    wealth: Column
    open_day: Column
    closed: Column
    sub: Column
    org: Column
    manager: Column
    income: Column
    spend: Column
    lam: Column
    login: Column
    employer: Column
    pay_from: Column
    pay_to: Column
    cause: Column
    onset: Column
    gone: Column
    slots: Column
    signed: Column
    unsigned: Column
    risk: Column
    risk_until: Column
    moved: Column
    bal: Column
    earned: Column
    td_open: Column
    td_until: Column
    td_term: Column
    td_no: Column
    td_state: Column
    td_auto: Column
    td_next: Column
    product: Column
    share: Column
    cost: Column
    since: Column
    until: Column
    loan: Column
    loan_limit: Column
    loan_open: Column
    loan_months: Column
    arrears: Column
    late: Column
    card: Column
    card_limit: Column
    card_until: Column
    card_no: Column
    changed_customer: Column
    changed_account: Column
    changed_loan: Column
    changed_card: Column
    changed_service: Column

    def __init__(self, first: int, columns: dict[str, Column]) -> None:
        self.first = first
        self.columns = columns
        self.count = len(columns["born"])
        self.ids: Ids = np.arange(first, first + self.count, dtype=np.uint64)
        for name, column in columns.items():
            setattr(self, name, column)

    def delivered(self) -> None:
        """All that changed has been sent."""
        for name, column in self.columns.items():
            if name.startswith("changed_"):
                column[...] = 0

    def part(self, start: int, stop: int) -> Customers:
        """Views of the customers ``start`` to ``stop``; what is written there is written here."""
        return Customers(
            start,
            {name: column[start - self.first : stop - self.first] for name, column in self.columns.items()},
        )


def empty(count: int) -> dict[str, Column]:
    """Columns for ``count`` customers, all zero (memory is taken when they are first written)."""
    return {
        name: np.zeros((count, width) if width else count, dtype=kind)
        for name, (kind, width) in FIELDS.items()
    }


def home(part: Customers, draws: Draws) -> Ids:
    """Whose address, branch and manager a person has: of those who live together the first one's."""
    pair = part.ids & ~np.uint64(1)
    return np.where(draws.below("together", pair, TOGETHER), pair, part.ids)


def partners(part: Customers) -> Ints:
    """The place in the range of each one's neighbour; -1 where he is beyond it."""
    place = (part.ids ^ np.uint64(1)).astype(np.int64) - part.first
    found: Ints = np.where((place >= 0) & (place < part.count), place, -1)
    return found


class World:
    """What all customers share: chance, organisation, employers, prices and the bank's first date."""

    def __init__(self, seed: int, customers: int, first: int, payments: float = 1.0) -> None:
        self.payments = payments
        self.draws = Draws(seed)
        self.bank = Bank(self.draws, customers, first)
        self.prices = Prices(self.draws, first)
        self.first = first
        self.customers = customers
        self.employers = min(5 + customers // 150, 20_000)
        ids = np.arange(self.employers, dtype=np.uint64)
        self.paydays: Ints = np.array([5, 8, 10, 15, 20, 25, 28])[self.draws.whole("payday", ids, 7)]
        sizes = 1 / (1 + np.arange(self.employers)) ** 0.6
        self.employer_shares = sizes / sizes.sum()
        self.employer_leaves: Ints = np.where(
            self.draws.below("employer-leaves", ids, 0.02),
            first + 40 + self.draws.whole("employer-day", ids, 330),
            NEVER,
        )

    def arrivals(self, day: int) -> int:
        """How many new customers open on a day: 9 % of the bank's size a year, a third of that on days off."""
        from yinke.demo.generate.days import today

        mean = self.customers * 0.09 / 365 * (1.3 if today(day).workday else 0.4)
        whole = int(mean)
        return whole + (self.draws.number("arrivals", day) < mean - whole)
