"""What a person may do and for whom they stand in, read together with the person: in one question."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from yinke.access.models import RoleRight, Substitution, User
from yinke.access.viewer import RIGHTS


def active_today() -> Q:
    """Substitutions that hold today (Asia/Shanghai)."""
    today = timezone.localdate()
    return Q(since__lte=today, until__gte=today, ended_at=None)


def _signed(**own: Any) -> Any:
    """Rows with ``signed``: +right or -right."""
    signed = Case(When(held=True, then=Concat(Value("+"), "right")), default=Concat(Value("-"), "right"))
    return RoleRight.objects.filter(**own).annotate(signed=signed)


def with_standing(users: QuerySet[User]) -> QuerySet[User]:
    """People with org, ``changes`` (rights over the default of their role) and ``stands_for`` (ids)."""
    stands_for = Substitution.objects.filter(active_today(), substitute=OuterRef("pk")).values("absent_id")
    return users.select_related("org").annotate(
        changes=ArraySubquery(_signed(role=OuterRef("role")).values("signed")),
        stands_for=ArraySubquery(stands_for),
    )


def rights_of(role: str, changes: list[str]) -> frozenset[str]:
    """What a role may do: by default, with the bank's changes.

    >>> sorted(rights_of("SYS_ADMIN", ["+branch.read", "-nightly.operate", "-staff.manage", "-org.read"]))
    ['branch.read', 'nightly.read']
    """
    given = {change[1:] for change in changes if change.startswith("+")}
    taken = {change[1:] for change in changes if change.startswith("-")}
    return (RIGHTS.get(role, frozenset()) | given) - taken


def rights_by_role() -> dict[str, frozenset[str]]:
    """What every role may do in this bank."""
    changes: dict[str, list[str]] = {}
    for role, signed in _signed().values_list("role", "signed"):
        changes.setdefault(role, []).append(signed)
    return {role: rights_of(role, changes.get(role, [])) for role in {*RIGHTS, *changes}}


def roles_with(right: str) -> list[str]:
    """The roles that hold a right, in the order of their codes."""
    return sorted(role for role, rights in rights_by_role().items() if right in rights)
