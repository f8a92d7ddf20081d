"""What can be asked about requests of persons. Every question takes the viewer and stays in the viewer's orgs."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from yinke.access.masking import mask_name
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotAllowed, NotFound
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.common.workdays import workdays_between
from yinke.customers.queries import one
from yinke.privacy.models import RightsCase, RightsFile
from yinke.privacy.schemas import CaseOut, CasePage, CaseRow, FileOut
from yinke.privacy.services.copy import folder
from yinke.privacy.services.erase import holds

PAGE = 30


def _in_scope(viewer: Viewer) -> QuerySet[RightsCase]:
    if not viewer.may("rights.work"):
        raise NotAllowed("Requests are handled by the service desk and compliance", remedy="Ask one of them")
    return RightsCase.objects.filter(customer__org__path__startswith=viewer.org_path)


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
def cases(viewer: Viewer, status: str = "", page: int = 1) -> CasePage:
    """Requests in the viewer's orgs: the open ones by deadline, then the closed ones, newest first.

    Args:
        status: "open", "overdue", "closed" or "" for all.
    """
    scope, today = _in_scope(viewer), timezone.localdate()
    waiting = scope.filter(status__in=RightsCase.OPEN)
    late = waiting.filter(due_on__lt=today)
    rows = {"open": waiting, "overdue": late, "closed": scope.exclude(status__in=RightsCase.OPEN)}.get(
        status, scope
    )
    first = (max(page, 1) - 1) * PAGE
    ordered = rows.select_related("customer", "opened_by").order_by(
        F("closed_at").desc(nulls_first=True), "due_on", "id"
    )
    return CasePage(
        total=rows.count(), open=waiting.count(), overdue=late.count(),
        rows=[_row(row, today) for row in ordered[first : first + PAGE]],
    )  # fmt: skip


def cases_of(viewer: Viewer, customer_id: int) -> list[CaseRow]:
    """A customer's requests, newest first; for those who may take one in."""
    if not viewer.may("rights.open"):
        raise NotAllowed("Your role sees no requests", remedy="Ask the customer's manager")
    customer, today = one(viewer, customer_id), timezone.localdate()
    found = RightsCase.objects.filter(customer=customer).select_related("customer", "opened_by")
    return [_row(row, today) for row in found.order_by("-id")[:50]]


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
def case(viewer: Viewer, case_id: int, address: str | None = None) -> CaseOut:
    """One request, with what was asked and answered; the look is accounted for.

    Raises:
        NotFound: there is none of that id in the viewer's orgs.
    """
    found = get_case(viewer, case_id)
    audit(viewer, "rights.read", "rights_case", f"{case_id}", address=address)
    return case_out(viewer, found)


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
def get_case(viewer: Viewer, case_id: int) -> RightsCase:
    """The case itself, within the viewer's orgs."""
    found = (
        _in_scope(viewer)
        .select_related("customer", "opened_by", "verified_by", "closed_by", "file")
        .filter(id=case_id)
        .first()
    )
    if found is None:
        raise NotFound("No such request", place=f"case {case_id}", remedy="Go back to the list")
    return found


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
def case_out(viewer: Viewer, row: RightsCase) -> CaseOut:
    """One request as the page shows it."""
    today = timezone.localdate()
    is_open = row.status in RightsCase.OPEN
    held = holds(row.customer, today) if row.kind == RightsCase.Kind.DELETE and is_open else []
    file = RightsFile.objects.filter(case=row).first()
    return CaseOut(
        **_row(row, today).model_dump(), asked=decrypt(row.asked_sealed), identity_check=row.identity_check,
        verified_by=row.verified_by.name if row.verified_by else "",
        closed_by=row.closed_by.name if row.closed_by else "", answer=decrypt(row.answer_sealed), ground=row.ground,
        holds=held, file=_file(file, today) if file else None,
        may_verify=row.status == RightsCase.Status.RECEIVED, may_decide=viewer.may("rights.decide"),
        is_opener=row.opened_by_id == viewer.user_id,
    )  # fmt: skip


def _file(file: RightsFile, today: date) -> FileOut:
    takes = int(load_thresholds(settings.YINKE.thresholds).at(today)["rights.file_takes"])
    gone = file.expires_at <= timezone.now() or file.taken >= takes or not (folder() / file.name).exists()
    return FileOut(
        rows=file.rows, made_at=file.made_at, expires_at=file.expires_at, taken=file.taken, takes=takes, gone=gone
    )  # fmt: skip


def case_row(row: RightsCase) -> CaseRow:
    """One line of the list."""
    return _row(row, timezone.localdate())


def _row(row: RightsCase, today: date) -> CaseRow:
    is_open = row.status in RightsCase.OPEN
    return CaseRow(
        id=row.id, customer_id=row.customer_id, cust_no=row.customer.cust_no,
        name=mask_name(decrypt(row.customer.name_sealed)), kind=row.kind, status=row.status, channel=row.channel,
        received_on=row.received_on, due_on=row.due_on,
        workdays_left=workdays_between(today, row.due_on) if is_open else None,
        opened_by=row.opened_by.name, closed_at=row.closed_at,
    )  # fmt: skip
