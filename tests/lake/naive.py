"""The metrics as their definitions read, from the whole history each time: slow, plain, no engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yinke.lake.dates import add_months, month_end, month_start, months_between, quarter_start, year_start

Row = dict[str, Any]
FEN = Decimal("0.01")
PASSIVE = {
    "INTEREST",
    "FEE",
    "MATURITY",
    "AUTO_DEBIT",
    "AUTO_RENEWAL",
    "PAYROLL",
    "LOAN_DRAWDOWN",
    "LOAN_REPAYMENT",
}
INNER = {"MATURITY", "REDEMPTION", "PURCHASE", "AUTO_RENEWAL", "LOAN_DRAWDOWN", "SELF_TRANSFER"}


def fen(value: Decimal) -> Decimal:
    return value.quantize(FEN, ROUND_HALF_UP)


@dataclass
class History:
    """Each night's tables as they were, oldest first."""

    nights: list[tuple[date, dict[str, list[Row]]]] = field(default_factory=list)

    def add(self, day: date, state: dict[str, dict[Any, Row]]) -> None:
        self.nights.append(
            (day, {name: [dict(row) for row in rows.values()] for name, rows in state.items()})
        )

    def metrics(self, cust: int) -> Row:
        """The columns of FEATURES that this reckoning knows, at the newest night."""
        today, tables = self.nights[-1]
        first = self.nights[0][0]
        out = self._holdings(cust, tables)
        aum = self.daily_aum(cust)
        for key, start in (("m", month_start(today)), ("q", quarter_start(today)), ("y", year_start(today))):
            days = (today - start).days + 1
            out[f"sum_{key}"] = sum((aum(start + timedelta(n)) for n in range(days)), Decimal(0))
            out[f"{key}da"] = fen(out[f"sum_{key}"] / days)
        for n in range(1, 13):
            out[f"mda_m{n}"] = self._month(aum, add_months(month_start(today), -n), first)
        base = [self._month(aum, add_months(month_start(today), -n), first) for n in range(4, 14)]
        out["base_peak"] = max((b for b in base if b is not None), default=None)
        marks = {"aum_month_start": month_start(today), "aum_year_start": year_start(today)}
        for name, start in marks.items():
            out[name] = aum(start - timedelta(1)) if first < start else None
        then = today - timedelta(30)
        out["aum_30d_ago"] = aum(then) if first <= then else None
        old = [night for night in self.nights if night[0] <= add_months(today, -6)]
        was_there = old and any(r["cust_id"] == cust for r in old[-1][1]["customer"])
        past = History(self.nights[: len(old)])
        out["categories_6m_ago"] = past.metrics(cust)["categories"] if was_there else None
        return out | self._behaviour(cust, today) | self._categories(cust, tables, today)

    def daily_aum(self, cust: int) -> Any:
        """AUM at the end of any calendar day: the last night's; before the first night as on it, from opening on."""
        values = [(day, self._holdings(cust, tables)["aum"]) for day, tables in self.nights]
        opened = next((r["open_date"] for r in self.nights[0][1]["customer"] if r["cust_id"] == cust), None)

        def at(day: date) -> Decimal:
            known = [value for night, value in values if night <= day]
            if known:
                return known[-1]
            return values[0][1] if opened and (opened <= day) else Decimal(0)

        return at

    def _month(self, aum: Any, start: date, first: date) -> Decimal | None:
        if start < month_start(first):
            return None
        days = month_end(start).day
        return fen(sum((aum(start + timedelta(n)) for n in range(days)), Decimal(0)) / days)

    def _holdings(self, cust: int, tables: dict[str, list[Row]]) -> Row:
        rates = {r["ccy"]: r["mid_rate"] for r in tables["fx"]} | {"CNY": Decimal(1)}
        closed = {r["acct_no"] for r in tables["account"] if r["status"] == "CLOSED"}
        kinds = "demand", "time", "wealth", "fund", "insurance", "metal", "bond", "securities"
        out: Row = {kind: Decimal(0) for kind in kinds} | {"frozen": Decimal(0), "lum": Decimal(0)}
        for row in tables["balance"]:
            if row["cust_id"] == cust and row["acct_no"] not in closed:
                out[row["category"].lower()] += fen(row["balance"] * rates[row["ccy"]])
                out["frozen"] += fen(row["frozen"] * rates[row["ccy"]])
        for row in tables["holding"]:
            if row["cust_id"] == cust:
                out[row["category"].lower()] += fen(row["market_value"] * rates[row["ccy"]])
        for row in tables["loan"]:
            if row["cust_id"] == cust:
                out["lum"] += fen(row["balance"] * rates[row["ccy"]])
        for row in tables["card"]:
            if row["cust_id"] == cust and row["kind"] == "CREDIT" and row["status"] != "CLOSED":
                out["lum"] += fen(row["balance"] * rates[row["ccy"]])
        return {**out, "aum": sum((out[kind] for kind in kinds), Decimal(0))}

    def _net(self, cust: int, rows: list[Row]) -> list[Row]:
        own = [row for row in rows if row["cust_id"] == cust]
        back: dict[str, Decimal] = {}
        for row in own:
            if row.get("reverses"):
                back[row["reverses"]] = back.get(row["reverses"], Decimal(0)) + row["amount"]
        kept = [
            {**r, "amount": r["amount"] - back.get(r["txn_seq"], 0)} for r in own if not r.get("reverses")
        ]
        return [row for row in kept if row["amount"] > 0]

    def _own(self, row: Row) -> bool:
        if row["kind"] in PASSIVE or row["channel"] == "BATCH":
            return False
        own_money = bool(row.get("own_name")) and row["kind"] != "SELF_TRANSFER"
        return row["direction"] == "OUT" or row["kind"] in ("CASH", "REDEMPTION", "SECURITIES") or own_money

    def _behaviour(self, cust: int, today: date) -> Row:
        own, logins, pays = [], [], []
        for day, tables in self.nights:
            net = self._net(cust, tables["transaction"])
            own += [day] * sum(map(self._own, net))
            logins += [day] * sum(
                r["cust_id"] == cust and r["event_code"] == "LOGIN" for r in tables["channel_log"]
            )
            pays += [(day, row["amount"]) for row in tables["payroll"] if row["cust_id"] == cust]
        rates = {r["ccy"]: r["mid_rate"] for r in self.nights[-1][1]["fx"]} | {"CNY": Decimal(1)}
        moved = {"IN": Decimal(0), "OUT": Decimal(0)}
        for row in self._net(cust, self.nights[-1][1]["transaction"]):
            left_out = INNER | ({"HOUSE", "LOAN_REPAYMENT", "TAX"} if row["direction"] == "OUT" else set())
            if row["kind"] not in left_out:
                moved[row["direction"]] += fen(row["amount"] * rates[row["ccy"]])
        sums = [sum((a for d, a in pays if months_between(d, today) == n), Decimal(0)) for n in range(4)]
        paid_months = [value for value in sums[1:] if value]
        last_paid = max((day for day, _ in pays), default=None)
        before = [day for day in own + logins if day < today]
        return {
            "last_txn": max(own, default=None), "last_login": max(logins, default=None),
            "prev_active": max(before, default=None),
            "txns_90d": sum((today - day).days < 90 for day in own),
            **{f"logins_m{n}": sum(months_between(d, today) == n for d in logins) for n in range(4)},
            **{f"payrolls_m{n}": sum(months_between(d, today) == n for d, _ in pays) for n in range(5)},
            **{f"payroll_sum_m{n}": value for n, value in enumerate(sums)},
            "payroll_3m": fen(sum(paid_months, Decimal(0)) / len(paid_months)) if paid_months else None,
            "first_payroll": min((day for day, _ in pays), default=None), "last_payroll": last_paid,
            "payroll_last": sum((a for d, a in pays if d == last_paid), Decimal(0)) if pays else None,
            "is_payroll": bool(last_paid and last_paid > add_months(today, -3)),
            "in_today": moved["IN"], "out_today": moved["OUT"],
        }  # fmt: skip

    def _categories(self, cust: int, tables: dict[str, list[Row]], today: date) -> Row:
        def of(name: str) -> list[Row]:
            return [row for row in tables[name] if row["cust_id"] == cust]

        held = {f"has_{r['category'].lower()}" for r in of("account") if r["status"] != "CLOSED"}
        held |= {f"has_{r['category'].lower()}" for r in of("holding") if r["market_value"] > 0}
        held |= {"has_credit_card" for r in of("card") if r["kind"] == "CREDIT" and r["status"] != "CLOSED"}
        names = {"CONSUMER": "has_consumer_loan", "MORTGAGE": "has_mortgage"}
        held |= {names[r["kind"]] for r in of("loan") if r["balance"] > 0 and r["kind"] in names}
        on = {r["service"] for r in of("signup") if r["status"] == "ON"}
        held |= (
            {"has_signup"}
            if on & {"SECURITIES", "QUICKPAY", "MOBILE_BANK"} or "has_securities" in held
            else set()
        )
        held |= {"has_payroll"} if "PAYROLL" in on or self._behaviour(cust, today)["is_payroll"] else set()
        return {"categories": len(held - {"has_securities"}), "accounts": len(of("account"))}
