"""What can be asked about the bank's own fields, and what they say of customers."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.custom_schemas import (
    CustomChoice,
    CustomFieldOut,
    CustomFieldShown,
    CustomFieldUse,
    CustomOption,
    CustomValueOut,
    CustomValuePast,
)
from yinke.customers.hooks import field_use
from yinke.customers.queries import one, visible

PAST = 50
"""Earlier values of one field that are told."""


def defined() -> QuerySet[CustomField]:
    """All fields in their order, retired ones included."""
    return CustomField.objects.order_by("place", "id")


def shown() -> QuerySet[CustomField]:
    """The fields that customers' pages show, in their order."""
    return defined().filter(is_active=True, on_page=True)


def fields_shown(viewer: Viewer) -> list[CustomFieldShown]:
    """``shown`` as the customer list offers them."""
    return [
        CustomFieldShown(
            code=each.code, title=said(viewer, each.name_zh, each.name_en),
            about=said(viewer, each.about_zh, each.about_en), kind=each.kind, unit=each.unit,  # type: ignore[arg-type]
            options=[CustomChoice(code=one["code"], name=said(viewer, one["zh"], one["en"])) for one in each.options],
        )
        for each in shown()
    ]  # fmt: skip


def one_field(code: str, *, in_use: bool = False, lock: bool = False) -> CustomField:
    """A field by its code.

    Raises:
        NotFound: there is none, or it is retired though wanted ``in_use``.
    """
    rows = CustomField.objects.select_for_update() if lock else CustomField.objects.all()
    found = rows.filter(code=code).first()
    if found is None or (in_use and not found.is_active):
        raise NotFound("No such field", place=f"field {code[:30]}", remedy="Reload the page")
    return found


def values() -> QuerySet[CustomValue]:
    """What is known now."""
    return CustomValue.objects.filter(ended_at=None)


def fields_of(viewer: Viewer) -> list[CustomFieldOut]:
    """All fields, with how many of the viewer's customers each is known of."""
    known = values().filter(customer__in=visible(viewer)).order_by()
    counts = dict(known.values_list("field_id").annotate(n=Count("id")))
    return [field_out(each, counts.get(each.id, 0)) for each in defined().select_related("owner")]


def field_out(field: CustomField, customers: int) -> CustomFieldOut:
    """A field as those who keep it see it."""
    return CustomFieldOut(
        code=field.code, name_zh=field.name_zh, name_en=field.name_en, about_zh=field.about_zh,
        about_en=field.about_en, kind=field.kind, unit=field.unit,  # type: ignore[arg-type]
        options=[CustomOption(**each) for each in field.options], on_page=field.on_page, place=field.place,
        owner=field.owner.name, is_active=field.is_active, customers=customers,
    )  # fmt: skip


def use_of(viewer: Viewer, code: str) -> CustomFieldUse:
    """Where a field is used, as far as the viewer sees.

    Raises:
        NotFound: there is no such field.
    """
    field = one_field(code)
    found = field_use(viewer, code)
    known = values().filter(field=field, customer__in=visible(viewer)).count()
    return CustomFieldUse(customers=known, used_by=list(found.names), others=found.others)


def custom_values(viewer: Viewer, customer_id: int) -> list[CustomValueOut]:
    """What each field that the customer's page shows says of one customer.

    Raises:
        NotFound: no such customer in the viewer's scope.
    """
    customer = one(viewer, customer_id)
    fields = list(shown())
    rows = values().filter(customer=customer, field__in=fields).select_related("by")
    return [_value_out(viewer, each, {row.field_id: row for row in rows}.get(each.id)) for each in fields]


def _value_out(viewer: Viewer, field: CustomField, row: CustomValue | None) -> CustomValueOut:
    value = row.value if row else None
    has = value if isinstance(value, list) else [value]
    return CustomValueOut(
        code=field.code, title=said(viewer, field.name_zh, field.name_en),
        about=said(viewer, field.about_zh, field.about_en), kind=field.kind, unit=field.unit,  # type: ignore[arg-type]
        options=[
            CustomChoice(code=each["code"], name=said(viewer, each["zh"], each["en"]))
            for each in field.options if each["active"] or each["code"] in has
        ],
        value=value, by=row.by.name if row else "", at=row.at if row else None,
    )  # fmt: skip


def past_values(viewer: Viewer, customer_id: int, code: str) -> list[CustomValuePast]:
    """What a field said of one customer before, the newest first (at most ``PAST``).

    Raises:
        NotFound: no such customer in the viewer's scope, or no such field.
    """
    customer, field = one(viewer, customer_id), one_field(code)
    rows = CustomValue.objects.filter(~Q(ended_at=None), customer=customer, field=field)
    return [
        CustomValuePast(
            said=in_words(viewer, field, row), by=row.by.name, at=row.at,
            ended_by=row.ended_by.name if row.ended_by else "", ended_at=row.ended_at,  # type: ignore[arg-type]
        )
        for row in rows.select_related("by", "ended_by").order_by("-ended_at", "-id")[:PAST]
    ]  # fmt: skip


def in_words(viewer: Viewer, field: CustomField, row: CustomValue) -> str:
    """A value as the viewer reads it: options by their names."""
    if row.holds is not None:
        return said(viewer, "是" if row.holds else "否", "Yes" if row.holds else "No")
    names = {each["code"]: said(viewer, each["zh"], each["en"]) for each in field.options}
    value = row.value
    if isinstance(value, list):
        return said(viewer, "、", ", ").join(names[str(each)] for each in value)
    return names[str(value)] if field.options else f"{value} {field.unit}".strip()


def said(viewer: Viewer, zh: str, en: str) -> str:
    """A text in the viewer's language; the other one where it was not written."""
    return (en or zh) if viewer.language == "en" else (zh or en)
