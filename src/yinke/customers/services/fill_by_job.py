"""系统改字段: a job writes down one value of one of the bank's own fields for many customers, in the name of whoever set the job up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.common.errors import YinkeError
from yinke.common.many import array_of
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.hooks import marked
from yinke.customers.services.custom_fields import fitting

_INSERT = """
INSERT INTO customers_customvalue (customer_id, field_id, by_id, at, text, number, day, holds, choices)
SELECT c.id, %(field)s, %(by)s, %(now)s, %(text)s, %(number)s, %(day)s, %(holds)s, %(choices)s::text[]
FROM unnest(%(whom)s::int[]) c (id)
ON CONFLICT (field_id, customer_id) WHERE ended_at IS NULL DO NOTHING
RETURNING customer_id
"""
_NOTHING = {"text": "", "number": None, "day": None, "holds": None, "choices": None}
"""What stands in the columns of other kinds."""


def fill_by_job(user_id: int, code: str, value: Any, customer_ids: Collection[int], why: str) -> bool:
    """Write down a value for customers; for whom it stands already nothing changes. What stood there before stays as history.

    The caller's transaction holds it. The trail of audit has one row for all: whose value changed when and by whom says the history.

    Args:
        value: as a person would fill it in (``fitting``).
        why: what asked for it.

    Returns:
        Whether it could be: no, for nobody, of a field that is retired or that does not take the value any more.
    """
    field = CustomField.objects.filter(code=code, is_active=True).first()
    try:
        known = fitting(field, value) if field else None
    except YinkeError:
        known = None
    if field is None or known is None:
        return False
    with connection.cursor() as cursor:  # jobs beside one another, but none beside what is filled in by hand
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"fill {code}"])
    column, now = CustomValue.COLUMNS[field.kind], timezone.now()
    others = CustomValue.objects.filter(field=field, ended_at=None, customer_id__any_of=customer_ids)
    others.exclude(**{column: known}).update(ended_at=now, ended_by_id=user_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                **_NOTHING, column: known, "field": field.id, "by": user_id, "now": now, "whom": array_of(sorted(customer_ids)),
            },
        )  # fmt: skip
        changed = [customer for (customer,) in cursor.fetchall()]
    if changed:
        audit_job("field.fill", "custom_field", code, reason=f"{why}: {len(changed)}")
        marked(f"custom.{code}", changed)
    return True
