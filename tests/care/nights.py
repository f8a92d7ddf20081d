"""A small bank whose nights bring just the events that a test names."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.bank import TODAY, Bank, a_day, a_lake
from yinke.access.models import User
from yinke.care.services.make_tasks import Made, make_tasks
from yinke.care.services.roll_up import roll_up
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Assignment, Customer, Frontier

ONE = timedelta(days=1)
WORKDAY = TODAY + ONE
"""The day whose list the first night makes."""


def event(
    kind: str, customer: Customer | int, *, priority: int = 2, stands: int = 5, on: date = TODAY, amount: Any = None,
    key: str = "", **payload: Any,
) -> dict[str, Any]:  # fmt: skip
    """One row of ``events``; it stands for ``stands`` days after ``on``."""
    cust_id = customer if isinstance(customer, int) else customer.id
    return {
        "dedup_key": key or f"{kind}|{cust_id}||{on}", "type": kind, "cust_id": cust_id, "biz_date": on,
        "object": "", "priority": priority, "expire_on": on + stands * ONE,
        "amount": None if amount is None else Decimal(amount), "payload": json.dumps(payload),
    }  # fmt: skip


class TaskBank(Bank):
    """The 徐汇 sub-branch with its outlet, two managers and a customer of each; more by the bank's verbs."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.lake = a_lake(folder)
        self.nights = 0
        self.with_branch("徐汇").with_head("张行长").with_org("徐汇网点", under="徐汇", level=5)
        self.with_manager("李").with_customer("赵一", tier=3).with_manager("王").with_customer("钱二", tier=2)
        self.li, self.wang, self.head = (self.staff[name] for name in ("李", "王", "张行长"))
        self.zhao, self.qian = self.customers["赵一"], self.customers["钱二"]
        self.outlet, self.branch = self.orgs["徐汇网点"], self.orgs["徐汇"]

    def customer(self, name: str, *, of: str | None = "李", **more: Any) -> Customer:
        """A further customer of the outlet; ``of=None``: nobody's."""
        self.with_customer(name, of=of, at="徐汇网点", **more)
        return self.customers[name]

    def give(self, customer: Customer, user: User) -> None:
        """The bank's file of the coming night names another main manager."""
        night = TODAY + self.nights * ONE
        Assignment.objects.filter(customer=customer, end_date=None).update(end_date=night)
        Assignment.objects.create(customer=customer, user=user, rel_type="MAIN", start_date=night)

    def night(self, *rows: dict[str, Any], on: date | None = None, **values: Any) -> Made:
        """The tasks' part of one night, by default of the date after the last; thresholds as ``task__cap=4``."""
        biz_date = on or (TODAY + self.nights * ONE)
        self.nights = (biz_date - TODAY).days + 1
        book = {**load_thresholds(None).at(biz_date), **{k.replace("__", "."): v for k, v in values.items()}}
        made = make_tasks(a_day(self.lake, biz_date, events=rows), biz_date, book)
        roll_up(biz_date)
        Frontier.objects.update_or_create(
            pk=1, defaults={"biz_date": biz_date, "lake_version": "", "written_at": timezone.now()}
        )
        return made
