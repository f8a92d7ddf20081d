"""The base of everything that the API takes and gives."""

from __future__ import annotations

from django.http import HttpResponse
from pydantic import BaseModel


class Schema(BaseModel):
    """A plain Pydantic model: made from values, never from a database row by attribute magic."""


def answer(body: Schema) -> HttpResponse:
    """A model as the response, serialised once; the operation's ``response=`` describes it.

    Ninja would validate and dump again what Pydantic has just checked, which costs a long list more than its
    queries.
    """
    return HttpResponse(body.model_dump_json(), content_type="application/json; charset=utf-8")
