"""派发、旅程与活动推进 by the workers: each minute, and at once when somebody asks for it; several may send side by side."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yinke.outreach.campaigns.engine import tick as tick_campaigns
from yinke.outreach.channels.settings import configured, wecom
from yinke.outreach.journeys.tick import tick
from yinke.outreach.services.dispatch import dispatch
from yinke.outreach.services.wecom_contacts import find_customers
from yinke.outreach.services.wecom_results import ask_results


@app.task(name="outreach.dispatch", queue="outreach", queueing_lock="outreach")
def send_due() -> int:
    """Send what is due; how many messages the providers took."""
    return dispatch().taken


@app.periodic(cron="* * * * *", periodic_id="outreach")
@app.task(name="outreach.watch", queue="outreach", queueing_lock="outreach.watch")
def watch(timestamp: int) -> int:
    """Journeys and campaigns go on; what they ask for, and what waited for its hour or for a provider, goes now."""
    try:
        _go_on()
    finally:
        sent = dispatch()
    return sent.taken


@app.periodic(cron="* * * * *", periodic_id="outreach.wecom")
@app.task(name="outreach.wecom", queue="outreach", queueing_lock="outreach.wecom")
def ask_wecom(timestamp: int) -> int:
    """Ask WeCom whose the new contacts are, and what managers have sent; how many messages are settled."""
    settled = 0
    for one in configured().wecom:
        there, now = wecom(one), timezone.now()
        find_customers(there, now)
        settled += ask_results(there, now)
    return settled


@app.task(name="outreach.journeys", queue="outreach", queueing_lock="outreach.journeys")
def move() -> int:
    """Let journeys and campaigns go on; how many customers of journeys moved."""
    try:
        return _go_on()
    finally:
        dispatch()


def _go_on() -> int:
    """One whatever becomes of the other."""
    try:
        return tick(many=move_soon).moved
    finally:
        tick_campaigns()


def dispatch_soon() -> None:
    """Wake the worker, who sees the call once this transaction is committed; one that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        send_due.defer()


def move_soon() -> None:
    """Wake the worker as ``dispatch_soon``, for journeys and campaigns."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        move.defer()
