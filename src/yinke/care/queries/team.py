"""团队 and 机构: who is away and what falls due; the tree of orgs with its people and their load."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from yinke.access.models import Org, Substitution, User
from yinke.access.queries import unit_of
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, Task
from yinke.care.queries.day import today
from yinke.care.team_schemas import Away, OrgPage, OrgRow, StaffRow, TeamMember, TeamOut
from yinke.common.errors import NotFound
from yinke.common.workdays import is_workday
from yinke.customers.queries import business_date
from yinke.customers.queries_ownership import loads
from yinke.customers.services.pool import capacity, thresholds
from yinke.customers.shape import person

DAYS = 14
MOST = 200


def team(viewer: Viewer) -> TeamOut:
    """The next two weeks: who is away, who stands in, how many tasks fall due for whom.

    Heads see everybody below (at most 200) with their tasks; managers their sub-branch, and their own tasks.
    """
    head = viewer.may("handover.approve")
    people = User.objects.filter(is_active=True, role__in=roles_with("workbench"))
    if head:
        people = people if viewer.org_ids is None else people.filter(org_id__in=viewer.org_ids)
    else:
        me = User.objects.select_related("org").get(id=viewer.user_id)
        people = people.filter(org__path__startswith=unit_of(me.org).path)
    members = list(people.order_by("emp_no")[:MOST])
    members.sort(key=lambda user: user.id != viewer.user_id)
    first = today().wall
    days = [first + timedelta(days=n) for n in range(DAYS)]
    shown = [user.id for user in members if head or user.id == viewer.user_id]
    due = _due(shown, days)
    return TeamOut(
        days=days, workdays=[is_workday(day) for day in days],
        members=[
            TeamMember(
                user=person(user), role=user.role, is_me=user.id == viewer.user_id,
                due=due[user.id] if user.id in shown else None,
            )
            for user in members
        ],
        away=_away(viewer, [user.id for user in members], days, head=head), may_name_for_all=head,
    )  # fmt: skip


def _due(user_ids: list[int], days: list[date]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(lambda: [0] * len(days))
    rows = (
        Task.objects.filter(assignee__in=user_ids, status__in=OPEN, is_overflow=False)
        .annotate(day=Coalesce("next_on", "due_on")).filter(day__lte=days[-1])
        .values_list("assignee_id", "day").annotate(n=Count("id"))
    )  # fmt: skip
    for user_id, day, number in rows:
        assert user_id is not None  # noqa: S101
        found[user_id][max((day - days[0]).days, 0)] += number
    return found


def _away(viewer: Viewer, user_ids: list[int], days: list[date], *, head: bool) -> list[Away]:
    found = Substitution.objects.filter(
        Q(absent__in=user_ids) | Q(substitute=viewer.user_id), ended_at=None, until__gte=days[0]
    )
    return [
        Away(
            id=row.id, absent=person(row.absent), substitute=person(row.substitute), since=row.since, until=row.until,
            may_end=head or viewer.user_id in (row.absent_id, row.substitute_id),
        )
        for row in found.select_related("absent", "substitute").order_by("since", "id")
    ]  # fmt: skip


_HEADS = """
SELECT c.id, count(u.id), count(u.id) FILTER (WHERE u.role = ANY(%(workers)s))
FROM access_org c JOIN access_org o ON starts_with(o.path, c.path) JOIN access_user u ON u.org_id = o.id AND u.is_active
WHERE c.id = ANY(%(ids)s) GROUP BY c.id
"""
_CUSTOMERS = """
SELECT c.id, sum(s.customers), sum(s.customers) FILTER (WHERE s.manager_id IS NULL)
FROM access_org c JOIN access_org o ON starts_with(o.path, c.path) JOIN care_standing s ON s.org_id = o.id
WHERE c.id = ANY(%(ids)s) GROUP BY c.id
"""


def org_page(viewer: Viewer, org_id: int | None) -> OrgPage:
    """One org with those below it and its people. Without ``org_id`` the viewer's own; administrators' is the bank.

    Raises:
        NotFound: the org is not below the viewer's.
    """
    whole = viewer.org_ids is None or viewer.role in ("SYS_ADMIN", "SEC_ADMIN")
    root = Org.objects.filter(parent=None).order_by("level", "id").first() if whole else None
    wanted = org_id if org_id is not None else root.id if root else viewer.org_id
    org = Org.objects.select_related("successor").filter(id=wanted).first()
    if org is None or not (whole or org.id in (viewer.org_ids or ())):
        raise NotFound("No such org below yours", place="org", remedy="Choose one of the list")
    children = list(Org.objects.filter(parent=org).order_by("-is_open", "org_no"))
    parts = [int(part) for part in org.path.strip("/").split("/")]
    above = [a for a in Org.objects.filter(id__in=parts) if whole or a.id in (viewer.org_ids or ())]
    above.sort(key=lambda a: len(a.path))
    rows = _org_rows([*above, *children])
    people = User.objects.filter(org=org).filter(
        Q(is_active=True) | Q(is_disabled=True) | Q(id__in=_holders(org))
    )
    return OrgPage(
        org=rows[org.id], org_no=org.org_no, successor=org.successor.name if org.successor else "",
        path=[rows[a.id] for a in above], children=[rows[c.id] for c in children],
        staff=_staff(list(people.order_by("is_active", "role", "emp_no")[:MOST])), staff_total=people.count(),
        biz_date=business_date(), may_disable=viewer.may("staff.manage"),
    )  # fmt: skip


def _holders(org: Org) -> Any:
    """People of an org who look after customers: those who left still count until these are handed over."""
    return (
        User.objects.filter(org=org, assignments__rel_type="MAIN", assignments__end_date=None)
        .values("id")
        .distinct()
    )


def _org_rows(orgs: list[Org]) -> dict[int, OrgRow]:
    given: dict[str, Any] = {"ids": [org.id for org in orgs], "workers": roles_with("workbench")}
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, given)
        heads = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_CUSTOMERS, given)
        customers = {row[0]: row[1:] for row in cursor.fetchall()}
    found = {}
    for org in orgs:
        staff, managers = heads.get(org.id, (0, 0))
        total, pool = customers.get(org.id, (0, 0))
        found[org.id] = OrgRow(
            id=org.id, name=org.name, level=org.level, is_open=org.is_open, staff=staff, managers=managers,
            customers=total or 0, pool=pool or 0,
        )  # fmt: skip
    return found


def _staff(people: list[User]) -> list[StaffRow]:
    held = loads(people)
    day = today().wall
    away = dict(
        Substitution.objects.filter(absent__in=people, ended_at=None, since__lte=day, until__gte=day)
        .values_list("absent_id", "until")
    )  # fmt: skip
    values, workers = thresholds(day), set(roles_with("workbench"))
    return [
        StaffRow(
            user=person(user), role=user.role, post=user.post if user.post != user.role else "", is_active=user.is_active,
            is_disabled=user.is_disabled, customers=held.get(user.id, 0),
            capacity=capacity(user.role, values) if user.role in workers else None, away_until=away.get(user.id),
        )
        for user in people
    ]  # fmt: skip
