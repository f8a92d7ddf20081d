"""公海: which customers without a manager are in whose pool."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from yinke.access.models import Org
from yinke.access.queries import subtree, unit_of
from yinke.access.viewer import Viewer
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import ERASED, Assignment, Customer


def pool_orgs(viewer: Viewer) -> frozenset[int] | None:
    """The orgs whose pool is the viewer's: a head's own, a manager's sub-branch (None: the whole bank)."""
    if viewer.may("pool.assign"):
        return viewer.org_ids
    unit = unit_of(Org.objects.get(id=viewer.org_id))
    return None if unit.parent_id is None else subtree(unit)


def pool(viewer: Viewer, *, also_managed: bool = False) -> QuerySet[Customer]:
    """Customers of the viewer's pool: of the sub-branch (支行池), the branch (分行池) or the bank (总行长尾池).

    A remote manager's holds the long tail only. Those who closed their accounts or were deleted on request are in none.

    Args:
        also_managed: those of the same orgs whom somebody looks after, too.
    """
    if not viewer.may("pool.read"):
        return Customer.objects.none()
    rows = Customer.objects.exclude(status__in=("CLOSED", ERASED))
    orgs = pool_orgs(viewer)
    if orgs is not None:
        rows = rows.filter(org_id__in=orgs)
    if viewer.role == "REMOTE_RM":
        values = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())
        rows = rows.filter(metrics__tier__lte=int(values["pool.remote_top_tier"]))
    if also_managed:
        return rows
    main = Assignment.objects.filter(customer_id=OuterRef("id"), rel_type="MAIN", end_date=None)
    return rows.filter(~Exists(main))
