"""Random small banks and random rules over them: values are taken from the data, so that bounds are met exactly."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.bank import a_day
from tests.segments.rules.naive import Naive
from yinke.lake.engine import Engine
from yinke.lake.snapshot import SNAPSHOT, STAGES
from yinke.lake.store import Lake
from yinke.lake.tables import TABLES
from yinke.segments.rules.custom import MARK, custom_field, read_mark
from yinke.segments.rules.fields import fields, tables
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import Ids, World

ORGS = {"1": None, "11": "1", "12": "1", "110": "11", "111": "11", "120": "12"}
TODAYS = (date(2026, 3, 1), date(2026, 3, 31), date(2028, 2, 29), date(2025, 8, 22), date(2026, 12, 31))
TEXTS = ("甲", "乙'丙", "a\\b", '"; --', "%_", "工商银行")
OPTIONS = (("o1", "甲", "First"), ("o2", "乙或丙", "Second"), ("o3", "甲乙", ""))
OWN = [
    custom_field(kind.lower(), kind, zh, en, options=OPTIONS if kind.startswith("CHOICE") else ())
    for kind, zh, en in (
        ("TEXT", "爱好", "Hobby"), ("NUMBER", "家庭年收入", ""), ("DATE", "结婚纪念日", "Wedding day"),
        ("YES_NO", "是否有车", "Owns a car"), ("CHOICE", "且慢类别", "Kind"), ("CHOICES", "关注", "Interests"),
    )
]  # fmt: skip
"""Fields of the bank's own, one of each kind."""
LISTED = {"no_segment", "dynamic", "listed"}


def made_bank(seed: int, customers: int = 14) -> Naive:
    """A bank of some days, every value possible, each sometimes missing."""
    rng = Random(seed)
    today = rng.choice(TODAYS)
    dates = sorted({today - timedelta(days=n) for n in (0, 1, 2, 3, 7, 8, 30, 31, 62)})
    days = {day: _day(rng, day, customers) for day in dates}
    marks = {
        (rng.randint(1, customers), mark)
        for mark in ("tag:1", "tag:2", "consent:MARKETING_SMS", "consent:PROFILING",
                     "do_not_disturb:ALL_MARKETING", "segment:listed")
        for _ in range(5)
    }  # fmt: skip
    own = {field.name: _owned(rng, field, today, customers) for field in OWN}
    bank = Naive(days, marks, fields={field.name: field for field in OWN}, own=own)
    bank.segments = {
        "listed": None, "dynamic": Rule.model_validate(Maker(seed + 1, bank, 8).rule(4)),
        "lasting": Rule.model_validate(Maker(seed + 2, bank, 8).rule(3, then=True)),
    }  # fmt: skip
    return bank


def lay(bank: Naive, folder: Path, engine: Engine) -> World:
    """Write a bank to a lake."""
    lake = Lake(folder)
    for day, content in sorted(bank.days.items()):
        made = a_day(lake, day, **content)

    def marks(wanted: frozenset[str]) -> dict[str, Ids]:
        found = {}
        for mark in wanted:
            if mark.startswith(f"{MARK}:"):
                has = bank.who_has(read_mark(mark.partition(":")[2]))
            else:
                has = {cust for cust, has_it in bank.marks if has_it == mark}
            found[mark] = np.array(sorted(has), np.int32)
        return found

    return World(engine, lake, made, {}, bank.segments, marks)


def _owned(rng: Random, field: Any, today: date, customers: int) -> dict[int, Any]:
    """What a field of the bank's own says of some customers."""
    days = (-400, -31, -30, -7, -1, 0, 1, 7, 8, 30)
    values: dict[str, Any] = {
        "TEXT": TEXTS, "NUMBER": [Decimal(n) for n in ("0", "2.5", "3", "18", "-1")], "YES_NO": (True, False),
        "DATE": [today + timedelta(days=n) for n in days], "CHOICE": ("o1", "o2", "o3"),
        "CHOICES": (["o1"], ["o1", "o3"], ["o2", "o3"]),
    }  # fmt: skip
    may = values[field.name.partition(".")[2].upper()]
    return {n: rng.choice(may) for n in range(1, customers + 1) if rng.random() < 0.7}


