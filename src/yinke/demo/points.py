"""The demo bank's missions and rewards: what runs, what waits for approval, and what customers have earned and redeemed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yinke.access.viewer import Viewer
from yinke.outreach.points import counter, services
from yinke.outreach.points.models import PointsPlan
from yinke.outreach.points.plan import MissionCounts, MissionPlan, RewardPlan
from yinke.segments.kept import members_of

LESSON, PAYROLL, MORTGAGE = "elders_at_counter", "payroll_new", "mortgage_no_payroll"
EARNS = 3
"""Of a manager's customers whom the lesson is for, how many have had it."""


def reward_people(
    as_: Callable[[str], Viewer], maker: str, checker: str, manager: str, customers: Sequence[int], today: date
) -> None:  # fmt: skip
    """Missions, rewards, and what the manager's customers did.

    Args:
        as_: who works from now on.
        customers: the manager's, by id.
    """
    window: dict[str, Any] = {"starts_on": today, "ends_on": today + timedelta(days=180)}
    by_hand = MissionCounts(type="HAND")
    lesson = MissionPlan(
        about="在网点完成一次手机银行陪教：登录、查余额、大字版。", segment=LESSON, counts=by_hand, points=500, budget=500_000, **window
    )  # fmt: skip
    welcome = MissionPlan(
        about="新代发客户见面礼：工资到账即得，每位一次。", segment=PAYROLL,
        counts=MissionCounts(type="SEGMENT", segment=PAYROLL), points=300, budget=300_000, **window,
    )  # fmt: skip
    talk = MissionPlan(
        about="房贷客户到网点核对还款账户与联系方式。", segment=MORTGAGE, counts=by_hand, points=200, budget=80_000, **window
    )  # fmt: skip
    ride = RewardPlan(
        about="地铁单程票一张，凭兑换码领取。", points=500, stock=200, value=Decimal(5), **window
    )
    rice = RewardPlan(
        about="东北大米 2.5 公斤，到网点领取。", points=2_000, stock=120, value=Decimal(20), **window
    )
    tea = RewardPlan(about="茶叶礼盒一份，到网点领取。", points=4_800, stock=50, value=Decimal(48), **window)
    first = _running(as_, maker, checker, "手机银行陪教", lesson)
    _running(as_, maker, checker, "新代发见面礼", welcome)
    services.submit(
        as_(maker), "mission", services.save(as_(maker), None, "房贷客户信息核对", talk).id
    )  # waits
    present = _running(as_, maker, checker, "地铁单程票", ride)
    _running(as_, maker, checker, "大米 2.5 公斤", rice)
    services.submit(as_(maker), "reward", services.save(as_(maker), None, "茶叶礼盒", tea).id)
    whom = [one for one in customers if one in members_of(LESSON)][:EARNS]
    viewer = as_(manager)
    for customer in whom:
        counter.award_by_hand(viewer, customer, first, "大堂陪教 20 分钟，能自己查余额")
    if whom:
        counter.redeem(viewer, whom[0], present, "demopoints0001")


def _running(
    as_: Callable[[str], Viewer], maker: str, checker: str, name: str, plan: MissionPlan | RewardPlan
) -> int:
    kind = "mission" if isinstance(plan, MissionPlan) else "reward"
    row: PointsPlan = services.save(as_(maker), None, name, plan)
    services.submit(as_(maker), kind, row.id)
    row.refresh_from_db()
    services.approve(as_(checker), kind, row.id, row.digest)
    return row.id
