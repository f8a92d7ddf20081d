"""Follow the core bank's staff: who joins, moves, leaves."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
from django.contrib.auth.hashers import make_password
from django.db import transaction

from yinke.access.models import Role, RoleGrant, User
from yinke.access.services import sessions
from yinke.access.services.orgs import open_orgs
from yinke.common.published import PublishedDay

FIELDS = ["name", "role", "post", "org", "licences", "is_active"]


@transaction.atomic
def sync_staff(day: PublishedDay) -> int:
    """Bring the people to the day's ``staff`` table. Who left, or is no longer listed, may not sign in,
    and is out at once.

    A new member of staff has no usable password until one is set. The post is the role, unless another was
    granted in Yinke; an account that was closed by hand stays closed. Staff of an org that was closed belong to
    the one that took it over, if the file still names the old one.

    Returns:
        How many people were added or changed.
    """
    if not day.has("staff"):
        return 0  # the bank sends no staff file: its people stay as they are
    rows = {row["emp_no"]: row for row in pq.read_table(day.path("staff")).to_pylist()}
    orgs = open_orgs()
    granted = dict(RoleGrant.objects.filter(revoked_at=None).values_list("user_id", "role"))
    known = {user.emp_no: user for user in User.objects.all()}
    new = [
        _fill(User(emp_no=no, password=make_password(None)), row, orgs, granted)
        for no, row in rows.items() if no not in known
    ]  # fmt: skip
    changed, gone = [], []
    for no, user in known.items():
        was_active = user.is_active
        before = _state(user)
        if no in rows:
            _fill(user, rows[no], orgs, granted)
        else:
            user.is_active = False
        if before != _state(user):
            changed.append(user)
        if was_active and not user.is_active:
            gone.append(user.id)
    User.objects.bulk_create(new, batch_size=5000)
    User.objects.bulk_update(changed, FIELDS, batch_size=1000)
    sessions.end_all(gone, sessions.LEFT)
    return len(new) + len(changed)


def _state(user: User) -> tuple[Any, ...]:
    return (user.name, user.role, user.post, user.org_id, user.licences, user.is_active)


def _fill(user: User, row: dict[str, Any], orgs: dict[str, int], granted: dict[int, str]) -> User:
    user.name = row["name"][:60]
    user.post = Role(row["post"])
    user.role = granted.get(user.id, user.post)
    user.org_id = orgs[row["org_no"]]
    user.licences = (row["licences"] or "")[:200]
    user.is_active = row["status"] == "ACTIVE" and not user.is_disabled
    return user
