"""数据导出: ask, decide, fetch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from yinke.access.auth import can, client_address, viewer_from
from yinke.access.viewer import Viewer
from yinke.customers import queries_export
from yinke.customers.export_fields import FIELDS, PLAIN
from yinke.customers.export_schemas import Decision, ExportIn, ExportMade, ExportOut, Exports
from yinke.customers.list_models import ExportRequest
from yinke.customers.services import export

router = Router(tags=["exports"])


def _out(viewer: Viewer, asked: ExportRequest) -> ExportOut:
    most = int(export.rules()["export.downloads"])
    ended = asked.expires_at is not None and asked.expires_at <= timezone.now()
    return ExportOut(
        id=asked.id, requester=asked.requester.name, org_name=asked.org.name, purpose=asked.purpose,
        recipient=asked.recipient, fields=asked.fields, plain=asked.plain, query=export.filters(asked), rows=asked.rows,
        status="ENDED" if ended and asked.status in ("APPROVED", "MADE") else asked.status,
        rows_changed=asked.rows_changed, compliance=export.needs_compliance(asked), asked_at=asked.asked_at,
        checked_by=asked.checked_by.name if asked.checked_by else None,
        cleared_by=asked.cleared_by.name if asked.cleared_by else None, note=asked.note,
        expires_at=asked.expires_at, downloads=asked.downloads, downloads_left=max(most - asked.downloads, 0),
        mine=asked.requester_id == viewer.user_id, decidable=queries_export.may_decide(viewer, asked),
    )  # fmt: skip


@router.get("/exports", response=Exports, auth=can("export.read"))
def list_exports(request: HttpRequest) -> Exports:
    """One's own requests, those that wait for one's decision, and those decided."""
    viewer = viewer_from(request)
    return Exports(
        mine=[_out(viewer, asked) for asked in queries_export.own_exports(viewer)],
        waiting=[_out(viewer, asked) for asked in queries_export.exports_to_decide(viewer)],
        decided=[_out(viewer, asked) for asked in queries_export.exports_decided(viewer)],
        fields=list(FIELDS), plain_fields=list(PLAIN), most_rows=int(export.rules()["export.most_rows"]),
    )  # fmt: skip


@router.post("/exports", response=ExportOut, auth=can("export.request"))
def request_export(request: HttpRequest, body: ExportIn) -> ExportOut:
    """Ask for an export of the customers who fit a filter."""
    viewer = viewer_from(request)
    asked = export.request_export(viewer, body, client_address(request))
    return _out(viewer, queries_export.one_export(viewer, asked.id))


@router.post("/exports/{export_id}/decide", response=ExportOut, auth=can("export.read"))
def decide_export(request: HttpRequest, export_id: int, body: Decision) -> ExportOut:
    """Approve or refuse a request that waits for the viewer."""
    viewer = viewer_from(request)
    decided = export.decide(
        viewer,
        export_id,
        approve=body.approve,
        rows=body.rows,
        note=body.note,
        address=client_address(request),
    )
    return _out(viewer, queries_export.one_export(viewer, decided.id))


@router.post("/exports/{export_id}/withdraw", response={204: None}, auth=can("export.request"))
def withdraw_export(request: HttpRequest, export_id: int) -> Status[None]:
    """Take one's own request back."""
    export.withdraw(viewer_from(request), export_id, client_address(request))
    return Status(204, None)


@router.post("/exports/{export_id}/make", response=ExportMade, auth=can("export.request"))
def make_export(request: HttpRequest, export_id: int) -> ExportMade:
    """Make the file of one's own approved request, or find it made; its password."""
    viewer = viewer_from(request)
    made, password = export.make(viewer, export_id, client_address(request))
    return ExportMade(password=password, export=_out(viewer, queries_export.one_export(viewer, made.id)))


@router.get("/exports/{export_id}/file", auth=can("export.request"))
def download_export(request: HttpRequest, export_id: int) -> HttpResponse:
    """The file of one's own request; its password opens it."""
    content = export.fetch(viewer_from(request), export_id, client_address(request))
    answer = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="yinke-export-{export_id}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer
