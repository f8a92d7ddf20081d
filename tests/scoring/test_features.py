"""What is known of a customer at a day's end, each feature reckoned in plain Python from a made-up life."""

from __future__ import annotations

import math
import random
import shutil
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import pstdev
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.scoring.bank import FIRST
from tests.scoring.test_churn import by_customer, night
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.label import ends_later
from yinke.scoring.value.features import observe as observe_all

LIVES = range(1, 61)
DATES = [*(ends_later(FIRST, n) for n in range(8)), date(2025, 9, 12)]
RATE = 7.25
NOT_IN, NOT_OUT = set(DEFAULTS["flow.not_in"]), set(DEFAULTS["flow.not_out"])


class Lives:
    """Sixty lives of nine nights: what each night brought, as the bank was told."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.bank = Bank(root, engine, DEFAULTS).rate("USD", f"{RATE}")
        self.came: dict[tuple[int, date], float] = defaultdict(float)
        self.went: dict[tuple[int, date], float] = defaultdict(float)
        self.own: dict[tuple[int, date], list[float]] = defaultdict(list)
        self.logins: dict[tuple[int, date], int] = defaultdict(int)
        self.salaries: dict[int, list[tuple[date, float]]] = defaultdict(list)
        self.due: dict[int, list[tuple[date, float]]] = defaultdict(list)
        self.stands: dict[date, dict[int, dict[str, Any]]] = {}
        rng = random.Random(23)
        for cust in LIVES:
            self._begins(cust, rng)
        for day in DATES:
            for cust in LIVES:
                self._lives(cust, day, rng)
            self.bank.rate("USD", f"{RATE}")
            night(self.bank, day)
            path = self.bank.lake.day(day).path("snapshot")  # type: ignore[union-attr]
            self.stands[day] = {row["cust_id"]: row for row in pq.read_table(path).to_pylist()}

    def _begins(self, cust: int, rng: random.Random) -> None:
        young = cust % 12 == 0  # with the bank for too short a time
        self.bank.has_customer(
            cust, opened=date(2025, 5, 1) if young else date(2010 + cust % 12, 4, 2), birth_date=date(1945 + cust, 6, 30),
            status="FROZEN" if cust == 7 else "NORMAL",
        )  # fmt: skip
        for n in range(cust % 4):
            maturity, amount = (
                date(2025, 8, 25) + timedelta(days=rng.randint(0, 125)),
                rng.randint(1, 30) * 1_000,
            )
            if (cust, n) in ((1, 0), (2, 0)):
                maturity = DATES[-1] + timedelta(
                    days=30 * (cust - 1)
                )  # on the day itself; on the last day of thirty
            closed, dollars = n == 2 and cust % 3 == 0, n == 1 and cust % 2 == 0
            self.bank.has_account(
                cust, amount, f"{cust}t{n}", "TIME", "USD" if dollars else "CNY", maturity=maturity,
                status="CLOSED" if closed else "NORMAL", auto_renew=rng.random() < 0.3,
            )  # fmt: skip
            if not closed:
                self.due[cust].append((maturity, amount * (RATE if dollars else 1)))
        if cust % 5 == 0:
            maturity = date(2025, 9, 12) + timedelta(days=rng.randint(0, 100))
            self.bank.holds(cust, "WEALTH", 20_000, maturity=maturity)
            self.due[cust].append((maturity, 20_000))

    def _lives(self, cust: int, day: date, rng: random.Random) -> None:
        n = DATES.index(day)
        kept = rng.choice((1.0, 0.9, 1.15))
        if cust % 6 == 1:  # gone on one of the days that are looked at
            kept = 0.4 if day >= DATES[-2 if cust % 4 == 1 else -1] else kept
        elif cust % 6 == 2:  # less each month
            kept = 0.88 ** (n - 2)
        elif cust % 6 == 3:  # less in two months, not in three
            kept = (0.9, 1.0, 0.8, 0.6)[min(max(n - 2, 0), 3)]
        held = (20_000 if cust % 10 == 0 else 150_000) * (1 + cust / 30) * kept
        self.bank.has_account(cust, int(held))
        for _ in range(rng.randint(0, 3)):
            kind = rng.choice(("TRANSFER", "CONSUME", "HOUSE", "MATURITY", "SELF_TRANSFER", "TAX"))
            amount, inward = rng.randint(1, 40) * 250, rng.random() < 0.5
            if inward:
                self.bank.moves(cust, kind, amount, "IN")
                self.came[cust, day] += 0 if kind in NOT_IN else amount
            else:
                own = kind == "TRANSFER" and rng.random() < 0.6
                self.bank.moves(cust, kind, amount, **({"own_name": True, "opp_bank": "他行"} if own else {}))
                self.went[cust, day] += 0 if kind in NOT_OUT else amount
                self.own[cust, day] += [amount] if own else []
        for _ in range(rng.randint(0, 4) if cust % 8 else 0):
            self.bank.logs_in(cust)
            self.logins[cust, day] += 1
        if cust % 3 == 0 and n < (9 if cust % 2 else 6) and not (cust % 9 == 0 and n == 3):
            amount = rng.randint(50, 120) * 100
            self.bank.is_paid(cust, amount, batch=f"B{n}")
            self.salaries[cust].append((day, amount))

    def expected(self, cust: int, day: date) -> dict[str, float | None]:
        """All features of a customer, as docs and code say in words."""
        row, n = self.stands[day][cust], DATES.index(day)
        passed = day.day / ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
        ends = DATES[n::-1]  # this month so far, and the months before
        mda = [float(self.stands[end][cust]["mda"]) for end in ends]
        rolled = [
            passed * new + (1 - passed) * old for new, old in zip(mda, [*mda[1:], math.nan], strict=True)
        ]
        if passed == 1:
            rolled = mda
        months = [r for r in rolled if not math.isnan(r)]
        seen = [self.logins[cust, end] for end in ends]
        logins = [
            seen[0] + (1 - passed) * seen[1],
            *(passed * a + (1 - passed) * b for a, b in pairwise(seen[1:])),
        ]
        logins = [float(count) for count in seen] if passed == 1 else logins
        aum, base = float(row["aum"]), sum(months[:3]) / 3
        then = float(row["aum_30d_ago"])

        def ratio(part: float, whole: float) -> float | None:
            return part / whole if whole > 0 else None

        def of_month(found: dict[tuple[int, date], float]) -> float:
            return found[cust, day] + (1 - passed) * found[cust, ends[1]]

        def since(then: date | None) -> float | None:
            return None if then is None else (day - then).days

        own = [sum(self.own[cust, end]) for end in ends[:2]], [len(self.own[cust, end]) for end in ends[:2]]
        due = {
            span: sum(a for on, a in self.due[cust] if day < on <= day + timedelta(days=span))
            for span in (30, 60, 90)
        }
        lately = [amount for on, amount in self.salaries[cust] if on in ends[:4]]
        last = next((paid for paid in reversed(self.salaries[cust]) if paid[0] <= day), None)
        return {
            "mda": months[0], "aum_to_base": ratio(aum, base), "aum_to_peak": ratio(aum, max(months)),
            "slope_3m": (months[0] - months[3]) / (months[3] + 10_000), "slope_6m": (months[0] - months[6]) / (months[6] + 10_000),
            "swing_6m": ratio(pstdev(months[:6]), sum(months[:6]) / 6), "drop_30d": ratio(then - aum, then),
            **{f"{kind}_share": ratio(float(row[kind]), aum) for kind in ("demand", "time", "wealth", "fund")},
            **{f"maturing_{span}d": ratio(amount, aum) for span, amount in due.items()},
            "net_flow": ratio(of_month(self.came) - of_month(self.went), base),
            "own_out": ratio(own[0][0] + (1 - passed) * own[0][1], base), "own_out_txns": own[1][0] + (1 - passed) * own[1][1],
            "payroll_months": None if last is None else max((day - last[0]).days - 31, 0) / 30,
            "payroll_trend": None if last is None or not lately else last[1] / (sum(lately) / len(lately)),
            "login_days": since(row["last_login"]), "login_trend": ratio(logins[0], sum(logins[:3]) / 3), "txn_days": since(row["last_txn"]),
            "txns_90d": row["txns_90d"], "categories": row["categories"],
            "categories_change": None if row["categories_6m_ago"] is None else row["categories"] - row["categories_6m_ago"],
            "open_accounts": row["open_accounts"], "debt_to_aum": 0.0, "tier": row["tier"], "below_months": row["tier_below_months"],
            "tenure_years": (day - row["open_date"]).days / 365.25, "age": (day - row["birth_date"]).days / 365.25,
        }  # fmt: skip

    def falls(self, cust: int, day: date) -> bool:
        """The rule E05: a fall within 30 days, or three months in a row each less than the one before, by enough in all."""
        n = DATES.index(day)
        aum, then = (float(self.stands[day][cust][name]) for name in ("aum", "aum_30d_ago"))
        first = 1 if day == DATES[-1] else 0  # whole months before this one
        whole = [float(self.stands[end][cust]["mda"]) for end in DATES[n - first :: -1]]
        m1, m2, m3, m4 = whole[:4] if first else whole[1:5]
        v = {
            name: float(DEFAULTS[f"E05.{name}"])
            for name in ("drop_floor", "drop_share", "months_floor", "months_share")
        }
        fell = then - aum + 0.005
        slid = m4 > m3 > m2 > m1 and m4 - m1 + 0.005 >= max(v["months_floor"], m4 * v["months_share"])
        return slid or (fell >= v["drop_floor"] and fell >= then * v["drop_share"])


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory, duck: Engine) -> Lives:
    return Lives(tmp_path_factory.mktemp("lives") / "lake", duck)


@pytest.mark.parametrize("day", DATES[-2:])
def test_each_feature_is_what_its_name_says(lives: Lives, day: date) -> None:
    bank = lives.bank
    found = by_customer(bank, observe(bank.engine, bank.lake.day(day), bank.lake, DEFAULTS))  # type: ignore[arg-type]
    scored = {c for c in LIVES if c != 7 and c % 12 and lives.expected(c, day)["mda"] >= 50_000}  # type: ignore[operator]
    assert found.keys() == scored and 20 < len(scored) < 55
    differs: dict[str, set[Any]] = defaultdict(set)
    for cust, row in found.items():
        expected = lives.expected(cust, day)
        assert expected.keys() == {feature.name for feature in FEATURES}
        for name, value in expected.items():
            told = row[f"f_{name}"]
            assert told == (None if value is None else pytest.approx(value, rel=1e-6, abs=1e-6)), (cust, name)
            differs[name].add(told)
    flat = {name for name, told in differs.items() if len(told) < 2}
    assert flat <= {"fund_share", "debt_to_aum", "below_months", "categories_change"}, (
        flat
    )  # the others were put to the test
    rule = {cust for cust, row in found.items() if row["rule_e05"]}
    assert rule == {cust for cust in found if lives.falls(cust, day)} and 0 < len(rule) < len(found)


@pytest.mark.parametrize("day", DATES[-2:])
def test_of_everybody_it_is_told_of_whom_churn_speaks(lives: Lives, day: date) -> None:
    bank = lives.bank
    told = by_customer(bank, observe_all(bank.engine, bank.lake.day(day), bank.lake, DEFAULTS))  # type: ignore[arg-type]
    scored = by_customer(bank, observe(bank.engine, bank.lake.day(day), bank.lake, DEFAULTS))  # type: ignore[arg-type]
    assert told.keys() == set(LIVES) - {7}  # who is frozen is proposed nothing
    assert {cust for cust, row in told.items() if row["population"]} == scored.keys() != told.keys()
    for cust, row in scored.items():
        assert {name: told[cust][name] for name in row if name.startswith("f_")} == {
            name: value for name, value in row.items() if name.startswith("f_")
        }


def test_what_was_not_sent_is_not_known(lives: Lives, tmp_path: Path) -> None:
    shutil.copytree(lives.bank.lake.root, tmp_path / "lake", symlinks=True)
    lake, day = Lake(tmp_path / "lake"), DATES[-1]
    for name in ("flow", "own_out"):
        lake.day(day).path(name).unlink()  # type: ignore[union-attr]
    found = by_customer(lives.bank, observe(lives.bank.engine, lake.day(day), lake, DEFAULTS))  # type: ignore[arg-type]
    assert found and all(
        row[f"f_{name}"] is None for row in found.values() for name in ("net_flow", "own_out", "own_out_txns")
    )
