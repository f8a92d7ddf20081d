"""The bank's own fields (自定义字段): defined by the head office, filled in by those who know the customer."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from yinke.access.auth import can, viewer_from
from yinke.customers import queries_custom as queries
from yinke.customers.custom_schemas import (
    CustomFieldChange,
    CustomFieldIn,
    CustomFieldOut,
    CustomFieldShown,
    CustomFieldUse,
    CustomValueIn,
    CustomValueOut,
    CustomValuePast,
)
from yinke.customers.services import custom_fields

router = Router(tags=["customers"])


@router.get("/custom-fields", response=list[CustomFieldOut], auth=can("field.manage"))
def list_custom_fields(request: HttpRequest) -> list[CustomFieldOut]:
    """All fields of the bank's own, retired ones included."""
    return queries.fields_of(viewer_from(request))


@router.get("/custom-fields/shown", response=list[CustomFieldShown], auth=can("customer.read"))
def list_shown_custom_fields(request: HttpRequest) -> list[CustomFieldShown]:
    """The fields that customers' pages show, by which the customer list may be narrowed."""
    return queries.fields_shown(viewer_from(request))


@router.post("/custom-fields", response=CustomFieldOut, auth=can("field.manage"))
def define_custom_field(request: HttpRequest, body: CustomFieldIn) -> CustomFieldOut:
    """Define a field."""
    return queries.field_out(custom_fields.define(viewer_from(request), body), 0)


@router.put("/custom-fields/{field_code}", response={204: None}, auth=can("field.manage"))
def change_custom_field(request: HttpRequest, field_code: str, body: CustomFieldChange) -> Status[None]:
    """Change names, options and where it is shown; never the kind."""
    custom_fields.change(viewer_from(request), field_code, body)
    return Status(204, None)


@router.get("/custom-fields/{field_code}/use", response=CustomFieldUse, auth=can("field.manage"))
def get_custom_field_use(request: HttpRequest, field_code: str) -> CustomFieldUse:
    """Where a field is used, to be read before it is retired."""
    return queries.use_of(viewer_from(request), field_code)


@router.post("/custom-fields/{field_code}/retire", response={204: None}, auth=can("field.manage"))
def retire_custom_field(request: HttpRequest, field_code: str) -> Status[None]:
    """Take a field out of use, unless segments or journeys name it."""
    custom_fields.retire(viewer_from(request), field_code)
    return Status(204, None)


@router.post("/custom-fields/{field_code}/restore", response={204: None}, auth=can("field.manage"))
def restore_custom_field(request: HttpRequest, field_code: str) -> Status[None]:
    """Put a retired field into use again."""
    custom_fields.restore(viewer_from(request), field_code)
    return Status(204, None)


@router.get(
    "/customers/{customer_id}/custom-fields", response=list[CustomValueOut], auth=can("customer.read")
)
def list_custom_values(request: HttpRequest, customer_id: int) -> list[CustomValueOut]:
    """What the bank's own fields say of a customer, unknown ones included."""
    return queries.custom_values(viewer_from(request), customer_id)


@router.put(
    "/customers/{customer_id}/custom-fields/{field_code}", response={204: None}, auth=can("field.fill")
)
def fill_custom_field(
    request: HttpRequest, customer_id: int, field_code: str, body: CustomValueIn
) -> Status[None]:
    """Write down what a field says of a customer; null takes it away."""
    custom_fields.fill(viewer_from(request), customer_id, field_code, body.value)
    return Status(204, None)


@router.get(
    "/customers/{customer_id}/custom-fields/{field_code}/past", response=list[CustomValuePast],
    auth=can("customer.read"),
)  # fmt: skip
def list_past_custom_values(request: HttpRequest, customer_id: int, field_code: str) -> list[CustomValuePast]:
    """What a field said of a customer before, who wrote it down and who changed it."""
    return queries.past_values(viewer_from(request), customer_id, field_code)
