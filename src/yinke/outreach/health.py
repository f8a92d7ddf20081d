"""渠道状态: how each provider has done in the last 24 hours, and whether that is as it should be."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Greatest

from yinke.outreach.models import Message
from yinke.outreach.schemas import ChannelCode, ProviderFault, ProviderOut
from yinke.outreach.services.templates import in_force

DAY = timedelta(days=1)
TIMED = 500
"""Newest receipts from which the median is taken."""
State = Message.State


def provider_health(seen: QuerySet[Message], name: str, channel: ChannelCode, now: datetime) -> ProviderOut:
    """How a provider does.

    What no provider of its channel could take, after the last try, counts as a failure of each of them.

    Args:
        seen: the messages that the viewer sees.
    """
    values = in_force()
    lives = timedelta(hours=int(values["outreach.lives_hours"]))
    rows = seen.filter(
        Q(provider=name) | Q(provider="", state=State.FAILED),
        channel=channel,
        gone_at__gt=now - DAY,
        made_at__gt=now - DAY - lives,  # nothing older can have gone since: few pages to look at
    )
    counted = rows.aggregate(
        sent=Count("id"), delivered=Count("id", filter=Q(state=State.DELIVERED)), failed=Count("id", filter=Q(state=State.FAILED)),
        awaiting=Count("id", filter=Q(state__in=(State.SENDING, State.SENT))), last=Max("gone_at"), last_receipt=Max("receipt_at"),
    )  # fmt: skip
    again = seen.filter(channel=channel, state=State.QUEUED, attempts__gt=0, gone_at__isnull=False)
    due = F("expires_at") - lives
    tried = again.aggregate(many=Count("id"), oldest=Min(Greatest("made_at", due)))
    took = [
        (receipt - gone).total_seconds()
        for gone, receipt in rows.exclude(receipt_at=None).order_by("-id").values_list("gone_at", "receipt_at")[:TIMED]
        if gone and receipt
    ]  # fmt: skip
    enough = counted["sent"] >= int(values["outreach.health_least"])
    share = counted["failed"] / counted["sent"] if counted["sent"] else None
    faults: list[ProviderFault] = []
    if enough and share is not None and share * 100 > float(values["outreach.health_failed_percent"]):
        faults.append("FAILURES")
    longest = timedelta(minutes=int(values["outreach.health_waits_minutes"]))
    if tried["oldest"] is not None and now - tried["oldest"] > longest:
        faults.append("WAITING")
    return ProviderOut(
        name=name, channel=channel, sent=counted["sent"], delivered=counted["delivered"], failed=counted["failed"],
        awaiting=counted["awaiting"], failure_share=share, retrying=tried["many"], retrying_since=tried["oldest"],
        seconds=round(median(took), 1) if took else None, last_at=counted["last"], last_receipt_at=counted["last_receipt"],
        health="BAD" if faults else "GOOD" if enough else "QUIET", faults=faults,
    )  # fmt: skip
