"""系统打标签: a job gives or takes a tag of many customers, in the name of whoever set the job up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from yinke.common.many import array_of
from yinke.customers.hooks import marked
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.customers.queries import business_date

_ADD = """
INSERT INTO customers_customertag (customer_id, by_id, at, added_in_id, tag_id, expires_on)
SELECT c.id, %(by)s, %(now)s, %(action)s, %(tag)s, %(last)s FROM customers_customer c WHERE c.id = ANY(%(whom)s)
ORDER BY c.id
ON CONFLICT (tag_id, customer_id) WHERE removed_at IS NULL DO NOTHING
"""


def tag_by_job(user_id: int, tag_id: int, customer_ids: Collection[int], *, adds: bool) -> int:
    """Give a tag to those who have not got it, or take it from those who have; a tag that is out of use is given to nobody.

    The caller's transaction holds it. It stands among the bulk actions of ``user_id``.

    Returns:
        How many changed.
    """
    today = business_date() or timezone.localdate()
    tag = Tag.objects.filter(id=tag_id, is_active=True).first()
    with connection.cursor() as cursor:  # jobs beside one another, but none beside what is done by hand
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"bulk {tag_id}"])
    rows = CustomerTag.objects.filter(tag_id=tag_id, removed_at=None, customer_id__any_of=customer_ids)
    standing = dict(rows.values_list("customer_id", "expires_on"))
    holding = {customer for customer, last in standing.items() if last is None or last >= today}
    whom = sorted(set(customer_ids) - holding if adds else holding)
    if not whom or (adds and tag is None):
        return 0
    action = BulkAction.objects.create(
        user_id=user_id, kind=BulkAction.Kind.TAG_ADD if adds else BulkAction.Kind.TAG_REMOVE, count=len(whom), tag_id=tag_id
    )  # fmt: skip
    now = timezone.now()
    ended = sorted(standing.keys() - holding) if adds else whom  # given: off with what has expired
    if ended:
        off = {"removed_at": now, "removed_by_id": user_id, "removed_in": action}
        rows.filter(customer_id__any_of=ended).update(**off)
    if adds and tag is not None:
        last = today + timedelta(days=tag.expire_days) if tag.expire_days else None
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                {
                    "by": user_id, "now": now, "action": action.id, "tag": tag_id, "last": last, "whom": array_of(whom),
                },
            )  # fmt: skip
    marked("tag", whom)
    return len(whom)
