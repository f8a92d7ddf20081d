"""What is kept about customers by hand, as the API gives and takes it: tags, lists, views, bulk actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.customers.schemas import CustomerQuery


class TagIn(Schema):
    name: Annotated[str, Field(max_length=100)]
    expire_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class TagOut(Schema):
    """An entry of the catalogue of tags."""

    id: int
    name: str
    org_name: str
    expire_days: int | None
    mine: bool
    """It belongs to the viewer's own org: its keepers may retire it."""


class OutletUse(Schema):
    name: str
    customers: int


class TagUse(Schema):
    """Where a tag is used: what its retirement would change."""

    customers: int
    """Of those whom the viewer may see: how many carry it."""
    outlets: list[OutletUse]
    """By managing outlet, those with the most first."""
    views: list[str]
    """Saved views that narrow by it, of those the viewer may use."""


class ListIn(Schema):
    name: Annotated[str, Field(max_length=100)]
    shared: bool = False


class ListChange(Schema):
    """None: stays as it is."""

    shared: bool | None = None
    closed: bool | None = None


class ListOut(Schema):
    """名单: a list of customers kept by hand."""

    id: int
    name: str
    owner: str
    mine: bool
    shared: bool
    closed: bool
    size: int
    """How many of its customers the viewer may see."""


class ViewIn(Schema):
    name: Annotated[str, Field(max_length=100)]
    query: CustomerQuery
    columns: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=40)] = []
    shared: bool = False


class ViewOut(Schema):
    """保存的视图."""

    id: int
    name: str
    owner: str
    mine: bool
    shared: bool
    query: dict[str, str | int | bool | list[int] | list[str]]
    """The fields of ``CustomerQuery`` that are not empty."""
    columns: list[str]


class BulkIn(Schema):
    """What to do to whom: either to customers by id, or to all whom a filter finds."""

    kind: Literal["TAG_ADD", "TAG_REMOVE", "LIST_ADD", "LIST_REMOVE"]
    target: int
    """Id of the tag or list."""
    ids: Annotated[list[int], Field(max_length=10_000)] = []
    query: CustomerQuery | None = None
    expires_on: date | None = None
    """Last day of an added tag; None: as its catalogue says."""
    expected: int = 0
    """How many the preview said it would be; ignored by the preview itself."""


class LeftOut(Schema):
    """``reason``: OUT_OF_SCOPE, CLOSED, HAS_IT or LACKS_IT."""

    reason: str
    count: int


class BulkPreview(Schema):
    will: int
    left_out: list[LeftOut]


class BulkOut(Schema):
    """What was done, and until when it may be undone."""

    id: int
    count: int
    left_out: list[LeftOut]
    undo_until: datetime
