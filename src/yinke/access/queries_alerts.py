"""What can be asked about alerts."""

from __future__ import annotations

from django.db.models import F, QuerySet

from yinke.access.models import Alert
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound

SHOWN = 100


def alerts(viewer: Viewer) -> QuerySet[Alert]:
    """Alerts about people in the viewer's orgs; a security administrator's are the whole bank's.

    Raises:
        NotAllowed: the role has no right to them.
    """
    if not viewer.may("alert.read"):
        raise NotAllowed("Alerts are for compliance and audit", remedy="Ask a security administrator")
    rows = Alert.objects.select_related("user__org", "acknowledged_by")
    if viewer.org_ids is None or viewer.role == "SEC_ADMIN":
        return rows
    return rows.filter(user__org_id__in=viewer.org_ids)


def one_alert(viewer: Viewer, alert_id: int) -> Alert:
    """One of the viewer's alerts.

    Raises:
        NotFound: there is none.
    """
    found = alerts(viewer).filter(id=alert_id).first()
    if found is None:
        raise NotFound("No such alert", place=f"alert {alert_id}", remedy="Reload the page")
    return found


def shown_alerts(viewer: Viewer, *, done: bool) -> list[Alert]:
    """The open ones, or the acknowledged, newest first; at most 100."""
    rows = alerts(viewer).filter(acknowledged_at__isnull=not done)
    return list(rows.order_by(F("last_at").desc(), "-id")[:SHOWN])


def open_alerts(viewer: Viewer) -> int:
    """How many wait for somebody."""
    return alerts(viewer).filter(acknowledged_at=None).count()
