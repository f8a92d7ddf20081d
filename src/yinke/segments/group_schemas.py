"""What the API of groups (自动分群) takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from yinke.common.schema import Schema

GroupNumber = Annotated[int, Field(ge=2, le=12)]


class GroupsQuery(Schema):
    """``number``: how many groups; null: the number whose groups stand best apart."""

    number: GroupNumber | None = None


class TraitOut(Schema):
    """What sets a group apart: standard deviations from all, and the typical value (of amounts the geometric mean)."""

    title: str
    apart: float
    typical: float


class GroupFound(Schema):
    """One group in words. ``kept``: the share of its members who were in the matching group a month end ago."""

    number: int
    title: str
    customers: int
    share: float
    kept: float | None
    traits: list[TraitOut]


class ApartOut(Schema):
    """How well so many groups stand apart (silhouette, -1 to 1)."""

    number: int
    apart: float


class StableOut(Schema):
    """How like the groups of a month end are (adjusted Rand index): 1 the same, 0 as good as chance."""

    month_end: date
    alike: float


class GroupsFound(Schema):
    """Groups of customers who resemble each other. ``of``: how many customers were grouped."""

    as_of: date
    of: int
    groups: list[GroupFound]
    tried: list[ApartOut]
    stability: list[StableOut]


class GroupsSaved(Schema):
    """Codes of the segments that were made, by the groups' order."""

    codes: list[str]
