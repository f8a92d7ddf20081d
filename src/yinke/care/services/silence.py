"""停止触达: a customer whose data is restricted or deleted has no open task from that moment on."""

from __future__ import annotations

from yinke.care.models import OPEN, Task
from yinke.scoring.services.alerts import drop_alerts
from yinke.scoring.services.values import drop_values


def silence(customer_id: int) -> None:
    """Cancel the customer's open task; the nights make no new one while the restriction stands, and score them no more."""
    Task.objects.filter(customer_id=customer_id, status__in=OPEN).update(
        status=Task.Status.CANCELLED, is_overflow=False
    )
    drop_values([customer_id])
    drop_alerts([customer_id])
