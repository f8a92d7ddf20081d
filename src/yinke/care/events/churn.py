"""流失: a customer enters the high band of the released model (E25), or ends what ties them to the bank (E26)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from yinke.care.events.night import Night, at_least, number, percent
from yinke.care.events.rows import Found
from yinke.scoring.churn.score_table import REASONS


def feared(night: Night) -> Iterator[Found]:
    """E25 模型流失预警: newly in the high band with at least so much at stake; once while it lasts, once a month at most."""
    score = night["score"]
    score = score.filter(
        score.band == "HIGH", at_least(number(score.aum_at_risk), float(night.values["E25.at_risk_floor"]))
    )
    rows = night.tiers().inner_join(score, "cust_id")
    yield Found(
        rows,
        cycle=night.month,
        amount=rows.aum_at_risk,
        urgent=rows.tier >= int(night.values["E25.urgent_tier"]),
        episode=True,
        facts={
            "percent": percent(rows.probability, ibis.literal(1)),
            **{f"r{n}": rows[f"reason_{n}"] for n in range(1, REASONS + 1)},
            **{f"v{n}": _exact(rows[f"value_{n}"]) for n in range(1, REASONS + 1)},
        },
    )


def _exact(value: Any) -> Any:
    """A feature's value as DECIMAL(18,4): both engines write it alike."""
    return ((value * 10_000 + 0.5).floor() / 10_000).cast("decimal(18,4)")


def leaving(night: Night) -> Iterator[Found]:
    """E26 销户/销签: closing the accounts was booked, or the last of quick payment, payroll and mobile bank was ended lately.

    Who never had more than one of these services has not left by ending it.
    """
    people = night.people("aum")
    log = night["channel_log"]
    booked = log.filter(log.event_code == "CLOSE_ACCOUNT").select("cust_id").distinct()
    booked = booked.inner_join(people, "cust_id")
    yield Found(
        booked,
        object="BOOKED",
        cycle=night.month,
        amount=booked.aum,
        facts={"case": "BOOKED", "aum": booked.aum},
    )
    signup = night["signup"]
    ties = signup.filter(signup.service.isin(night.values["E26.services"]))
    ended = ties.group_by("cust_id").agg(
        held=(ties.status == "ON").cast("int32").sum(),
        ended=ties.service.nunique(),
        last=ties.unsign_date.max(),
    )
    rows = ended.filter(
        ended.held == 0, ended.ended >= night.values["E26.least_services"], ended.last <= night.today,
        ended.last > night.day(-int(night.values["E26.look_back_days"])),
    ).inner_join(people, "cust_id")  # fmt: skip
    yield Found(
        rows, object="UNSIGNED", cycle=rows.last, amount=rows.aum,
        facts={"case": "UNSIGNED", "aum": rows.aum, "services": rows.ended.cast("int32"), "last": rows.last},
    )  # fmt: skip
