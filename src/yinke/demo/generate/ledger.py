"""One range of customers on one day: their money before, what moves, and which records change.

All that goes out today is limited by what lay there at the day's beginning, so no order of the day's payments
makes a balance negative; and a balance after is always the balance before plus or minus the amount.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yinke.demo.generate.days import Today
from yinke.demo.generate.draws import Bools, Floats, Ids, Ints
from yinke.demo.generate.state import DEMAND, DEPOSITS, Column, Customers, World

OWN, PERSON, EMPLOYER, MERCHANT, BANK, FAMILY = range(-1, -7, -1)
"""Whose name stands as the counterparty."""


@dataclass(frozen=True)
class Code:
    """A kind of booking as the core bank writes it."""

    txn: str
    summary: str
    channel: str
    party: int
    other_bank: bool
    remark: str


CODES: dict[str, Code] = {
    "pay": Code("2001", "XF", "06", MERCHANT, False, "快捷支付"),
    "pos": Code("2001", "XF", "04", MERCHANT, False, "POS消费"),
    "reverse": Code("2001", "CZ", "06", MERCHANT, False, "冲正"),
    "payroll": Code("3001", "DFGZ", "07", EMPLOYER, False, "代发工资"),
    "pension": Code("9999", "YLJ", "07", BANK, False, "养老金"),
    "transfer_in": Code("1001", "ZR", "02", PERSON, True, "转账"),
    "transfer_out": Code("1001", "ZC", "02", PERSON, True, "转账"),
    "family_out": Code("1001", "ZC", "02", FAMILY, False, "转给家人"),
    "family_in": Code("1001", "ZR", "02", FAMILY, False, "家人转入"),
    "own_in": Code("1001", "BRZR", "02", OWN, True, "本人他行转入"),
    "own_out": Code("1001", "BRZC", "02", OWN, True, "本人转他行"),
    "cash_in": Code("1002", "XJCR", "01", BANK, False, "现金存入"),
    "cash_out": Code("1002", "XJZQ", "03", BANK, False, "ATM取款"),
    "interest": Code("4001", "JX", "07", BANK, False, "结息"),
    "td_interest": Code("4001", "DQLX", "07", BANK, False, "定期利息"),
    "mature": Code("5001", "DQDQ", "07", OWN, False, "定期到期转出"),
    "matured": Code("5001", "DQDQ", "07", OWN, False, "定期到期入账"),
    "renew": Code("5002", "ZDZC", "07", OWN, False, "到期自动转存"),
    "break": Code("1003", "TQZQ", "02", OWN, False, "定期提前支取"),
    "to_deposit": Code("1003", "HZD", "02", OWN, False, "活期转定期"),
    "self": Code("1003", "BRHZ", "02", OWN, False, "本人账户互转"),
    "buy": Code("6001", "SG", "02", BANK, False, "产品申购"),
    "redeem": Code("6002", "SH", "07", BANK, False, "产品赎回"),
    "wealth_due": Code("5001", "LCDQ", "07", BANK, False, "理财到期"),
    "drawdown": Code("7001", "DKFF", "07", BANK, False, "贷款发放"),
    "repay": Code("7002", "DKHK", "07", BANK, False, "贷款还款"),
    "prepay": Code("7002", "TQHK", "02", BANK, False, "提前还款"),
    "card_repay": Code("2002", "XYK", "07", BANK, False, "信用卡自动还款"),
    "utility": Code("2002", "DK", "07", MERCHANT, False, "代扣缴费"),
    "house": Code("2003", "GF", "01", PERSON, True, "购房款"),
    "tax": Code("2004", "JS", "02", BANK, False, "缴税"),
    "to_broker": Code("8001", "YZZ", "02", OWN, False, "银证转账转出"),
    "from_broker": Code("8001", "ZZY", "02", OWN, False, "银证转账转入"),
}
NAMES = tuple(CODES)
NUMBER = {name: n for n, name in enumerate(NAMES)}


@dataclass
class Bookings:
    """The day's bookings of a range, sorted by customer, account and time; money in fen."""

    who: Ints
    slot: Ints
    amount: Ints
    code: Ints
    second: Ints
    party: Ids
    after: Ints
    rank: Ints
    """Position within the customer's day."""
    reverses: Ints
    """Rank of the booking that this one cancels, -1 = none."""


