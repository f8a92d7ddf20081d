"""What can be asked about people and orgs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from yinke.access.models import AuditEntry, Org, User
from yinke.access.schemas import AuditOut, AuditPage, Freshness, Me, OrgOut
from yinke.access.viewer import RIGHTS, SUBTREE, Viewer
from yinke.common.errors import NotAllowed

AUDIT_ROWS = 50
ACTIONS = (
    "session.start", "session.end", "session.refused", "customer.reveal", "nightly.release", "nightly.rerun",
    "audit.search", "customer.search", "customer.lookup", "customer.bulk", "customer.bulk_undo", "tag.change",
    "export.request", "export.approve", "export.refuse", "export.withdraw", "export.make", "export.download",
    "alert.acknowledge",
)  # fmt: skip
"""What is accounted for."""


def subtree(org: Org) -> frozenset[int]:
    """Ids of an org and of all orgs below it, closed ones included."""
    return frozenset(Org.objects.filter(path__startswith=org.path).values_list("id", flat=True))


def org_scope(role: str, org: Org) -> frozenset[int] | None:
    """The orgs whose customers a role sees beside its own: None for the whole bank, empty for none."""
    if role not in SUBTREE:
        return frozenset()
    return None if org.parent_id is None else subtree(org)


def viewer_of(user: User) -> Viewer:
    """Who asks, with the orgs in scope."""
    return Viewer(
        user_id=user.id, role=user.role, org_id=user.org_id, org_path=user.org.path,
        org_ids=org_scope(user.role, user.org), language=user.language,
    )  # fmt: skip


def me(user: User, freshness: Freshness) -> Me:
    """The signed-in person as the shell shows them."""
    return Me(
        id=user.id, emp_no=user.emp_no, name=user.name, role=user.role,
        org=OrgOut(id=user.org.id, org_no=user.org.org_no, name=user.org.name, level=user.org.level),
        rights=sorted(RIGHTS.get(user.role, ())), language=user.language, freshness=freshness,
    )  # fmt: skip


@dataclass(frozen=True)
class AuditWanted:
    """What an auditor looks for; empty fields do not narrow. Days are Asia/Shanghai, both included."""

    since: date | None = None
    until: date | None = None
    who: str = ""
    """A staff number, or a part of a name."""
    action: str = ""
    object_id: str = ""
    """Its beginning: ``123`` finds customer 123's fields."""
    address: str = ""

    def __str__(self) -> str:
        """The search in words, as it is accounted for."""
        return " ".join(f"{name}={value}" for name, value in asdict(self).items() if value)


def audit_trail(viewer: Viewer, wanted: AuditWanted, before: int | None = None) -> AuditPage:
    """Entries of people in the viewer's orgs, newest first; refused sign-ins only for the whole bank's auditors.

    Args:
        before: goes on below this entry.

    Raises:
        NotAllowed: the viewer's role has no right to the trail.
    """
    if not viewer.may("audit.read"):
        raise NotAllowed("The audit trail is for auditors", remedy="Ask a security administrator")
    found = _narrowed(AuditEntry.objects.select_related("user__org").order_by("-id"), wanted)
    if viewer.org_ids is not None:
        found = found.filter(user__org_id__in=viewer.org_ids)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found[: AUDIT_ROWS + 1])
    more = len(rows) > AUDIT_ROWS
    return AuditPage(
        rows=[_entry(row) for row in rows[:AUDIT_ROWS]],
        before=rows[AUDIT_ROWS - 1].id if more else None,
        actions=list(ACTIONS),
    )


def _narrowed(entries: QuerySet[AuditEntry], wanted: AuditWanted) -> QuerySet[AuditEntry]:
    if wanted.since:
        entries = entries.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        entries = entries.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.who:
        entries = entries.filter(Q(user__emp_no=wanted.who) | Q(user__name__contains=wanted.who))
    if wanted.action:
        entries = entries.filter(action=wanted.action)
    if wanted.object_id:
        entries = entries.filter(
            Q(object_id=wanted.object_id) | Q(object_id__startswith=f"{wanted.object_id}.")
        )
    return entries.filter(address=wanted.address) if wanted.address else entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _entry(row: AuditEntry) -> AuditOut:
    user = row.user
    return AuditOut(
        id=row.id, at=row.at, user=user.name if user else "", emp_no=user.emp_no if user else "",
        org=user.org.name if user else "", action=row.action, object_type=row.object_type, object_id=row.object_id,
        reason=row.reason, address=row.address,
    )  # fmt: skip
