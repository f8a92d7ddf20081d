"""管户日切: what changes hands by itself as the days turn.

Handovers whose day has come take effect; customers who were claimed and not contacted in time return to the
pool; those listed but not served (挂而不管) are warned about and return too, if the bank has switched that on.
Each handover and each claim is one transaction: it may be killed and called again at any time. The worker
calls it every few minutes, and the night before it makes its tasks, so that neither has to be on time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import AuditEntry
from yinke.care.models import ContactRecord
from yinke.care.services.follow import follow
from yinke.customers.models import Claim
from yinke.customers.services import handover
from yinke.customers.services.owning import IDLE, give, lock, main_managers
from yinke.customers.services.pool import take_back


@dataclass(frozen=True)
class Turned:
    """What a turn did: handovers that took effect, customers moved, claims that ended."""

    handovers: int = 0
    moved: int = 0
    returned: int = 0


def turn(today: date) -> Turned:
    """Do what is due on ``today`` (Asia/Shanghai) and not done yet. Twice is once."""
    handovers = moved = returned = 0
    for number in handover.due(today):
        with transaction.atomic():
            done = handover.take_effect(number)
            if done is not None:
                follow(done.customer_ids, [done.from_user])
                handovers += 1
                moved += len(done.customer_ids)
    for claim_id in list(
        Claim.objects.filter(ended_at=None, contact_by__lt=today).values_list("id", flat=True)
    ):
        with transaction.atomic():
            returned += _end_claim(claim_id)
    return Turned(handovers, moved, returned)


def _end_claim(claim_id: int) -> bool:
    """Close a claim whose days are over; whether the customer returned to the pool."""
    claim = Claim.objects.filter(id=claim_id).first()
    if claim is None:
        return False
    lock([claim.customer_id])
    claim.refresh_from_db()
    if claim.ended_at is not None:
        return False
    contacts = ContactRecord.objects.filter(
        customer_id=claim.customer_id, user_id=claim.user_id, at__gte=claim.at, withdrawn_at=None
    )
    if main_managers([claim.customer_id]).get(claim.customer_id) != claim.user_id:
        claim.end = Claim.End.MOVED
    elif contacts.exists():
        claim.end = Claim.End.SERVED
    else:
        take_back(claim)
        follow([claim.customer_id], [claim.user_id])
        return True
    claim.ended_at = timezone.now()
    claim.save(update_fields=["end", "ended_at"])
    return False


_NOT_SERVED = """
SELECT a.customer_id, a.user_id FROM customers_assignment a
JOIN access_user u ON u.id = a.user_id AND u.is_active
JOIN customers_metrics x ON x.customer_id = a.customer_id
JOIN customers_customer c ON c.id = a.customer_id AND c.status <> 'CLOSED'
JOIN unnest(%(tiers)s::int[], %(days)s::int[]) AS rule (tier, days) ON rule.tier = x.tier AND rule.days > 0
WHERE a.rel_type = 'MAIN' AND a.end_date IS NULL AND a.start_date <= %(day)s - (rule.days - %(before)s)
  AND NOT EXISTS (SELECT FROM care_contactrecord k WHERE k.customer_id = a.customer_id AND k.withdrawn_at IS NULL
      AND k.result <> ALL(%(in_vain)s) AND k.biz_date > %(day)s - (rule.days - %(before)s))
  AND NOT EXISTS (SELECT FROM customers_claim m WHERE m.customer_id = a.customer_id AND m.ended_at IS NULL
      AND m.protected_until >= %(day)s)
"""


@transaction.atomic
def idle(biz_date: date, values: Mapping[str, Any]) -> tuple[int, int]:
    """挂而不管: warn of customers without an effective contact in N days by tier, then return them to the pool.

    Nobody is returned who was not warned of ``idle.warn_days`` before; an effective contact lifts the warning.
    Off unless ``idle.on`` is set.

    Returns:
        Warnings that were raised, customers that returned.
    """
    if not values["idle.on"]:
        return 0, 0
    by_tier, ahead = [int(days) for days in values["idle.days"]], int(values["idle.warn_days"])
    given: dict[str, Any] = {
        "tiers": list(range(len(by_tier))), "days": by_tier, "before": ahead, "day": biz_date,
        "in_vain": list(ContactRecord.NOT_REACHED), "ripe": biz_date - timedelta(days=ahead),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(  # served, or another's by now
            f"DELETE FROM care_idlewarning w WHERE NOT EXISTS (SELECT FROM ({_NOT_SERVED}) s"
            " WHERE s.customer_id = w.customer_id AND s.user_id = w.user_id)",
            given,
        )
        cursor.execute(
            "INSERT INTO care_idlewarning (customer_id, user_id, warned_on, returns_on)"
            f" SELECT s.customer_id, s.user_id, %(day)s, %(day)s + %(before)s FROM ({_NOT_SERVED}) s"
            " ON CONFLICT (customer_id) DO NOTHING",
            given,
        )
        warned = max(cursor.rowcount, 0)
        cursor.execute(
            "DELETE FROM care_idlewarning WHERE warned_on <= %(ripe)s RETURNING customer_id, user_id", given
        )
        ripe: list[tuple[int, int]] = cursor.fetchall()
    if ripe:
        ids = [customer_id for customer_id, _ in ripe]
        lock(ids)
        give(ids, None, biz_date, IDLE)
        follow(ids, {user_id for _, user_id in ripe})
        AuditEntry.objects.create(
            action="pool.idle",
            object_type="biz_date",
            object_id=f"{biz_date}",
            reason=f"{len(ids)} customers",
        )
    return warned, len(ripe)
