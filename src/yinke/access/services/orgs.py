"""Follow the core bank's org tree: one statement for what is new, one for what changed."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
from django.db import transaction

from yinke.access.models import Org
from yinke.common.errors import YinkeError
from yinke.common.published import PublishedDay

FIELDS = ["parent", "name", "level", "path", "is_open", "successor"]


@transaction.atomic
def sync_orgs(day: PublishedDay) -> int:
    """Bring the orgs to the day's ``org`` table; an org that is no longer listed is closed, never deleted.

    Returns:
        How many orgs were added or changed.

    Raises:
        YinkeError: there is no org table, or an org's parents run in a circle.
    """
    if not day.has("org"):
        raise YinkeError(
            "The day has no orgs", place="org",
            remedy="Describe a feed for the org table: every customer belongs to one",
        )  # fmt: skip
    rows = {row["org_no"]: row for row in pq.read_table(day.path("org")).to_pylist()}
    known = {org.org_no: org for org in Org.objects.all()}
    new = [
        Org(org_no=no, name=row["name"][:100], level=row["level"], path="")
        for no, row in rows.items() if no not in known
    ]  # fmt: skip
    Org.objects.bulk_create(new)
    orgs = known | {org.org_no: org for org in new}
    paths: dict[str, str] = {}
    changed = [org for no, org in orgs.items() if _update(org, rows.get(no), rows, orgs, paths)]
    Org.objects.bulk_update(changed, FIELDS, batch_size=1000)
    return len(changed)


def open_orgs() -> dict[str, int]:
    """By org number: the org itself, or the open one that took it over (撤并), however often."""
    orgs = {org.id: org for org in Org.objects.all()}
    found = {}
    for org in orgs.values():
        at, seen = org, {org.id}
        while not at.is_open and at.successor_id is not None and at.successor_id not in seen:
            at = orgs[at.successor_id]
            seen.add(at.id)
        found[org.org_no] = at.id
    return found


def _update(
    org: Org, row: dict[str, Any] | None, rows: dict[str, Any], orgs: dict[str, Org], paths: dict[str, str]
) -> bool:
    before = (org.parent_id, org.name, org.level, org.path, org.is_open, org.successor_id)
    if row is None:
        org.is_open = False
    else:
        parent = orgs.get(row["parent_no"] or "")
        successor = orgs.get(row["successor_no"] or "")
        org.parent_id = parent.id if parent else None
        org.name, org.level = row["name"][:100], row["level"]
        org.path = _path(org.org_no, rows, orgs, paths)
        org.is_open = row["status"] == "OPEN"
        org.successor_id = successor.id if successor else None
    return before != (org.parent_id, org.name, org.level, org.path, org.is_open, org.successor_id)


def _path(org_no: str, rows: dict[str, Any], orgs: dict[str, Org], paths: dict[str, str]) -> str:
    """'/1/11/1103/': ids from the root down, so that a subtree is a prefix of whole segments."""
    chain: list[str] = []
    at: str | None = org_no
    while at in rows and at not in paths:
        if at in chain:
            raise YinkeError(
                f"The parents of org {org_no} run in a circle", place="org.parent_no",
                remedy="Have the core bank's org file mended and sent again",
            )  # fmt: skip
        chain.append(at)
        at = rows[at]["parent_no"]
    beyond = orgs[at].path if at in orgs else "/"  # a parent that is no longer listed keeps its place
    path = paths.get(at or "", beyond)
    for number in reversed(chain):
        path = paths[number] = f"{path}{orgs[number].id}/"
    return paths[org_no]
