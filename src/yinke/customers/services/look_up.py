"""跨机构查询: of somebody who is not among one's customers, only whether the bank has them and which outlet does."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import AuditEntry, Org
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import blind_indexes, blind_number
from yinke.common.errors import YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.names import plain_mobile
from yinke.customers.search import whole_number

LOOKUP, SEARCH = "customer.lookup", "customer.search"


class TooManyLookUps(YinkeError):
    """The hour's number of look-ups is used up."""

    code = "too_many_lookups"
    status = 429


@transaction.atomic
def look_up(viewer: Viewer, q: str, address: str | None = None) -> str | None:
    """Name of the outlet whose customer has this whole mobile or certificate number; None if nobody has it.

    Each is accounted for, found or not (PIPL art. 6: no more than the purpose needs).

    Raises:
        YinkeError: it is no whole number.
        TooManyLookUps: more than ``search.lookups_per_hour`` within an hour.
    """
    kind = whole_number(q)
    if not kind:
        raise YinkeError(
            "Only a whole mobile or certificate number can be looked up", place="q", code="no_whole_number",
            remedy="Type all of its digits",
        )  # fmt: skip
    _check_rate(viewer)
    plain = plain_mobile(q) if kind == "mobile" else q.strip().upper()
    found = None
    with connection.cursor() as cursor:
        for index in blind_indexes(plain):
            both = [index, None] if kind == "mobile" else [None, index]
            cursor.execute("SELECT id, org_id FROM customers_elsewhere(%s, %s)", both)
            found = found or cursor.fetchone()
    who = str(found[0]) if found else ""
    audit(viewer, LOOKUP, "customer", who, reason=_told(kind, q), address=address)
    return Org.objects.get(id=found[1]).name if found else None


def account_for_search(viewer: Viewer, q: str, address: str | None = None) -> None:
    """Leave an entry for a search by a whole mobile or certificate number; other searches leave none."""
    kind = whole_number(q)
    if kind:
        audit(viewer, SEARCH, "customer", "", reason=_told(kind, q), address=address)


def _told(kind: str, q: str) -> str:
    """The kind of number and its blind index: two searches for one number are told from two numbers by it."""
    plain = plain_mobile(q) if kind == "mobile" else q.strip().upper()
    return f"{kind} {blind_number(plain) & 0xFFFFFFFF:08x}"


def _check_rate(viewer: Viewer) -> None:
    limit = int(
        load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())["search.lookups_per_hour"]
    )
    with connection.cursor() as cursor:  # parallel clicks of one person are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"lookup {viewer.user_id}"])
    used = AuditEntry.objects.filter(
        user_id=viewer.user_id, action=LOOKUP, at__gt=timezone.now() - timedelta(hours=1)
    ).count()
    if used >= limit:
        raise TooManyLookUps(
            f"You have looked up {limit} numbers within an hour", place="q", remedy="Go on in an hour"
        )
