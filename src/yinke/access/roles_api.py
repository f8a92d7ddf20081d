"""角色与权限: who may do what, and how it is changed by two."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router

from yinke.access import services
from yinke.access.auth import can, viewer_from
from yinke.access.models import Role, RoleGrant, RoleRequest, User
from yinke.access.roles_schemas import DecisionIn, RoleOut, RoleRequestIn, RoleRequestOut, RolesPage, StaffOut
from yinke.access.services.roles import ALL_RIGHTS
from yinke.access.standing import rights_by_role
from yinke.access.viewer import RIGHTS, Viewer

router = Router(tags=["access"])
MOST = 50


@router.get("/roles", response=RolesPage, auth=can("role.read"))
def list_roles(request: HttpRequest) -> RolesPage:
    """Every role with its rights and how many hold it; what waits for a decision; what was decided."""
    viewer = viewer_from(request)
    people = Counter(User.objects.filter(is_active=True).values_list("role", flat=True))
    held = rights_by_role()
    requests = RoleRequest.objects.select_related("user__org", "made_by", "decided_by").order_by("-id")
    granted = set(RoleGrant.objects.filter(revoked_at=None).values_list("user_id", flat=True))
    return RolesPage(
        roles=[_role(viewer, role, held.get(role, frozenset()), people[role]) for role in Role.values],
        all_rights=sorted(ALL_RIGHTS),
        waiting=[_request(viewer, r, granted) for r in requests.filter(status="WAITING")],
        decided=[_request(viewer, r, granted) for r in requests.exclude(status="WAITING")[:MOST]],
        granted=[
            _staff(user, granted) for user in User.objects.filter(id__in=granted).select_related("org").order_by("emp_no")
        ],
        may_request=viewer.may("role.request"),
    )  # fmt: skip


def _role(viewer: Viewer, role: str, rights: frozenset[str], people: int) -> RoleOut:
    default = RIGHTS.get(role, frozenset())
    return RoleOut(
        role=role, people=people, rights=sorted(rights), added=sorted(rights - default),
        removed=sorted(default - rights), is_own=role == viewer.role,
    )  # fmt: skip


def _staff(user: User, granted: set[int]) -> StaffOut:
    return StaffOut(
        id=user.id, name=user.name, emp_no=user.emp_no, role=user.role, post=user.post or user.role,
        is_granted=user.id in granted, org_name=user.org.name,
    )  # fmt: skip


def _request(viewer: Viewer, row: RoleRequest, granted: set[int]) -> RoleRequestOut:
    return RoleRequestOut(
        id=row.id, kind=row.kind, user=_staff(row.user, granted) if row.user else None, role=row.role, right=row.right,
        reason=row.reason, status=row.status, made_by=row.made_by.name, made_at=row.made_at,
        decided_by=row.decided_by.name if row.decided_by else "", decided_at=row.decided_at, note=row.note,
        may_decide=(
            row.status == "WAITING" and viewer.may("role.approve") and viewer.user_id not in (row.made_by_id, row.user_id)
            and (row.user_id is not None or row.role != viewer.role)
        ),
    )  # fmt: skip


@router.get("/staff", response=list[StaffOut], auth=can("role.request"))
def find_staff(request: HttpRequest, q: str = "") -> list[StaffOut]:
    """Active people by staff number or a part of the name, at most 50; for whom a role can be asked."""
    q = q.replace("\x00", "").strip()
    found = User.objects.filter(is_active=True).select_related("org").order_by("emp_no")
    if q:
        found = found.filter(Q(emp_no__startswith=q) | Q(name__contains=q))
    granted = set(RoleGrant.objects.filter(revoked_at=None).values_list("user_id", flat=True))
    return [_staff(user, granted) for user in found[:MOST]]


@router.post("/roles/requests", response=RoleRequestOut, auth=can("role.request"))
def request_role_change(request: HttpRequest, body: RoleRequestIn) -> RoleRequestOut:
    """Ask for a role for a person, or a right for a role; another administrator or compliance decides."""
    viewer = viewer_from(request)
    made = services.ask(
        viewer, body.kind, user_id=body.user_id, role=body.role, right=body.right, reason=body.reason
    )
    return _request(viewer, made, set())


@router.post("/roles/requests/{request_id}/decide", response=RoleRequestOut, auth=can("role.approve"))
def decide_role_change(request: HttpRequest, request_id: int, body: DecisionIn) -> RoleRequestOut:
    """Approve or refuse; an approved change holds from the next request on."""
    viewer = viewer_from(request)
    return _request(viewer, services.decide(viewer, request_id, approve=body.approve, note=body.note), set())