def _day(rng: Random, day: date, customers: int) -> dict[str, list[dict[str, Any]]]:
    people = [n for n in range(1, customers + 1) if rng.random() < 0.93]
    content: dict[str, list[dict[str, Any]]] = {
        "org": [
            {"org_no": o, "parent_no": p, "name": o, "level": 1, "status": "OPEN"} for o, p in ORGS.items()
        ],
        "fx": [{"ccy": "USD", "mid_rate": Decimal("7.123455")}],
        "snapshot": [], "customer": [],
    }  # fmt: skip
    for n in people:
        content["snapshot"].append(
            {m.name: _cell(rng, m.name, m.type, day) for m in SNAPSHOT} | {"cust_id": n}
        )
        columns = {c.name: _cell(rng, c.name, c.type, day) for c in TABLES["customer"].columns}
        content["customer"].append(columns | {"cust_id": n})
    for name in (
        "transaction",
        "payroll",
        "channel_log",
        "events",
        "account",
        "holding",
        "loan",
        "card",
        "signup",
    ):
        rows = []
        schema = _columns(name)
        for n in people:
            for k in range(rng.choice((0, 0, 1, 2, 3))):
                row = {c: _cell(rng, c, kind, day) for c, kind in schema.items()} | {"cust_id": n}
                rows.append(row | _fixed(rng, name, n, k, day, rows))
        content[name] = rows
    content["balance"] = [
        {"cust_id": r["cust_id"], "acct_no": r["acct_no"], "balance": _money(rng), "ccy": r["ccy"]}
        for r in content["account"]
        if rng.random() < 0.8
    ]
    return content


def _columns(name: str) -> dict[str, str]:
    if name == "events":
        return {"type": "text", "biz_date": "date", "priority": "int", "amount": "money", "dedup_key": "text"}
    return {c.name: c.type for c in TABLES[name].columns}


def _fixed(rng: Random, name: str, n: int, k: int, day: date, rows: list[dict[str, Any]]) -> dict[str, Any]:
    ccy = rng.choice(("CNY", "CNY", "USD"))
    late = day - timedelta(days=rng.choice((0, 0, 0, 1, 2)))
    if name == "transaction":
        mine = [r["txn_seq"] for r in rows if r["cust_id"] == n and r["reverses"] is None]
        back = rng.choice(mine) if mine and rng.random() < 0.25 else None
        return {"txn_seq": f"{n}-{k}", "txn_date": day if back else late, "reverses": back, "ccy": ccy,
                "amount": abs(_money(rng) or Decimal(1)), "direction": rng.choice(("IN", "OUT"))}  # fmt: skip
    if name == "events":
        return {"dedup_key": f"{n}-{rng.randint(1, 3)}", "biz_date": day}
    if name == "payroll":
        return {"pay_date": late, "batch_no": f"{k}", "amount": abs(_money(rng) or Decimal(1))}
    if name == "channel_log":
        return {"event_at": datetime(late.year, late.month, late.day, rng.choice((0, 23)), 59)}
    found = {"acct_no": f"{n}-{k}", "ccy": ccy}
    return {c: v for c, v in found.items() if c in _columns(name)}


def _money(rng: Random) -> Decimal | None:
    found = rng.choice(("0", "0.01", "100", "49999.99", "50000", "500000", "-20", "1234567.89", None))
    return None if found is None else Decimal(found)


def _cell(rng: Random, name: str, kind: str, day: date) -> Any:
    """A value of a column, or none."""
    if rng.random() < 0.15:
        return None
    if name == "stage":
        return rng.choice(STAGES)
    if name in ("tier", "tier_asset", "tier_before", "tier_6m_ago"):
        return rng.randint(0, 5)
    if name in ("lunar_month", "lunar_day"):
        return rng.randint(1, 12) if name == "lunar_month" else rng.choice((1, 15, 29, 30))
    if name in ("org_no", "open_org"):
        return rng.choice((*ORGS, "999"))
    codes = _codes(name)
    if codes:
        return rng.choice(codes)
    if kind == "money":
        return _money(rng)
    if kind == "number":
        return Decimal(rng.choice(("0.0175", "2.5", "3")))
    if kind == "int":
        return rng.choice((0, 1, 2, 3, 30, -1))
    if kind == "bool":
        return rng.random() < 0.5
    if kind == "date":
        if name in ("birth_date", "open_date"):
            return rng.choice((date(1988, 2, 29), date(1990, 3, 1), date(2026, 1, 31), date(2024, 3, 31),
                               day, day - timedelta(days=rng.randint(0, 20_000)), day + timedelta(days=4)))  # fmt: skip
        return day + timedelta(days=rng.choice((-400, -90, -31, -30, -29, -7, -1, 0, 1, 7, 8, 30)))
    if kind == "timestamp":
        return datetime(day.year, day.month, day.day, 12)
    return rng.choice(TEXTS)


