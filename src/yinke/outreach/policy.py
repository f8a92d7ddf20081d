"""接触策略: what the gate does now, in rules that a person can read, each with the thresholds that it goes by.

The rules themselves are ``gate.py``; here they are only named, in the order in which they are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import Threshold, load_thresholds
from yinke.customers.models import Customer
from yinke.customers.queries import one, visible
from yinke.customers.shown import shown_name
from yinke.outreach.gate import CAPS, Verdict, judge, looked_up
from yinke.outreach.models import Channel, Kind, Message, Template, TemplateVersion
from yinke.outreach.policy_schemas import (
    ContactCheckOut,
    ContactPolicyOut,
    ContactVerdict,
    HeldBack,
    PolicyRule,
    PolicyThreshold,
    ThresholdUnit,
)
from yinke.outreach.schemas import ChannelCode, KindCode
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import Words, digest

LONG, SHORT = timedelta(days=30), timedelta(days=7)
ALL, ASKED, SOLD = tuple(Kind.values), (Kind.MARKETING.value, Kind.GREETING.value), (Kind.MARKETING.value,)
"""Kinds of messages of which a rule is asked: all, all but service notices, marketing alone."""
_CAPS = tuple(f"outreach.{channel.lower()}_{name}" for channel, caps in CAPS.items() for _, name, _ in caps)


@dataclass(frozen=True)
class Rule:
    """One rule of the gate. ``whys``: what it says (``gate.WHYS``). ``thresholds``: codes of those that it goes by."""

    code: str
    whys: tuple[str, ...]
    kinds: tuple[str, ...]
    thresholds: tuple[str, ...] = ()


RULES = (
    Rule("LATE", ("LATE",), ALL, ("outreach.lives_hours",)),
    Rule(
        "CONTENT", ("CONTENT",), ALL,
        (
            "outreach.signature", "outreach.opt_out", "outreach.mail_signature", "outreach.mail_ad", "outreach.mail_opt_out",
            "outreach.wecom_opt_out", "outreach.app_opt_out", "outreach.banned_words", "outreach.sales_words", "outreach.link_hosts",
        ),
    ),
    Rule("STATUS", ("STATUS",), ALL),
    Rule("RESTRICTED", ("RESTRICTED",), ASKED),
    Rule("ADDRESS", ("NO_ADDRESS", "BAD_NUMBER", "DEAD_MAILBOX"), ALL),
    Rule("COMPLAINT", ("COMPLAINT",), ASKED),
    Rule("DND", ("DND",), ASKED),
    Rule("CONSENT", ("CONSENT",), ASKED, ("outreach.opt_out_words",)),
    Rule("HELD_OUT", ("HELD_OUT",), ASKED),
    Rule("SUITABILITY", ("SUITABILITY",), ASKED),
    Rule("COOL_OFF", ("REFUSED", "DEAL"), SOLD, ("outreach.refused_days", "outreach.deal_days")),
    Rule("PAUSED", ("PAUSED",), ALL),
    Rule("CAPS", ("CAP_DAY", "CAP_WEEK", "CAP_MONTH", "CAP_ALL"), ASKED, (*_CAPS, "outreach.all_month")),
    Rule("HOURS", ("HOURS", "FESTIVAL"), ASKED, ("outreach.from_hour", "outreach.until_hour")),
)  # fmt: skip
"""In the order in which the gate asks: what it says first is the reason that is kept."""


def contact_policy(viewer: Viewer) -> ContactPolicyOut:
    """Every rule with its thresholds of today, those to come, and what it held back among the viewer's customers."""
    today = timezone.localdate()
    standing = load_thresholds(settings.YINKE.thresholds).standing(today)
    held = _held_back(viewer, timezone.now())
    return ContactPolicyOut(
        on=today,
        rules=[
            PolicyRule(
                code=rule.code, kinds=[cast(KindCode, kind) for kind in rule.kinds],
                thresholds=[_threshold(viewer, *standing[code]) for code in rule.thresholds],
                held=[row for why in rule.whys for row in held.get(why, [])],
            )
            for rule in RULES
        ],
    )  # fmt: skip


