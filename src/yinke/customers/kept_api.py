"""Tags, lists, saved views, and what is done to many customers at once."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from yinke.access.auth import can, client_address, viewer_from
from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.customers import queries_kept as kept
from yinke.customers.kept_schemas import (
    BulkIn,
    BulkOut,
    BulkPreview,
    LeftOut,
    ListChange,
    ListIn,
    ListOut,
    TagIn,
    TagOut,
    TagUse,
    ViewIn,
    ViewOut,
)
from yinke.customers.list_models import CustomerList, SavedView, Tag
from yinke.customers.queries import business_date
from yinke.customers.services import bulk_action, catalogue

router = Router(tags=["customers"])


def _tag(viewer: Viewer, tag: Tag) -> TagOut:
    return TagOut(
        id=tag.id, name=tag.name, org_name=tag.org.name, expire_days=tag.expire_days,
        mine=tag.org_id == viewer.org_id and viewer.may("tag.manage"),
    )  # fmt: skip


def _list(viewer: Viewer, found: CustomerList, size: int) -> ListOut:
    return ListOut(
        id=found.id, name=found.name, owner=found.owner.name, mine=found.owner_id == viewer.user_id,
        shared=found.org_id is not None, closed=not found.is_active, size=size,
    )  # fmt: skip


def _view(viewer: Viewer, view: SavedView) -> ViewOut:
    return ViewOut(
        id=view.id, name=view.name, owner=view.owner.name, mine=view.owner_id == viewer.user_id,
        shared=view.org_id is not None, query=view.query, columns=view.columns,
    )  # fmt: skip


def _left_out(plan: bulk_action.Plan) -> list[LeftOut]:
    return [LeftOut(reason=reason, count=count) for reason, count in plan.left_out.items()]


@router.get("/tags", response=list[TagOut], auth=can("customer.read"))
def list_tags(request: HttpRequest) -> list[TagOut]:
    """The catalogue of tags: the bank's, and those of the viewer's orgs."""
    viewer = viewer_from(request)
    return [_tag(viewer, tag) for tag in kept.tags(viewer).select_related("org").order_by("name", "id")]


@router.post("/tags", response=TagOut, auth=can("tag.manage"))
def make_tag(request: HttpRequest, body: TagIn) -> TagOut:
    """Add a tag to the catalogue of the viewer's own org."""
    viewer = viewer_from(request)
    return _tag(viewer, catalogue.make_tag(viewer, body.name, body.expire_days))


@router.delete("/tags/{tag_id}", response={204: None}, auth=can("tag.manage"))
def retire_tag(request: HttpRequest, tag_id: int) -> Status[None]:
    """Take a tag out of the catalogue."""
    catalogue.retire_tag(viewer_from(request), tag_id)
    return Status(204, None)


@router.get("/tags/{tag_id}/use", response=TagUse, auth=can("tag.manage"))
def get_tag_use(request: HttpRequest, tag_id: int) -> TagUse:
    """Where a tag is used, to be read before it is retired."""
    viewer = viewer_from(request)
    return kept.tag_use(viewer, kept.one_tag(viewer, tag_id), business_date() or timezone.localdate())


@router.get("/customer-lists", response=list[ListOut], auth=can("customer.read"))
def list_customer_lists(request: HttpRequest, closed: bool = False) -> list[ListOut]:
    """One's own lists and those shared; or one's own that are closed."""
    viewer = viewer_from(request)
    found = kept.counted_lists(viewer, closed=closed)
    return [_list(viewer, each, each.size) for each in found]  # type: ignore[attr-defined]


@router.post("/customer-lists", response=ListOut, auth=can("list.keep"))
def make_customer_list(request: HttpRequest, body: ListIn) -> ListOut:
    """Begin an empty list."""
    viewer = viewer_from(request)
    return _list(viewer, catalogue.make_list(viewer, body.name, shared=body.shared), 0)


@router.patch("/customer-lists/{list_id}", response={204: None}, auth=can("list.keep"))
def change_customer_list(request: HttpRequest, list_id: int, body: ListChange) -> Status[None]:
    """Share a list of one's own to one's org, or end that; close it, or open it again."""
    catalogue.change_list(viewer_from(request), list_id, shared=body.shared, closed=body.closed)
    return Status(204, None)


@router.get("/customer-views", response=list[ViewOut], auth=can("customer.read"))
def list_views(request: HttpRequest) -> list[ViewOut]:
    """One's own saved views and those shared."""
    viewer = viewer_from(request)
    return [_view(viewer, view) for view in kept.views(viewer)]


@router.post("/customer-views", response=ViewOut, auth=can("customer.read"))
def save_view(request: HttpRequest, body: ViewIn) -> ViewOut:
    """Keep the list's filters, order and columns under a name."""
    viewer = viewer_from(request)
    view = catalogue.save_view(viewer, body.name, body.query, body.columns, shared=body.shared)
    view.owner = User.objects.get(id=viewer.user_id)
    return _view(viewer, view)


@router.delete("/customer-views/{view_id}", response={204: None}, auth=can("customer.read"))
def drop_view(request: HttpRequest, view_id: int) -> Status[None]:
    """Forget a view of one's own."""
    catalogue.drop_view(viewer_from(request), view_id)
    return Status(204, None)


@router.post("/bulk/preview", response=BulkPreview, auth=can("list.keep"))
def preview_bulk(request: HttpRequest, body: BulkIn) -> BulkPreview:
    """How many an action would touch, and who is left out and why. Nothing is done."""
    plan = bulk_action.plan(viewer_from(request), body)
    return BulkPreview(will=len(plan.ids), left_out=_left_out(plan))


@router.post("/bulk", response=BulkOut, auth=can("list.keep"))
def carry_out_bulk(request: HttpRequest, body: BulkIn) -> BulkOut:
    """Do what was previewed, unless the number of customers has changed since."""
    action, plan = bulk_action.carry_out(viewer_from(request), body, client_address(request))
    _, minutes = bulk_action.limits()
    return BulkOut(
        id=action.id, count=action.count, left_out=_left_out(plan),
        undo_until=action.at + timedelta(minutes=minutes),
    )  # fmt: skip


@router.post("/bulk/{action_id}/undo", response={204: None}, auth=can("list.keep"))
def undo_bulk(request: HttpRequest, action_id: int) -> Status[None]:
    """Put back what one did."""
    bulk_action.undo(viewer_from(request), action_id, client_address(request))
    return Status(204, None)
