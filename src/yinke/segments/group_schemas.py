"""What the API of groups (自动分群) takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from yinke.common.schema import Schema
from yinke.segments.features import Unit

GroupNumber = Annotated[int, Field(ge=2, le=12)]


class AmongIn(Schema):
    """``segment``: of whose members; '': of all customers."""

    segment: Annotated[str, Field(max_length=40)] = ""


class GroupsQuery(AmongIn):
    """``number``: how many groups; null: the number whose groups stand best apart."""

    number: GroupNumber | None = None


class GroupsIn(GroupsQuery):
    """What is saved. ``group``: this one only; null: all of them. ``as_of``: the day whose groups were looked at."""

    group: Annotated[int, Field(ge=1, le=12)] | None = None
    as_of: date


class TraitOut(Schema):
    """What sets a group apart: standard deviations from all, and the typical value (of amounts the geometric mean).

    ``typical`` null: the group is of few.
    """

    title: str
    unit: Unit
    apart: float
    typical: float | None


class GroupFound(Schema):
    """One group in words. ``kept``: the share of its members who were in the matching group a month end ago.

    ``customers`` and ``share`` null: few.
    """

    number: int
    title: str
    customers: int | None
    share: float | None
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
    """Groups of customers who resemble each other. ``of``: how many customers were grouped; counts below ``few`` are null."""

    as_of: date
    of: int
    few: int
    groups: list[GroupFound]
    tried: list[ApartOut]
    stability: list[StableOut]


class RfmCell(Schema):
    """Customers of two quintiles, 1 to 5 (best), and the average of the third. Null: few."""

    r: int
    f: int
    customers: int | None
    m: float | None


class RfmKind(Schema):
    """One of the eight kinds of RFM, which is a ready tag: how many have it."""

    code: str
    title: str
    about: str
    customers: int | None


class RfmOut(Schema):
    """RFM of the viewer's customers; counts below ``few`` are null."""

    as_of: date
    of: int | None
    few: int
    cells: list[RfmCell]
    kinds: list[RfmKind]


class GroupsSaved(Schema):
    """Codes of the segments that were made, by the groups' order."""

    codes: list[str]
