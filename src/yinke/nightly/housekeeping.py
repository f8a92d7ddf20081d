"""What the worker keeps in order besides the nights: alerts from the audit trail, and files whose time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yinke.access.services.alerts import sweep
from yinke.customers.services.export import purge_exports


@app.periodic(cron="*/5 * * * *", periodic_id="housekeeping")
@app.task(name="nightly.keep_house", queue="nightly", lock="housekeeping")
def keep_house(timestamp: int) -> str:
    """Every five minutes: raise alerts, delete ended exports."""
    return f"{sweep()} alerts, {purge_exports()} files"
