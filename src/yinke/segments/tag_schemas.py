"""What the API of the tag catalogue gives."""

from __future__ import annotations

from datetime import date

from yinke.common.schema import Schema
from yinke.segments.schemas import GroupOut


class TagSource(Schema):
    """血缘: a delivered table (or what people record in Yinke) behind a tag; ``feeds``: the bank's files that fill it."""

    name: str
    title: str
    feeds: list[str]


class CatalogueTag(Schema):
    """One tag of the catalogue, in the viewer's language.

    ``type``: fact, rule, model or manual. ``one_of``: tags with the same word exclude each other. ``refresh``: daily by
    the night, or at once. ``level``: JR/T 0171. ``expires_days``: so many days after what it tells of. ``delivered``:
    whether the bank's files bring what it needs. ``customers``: how many of the viewer's have it; null: fewer than
    ``few``, or not worked out yet.
    """

    code: str
    group: str
    title: str
    about: str
    type: str
    one_of: str
    refresh: str
    level: str
    marketing_usable: bool
    audience: str
    expires_days: int | None
    delivered: bool
    sentence: str
    columns: list[str]
    sources: list[TagSource]
    customers: int | None


class TagCatalogue(Schema):
    """标签目录. ``as_of``: the business date that the night last worked the tags out of; null: none yet."""

    as_of: date | None
    few: int
    groups: list[GroupOut]
    tags: list[CatalogueTag]


class ReadyTagOut(Schema):
    """A ready tag that one customer has."""

    code: str
    group: str
    title: str
    about: str


class ReadyTagsOut(Schema):
    """A customer's ready tags by class, in the classes' order."""

    as_of: date | None
    groups: list[GroupOut]
    tags: list[ReadyTagOut]
