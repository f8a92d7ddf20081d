"""明文查看: show one hidden field of one customer, with a reason, accounted for before it is shown."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import AuditEntry
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import one

ACTION = "customer.reveal"
FIELDS = {"mobile": "mobile_sealed", "email": "email_sealed", "cert": "cert_sealed", "name": "name_sealed"}
REASONS = ("CALL", "VERIFY", "SERVICE", "COMPLAINT")


class TooManyReveals(YinkeError):
    """The day's number of reveals is used up."""

    code = "too_many_reveals"
    status = 429


def reveal(
    viewer: Viewer,
    customer_id: int,
    field: str,
    reason: str,
    address: str | None = None,
    *,
    right: str = "customer.reveal",
) -> str:
    """The plain value of one field. The audit row is committed before anything is decrypted.

    Args:
        right: what the viewer's role must hold; who calls with another one has narrowed the customers down.

    Raises:
        NotAllowed: the role may not.
        NotFound: the customer is not in scope, or has no such value.
        YinkeError: no such field or reason.
        TooManyReveals: more than ``reveal.per_day`` today (Asia/Shanghai).
    """
    if not viewer.may(right):
        raise NotAllowed("Your role sees masked values only", remedy="Ask the customer's manager")
    if field not in FIELDS or reason not in REASONS:
        raise YinkeError(
            "No such field or reason", place="reveal", code="no_such_choice",
            remedy=f"Take one of {', '.join(FIELDS)} and one of {', '.join(REASONS)}",
        )  # fmt: skip
    customer = one(viewer, customer_id)
    _account_for(viewer, customer_id, field, reason, address)
    value = decrypt(getattr(customer, FIELDS[field]))
    if not value:
        raise NotFound(
            "The bank has no such value", place=field, remedy="Ask the customer and have it recorded"
        )
    return value


@transaction.atomic
def _account_for(viewer: Viewer, customer_id: int, field: str, reason: str, address: str | None) -> None:
    limit = int(load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())["reveal.per_day"])
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    with connection.cursor() as cursor:  # parallel clicks of one person are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reveal {viewer.user_id}"])
    used = AuditEntry.objects.filter(user_id=viewer.user_id, action=ACTION, at__gte=midnight).count()
    if used >= limit:
        raise TooManyReveals(
            f"You have looked at {limit} hidden values today", place="reveal",
            remedy="Go on tomorrow, or ask your branch manager",
        )  # fmt: skip
    audit(viewer, ACTION, "customer", f"{customer_id}.{field}", reason=reason, address=address)
