"""A small bank for the event tests: tables and snapshot written straight to a lake, day after day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yinke.care.events import detect_events
from yinke.care.events.registry import EVENT_TYPES
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import Engine
from yinke.lake.sealing import seal_rows
from yinke.lake.snapshot import SNAPSHOT, arrow_schema
from yinke.lake.store import Building, Day, Lake
from yinke.lake.tables import TABLES
from yinke.scoring.churn.score_table import SCORE

Row = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One row of ``events`` with its payload read."""

    dedup_key: str
    type: str
    cust_id: int
    biz_date: date
    object: str
    priority: int
    expire_on: date
    amount: Decimal | None
    payload: Row

    @property
    def case(self) -> str:
        return str(self.payload.get("case"))


class Bank:
    """Verbs add rows and give them back, so that a test can change them before the next night."""

    def __init__(self, root: Path, engine: Engine, biz_date: date = date(2026, 6, 17)) -> None:
        self.lake = Lake(root)
        self.engine = engine
        self.biz_date = biz_date
        self.rows: dict[str, list[Row]] = {name: [] for name in TABLES} | {"snapshot": [], "score": []}
        self.earlier: Day | None = None
        self.changes: Row = {}
        self.counts: dict[str, int] = {}
        self.types: Collection[str] = ()
        self._number = 0
        self.rows["fx"] += [{"ccy": "USD", "mid_rate": Decimal("7.2")}]

    def _next(self) -> int:
        self._number += 1
        return self._number

    def days(self, ahead: int) -> date:
        return self.biz_date + timedelta(days=ahead)

    # ---- people and what they have -------------------------------------------------------------

    def customer(self, *, tier: int = 2, aum: Any = 100_000, **facts: Any) -> Row:
        """A customer at rest: opened long ago, active today, AUM as 30 days and months ago."""
        number = self._next()
        known = {c.name for c in TABLES["customer"].arrow_schema()}
        person = {
            "cust_id": number, "cust_no": f"C{number:06}", "name": "王芳", "status": "NORMAL",
            "birth_date": date(1980, 1, 15), "birth_calendar": "SOLAR", "open_org": "1101",
            "open_date": date(2015, 3, 1), "manager_no": "E001", "risk_level": "C3",
            "risk_expiry": self.days(200), "cert_expiry": self.days(2000),
        }  # fmt: skip
        person |= {name: facts[name] for name in facts if name in known}
        day = Decimal(self.biz_date.day)
        aum = Decimal(aum)
        metrics = {
            "org_no": "1101", "aum": aum, "mda": aum, "sum_m": aum * day, "aum_30d_ago": aum,
            "tier": tier, "tier_asset": tier, "tier_before": None, "tier_below_months": 0,
            "categories": 3, "last_txn": self.days(-1), "last_login": self.days(-1), "prev_active": self.days(-1),
            "in_today": Decimal(0), "out_today": Decimal(0), "is_payroll": False, "is_effective": True,
            "stage": "STABLE", **{f"mda_m{n}": aum for n in range(1, 13)},
            **{f"logins_m{n}": 0 for n in range(4)}, **{f"payrolls_m{n}": 0 for n in range(5)},
        }  # fmt: skip
        columns = {m.name for m in SNAPSHOT}
        metrics |= {name: value for name, value in person.items() if name in columns} | facts
        snapshot = {name: value for name, value in metrics.items() if name in columns}
        self.rows["customer"].append(person)
        self.rows["snapshot"].append(snapshot)
        return snapshot

    def person(self, who: Row) -> Row:
        """The customer's row of the table ``customer``."""
        return next(row for row in self.rows["customer"] if row["cust_id"] == who["cust_id"])

    def _of(self, who: Row) -> Row:
        return {"cust_id": who["cust_id"], "cust_no": who["cust_no"]}

    def add(self, table: str, who: Row | None = None, **columns: Any) -> Row:
        """Any row of any table."""
        row = ({} if who is None else self._of(who)) | columns
        self.rows[table].append(row)
        return row

    def deposit(self, who: Row, amount: Any, maturity: date, *, ccy: str = "CNY", **columns: Any) -> Row:
        acct = columns.pop("acct_no", f"62228{self._next():011}")
        self.add(
            "balance", acct_no=acct, cust_id=who["cust_id"], balance=Decimal(amount), ccy=ccy, category="TIME"
        )
        return self.add(
            "account", who, acct_no=acct, category="TIME", ccy=ccy, maturity=maturity,
            **{"status": "NORMAL", "auto_renew": False, "open_date": date(2025, 1, 1)} | columns,
        )  # fmt: skip

    def product(self, code: str, name: str, risk: str = "R2", category: str = "WEALTH") -> Row:
        return self.add("product", prod_code=code, name=name, risk_level=risk, category=category)

    def holding(self, who: Row, product: Row, value: Any, **columns: Any) -> Row:
        return self.add(
            "holding", who, prod_code=product["prod_code"], market_value=Decimal(value),
            **{"category": product["category"], "risk_level": product["risk_level"], "ccy": "CNY",
               "cost": Decimal(value), "acct_no": f"W{self._next():08}", "start_date": date(2025, 9, 1)} | columns,
        )  # fmt: skip

    def moved(self, who: Row, amount: Any, direction: str = "IN", **columns: Any) -> Row:
        """A transaction of the day, counted in the snapshot as the features do for plain transfers."""
        who["in_today" if direction == "IN" else "out_today"] += Decimal(amount)
        who["last_txn"] = self.biz_date
        return self.add(
            "transaction", cust_id=who["cust_id"], txn_date=self.biz_date, txn_seq=f"T{self._next():08}",
            acct_no=f"A{who['cust_id']}", direction=direction, amount=Decimal(amount),
            **{"kind": "TRANSFER", "ccy": "CNY"} | columns,
        )  # fmt: skip

    def loan(self, who: Row, balance: Any, **columns: Any) -> Row:
        return self.add(
            "loan", who, loan_no=f"L{self._next():09}", balance=Decimal(balance), ccy="CNY",
            **{"kind": "MORTGAGE", "due_date": self.days(3650)} | columns,
        )  # fmt: skip

    def card(self, who: Row, expiry: date, **columns: Any) -> Row:
        return self.add(
            "card", who, card_no=f"625000{self._next():010}", expiry=expiry, ccy="CNY",
            **{"kind": "CREDIT", "status": "NORMAL"} | columns,
        )  # fmt: skip

    def visit(self, who: Row, event: str, product: Row | None = None) -> Row:
        """Something in today's channel log."""
        return self.add(
            "channel_log", who, event_at=datetime(2026, 1, 1, 9), channel="APP", event_code=event,
            session_id=f"S{self._next()}", prod_code=product["prod_code"] if product else None,
        )  # fmt: skip

    def scored(self, who: Row, band: str, at_risk: Any, **columns: Any) -> Row:
        """What the model says of someone tonight."""
        return self.add(
            "score", cust_id=who["cust_id"], model=1, band=band, aum_at_risk=Decimal(at_risk),
            **{"probability": 0.425, "aum": who["aum"], "base": who["aum"], "reason_1": "age", "value_1": 67.0,
               "reason_2": "own_out", "value_2": 0.31, "reason_3": "login_days", "value_3": 1.0} | columns,
        )  # fmt: skip

    def paid(self, who: Row, **columns: Any) -> Row:
        """Make someone a payroll customer of one credit a month; ``columns`` of the snapshot may differ."""
        who |= {f"payrolls_m{n}": 1 for n in range(1, 5)}
        who |= {f"payroll_sum_m{n}": Decimal(12000) for n in range(1, 4)} | {"payroll_sum_m0": Decimal(0)}
        who |= {"payroll_last": Decimal(12000), "payroll_3m": Decimal(12000), "payroll_unit": "U1",
                "last_payroll": self.days(-10), "first_payroll": self.days(-300), "is_payroll": True}  # fmt: skip
        who |= columns
        return who

    # ---- nights --------------------------------------------------------------------------------

    def values(self) -> Row:
        off = [code for code in EVENT_TYPES if code not in self.types]
        return {**load_thresholds().at(self.biz_date), "event.off": off, **self.changes}

    def _write(self) -> Building:
        building = self.lake.build(self.biz_date)
        for name, rows in self.rows.items():
            special = {"snapshot": arrow_schema(SNAPSHOT), "score": SCORE}
            schema = special[name] if name in special else TABLES[name].arrow_schema()
            unknown = {column for row in rows for column in row} - set(schema.names)
            assert not unknown, (name, unknown)
            with building.writing(name) as path:
                made = pa.Table.from_pylist(rows, schema=schema)
                pq.write_table(seal_rows(made, name, self.lake.keys) if name in TABLES else made, path)
        return building

    def detect(self, *without: str, types: Collection[str] = tuple(EVENT_TYPES)) -> list[Event]:
        """The night's events so far; the day stays open. ``without``: feeds the bank does not deliver."""
        self.types = types
        building = self._write()
        for name in without:
            building.path(name).unlink()
        self.counts = detect_events(self.engine, building, self.lake, self.earlier, self.values())
        rows = pq.read_table(building.path("events")).to_pylist()
        return [Event(**row | {"payload": json.loads(row["payload"])}) for row in rows]

    def of(self, code: str, *without: str) -> list[Event]:
        """The night's events of one type."""
        return self.detect(*without, types=[code])

    def next_day(self, days: int = 1) -> None:
        """End the day, with the event types looked for last; journals start empty."""
        self.detect(types=self.types)
        self.earlier = self.lake.publish(self.lake.build(self.biz_date))
        self.biz_date += timedelta(days=days)
        for name, table in TABLES.items():
            if table.keeps == "day":
                self.rows[name].clear()
        for who in self.rows["snapshot"]:
            carried = Decimal(0) if self.biz_date.day == 1 else who["sum_m"]
            who |= {"in_today": Decimal(0), "out_today": Decimal(0), "sum_m": carried + days * who["aum"]}


def by_type(events: list[Event]) -> dict[str, int]:
    return dict(sorted(Counter(event.type for event in events).items()))
