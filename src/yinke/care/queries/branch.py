"""我的支行怎么样: an org's line, the orgs below it, its people. Sums come from the night's ``Standing``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection

from yinke.access.models import Org, User
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.care.models import ContactRecord
from yinke.care.queries.day import today
from yinke.care.schemas import BranchOut, OrgLine, Team
from yinke.common.errors import NotAllowed, NotFound
from yinke.customers.shape import person

TEAM = 100
"""A larger team is shown by the orgs below; here then only those who sit in this very org."""

_BELOW = "(%(scope)s::bigint[] IS NULL OR org_id = ANY(%(scope)s))"
"""The viewer's own subtree: a sub-branch need not count the whole bank."""

_SUMS = f"""
WITH s AS (
    SELECT org_id, sum(customers) AS customers, sum(customers) FILTER (WHERE manager_id IS NOT NULL) AS managed,
        sum(aum) AS aum, sum(net_month) AS net_month
    FROM care_standing WHERE {_BELOW} GROUP BY org_id),
s_at AS MATERIALIZED (SELECT o.path, s.* FROM s JOIN access_org o ON o.id = s.org_id)
SELECT c.id, COALESCE(sum(s.customers), 0), COALESCE(sum(s.managed), 0), COALESCE(sum(s.aum), 0),
    COALESCE(sum(s.net_month), 0)
FROM access_org c JOIN s_at s ON starts_with(s.path, c.path)
WHERE c.id = ANY(%(lines)s) GROUP BY c.id
"""

_LEFT = """NOT t.is_overflow AND COALESCE(t.next_on, %(workday)s) <= %(promises)s"""
_LATE = """NOT t.is_overflow AND CASE t.status WHEN 'NEW' THEN t.due_on ELSE t.next_on END < %(workday)s"""

_TASKS = f"""
WITH w AS (
    SELECT t.org_id, count(*) FILTER (WHERE {_LEFT}) AS n_left, count(*) FILTER (WHERE {_LATE}) AS n_late,
        count(*) FILTER (WHERE t.assignee_id IS NULL) AS n_pool
    FROM care_task t WHERE t.status IN ('NEW', 'IN_PROGRESS') AND {_BELOW} GROUP BY t.org_id),
w_at AS MATERIALIZED (SELECT o.path, w.* FROM w JOIN access_org o ON o.id = w.org_id)
SELECT c.id, sum(w.n_left), sum(w.n_late), sum(w.n_pool)
FROM access_org c JOIN w_at w ON starts_with(w.path, c.path)
WHERE c.id = ANY(%(lines)s) GROUP BY c.id
"""

_TIERS = """
SELECT s.tier, sum(s.customers) FROM care_standing s JOIN access_org o ON o.id = s.org_id
WHERE starts_with(o.path, %(path)s) GROUP BY s.tier ORDER BY s.tier
"""

_TEAM_SUMS = """
SELECT s.manager_id, sum(s.customers), sum(s.aum), sum(s.net_month)
FROM care_standing s JOIN access_org o ON o.id = s.org_id
WHERE starts_with(o.path, %(path)s) AND s.manager_id = ANY(%(team)s) GROUP BY s.manager_id
"""

_TEAM_TASKS = f"""
SELECT t.assignee_id, count(*) FILTER (WHERE {_LEFT}), count(*) FILTER (WHERE {_LATE})
FROM care_task t WHERE t.status IN ('NEW', 'IN_PROGRESS') AND t.assignee_id = ANY(%(team)s) GROUP BY t.assignee_id
"""

_TEAM_DONE = """
SELECT t.assignee_id, count(*) FROM care_task t
WHERE t.status = 'DONE' AND t.done_at >= %(morning)s AND t.assignee_id = ANY(%(team)s) GROUP BY t.assignee_id
"""

_REACHED = """
SELECT a.user_id, count(DISTINCT k.customer_id)
FROM care_contactrecord k JOIN customers_assignment a
    ON a.customer_id = k.customer_id AND a.rel_type = 'MAIN' AND a.end_date IS NULL
WHERE a.user_id = ANY(%(team)s) AND k.biz_date >= %(month)s AND k.withdrawn_at IS NULL
  AND k.result <> ALL(%(in_vain)s)
GROUP BY a.user_id
"""

