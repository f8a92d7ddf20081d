"""授权: roles of people and rights of roles, changed by two: one asks, another decides (经办/复核)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.models import Role, RoleGrant, RoleRequest, RoleRight, User
from yinke.access.services.audit import audit
from yinke.access.standing import rights_by_role
from yinke.access.viewer import BUSINESS, DUTIES, RIGHTS, SECURITY, SYSTEM, Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError

Kind, Status = RoleRequest.Kind, RoleRequest.Status
ALL_RIGHTS: frozenset[str] = frozenset().union(*RIGHTS.values())


class OwnRole(NotAllowed):
    """Nobody changes what they may do themselves."""

    code = "own_role"


class DutiesExclusive(NotAllowed):
    """三员分立: system, security and audit duties, and customer business, are never in one hand."""

    code = "duties_exclusive"


def ask(
    viewer: Viewer,
    kind: str,
    *,
    user_id: int | None = None,
    role: str = "",
    right: str = "",
    reason: str = "",
) -> RoleRequest:
    """Ask for a change; nothing changes until somebody else approves.

    Args:
        kind: GRANT or REVOKE a person's role; RIGHT_ON or RIGHT_OFF for a role's right.
        user_id: whose role (GRANT, REVOKE). For REVOKE the role is the one that was granted.

    Raises:
        NotAllowed: the viewer may not ask.
        OwnRole: it would change the viewer's own role or its rights.
        DutiesExclusive: one person or role would hold two of the three administrators' duties.
        YinkeError: nothing would change, no reason is given, or the same is asked already.
    """
    if not viewer.may("role.request"):
        raise NotAllowed("Only a security administrator asks for this", remedy="Ask a security administrator")
    reason = said_why(reason, least=4)
    user = None
    if kind in (Kind.GRANT, Kind.REVOKE):
        user = User.objects.filter(id=user_id or 0).first()
        if user is None:
            raise NotFound("No such member of staff", place="user_id", remedy="Choose one of the list")
        grant = RoleGrant.objects.filter(user=user, revoked_at=None).first()
        role, right = (grant.role if grant else "") if kind == Kind.REVOKE else role, ""
    wanted = RoleRequest(
        kind=kind, user=user, role=role, right=right, reason=reason.strip()[:200], made_by_id=viewer.user_id
    )
    _check(viewer, wanted)
    try:
        with transaction.atomic():
            wanted.save()
    except IntegrityError:
        raise YinkeError(
            "The same is asked already", code="request_waits", remedy="Have it decided first"
        ) from None
    audit(viewer, "role.request", "role_request", f"{wanted.id}", reason=_words(wanted))
    return wanted


@transaction.atomic
def decide(viewer: Viewer, request_id: int, *, approve: bool, note: str = "") -> RoleRequest:
    """Approve or refuse what another asked for; an approved change holds from the next request on.

    Raises:
        NotAllowed: the viewer may not decide, or asked for it himself (maker ≠ checker).
        OwnRole: it is about the viewer's own role.
        YinkeError: it is decided already, or meanwhile nothing would change.
    """
    if not viewer.may("role.approve"):
        raise NotAllowed("Only those who check may decide", remedy="Ask another administrator or compliance")
    wanted = RoleRequest.objects.select_for_update().filter(id=request_id).first()
    if wanted is None:
        raise NotFound("No such request", place="request", remedy="Reload the page")
    if wanted.status != Status.WAITING:
        raise YinkeError("It is decided already", code="request_decided", remedy="Reload the page")
    another_persons(viewer, wanted.made_by_id, "request")
    if approve:
        _check(viewer, wanted)
        _apply(wanted)
    wanted.status = Status.APPROVED if approve else Status.REFUSED
    wanted.decided_by_id, wanted.decided_at, wanted.note = viewer.user_id, timezone.now(), note.strip()[:200]
    wanted.save()
    audit(
        viewer,
        "role.approve" if approve else "role.refuse",
        "role_request",
        f"{wanted.id}",
        reason=_words(wanted),
    )
    return wanted


def _words(wanted: RoleRequest) -> str:
    whom = wanted.user.emp_no if wanted.user else wanted.role
    return f"{wanted.kind} {whom} {wanted.right or wanted.role}: {wanted.reason}"


def _check(viewer: Viewer, wanted: RoleRequest) -> None:
    if wanted.role not in Role.values:
        nothing = wanted.kind == Kind.REVOKE
        raise YinkeError(
            "No such role" if not nothing else "The person has no role that was granted here",
            place="role", code="nothing_to_change" if nothing else "no_such_choice", remedy="Reload the page",
        )  # fmt: skip
    if wanted.user is not None:
        _check_person(viewer, wanted, wanted.user)
    else:
        _check_right(viewer, wanted)


def _check_person(viewer: Viewer, wanted: RoleRequest, user: User) -> None:
    if user.id == viewer.user_id:
        raise OwnRole(
            "Nobody changes their own role", place="user_id", remedy="Another administrator must ask"
        )
    if wanted.kind == Kind.REVOKE:
        return
    if wanted.role == user.role:
        raise YinkeError(
            "They hold this role already", place="role", code="nothing_to_change", remedy="Choose another"
        )
    held = {user.post or user.role, user.role} & set(DUTIES)
    if wanted.role in DUTIES and held - {wanted.role}:
        raise DutiesExclusive(
            "System, security and audit duties must not meet in one person", place="role",
            remedy="Give the duty to somebody who holds none of the three",
        )  # fmt: skip


def _check_right(viewer: Viewer, wanted: RoleRequest) -> None:
    if wanted.right not in ALL_RIGHTS or wanted.kind not in (Kind.RIGHT_ON, Kind.RIGHT_OFF):
        raise YinkeError(
            "No such right", place="right", code="no_such_choice", remedy="Choose one of the list"
        )
    if wanted.role == viewer.role:
        raise OwnRole(
            "Nobody changes the rights of their own role", place="role", remedy="Another role must ask"
        )
    held = rights_by_role().get(wanted.role, frozenset())
    if (wanted.right in held) == (wanted.kind == Kind.RIGHT_ON):
        raise YinkeError(
            "The role stands so already", place="right", code="nothing_to_change", remedy="Reload the page"
        )
    if wanted.kind == Kind.RIGHT_OFF:
        return
    after = held | {wanted.right}
    hands = sum(bool(after & duty) for duty in (SYSTEM, SECURITY, BUSINESS))
    reads_only = wanted.role != "AUDITOR" or wanted.right.endswith(".read")
    if hands > 1 or not reads_only or (wanted.role in DUTIES and after & BUSINESS):
        raise DutiesExclusive(
            "System, security and audit duties, and customer business, must not meet in one role", place="right",
            remedy="Give the right to another role",
        )  # fmt: skip


def _apply(wanted: RoleRequest) -> None:
    if wanted.user is not None:
        user = User.objects.select_for_update(no_key=True).get(id=wanted.user.id)
        RoleGrant.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
        user.post = user.post or user.role
        user.role = user.post
        if wanted.kind == Kind.GRANT:
            RoleGrant.objects.create(user=user, role=wanted.role)
            user.role = wanted.role
        user.save(update_fields=["post", "role"])
        return
    held = wanted.kind == Kind.RIGHT_ON
    if held == (wanted.right in RIGHTS.get(wanted.role, ())):  # back to what it is by default
        RoleRight.objects.filter(role=wanted.role, right=wanted.right).delete()
    else:
        RoleRight.objects.update_or_create(role=wanted.role, right=wanted.right, defaults={"held": held})
