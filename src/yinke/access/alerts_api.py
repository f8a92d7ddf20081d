"""异常提醒: who looks at more than the work needs."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access import queries_alerts
from yinke.access.auth import can, client_address, viewer_from
from yinke.access.models import Alert
from yinke.access.schemas import AlertNote, AlertOut, Alerts
from yinke.access.services import alerts
from yinke.access.viewer import Viewer

router = Router(tags=["alerts"])


def _out(viewer: Viewer, alert: Alert) -> AlertOut:
    return AlertOut(
        id=alert.id, kind=alert.kind, user=alert.user.name, emp_no=alert.user.emp_no, role=alert.user.role,
        org=alert.user.org.name, day=alert.day, first_at=alert.first_at, last_at=alert.last_at, count=alert.count,
        acknowledged_by=alert.acknowledged_by.name if alert.acknowledged_by else None,
        acknowledged_at=alert.acknowledged_at, note=alert.note,
        may_acknowledge=viewer.may("alert.handle") and alert.user_id != viewer.user_id
        and alert.acknowledged_at is None,
    )  # fmt: skip


@router.get("/alerts", response=Alerts, auth=can("alert.read"))
def list_alerts(request: HttpRequest, done: bool = False) -> Alerts:
    """The open alerts, or those acknowledged, newest first; brought up to date with the trail before."""
    viewer = viewer_from(request)
    alerts.sweep()
    rows = queries_alerts.shown_alerts(viewer, done=done)
    return Alerts(rows=[_out(viewer, row) for row in rows], open=queries_alerts.open_alerts(viewer))


@router.post("/alerts/{alert_id}/acknowledge", response=AlertOut, auth=can("alert.handle"))
def acknowledge_alert(request: HttpRequest, alert_id: int, body: AlertNote) -> AlertOut:
    """Say what was found out about an alert."""
    viewer = viewer_from(request)
    alerts.acknowledge(viewer, alert_id, body.note, client_address(request))
    return _out(viewer, queries_alerts.one_alert(viewer, alert_id))
