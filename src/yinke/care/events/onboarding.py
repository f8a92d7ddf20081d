"""新客: the first interview (E19), the steps of the first 90 days (E20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from yinke.care.events.night import Night, at_least, days_between, number
from yinke.care.events.rows import Found
from yinke.lake.engine import Table

STEPS = ("WELCOME", "APP", "CALL", "RISK", "SECOND", "REVIEW", "GRADE")
"""谢谢与授权, 手机银行激活, 首次电话, 风险测评, 第二个产品, 回顾, 定级: on the days of ``E20.days``."""


def interviews(night: Night) -> Iterator[Found]:
    """E19 首面谈: a new customer with 5万 or more, or a T3+ customer who has been given a new manager.

    First contact within 3 days (T4+: 48 hours), interview within 14.
    """
    people = night.people("tier", "aum", "open_date", "manager_no")
    fresh = (people.open_date >= night.day(-int(night.values["E19.new_days"]))) & at_least(
        number(people.aum), float(night.values["E19.aum_floor"])
    )
    new = people.filter(fresh)
    yield _interview(night, new, "NEW", new.open_date)
    before = night["snapshot_before"]
    given = people.filter(
        ~fresh, people.tier >= night.values["E19.assigned_from_tier"], people.manager_no.notnull()
    ).select("cust_id", "tier", "aum", "manager_no")  # fmt: skip
    given = given.inner_join(before.select("cust_id", was="manager_no"), "cust_id")
    given = given.filter(given.was.isnull() | (given.was != given.manager_no))
    yield _interview(night, given, "ASSIGNED", night.today)


def _interview(night: Night, rows: Table, case: str, cycle: Any) -> Found:
    hurry = rows.tier >= night.values["E19.hurry_from_tier"]
    soon, normal = (night.day(int(night.values[f"E19.{name}_days"])) for name in ("hurry", "contact"))
    return Found(
        rows,
        object=case,
        cycle=cycle,
        facts={
            "case": case,
            "aum": rows.aum,
            "contact_by": hurry.ifelse(soon, normal),
            "interview_by": night.day(int(night.values["E19.expire_days"])),
        },
    )


def onboarding(night: Night) -> Iterator[Found]:
    """E20 新客90天: a step each on D1, D3, D7, D15, D30, D60 and D90, left out if its goal is met.

    Goals the lake can see: the app was used, the risk level is known, a second product category is held.
    """
    days = [int(day) for day in night.values["E20.days"]]
    people = night.people("open_date", "last_login", "risk_level", "categories")
    people = people.filter(days_between(people.open_date, night.today).isin(days))
    age = days_between(people.open_date, night.today)
    rows = people.select(
        "cust_id", "open_date", "last_login", "risk_level", "categories",
        age=age, step=age.cases(*zip(days, STEPS, strict=True)),
    )  # fmt: skip
    met = ibis.cases(
        (rows.step == "APP", rows.last_login.notnull()),
        (rows.step == "RISK", ibis.coalesce(rows.risk_level, "") != ""),
        (rows.step == "SECOND", rows.categories >= 2),
        else_=False,
    )
    rows = rows.filter(~met)
    yield Found(
        rows,
        object=rows.step,
        cycle=rows.open_date,
        urgent=rows.age <= night.values["E20.sooner_until_day"],
        facts={"case": rows.step, "day": rows.age},
    )
