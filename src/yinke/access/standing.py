"""What a person may do and for whom they stand in, read together with the person: in one question."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from yinke.access.models import Org, RoleRight, Substitution, User
from yinke.access.viewer import RIGHTS


def active_today() -> Q:
    """Substitutions that hold today (Asia/Shanghai)."""
    today = timezone.localdate()
    return Q(since__lte=today, until__gte=today, ended_at=None)


@cache
def _statement() -> tuple[list[str], list[str], str]:
    """The fields of a person, those of an org, and the question that reads both and the standing.

    It is asked with every request: the ORM takes four milliseconds to say it anew each time, more than the rest of
    the way to the person.
    """
    person, org = (list(model._meta.concrete_fields) for model in (User, Org))
    columns = [f'u."{field.column}"' for field in person] + [f'o."{field.column}"' for field in org]
    rights, stood, users, orgs = (m._meta.db_table for m in (RoleRight, Substitution, User, Org))
    statement = f"""
        SELECT {", ".join(columns)},
            ARRAY(SELECT CASE WHEN r.held THEN '+' ELSE '-' END || r."right" FROM {rights} r WHERE r.role = u.role),
            ARRAY(SELECT s.absent_id FROM {stood} s WHERE s.substitute_id = u.id
                AND s.since <= %(today)s AND s.until >= %(today)s AND s.ended_at IS NULL)
        FROM {users} u JOIN {orgs} o ON o.id = u.org_id WHERE u.id = %(user)s"""
    return [f.attname for f in person], [f.attname for f in org], statement


def with_standing(user_id: int) -> User | None:
    """A person with org, ``changes`` (rights over the default of their role) and ``stands_for`` (ids), or None."""
    person, org, statement = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"user": user_id, "today": timezone.localdate()})
        row = cursor.fetchone()
    if row is None:
        return None
    found: Any = User.from_db("default", person, row[: len(person)])
    found.org = Org.from_db("default", org, row[len(person) : -2])
    found.changes, found.stands_for = row[-2:]
    return found  # type: ignore[no-any-return]


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
    for role, right, held in RoleRight.objects.values_list("role", "right", "held"):
        changes.setdefault(role, []).append(f"{'+' if held else '-'}{right}")
    return {role: rights_of(role, changes.get(role, [])) for role in {*RIGHTS, *changes}}


def roles_with(right: str) -> list[str]:
    """The roles that hold a right, in the order of their codes."""
    return sorted(role for role, rights in rights_by_role().items() if right in rights)
