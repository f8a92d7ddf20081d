"""改用下一渠道: when a message of a plan of care reaches nobody, the plan's second text, of another channel, is asked for in its place.

In the transaction that ends the first, so that none is lost and none is asked for twice. Never both are delivered: what a provider
may have carried without saying so (``Message.doubtful``) has no second, and neither has what stopped for any other reason than its
channel's own: a complaint, a cap or the end of its time hold for the customer, by whatever channel.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from yinke.outreach.models import CarePlan, Message, TemplateVersion

OF_ITS_CHANNEL = ("NO_ADDRESS", "BAD_NUMBER", "DEAD_MAILBOX", "DND", "CONSENT")
"""Why the gate says no to one channel only; the second is asked of it again, by its own channel."""
State = Message.State


def ask_next(message_ids: Collection[int], now: datetime) -> int:
    """Ask for the second text in the place of each of these that has ended without reaching anybody.

    Args:
        message_ids: those that the caller's transaction has just ended.
        now: with its time zone; the second goes as soon as its gate lets it, and lives no longer than the first.

    Returns:
        How many were asked for.
    """
    if not message_ids:
        return 0
    ended = list(
        Message.objects.filter(
            Q(state=State.FAILED) | Q(state=State.REFUSED, why__in=OF_ITS_CHANNEL), id__in=list(message_ids),
            plan__state=CarePlan.State.RUNNING, plan__otherwise__retired_at=None, plan__otherwise__isnull=False,
            fallback_of=None, doubtful=False, expires_at__gt=now,
        ).select_related("plan")
    )  # fmt: skip
    if not ended:
        return 0
    texts = {
        version.template_id: version
        for version in TemplateVersion.objects.filter(
            template_id__in={message.plan.otherwise_id for message in ended if message.plan}, state="APPROVED"
        )
        .select_related("template")
        .order_by("number")
    }  # the newest last
    asked = []
    for message in ended:
        second = message.plan.otherwise_id if message.plan else None
        text = None if second is None else texts.get(second)
        if text is not None:
            asked.append(Message(
                customer_id=message.customer_id, version=text, channel=text.template.channel, kind=text.template.kind,
                plan_id=message.plan_id, fallback_of=message, request_key=f"else|{message.id}", made_at=now,
                expires_at=message.expires_at, next_at=now,
            ))  # fmt: skip
    return len(Message.objects.bulk_create(asked, ignore_conflicts=True))
