"""权利请求: the requests of persons about their data."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Status

from yinke.access.auth import can, client_address, viewer_from
from yinke.privacy import case_queries
from yinke.privacy.schemas import CaseIn, CaseOut, CasePage, CaseRow, CloseIn, Password, VerifyIn
from yinke.privacy.services import copy, rights

router = Router(tags=["privacy"])


@router.get("/rights-cases", response=CasePage, auth=can("rights.work"))
def list_rights_cases(request: HttpRequest, status: str = "", page: int = 1) -> CasePage:
    """Requests, open ones by deadline first. ``status``: open, overdue, closed, or empty for all."""
    return case_queries.cases(viewer_from(request), status, page)


@router.post("/rights-cases", response={201: CaseRow}, auth=can("rights.open"))
def open_rights_case(request: HttpRequest, body: CaseIn) -> Status[CaseRow]:
    """Take a request in; its deadline runs from today."""
    viewer = viewer_from(request)
    asked = rights.Asked(body.kind, body.channel, body.asked)
    case = rights.open_case(
        viewer, asked, customer_id=body.customer_id, cust_no=body.cust_no, address=client_address(request)
    )
    return Status(201, case_queries.case_row(case))


@router.get("/rights-cases/{case_id}", response=CaseOut, auth=can("rights.work"))
def get_rights_case(request: HttpRequest, case_id: int) -> CaseOut:
    """One request with what was asked and answered."""
    return case_queries.case(viewer_from(request), case_id, client_address(request))


@router.post("/rights-cases/{case_id}/identity", response=CaseOut, auth=can("rights.work"))
def verify_identity(request: HttpRequest, case_id: int, body: VerifyIn) -> CaseOut:
    """Note how the person was identified."""
    viewer = viewer_from(request)
    rights.verify(viewer, case_id, body.how, client_address(request))
    return case_queries.case_out(viewer, case_queries.get_case(viewer, case_id))


@router.post("/rights-cases/{case_id}/close", response=CaseOut, auth=can("rights.work"))
def close_rights_case(request: HttpRequest, case_id: int, body: CloseIn) -> CaseOut:
    """End a request: done, refused with its ground, or withdrawn. A deletion deletes, or restricts what is held."""
    viewer = viewer_from(request)
    rights.close_case(viewer, case_id, body.outcome, body.answer, body.ground, client_address(request))
    return case_queries.case_out(viewer, case_queries.get_case(viewer, case_id))


@router.post("/rights-cases/{case_id}/file", response=Password, auth=can("rights.decide"))
def make_rights_file(request: HttpRequest, case_id: int) -> Password:
    """Make the copy of the person's data; its password is told this once."""
    viewer = viewer_from(request)
    case = case_queries.get_case(viewer, case_id)
    return Password(password=copy.make_file(viewer, case, client_address(request)))


@router.get("/rights-cases/{case_id}/file", auth=can("rights.decide"))
def take_rights_file(request: HttpRequest, case_id: int) -> StreamingHttpResponse:
    """The encrypted zip, for some days and a few times only."""
    viewer = viewer_from(request)
    case = case_queries.get_case(viewer, case_id)
    content = copy.take_file(viewer, case, client_address(request))
    answer = StreamingHttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="personal-data-{case_id}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@router.get("/customers/{customer_id}/rights-cases", response=list[CaseRow], auth=can("rights.open"))
def list_customer_rights_cases(request: HttpRequest, customer_id: int) -> list[CaseRow]:
    """A customer's requests, newest first."""
    return case_queries.cases_of(viewer_from(request), customer_id)
