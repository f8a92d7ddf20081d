"""客群成员: who is in a segment, out of the lake's store of members, and found anew for one segment at once."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from pyroaring import BitMap

from yinke.access.viewer import Viewer
from yinke.customers.queries import ids_within
from yinke.segments.members.marks import bitmap
from yinke.segments.members.store import Members, NotKept
from yinke.segments.moves import now


def members_store() -> Members:
    """The bank's memberships."""
    return Members(settings.YINKE.lake / "members")


def members_of(code: str, on: date | None = None) -> BitMap:
    """Customers of a segment on a date (null: now); empty if it has not been refreshed yet."""
    key = f"segment:{code}"
    try:
        return now(members_store(), key) if on is None else members_store().members(key, on)
    except NotKept:
        return BitMap()


def scope_of(viewer: Viewer) -> BitMap | None:
    """The customers whom a viewer may see; null for the whole bank."""
    if viewer.org_ids is None and viewer.may("customer.read"):
        return None
    return bitmap(ids_within(viewer))


def within(found: BitMap, scope: BitMap | None) -> BitMap:
    """Those of ``found`` whom the viewer may see."""
    return found if scope is None else found & scope
