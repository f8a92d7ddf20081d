"""Account for a look at, or a change of, something."""

from __future__ import annotations

from yinke.access.models import AuditEntry, User
from yinke.access.viewer import Viewer


def audit(
    viewer: Viewer,
    action: str,
    object_type: str,
    object_id: str,
    *,
    reason: str = "",
    address: str | None = None,
) -> AuditEntry:
    """Write one row of the audit trail. If it can't be written, what it accounts for must not happen."""
    return AuditEntry.objects.create(
        user_id=viewer.user_id, action=action, object_type=object_type, object_id=object_id,
        reason=reason[:200], address=address,
    )  # fmt: skip


def audit_job(action: str, object_type: str, object_id: str, *, reason: str = "") -> AuditEntry:
    """Account for what a job or a command did by itself, without a person at the page."""
    return AuditEntry.objects.create(
        action=action, object_type=object_type, object_id=object_id, reason=reason[:200]
    )


def audit_refusal(emp_no: str, why: str, address: str) -> AuditEntry:
    """Account for a sign-in that was refused. A number that is nobody's may be a password: it is not kept."""
    known = User.objects.filter(emp_no=emp_no).exists()
    return AuditEntry.objects.create(
        action="session.refused",
        object_type="user",
        object_id=emp_no if known else "",
        reason=why,
        address=address,
    )