class Live:
    """A range of customers on one day."""

    def __init__(self, world: World, part: Customers, today: Today) -> None:
        self.world, self.part, self.today, self.day = world, part, today, today.day
        self.draws, self.ids = world.draws, part.ids
        self.alive: Bools = part.closed == 0
        self.cash: Ints = np.where(self.alive, part.bal[:, 0], 0)
        length = np.maximum(part.gone - part.onset, 1)
        self.leaving: Bools = part.onset <= self.day
        self.left: Bools = part.gone <= self.day
        self.progress: Floats = np.where(self.leaving, np.clip((self.day - part.onset) / length, 0, 1), 0.0)
        window = self.draws.below("quiet", self.ids, 0.05, self.day // 40)
        self.activity: Floats = (
            np.where(self.left, 0.03, 1 - 0.8 * self.progress) * np.where(window, 0.08, 1) * self.alive
        )
        self._parcels: list[tuple[Ints, Ints, Ints, Ints, Ints, Ids]] = []
        self.changed_customer: Bools = part.changed_customer
        self.changed_account: npt.NDArray[np.bool_] = part.changed_account
        self.changed_loan: npt.NDArray[np.bool_] = part.changed_loan
        self.changed_card: Bools = part.changed_card
        self.renewed_card: Bools = np.zeros(part.count, dtype=bool)
        self.changed_service: Column = part.changed_service
        self.paid: tuple[Ints, Ints] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        """(customers, amounts) paid by their employers today."""
        self.views: list[tuple[Ints, str]] = []
        """(customers, page) to be written to the channel log."""

    def chance(self, purpose: str, share: float | Floats) -> Bools:
        """Who draws the lot today."""
        return self.draws.below(purpose, self.ids, share, self.day)

    def book(
        self,
        who: Ints,
        amount: Ints,
        code: str,
        second: int | Ints,
        *,
        slot: int | Ints = 0,
        party: Ids | None = None,
    ) -> None:
        """Book amounts (signed fen) on accounts of customers ``who`` (each at most once)."""
        if not len(who):
            return
        amount = np.asarray(amount, dtype=np.int64)
        if isinstance(slot, int):
            self.part.bal[who, slot] += amount
        else:
            np.add.at(self.part.bal, (who, slot), amount)
        self._parcel(who, amount, code, second, slot, party)

    def _parcel(
        self, who: Ints, amount: Ints, code: str, second: int | Ints, slot: int | Ints, party: Ids | None
    ) -> None:
        count = len(who)
        salt = np.uint64(NUMBER[code] + 1) << np.uint64(44)
        if party is None:
            party = self.draws.bits("party", self.ids[who] + salt, self.day // 30)
        if isinstance(second, int):  # a time of that hour, spread over two hours
            second = second * 3600 + self.draws.whole("second", self.ids[who] + salt, 7200, self.day)
        self._parcels.append((
            who.astype(np.int64), np.broadcast_to(np.asarray(slot, dtype=np.int64), count), amount,
            np.full(count, NUMBER[code], dtype=np.int64), np.asarray(second, dtype=np.int64), party,
        ))  # fmt: skip

    def pay(self, mask: Bools, amount: Ints, code: str, second: int | Ints) -> Ints:
        """Pay out of the demand accounts of those who can; says who did."""
        who = np.flatnonzero(mask & (amount <= self.cash) & (amount > 0))
        self.cash[who] -= amount[who]
        self.book(who, -amount[who], code, second if isinstance(second, int) else second[who])
        return who

    def receive(self, mask: Bools, amount: Ints, code: str, second: int | Ints) -> Ints:
        """Pay into demand accounts; says to whom."""
        who = np.flatnonzero(mask & (amount > 0))
        self.book(who, amount[who], code, second if isinstance(second, int) else second[who])
        return who

    def spend(self, who: Ints, amount: Ints, code: Ints, second: Ints, party: Ids) -> None:
        """Many small payments; what the day's opening balance no longer covers is not made.

        ``who`` must be sorted.
        """
        total = np.cumsum(amount)
        first = np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if len(who) else np.zeros(0, dtype=np.int64)
        before = np.repeat((total - amount)[first], np.diff(np.r_[first, len(who)]))
        fits = total - before <= self.cash[who]
        who, amount = who[fits], amount[fits]
        sums = np.bincount(who, weights=amount, minlength=self.part.count).astype(np.int64)
        self.cash -= sums
        self.part.bal[:, 0] -= sums
        self._parcels.append(
            (who, np.zeros(len(who), dtype=np.int64), -amount, code[fits], second[fits], party[fits])
        )

    def newest(self) -> tuple[Ints, Ints, Ints, Ids]:
        """(customers, amounts, seconds, parties) of the bookings made last."""
        who, _, amount, _, second, party = self._parcels[-1]
        return who, amount, second, party

    def bookings(self) -> Bookings:
        """All of the day's bookings with the balance after each."""
        if not self._parcels:
            none = np.zeros(0, dtype=np.int64)
            return Bookings(none, none, none, none, none, none.astype(np.uint64), none, none, none)
        who, slot, amount, code, second, party = (
            np.concatenate(column) for column in zip(*self._parcels, strict=True)
        )
        self._parcels = []
        accounts = DEMAND + DEPOSITS
        order = np.argsort((who * accounts + slot) * 131_072 + second, kind="stable")
        who, slot, amount, code, second, party = (
            column[order] for column in (who, slot, amount, code, second, party)
        )
        key = who * accounts + slot
        start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        sizes = np.diff(np.r_[start, len(key)])
        running = np.cumsum(amount)
        group_end = np.repeat(running[start + sizes - 1], sizes)
        after = self.part.bal[who, slot] - (group_end - running)
        owner = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
        rank = np.arange(len(who)) - np.repeat(owner, np.diff(np.r_[owner, len(who)]))
        reverses = np.full(len(who), -1, dtype=np.int64)
        back = np.flatnonzero(code == NUMBER["reverse"])
        for step in (1, 2, 3, 4, 5, 6, 7, 8):
            at = np.maximum(back - step, 0)
            fits = (
                (reverses[back] < 0)
                & (amount[at] == -amount[back])
                & (party[at] == party[back])
                & (key[at] == key[back])
            )
            reverses[back[fits]] = rank[at[fits]]
        return Bookings(who, slot, amount, code, second, party, after, rank, reverses)
