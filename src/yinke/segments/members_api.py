"""客群成员: who is in a segment, how it grew, what overlaps and who moved, within the viewer's scope."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from yinke.access.auth import can, viewer_from
from yinke.access.services.audit import audit
from yinke.common.schema import Schema
from yinke.segments import queries_members
from yinke.segments.store_schemas import (
    Codes,
    CustomerSegment,
    MembersIn,
    SegmentFlow,
    SegmentMembers,
    SegmentOverlap,
    SegmentSizes,
)

router = Router(tags=["segments"])


class OverlapQuery(Schema):
    """Two to five segments."""

    code: Codes


class FlowQuery(Schema):
    """Segments in the order in which a customer of several is counted; ``until`` null: the newest date."""

    code: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=8)]
    since: date
    until: date | None = None


@router.get("/segments/overlap", response=SegmentOverlap, auth=can("segment.read"))
def get_segment_overlap(request: HttpRequest, wanted: Query[OverlapQuery]) -> SegmentOverlap:
    """Sizes of all intersections of two to five segments."""
    return queries_members.overlap(viewer_from(request), wanted.code)


@router.get("/segments/flow", response=SegmentFlow, auth=can("segment.read"))
def get_segment_flow(request: HttpRequest, wanted: Query[FlowQuery]) -> SegmentFlow:
    """From which segments to which the customers went between two dates."""
    return queries_members.flow(viewer_from(request), wanted.code, wanted.since, wanted.until)


@router.get("/segments/{code}/members", response=SegmentMembers, auth=can("segment.read"))
def list_segment_members(request: HttpRequest, code: str, wanted: Query[MembersIn]) -> SegmentMembers:
    """A page of members among the viewer's customers; audited."""
    viewer = viewer_from(request)
    found = queries_members.members_page(viewer, code, wanted.page, wanted.sort)
    audit(viewer, "segment.members", "segment", code, reason=f"{len(found.rows)}")
    return found


@router.get("/segments/{code}/sizes", response=SegmentSizes, auth=can("segment.read"))
def list_segment_sizes(request: HttpRequest, code: str) -> SegmentSizes:
    """The size history; in part of the bank only the newest size."""
    return queries_members.sizes(viewer_from(request), code)


@router.get("/customers/{customer_id}/segments", response=list[CustomerSegment], auth=can("customer.read"))
def list_customer_segments(request: HttpRequest, customer_id: int) -> list[CustomerSegment]:
    """The segments that one customer is in."""
    return queries_members.segments_of(viewer_from(request), customer_id)
