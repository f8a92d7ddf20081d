"""What the demo bank says to its customers: texts written by head office, approved by compliance, and the first messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.common.crypto import blind_index, encrypt
from yinke.outreach.models import WecomContact
from yinke.outreach.services import plans, send, templates
from yinke.outreach.services.templates import Draft
from yinke.privacy.services.record_consent import Said, newest_policy, record_consent

APPROVED = (
    Draft("定存到期提醒", "SERVICE", "尊敬的{称呼}，您在{网点}的定期存款即将到期，请留意到期后的资金去向。详情可询客户经理{客户经理}。"),
    Draft("生日祝福", "GREETING", "亲爱的{称呼}，生日快乐！{网点}全体同事祝您健康顺遂。{客户经理}敬上。"),
    Draft("理财开放期介绍", "MARKETING", "{称呼}您好，本期稳健类理财将于下周开放申购，欢迎到{网点}了解，或联系{客户经理}。理财非存款，投资须谨慎。", 2),
    Draft("网点沙龙邀请", "MARKETING", "{称呼}您好，{网点}本周六举办家庭财务规划沙龙，诚邀您参加，名额可向{客户经理}预约。"),
    Draft(
        "家庭资产检视邀请", "MARKETING",
        "{称呼}：\n\n您好！又到岁末，建议您用半小时回顾一下家庭的存款、理财与保障安排：\n"
        "一、应急资金是否够用三至六个月；\n二、一年内要用的钱放在哪里；\n三、养老与子女教育是否已有打算。\n\n"
        "如愿意一起看看，请到{网点}，或直接回复本邮件与{客户经理}约个时间。",
        channel="EMAIL", subject="{称呼}，岁末一起看看家庭资产",
    ),
    Draft("沙龙邀请（企业微信）", "MARKETING", "您好，{网点}本周六办一场家庭财务规划沙龙，茶点已备好，想来就告诉我一声。", channel="WECOM"),
    Draft("生日祝福（推送）", "GREETING", "{称呼}，生日快乐！{网点}祝您健康顺遂。", channel="APP"),
)  # fmt: skip
WAITING = Draft(
    "养老规划讲座", "MARKETING", "{称呼}您好，{网点}将举办养老规划讲座，欢迎您携家人参加。{客户经理}恭候。"
)
AGREED = 24
"""Of the manager's customers, how many have agreed to each channel, and are contacts of his in WeCom."""


def say(
    customers: Sequence[int], as_: Callable[[str], Viewer], maker: str, checker: str, manager: str
) -> None:
    """Texts, consents, and messages that wait for the first dispatch: most go, some the gate holds back.

    Args:
        customers: the manager's, by id.
        as_: who works from now on.
    """
    ids = []
    for draft in APPROVED:
        version = templates.submit(as_(maker), draft)
        ids.append(templates.decide(as_(checker), version.id, fit=True).template_id)
    templates.submit(as_(maker), WAITING)
    service, birthday, wealth, salon, letter, chat, notice = ids
    for name, event, tiers, text in (
        ("生日当天祝福", "E11", (0, 2), birthday),
        ("定存到期通知", "E01", (0, 2), service),
    ):
        plan = plans.propose(
            as_(maker),
            plans.Asked(
                name, event, *tiers, text, on_due=event == "E11", instead=False, otherwise_id=notice if event == "E11" else None
            ),
        )  # fmt: skip
        if event == "E11":
            plans.decide(as_(checker), plan.id, fit=True)
    by = as_(manager)
    for purpose, key in (
        ("MARKETING_SMS", "texts"), ("MARKETING_EMAIL", "mails"), ("MARKETING_WECOM", "chats"), ("MARKETING_APP", "notices"),
    ):  # fmt: skip
        policy = newest_policy(purpose)
        for n, customer in enumerate(customers[:AGREED]):
            said = Said(
                purpose, "GRANTED", "COUNTER", f"demo-{key}-{n:04}", policy.id, f"柜面单据 {n + 1:04}"
            )
            record_consent(by, customer, said)
    for n, customer in enumerate(customers[:AGREED]):
        external, now = f"wmDemo{n:026}", timezone.now()
        WecomContact.objects.create(
            customer_id=customer, userid=manager, external_sealed=encrypt(external) or b"",
            external_index=blind_index(external) or b"", since=now, told_at=now,
        )  # fmt: skip
    for n, (customer, text) in enumerate((
        *((one, service) for one in customers[24:27]), *((one, birthday) for one in customers[:4]),
        *((one, salon) for one in customers[2:8]), *((one, wealth) for one in customers[8:12]),
        *((one, salon) for one in customers[26:29]), *((one, letter) for one in customers[8:24]),
        *((one, chat) for one in customers[12:26]), *((one, notice) for one in customers[16:24]),
    )):  # fmt: skip
        send.ask(by, customer, text, f"demo-text-{n:04}")
