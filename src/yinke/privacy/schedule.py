"""到期清理 once a day, by the worker; never beside a night, whose lock it shares."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yinke.privacy.services.retention import expire


@app.periodic(cron="30 12 * * *", periodic_id="retention")
@app.task(name="privacy.retention", queue="nightly", lock="night")
def retention(timestamp: int) -> int:
    """Delete what is past its time; the number of rows."""
    return sum(done.rows for done in expire())
