"""派发 by the workers: each minute, and at once when a message is asked for; several may send side by side."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yinke.outreach.services.dispatch import dispatch


@app.task(name="outreach.dispatch", queue="outreach", queueing_lock="outreach")
def send_due() -> int:
    """Send what is due; how many messages the providers took."""
    return dispatch().taken


@app.periodic(cron="* * * * *", periodic_id="outreach")
@app.task(name="outreach.watch", queue="outreach", queueing_lock="outreach.watch")
def watch(timestamp: int) -> int:
    """What waited for its hour, or for a provider, goes now."""
    return dispatch().taken


def dispatch_soon() -> None:
    """Wake the worker, who sees the call once this transaction is committed; one that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        send_due.defer()
