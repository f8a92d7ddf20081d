"""Follow the core bank's staff: who joins, moves, leaves."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
from django.contrib.auth.hashers import make_password
from django.db import transaction

from yinke.access.models import Org, Role, User
from yinke.access.services import sessions
from yinke.common.published import PublishedDay

FIELDS = ["name", "role", "org", "licences", "is_active"]


@transaction.atomic
def sync_staff(day: PublishedDay) -> int:
    """Bring the people to the day's ``staff`` table. Who left, or is no longer listed, may not sign in,
    and is out at once.

    A new member of staff has no usable password until one is set.

    Returns:
        How many people were added or changed.
    """
    if not day.has("staff"):
        return 0  # the bank sends no staff file: its people stay as they are
    rows = {row["emp_no"]: row for row in pq.read_table(day.path("staff")).to_pylist()}
    orgs = dict(Org.objects.values_list("org_no", "id"))
    known = {user.emp_no: user for user in User.objects.all()}
    new = [
        _fill(User(emp_no=no, password=make_password(None)), row, orgs)
        for no, row in rows.items() if no not in known
    ]  # fmt: skip
    changed, gone = [], []
    for no, user in known.items():
        was_active = user.is_active
        before = (user.name, user.role, user.org_id, user.licences, user.is_active)
        if no in rows:
            _fill(user, rows[no], orgs)
        else:
            user.is_active = False
        if before != (user.name, user.role, user.org_id, user.licences, user.is_active):
            changed.append(user)
        if was_active and not user.is_active:
            gone.append(user.id)
    User.objects.bulk_create(new, batch_size=5000)
    User.objects.bulk_update(changed, FIELDS, batch_size=1000)
    sessions.end_all(gone, sessions.LEFT)
    return len(new) + len(changed)


def _fill(user: User, row: dict[str, Any], orgs: dict[str, int]) -> User:
    user.name = row["name"][:60]
    user.role = Role(row["post"])
    user.org_id = orgs[row["org_no"]]
    user.licences = (row["licences"] or "")[:200]
    user.is_active = row["status"] == "ACTIVE"
    return user
