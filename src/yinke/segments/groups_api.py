"""自动分群与 RFM: customers who resemble each other, found, and kept as segments."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.segments.group_schemas import AmongIn, GroupsFound, GroupsIn, GroupsQuery, GroupsSaved, RfmOut
from yinke.segments.queries_rfm import rfm
from yinke.segments.services.group import find_groups, save_groups

router = Router(tags=["segments"])


@router.get("/segments/groups", response=GroupsFound, auth=can("segment.draw"))
def list_groups(request: HttpRequest, wanted: Query[GroupsQuery]) -> GroupsFound:
    """Groups of the newest day in words, how well they stand apart, and how they held over the last month ends."""
    return find_groups(viewer_from(request), wanted)


@router.post("/segments/groups", response=GroupsSaved, auth=can("segment.draw"))
def keep_groups(request: HttpRequest, body: GroupsIn) -> GroupsSaved:
    """Keep one group, or all, as static segments, which wait for approval."""
    return GroupsSaved(codes=save_groups(viewer_from(request), body))


@router.get("/segments/rfm", response=RfmOut, auth=can("segment.draw"))
def show_rfm(request: HttpRequest, wanted: Query[AmongIn]) -> RfmOut:
    """How many of the viewer's customers are in each of the 25 tiles of R and F, and of each of the eight kinds."""
    return rfm(viewer_from(request), wanted.segment)
