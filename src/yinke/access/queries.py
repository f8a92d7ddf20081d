"""What can be asked about people and orgs."""

from __future__ import annotations

from yinke.access.models import Org, User
from yinke.access.schemas import Freshness, Me, OrgOut
from yinke.access.viewer import RIGHTS, SUBTREE, Viewer


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
