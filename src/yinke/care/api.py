"""工作台 and 支行看板: today's tasks, what came of each contact, and how the branch stands."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.care import queries
from yinke.care.queries.tasks import Wanted
from yinke.care.schemas import AssignIn, BranchOut, ContactOut, ResultIn, TaskOut, Workbench
from yinke.care.services.assign import assign
from yinke.care.services.record_contact import Account, record_contact
from yinke.care.services.withdraw import withdraw
from yinke.common.schema import Schema, answer

router = Router(tags=["care"])


class WorkbenchFilter(Schema):
    """What the list is narrowed to; see ``Wanted``."""

    status: Literal["OPEN", "DONE", "OVERFLOW"] = "OPEN"
    type: str = ""
    tier: int | None = None
    q: str = ""
    assignee: int | None = None
    pool: bool = False
    cursor: int | None = None


def _account(body: ResultIn) -> Account:
    return Account(
        channel=body.channel, result=body.result, next_on=body.next_on, note=body.note,
        request_key=body.request_key, close=body.close,
    )  # fmt: skip


@router.get("/workbench", response=Workbench, auth=can("workbench"))
def get_workbench(request: HttpRequest, wanted: Query[WorkbenchFilter]) -> HttpResponse:
    """今天该联系谁: the ordered list, 50 at a time. A branch manager may name an ``assignee`` or the ``pool``."""
    return answer(queries.workbench(viewer_from(request), Wanted(**wanted.model_dump())))


@router.post("/tasks/{task_id}/result", response=TaskOut, auth=can("task.work"))
def record_result(request: HttpRequest, task_id: int, body: ResultIn) -> TaskOut:
    """Record what came of a contact; the same ``request_key`` twice is recorded once."""
    viewer = viewer_from(request)
    task = queries.task(viewer, task_id)
    record_contact(viewer, task.customer_id, _account(body), task=task)
    return queries.task_out(viewer, task_id)


@router.post("/tasks/{task_id}/assign", response=TaskOut, auth=can("task.work"))
def assign_task(request: HttpRequest, task_id: int, body: AssignIn) -> TaskOut:
    """Give a task to a member of staff of one's own branch (branch manager)."""
    viewer = viewer_from(request)
    assign(viewer, queries.task(viewer, task_id), body.user_id)
    return queries.task_out(viewer, task_id)


@router.post("/customers/{customer_id}/contacts", response=ContactOut, auth=can("task.work"))
def record_contact_without_task(request: HttpRequest, customer_id: int, body: ResultIn) -> ContactOut:
    """Record a contact that no task asked for."""
    viewer = viewer_from(request)
    return queries.contact_out(record_contact(viewer, customer_id, _account(body)))


@router.post("/contacts/{contact_id}/withdraw", response=TaskOut | None, auth=can("task.work"))
def withdraw_contact(request: HttpRequest, contact_id: int) -> TaskOut | None:
    """Take a slip back within 10 minutes: the task reopens and the consequences are undone."""
    viewer = viewer_from(request)
    task_id = withdraw(viewer, contact_id)
    return queries.task_out(viewer, task_id) if task_id else None


@router.get("/customers/{customer_id}/tasks", response=list[TaskOut], auth=can("customer.read"))
def list_customer_tasks(request: HttpRequest, customer_id: int) -> list[TaskOut]:
    """A customer's tasks, the open one first, then the newest 20."""
    return queries.customer_tasks(viewer_from(request), customer_id)


@router.get("/branch", response=BranchOut, auth=can("branch.read"))
def get_branch(request: HttpRequest, org: int | None = None) -> BranchOut:
    """我的支行这周怎么样: an org's line, the orgs below, its team. Without ``org``: the viewer's own."""
    return queries.branch(viewer_from(request), org)
