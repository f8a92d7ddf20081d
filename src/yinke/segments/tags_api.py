"""标签: the catalogue of tags, and the ready tags of one customer."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.segments import tag_queries
from yinke.segments.tag_schemas import ReadyTagsOut, TagCatalogue

router = Router(tags=["segments"])


@router.get("/segments/tags", response=TagCatalogue, auth=can("segment.read"))
def list_tag_catalogue(request: HttpRequest) -> TagCatalogue:
    """标签目录: what each tag says, what it comes from, and how many of the viewer's customers have it."""
    return tag_queries.tag_catalogue(viewer_from(request))


@router.get("/customers/{customer_id}/ready-tags", response=ReadyTagsOut, auth=can("customer.read"))
def list_ready_tags(request: HttpRequest, customer_id: int) -> ReadyTagsOut:
    """The ready tags of one customer, by class."""
    return tag_queries.tags_of_customer(viewer_from(request), customer_id)
