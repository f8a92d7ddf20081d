"""The demo bank's salons: one to which customers have answered, and one that waits for approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from yinke.access.viewer import Viewer
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.salons import guests, services
from yinke.outreach.salons.guests import SalonFull
from yinke.outreach.salons.models import Salon
from yinke.outreach.salons.plan import SalonPlan
from yinke.outreach.services import templates
from yinke.outreach.services.templates import Draft

INVITATION = Draft(
    "沙龙报名邀请", "MARKETING", "{称呼}您好，{网点}邀您参加{活动}，{时间}，{地点}。报名请点 {报名链接}"
)
ANSWERS = ("yes", "yes", "two", "no", "yes", "two", "", "yes", "two", "yes", "", "yes", "no", "two")
"""What a manager's customers said to the invitation, in their order; empty: nothing yet."""


def hold_salons(
    as_: Callable[[str], Viewer], maker: str, checker: str, head: str, managers: Mapping[str, Sequence[int]], today: date
) -> None:  # fmt: skip
    """A text with the link, a salon in twelve days with answers, and one that waits.

    Args:
        as_: who works from now on.
        managers: by staff number, the customers whom they invite by word.
    """
    text = templates.submit(as_(maker), INVITATION)
    text = templates.decide(as_(checker), text.id, fit=True)
    plan = SalonPlan(
        theme="怎样安排退休前十年的现金流：养老金账户、长期储蓄和医疗准备。", place="二楼客户活动室",
        starts_at=_at(today + timedelta(days=12), 14), ends_at=_at(today + timedelta(days=12), 16),
        closes_at=_at(today + timedelta(days=11), 18), seats=12, waiting=6, party=2, speaker="养老规划顾问 沈老师", risk=2,
        materials="《个人养老金一页通》、养老储蓄和 R2 养老理财说明书", template=text.template_id,
    )  # fmt: skip
    host = as_(head)
    salon = services.save(host, None, "养老规划茶会", host.org_id, plan)
    services.submit(host, salon.id)
    services.approve(as_(checker), salon.id, Salon.objects.get(id=salon.id).digest)
    for manager, customers in managers.items():
        viewer = as_(manager)
        guests.invite(viewer, salon.id, customers, by_text=False)
        asked = salon.guests.filter(customer_id__in=customers).order_by("customer_id")
        for guest, said in zip(list(asked), ANSWERS, strict=False):
            if said:
                try:
                    guests.answer_for(
                        viewer, salon.id, guest.id, coming=said != "no", seats=2 if said == "two" else 1
                    )
                except SalonFull:
                    break
    waits = plan.model_copy(
        update={
            "theme": "教孩子认识钱：压岁钱账户和记账小游戏。", "risk": None, "materials": "", "speaker": "",
            "starts_at": _at(today + timedelta(days=19), 10), "ends_at": _at(today + timedelta(days=19), 12),
            "closes_at": _at(today + timedelta(days=18), 18), "seats": 20, "waiting": 0, "party": 3,
        }
    )  # fmt: skip
    host = as_(head)
    services.submit(host, services.save(host, None, "亲子财商课堂", host.org_id, waits).id)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)
