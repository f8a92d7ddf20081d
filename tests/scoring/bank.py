"""A bank with twelve months' ends in its lake, whose leavers draw to their own name elsewhere a month before they go; who
logs in signs up for services, and who bears the risk buys a fund."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tests.lake.bank_tables import DEFAULTS, Bank
from yinke.lake.around import compute_around
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.store import Day
from yinke.scoring.churn.label import ends_later
from yinke.scoring.churn.train import RECIPE
from yinke.segments.classify import classify

FIRST = date(2025, 1, 31)
MONTHS = 12
CUSTOMERS = 240
SMALL = replace(RECIPE, rounds=60, least_rows=10, folds=2)
"""Learned from few rows, in a moment."""


@dataclass
class LeaverBank:
    """``goes`` is the month (0 = FIRST) in whose middle a customer's money leaves; who is not in it stays."""

    root: Path
    engine: Engine
    goes: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bank = Bank(self.root, self.engine, DEFAULTS)

    def made(self) -> LeaverBank:
        rng = random.Random(7)
        held = {}
        for cust in range(1, CUSTOMERS + 1):
            self.bank.has_customer(
                cust, opened=date(2015 + cust % 9, 3, 1), birth_date=date(1950 + cust % 50, 5, 5),
                risk_level=None if cust % 11 == 0 else f"C{1 + cust % 5}",
                risk_expiry=date(2025, 12, 31) if cust % 13 == 0 else date(2027, 1, 1),
            )  # fmt: skip
            held[cust] = rng.randint(8, 60) * 10_000
            if rng.random() < 0.6:
                self.goes[cust] = rng.randint(3, MONTHS)
            if cust % 7 == 0:
                self.bank.owes(cust, "MORTGAGE", 400_000, days_past_due=100 if cust % 2 else 0)
        self.bank.sells("FUND", "R2").sells("FUND", "R4").sells("METAL", "R4").sells(
            "BOND", "R1", status="CLOSED"
        )
        wishes = random.Random(8)
        for n in range(MONTHS):
            for cust, amount in held.items():
                month = self.goes.get(cust, 99)
                warns = n == month - 1
                if warns:
                    self.bank.moves(cust, "TRANSFER", amount // 10, own_name=True, opp_bank="他行")
                elif cust % 5 and n < month:
                    self.bank.logs_in(cust)
                if wishes.random() < (0.2 if cust % 5 else 0.01):
                    self.bank.signs(cust, "QUICKPAY")
                if cust % 5 > 1 and wishes.random() < (0.12 if amount > 300_000 else 0.02):
                    self.bank.holds(cust, "FUND", 3_000)
                left = amount // 20 if n >= month else amount * 9 // 10 if warns else amount
                self.bank.has_account(cust, left + rng.randint(0, 900))
            self.night(ends_later(FIRST, n))
        return self

    def night(self, day: date) -> Day:
        """A night with all that scoring reads."""
        building, earlier = self.bank.prepare(day)
        compute_features(self.engine, building, self.bank.lake, earlier, self.bank.values)
        classify(self.engine, building, self.bank.lake, earlier, self.bank.values)
        compute_around(self.engine, building, self.bank.lake, earlier, self.bank.values)
        return self.bank.lake.publish(building)
