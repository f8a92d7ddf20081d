"""自动分群: customers who resemble each other, found and kept as segments."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.segments.group_schemas import GroupsFound, GroupsQuery, GroupsSaved
from yinke.segments.services.group import find_groups, save_groups

router = Router(tags=["segments"])


@router.get("/segments/groups", response=GroupsFound, auth=can("segment.draw"))
def list_groups(request: HttpRequest, wanted: Query[GroupsQuery]) -> GroupsFound:
    """Groups of the newest day in words, how well they stand apart, and how they held over the last month ends."""
    return find_groups(viewer_from(request), wanted.number)


@router.post("/segments/groups", response=GroupsSaved, auth=can("segment.draw"))
def keep_groups(request: HttpRequest, body: GroupsQuery) -> GroupsSaved:
    """Keep the groups as static segments, which wait for approval."""
    return GroupsSaved(codes=save_groups(viewer_from(request), body.number))
