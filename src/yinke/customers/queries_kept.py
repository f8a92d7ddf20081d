"""What can be asked about tags, lists and saved views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.customers.kept_schemas import OutletUse, TagUse
from yinke.customers.list_models import BulkAction, CustomerList, CustomerTag, ListEntry, SavedView, Tag
from yinke.customers.queries import visible
from yinke.customers.schemas import TagOnCustomer

OUTLETS = 10
"""Outlets that the use of a tag names."""


def _above(viewer: Viewer) -> list[int]:
    """The viewer's org and those above it, up to the bank."""
    return [int(part) for part in viewer.org_path.strip("/").split("/") if part]


def tags(viewer: Viewer) -> QuerySet[Tag]:
    """The catalogue that a viewer picks from: the entries of their own org, of those above, and of those overseen."""
    if viewer.org_ids is None:
        return Tag.objects.filter(is_active=True)
    return Tag.objects.filter(Q(org_id__in=_above(viewer)) | Q(org_id__in=viewer.org_ids), is_active=True)


def one_tag(viewer: Viewer, tag_id: int) -> Tag:
    """A tag of the viewer's catalogue.

    Raises:
        NotFound: there is none.
    """
    found = tags(viewer).select_related("org").filter(id=tag_id).first()
    if found is None:
        raise NotFound("No such tag", place=f"tag {tag_id}", remedy="Take one of the catalogue")
    return found


def holding(biz_date: date) -> QuerySet[CustomerTag]:
    """Tags that hold on ``biz_date``: not taken off and not expired."""
    return CustomerTag.objects.filter(Q(expires_on=None) | Q(expires_on__gte=biz_date), removed_at=None)


def tags_of(viewer: Viewer, customer_ids: Iterable[int], biz_date: date) -> dict[int, list[TagOnCustomer]]:
    """Tags that hold on customers whom the viewer was already shown, oldest first."""
    found: dict[int, list[TagOnCustomer]] = defaultdict(list)
    rows = holding(biz_date).filter(customer_id__in=list(customer_ids), tag__in=tags(viewer))
    for row in rows.select_related("tag", "by").order_by("id"):
        found[row.customer_id].append(
            TagOnCustomer(
                id=row.tag_id, name=row.tag.name, by=row.by.name, at=row.at, expires_on=row.expires_on
            )
        )
    return found


def tag_use(viewer: Viewer, tag: Tag, biz_date: date) -> TagUse:
    """Where a tag of the viewer's catalogue is used, as far as the viewer sees."""
    carried = holding(biz_date).filter(tag=tag, customer__in=visible(viewer))
    outlets = carried.order_by().values_list("customer__org__name").annotate(n=Count("id"))
    return TagUse(
        customers=carried.count(),
        outlets=[
            OutletUse(name=name, customers=n) for name, n in outlets.order_by("-n", "customer__org__name")[:OUTLETS]
        ],
        views=[view.name for view in views(viewer) if tag.id in view.query.get("tag", ())],
    )  # fmt: skip


def lists(viewer: Viewer) -> QuerySet[CustomerList]:
    """A viewer's own lists, and those shared to their org or one above."""
    shared = Q(owner_id=viewer.user_id) | Q(org_id__in=_above(viewer))
    return CustomerList.objects.filter(shared, is_active=True)


def closed_lists(viewer: Viewer) -> QuerySet[CustomerList]:
    """A viewer's own lists that are closed."""
    return CustomerList.objects.filter(owner_id=viewer.user_id, is_active=False)


def counted_lists(viewer: Viewer, *, closed: bool = False) -> list[CustomerList]:
    """``lists`` (or ``closed_lists``) by name, each with ``size``: how many of its customers the viewer may see."""
    entries = (
        ListEntry.objects.filter(of_list_id=OuterRef("id"), removed_at=None, customer__in=visible(viewer))
        .order_by().values("of_list_id").annotate(n=Count("id")).values("n")
    )  # fmt: skip
    return list(
        (closed_lists(viewer) if closed else lists(viewer))
        .select_related("owner")
        .annotate(size=Coalesce(Subquery(entries), 0))
        .order_by("name", "id")
    )


def one_list(viewer: Viewer, list_id: int) -> CustomerList:
    """One of the viewer's lists.

    Raises:
        NotFound: there is none.
    """
    found = lists(viewer).filter(id=list_id).first()
    if found is None:
        raise NotFound("No such list among yours", place=f"list {list_id}", remedy="Take one of your lists")
    return found


def views(viewer: Viewer) -> QuerySet[SavedView]:
    """A viewer's own saved views, and those shared to their org or one above."""
    shared = Q(owner_id=viewer.user_id) | Q(org_id__in=_above(viewer))
    return SavedView.objects.filter(shared).select_related("owner", "org").order_by("name", "id")


def own_actions(viewer: Viewer) -> QuerySet[BulkAction]:
    """What the viewer did in bulk."""
    return BulkAction.objects.filter(user_id=viewer.user_id).select_related("tag", "of_list")
