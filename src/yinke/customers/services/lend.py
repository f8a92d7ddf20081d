"""代办可见: who does one task for a customer sees that customer for as long as it lasts."""

from __future__ import annotations

from datetime import date

from yinke.customers.models import Assignment

FOR_TASK = "TASK"
"""``Assignment.reason`` of such a loan; the night ends it when no task is left (care/make_tasks.py)."""


def lend(customer_id: int, user_id: int, start: date) -> None:
    """Make a member of staff co-manager without a share, unless he looks after the customer already."""
    Assignment.objects.get_or_create(
        customer_id=customer_id, user_id=user_id, end_date=None,
        defaults={"rel_type": Assignment.Rel.CO, "share_pct": 0, "start_date": start, "reason": FOR_TASK},
    )  # fmt: skip
