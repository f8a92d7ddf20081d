"""The small full files: organisation, staff, calendar, exchange rates, products."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from yinke.common.workdays import is_workday
from yinke.demo.generate.days import as_date, festival
from yinke.demo.generate.draws import LEVELS, normal_levels
from yinke.demo.generate.files import Delivery
from yinke.demo.generate.orgs import LICENCES, POST_CODE
from yinke.demo.generate.products import CATEGORY, SHELF
from yinke.demo.generate.state import World

RATES = {"CNY": 1.0, "USD": 7.12, "HKD": 0.914, "EUR": 8.21, "JPY": 0.0478, "GBP": 9.55}


def _texts(values: list[str]) -> pa.Array:
    return pa.array([value.encode("gb18030") for value in values], pa.binary())


def write_parameters(world: World, out: Delivery, day: int) -> None:
    """ORG, STAFF, CALENDAR, FX and PROD of a date."""
    bank = world.bank
    out.write("ORG", [
        _texts([o.org_no for o in bank.orgs]), _texts([o.parent_no for o in bank.orgs]), _texts([o.name for o in bank.orgs]),
        _texts([str(o.level) for o in bank.orgs]), _texts(["1"] * len(bank.orgs)), _texts(["20050101"] * len(bank.orgs)),
    ])  # fmt: skip
    out.write("STAFF", [
        _texts([p.emp_no for p in bank.staff]), bank.staff_names(), _texts([p.org_no for p in bank.staff]),
        _texts([POST_CODE[p.post] for p in bank.staff]),
        _texts(["0" if bank.leaves.get(p.emp_no, day + 1) <= day else "1" for p in bank.staff]),
        _texts([LICENCES.get(p.post, "") for p in bank.staff]),
    ])  # fmt: skip
    year = as_date(day).year
    begin, stop = date(year - 1, 1, 1), date(year + 2, 1, 1)
    calendar = [begin + timedelta(days=n) for n in range((stop - begin).days)]
    out.write("CALENDAR", [
        _texts([f"{d:%Y%m%d}" for d in calendar]), _texts([str(int(is_workday(d))) for d in calendar]),
        _texts([festival(d) for d in calendar]),
    ])  # fmt: skip
    levels = normal_levels()
    swing = {
        ccy: mid
        * (
            1
            + 0.004
            * float(levels[int(world.draws.number(ccy, day if ccy != "CNY" else 0) * LEVELS)])
            * (ccy != "CNY")
        )
        for ccy, mid in RATES.items()
    }
    out.write("FX", [_texts(list(swing)), _texts([f"{mid:.6f}" for mid in swing.values()])])
    out.write("PROD", [
        _texts([p.code for p in SHELF]), _texts([p.name for p in SHELF]), _texts([CATEGORY[p.slot] for p in SHELF]),
        _texts([f"R{p.risk}" for p in SHELF]), _texts([p.issuer for p in SHELF]), _texts(["CNY"] * len(SHELF)),
        _texts(["1"] * len(SHELF)), np.array([p.term for p in SHELF]),
    ])  # fmt: skip
