"""What the API of the bank's own fields takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from yinke.common.schema import Schema

Kind = Literal["TEXT", "NUMBER", "DATE", "YES_NO", "CHOICE", "CHOICES"]
Name = Annotated[str, Field(max_length=100)]
About = Annotated[str, Field(max_length=500)]


class CustomOptionIn(Schema):
    """An option. ``code``: of one that there is; a new one has none yet."""

    code: Annotated[str, Field(max_length=30)] = ""
    zh: Name
    en: Name = ""
    active: bool = True


class CustomFieldChange(Schema):
    """What may be changed of a field. Options that are not named go out of use."""

    name_zh: Name
    name_en: Name = ""
    about_zh: About = ""
    about_en: About = ""
    unit: Annotated[str, Field(max_length=30)] = ""
    options: Annotated[list[CustomOptionIn], Field(max_length=200)] = []
    on_page: bool = True
    place: Annotated[int, Field(ge=0, le=999)] = 0


class CustomFieldIn(CustomFieldChange):
    """A new field. ``code``: its own if it names none."""

    code: Annotated[str, Field(max_length=60)] = ""
    kind: Kind


class CustomOption(Schema):
    """An option. Not ``active``: customers may have it still, but it is not chosen anew."""

    code: str
    zh: str
    en: str
    active: bool


class CustomFieldOut(Schema):
    """A field of the bank's own. ``customers``: of how many of the viewer's it is known."""

    code: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    kind: Kind
    unit: str
    options: list[CustomOption]
    on_page: bool
    place: int
    owner: str
    is_active: bool
    customers: int


class CustomChoice(Schema):
    """An option by its name in the viewer's language."""

    code: str
    name: str


class CustomFieldShown(Schema):
    """A field that customers' pages show, as the customer list may be narrowed by it; in the viewer's language."""

    code: str
    title: str
    about: str
    kind: Kind
    unit: str
    options: list[CustomChoice]


class CustomFieldUse(Schema):
    """Where a field is used: customers of whom it is known, segments and journeys that name it, and how many others do."""

    customers: int
    used_by: list[str]
    others: int


class CustomValueOut(CustomFieldShown):
    """What one field says of a customer, in the viewer's language. ``value`` null: not known.

    A number is a number, a date ISO text, a choice its code, several choices a list of codes. ``options``: those to
    choose from, and those that the customer has.
    """

    value: Any
    by: str
    at: datetime | None


class CustomValueIn(Schema):
    """The new value; null: it is not known any more."""

    value: Any = None


class CustomValuePast(Schema):
    """What a field said of a customer before. ``said``: in words."""

    said: str
    by: str
    at: datetime
    ended_by: str
    ended_at: datetime
