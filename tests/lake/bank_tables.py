"""A small bank for tests of the lake: told in verbs, written as a day's canonical tables, night by night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yinke.common.thresholds import Thresholds
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.sealing import seal_rows
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES
from yinke.segments.classify import classify

DEFAULTS = Thresholds.load().at(date(2026, 1, 1))
JOURNALS = ("transaction", "payroll", "channel_log")

Row = dict[str, Any]


@dataclass
class Bank:
    """State stays from night to night as the bank keeps it; journals are emptied by each night.

    A customer is a number; his main account has the same number, more accounts are named.
    """

    root: Path
    engine: Engine
    values: Mapping[str, Any] = field(default_factory=lambda: DEFAULTS)
    state: dict[str, dict[Any, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    missing: set[str] = field(default_factory=set)
    """Tables that this bank does not send."""

    def __post_init__(self) -> None:
        self.lake = Lake(self.root)
        self._count = 0

    def has_customer(self, cust: int, opened: date = date(2020, 1, 1), **more: Any) -> Bank:
        row = {
            "cust_no": f"C{cust}",
            "name": "客户",
            "open_org": "1101",
            "open_date": opened,
            "status": "NORMAL",
        }
        return self._put("customer", cust, {"cust_id": cust, **row, **more})

    def has_account(
        self, cust: int, balance: str | int = 0, acct: Any = None, category: str = "DEMAND", ccy: str = "CNY",
        frozen: str | int = 0, **more: Any,
    ) -> Bank:  # fmt: skip
        no = f"A{acct or cust}"
        row = {"cust_id": cust, "acct_no": no, "cust_no": f"C{cust}", "category": category, "ccy": ccy}
        self._put("account", no, {**row, "open_date": date(2020, 1, 1), "status": "NORMAL", **more})
        money = {"balance": Decimal(balance), "frozen": Decimal(frozen)}
        return self._put(
            "balance", no, {"cust_id": cust, "category": category, "acct_no": no, "ccy": ccy, **money}
        )

    def holds(self, cust: int, category: str, value: str | int, prod: str = "P1", **more: Any) -> Bank:
        row = {"cust_id": cust, "cust_no": f"C{cust}", "prod_code": prod, "category": category, "ccy": "CNY"}
        more = {
            k: Decimal(v) if k in ("share", "nav", "cost") and v is not None else v for k, v in more.items()
        }
        return self._put("holding", (cust, prod), {**row, "market_value": Decimal(value), **more})

    def owes(self, cust: int, kind: str, balance: str | int, ccy: str = "CNY", **more: Any) -> Bank:
        row = {"cust_id": cust, "loan_no": f"L{cust}{kind}", "cust_no": f"C{cust}", "kind": kind, "ccy": ccy}
        return self._put("loan", (cust, kind), {**row, "balance": Decimal(balance), **more})

    def sells(self, category: str, risk: str, prod: str = "", status: str = "ON_SALE") -> Bank:
        row = {
            "prod_code": prod or f"{category}{risk}",
            "name": category,
            "category": category,
            "risk_level": risk,
        }
        return self._put("product", row["prod_code"], {**row, "status": status})

    def has_card(
        self, cust: int, kind: str = "CREDIT", balance: str | int = 0, status: str = "NORMAL"
    ) -> Bank:
        row = {
            "cust_id": cust,
            "card_no": f"K{cust}{kind}",
            "cust_no": f"C{cust}",
            "kind": kind,
            "ccy": "CNY",
        }
        return self._put("card", (cust, kind), {**row, "balance": Decimal(balance), "status": status})

    def signs(self, cust: int, service: str, status: str = "ON") -> Bank:
        row = {"cust_id": cust, "cust_no": f"C{cust}", "service": service, "status": status}
        return self._put("signup", (cust, service), row)

    def rate(self, ccy: str, mid: str) -> Bank:
        return self._put("fx", ccy, {"ccy": ccy, "mid_rate": Decimal(mid)})

    def moves(self, cust: int, kind: str, amount: str | int, direction: str = "OUT", **more: Any) -> str:
        """A transaction of the night to come; returns its sequence."""
        self._count += 1
        seq = more.pop("seq", f"S{self._count}")
        row = {
            "cust_id": cust,
            "txn_date": None,
            "txn_seq": seq,
            "acct_no": f"A{cust}",
            "direction": direction,
        }
        row |= {"amount": Decimal(amount), "ccy": "CNY", "kind": kind, "channel": "APP", **more}
        self._put("transaction", seq, row)
        return str(seq)

    def is_paid(self, cust: int, amount: str | int, unit: str = "U1", batch: str = "B1") -> Bank:
        row = {
            "cust_id": cust,
            "batch_no": batch,
            "unit_no": unit,
            "cust_no": f"C{cust}",
            "amount": Decimal(amount),
        }
        return self._put("payroll", (batch, cust), {**row, "pay_date": None})

    def logs_in(self, cust: int, channel: str = "APP", event: str = "LOGIN") -> Bank:
        self._count += 1
        row = {
            "cust_id": cust,
            "cust_no": f"C{cust}",
            "channel": channel,
            "event_code": event,
            "event_at": None,
        }
        return self._put("channel_log", self._count, {**row, "session_id": str(self._count)})

    def night(self, day: date) -> dict[int, Row]:
        """Run the night of a date and publish it: its snapshot, by customer."""
        building, earlier = self.prepare(day)
        compute_features(self.engine, building, self.lake, earlier, self.values)
        classify(self.engine, building, self.lake, earlier, self.values)
        published = self.lake.publish(building)
        return {row["cust_id"]: row for row in pq.read_table(published.path("snapshot")).to_pylist()}

    def prepare(self, day: date) -> tuple[Building, Day | None]:
        """Write the day's canonical tables; journals are emptied."""
        building = self.lake.build(day)
        stamps = {"txn_date": day, "pay_date": day, "event_at": datetime(day.year, day.month, day.day, 10)}
        for name, table in TABLES.items():
            if name in self.missing:
                continue
            rows = [{k: stamps.get(k) if v is None and k in stamps else v for k, v in row.items()}
                    for row in self.state[name].values()]  # fmt: skip
            plain = pa.Table.from_pylist(rows, schema=table.arrow_schema())
            written = seal_rows(plain, name, self.lake.keys)
            with building.writing(name) as path:
                pq.write_table(written.sort_by([(c, "ascending") for c in table.sort]), path)
        for name in JOURNALS:
            self.state[name].clear()
        return building, self.lake.latest(before=day)

    def _put(self, table: str, key: Any, row: Row) -> Bank:
        self.state[table][key] = row
        return self
