"""数据导出: no customers' data leaves as a file without a purpose, an approval by others, and an end.

SUBMITTED → (the requester's head) → CHECKED → (compliance: many rows, or plain C2) → APPROVED → MADE. The file is
made when its requester fetches it, from what they may see at that moment: if the number of customers is no longer
the one approved, the request goes back for approval. 金规〔2024〕24号; JR/T 0171-2020.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from yinke.access.models import User
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt, decrypt_bytes, encrypt, encrypt_bytes
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers import listing
from yinke.customers.averages import averages
from yinke.customers.export_fields import FIELDS, PLAIN, Line, Value, export_texts
from yinke.customers.export_schemas import ExportIn
from yinke.customers.list_models import ExportRequest
from yinke.customers.queries import business_date, owners
from yinke.customers.queries_export import may_decide, one_export
from yinke.customers.schemas import CustomerQuery
from yinke.customers.services.export_file import chunks, lock, new_password, workbook

Status = ExportRequest.Status
OPEN = (Status.SUBMITTED, Status.CHECKED, Status.APPROVED, Status.MADE)


class ExportGone(YinkeError):
    """The approval has ended, or the downloads are used up."""

    code = "export_gone"
    status = 410


class ExportMoved(YinkeError):
    """The request is no longer where the page thought."""

    code = "export_moved"
    status = 409


def rules() -> Mapping[str, Any]:
    """The thresholds in force."""
    return load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())


def request_export(viewer: Viewer, wanted: ExportIn, address: str | None = None) -> ExportRequest:
    """Ask for an export.

    Raises:
        NotAllowed: the role exports nothing.
        YinkeError: no such field, no purpose or recipient, nobody fits, or too many do.
    """
    if not viewer.may("export.request"):
        raise NotAllowed("Your role exports no customer data", remedy="Ask your branch's head")
    purpose, recipient = _text(wanted.purpose, "purpose"), _text(wanted.recipient, "recipient")
    fields = [name for name in FIELDS if name in {*wanted.fields, "org"}]  # org bears the marks
    if not set(wanted.fields) <= set(FIELDS) or not set(wanted.plain) <= set(PLAIN) & set(fields):
        raise YinkeError(
            "No such field", place="fields", code="no_such_choice", remedy=f"Take from {', '.join(FIELDS)}"
        )
    rows = len(_ids(viewer, wanted.query))
    with transaction.atomic():
        asked = ExportRequest.objects.create(
            requester_id=viewer.user_id, org_id=viewer.org_id, purpose=purpose, recipient=recipient, fields=fields,
            plain=[name for name in fields if name in wanted.plain], rows=rows,
            query=wanted.query.model_dump(mode="json", exclude_defaults=True, exclude={"page", "sort", "q"}),
            q_sealed=encrypt(wanted.query.q),
        )  # fmt: skip
        audit(viewer, "export.request", "export", str(asked.id), reason=purpose, address=address)
    return asked


def filters(asked: ExportRequest) -> dict[str, Any]:
    """The fields of ``CustomerQuery`` by which its customers were chosen."""
    q = decrypt(asked.q_sealed)
    return {**asked.query, "q": q} if q else asked.query


def needs_compliance(asked: ExportRequest) -> bool:
    """Whether compliance decides too: more than ``export.compliance_rows`` customers, or C2 unmasked."""
    return bool(asked.plain) or asked.rows > int(rules()["export.compliance_rows"])


@transaction.atomic
def decide(
    viewer: Viewer, export_id: int, *, approve: bool, rows: int, note: str = "", address: str | None = None
) -> ExportRequest:
    """Approve or refuse a request that waits for this viewer.

    Args:
        rows: as many as the page showed; another number is not what was looked at.

    Raises:
        NotFound: there is no such request for the viewer.
        NotAllowed: it is the viewer's own, or does not wait for them.
        ExportMoved: another was faster, or the number of rows has changed.
    """
    asked = one_export(viewer, export_id, lock=True)
    if not may_decide(viewer, asked):
        if asked.status in (Status.SUBMITTED, Status.CHECKED):
            raise NotAllowed(
                "It does not wait for you", place=f"export {asked.id}",
                remedy="The head of the requester's org decides, then compliance",
            )  # fmt: skip
        raise ExportMoved("It is decided already", place=f"export {asked.id}", remedy="Reload the page")
    if rows != asked.rows:
        raise ExportMoved(
            f"It is now {asked.rows} customers", place=f"export {asked.id}", remedy="Look at it again"
        )
    now = timezone.now()
    if not approve:
        asked.status, asked.note = Status.REFUSED, _text(note, "note")
    if asked.status == Status.CHECKED:
        asked.status, asked.cleared_by_id, asked.cleared_at = Status.APPROVED, viewer.user_id, now
    elif asked.status == Status.SUBMITTED:
        asked.checked_by_id, asked.checked_at = viewer.user_id, now
        asked.status = Status.CHECKED if needs_compliance(asked) else Status.APPROVED
    if asked.status == Status.APPROVED:
        asked.expires_at = now + timedelta(hours=int(rules()["export.hours"]))
    asked.save()
    action = "export.approve" if approve else "export.refuse"
    audit(viewer, action, "export", str(asked.id), reason=asked.note, address=address)
    return asked


@transaction.atomic
def withdraw(viewer: Viewer, export_id: int, address: str | None = None) -> ExportRequest:
    """Take one's own request back; a file that was made is deleted.

    Raises:
        NotFound: the viewer has no such request.
        ExportMoved: it has ended already.
    """
    asked = _own(viewer, export_id)
    if asked.status not in OPEN:
        raise ExportMoved("It has ended already", place=f"export {asked.id}", remedy="Reload the page")
    _delete(asked)
    asked.status, asked.password_sealed = Status.WITHDRAWN, None
    asked.save()
    audit(viewer, "export.withdraw", "export", str(asked.id), address=address)
    return asked


@transaction.atomic
def make(viewer: Viewer, export_id: int, address: str | None = None) -> tuple[ExportRequest, str | None]:
    """Make the file of one's own approved request, or find it made; its password.

    No password: the number of customers is another than was approved, and the request is back for approval.

    Raises:
        NotFound: the viewer has no such request.
        ExportMoved: it is not approved.
        ExportGone: the approval has ended.
    """
    purge_exports()
    asked = _own(viewer, export_id)
    if asked.status not in (Status.APPROVED, Status.MADE):
        raise ExportMoved("It is not approved", place=f"export {asked.id}", remedy="Wait for the approval")
    _check_alive(asked)
    if asked.status == Status.MADE:
        return asked, decrypt(asked.password_sealed)
    ids = _ids(viewer, CustomerQuery(**filters(asked)), none_is_error=False)
    if len(ids) != asked.rows:
        audit(
            viewer, "export.make", "export", str(asked.id), reason=f"rows {asked.rows} → {len(ids)}",
            address=address,
        )  # fmt: skip
        asked.rows, asked.rows_changed, asked.status, asked.expires_at = (
            len(ids),
            True,
            Status.SUBMITTED,
            None,
        )
        asked.checked_by = asked.checked_at = asked.cleared_by = asked.cleared_at = None
        asked.save()
        return asked, None
    password = new_password()
    asked.file_key = uuid.uuid4()
    content = lock(_content(viewer, asked, ids), password)
    path = _path(asked)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(encrypt_bytes(content))
    asked.status, asked.password_sealed = Status.MADE, encrypt(password)
    asked.save()
    audit(viewer, "export.make", "export", str(asked.id), reason=f"rows {asked.rows}", address=address)
    return asked, password


def fetch(viewer: Viewer, export_id: int, address: str | None = None) -> bytes:
    """The locked file of one's own request; each download counts, and the counter cannot be outrun.

    Raises:
        NotFound: the viewer has no such request.
        ExportMoved: the file is not made.
        ExportGone: it has expired, or was downloaded as often as may be.
    """
    asked = one_export(viewer, export_id)
    if asked.requester_id != viewer.user_id:
        raise NotFound("No such request of yours", place=f"export {export_id}", remedy="Reload the page")
    if asked.status != Status.MADE:
        raise ExportMoved("The file is not made", place=f"export {asked.id}", remedy="Make it first")
    _check_alive(asked)
    most = int(rules()["export.downloads"])
    with transaction.atomic():
        counted = ExportRequest.objects.filter(
            id=asked.id, status=Status.MADE, downloads__lt=most, expires_at__gt=timezone.now()
        ).update(downloads=F("downloads") + 1)
        if not counted:
            raise ExportGone(
                f"It was downloaded {most} times", place=f"export {asked.id}", remedy="Ask for a new export"
            )
        audit(viewer, "export.download", "export", str(asked.id), address=address)
        try:
            return decrypt_bytes(_path(asked).read_bytes())
        except FileNotFoundError:
            raise ExportGone(
                "The file is gone", place=f"export {asked.id}", remedy="Ask for a new export"
            ) from None


def purge_exports() -> int:
    """Delete every file whose approval has ended, or that no request knows. Returns how many."""
    alive = set(
        ExportRequest.objects.filter(status=Status.MADE, expires_at__gt=timezone.now()).values_list(
            "file_key", flat=True
        )
    )
    # a file of the last minute may belong to a request that is not committed yet
    before = timezone.now().timestamp() - 60
    dead = [
        path for path in _folder().glob("*.bin")
        if path.stem not in {str(key) for key in alive} and path.stat().st_mtime < before
    ]  # fmt: skip
    for path in dead:
        path.unlink(missing_ok=True)
    return len(dead)


def _content(viewer: Viewer, asked: ExportRequest, ids: list[int]) -> bytes:
    texts = export_texts(viewer.language)
    by = User.objects.get(id=viewer.user_id)
    approvers = [user.name for user in (asked.checked_by, asked.cleared_by) if user]
    at = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    biz_date = business_date()
    labels = texts["labels"]
    facts = {
        "id": str(asked.id), "who": f"{by.name} {by.emp_no}", "at": at, "purpose": asked.purpose,
        "recipient": asked.recipient, "rows": str(asked.rows), "as_of": str(biz_date),
        "approved_by": ", ".join(approvers), "rule": "",
    }  # fmt: skip
    return workbook(
        about=[(labels[name], text) for name, text in facts.items()],
        watermark=texts["watermark"].format(who=by.name, emp_no=by.emp_no, at=at, id=asked.id),
        about_name=texts["about"], sheet_name=texts["customers"],
        titles=[texts["fields"][name] for name in asked.fields], marked=asked.fields.index("org"),
        rows=_lines(viewer, asked, ids, texts), request_id=asked.id,
    )  # fmt: skip


def _lines(
    viewer: Viewer, asked: ExportRequest, ids: list[int], texts: dict[str, Any]
) -> Iterator[list[Value]]:
    biz_date = business_date()
    assert biz_date is not None  # noqa: S101  (the customers were counted on it)
    columns = [PLAIN[name] if name in asked.plain else FIELDS[name] for name in asked.fields]
    for part in chunks(ids, 1000):
        managed = owners(part)
        for customer in listing.load(part):
            counted = averages(customer.metrics, biz_date)
            line = Line(viewer, customer, counted, managed.get(customer.id), biz_date, texts)
            yield [column(line) for column in columns]


def _ids(viewer: Viewer, query: CustomerQuery, *, none_is_error: bool = True) -> list[int]:
    biz_date = business_date()
    most = int(rules()["export.most_rows"])
    rows = listing.find(viewer, query, biz_date).order_by("id") if biz_date else None
    ids = list(rows.values_list("id", flat=True)[: most + 1]) if rows is not None else []
    if len(ids) > most:
        raise YinkeError(
            f"More than {most:,} customers in one export", place="query", code="too_many_chosen",
            remedy="Narrow the list first",
        )  # fmt: skip
    if not ids and none_is_error:
        raise YinkeError("No customers fit", place="query", code="nothing_chosen", remedy="Widen the filter")
    return ids


def _own(viewer: Viewer, export_id: int) -> ExportRequest:
    asked = one_export(viewer, export_id, lock=True)
    if asked.requester_id != viewer.user_id:
        raise NotFound("No such request of yours", place=f"export {export_id}", remedy="Reload the page")
    return asked


def _check_alive(asked: ExportRequest) -> None:
    if asked.expires_at is None or asked.expires_at <= timezone.now():
        _delete(asked)
        raise ExportGone("The approval has ended", place=f"export {asked.id}", remedy="Ask for a new export")


def _text(text: str, place: str) -> str:
    plain = " ".join(text.replace("\x00", "").split())
    if not plain:
        raise YinkeError("It is empty", place=place, code="text_missing", remedy="Write a few words")
    return plain[:200] if place != "recipient" else plain[:100]


def _folder() -> Path:
    return Path(settings.YINKE.home) / "exports"


def _path(asked: ExportRequest) -> Path:
    return _folder() / f"{asked.file_key}.bin"


def _delete(asked: ExportRequest) -> None:
    if asked.file_key:
        _path(asked).unlink(missing_ok=True)