def _codes(name: str) -> tuple[Any, ...]:
    if name == "type":  # of events
        return tables()["events"].columns["type"].codes
    found = [t.column(name).codes for t in TABLES.values() if name in {c.name for c in t.columns}]
    return next((codes for codes in found if codes), ())


class Maker:
    """Makes rules over a bank, as JSON, out of so many different conditions, so that rules share them."""

    def __init__(self, seed: int, bank: Naive, conditions: int = 70) -> None:
        self.rng = rng = Random(seed)
        self.now = [_leaf(rng, bank, False) for _ in range(conditions)]
        self.then = [_leaf(rng, bank, True) for _ in range(conditions // 4)]
        ons = ({"n": 1, "unit": "month"}, {"n": 1, "unit": "week"}, {"n": 2, "unit": "day"}, {"n": 40},
               (bank.today - timedelta(days=8)).isoformat(), (bank.today - timedelta(days=1)).isoformat())  # fmt: skip
        self.ons = rng.sample(ons, 2)

    def rule(self, size: int = 6, *, then: bool = False) -> dict[str, Any]:
        """A rule of up to so many conditions; ``then``: that can be asked of the past too."""
        return {"version": 1, "where": self._condition(self.rng.randint(1, size), then)}

    def _condition(self, size: int, then: bool) -> dict[str, Any]:
        rng = self.rng
        if size <= 1:
            return rng.choice(self.then if then else self.now)
        kind = rng.choice(("all", "all", "any", "any", "not", "not" if then else "at"))
        if kind == "not":
            return {"type": "not", "of": self._condition(size - 1, then)}
        if kind == "at":
            return {"type": "at", "on": rng.choice(self.ons), "of": self._condition(size - 1, True)}
        first = rng.randint(1, size - 1)
        parts = [self._condition(n, then) for n in (first, size - first)]
        return {"type": kind, "of": [*parts, self._condition(1, then)] if rng.random() < 0.3 else parts}


def _leaf(rng: Random, bank: Naive, then: bool) -> dict[str, Any]:
    kind = rng.choices(("compare", "behaviour", "sequence", "peer", "segment"), (10, 4, 2, 1, 1))[0]
    if kind == "behaviour":
        return _behaviour(rng)
    if kind == "sequence":
        journals = [name for name, table in tables().items() if table.day]
        within = rng.randint(1, 8)
        return {"type": "sequence", "first": _doing(rng, rng.choice(journals)),
                "then": _doing(rng, rng.choice(journals)), "happens": rng.random() < 0.5,
                "within": {"n": within, "unit": "day"}, "last": {"n": rng.randint(8, 40)}}  # fmt: skip
    if kind == "peer":
        field = rng.choice(("aum", "mda", "txns_90d", "payroll_last"))
        return {"type": "peer", "field": field, "group": rng.choice(("outlet", "branch", "tier", "bank")),
                "side": rng.choice(("top", "bottom")), "percent": rng.choice((1, 10, 33, 50, 99, 100))}  # fmt: skip
    if kind == "segment" and bank.segments:
        return {"type": "segment", "segment": "lasting" if then else rng.choice(list(bank.segments))}
    if not then and rng.random() < 0.15:
        own = rng.choice(OWN)
        return {"type": "compare", "field": own.name, **_test(rng, own, {})}
    name = rng.choice([n for n in fields() if not (then and fields()[n].kind == "set")])
    return {"type": "compare", "field": name, **_test(rng, fields()[name], fields())}


def every_test(seed: int, bank: Naive) -> list[dict[str, Any]]:
    """A rule for each operator of each field, of the bank's own, and of each column of each table."""
    rng, found = Random(seed), list[dict[str, Any]]()
    for field in (*fields().values(), *OWN):
        found += [
            {"type": "compare", "field": field.name, **_test(rng, field, fields(), op)}
            for op in field.operators
        ]
    for table in tables().values():
        for column in table.columns.values():
            for op in column.operators:
                filters = [{"field": column.name, **_test(rng, column, table.columns, op)}]
                asked = {"type": "behaviour", "table": table.name, "filters": filters, "measure": "count"}
                last = {"last": {"n": 31, "unit": "day"}} if table.day else {}
                found.append({**asked, **last, "op": "gt", "value": 0})
    return [{"version": 1, "where": one} for one in found]


def _behaviour(rng: Random) -> dict[str, Any]:
    name = rng.choice(list(tables()))
    table = tables()[name]
    numbers = [c for c, f in table.columns.items() if f.kind in ("money", "int", "number")]
    measures = ["count", "count"] + (["days"] if table.day else []) + (["max", "min"] if numbers else [])
    if numbers and name != "events":
        measures.append("sum")
    asked: dict[str, Any] = {"type": "behaviour", **_doing(rng, name), "measure": rng.choice(measures)}
    asked["op"] = rng.choice(("eq", "ne", "lt", "le", "gt", "ge", "between"))
    value: Any = rng.randint(0, 3)
    if asked["measure"] in ("sum", "max", "min"):
        asked["column"] = rng.choice(numbers)
        if table.columns[asked["column"]].kind == "money":
            value = rng.choice((0, 100, 356172.73, 50000, 500000))
    asked["value"] = [min(value, 1), max(value, 1)] if asked["op"] == "between" else value
    if table.day:
        asked["last"] = {
            "n": rng.choice((1, 2, 7, 30, 31)),
            "unit": rng.choice(("day", "day", "day", "month")),
        }
        if asked["last"]["unit"] == "month":
            asked["last"]["n"] = rng.choice((1, 2))
    return asked


def _doing(rng: Random, name: str) -> dict[str, Any]:
    columns = tables()[name].columns
    picked = [rng.choice(list(columns)) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
    return {"table": name, "filters": [{"field": c, **_test(rng, columns[c], columns)} for c in picked]}


def _test(rng: Random, field: Any, others: Any, op: str = "") -> dict[str, Any]:
    op = op or rng.choice(field.operators)
    if op in ("is_true", "is_false", "is_known", "is_unknown"):
        return {"op": op}
    if op in ("in_last", "more_than_ago", "in_next"):
        span = {"n": rng.choice((1, 7, 30)), "unit": rng.choice(("day", "day", "week"))}
        return {"op": op, "value": rng.choice((span, {"n": 1, "unit": "month"}, {"n": 1, "unit": "year"}))}
    if op == "in_this":
        return {"op": op, "value": rng.choice(("week", "month", "quarter", "year"))}
    if op in ("in", "not_in", "under", "has_any", "has_all"):
        return {"op": op, "value": [_value(rng, field) for _ in range(rng.randint(1, 3))]}
    if op == "between":
        pair = [_value(rng, field), _value(rng, field)]
        return {"op": op, "value": sorted(pair, key=lambda one: one if field.kind == "date" else float(one))}
    same = [n for n, f in others.items() if f.kind == field.kind and f.codes == field.codes]
    if field.kind in ("money", "int") and op in ("lt", "le", "gt", "ge", "eq", "ne") and rng.random() < 0.3:
        other = {"field": rng.choice([n for n in same if n not in ("age", "tenure_months")] or same)}
        if field.name not in ("age", "tenure_months") and other["field"] not in ("age", "tenure_months"):
            return {
                "op": op,
                "value": {**other, "times": rng.choice((1, 0.7, 2)), "plus": rng.choice((0, -1))},
            }
    if field.kind == "money" and fields().get(field.name) is field and rng.random() < 0.2:
        return {"op": op, "value": 5, "unit": "WAN"}
    return {"op": op, "value": _value(rng, field)}


def _value(rng: Random, field: Any) -> Any:
    if field.codes:
        return rng.choice(field.codes)
    if field.kind == "money":
        return rng.choice((0, 0.01, 100, "49999.99", 50000, 500000, -20))
    if field.name in ("age", "tenure_months"):  # of who was born or came on the days of ``_cell``
        return rng.choice((0, 1, 18, 23, 24, *range(35, 41)))
    if field.kind in ("int", "number"):
        return rng.choice((0, 1, 2, 3, 30, 18, 35))
    if field.kind == "date":
        today = rng.choice(TODAYS)
        return (today + timedelta(days=rng.choice((-31, -30, -7, 0, 1)))).isoformat()
    if field.kind == "org":
        return rng.choice(tuple(ORGS))
    if field.name == "tag":
        return rng.choice(("1", "2", "3", "borrower", "salary_sweep"))
    return rng.choice(TEXTS)
