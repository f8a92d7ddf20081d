"""The product shelf, deposit rates and how prices move.

Rates are those of mid-size Chinese banks in 2025: demand 0.05 %, time 0.9 to 1.6 % by term. Equity funds
swing 20 % a year, bond funds 2 %, gold 14 %; wealth products of R2 fell by about 1 % in a fortnight once a
bond market turned (November 2022), which happens here once a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yinke.demo.generate.draws import LEVELS, Draws, Floats, Ints, normal_levels

DEMAND_RATE, USD_RATE = 500, 8_000
"""Millionths a year."""
TERMS = np.array([3, 6, 12, 24, 36], dtype=np.int64)
TERM_RATES = np.array([9_000, 11_000, 13_000, 14_000, 16_000], dtype=np.int64)
CERTIFICATE_PLUS = 1_500
"""大额存单 (from 200,000 yuan) pays 15 basis points more."""

CLOSED, OPEN, FUND, FUND2, INSURANCE, METAL, BOND, SECURITIES = range(8)
"""What each of a customer's eight holding slots is for: 封闭理财, 现金管理, 基金 ×2, 保险, 贵金属, 国债/信托, 三方存管."""
SLOTS = 8


@dataclass(frozen=True)
class Product:
    """One product: ``drift`` and ``swing`` are yearly; ``term`` in days, 0 = open."""

    code: str
    name: str
    slot: int
    risk: int
    issuer: str
    term: int = 0
    drift: float = 0.0
    swing: float = 0.0
    start: float = 1.0


def _shelf() -> tuple[Product, ...]:
    own, funds, insurer = (
        "银客理财",
        ("华安", "易方达", "汇添富", "南方", "嘉实", "富国", "博时", "招商"),
        "安康人寿",
    )
    shelf = [
        Product(f"CL{days:03d}R{risk}", f"稳享{['', '', '固收', '固收增强', '混合'][risk]}{days}天", CLOSED, risk, own, days,
                0.022 + 0.004 * risk, 0.001 * risk**2)
        for risk in (2, 3) for days in (63, 91, 182, 273, 364, 546)
    ]  # fmt: skip
    shelf += [
        Product("OPEN01", "日日盈现金管理1号", OPEN, 1, own, 0, 0.017, 0.0002),
        Product("OPEN02", "日日盈现金管理2号", OPEN, 1, own, 0, 0.018, 0.0002),
        Product("OPEN03", "周周享债券7天", OPEN, 2, own, 0, 0.024, 0.006),
        Product("OPEN04", "月月悦固收30天", OPEN, 2, own, 0, 0.026, 0.007),
    ]
    kinds = (
        ("债券", 2, 0.028, 0.02),
        ("沪深300指数", 4, 0.05, 0.19),
        ("医药混合", 4, 0.04, 0.22),
        ("成长股票", 5, 0.05, 0.24),
    )
    for slot in (FUND, FUND2):
        for n in range(8):
            kind, risk, drift, swing = kinds[n % 4]
            shelf.append(Product(
                f"F{slot}{n:03d}", f"{funds[n]}{kind}{'A' if slot == FUND else 'C'}", slot, risk, f"{funds[n]}基金", 0,
                drift, swing, 0.8 + 0.25 * n,
            ))  # fmt: skip
    shelf += [
        Product("INS01", "安康终身寿险", INSURANCE, 1, insurer), Product("INS02", "安康年金保险", INSURANCE, 1, insurer),
        Product("INS03", "福满两全保险", INSURANCE, 1, insurer),
        Product("AU01", "积存金", METAL, 3, "银客银行", 0, 0.06, 0.14, 900.0),
        Product("AG01", "积存银", METAL, 4, "银客银行", 0, 0.05, 0.26, 11.5),
        Product("GB3Y", "储蓄国债三年期", BOND, 1, "财政部"), Product("GB5Y", "储蓄国债五年期", BOND, 1, "财政部"),
        Product("TR24", "恒信集合资金信托24个月", BOND, 3, "恒信信托", 0, 0.05, 0.0),
        Product("SEC01", "证券保证金", SECURITIES, 1, "三方存管"),
    ]  # fmt: skip
    return tuple(shelf)


SHELF = _shelf()
CODES = np.array([p.code for p in SHELF])
RISK = np.array([p.risk for p in SHELF], dtype=np.int64)
TERM_DAYS = np.array([p.term for p in SHELF], dtype=np.int64)
OF_SLOT = tuple(
    np.array([n for n, p in enumerate(SHELF) if p.slot == slot], dtype=np.int64) for slot in range(SLOTS)
)
CATEGORY = np.array(["1", "1", "2", "2", "3", "4", "5", "6"])
"""PROD_TYPE of each slot."""
TRUST = next(n for n, p in enumerate(SHELF) if p.code == "TR24")


class Prices:
    """Net asset values in millionths of a yuan; they move on workdays only."""

    def __init__(self, draws: Draws, first: int) -> None:
        self.draws = draws
        self.first = first
        self._nav: Floats = np.array([p.start for p in SHELF])
        self.nav: Ints = self._whole()
        self._common_swing = np.array([p.slot in (FUND, FUND2) and p.risk >= 4 for p in SHELF])
        self._falls = np.array([p.slot in (CLOSED, OPEN) and p.risk >= 2 for p in SHELF])

    def _whole(self) -> Ints:
        return (np.round(self._nav * 10_000) * 100).astype(np.int64)

    def move(self, day: int, workday: bool) -> None:
        """Go on to ``day`` (each day in turn)."""
        if not workday:
            return
        ids = np.arange(len(SHELF), dtype=np.uint64)
        levels = normal_levels()
        shock = levels[(self.draws.bits("nav", ids, day) >> np.uint64(52)).astype(np.int64)]
        market = levels[int(self.draws.number("market", day) * LEVELS)]
        shock = np.where(self._common_swing, 0.75 * market + 0.66 * shock, shock)
        drift = np.array([p.drift for p in SHELF])
        swing = np.array([p.swing for p in SHELF])
        change = drift / 250 + swing / 250**0.5 * shock
        since = (day - self.first) % 365
        bad = 60 + int(self.draws.number("bond-fall", (day - self.first) // 365) * 200)
        if 0 <= since - bad < 14:
            change = change - np.where(self._falls, 0.0013, 0.0)
        self._nav = self._nav * (1 + change)
        self.nav = self._whole()