Rows = dict[int, tuple[Any, ...]]


def branch(viewer: Viewer, org_id: int | None) -> BranchOut:
    """One org within the viewer's subtree; without ``org_id`` the viewer's own.

    Raises:
        NotAllowed: the viewer's role sees no org as a whole.
        NotFound: the org is outside the viewer's subtree.
    """
    if not viewer.may("branch.read") or viewer.org_ids == frozenset():
        raise NotAllowed("This page is for those who head a branch", remedy="Ask a security administrator")
    wanted = viewer.org_id if org_id is None else org_id
    org = (
        Org.objects.filter(id=wanted).first() if viewer.org_ids is None or wanted in viewer.org_ids else None
    )
    if org is None:
        raise NotFound("No such org below yours", place="org", remedy="Choose one of the list")
    day = today()
    children = list(Org.objects.filter(parent=org, is_open=True).order_by("org_no"))
    way = [a for a in _ancestors(org) if viewer.org_ids is None or a.id in viewer.org_ids]
    team = _team_of(org)
    given = {
        "scope": None if viewer.org_ids is None else sorted(viewer.org_ids),
        "lines": [o.id for o in (*way, *children)], "path": org.path, "team": [u.id for u in team],
        "workday": day.workday, "promises": day.promises, "morning": day.morning,
        "month": day.workday.replace(day=1), "in_vain": list(ContactRecord.NOT_REACHED),
    }  # fmt: skip
    sums, tasks = _rows(_SUMS, given), _rows(_TASKS, given)

    def line(o: Org) -> OrgLine:
        customers, managed, aum, net = sums.get(o.id, (0, 0, Decimal(0), Decimal(0)))
        left, late, _ = tasks.get(o.id, (0, 0, 0))
        return OrgLine(
            id=o.id, name=o.name, level=o.level, customers=customers, managed=managed, aum=aum, net_month=net,
            tasks_left=left, overdue=late,
        )  # fmt: skip

    return BranchOut(
        org=line(org), path=[line(o) for o in way], biz_date=day.biz_date,
        tiers={str(tier): number for tier, (number,) in _rows(_TIERS, given).items()},
        children=[line(o) for o in children], team=_lines(team, given),
        pool_tasks=tasks.get(org.id, (0, 0, 0))[2],
    )  # fmt: skip


def _rows(sql: str, given: dict[str, Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _ancestors(org: Org) -> list[Org]:
    """From the top of the tree down to the org itself."""
    paths: list[str] = []
    for part in org.path.strip("/").split("/"):
        paths.append(f"{paths[-1] if paths else '/'}{part}/")
    return list(Org.objects.filter(path__in=paths).order_by("level", "id"))


def _team_of(org: Org) -> list[User]:
    people = (
        User.objects.filter(is_active=True, role__in=roles_with("workbench"))
        .select_related("org")
        .order_by("emp_no")
    )
    found = list(people.filter(org__path__startswith=org.path)[: TEAM + 1])
    return found if len(found) <= TEAM else list(people.filter(org=org)[:TEAM])


def _lines(team: list[User], given: dict[str, Any]) -> list[Team]:
    if not team:
        return []
    sums, tasks, done, reached = (
        _rows(sql, given) for sql in (_TEAM_SUMS, _TEAM_TASKS, _TEAM_DONE, _REACHED)
    )
    lines = []
    for user in team:
        customers, aum, net = sums.get(user.id, (0, Decimal(0), Decimal(0)))
        left, late = tasks.get(user.id, (0, 0))
        lines.append(Team(
            user=person(user), role=user.role, org_name=user.org.name,
            customers=customers, aum=aum, net_month=net, tasks_left=left, tasks_done=done.get(user.id, (0,))[0],
            overdue=late, coverage=round(reached.get(user.id, (0,))[0] / customers, 4) if customers else None,
        ))  # fmt: skip
    return lines
