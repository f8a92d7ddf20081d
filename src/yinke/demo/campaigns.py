"""The demo bank's campaigns: one that is approved and starts when an operator says so, and one that waits for approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from yinke.access.viewer import Viewer
from yinke.outreach.campaigns import services
from yinke.outreach.campaigns.plan import CampaignGoal, CampaignLeads, CampaignPlan, CampaignVariant
from yinke.outreach.services import templates
from yinke.outreach.services.templates import Draft

WARM = Draft(
    "代发客户问候",
    "MARKETING",
    "{称呼}您好，感谢您在本行领工资。{客户经理}为您准备了日常打理小建议，欢迎来{网点}聊聊。",
)
SHORT = Draft("代发客户问候（短）", "MARKETING", "{称呼}您好，工资卡怎么打理更省心？来{网点}问问{客户经理}。")


def draw_up(as_: Callable[[str], Viewer], maker: str, checker: str, today: date) -> None:
    """Two texts and two campaigns.

    Args:
        as_: who works from now on.
    """
    texts = [
        templates.decide(as_(checker), templates.submit(as_(maker), draft).id, fit=True).template_id
        for draft in (WARM, SHORT)
    ]
    plan = CampaignPlan(
        objective="GROW", about="代发客户的首次问候：两种说法各一半，看哪种更有效；未发到的由客户经理联系。", segment="payroll_new",
        starts_on=today, ends_on=today + timedelta(days=30), by_hand=True, template=texts[0], template_share=50,
        variants=[CampaignVariant(template=texts[1], share=50)],
        leads=CampaignLeads(script="问候新代发客户，介绍工资卡的日常打理", daily_cap=3), budget=Decimal(20_000),
        message_cost=Decimal("0.05"), lead_cost=Decimal(5), holdout=10, holdout_least=0,
        goal=CampaignGoal(type="AUM", amount=Decimal(10_000), days=30),
    )  # fmt: skip
    row = services.save(as_(maker), None, "新代发客户问候", plan)
    services.submit(as_(maker), row.id)
    row.refresh_from_db()
    services.approve(as_(checker), row.id, row.digest)
    waits = plan.model_copy(
        update={
            "objective": "KEEP", "about": "风评过期又有持仓的客户：请客户经理约来重新测评。", "segment": "assessment_expired_holding",
            "template": None, "template_share": 100, "variants": [], "budget": Decimal(5_000),
            "message_cost": Decimal(0), "leads": CampaignLeads(script="约客户重新做风险测评", priority=1),
        }
    )  # fmt: skip
    services.submit(as_(maker), services.save(as_(maker), None, "风险测评到期回访", waits).id)
