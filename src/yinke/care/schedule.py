"""What the worker does for care by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yinke.care.live.lapse import lapse


@app.periodic(cron="*/5 * * * *", periodic_id="care.lapse")
@app.task(name="care.lapse", queue="outreach", queueing_lock="care.lapse")
def lapse_visits(timestamp: int) -> int:
    """Every five minutes: visits whose two hours are over leave the list. How many."""
    return lapse()
