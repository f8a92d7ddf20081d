"""The customer list narrowed by the bank's own fields (按本行字段筛选)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yinke.common.errors import YinkeError
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.models import Customer
from yinke.customers.queries_custom import shown, values

WAYS = {
    "TEXT": ("has",), "NUMBER": ("from", "to"), "DATE": ("from", "to"), "YES_NO": ("is",), "CHOICE": ("is",),
    "CHOICES": ("is",),
}  # fmt: skip
"""How each kind of field may be asked for."""
MOST = 20
"""Conditions at a time."""
LONGEST = 200
"""Characters of a text or of options that are looked for."""


def narrow_by_fields(rows: QuerySet[Customer], conditions: Sequence[str]) -> QuerySet[Customer]:
    """Those of ``rows`` of whom every condition is known to hold.

    Args:
        conditions: see ``CustomerQuery.custom``. Only fields that customers' pages show may be asked for.

    Raises:
        YinkeError: too many; one that is not of that form; a field that is not there, or not of that kind.
    """
    if len(conditions) > MOST:
        raise _wrong("custom", f"At most {MOST} conditions on own fields at a time")
    if not conditions:
        return rows
    fields = {field.code: field for field in shown()}
    for said in conditions:
        code, way, value = ([*said.split("~", 2), "", ""])[:3]
        field = fields.get(code)
        place = f"custom {code[:30]}"
        if field is None:
            raise _wrong(place, "No field of that code is shown on customers' pages")
        if way not in WAYS[field.kind] or not value or len(value) > LONGEST:
            raise _wrong(
                place, f"A field of kind {field.kind} is asked for by: {', '.join(WAYS[field.kind])}"
            )
        fitting = values().filter(_fits(field, way, value, place), field=field, customer_id=OuterRef("id"))
        rows = rows.filter(Exists(fitting))
    return rows


def _fits(field: CustomField, way: str, value: str, place: str) -> Q:
    column = CustomValue.COLUMNS[field.kind]
    if way == "has":
        return Q(**{f"{column}__icontains": value})
    if way == "is":
        if field.kind == "YES_NO":
            if value not in ("true", "false"):
                raise _wrong(place, "Either true or false")
            return Q(**{column: value == "true"})
        return Q(**{f"{column}__{'overlap' if field.kind == 'CHOICES' else 'in'}": value.split("|")})
    bound: Any
    try:
        bound = Decimal(value) if field.kind == "NUMBER" else date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        raise _wrong(place, f"Not a {field.kind.lower()}: {value[:30]}") from None
    if isinstance(bound, Decimal) and not (bound.is_finite() and abs(bound) < Decimal(10) ** 12):
        raise _wrong(place, "A number below a million million")
    return Q(**{f"{column}__{'gte' if way == 'from' else 'lte'}": bound})


def _wrong(place: str, message: str) -> YinkeError:
    return YinkeError(
        message, place=place, code="custom_condition_wrong",
        remedy="Reload the page: the fields may have changed; else take the condition away",
    )  # fmt: skip
