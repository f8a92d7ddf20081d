"""本行字段 as rules ask for them: which there are, and whom a condition holds of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from yinke.access.viewer import Viewer
from yinke.customers.custom_models import CustomValue
from yinke.customers.queries import Ids, packed
from yinke.customers.queries_custom import defined, in_words, values
from yinke.segments.rules.custom import Asked, custom_field, read_mark
from yinke.segments.rules.fields import CUSTOM, Field, typed

_ORDER = {"eq": "", "lt": "__lt", "le": "__lte", "gt": "__gt", "ge": "__gte"}


def custom_fields() -> dict[str, Field]:
    """The bank's own fields by their names in rules, retired ones included."""
    found = [
        custom_field(
            each.code, each.kind, each.name_zh, each.name_en, about=(each.about_zh, each.about_en), unit=each.unit,
            options=((one["code"], one["zh"], one["en"]) for one in each.options), retired=not each.is_active,
        )
        for each in defined()
    ]  # fmt: skip
    return {field.name: field for field in found}


def held(marks: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """Whom each mark holds of, of some customers or of all; one question each. Dates stand in the marks: ``on`` changes nothing."""
    asked = {said: read_mark(said) for said in sorted(marks)}
    fields = {each.code: each for each in defined().filter(code__in={one.code for one in asked.values()})}
    for said, one in asked.items():
        field = fields[one.code]
        yield said, packed(values().filter(_fits(field.kind, one), field=field), among=among)


def _fits(kind: str, asked: Asked) -> Q:
    """The values of a field that a mark asks for; rows are there only of those who have one."""
    column, op, value = CustomValue.COLUMNS[kind], asked.op, asked.value
    if op == "is_known":
        return Q()
    if op in ("is_true", "is_false"):
        return Q(**{column: op == "is_true"})
    if op in ("has_any", "has_all"):
        return Q(**{f"{column}__{'overlap' if op == 'has_any' else 'contains'}": value})
    if op == "contains":
        return Q(**{f"{column}__contains": value})
    as_kind = {"NUMBER": "number", "DATE": "date"}.get(kind, "text")
    if isinstance(value, list):
        wanted = [typed(as_kind, each) for each in value]
        found = Q(**{f"{column}__{'range' if op == 'between' else 'in'}": wanted})
        return ~found if op == "not_in" else found
    wanted = typed(as_kind, value)
    return ~Q(**{column: wanted}) if op == "ne" else Q(**{f"{column}{_ORDER[op]}": wanted})


def told_of(viewer: Viewer, customer_id: int, fields: Mapping[str, Field]) -> dict[str, Any]:
    """What the bank's own fields say of a customer whom the viewer was already shown, by their names in rules.

    Numbers, dates and yes or no as they are; texts and options in words.
    """
    if not fields:
        return {}
    rows = values().filter(customer_id=customer_id).select_related("field")
    return {
        f"{CUSTOM}{row.field.code}": in_words(viewer, row.field, row)
        if row.field.kind in ("TEXT", "CHOICE", "CHOICES") else row.value
        for row in rows
    }  # fmt: skip
