"""The lake's small bank with staff and managers, so that whole nights run from its files to the tasks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from tests.lake.small_bank import FIRST, SmallBank, description, following
from yinke.access.models import Org, User
from yinke.care.models import Reason, Standing, Task
from yinke.common.thresholds import load_thresholds
from yinke.customers.averages import averages
from yinke.customers.models import Assignment, Customer, Frontier, Metrics
from yinke.lake.engine import Engine
from yinke.nightly.lake_night import Bench
from yinke.nightly.pipeline import run_night
from yinke.nightly.recording import Outcome

STAFF = ("EMP_NO", "NAME", "ORG_NO", "POST", "STATUS")


class NightBank(SmallBank):
    """王伟 has 500,000 in a deposit that matures in a week; 李经理 looks after him."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder)
        customer = self.feeds["customer"]
        customer["columns"] = [*customer["columns"], "MGR"]  # type: ignore[misc]
        customer["map"] = {**customer["map"], "manager_no": "MGR"}  # type: ignore[dict-item]
        for row in self.rows["customer"]:
            row.append("E1")
        self.rows["account"][1][6] = f"{following(FIRST, 7):%Y%m%d}"
        self.feeds = {"org": self.feeds["org"], "staff": self._staff(), **self.feeds}
        self.rows["staff"] = [["E1", "李经理", "11", "RM", "ACTIVE"], ["E2", "张行长", "11", "BR_MGR", "ACTIVE"],
                              ["E9", "运维", "1", "SYS_ADMIN", "ACTIVE"]]  # fmt: skip
        self.bench = Bench(
            lake=self.lake,
            engine=engine,
            feeds=self.described(), inbox=self.inbox, thresholds=load_thresholds(None),
        )  # fmt: skip

    def _staff(self) -> dict[str, Any]:
        body = description("org")
        text = {
            name: (value.replace("ORG", "STAFF") if isinstance(value, str) else value)
            for name, value in body.items()
        }
        return {
            **text, "feed": "staff", "table": "staff", "columns": list(STAFF),
            "control": {"file": "{date:%Y%m%d}/STAFF_{date:%Y%m%d}.OK", "form": "json"},
            "map": {"emp_no": "EMP_NO", "name": "NAME", "org_no": "ORG_NO", "post": "POST", "status": "STATUS"},
        }  # fmt: skip

    def send(self, day: date) -> None:
        """The core bank sends a date's files; day journals carry that date."""
        self.rows["transaction"] = [
            [f"{day:%Y%m%d}", f"T{day:%j}", "A1", "C", "12.34", "CNY", "TRANSFER", ""]
        ]
        self.rows["channel_log"] = [[f"{day:%Y%m%d}081500", "C1", "APP", "LOGIN", f"S{day:%j}"]]
        self.write(day, *self.feeds)

    def run(self, day: date, **more: Any) -> Outcome:
        """Run a night."""
        return run_night(self.bench, day, **more)


def people() -> dict[str, Any]:
    """What PostgreSQL says, without numbers that a sequence gave: to compare two ways to the same end."""
    frontier = Frontier.objects.filter(pk=1).first()
    tasks = Task.objects.values_list(
        "customer__cust_no", "biz_date", "priority", "due_on", "status", "assignee__emp_no"
    )
    return {
        "orgs": sorted(Org.objects.values_list("org_no", "name", "is_open")),
        "staff": sorted(User.objects.values_list("emp_no", "role", "is_active")),
        "customers": sorted(Customer.objects.values_list("cust_no", "status", "org__org_no")),
        "metrics": sorted(
            (m.customer.cust_no, m.aum, averages(m, frontier.biz_date).mda, m.tier, m.stage)
            for m in Metrics.objects.select_related("customer") if frontier
        ),
        "managers": sorted(Assignment.objects.filter(end_date=None).values_list("customer__cust_no", "user__emp_no")),
        "tasks": sorted(tasks),
        "reasons": sorted(Reason.objects.values_list("dedup_key", "biz_date", "expire_on")),
        "standing": sorted(Standing.objects.values_list("org__org_no", "manager__emp_no", "tier", "customers", "aum")),
        "frontier": frontier and (frontier.biz_date, frontier.lake_version),
    }  # fmt: skip


def empty() -> None:
    """Take everything out of PostgreSQL again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE access_org, access_user, customers_customer, customers_frontier, nightly_run CASCADE"
        )
