"""A small bank in PostgreSQL for the tests of tasks: orgs, people, customers, nights with given events."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import timezone

from yinke.access.models import Org, User
from yinke.access.queries import viewer_of
from yinke.access.viewer import Viewer
from yinke.care.services.make_tasks import Made, make_tasks
from yinke.care.services.roll_up import roll_up
from yinke.common.crypto import blind_index, encrypt
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Assignment, Customer, Frontier, Metrics
from yinke.customers.names import initials
from yinke.lake.snapshot import EVENTS, arrow_schema
from yinke.lake.store import Day, Lake

DAY = date(2026, 10, 30)
"""The first night's business date; its list is for 31 October."""


def event(
    kind: str,
    customer: Customer | int,
    *,
    priority: int = 2,
    days: int = 5,
    on: date = DAY,
    obj: str = "",
    amount: Any = None,
    key: str = "",
    **payload: Any,
) -> dict[str, Any]:
    """One row of ``events``: it expires ``days`` after ``on``."""
    cust_id = customer if isinstance(customer, int) else customer.id
    return {
        "dedup_key": key or f"{kind}|{cust_id}|{obj}|{on}", "type": kind, "cust_id": cust_id, "biz_date": on,
        "object": obj, "priority": priority, "expire_on": on + timedelta(days=days),
        "amount": None if amount is None else Decimal(amount), "payload": json.dumps(payload),
    }  # fmt: skip


@dataclass
class Bank:
    """Built by verbs; the top org 总行 is there from the start."""

    folder: Path
    day: date = DAY
    customers: dict[str, Customer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lake = Lake(self.folder)
        self.head = self.org("1", None, 1, "总行")

    def org(self, number: str, parent: Org | None, level: int, name: str = "") -> Org:
        org = Org.objects.create(org_no=number, parent=parent, level=level, name=name or f"机构{number}")
        org.path = f"{parent.path if parent else '/'}{org.id}/"
        org.save()
        return org

    def branch(self, number: str) -> tuple[Org, Org]:
        """A 支行 under a 分行 of its own, with one outlet; returns (sub-branch, outlet)."""
        above = self.org(f"2{number}", self.head, 2)
        sub = self.org(f"4{number}", above, 4)
        return sub, self.org(f"5{number}", sub, 5)

    def staff(self, number: str, org: Org, role: str = "RM", **more: Any) -> User:
        return User.objects.create(emp_no=number, name=f"员工{number}", role=role, org=org, **more)

    def customer(
        self, name: str, org: Org, manager: User | None = None, *, tier: int = 2, aum: Any = 100_000, **more: Any
    ) -> Customer:
        number = len(self.customers) + 1
        mobile = f"138{number:08d}"
        customer = Customer.objects.create(
            id=number, cust_no=f"C{number:06d}", name_sealed=encrypt(name), name_index=blind_index(name),
            pinyin=initials(name), mobile_sealed=encrypt(mobile), mobile_index=blind_index(mobile), gender="F",
            org=org, open_date=date(2020, 1, 1), digest=b"", **{"status": "NORMAL", **more},
        )  # fmt: skip
        aum = Decimal(aum)
        Metrics.objects.create(
            customer=customer, as_of=self.day, aum=aum, lum=0, sum_m=aum * self.day.day, sum_q=aum, sum_y=aum,
            aum_month_start=aum - 1000, aum_year_start=None, months=[None] * 12, mix=[aum] + [0] * 7, tier=tier,
            tier_asset=tier, stage="STABLE", categories=1,
        )  # fmt: skip
        if manager:
            self.give(customer, manager)
        self.customers[name] = customer
        return customer

    def give(self, customer: Customer, user: User, rel: str = "MAIN") -> None:
        """The bank's file names ``user`` as this customer's manager from now on."""
        if rel == "MAIN":
            Assignment.objects.filter(customer=customer, rel_type="MAIN", end_date=None).update(end_date=self.day)
        Assignment.objects.create(customer=customer, user=user, rel_type=rel, start_date=self.day)

    def events(self, biz_date: date, *rows: dict[str, Any]) -> Day:
        """Write a day that holds just these events."""
        folder = self.folder / "versions" / f"{biz_date}-{len(list((self.folder / 'versions').iterdir())) + 1}"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(list(rows), arrow_schema(EVENTS)), folder / "events.parquet")
        return Day(biz_date, folder)

    def night(self, *rows: dict[str, Any], on: date | None = None, **values: Any) -> Made:
        """Run the tasks' part of one night; ``on`` None: the day after the last."""
        written = Frontier.objects.filter(pk=1).first()
        biz_date = on or (written.biz_date + timedelta(days=1) if written else DAY)
        book = {**load_thresholds(None).at(biz_date), **{k.replace("__", "."): v for k, v in values.items()}}
        made = make_tasks(self.events(biz_date, *rows), biz_date, book)
        roll_up(biz_date)
        Frontier.objects.update_or_create(
            pk=1, defaults={"biz_date": biz_date, "lake_version": "x", "written_at": timezone.now()}
        )
        self.day = biz_date
        return made


def seen_by(user: User) -> Viewer:
    """The viewer that a member of staff is."""
    return viewer_of(User.objects.select_related("org").get(id=user.id))
