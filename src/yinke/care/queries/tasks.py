"""今天该联系谁: the ordered list of a manager, of one of a branch's managers, or of the branch's pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When

from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, DoNotDisturb, Reason, Task
from yinke.care.own_events.words import is_own
from yinke.care.queries.day import Today, today
from yinke.care.queries.shape import task_outs
from yinke.care.reasons import event_name
from yinke.care.schemas import Counts, TaskOut, Workbench
from yinke.common.errors import NotAllowed, NotFound
from yinke.customers.models import Customer
from yinke.customers.queries import visible
from yinke.customers.search import search

PAGE = 50
NEWEST = 20


@dataclass(frozen=True)
class Wanted:
    """Which list, and what it is narrowed to.

    ``status``: OPEN (for today first, put-off ones last), OVERFLOW (past the cap), DONE (today's).
    ``type``: an event code. ``assignee`` and ``pool`` are for those who head a branch. ``cursor``: id of
    the last task that was shown.
    """

    status: str = "OPEN"
    type: str = ""
    tier: int | None = None
    q: str = ""
    assignee: int | None = None
    pool: bool = False
    cursor: int | None = None


def within_scope(viewer: Viewer) -> Q:
    """Tasks a viewer may see: on his list or that of whom he stands in for, or of a customer in his scope."""
    return Q(assignee_id__in=viewer.looks_after) | Q(customer__in=visible(viewer))


def _joined(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.select_related("customer__metrics", "assignee")


def task(viewer: Viewer, task_id: int) -> Task:
    """One task.

    Raises:
        NotFound: none of that number within the viewer's scope.
    """
    found = Task.objects.filter(within_scope(viewer), id=task_id).first()
    if found is None:
        raise NotFound("No such task within your scope", place="task", remedy="Reload the list")
    return found


def task_out(viewer: Viewer, task_id: int) -> TaskOut:
    """One task as the page shows it, also when it has just left the viewer's list."""
    return task_outs(viewer, [_joined(Task.objects.all()).get(id=task_id)], today())[0]


def customer_tasks(viewer: Viewer, customer_id: int) -> list[TaskOut]:
    """A customer's open task first, then the newest closed ones.

    Raises:
        NotFound: the customer is outside the viewer's scope and not on his list.
    """
    tasks = Task.objects.filter(customer=customer_id)
    known = visible(viewer).filter(id=customer_id).exists()
    if not known and not tasks.filter(assignee_id__in=viewer.looks_after, status__in=OPEN).exists():
        raise NotFound(
            "No such customer within your scope", place="customer", remedy="Ask your branch manager"
        )
    is_open = Case(When(status__in=OPEN, then=Value(0)), default=Value(1))
    return task_outs(viewer, list(_joined(tasks).order_by(is_open, "-biz_date")[:NEWEST]), today())


def open_tasks(
    viewer: Viewer, customer: Customer, wishes: list[DoNotDisturb], biz_date: date
) -> list[TaskOut]:
    """The open tasks of a customer that the viewer was already shown, with the wishes: one at most."""
    found = list(Task.objects.filter(customer=customer, status__in=OPEN).select_related("assignee"))
    for one in found:
        one.customer = customer
    return task_outs(viewer, found, today(biz_date), {customer.id: wishes})


def workbench(viewer: Viewer, wanted: Wanted) -> Workbench:
    """A page of the list, with the numbers of the whole.

    Raises:
        NotAllowed: a list of others, asked for by somebody who heads no branch.
        NotFound: the assignee is outside the viewer's branch.
    """
    day = today()
    whole = _list_of(viewer, wanted)
    tab = _tab(whole, wanted.status, day)
    found = _narrow(tab, wanted)
    page = list(_joined(_after(found, wanted, day))[: PAGE + 1])
    return Workbench(
        biz_date=day.biz_date, counts=_counts(viewer, whole, tab, day), tasks=task_outs(viewer, page[:PAGE], day),
        next_cursor=page[PAGE - 1].id if len(page) > PAGE else None,
    )  # fmt: skip


def _list_of(viewer: Viewer, wanted: Wanted) -> QuerySet[Task]:
    assignee = viewer.user_id if wanted.assignee is None else wanted.assignee
    if not wanted.pool and assignee == viewer.user_id:
        return Task.objects.filter(assignee_id__in=viewer.looks_after)
    if not viewer.may("branch.read"):
        raise NotAllowed("Only a branch manager sees others' lists", remedy="Ask your branch manager")
    below = Q() if viewer.org_ids is None else Q(org_id__in=viewer.org_ids)
    if wanted.pool:
        return Task.objects.filter(below, assignee=None)
    if not User.objects.filter(below, id=assignee).exists():
        raise NotFound(
            "No such member of staff in your branch", place="assignee", remedy="Choose one of the team"
        )
    return Task.objects.filter(below, assignee_id=assignee)


def _tab(tasks: QuerySet[Task], status: str, day: Today) -> QuerySet[Task]:
    if status == "DONE":
        return tasks.filter(status=Task.Status.DONE, done_at__gte=day.morning)
    return tasks.filter(status__in=OPEN, is_overflow=status == "OVERFLOW")


def _narrow(tasks: QuerySet[Task], wanted: Wanted) -> QuerySet[Task]:
    if wanted.type:
        tasks = tasks.filter(id__in=Reason.objects.filter(type=wanted.type).values("task"))
    if wanted.tier is not None:
        tasks = tasks.filter(customer__metrics__tier=wanted.tier)
    if wanted.q.strip():
        tasks = tasks.filter(customer__in=search(Customer.objects.all(), wanted.q.strip()))
    return tasks


def _after(tasks: QuerySet[Task], wanted: Wanted, day: Today) -> QuerySet[Task]:
    """In order, from behind the cursor: a task that moved meanwhile neither repeats nor hides others."""
    last = Task.objects.filter(id=wanted.cursor).first() if wanted.cursor else None
    if wanted.status == "DONE":
        if last is not None and last.done_at is not None:
            tasks = tasks.filter(Q(done_at__lt=last.done_at) | Q(done_at=last.done_at, id__lt=last.id))
        return tasks.order_by("-done_at", "-id")
    put_off = Q(next_on__gt=day.promises)
    tasks = tasks.annotate(put_off=Case(When(put_off, then=True), default=False, output_field=BooleanField()))
    if last is not None:
        was = last.next_on is not None and last.next_on > day.promises
        behind = Q(put_off=was) & (Q(score__lt=last.score) | Q(score=last.score, id__gt=last.id))
        tasks = tasks.filter(behind if was else behind | Q(put_off=True))
    return tasks.order_by("put_off", "-score", "id")


def _counts(viewer: Viewer, whole: QuerySet[Task], tab: QuerySet[Task], day: Today) -> Counts:
    is_open, put_off = Q(status__in=OPEN), Q(next_on__gt=day.promises)
    in_list = is_open & Q(is_overflow=False)
    late = Q(status="NEW", due_on__lt=day.workday) | Q(status="IN_PROGRESS", next_on__lt=day.workday)
    numbers = whole.filter(is_open | Q(status="DONE", done_at__gte=day.morning)).aggregate(
        left=Count("id", filter=in_list & ~(put_off & Q(next_on__isnull=False))),
        later=Count("id", filter=in_list & put_off),
        done=Count("id", filter=Q(status="DONE")),
        overdue=Count("id", filter=in_list & late),
        overflow=Count("id", filter=is_open & Q(is_overflow=True)),
    )
    standing = Reason.objects.filter(task__in=tab, expire_on__gte=day.workday)
    by_type = standing.values_list("type").annotate(n=Count("task", distinct=True)).order_by("type")
    tier = "customer__metrics__tier"
    by_tier = tab.values_list(tier).annotate(n=Count("id")).order_by(tier)
    counted = dict(by_type)
    return Counts(
        **numbers, by_type=counted, own_names={type: event_name(type, viewer.language) for type in counted if is_own(type)},
        by_tier={str(rank): n for rank, n in by_tier},
    )  # fmt: skip