_UNITS: Mapping[str, ThresholdUnit] = {"hours": "HOURS", "days": "DAYS", "hour": "CLOCK"}
"""Units that a figure's name does not say already."""
_SOURCES = {
    "own default, to be confirmed by the bank": "系统默认值，待本行确认", "contact policy, industry default": "接触策略，行业通行值",
    "; WeCom has a limit of its own": "；企业微信另有上限",
}  # fmt: skip
"""What stands for a source that is no text of law, in Chinese."""


def _source(viewer: Viewer, source: str) -> str:
    for english, chinese in _SOURCES.items():
        source = source if viewer.language == "en" else source.replace(english, chinese)
    return source


def _threshold(viewer: Viewer, row: Threshold, coming: Threshold | None) -> PolicyThreshold:
    return PolicyThreshold(
        code=row.code, name=row.name_en if viewer.language == "en" else row.name_zh, value=row.value, owner=row.owner,
        unit=_UNITS.get(row.unit, ""), source=_source(viewer, row.source), valid_from=row.valid_from, next_value=coming.value if coming else None,
        next_from=coming.valid_from if coming else None,
    )  # fmt: skip


def _held_back(viewer: Viewer, now: datetime) -> Mapping[str, list[HeldBack]]:
    """By reason: messages of the last days that the gate refused, and those that wait for it now; by channel."""
    rows = (
        Message.objects.filter(customer__in=visible(viewer))
        .exclude(why="")
        .filter(Q(state=Message.State.REFUSED, made_at__gt=now - LONG) | Q(state=Message.State.QUEUED))
        .values("why", "channel")
        .annotate(
            long=Count("id", filter=Q(state=Message.State.REFUSED)),
            short=Count("id", filter=Q(state=Message.State.REFUSED, made_at__gt=now - SHORT)),
            waiting=Count("id", filter=Q(state=Message.State.QUEUED)),
        )
        .order_by("why", "channel")
    )
    found: dict[str, list[HeldBack]] = defaultdict(list)
    for row in rows:
        found[row["why"]].append(
            HeldBack(
                why=row["why"],
                channel=cast(ChannelCode, row["channel"]),
                days_7=row["short"],
                days_30=row["long"],
                waiting=row["waiting"],
            )
        )
    return found


def may_contact(viewer: Viewer, customer_id: int, risk: int | None = None) -> ContactCheckOut:
    """What the gate would say now of a message to a customer, by channel and kind; nothing is kept or sent.

    Each is judged alone, as a text that is approved: of what the text says nothing is asked.

    Args:
        risk: risk level (1 to 5) of the product that the message would speak of; None: of none. Service notices sell nothing.

    Raises:
        NotFound: no such customer within the viewer's scope.
    """
    customer, now = one(viewer, customer_id), timezone.now()
    values, found = in_force(), list[ContactVerdict]()
    with (
        whole_bank()
    ):  # the same person's other numbers count; of them only the code is told, as when a message is previewed
        people = looked_up([customer.id])
        for channel in Channel:
            for kind in Kind:
                message = _would_be(customer, channel, kind, None if kind == Kind.SERVICE else risk, now)
                verdict: Verdict = judge([message], now, values, people)[0]
                found.append(
                    ContactVerdict(
                        channel=cast(ChannelCode, channel.value),
                        kind=cast(KindCode, kind.value),
                        why=verdict.why,
                        until=verdict.until,
                    )
                )
    return ContactCheckOut(
        customer_id=customer.id, customer=shown_name(viewer, customer), cust_no=customer.cust_no, at=now, verdicts=found,
    )  # fmt: skip


def _would_be(customer: Customer, channel: Channel, kind: Kind, risk: int | None, now: datetime) -> Message:
    """A message that is asked about only: of a text that is nowhere, and as good as approved."""
    template = Template(channel=channel.value, kind=kind.value, risk=risk)
    words = Words(template.channel, template.kind, "…", "…" if channel == Channel.EMAIL else "", risk)
    version = TemplateVersion(
        template=template, number=1, text=words.text, subject=words.subject, digest=digest(words, in_force()),
        state=TemplateVersion.State.APPROVED,
    )  # fmt: skip
    return Message(
        customer=customer, version=version, channel=channel.value, kind=kind.value, made_at=now, expires_at=now + timedelta(hours=1),
        next_at=now,
    )  # fmt: skip
